"""Deciding rows 6 and 7 about charging equipment: chosen, unfit, swapped, removed; a warning before a purchase."""

from __future__ import annotations

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import life_events as life
from evenroll.enrollment import moving_commands as mc
from evenroll.enrollment import moving_events as mv
from evenroll.enrollment.case import LIVE, Case
from evenroll.enrollment.case_events import ConditionMet
from evenroll.enrollment.case_facts import CaseFacts, not_in_state
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide_devices import remove_device, silenced, swap_device
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.eligibility_facts import EquipmentListing
from evenroll.enrollment.event import Event
from evenroll.enrollment.own_meter import own_meter_gone
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import State
from evenroll.programs.program import Metering, ProgramVersion, Track
from evenroll.programs.rules import RuleKind

_MAY_CHOOSE = frozenset({State.CHOOSING_EQUIPMENT, State.NOT_NEEDED, State.UNFIT, State.READY})
_MUST_FIT = frozenset({State.CHOOSING_EQUIPMENT, State.UNFIT})
_GOING = frozenset({State.INSTALLING, State.INSPECTING, State.READY, State.UNFIT})


def choose_equipment(case: Case, command: c.ChooseEquipment, facts: CaseFacts) -> Decided | Refusal:
    """Row 6: the customer's own choice. What cannot serve the program is said before it is bought, and chosen again.

    Where the program needs no equipment, what does not fit is warned of and no more.
    """
    state = case.state_of(Track.EQUIPMENT)
    if case.status not in LIVE or state not in _MAY_CHOOSE:
        return not_in_state(case, CommandName.CHOOSE_EQUIPMENT)
    reasons = unfit_reasons(command.kind, facts)
    if reasons and state in _MUST_FIT:
        return Decided(events=(_unfit(command.kind, command.model, reasons, facts),))
    chosen = life.EquipmentChosen(
        row=Row.R6,
        kind=command.kind,
        outlet=command.outlet,
        model=command.model,
        warnings=_warnings(reasons),
        moves=(facts.move(State.INSTALLING, track=Track.EQUIPMENT),),
    )
    return Decided(events=(chosen,))


def unfit_reasons(kind: life.EquipmentKind, facts: CaseFacts) -> tuple[mv.UnfitReason, ...]:
    """Why equipment does not serve the program; () where it does, or where nobody can say."""
    program = facts.need_program()
    reasons: list[mv.UnfitReason] = []
    submeter = program.metering is Metering.SUBMETER
    if (kind is life.EquipmentKind.SUBMETER) is not submeter:
        reasons.append(mv.UnfitReason.WRONG_KIND)
    elif program.device_needed and kind is life.EquipmentKind.CORDSET:
        reasons.append(mv.UnfitReason.CANNOT_BE_CONTROLLED)
    # What counts for money has to stand on a list; elsewhere a list that was never loaded refuses nobody.
    listed = facts.listing is EquipmentListing.LISTED
    unlisted = not listed if program.own_metered else facts.listing is EquipmentListing.NOT_LISTED
    if _keeps_list(program) and unlisted:
        reasons.append(mv.UnfitReason.NOT_LISTED)
    return tuple(reasons)


def equipment_met(case: Case, facts: CaseFacts) -> tuple[Event, ...]:
    """Row 7: what row 5 left open until equipment was chosen is met now that listed equipment is built in."""
    program = facts.need_program()
    due = (
        str(rule.id)
        for rule in program.rules
        if rule.kind is RuleKind.EQUIPMENT_APPROVED
        and case.state_of(Track.CONDITION, subject=str(rule.id)) is State.DUE
    )
    return tuple(
        ConditionMet(row=Row.R7, rule=each, moves=(facts.move(State.MET, track=Track.CONDITION, subject=each),))
        for each in due
    )


def _keeps_list(program: ProgramVersion) -> bool:
    return any(rule.kind is RuleKind.EQUIPMENT_APPROVED for rule in program.rules)


def _warnings(reasons: tuple[mv.UnfitReason, ...]) -> tuple[str, ...]:
    """Codes of what the customer should know before buying."""
    cordset = mv.UnfitReason.CANNOT_BE_CONTROLLED
    return tuple("cordset_cannot_be_controlled" if each is cordset else each.value for each in reasons)


def _unfit(
    kind: life.EquipmentKind, model: str, reasons: tuple[mv.UnfitReason, ...], facts: CaseFacts
) -> mv.EquipmentUnfit:
    moves = (facts.move(State.UNFIT, track=Track.EQUIPMENT),)
    return mv.EquipmentUnfit(row=Row.R6, kind=kind, model=model, reasons=reasons, moves=moves)


def installed_unfit(case: Case, command: c.RecordInstallation, facts: CaseFacts) -> mv.EquipmentUnfit | None:
    """Row 7: what was installed cannot serve the program after all: another model, or one no longer on the list."""
    if case.equipment is None or not facts.need_program().equipment_needed:
        return None
    kind = life.EquipmentKind(case.equipment.kind)
    reasons = unfit_reasons(kind, facts)
    return _unfit(kind, command.model or case.equipment.model, reasons, facts) if reasons else None


def inspected_unfit(case: Case, facts: CaseFacts) -> mv.EquipmentUnfit | None:
    """Row 7: the inspection says that this equipment cannot serve here."""
    if case.equipment is None:
        return None
    kind = life.EquipmentKind(case.equipment.kind)
    return _unfit(kind, case.equipment.model, (mv.UnfitReason.FAILED_INSPECTION,), facts)


def swap_equipment(case: Case, command: mc.SwapEquipment, facts: CaseFacts) -> Decided | Refusal:
    """Action: other equipment in place of what works; nothing is given up for one that could not serve."""
    if case.status not in LIVE or case.status in (State.WITHDRAWING, State.LEAVING):
        return not_in_state(case, CommandName.SWAP_EQUIPMENT)
    if command.part is mc.EquipmentPart.DEVICE:
        return swap_device(case, command, facts)
    if case.state_of(Track.EQUIPMENT) is not State.READY:
        return not_in_state(case, CommandName.SWAP_EQUIPMENT)
    reasons = unfit_reasons(command.kind, facts)
    if reasons and facts.need_program().equipment_needed:
        parameters = {"case": case.number, "reason": ", ".join(each.value for each in reasons)}
        return Refusal(code=RefusalCode.EQUIPMENT_UNFIT, parameters=parameters)
    swapped = mv.EquipmentSwapped(
        row=Row.ACTION,
        kind=command.kind,
        outlet=command.outlet,
        model=command.model,
        warnings=_warnings(reasons),
        moves=(facts.move(State.INSTALLING, track=Track.EQUIPMENT), *own_meter_gone(case, facts)),
    )
    return Decided(events=(swapped, *silenced(case, facts)))


def remove_equipment(case: Case, command: mc.RemoveEquipment, facts: CaseFacts) -> Decided | Refusal:
    """Action: equipment is gone, or not bought after all: where the program needs one, another is chosen."""
    if case.status not in LIVE or case.status in (State.WITHDRAWING, State.LEAVING):
        return not_in_state(case, CommandName.REMOVE_EQUIPMENT)
    if command.part is mc.EquipmentPart.DEVICE:
        return remove_device(case, command, facts)
    if case.state_of(Track.EQUIPMENT) not in _GOING:
        return not_in_state(case, CommandName.REMOVE_EQUIPMENT)
    to = State.CHOOSING_EQUIPMENT if facts.need_program().equipment_needed else State.NOT_NEEDED
    moves = (facts.move(to, track=Track.EQUIPMENT), *own_meter_gone(case, facts))
    return Decided(events=(mv.EquipmentRemoved(row=Row.ACTION, moves=moves), *silenced(case, facts)))
