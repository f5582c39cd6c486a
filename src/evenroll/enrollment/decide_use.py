"""Deciding rows 6 to 10: equipment, control devices, parameters, and when and why the customer uses the program."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import life_events as life
from evenroll.enrollment.begin_tracks import begin_freed
from evenroll.enrollment.case import LIVE, Case
from evenroll.enrollment.case_facts import CaseFacts, not_in_state
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide_equipment import equipment_met, inspected_unfit, installed_unfit
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.ledger import EventResult, totals
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import Move, State
from evenroll.programs.program import Track
from evenroll.quantities.money import cents

DAYS_BACK_MAX: Final = 3652
"""What was bought or done longer ago than ten years is a slip of the pen."""

PRICE_END_USD: Final = Decimal(1_000_000_000)
"""A price is below it; a correction takes no larger one either."""

STATEMENT_DAYS: Final = 366
"""A statement is due at the end of the 365th day after the last one, so on the next."""

STATEMENT_DAYS_APART_MIN: Final = 30
"""So many days lie between a statement that billing asks for and the one before."""

_PARAMETERS = frozenset({"charge_from", "charge_until", "departure", "minimum_charge", "price_cap"})


def record_purchase(case: Case, command: c.RecordPurchase, facts: CaseFacts) -> Decided | Refusal:
    """Row 6: date, price and outlet; rebates hang on it."""
    if case.status not in LIVE or case.state_of(Track.EQUIPMENT) is not State.INSTALLING:
        return not_in_state(case, CommandName.RECORD_PURCHASE)
    fault = _not_done_on(command.bought_on, facts)
    if fault is not None:
        return fault
    if command.price < 0:
        return Refusal(code=RefusalCode.PRICE_NEGATIVE, parameters={"case": case.number})
    if command.price >= PRICE_END_USD or command.price != cents(command.price):
        return Refusal(code=RefusalCode.PRICE_WRONG, parameters={"case": case.number})
    bought = life.EquipmentBought(row=Row.R6, outlet=command.outlet, bought_on=command.bought_on, price=command.price)
    return Decided(events=(bought,))


def _not_done_on(day: date, facts: CaseFacts) -> Refusal | None:
    """Why nothing can have been done on that day: it is still to come, or too long ago to be of this program."""
    if day > facts.today:
        return Refusal(code=RefusalCode.DATE_WRONG, parameters={"date": day.isoformat()})
    earliest_on = facts.today - timedelta(days=DAYS_BACK_MAX)
    if day < earliest_on:
        parameters = {"date": day.isoformat(), "earliest_on": earliest_on.isoformat()}
        return Refusal(code=RefusalCode.DATE_WRONG, parameters=parameters)
    return None


def record_installation(case: Case, command: c.RecordInstallation, facts: CaseFacts) -> Decided | Refusal:
    """Row 7: a hard-wired unit needs a permit, also when self-installed, and is inspected; a cordset neither."""
    if case.status not in LIVE or case.state_of(Track.EQUIPMENT) is not State.INSTALLING:
        return not_in_state(case, CommandName.RECORD_INSTALLATION)
    fault = _not_done_on(command.installed_on, facts)
    if fault is not None:
        return fault
    unfit = installed_unfit(case, command, facts)
    if unfit is not None:
        return Decided(events=(unfit,))
    fault = _not_told(case, command, facts)
    if fault is not None:
        return fault
    moves = (
        (facts.move(State.INSPECTING, track=Track.EQUIPMENT),)
        if command.hard_wired
        else _track_done(case, State.READY, Track.EQUIPMENT, facts)
    )
    installed = life.InstallationRecorded(
        row=Row.R7,
        installer=command.installer,
        installed_on=command.installed_on,
        serial=command.serial,
        permit=command.permit,
        moves=moves,
    )
    return Decided(events=(installed, *(() if command.hard_wired else equipment_met(case, facts))))


def _not_told(case: Case, command: c.RecordInstallation, facts: CaseFacts) -> Refusal | None:
    """What has to be told of equipment: the permit of what is wired, and the serial of a meter that counts."""
    if command.hard_wired and not command.permit:
        return Refusal(code=RefusalCode.PERMIT_MISSING, parameters={"case": case.number})
    if facts.need_program().own_metered and not command.serial:
        return Refusal(code=RefusalCode.SERIAL_MISSING, parameters={"case": case.number})
    return None


def record_inspection(case: Case, command: c.RecordInspection, facts: CaseFacts) -> Decided | Refusal:
    """Row 7: passed, or back to the installer."""
    if case.status not in LIVE or case.state_of(Track.EQUIPMENT) is not State.INSPECTING:
        return not_in_state(case, CommandName.RECORD_INSPECTION)
    fault = _not_done_on(command.inspected_on, facts)
    if fault is not None:
        return fault
    unfit = inspected_unfit(case, facts) if command.unfit and not command.passed else None
    if unfit is not None:
        return Decided(events=(unfit,))
    moves = (
        _track_done(case, State.READY, Track.EQUIPMENT, facts)
        if command.passed
        else (facts.move(State.INSTALLING, track=Track.EQUIPMENT),)
    )
    inspected = life.InspectionRecorded(
        row=Row.R7, passed=command.passed, inspected_on=command.inspected_on, moves=moves
    )
    return Decided(events=(inspected, *(equipment_met(case, facts) if command.passed else ())))


def _track_done(case: Case, to: State, track: Track, facts: CaseFacts) -> tuple[Move, ...]:
    done = facts.move(to, track=track)
    return (done, *begin_freed(case, facts.need_program(), done=done, facts=facts))


def set_parameters(case: Case, command: c.SetParameters, facts: CaseFacts) -> Decided | Refusal:
    """Row 9: which program governs this vehicle here, with its parameters; conflicting schedules are shown."""
    if case.status not in LIVE or case.state_of(Track.SETUP) is None:
        return not_in_state(case, CommandName.SET_PARAMETERS)
    if command.program != facts.need_program().key:
        return Refusal(code=RefusalCode.PROGRAM_NOT_OFFERED, parameters={"program": command.program})
    unknown = sorted(set(command.parameters) - _PARAMETERS)
    if unknown:
        return Refusal(code=RefusalCode.SELECTION_WRONG, parameters={"selection": ", ".join(unknown)})
    told = life.ParametersSet(
        row=Row.R9,
        program=command.program,
        parameters=command.parameters,
        conflicts=_conflicts(command.parameters, command.schedules),
        moves=(facts.move(State.TOLD, track=Track.SETUP),),
    )
    return Decided(events=(told,))


def _conflicts(parameters: Mapping[str, str], schedules: tuple[str, ...]) -> tuple[str, ...]:
    """The other schedules (car timer, charger app, aggregator) that are set beside ours and may fight with it."""
    return tuple(sorted(schedules)) if parameters else ()


def confirm_parameters(case: Case, command: c.ConfirmParameters, facts: CaseFacts) -> Decided | Refusal:
    """Row 9: the device's word, or the customer's. It never gates a program where only a price is at stake."""
    if case.status not in LIVE or case.state_of(Track.SETUP) not in (State.NOT_TOLD, State.TOLD):
        return not_in_state(case, CommandName.CONFIRM_PARAMETERS)
    moves = _track_done(case, State.CONFIRMED, Track.SETUP, facts)
    return Decided(events=(life.ParametersConfirmed(row=Row.R9, by_device=command.by_device, moves=moves),))


def issue_statement(case: Case, _command: c.NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """Row 10: the yearly statement, and the date of the next. Billing may ask for one before, a month apart."""
    if case.status is not State.ACTIVE:
        return not_in_state(case, CommandName.ISSUE_STATEMENT)
    due_on = _statement_due(case, facts)
    if due_on is not None and facts.today < due_on:
        parameters = {"case": case.number, "due_on": due_on.isoformat()}
        return Refusal(code=RefusalCode.NOT_YET_DUE, parameters=parameters)
    since_on = case.ledger.stated_on or case.ledger.active_on
    told = [each for each in case.ledger.events if not each.is_cancelled and (since_on is None or each.on >= since_on)]
    issued = life.StatementIssued(
        row=Row.R10,
        on=facts.today,
        since_on=since_on,
        credits=totals(case.ledger),
        events=len(told),
        joined=sum(each.result is EventResult.JOINED for each in told),
        opt_outs=sum(since_on is None or each.on >= since_on for each in case.ledger.opt_outs),
        moves=(facts.move(State.ACTIVE),),
    )
    return Decided(events=(issued,))


def _statement_due(case: Case, facts: CaseFacts) -> date | None:
    """The first day of the next statement. The wait for it began with the last one, or with the use of the program."""
    due_at = case.course.due_at
    if due_at is None:
        return None
    # The wait lapses at the end of its last day, which is the start of the day on which the clock acts.
    due_on = facts.calendar.business_date(due_at)
    if facts.by is Role.SYSTEM:
        return due_on
    return due_on - timedelta(days=STATEMENT_DAYS - STATEMENT_DAYS_APART_MIN)
