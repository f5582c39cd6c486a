"""Credits are approved and sent by name, or all of them by what they come to."""

from __future__ import annotations

from decimal import Decimal

from evenroll.enrollment import money_commands as mc
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.ledger import CreditState
from tests.enrollment.money_life import a_credit


def test_no_credit_is_approved_or_sent_that_nobody_named() -> None:
    life = a_credit()
    for name in (C.APPROVE_CREDIT, C.SEND_CREDIT):
        refused = life.say(name, mc.NameCredit())
        assert isinstance(refused, Refusal) and refused.code is RefusalCode.CREDITS_NOT_NAMED
    other = life.say(C.APPROVE_CREDIT, mc.NameCredit(all_usd=Decimal("25.01")))
    assert isinstance(other, Refusal) and other.code is RefusalCode.CREDITS_OTHER_TOTAL
    assert life.case.ledger.credits[0].state is CreditState.EARNED
    done = life.say(C.APPROVE_CREDIT, mc.NameCredit(all_usd=Decimal(25)))
    assert isinstance(done, Decided) and len(done.events) == 1


def test_of_several_that_are_named_one_that_cannot_be_keeps_all_from_being_done() -> None:
    life = a_credit()
    wrong = life.say(C.APPROVE_CREDIT, mc.NameCredit(credits=("bonus/enrollment", "bonus/2031-01")))
    assert isinstance(wrong, Refusal) and wrong.code is RefusalCode.CREDIT_UNKNOWN
    assert life.case.ledger.credits[0].state is CreditState.EARNED
    twice = life.say(C.APPROVE_CREDIT, mc.NameCredit(credits=("bonus/enrollment", "bonus/enrollment")))
    assert isinstance(twice, Decided) and len(twice.events) == 1
