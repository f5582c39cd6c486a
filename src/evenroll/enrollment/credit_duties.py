"""Who owes the next act on a credit, and by when: it is approved, sent, confirmed, or got back where it is owed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.ledger import Credit, CreditState
from evenroll.enrollment.roles import Role
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.money import ZERO


class CreditDuty(StrEnum):
    """What is to be done with a credit next."""

    TO_APPROVE = "to_approve"
    TO_SEND = "to_send"
    TO_CONFIRM = "to_confirm"
    OWED_BACK = "owed_back"


@dataclass(frozen=True, kw_only=True, slots=True)
class DutyRule:
    """Whose it is, in how many business days, and by which commands. Days are our own default; no source."""

    owner: Role
    business_days: int
    commands: tuple[C, ...]


DUTY_RULES: Final[Mapping[CreditDuty, DutyRule]] = MappingProxyType(
    {
        CreditDuty.TO_APPROVE: DutyRule(
            owner=Role.PROGRAM_MANAGER, business_days=10, commands=(C.APPROVE_CREDIT, C.REVERSE_CREDIT)
        ),
        CreditDuty.TO_SEND: DutyRule(owner=Role.BILLING, business_days=5, commands=(C.SEND_CREDIT,)),
        CreditDuty.TO_CONFIRM: DutyRule(owner=Role.BILLING, business_days=30, commands=(C.RECORD_PAYMENT,)),
        CreditDuty.OWED_BACK: DutyRule(owner=Role.BILLING, business_days=20, commands=(C.RECORD_PAYMENT,)),
    }
)

STATE_OF: Final[Mapping[CreditDuty, CreditState]] = MappingProxyType(
    {
        CreditDuty.TO_APPROVE: CreditState.EARNED,
        CreditDuty.TO_SEND: CreditState.APPROVED,
        CreditDuty.TO_CONFIRM: CreditState.SENT,
    }
)
"""The state in which credits wait for an act; what is owed back hangs on where a credit was before, too."""

_DUTY_OF: Final[Mapping[CreditState, CreditDuty]] = MappingProxyType({state: duty for duty, state in STATE_OF.items()})


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditWait:
    """Credits of one case that wait for the same act. since: of the oldest of them; usd: of all together."""

    duty: CreditDuty
    count: int
    usd: Decimal
    since: datetime
    due_at: datetime

    @property
    def rule(self) -> DutyRule:
        """Whose it is and what can be done."""
        return DUTY_RULES[self.duty]

    def owner_at(self, now: datetime) -> Role:
        """Whom it waits on: once it is overdue, the supervisor has it."""
        return self.rule.owner if now < self.due_at else Role.SUPERVISOR


def duty_of(credit: Credit) -> CreditDuty | None:
    """What is to be done with a credit; None where nothing is."""
    return CreditDuty.OWED_BACK if credit.is_owed_back else _DUTY_OF.get(credit.state)


def credit_waits(credits: Iterable[Credit], *, calendar: ServiceCalendar) -> tuple[CreditWait, ...]:
    """What the credits of a case wait for, one row for each act, in the order of `CreditDuty`.

    Each credit that is not done is in exactly one of them. It is due at the end of the last day.
    """
    by_duty: dict[CreditDuty, list[Credit]] = {}
    for each in credits:
        duty = duty_of(each)
        if duty is not None:
            by_duty.setdefault(duty, []).append(each)
    return tuple(_wait(duty, by_duty[duty], calendar) for duty in CreditDuty if duty in by_duty)


def _wait(duty: CreditDuty, credits: list[Credit], calendar: ServiceCalendar) -> CreditWait:
    since = min(each.at for each in credits)
    return CreditWait(
        duty=duty,
        count=len(credits),
        usd=sum((each.usd for each in credits), ZERO),
        since=since,
        due_at=due_at(duty, since=since, calendar=calendar),
    )


def due_at(duty: CreditDuty, *, since: datetime, calendar: ServiceCalendar) -> datetime:
    """When the act is late on credits of which the oldest waits since then: at the end of the last day."""
    last_on = calendar.add_business_days(calendar.business_date(since), DUTY_RULES[duty].business_days)
    return calendar.start_of_day(calendar.add_calendar_days(last_on, 1))


def late_before(duty: CreditDuty, *, now: datetime, calendar: ServiceCalendar) -> datetime:
    """The instant before which credits must have begun to wait to be overdue now: `due_at` the other way around."""
    began_on = calendar.business_date(now)
    while due_at(duty, since=calendar.start_of_day(began_on), calendar=calendar) > now:
        began_on = calendar.add_calendar_days(began_on, -1)
    return calendar.start_of_day(calendar.add_calendar_days(began_on, 1))
