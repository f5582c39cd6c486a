"""Who owes the next act in each live state, until when, and what the clock does when nothing comes.

Source: the rules of the trade (states, owners, deadlines). Each figure is a default of the territory's rules.
Where one state is waited on by different roles in turn, each has its own named wait.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import assert_never

from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State as S
from evenroll.programs.program import Track as T
from evenroll.quantities.calendars import ServiceCalendar


class Span(StrEnum):
    """How a due date is counted."""

    NOW = "now"
    MINUTES = "minutes"
    DAYS = "days"
    BUSINESS_DAYS = "business_days"
    GIVEN = "given"
    """The decision itself brings the instant (a visit's day, the end of a window)."""


class Wait(StrEnum):
    """The name of a wait, where a state has more than one."""

    FIRST = "first"
    SYSTEM = "system"
    CUSTOMER = "customer"
    MAIL = "mail"
    STAFF = "staff"
    RETRY = "retry"
    KEYING = "keying"
    APPEAL = "appeal"
    CONSENT = "consent"
    REMINDED = "reminded"
    LATER = "later"


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitRule:
    """One line of the table. count: of minutes or days, by `span`."""

    owner: Role
    span: Span
    count: int = 0
    on_lapse: C


def _now(command: C) -> WaitRule:
    return WaitRule(owner=Role.SYSTEM, span=Span.NOW, on_lapse=command)


def _days(owner: Role, count: int, on_lapse: C) -> WaitRule:
    return WaitRule(owner=owner, span=Span.DAYS, count=count, on_lapse=on_lapse)


def _bd(owner: Role, count: int, on_lapse: C) -> WaitRule:
    return WaitRule(owner=owner, span=Span.BUSINESS_DAYS, count=count, on_lapse=on_lapse)


def _given(owner: Role, on_lapse: C) -> WaitRule:
    return WaitRule(owner=owner, span=Span.GIVEN, on_lapse=on_lapse)


_CUSTOMER, _DESK, _OFFICE = Role.CUSTOMER, Role.ENROLLMENT_DESK, Role.METER_OFFICE
_SUPERVISED = _bd(Role.SUPERVISOR, 2, C.ESCALATE)

WAITS: Mapping[tuple[T, S], Mapping[Wait, WaitRule]] = {
    (T.CASE, S.DRAFT): {
        Wait.FIRST: _days(_CUSTOMER, 50, C.REMIND),
        Wait.REMINDED: _days(_CUSTOMER, 10, C.EXPIRE),
        Wait.SYSTEM: _now(C.ASK_PROVIDER),
        Wait.KEYING: _bd(_DESK, 2, C.ESCALATE),
    },
    (T.CASE, S.FINDING_PROVIDER): {
        Wait.FIRST: _now(C.FIND_PROVIDER),
        Wait.RETRY: WaitRule(owner=Role.REGISTRY_OPERATOR, span=Span.MINUTES, count=15, on_lapse=C.FIND_PROVIDER),
        Wait.STAFF: _bd(_DESK, 1, C.FIND_PROVIDER),
        Wait.LATER: _bd(Role.REGISTRY_OPERATOR, 1, C.FIND_PROVIDER),
    },
    (T.CASE, S.CHOOSING): {
        Wait.FIRST: _now(C.PRESENT_OFFERS),
        Wait.CUSTOMER: _days(_CUSTOMER, 30, C.EXPIRE),
        Wait.CONSENT: _days(_CUSTOMER, 30, C.EXPIRE),
        Wait.SYSTEM: _now(C.HAND_OVER),
    },
    (T.CASE, S.COMPLETING): {
        Wait.FIRST: _days(_CUSTOMER, 30, C.EXPIRE),
        Wait.MAIL: _days(_CUSTOMER, 45, C.EXPIRE),
        Wait.SYSTEM: _now(C.CHECK_FORM),
        Wait.KEYING: _bd(_DESK, 2, C.ESCALATE),
    },
    (T.CASE, S.PROVING): {
        Wait.FIRST: _now(C.PROVE_IDENTITY),
        Wait.RETRY: WaitRule(owner=_DESK, span=Span.MINUTES, count=15, on_lapse=C.PROVE_IDENTITY),
        Wait.LATER: _bd(_DESK, 1, C.PROVE_IDENTITY),
        Wait.CUSTOMER: _days(_CUSTOMER, 30, C.EXPIRE),
        Wait.MAIL: _days(_CUSTOMER, 45, C.EXPIRE),
        Wait.STAFF: _bd(_DESK, 2, C.ESCALATE),
    },
    # Whose the vehicle is: the desk sees to it; CUSTOMER, MAIL: the papers, or the right VIN, are awaited.
    (T.CASE, S.VEHICLE_DISPUTED): {
        Wait.FIRST: _bd(_DESK, 2, C.ESCALATE),
        Wait.CUSTOMER: _days(_CUSTOMER, 30, C.EXPIRE),
        Wait.MAIL: _days(_CUSTOMER, 45, C.EXPIRE),
    },
    (T.CASE, S.DECIDING): {
        Wait.FIRST: _now(C.DECIDE),
        Wait.RETRY: WaitRule(owner=_DESK, span=Span.MINUTES, count=15, on_lapse=C.DECIDE),
        Wait.LATER: _bd(_DESK, 1, C.DECIDE),
        Wait.STAFF: _bd(_DESK, 5, C.ESCALATE),
    },
    (T.CASE, S.NEEDS_ANSWER): {
        Wait.FIRST: _days(_CUSTOMER, 30, C.EXPIRE),
        Wait.MAIL: _days(_CUSTOMER, 45, C.EXPIRE),
    },
    (T.CASE, S.IN_RESCISSION): {Wait.FIRST: _given(_CUSTOMER, C.END_RESCISSION)},
    (T.CASE, S.ENROLLED): {Wait.FIRST: _days(Role.SUPERVISOR, 90, C.ESCALATE)},
    (T.CASE, S.WITHDRAWING): {Wait.FIRST: _bd(Role.PEER, 1, C.ESCALATE)},
    (T.CASE, S.ACTIVE): {Wait.FIRST: _days(Role.SYSTEM, 365, C.ISSUE_STATEMENT)},
    (T.CASE, S.REFUSED): {
        Wait.FIRST: _days(_CUSTOMER, 30, C.CLOSE_REFUSAL),
        Wait.APPEAL: _bd(Role.SUPERVISOR, 10, C.ESCALATE),
    },
    # Of the case: it asks, and is answered within a business day. SYSTEM, RETRY: the registrar's own record of it.
    (T.SUPPLY, S.ASKED): {
        Wait.FIRST: _now(C.ASK_SUPPLY),
        Wait.LATER: _bd(Role.REGISTRY_OPERATOR, 1, C.ESCALATE),
        Wait.STAFF: _bd(_DESK, 2, C.ESCALATE),
        Wait.SYSTEM: _now(C.JUDGE_SUPPLY),
        Wait.RETRY: WaitRule(owner=Role.REGISTRY_OPERATOR, span=Span.MINUTES, count=15, on_lapse=C.JUDGE_SUPPLY),
    },
    (T.SUPPLY, S.ACCEPTED): {Wait.FIRST: _given(Role.REGISTRY_OPERATOR, C.MAKE_SUPPLY_EFFECTIVE)},
    (T.SUPPLY, S.OBJECTED): {
        Wait.FIRST: _given(Role.SYSTEM, C.ASK_SUPPLY),
        Wait.CUSTOMER: _days(_CUSTOMER, 30, C.END_CONDITION),
        Wait.STAFF: _bd(_DESK, 2, C.ESCALATE),
    },
    (T.METER, S.BEFORE_METER): {
        Wait.FIRST: _days(_CUSTOMER, 30, C.REMIND),
        Wait.REMINDED: _days(_CUSTOMER, 30, C.END_CONDITION),
        Wait.LATER: _days(Role.REGISTRY_OPERATOR, 90, C.ESCALATE),
    },
    (T.METER, S.ASKED): {Wait.FIRST: _now(C.REQUEST_METER), Wait.LATER: _bd(Role.PEER, 1, C.ESCALATE)},
    (T.METER, S.METER_REFUSED): {Wait.FIRST: _bd(_DESK, 2, C.ESCALATE)},
    (T.METER, S.TO_SCHEDULE): {Wait.FIRST: _bd(_OFFICE, 2, C.ESCALATE)},
    (T.METER, S.REMOTE_CHANGE): {Wait.FIRST: _bd(_OFFICE, 5, C.ESCALATE)},
    (T.METER, S.SCHEDULED): {
        Wait.FIRST: _given(Role.METER_CREW, C.ESCALATE),
        Wait.STAFF: _bd(_OFFICE, 1, C.ESCALATE),
    },
    (T.METER, S.MISSED_BY_UTILITY): {Wait.FIRST: _bd(_OFFICE, 1, C.ESCALATE)},
    (T.METER, S.MISSED_BY_CUSTOMER): {
        Wait.FIRST: _days(_CUSTOMER, 10, C.REMIND),
        Wait.STAFF: _bd(_OFFICE, 5, C.ESCALATE),
    },
    (T.METER, S.CANNOT_DO): {Wait.FIRST: _days(_CUSTOMER, 60, C.END_CONDITION)},
    (T.METER, S.PERMIT_NEEDED): {Wait.FIRST: _days(_CUSTOMER, 60, C.END_CONDITION)},
    (T.METER, S.BACK_OFFICE): {Wait.FIRST: _bd(_OFFICE, 2, C.ESCALATE)},
    (T.METER, S.CANCELLING): {Wait.FIRST: _bd(Role.PEER, 1, C.ESCALATE)},
    (T.SERVICE, S.WAITING): {
        Wait.FIRST: _days(_OFFICE, 90, C.ESCALATE),
        Wait.SYSTEM: _now(C.DATE_SWITCH),
        Wait.STAFF: _bd(Role.BILLING, 1, C.DATE_SWITCH),
    },
    (T.SERVICE, S.DATED): {
        Wait.FIRST: _given(Role.SYSTEM, C.SWITCH_SERVICE),
        Wait.STAFF: _bd(Role.BILLING, 1, C.SWITCH_SERVICE),
    },
    (T.SERVICE, S.SWITCHED): {Wait.FIRST: _now(C.ISSUE_CLOSING_BILL), Wait.RETRY: _bd(Role.BILLING, 10, C.ESCALATE)},
    (T.SERVICE, S.CLOSING_BILLED): {
        Wait.FIRST: _given(Role.SYSTEM, C.ISSUE_FIRST_BILL),
        Wait.RETRY: _bd(Role.BILLING, 10, C.ESCALATE),
    },
    (T.SERVICE, S.REVERSED): {Wait.FIRST: _now(C.CORRECT_BILL), Wait.RETRY: _bd(Role.BILLING, 5, C.ESCALATE)},
    (T.EQUIPMENT, S.CHOOSING_EQUIPMENT): {Wait.FIRST: _days(_CUSTOMER, 60, C.REMIND)},
    (T.EQUIPMENT, S.INSTALLING): {Wait.FIRST: _days(_CUSTOMER, 90, C.REMIND)},
    (T.EQUIPMENT, S.INSPECTING): {Wait.FIRST: _days(_CUSTOMER, 30, C.REMIND)},
    (T.EQUIPMENT, S.UNFIT): {Wait.FIRST: _days(_CUSTOMER, 30, C.REMIND)},
    (T.DEVICE, S.REGISTERING): {Wait.FIRST: _days(_CUSTOMER, 14, C.REMIND)},
    (T.DEVICE, S.TESTING): {Wait.FIRST: WaitRule(owner=_DESK, span=Span.MINUTES, count=48 * 60, on_lapse=C.ESCALATE)},
    (T.DEVICE, S.TEST_FAILED): {Wait.FIRST: _days(_CUSTOMER, 14, C.REMIND)},
    (T.SETUP, S.NOT_TOLD): {
        Wait.FIRST: _days(_CUSTOMER, 7, C.REMIND),
        Wait.LATER: _days(_CUSTOMER, 365, C.REMIND),
    },
    (T.SETUP, S.TOLD): {
        Wait.FIRST: _days(_CUSTOMER, 21, C.REMIND),
        Wait.LATER: _days(_CUSTOMER, 365, C.REMIND),
    },
    # SYSTEM: the customer told of the last day at the premise. STAFF: whose a vehicle is has to be settled. CUSTOMER:
    # whether a vehicle that somebody else names is still there; asked twice, then the desk's to settle.
    (T.CONDITION, S.DUE): {
        Wait.FIRST: _days(_CUSTOMER, 90, C.END_CONDITION),
        Wait.SYSTEM: _given(Role.SYSTEM, C.COMPLETE_MOVE),
        Wait.STAFF: _bd(_DESK, 2, C.ESCALATE),
        Wait.CUSTOMER: _days(_CUSTOMER, 10, C.REMIND),
    },
    # Once a year the customer is asked whether the place is still wanted. CUSTOMER: a place was offered; the program
    # says for how many days.
    (T.CASE, S.WAITLISTED): {
        Wait.FIRST: _days(Role.PROGRAM_MANAGER, 365, C.REMIND),
        Wait.REMINDED: _days(_CUSTOMER, 30, C.EXPIRE),
        Wait.CUSTOMER: _days(_CUSTOMER, 14, C.LAPSE_PLACE),
    },
    # The cure of what suspends it, or the end. SYSTEM: the switch back is asked for; LATER: the utility answers.
    (T.CASE, S.SUSPENDED): {Wait.FIRST: _given(_CUSTOMER, C.END_SUSPENSION)},
    (T.CASE, S.LEAVING): {
        Wait.FIRST: _given(Role.SYSTEM, C.END_LEAVING),
        Wait.SYSTEM: _now(C.REQUEST_METER),
        Wait.LATER: _bd(Role.PEER, 1, C.ESCALATE),
    },
    (T.DEVICE, S.OFFLINE): {Wait.FIRST: _days(_CUSTOMER, 14, C.REMIND)},
    (T.DEVICE, S.CONSENT_ENDED): {Wait.FIRST: _days(_CUSTOMER, 14, C.REMIND)},
    (T.ADMITTING, S.PLACE_FREE): {Wait.FIRST: _now(C.ADMIT_NEXT)},
    # STAFF: somebody must tell what was measured of a month before it can be counted.
    (T.LEDGER, S.COUNTING): {
        Wait.FIRST: _given(Role.SYSTEM, C.EARN),
        Wait.STAFF: _bd(Role.BILLING, 10, C.EARN),
    },
    (T.LEDGER, S.PROTECTED): {Wait.FIRST: _given(Role.SYSTEM, C.SETTLE_PROTECTION)},
    (T.LEDGER, S.USAGE_MISSING): {Wait.FIRST: _bd(Role.BILLING, 5, C.SETTLE_PROTECTION)},
}
"""The named waits of every live state."""

REMINDERS_MAX = 2
"""After so many reminders a silent customer becomes the enrollment desk's task (customer asked twice, then staff)."""

SUPERVISED = _SUPERVISED
"""A lapse that no step can mend goes to the supervisor, and again every two business days until it is settled."""

CONDITION_HELD = _bd(Role.SUPERVISOR, 2, C.END_CONDITION)
"""A condition that lapses while the utility's answer to a withdrawal is awaited: looked at again after it."""

DESK_TASK = _bd(_DESK, 5, C.ESCALATE)
"""What the desk owes once reminders have gone unanswered."""


class DueUnknown(Exception):
    """A wait whose due date the decision must bring, without one: a defect of the code that decided."""


def due_at(rule: WaitRule, *, now: datetime, calendar: ServiceCalendar, given: datetime | None = None) -> datetime:
    """The instant at which a wait lapses, UTC.

    Counted days end with the local day: a customer who has until the 5th has all of the 5th.
    Raises DueUnknown if the rule takes a given instant and none was given.
    """
    match rule.span:
        case Span.NOW:
            return now
        case Span.MINUTES:
            return now + timedelta(minutes=rule.count)
        case Span.DAYS:
            last_on = calendar.business_date(now) + timedelta(days=rule.count)
        case Span.BUSINESS_DAYS:
            last_on = calendar.add_business_days(calendar.business_date(now), rule.count)
        case Span.GIVEN:
            if given is None:
                raise DueUnknown(f"The wait on {rule.owner} needs an instant from the decision; none was given.")
            return given
        case _:
            assert_never(rule.span)
    return calendar.start_of_day(last_on + timedelta(days=1)).astimezone(UTC)
