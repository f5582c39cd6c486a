"""What a decision about a service order may rest on besides the order, and the words that all its deciders share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import FactMissing, Refusal, RefusalCode
from evenroll.enrollment.messages import Body, Message
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import HeldReason, ServiceOrder
from evenroll.enrollment.track_fold import move
from evenroll.enrollment.tracks import Move, State
from evenroll.enrollment.usage_point import MeteredSpan, MeterReads, UsagePoint
from evenroll.enrollment.waits import Wait, WaitRule
from evenroll.programs.bill import Bill
from evenroll.programs.program import MeterCapability, ProgramVersion, Track
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.identifiers import OrganizationKey


@dataclass(frozen=True, kw_only=True, slots=True)
class BillAnew:
    """A bill computed once more, for the days of one that was wrong. spans: what the registers counted over them."""

    was: Bill
    bill: Bill
    spans: tuple[MeteredSpan, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderFacts:
    """Everything that a step hands to a decision about an order.

    utility: whose order it is. by: the role in which the command is given. point: absent where the utility does
    not know the usage point.
    programs: for a request, every published version of the program that it names. interval_opt_out: whether the
    customer there opted out of interval metering.
    other_open_order: whether another order of the usage point is open. scheduled_reads: days of the read cycle; for the
    switch and its bills from before the day of the switch on, however long ago that is.
    reads: for a visit or a change from afar, the last known reads of the meter in place; for the switch, its reads on
    the day of the switch (not needed where the meter was exchanged that very day); absent where there are none.
    is_elsewhere: for work at the meter, whether the new meter is in place at another usage point of this utility. need:
    what the program needs of the new meter; rate_registers: what the new rate needs it to tell apart.
    bill: as computed, for the two commands that issue one; spans: what the registers counted over its days. bill_lacks:
    why there is none. bills_anew: in place of those that were wrong. program_before: whether a program had brought the
    rate that ended at the switch. others: where service ends with its customer, the other orders of the usage point.
    """

    now: datetime
    calendar: ServiceCalendar
    utility: OrganizationKey
    by: Role = Role.SYSTEM
    point: UsagePoint | None = None
    programs: tuple[ProgramVersion, ...] = ()
    interval_opt_out: bool = False
    other_open_order: bool = False
    scheduled_reads: tuple[date, ...] = ()
    reads: MeterReads | None = None
    is_elsewhere: bool = False
    need: MeterCapability | None = None
    rate_registers: tuple[str, ...] = ()
    bill: Bill | None = None
    spans: tuple[MeteredSpan, ...] = ()
    bill_lacks: HeldReason = HeldReason.BILL_MISSING
    bills_anew: tuple[BillAnew, ...] = ()
    program_before: bool = False
    others: tuple[ServiceOrder, ...] = ()

    @property
    def today(self) -> date:
        """The business date of the territory."""
        return self.calendar.business_date(self.now)

    def need_point(self) -> UsagePoint:
        """The usage point. Raises FactMissing."""
        if self.point is None:
            raise FactMissing("The decision needs the usage point that the order is about.")
        return self.point

    def meter(self, order: ServiceOrder, to: State, *, wait: Wait | WaitRule | datetime = Wait.FIRST) -> Move:
        """A move of the order's meter track."""
        return move(Track.METER, to, subject=order.pod, wait=wait, now=self.now, calendar=self.calendar)

    def service(self, to: State, *, wait: Wait | WaitRule | datetime = Wait.FIRST) -> Move:
        """A move of the order's service track."""
        return move(Track.SERVICE, to, wait=wait, now=self.now, calendar=self.calendar)


def told(order: ServiceOrder, body: Body) -> tuple[Message, ...]:
    """One message to the provider that asked."""
    return (Message(to=order.requester, conversation=order.request.case, body=body),)


def wrong_state(order: ServiceOrder, command: CommandName, *, state: State) -> Refusal:
    """The refusal of a command that the order does not take in its state."""
    return Refusal(
        code=RefusalCode.NOT_IN_STATE,
        parameters={"order": order.number, "state": state.value, "command": command.value},
    )
