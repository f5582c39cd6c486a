"""What people say of money and events, good and bad, and what is known when a protection is settled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

from evenroll.enrollment import money_commands as mc
from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decide_money import credits_ready
from evenroll.enrollment.ledger import CreditState, ReverseReason
from evenroll.enrollment.money_events import PaidSource, ProtectedSpan, UsageMissing
from evenroll.enrollment.protection_facts import ProtectionFigures, ProtectionUnknown

if TYPE_CHECKING:
    from tests.world.memory import World


def _named(case: Case, chance: Random) -> dict[str, str]:
    credits = [(each.code, each.span) for each in case.ledger.credits]
    code, span = chance.choice([*credits, ("bonus", "2031-01")])
    return {"code": code, "span": span}


def _credits(case: Case, chance: Random, *, to: CreditState) -> mc.NameCredit:
    """One by name, several by name, all by what they come to, or none, which is refused."""
    ready = credits_ready(case, to=to)
    all_usd = sum((each.usd for each in ready), Decimal(0))
    several = tuple(f"{each.code}/{each.span}" for each in ready[: 1 + chance.randrange(3)])
    said: list[dict[str, Any]] = [_named(case, chance), {"credits": several}, {"all_usd": all_usd}, {}]
    return mc.NameCredit(**chance.choice(said))


def _charging(world: World, _case: Case, chance: Random) -> object:
    last = world.calendar.business_date(world.now).replace(day=1) - timedelta(days=chance.choice([1, 1, 40]))
    charged = Decimal(chance.randrange(400))
    return mc.RecordCharging(
        month=f"{last:%Y-%m}", charged_kwh=charged, window_kwh=charged / 2, peak_kwh=Decimal(chance.choice([0, 1]))
    )


def _payment(world: World, case: Case, chance: Random) -> object:
    today = world.calendar.business_date(world.now)
    return mc.RecordPayment(**_named(case, chance), paid_on=today, reference="B-1")


MONEY_SAID: Mapping[C, Callable[[Any, Any, Random], object]] = {
    C.RECORD_CHARGING: _charging,
    C.APPROVE_CREDIT: lambda w, s, r: _credits(s, r, to=CreditState.APPROVED),
    C.SEND_CREDIT: lambda w, s, r: _credits(s, r, to=CreditState.SENT),
    C.RECORD_PAYMENT: _payment,
    C.REVERSE_CREDIT: lambda w, s, r: mc.ReverseCredit(**_named(s, r), reason=r.choice(list(ReverseReason))),
}


def protection_known(world: World, case: Case | None) -> ProtectionFigures | ProtectionUnknown | None:
    """The figures of a protected time; while reads are away, or one is still to come, why there are none."""
    if case is None or case.ledger.active_on is None:
        return None
    today = world.calendar.business_date(world.now)
    if "reads" in world.away:
        start_on = case.ledger.active_on
        end_on = start_on + timedelta(days=30)
        return ProtectionUnknown(reason=UsageMissing.READ_MISSING, start_on=start_on, end_on=end_on)
    if "read of the month" in world.away:
        return ProtectionUnknown(reason=UsageMissing.READ_TO_COME, until=today + timedelta(days=3))
    span = ProtectedSpan(
        start_on=case.ledger.active_on,
        end_on=today,
        paid=Decimal("510.00"),
        shadow=Decimal("498.75") if case.pod != "POD-2" else Decimal("510.00"),
        source=PaidSource.READS,
        is_estimated=True,
    )
    return ProtectionFigures(spans=(span,))
