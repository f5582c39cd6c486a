"""Row 5a: the provider asks the utility for the meter that the program needs, and for the switch that follows."""

from __future__ import annotations

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.ports.outside import meter_in_place
from evenroll.quantities.identifiers import order_number
from evenroll.records.asked import Answer, Asked
from evenroll.records.gathered import case_facts
from evenroll.records.taking import plain_case, take_case
from evenroll.records.unit_of_work import UnitOfWork

ORDER_BYTES = slice(0, 16)


def request_meter(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The request goes out with the case's message; where the utility provides, it asks itself all the same."""

    def decide(case: Case | None) -> Decided | Refusal:
        number = order_number(asked.outside.entropy[ORDER_BYTES])
        facts = case_facts(work, case, meter=meter_in_place(asked.outside), order_number=number)
        return decide_case(case, CommandName.REQUEST_METER, asked.command, facts)

    return take_case(work, asked, name=CommandName.REQUEST_METER, decide=decide)


def hear_request_answer(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The utility accepted, or refused with a reason."""
    return plain_case(work, asked, name=CommandName.HEAR_REQUEST_ANSWER)
