"""Deciding about a service order: the one door to all its deciders, and the table of its commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from evenroll.enrollment import order_billing, order_visits
from evenroll.enrollment import order_commands as c
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.order_facts import OrderFacts
from evenroll.enrollment.order_reads import correct_read, question_read
from evenroll.enrollment.order_request import receive_request
from evenroll.enrollment.order_reversal import correct_bill, reverse_switch
from evenroll.enrollment.order_stop import cancel_order, end_condition, escalate, remind
from evenroll.enrollment.plain_words import refuse_prose
from evenroll.enrollment.service_order import ServiceOrder

Decider = Callable[[ServiceOrder, Any, OrderFacts], Decided | Refusal]


def decide_order(
    order: ServiceOrder | None, name: CommandName, command: object, facts: OrderFacts
) -> Decided | Refusal:
    """What a command does to an order: events and messages, or a named refusal.

    command: the payload of that name (see `order_commands`). Raises FactMissing if the facts lack what it needs.
    """
    if name is CommandName.RECEIVE_REQUEST and isinstance(command, c.ReceiveRequest):
        return refuse_prose(name, command) or receive_request(order, command, facts)
    decider = ORDER_DECIDERS.get(name)
    if decider is None:
        return Refusal(code=RefusalCode.NOT_ALLOWED, parameters={"command": name.value})
    if order is None:
        return Refusal(code=RefusalCode.ORDER_MISMATCH, parameters={"command": name.value})
    return refuse_prose(name, command) or decider(order, command, facts)


ORDER_DECIDERS: Mapping[CommandName, Decider] = MappingProxyType(
    {
        CommandName.BOOK_VISIT: order_visits.book_visit,
        CommandName.REBOOK_VISIT: order_visits.rebook_visit,
        CommandName.RECORD_VISIT: order_visits.record_visit,
        CommandName.RECORD_REMOTE_CHANGE: order_visits.record_remote_change,
        CommandName.SHOW_PERMIT: order_visits.show_permit,
        CommandName.COMPLETE_BACK_OFFICE: order_visits.complete_back_office,
        CommandName.DATE_SWITCH: order_billing.date_switch,
        CommandName.SWITCH_SERVICE: order_billing.switch_service,
        CommandName.ISSUE_CLOSING_BILL: order_billing.issue_closing_bill,
        CommandName.ISSUE_FIRST_BILL: order_billing.issue_first_bill,
        CommandName.QUESTION_READ: question_read,
        CommandName.CORRECT_READ: correct_read,
        CommandName.REVERSE_SWITCH: reverse_switch,
        CommandName.CORRECT_BILL: correct_bill,
        CommandName.CANCEL_ORDER: cancel_order,
        CommandName.REMIND: remind,
        CommandName.ESCALATE: escalate,
        CommandName.END_CONDITION: end_condition,
    }
)
"""Every command to an order that stands; RECEIVE_REQUEST, which begins one, has `order_request`."""
