"""What a person says with a command: every payload from words, and what is wrong with them in a sentence."""

import shlex
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from evenroll.enrollment.case_commands import (
    ChooseEquipment,
    KeyForm,
    RecordPurchase,
    SetParameters,
    SettleMatch,
    StampMail,
    SubmitForm,
)
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.commands import COMMANDS
from evenroll.enrollment.form import Channel, Form, FormField, Holder, VinState
from evenroll.enrollment.life_events import EquipmentKind
from evenroll.enrollment.order_commands import BookVisit, CompleteBackOffice
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import BackOfficeItem
from evenroll.intake.said_values import EXAMPLES
from evenroll.programs.program import DocumentKind
from evenroll.quantities.identifiers import AccountId
from evenroll.records.asked import Asked
from evenroll.runtime.cli_exit import CommandEnded
from evenroll.runtime.cli_payload import asked_with, placed, words_of

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
        (C.SETTLE_MATCH, {}, "account=none"),
        (C.SETTLE_MATCH, {"account": "nobody"}, "cannot be 'nobody'"),
        (C.RECORD_VISIT, {}, r"result=\(exchanged\|missed_by_customer"),
        (C.RECORD_VISIT, {"result": "exchanged", "visited_on": "today", "exchange": "{}"}, '"old_serial"'),
        (C.RECORD_PURCHASE, {"outlet": "A", "bought_on": "today", "price": "nan"}, "an amount such as"),
        (C.STAMP_MAIL, {"receipt": "R1", "received_at": "in May"}, "an instant such as"),
        (C.COMPLETE_ANSWERS, {"vehicle_on_order": "maybe"}, "vehicle_on_order cannot be read"),
        (C.MEET_CONDITION, {"vin": "x"}, "needs rule"),
        (C.COMPLETE_ANSWERS, {"drivetrain": "steam"}, "Choose among bev"),
    ],
)
def test_what_cannot_be_meant_is_told(name: C, values: dict[str, str], said: str) -> None:
    with pytest.raises(CommandEnded, match=said):
        _asked(name, **values)


def test_no_account_is_said_and_never_left_out() -> None:
    assert _asked(C.SETTLE_MATCH, account="none").command == SettleMatch()
    assert _asked(C.SETTLE_MATCH, account="17").command == SettleMatch(account=AccountId(17))


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("2026-03-01", datetime(2026, 3, 1, 6, tzinfo=UTC)),
        ("2026-03-01T00:00:00Z", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01 09:30", datetime(2026, 3, 1, 15, 30, tzinfo=UTC)),
        ("2026-03-01T00:00:00+01:00", datetime(2026, 2, 28, 23, tzinfo=UTC)),
        ("today", datetime(2026, 3, 2, 6, tzinfo=UTC)),
    ],
)
def test_mail_is_stamped_with_a_day_or_an_instant_of_the_territory(said: str, at: datetime) -> None:
    zone = ZoneInfo("America/Chicago")
    values = placed(C.STAMP_MAIL, {"receipt": "R1", "received_at": said}, zone=zone, today=TODAY)
    assert _asked(C.STAMP_MAIL, **values).command == StampMail(receipt="R1", received_at=at)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_taken_and_documented(name: C) -> None:
    values = dict(each.split("=", 1) for each in shlex.split(EXAMPLES[name]))
    assert _asked(name, **values).command
    page = (Path(__file__).parents[2] / "docs" / "command_line.md").read_text(encoding="utf-8")
    assert f"| `{name.value}` | `{EXAMPLES[name]}` |" in page


def test_every_command_of_persons_has_its_words() -> None:
    for name, rule in COMMANDS.items():
        if rule.roles - {Role.SYSTEM, Role.PEER}:
            assert all(word.strip("*") for word in words_of(name))
