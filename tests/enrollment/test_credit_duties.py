"""Credits wait for somebody, by name and day, until they are done; what is owed back too, until it is here."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenroll.enrollment import money_commands as mc
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.commands import may
from evenroll.enrollment.credit_duties import DUTY_RULES, CreditDuty, credit_waits, duty_of
from evenroll.enrollment.decided import Decided
from evenroll.enrollment.ledger import Credit, CreditState, ReverseReason, owed_back_usd
from evenroll.enrollment.roles import Role
from evenroll.programs.program_terms import IncentivePer
from evenroll.quantities.calendars import calendar
from tests.enrollment.money_life import ACTIVE_ON, Life, a_program, begin, per

WHERE = calendar("US-LAKELAND")
BONUS: dict[str, Any] = {"code": "bonus", "span": "enrollment"}


def with_bonus() -> Life:
    life = begin(a_program(incentives=(per(IncentivePer.ENROLLMENT, "25", code="bonus"),)))
    life.run_to(ACTIVE_ON)
    return life


def waits(life: Life) -> list[tuple[CreditDuty, Role, Decimal]]:
    found = credit_waits(life.case.ledger.credits, calendar=WHERE)
    return [(each.duty, each.rule.owner, each.usd) for each in found]


def done(life: Life, name: C, command: object) -> None:
    assert isinstance(life.say(name, command), Decided)


def test_a_credit_waits_for_each_act_in_turn_and_then_for_nobody() -> None:
    life = with_bonus()
    usd = Decimal("25.00")
    assert waits(life) == [(CreditDuty.TO_APPROVE, Role.PROGRAM_MANAGER, usd)]
    done(life, C.APPROVE_CREDIT, mc.NameCredit(**BONUS))
    assert waits(life) == [(CreditDuty.TO_SEND, Role.BILLING, usd)]
    done(life, C.SEND_CREDIT, mc.NameCredit(**BONUS))
    assert waits(life) == [(CreditDuty.TO_CONFIRM, Role.BILLING, usd)]
    done(life, C.RECORD_PAYMENT, mc.RecordPayment(**BONUS, paid_on=ACTIVE_ON))
    assert waits(life) == []


def test_what_is_overdue_waits_on_the_supervisor_who_can_do_it() -> None:
    """Rule of every wait: when its time is over, a named person takes it."""
    [wait] = credit_waits(with_bonus().case.ledger.credits, calendar=WHERE)
    assert wait.owner_at(wait.due_at - timedelta(seconds=1)) is Role.PROGRAM_MANAGER
    assert wait.owner_at(wait.due_at) is Role.SUPERVISOR
    for rule in DUTY_RULES.values():
        assert all(may(Role.SUPERVISOR, command=name) for name in rule.commands)


@pytest.mark.parametrize("paid", [False, True])
def test_what_went_out_and_is_taken_back_is_owed_until_it_is_here(paid: bool) -> None:
    life = with_bonus()
    done(life, C.APPROVE_CREDIT, mc.NameCredit(**BONUS))
    done(life, C.SEND_CREDIT, mc.NameCredit(**BONUS))
    back = mc.RecordPayment(**BONUS, paid_on=ACTIVE_ON, reference="B-9")
    if paid:
        done(life, C.RECORD_PAYMENT, back)
    done(life, C.REVERSE_CREDIT, mc.ReverseCredit(**BONUS, reason=ReverseReason.CLAWBACK))
    assert waits(life) == [(CreditDuty.OWED_BACK, Role.BILLING, Decimal("25.00"))]
    assert owed_back_usd(life.case.ledger) == Decimal("25.00")
    done(life, C.RECORD_PAYMENT, back)
    assert waits(life) == [] and owed_back_usd(life.case.ledger) == 0
    # Told twice, it came in once.
    again = life.say(C.RECORD_PAYMENT, back)
    assert isinstance(again, Decided) and again.events == ()


def test_a_payment_that_came_back_by_itself_is_owed_by_nobody() -> None:
    life = with_bonus()
    done(life, C.APPROVE_CREDIT, mc.NameCredit(**BONUS))
    done(life, C.SEND_CREDIT, mc.NameCredit(**BONUS))
    done(life, C.REVERSE_CREDIT, mc.ReverseCredit(**BONUS, reason=ReverseReason.RETURNED))
    assert waits(life) == [] and owed_back_usd(life.case.ledger) == 0


def test_it_is_due_at_the_end_of_its_last_business_day() -> None:
    at = WHERE.start_of_day(date(2027, 3, 5)) + timedelta(hours=15)
    [wait] = credit_waits([a_credit("a", CreditState.APPROVED, at)], calendar=WHERE)
    # Friday the 5th; five business days later is Friday the 12th.
    assert wait.due_at == WHERE.start_of_day(date(2027, 3, 13))


def a_credit(code: str, state: CreditState, at: datetime, **more: object) -> Credit:
    return Credit(code=code, span="2027-02", usd=Decimal("7.25"), state=state, at=at, **more)  # type: ignore[arg-type]


STATES = st.lists(st.tuples(st.sampled_from(CreditState), st.sampled_from([None, *CreditState]), st.booleans()))


@given(STATES)
def test_each_credit_that_is_not_done_waits_exactly_once_and_sums_add_up(
    states: list[tuple[CreditState, CreditState | None, bool]],
) -> None:
    at = WHERE.start_of_day(date(2027, 3, 5))
    credits = [
        a_credit(
            f"c{n}", state, at + timedelta(hours=n), was=was if state is CreditState.REVERSED else None, returned=here
        )
        for n, (state, was, here) in enumerate(states)
    ]
    found = credit_waits(credits, calendar=WHERE)
    open_ones = [each for each in credits if duty_of(each) is not None]
    assert sum(each.count for each in found) == len(open_ones)
    assert sum((each.usd for each in found), Decimal(0)) == sum((each.usd for each in open_ones), Decimal(0))
    assert len({each.duty for each in found}) == len(found)
    assert all(each.due_at > each.since and DUTY_RULES[each.duty].commands for each in found)
    assert all(duty_of(each) is None for each in credits if each.state is CreditState.PAID)
