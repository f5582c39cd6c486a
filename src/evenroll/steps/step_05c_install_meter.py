"""Row 5c: what came of the visit or the change from afar, and the back office that follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.enrollment.facts import PartnerAway
from evenroll.enrollment.order_commands import RecordRemoteChange, RecordVisit
from evenroll.enrollment.order_decide import decide_order
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.usage_point import MeterReads, PointMeter
from evenroll.records.asked import Answer, Asked
from evenroll.records.gathered import order_facts, work_facts
from evenroll.records.taking import plain_case, plain_order, take_order, unknown_order
from evenroll.records.unit_of_work import UnitOfWork


def record_visit(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Exchanged, missed by either side, could not be done, or a permit is needed first."""
    command = asked.command
    on = command.visited_on if isinstance(command, RecordVisit) else work.business_on
    return _at_meter(work, asked, name=CommandName.RECORD_VISIT, on=on)


def record_remote_change(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The meter in place was changed from afar, or could not be."""
    command = asked.command
    on = command.changed_on if isinstance(command, RecordRemoteChange) else work.business_on
    return _at_meter(work, asked, name=CommandName.RECORD_REMOTE_CHANGE, on=on)


def show_permit(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The permit was shown; the visit may be booked again."""
    return plain_order(work, asked, name=CommandName.SHOW_PERMIT)


def complete_back_office(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The checklist is done; the switch of service may be dated."""
    return plain_order(work, asked, name=CommandName.COMPLETE_BACK_OFFICE)


def question_read(work: UnitOfWork, *, asked: Asked) -> Answer:
    """A read that the crew brought is doubted."""
    return plain_order(work, asked, name=CommandName.QUESTION_READ)


def correct_read(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The reads as they are; held against the last known ones, as the crew's were."""

    def decide(order: ServiceOrder | None) -> Decided | Refusal:
        if order is None:
            return unknown_order(asked)
        facts = order_facts(work, pod=order.pod, number=order.number)
        old, on = (order.work.exchange.old_serial, order.work.done_on) if order.work else (None, work.business_on)
        reads = () if isinstance(asked.outside.reads, PartnerAway) else asked.outside.reads
        # Not one of that very day: it is what is corrected here.
        known = [each for each in reads if each.serial == old and each.read_on < on]
        last = max(known, key=lambda each: each.read_on, default=None)
        return decide_order(order, CommandName.CORRECT_READ, asked.command, replace(facts, reads=last))

    return take_order(work, asked, name=CommandName.CORRECT_READ, decide=decide)


def hear_meter(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The provider hears how the work at the meter stands."""
    return plain_case(work, asked, name=CommandName.HEAR_METER)


def _at_meter(work: UnitOfWork, asked: Asked, *, name: CommandName, on: date) -> Answer:
    def decide(order: ServiceOrder | None) -> Decided | Refusal:
        if order is None:
            return unknown_order(asked)
        command = asked.command
        exchange = command.exchange if isinstance(command, RecordVisit | RecordRemoteChange) else None
        facts = work_facts(work, order, exchange=exchange)
        meter = facts.point.meter_of(separate=order.is_separate) if facts.point else None
        facts = replace(facts, reads=_last_reads(asked, meter=meter, on=on))
        return decide_order(order, name, asked.command, facts)

    return take_order(work, asked, name=name, decide=decide)


def _last_reads(asked: Asked, *, meter: PointMeter | None, on: date) -> MeterReads | None:
    """The last known reads of the meter in place; without any, a crew's figures are held against its installation's."""
    reads = asked.outside.reads
    if isinstance(reads, PartnerAway) or meter is None:
        return None
    known = [each for each in reads if each.serial == meter.serial and each.read_on <= on]
    return max(known, key=lambda each: each.read_on, default=None)
