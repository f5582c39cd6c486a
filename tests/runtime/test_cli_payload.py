"""What a person says with a command: every payload from words, and what is wrong with them in a sentence."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from evenroll.enrollment.case_commands import ChooseEquipment, KeyForm, RecordPurchase, SetParameters, SubmitForm
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.commands import COMMANDS
from evenroll.enrollment.form import Channel, Form, FormField, Holder, VinState
from evenroll.enrollment.life_events import EquipmentKind
from evenroll.enrollment.order_commands import BookVisit, CompleteBackOffice
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import BackOfficeItem
from evenroll.programs.program import DocumentKind
from evenroll.records.asked import Asked
from evenroll.runtime.cli_exit import CommandEnded
from evenroll.runtime.cli_payload import asked_with, words_of

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
TODAY = date(2026, 3, 2)
FORM = Form(
    channel=Channel.MAIL,
    received_at=NOW,
    answers=7,
    documents=frozenset({DocumentKind.VEHICLE_REGISTRATION}),
)


def _asked(name: C, /, **values: str) -> Asked:
    return asked_with(name, number="EV-1", values=values, form=FORM, now=NOW, today=TODAY)


@pytest.mark.parametrize(
    ("name", "values", "command"),
    [
        (C.BOOK_VISIT, {"visit_on": "today"}, BookVisit(visit_on=TODAY)),
        (
            C.COMPLETE_BACK_OFFICE,
            {"done": "rate_code; read_cycle"},
            CompleteBackOffice(done=frozenset({BackOfficeItem.RATE_CODE, BackOfficeItem.READ_CYCLE})),
        ),
        (
            C.RECORD_PURCHASE,
            {"outlet": "A", "bought_on": "2026-03-01", "price": "9.50"},
            RecordPurchase(outlet="A", bought_on=date(2026, 3, 1), price=Decimal("9.50")),
        ),
        (
            C.CHOOSE_EQUIPMENT,
            {"kind": "evse", "outlet": "A"},
            ChooseEquipment(kind=EquipmentKind.EVSE, outlet="A"),
        ),
        (
            C.SET_PARAMETERS,
            {"program": "P", "parameters": "charge_from=23:00; charge_until=06:00", "schedules": "car"},
            SetParameters(
                program="P",  # type: ignore[arg-type]
                parameters={"charge_from": "23:00", "charge_until": "06:00"},
                schedules=("car",),
            ),
        ),
    ],
)
def test_words_become_the_payload(name: C, values: dict[str, str], command: Any) -> None:
    assert _asked(name, **values).command == command


def test_a_form_builds_on_what_the_case_has() -> None:
    asked = _asked(
        C.GIVE_CURE, documents="landlord_permission", holder="authorized", signed_on="today", meter_serial="M1"
    )
    assert isinstance(asked.command, SubmitForm)
    form = asked.command.form
    assert form.documents == {DocumentKind.VEHICLE_REGISTRATION, DocumentKind.LANDLORD_PERMISSION}
    assert (form.holder, form.signed_on, form.channel) == (Holder.AUTHORIZED, TODAY, Channel.MAIL)
    assert asked.outside.answers == {FormField.METER_SERIAL: "M1"}


def test_a_car_on_order_has_no_vin_yet() -> None:
    asked = _asked(C.KEY_FORM, vehicle_on_order="yes", name="Ada")
    assert isinstance(asked.command, KeyForm)
    assert asked.command.form.vin_state is VinState.ON_ORDER
    assert "Ada" not in repr(asked)


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        (C.BOOK_VISIT, {}, "needs visit_on"),
        (C.BOOK_VISIT, {"visit_on": "soon"}, "a day such as"),
        (C.BOOK_VISIT, {"visit_on": "today", "color": "red"}, "does not take color"),
        (C.WITHDRAW, {"why": "x"}, "takes nothing"),
        (C.CHOOSE_EQUIPMENT, {"kind": "toaster", "outlet": "A"}, r"cordset\|evse"),
        (C.SETTLE_APPEAL, {"reopened": "perhaps"}, r"yes\|no"),
        (C.MEET_CONDITION, {"vin": "x"}, "needs rule"),
        (C.COMPLETE_ANSWERS, {"drivetrain": "steam"}, "Choose among bev"),
    ],
)
def test_what_cannot_be_meant_is_told(name: C, values: dict[str, str], said: str) -> None:
    with pytest.raises(CommandEnded, match=said):
        _asked(name, **values)


def test_every_command_of_persons_has_its_words() -> None:
    for name, rule in COMMANDS.items():
        if rule.roles - {Role.SYSTEM, Role.PEER}:
            assert all(word.strip("*") for word in words_of(name))
