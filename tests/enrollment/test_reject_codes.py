"""Every code that a registrar may answer: the state that follows, who acts until when, the words in each language."""

from __future__ import annotations

from pathlib import Path

import pytest

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Role
from evenroll.enrollment.supply_events import SupplyObjected
from evenroll.enrollment.supply_messages import SupplyAnswered
from evenroll.enrollment.tracks import State, TrackState
from evenroll.pages.notices import notice
from evenroll.pages.reject_page import reject_page
from evenroll.pages.supply_words import objections
from evenroll.programs.program import Track
from evenroll.programs.reject_codes import (
    RejectAct,
    RejectCode,
    RejectKind,
    RejectOwner,
    gravest,
    parse_reject_rules,
    reject_rules,
)
from evenroll.programs.yaml_table import CatalogRefused
from tests.world.memory import Key, World
from tests.world.people import days, new_world
from tests.world.scenes import apply, case_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reject_codes.md"
REJECTS = [code for code, rule in reject_rules().items() if rule.kind is RejectKind.REJECT]
STATUSES = [code for code, rule in reject_rules().items() if rule.kind is RejectKind.STATUS]
OWNER = {
    RejectOwner.CUSTOMER: Role.CUSTOMER,
    RejectOwner.PROVIDER: Role.ENROLLMENT_DESK,
    RejectOwner.OPERATIONS: Role.SUPERVISOR,
}
EXPECTED = {
    "008": (RejectAct.NEEDS_ANSWER, True),
    "A03": (RejectAct.NEEDS_ANSWER, True),
    "A13": (RejectAct.STAFF, False),
    "A76": (RejectAct.NEEDS_ANSWER, True),
    "ABN": (RejectAct.GO_ON, False),
    "ANE": (RejectAct.REFUSE, False),
    "ANL": (RejectAct.STAFF, False),
    "API": (RejectAct.NEEDS_ANSWER, True),
    "DIV": (RejectAct.RETRY, False),
    "FRB": (RejectAct.NEEDS_ANSWER, True),
    "NFI": (RejectAct.NEEDS_ANSWER, True),
    "UND": (RejectAct.STAFF, False),
}


def asked(world: World) -> Key:
    """A case whose request was sent, and is not answered yet."""
    key = apply(world, program="BW-WINS", pod="POD-2")
    agreement = case_of(world, key).agreement
    assert agreement is not None
    world.now = world.calendar.start_of_day(agreement.rescission_ends_on)
    world.settle(until=lambda: case_of(world, key).switch is not None)
    return key


def answered(world: World, key: Key, *, codes: tuple[RejectCode, ...] = (), **said: object) -> Case:
    link = case_of(world, key).switch
    assert link is not None
    body = SupplyAnswered(tracking=link.tracking, accepted=not codes, codes=codes, **said)  # type: ignore[arg-type]
    world.give(key, C.HEAR_SUPPLY_ANSWER, body, role=Role.PEER)
    return case_of(world, key)


def supply(case: Case) -> TrackState:
    return case.tracks[Track.SUPPLY.value]


@pytest.mark.parametrize("code", REJECTS)
def test_each_reject_has_its_state_owner_time_and_cure(code: RejectCode) -> None:
    rule = reject_rules()[code]
    assert (rule.does, rule.customer_acts) == EXPECTED[code.value]
    world = new_world()
    key = asked(world)
    case = answered(world, key, codes=(code,))
    track, today = supply(case), world.calendar.business_date(world.now)
    match rule.does:
        case RejectAct.REFUSE:
            assert case.status is State.ENDED and case.ended_because == "supply_refused"
            assert not case.live_places
        case RejectAct.GO_ON:
            assert track.state is State.ASKED and case.status is State.ENROLLED
        case RejectAct.RETRY:
            assert track.state is State.OBJECTED and track.on_lapse is C.ASK_SUPPLY
        case RejectAct.NEEDS_ANSWER:
            assert (track.state, track.owner, track.on_lapse) == (State.OBJECTED, Role.CUSTOMER, C.END_CONDITION)
            last_on = world.calendar.add_calendar_days(today, rule.days)
            assert track.due_at == world.calendar.start_of_day(world.calendar.add_calendar_days(last_on, 1))
            days(world, rule.days + 2)
            assert case_of(world, key).status is State.ENDED
        case RejectAct.STAFF:
            assert (track.state, track.owner) == (State.OBJECTED, OWNER[rule.owner])
            last_on = world.calendar.add_business_days(today, rule.days)
            assert track.due_at == world.calendar.start_of_day(world.calendar.add_calendar_days(last_on, 1))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("code", list(RejectCode))
def test_each_code_is_said_with_its_cure(code: RejectCode, language: Language) -> None:
    said = objections((code,), language=language)
    assert said.count(".") >= 2 and code.value not in said
    told = SupplyObjected(row="5", codes=(code,))  # type: ignore[arg-type]
    assert said in notice(told, case="EV-1", language=language)


@pytest.mark.parametrize("code", STATUSES)
def test_a_status_stops_nothing(code: RejectCode) -> None:
    world = new_world()
    key = asked(world)
    day = world.calendar.add_calendar_days(world.calendar.business_date(world.now), 9)
    case = answered(world, key, effective_on=day, statuses=(code,))
    assert supply(case).state is State.ACCEPTED and case.status is State.ENROLLED


def test_a_repeated_request_takes_the_day_of_the_first() -> None:
    """ABN: the first request is returned; nothing is sent twice."""
    world = new_world()
    key = asked(world)
    day = world.calendar.add_calendar_days(world.calendar.business_date(world.now), 9)
    case = answered(world, key, codes=(RejectCode.DUPLICATE,), effective_on=day, first_tracking="SW-FIRST")
    assert supply(case).state is State.ACCEPTED
    assert case.switch is not None and (case.switch.tracking, case.switch.effective_on) == ("SW-FIRST", day)


def test_of_several_codes_the_gravest_decides() -> None:
    codes = (RejectCode.DATE_WRONG, RejectCode.OTHER, RejectCode.ACCOUNT_NOT_FOUND)
    assert gravest(codes).code is RejectCode.ACCOUNT_NOT_FOUND
    assert gravest((*codes, RejectCode.NOT_ELIGIBLE)).does is RejectAct.REFUSE


def test_what_waits_on_staff_is_not_for_the_customer_to_send_again() -> None:
    from evenroll.enrollment.decided import Refusal
    from evenroll.enrollment.supply_commands import AskSupply

    world = new_world()
    key = asked(world)
    answered(world, key, codes=(RejectCode.OTHER,))
    assert isinstance(world.give(key, C.ASK_SUPPLY, AskSupply(), role=Role.CUSTOMER), Refusal)
    assert not isinstance(world.give(key, C.ASK_SUPPLY, AskSupply(), role=Role.ENROLLMENT_DESK), Refusal)


def test_the_page_is_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == reject_page()


HEAD = "source: x\ncodes:\n"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{code: A13, kind: reject, does: staff, owner: nobody, days: 2, cure: staff_reads}", "name the owner"),
        ("{code: A13, kind: reject, does: staff, owner: customer, days: 2, cure: staff_reads}", "if and only if"),
        ("{code: W09, kind: status, does: staff, owner: provider, days: 2, cure: usual_read}", "stops nothing"),
        ("{code: ZZZ, kind: reject, does: go_on, owner: nobody, days: 0, cure: usual_read}", "must be one of"),
        ("{code: W09, kind: status, does: go_on, owner: nobody, days: 0, cure: usual_read}", "are missing"),
    ],
)
def test_a_wrong_table_is_refused(line: str, reason: str) -> None:
    with pytest.raises(CatalogRefused, match=reason):
        parse_reject_rules(f"{HEAD}  - {line}\n", file="wrong.yaml")


def test_that_a_request_was_sent_before_is_no_news_once_it_was_accepted() -> None:
    """A request that was sent twice may be answered out of order: what was accepted is not waited for again."""
    world = new_world()
    key = asked(world)
    effective_on = world.calendar.add_business_days(world.calendar.business_date(world.now), 12)
    accepted = supply(answered(world, key, effective_on=effective_on))
    assert accepted.state is State.ACCEPTED
    assert supply(answered(world, key, codes=(RejectCode("ABN"),))) == accepted
