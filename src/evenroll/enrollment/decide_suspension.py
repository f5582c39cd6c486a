"""Deciding what lets an enrollment rest: a device that is silent, a consent that ended, an account, a rule broken."""

from __future__ import annotations

from evenroll.enrollment import leaving_commands as lc
from evenroll.enrollment import suspension_events as s
from evenroll.enrollment.activation import activated
from evenroll.enrollment.case import LIVE, Case, EndReason
from evenroll.enrollment.case_commands import NoPayload
from evenroll.enrollment.case_facts import CaseFacts, not_in_state
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.event import Event
from evenroll.enrollment.leaving import leave
from evenroll.enrollment.leaving_codes import DESK_CAUSES, SuspensionCause
from evenroll.enrollment.ledger import device_key
from evenroll.enrollment.life_events import ControlStarted
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.suspended import lifted, needs_control, obeys_still, suspended
from evenroll.enrollment.tracks import State, TrackState, track_key
from evenroll.programs.program import Track

STRIKES_MAX = 1
"""After so many suspensions for compliance the next breach ends the enrollment."""

_UNTESTED = frozenset({State.OFFLINE, State.TESTING, State.TEST_FAILED})
_CONTROLLED = _UNTESTED | {State.LIVE}

_ENDS_AS = {
    SuspensionCause.COMPLIANCE: EndReason.COMPLIANCE,
    SuspensionCause.CONSENT: EndReason.CONSENT_ENDED,
    SuspensionCause.OFFLINE: EndReason.DEVICE_LOST,
    SuspensionCause.ACCOUNT: EndReason.COMPLIANCE,
}
"""How an enrollment ends that rested too long; of several causes the first of these."""


def suspend(case: Case, command: lc.Suspend, facts: CaseFacts) -> Decided | Refusal:
    """By the desk, for the account or for compliance; the second breach ends the enrollment."""
    if case.status not in (State.ACTIVE, State.SUSPENDED):
        return not_in_state(case, CommandName.SUSPEND)
    if command.cause not in DESK_CAUSES:
        return Refusal(code=RefusalCode.SELECTION_WRONG, parameters={"selection": command.cause.value})
    if case.suspension is not None and command.cause in case.suspension.causes:
        return Decided()
    if command.cause is SuspensionCause.COMPLIANCE and case.strikes >= STRIKES_MAX:
        return leave(case, reason=EndReason.COMPLIANCE, facts=facts)
    return Decided(events=suspended(case, command.cause, facts))


def resume(case: Case, command: lc.Resume, facts: CaseFacts) -> Decided | Refusal:
    """A person takes off what a person laid on; else the device is back, and control with it."""
    causes = case.suspension.causes if case.suspension else ()
    laid_on = next((cause for cause in causes if cause in DESK_CAUSES), None)
    if laid_on is not None and facts.by is not Role.SYSTEM:
        return Decided(events=lifted(case, laid_on, facts))
    subject = _subject(case, command.device)
    if subject is None:
        return Refusal(code=RefusalCode.DEVICE_UNKNOWN, parameters={"case": case.number, "device": command.device})
    if case.status not in LIVE or _state(case, subject) is not State.OFFLINE:
        return not_in_state(case, CommandName.RESUME)
    move = facts.move(State.LIVE, track=Track.DEVICE, subject=subject)
    return Decided(events=(s.DeviceBack(row=Row.ACTION, moves=(move,)), *controlled_again(case, facts)))


def controlled_again(case: Case, facts: CaseFacts, *, consented: bool = False) -> tuple[Event, ...]:
    """What follows when a device obeys again: the enrollment goes on, or at last becomes active."""
    if case.status is State.ENROLLED:
        started = ControlStarted(row=Row.R8, since_on=facts.today)
        program = facts.need_program()
        since = {"price_since": case.price_since, "control_since": facts.today}
        return (started, *activated(case, program, facts=facts, **since))
    return lifted(case, SuspensionCause.CONSENT if consented else SuspensionCause.OFFLINE, facts)


def lose_device(case: Case, command: lc.LoseDevice, facts: CaseFacts) -> Decided | Refusal:
    """A device is silent. Where activation needs control, and nothing else obeys, the enrollment rests."""
    subject = _subject(case, command.device)
    if subject is None:
        return Refusal(code=RefusalCode.DEVICE_UNKNOWN, parameters={"case": case.number, "device": command.device})
    state = _state(case, subject)
    if state is State.OFFLINE:
        return Decided()
    if case.status not in LIVE or state is not State.LIVE:
        return not_in_state(case, CommandName.LOSE_DEVICE)
    last = not obeys_still(case, but=subject)
    move = facts.move(State.OFFLINE, track=Track.DEVICE, subject=subject)
    lost = s.DeviceLost(row=Row.ACTION, cause=command.cause, is_last=last, moves=(move,))
    rests = last and needs_control(facts.need_program())
    return Decided(events=(lost, *(suspended(case, SuspensionCause.OFFLINE, facts) if rests else ())))


def end_consent(case: Case, _command: NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """The customer takes the consent back; it is always accepted, and nothing is controlled from then on."""
    held = _devices(case, _CONTROLLED)
    if case.status in LIVE and not held and _devices(case, {State.CONSENT_ENDED}):
        return Decided()
    if case.status not in LIVE or not held:
        return not_in_state(case, CommandName.END_CONSENT)
    moves = tuple(facts.move(State.CONSENT_ENDED, track=Track.DEVICE, subject=each.subject) for each in held)
    silent = any(each.state in _UNTESTED for each in held)
    ended = s.ConsentEnded(row=Row.ACTION, silent=silent, moves=moves)
    rests = needs_control(facts.need_program())
    return Decided(events=(ended, *(suspended(case, SuspensionCause.CONSENT, facts) if rests else ())))


def renew_consent(case: Case, _command: NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """The consent is given again: a device that obeyed is live at once, one that did not is tested."""
    stopped = _devices(case, {State.CONSENT_ENDED})
    if case.status not in LIVE or not stopped:
        return not_in_state(case, CommandName.RENEW_CONSENT)
    to = State.TESTING if case.silent else State.LIVE
    moves = tuple(facts.move(to, track=Track.DEVICE, subject=each.subject) for each in stopped)
    renewed = s.ConsentRenewed(row=Row.ACTION, moves=moves)
    resting = case.suspension is not None and SuspensionCause.OFFLINE in case.suspension.causes
    if case.silent and case.status is State.SUSPENDED and not resting:
        # It was silent before the consent ended, so it still has to show that it obeys.
        silent = suspended(case, SuspensionCause.OFFLINE, facts)
        return Decided(events=(renewed, *silent, s.SuspensionEased(row=Row.ACTION, cause=SuspensionCause.CONSENT)))
    if case.silent and case.status is State.ENROLLED:
        return Decided(events=(renewed,))
    return Decided(events=(renewed, *controlled_again(case, facts, consented=True)))


def end_suspension(case: Case, _command: NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """The time to cure it is over: the enrollment ends, with service switched back where a rate hangs on it."""
    due_at = case.course.due_at
    if case.status is not State.SUSPENDED or due_at is None or facts.now < due_at or case.suspension is None:
        return not_in_state(case, CommandName.END_SUSPENSION)
    reason = next(_ENDS_AS[cause] for cause in _ENDS_AS if cause in case.suspension.causes)
    return leave(case, reason=reason, facts=facts)


def _subject(case: Case, device: str) -> str | None:
    """The subject of a device's track; None where the case has no such device."""
    if not device:
        return ""
    return next((each.subject for each in case.devices if device_key(each.device) == device_key(device)), None)


def _state(case: Case, subject: str) -> State | None:
    found = case.tracks.get(track_key(Track.DEVICE, subject=subject))
    return found.state if found else None


def _devices(case: Case, states: frozenset[State] | set[State]) -> tuple[TrackState, ...]:
    devices = (each for each in case.tracks.values() if each.track is Track.DEVICE)
    return tuple(each for each in devices if each.state in states)
