"""Deciding row 5c where a read is doubted: it is questioned, then settled with the reads as they are."""

from __future__ import annotations

from dataclasses import replace

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.meter_reading import corrected_fault
from evenroll.enrollment.order_facts import OrderFacts, wrong_state
from evenroll.enrollment.reversal_commands import CorrectRead, QuestionRead
from evenroll.enrollment.reversal_events import PointReadsCorrected, ReadCorrected, ReadQuestioned
from evenroll.enrollment.rows import Row
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.tracks import State


def question_read(order: ServiceOrder, command: QuestionRead, facts: OrderFacts) -> Decided | Refusal:
    """Row 5c: a read of the exchange is doubted; whoever closes the back office is told so."""
    work = order.work
    if order.meter.state is not State.BACK_OFFICE or work is None:
        return wrong_state(order, CommandName.QUESTION_READ, state=order.meter.state)
    if command.serial not in (work.exchange.old_serial, work.exchange.new_serial):
        return Refusal(
            code=RefusalCode.SERIAL_WRONG,
            parameters={"serial": command.serial, "in_place": work.exchange.new_serial},
        )
    if order.questioned is not None:
        return Decided()
    again = (facts.meter(order, State.BACK_OFFICE),)
    return Decided(events=(ReadQuestioned(row=Row.R5C, serial=command.serial, register=command.register, moves=again),))


def correct_read(order: ServiceOrder, command: CorrectRead, facts: OrderFacts) -> Decided | Refusal:
    """Row 5c: the reads as they are, before service switches at them; they must be possible, as those of the crew."""
    work = order.work
    if order.meter.state is not State.BACK_OFFICE or work is None or order.questioned is None:
        return wrong_state(order, CommandName.CORRECT_READ, state=order.meter.state)
    exchange = replace(work.exchange, closing_wh=command.closing_wh, opening_wh=command.opening_wh)
    fault = corrected_fault(exchange, point=facts.need_point(), last=facts.reads, on=work.done_on)
    if fault is not None:
        return fault
    again = (facts.meter(order, State.BACK_OFFICE),)
    return Decided(
        events=(ReadCorrected(row=Row.R5C, exchange=exchange, moves=again),),
        point_events=(PointReadsCorrected(row=Row.R5C, exchanged_on=work.done_on, exchange=exchange),),
    )
