"""Action: the registrar's word about supply: its answer, the day on which it is ours, a request taken back, news."""

from __future__ import annotations

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.supply_messages import SupplyNews
from evenroll.records.asked import Answer, Asked, Taken
from evenroll.records.gathered import case_facts, open_cases_at
from evenroll.records.streams import case_stream, point_stream
from evenroll.records.taking import plain_case, take
from evenroll.records.unit_of_work import UnitOfWork


def hear_supply_answer(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Accepted with its day, or objected to with every code."""
    return plain_case(work, asked, name=CommandName.HEAR_SUPPLY_ANSWER)


def hear_supply_effective(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Supply is ours, and what waited for it begins."""
    return plain_case(work, asked, name=CommandName.HEAR_SUPPLY_EFFECTIVE)


def hear_supply_cancel(work: UnitOfWork, *, asked: Asked) -> Answer:
    """What became of a request that was taken back."""
    return plain_case(work, asked, name=CommandName.HEAR_SUPPLY_CANCEL)


def hear_supply_news(work: UnitOfWork, *, asked: Asked) -> Answer:
    """asked.number is the usage point. Every case there that rests on our supply tells its customer."""
    command = asked.command

    def act() -> Answer:
        if not isinstance(command, SupplyNews):
            return Refusal(code=RefusalCode.NOT_ALLOWED, parameters={"command": CommandName.HEAR_SUPPLY_NEWS.value})
        work.lock(point_stream(command.pod))
        numbers = open_cases_at(command.pod)
        work.lock(*(case_stream(number) for number in numbers))
        told: tuple[str, ...] = ()
        for number in numbers:
            case = work.case(number)
            decided = decide_case(case, CommandName.HEAR_SUPPLY_NEWS, command, case_facts(work, case))
            if isinstance(decided, Decided) and decided.events:
                work.record_case(number, decided, expected=case)
                told += (f"case/{number}",)
        return Taken(number=command.pod, state=command.news.value, events=told)

    return take(work, asked, name=CommandName.HEAR_SUPPLY_NEWS, act=act)
