"""No sentence comes into the journal by a command; codes and numbers do."""

from dataclasses import fields

import pytest

from evenroll.enrollment import case_commands as c
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import RefusalCode
from evenroll.enrollment.life_events import EquipmentKind, UseKind
from evenroll.enrollment.plain_words import refuse_prose
from evenroll.quantities.identifiers import ProgramKey
from tests.enrollment.order_world import TUESDAY


@pytest.mark.parametrize(
    ("name", "command", "field"),
    [
        (
            CommandName.RECORD_USE,
            c.RecordUse(kind=UseKind.OPT_OUT, on=TUESDAY, reason="I drive to Ms. Doe"),
            "reason",
        ),
        (CommandName.REGISTER_DEVICE, c.RegisterDevice(device="of my wife", kind="evse"), "device"),
        (
            CommandName.SET_PARAMETERS,
            c.SetParameters(program=ProgramKey("P"), parameters={"departure": "call 555 0100"}),
            "parameters",
        ),
        (
            CommandName.CHOOSE_EQUIPMENT,
            c.ChooseEquipment(kind=EquipmentKind.EVSE, outlet="ask me@example.test"),
            "outlet",
        ),
    ],
)
def test_a_sentence_is_refused_by_its_field(name: CommandName, command: object, field: str) -> None:
    refused = refuse_prose(name, command)
    assert refused is not None and refused.code is RefusalCode.PROSE
    assert refused.parameters["field"] == field


def test_codes_numbers_and_goods_pass() -> None:
    commands = {
        CommandName.RECORD_USE: c.RecordUse(kind=UseKind.OPT_OUT, on=TUESDAY, reason="trip"),
        CommandName.CHOOSE_EQUIPMENT: c.ChooseEquipment(
            kind=EquipmentKind.EVSE, outlet="Hardware & Co.", model="EV-32"
        ),
        CommandName.SET_PARAMETERS: c.SetParameters(program=ProgramKey("P"), parameters={"charge_from": "23:00"}),
    }
    assert [refuse_prose(name, command) for name, command in commands.items()] == [None] * len(commands)


@pytest.mark.parametrize("model", ["Prius Prime (2024)", "Kia EV6 \u2013 GT-Line", "Mégane E-Tech, 60 kWh"])
def test_names_of_models_pass(model: str) -> None:
    chosen = c.ChooseEquipment(kind=EquipmentKind.EVSE, outlet="Hardware & Co.", model=model)
    assert refuse_prose(CommandName.CHOOSE_EQUIPMENT, chosen) is None


def test_every_text_of_a_command_that_is_journaled_is_looked_at() -> None:
    from evenroll.enrollment.plain_words import _FIELDS

    # Of the others: identifiers that are checked elsewhere, digests, and keys of the house.
    elsewhere = {"OnTrack": {"subject"}, "KeyForm": {"by", "fingerprints"}, "MeetCondition": {"rule"}}
    for name, kind in vars(c).items():
        if isinstance(kind, type) and getattr(kind, "__module__", "") == c.__name__:
            texts = {
                field.name for field in fields(kind) if field.type in ("str", "tuple[str, ...]", "Mapping[str, str]")
            }
            assert texts - elsewhere.get(name, set()) <= set(_FIELDS.get(kind, {})), name
