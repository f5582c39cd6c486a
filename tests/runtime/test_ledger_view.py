"""`evenroll case` shows the ledger: credits with their state, what earned nothing and why, events, and what is left."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from evenroll.enrollment import money_commands as mc
from evenroll.enrollment.case_commands import RecordUse
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.form import Language
from evenroll.enrollment.ledger import ReverseReason
from evenroll.enrollment.life_events import UseKind
from evenroll.programs.program_terms import IncentiveIf, IncentivePer, Protection, ProtectionKind
from evenroll.records.ledger_view import LedgerView, view_ledger
from evenroll.runtime.output_console import Output
from evenroll.runtime.output_ledger import show_ledger, told_ledger
from tests.enrollment.money_life import EVENTS, LAKELAND, Life, a_program, begin, per


def seen(life: Life) -> LedgerView:
    return view_ledger(life.case, program=life.program, now=life.now, calendar=LAKELAND)


def shown(view: LedgerView, capsys: pytest.CaptureFixture[str], *, language: Language = Language.EN) -> str:
    show_ledger(view, output=Output(json=False), language=language, zone=ZoneInfo(LAKELAND.zone))
    return capsys.readouterr().out


def a_year() -> Life:
    incentives = (
        per(IncentivePer.ENROLLMENT, "25", code="bonus"),
        per(IncentivePer.MONTH, "10", code="summer", months=(7,), condition=IncentiveIf.NO_OPT_OUT),
    )
    protection = Protection(kind=ProtectionKind.PRICE_GUARANTEE, months=12)
    life = begin(a_program(incentives=incentives, events=EVENTS, protection=protection))
    life.run_to(date(2027, 7, 1))
    life.told("PEAK-1", date(2027, 7, 6))
    life.told("PEAK-2", date(2027, 7, 7))
    life.say(C.RECORD_USE, RecordUse(kind=UseKind.OPT_OUT, on=date(2027, 7, 6), reason="trip"))
    life.run_to(date(2027, 7, 8))
    return life


def test_what_is_left_is_counted_from_what_was_promised() -> None:
    view = seen(a_year())
    assert (view.opt_outs_left, view.opt_outs_max) == (1, 2)
    assert [(each.per, each.left, each.limit) for each in view.events_left] == [("month", 0, 2)]
    assert view.protected_until == date(2028, 1, 12)


@pytest.mark.parametrize("language", Language)
def test_the_ledger_is_shown_with_its_states(language: Language, capsys: pytest.CaptureFixture[str]) -> None:
    life = a_year()
    life.run_to(date(2027, 8, 2))
    for name in (C.APPROVE_CREDIT, C.SEND_CREDIT):
        life.say(name, mc.NameCredit(code="bonus", span="enrollment"))
    life.say(C.REVERSE_CREDIT, mc.ReverseCredit(code="bonus", span="enrollment", reason=ReverseReason.CLAWBACK))
    said = shown(seen(life), capsys, language=language)
    for word in ("bonus", "$25.00", "summer", "2027-07", "PEAK-1", "PEAK-2", "owed back"):
        assert word in said, said


def test_a_case_without_a_ledger_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    life = begin(a_program())
    assert shown(seen(life), capsys) == ""


def test_machines_are_told_the_same() -> None:
    life = a_year()
    told = told_ledger(seen(life))
    assert [(each["code"], each["usd"], each["state"]) for each in told["credits"]] == [
        ("bonus", Decimal("25.00"), "earned")
    ]
    assert [(each["event"], each["opted_out"]) for each in told["events"]] == [("PEAK-1", True), ("PEAK-2", False)]
    assert told["counted_usd"] == Decimal("25.00")
