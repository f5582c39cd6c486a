"""Each reason for which personal data are not erased, or a hold is not set or lifted, by itself and by its name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from evenroll.enrollment.case import Case, Draft, Opening
from evenroll.enrollment.decided import Decided
from evenroll.enrollment.erasure import (
    DataErased,
    Erasure,
    ErasureCause,
    ErasureFacts,
    ErasureRefusalCode,
    ErasureRefused,
    HoldCause,
    Wish,
    case_subject,
    erase,
    lift_hold,
    set_hold,
)
from evenroll.enrollment.form import Channel, Language
from evenroll.enrollment.tracks import State, TrackState, track_key
from evenroll.programs.program import Track
from evenroll.programs.retention import RetentionClass, retention_table
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey

NOW = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)
NUMBER = CaseNumber("EV-7K3M9-QXT2H-WPCF")
UTILITY = OrganizationKey("lakeland")
R = ErasureRefusalCode


def _case(state: State, *, also: TrackState | None = None, **changes: Any) -> Case:
    course = TrackState(track=Track.CASE, subject="", state=state, since=NOW - timedelta(days=9))
    tracks = {track_key(each.track): each for each in (course, also) if each is not None}
    opening = Opening(opened_at=NOW - timedelta(days=10), channel=Channel.WEB, language=Language.EN)
    draft = Draft(answers=7, fields=frozenset())
    return replace(Case(number=NUMBER, organization=UTILITY, opening=opening, tracks=tracks, draft=draft), **changes)


def _facts(*cases: Case, **changes: Any) -> ErasureFacts:
    facts = ErasureFacts(
        now=NOW,
        calendar=calendar("US-LAKELAND"),
        organization=UTILITY,
        number=case_subject(NUMBER),
        table=retention_table(),
        cases=cases or (_case(State.WITHDRAWN),),
        keys=1,
        records=1,
    )
    return replace(facts, **changes)


def _no(answer: Decided | ErasureRefused) -> ErasureRefusalCode:
    assert isinstance(answer, ErasureRefused), answer
    return answer.code


def _asked(facts: ErasureFacts, *, state: Erasure | None = None, cause: ErasureCause = ErasureCause.ASKED) -> Any:
    return erase(state, Wish(cause=cause), facts)


def _erased(**changes: Any) -> Erasure:
    return replace(Erasure(number=case_subject(NUMBER), organization=UTILITY), **changes)


def test_a_draft_that_was_left_is_erased_on_a_wish() -> None:
    answer = _asked(_facts())
    assert isinstance(answer, Decided)
    (event,) = answer.events
    assert isinstance(event, DataErased) and (event.keys, event.cases) == (1, (NUMBER,))


def test_what_is_erased_is_erased_once() -> None:
    gone = _erased(erased_on=date(2026, 10, 1))
    assert _no(_asked(_facts(keys=0, records=0), state=gone)) is R.ALREADY_ERASED


def test_a_hold_keeps_everything() -> None:
    held = _erased(holds=(HoldCause.LITIGATION,))
    assert _no(_asked(_facts(), state=held)) is R.LEGAL_HOLD
    # One on the customer keeps the case, and one on a case keeps the customer.
    assert _no(_asked(_facts(other_holds=(HoldCause.REGULATOR,)))) is R.LEGAL_HOLD


def test_a_living_enrollment_keeps_its_data() -> None:
    assert _no(_asked(_facts(_case(State.ACTIVE)))) is R.ENROLLMENT_LIVES


def test_an_application_under_way_keeps_its_data() -> None:
    assert _no(_asked(_facts(_case(State.DRAFT)))) is R.APPLICATION_OPEN


def test_an_ended_case_on_which_something_is_awaited_keeps_its_data() -> None:
    awaited = TrackState(track=Track.LEDGER, subject="", state=State.ACTIVE, since=NOW, due_at=NOW + timedelta(days=3))
    assert _no(_asked(_facts(_case(State.WITHDRAWN, also=awaited)))) is R.STILL_AWAITED


def test_what_the_law_keeps_stays_until_its_day() -> None:
    ended = _case(State.WITHDRAWN)
    answer = _asked(_facts(ended), cause=ErasureCause.TIME_OVER)
    assert _no(answer) is R.RETAINED
    assert answer.parameters["kept_as"] == RetentionClass.DRAFT_LEFT.value
    until = date.fromisoformat(answer.parameters["until_on"])
    over = datetime(until.year, until.month, until.day, 18, 0, tzinfo=UTC)
    assert isinstance(_asked(_facts(ended, now=over), cause=ErasureCause.TIME_OVER), Decided)


def test_a_customer_who_is_served_is_not_erased() -> None:
    assert _no(_asked(_facts(open_accounts=1))) is R.ACCOUNT_OPEN


def test_answers_under_way_to_another_are_waited_for() -> None:
    assert _no(_asked(_facts(on_its_way=1))) is R.ON_ITS_WAY


def test_of_whom_nothing_is_kept_nothing_is_erased() -> None:
    assert _no(_asked(_facts(_case(State.WITHDRAWN, draft=None), keys=0, records=0))) is R.NOTHING_KEPT


def test_a_hold_is_set_once() -> None:
    held = _erased(holds=(HoldCause.LITIGATION,))
    assert _no(set_hold(held, HoldCause.LITIGATION, _facts())) is R.HOLD_STANDS
    assert isinstance(set_hold(held, HoldCause.REGULATOR, _facts()), Decided)


def test_a_hold_that_nobody_set_is_not_lifted() -> None:
    assert _no(lift_hold(None, HoldCause.LITIGATION, _facts())) is R.HOLD_NONE
    other = _erased(holds=(HoldCause.REGULATOR,))
    assert _no(lift_hold(other, HoldCause.LITIGATION, _facts())) is R.HOLD_NONE


def test_what_a_restore_erases_again_asks_nobody() -> None:
    held = _erased(holds=(HoldCause.LITIGATION,))
    answer = _asked(_facts(_case(State.ACTIVE), open_accounts=1), state=held, cause=ErasureCause.RESTORED)
    assert isinstance(answer, Decided)
