"""What the actors of a simulation do when their time has come: each decides by what it sees of the record before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from evenroll.enrollment import case_commands as c
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.commands import COMMANDS, Record, may
from evenroll.enrollment.decided import Decided
from evenroll.enrollment.event_messages import EventCancelTold, EventResultTold, EventTold
from evenroll.enrollment.form import Channel, FormField
from evenroll.enrollment.ledger import EventResult
from evenroll.enrollment.messages import Message
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import TrackState
from evenroll.programs.program import Track
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey, PodId
from tests.simulation.answers import ANSWERS, COMES_WITH, GIVES_UP, WHIMS
from tests.simulation.clockwork import when
from tests.simulation.simulated import Doing, Simulated, Task
from tests.world.memory import Key
from tests.world.payloads import KEYERS, a_form, payload
from tests.world.people import all_is_well, open_case, somebody_opens, something_happens, supplier_changes
from tests.world.programs import PROVIDERS, program_of, world_programs

TRIES_MAX = 5
_CALLS = frozenset({Role.ENROLLMENT_DESK, Role.SUPERVISOR})
_CALLED = (Role.CUSTOMER, Role.ENROLLMENT_DESK, Role.METER_OFFICE, Role.METER_CREW, Role.BILLING)
_FORMS = frozenset({C.SUBMIT_FORM, C.COMPLETE_ANSWERS, C.GIVE_CURE, C.KEY_FORM, C.GIVE_EVIDENCE})
_WRONG_DOOR, _CAREFUL, _GIVES_IT_UP = 0.25, 0.8, 0.12
_SAME_CAR, _SAME_CUSTOMER = 0.12, 0.12
_SLIP, _AGAIN, _OTHERWISE = 0.04, 0.08, 0.04
"""How often somebody does something that nobody asked for, says the same again, or says something else after it."""


def act(world: Simulated, task: Task) -> None:
    """Do what is to be done, as it stands by now."""
    _DOES[task.doing](world, task)


def _opens(world: Simulated, _task: Task) -> None:
    """A household applies: mostly at the right door and for what is talked about, so that they meet at one program."""
    mind = world.mind
    if mind.random() < _WRONG_DOOR:
        somebody_opens(world, mind)
        return
    wanted = mind.choice(world.talked_about)
    door = next(each.organization for each in world_programs() if each.key == wanted)
    pods = [pod for pod in world.premises if _fits(world, pod, door)] or list(world.premises)
    channel = mind.choice((Channel.WEB, Channel.WEB, Channel.WEB, Channel.MAIL))
    opened = open_case(world, pod=str(mind.choice(pods)), at=door, program=wanted, channel=channel)
    _known_already(world, CaseNumber(opened[2]))


def _known_already(world: Simulated, number: CaseNumber) -> None:
    """Some name a car that another case has, and some have applied before."""
    mind = world.mind
    if mind.random() < _SAME_CAR:
        world.same_car |= {number}
    others = [each for each in world.households if each != number]
    if others and mind.random() < _SAME_CUSTOMER:
        before = world.households[mind.choice(others)]
        world.households[number].customer, world.households[number].pod = before.customer, before.pod


def _fits(world: Simulated, pod: PodId, door: OrganizationKey) -> bool:
    point = world.point(pod)
    return point is not None and point.agreements[-1].supplier == door


def _answers(world: Simulated, task: Task) -> None:
    """Whoever is waited on gives what the track waits for; where that did not do, tries again days later."""
    track = _waiting(world, task)
    if track is None or task.key is None:
        return
    names = _possible(world, task.role, task.key, track)
    if world.mind.random() < _SLIP:
        names = [world.mind.choice(WHIMS.get(task.role, tuple(names) or (C.WITHDRAW,)))]
    world.mind.shuffle(names)
    for name in names:
        if _give(world, task.key, name, role=task.role):
            break
    if _waiting(world, task) is not None and task.tries < TRIES_MAX:
        at = when(world.now + timedelta(days=1), due_at=track.due_at, chance=world.mind, calendar=world.calendar)
        again = Task(doing=Doing.ANSWERS, role=task.role, key=task.key, about=task.about, tries=task.tries + 1)
        world.plan(at, again)


def _waiting(world: Simulated, task: Task) -> TrackState | None:
    stream = world.stream(task.key) if task.key else None
    track: TrackState | None = stream.state.tracks.get(task.about) if stream else None
    return track if track is not None and track.owner is task.role else None


def _possible(world: Simulated, role: Role, key: Key, track: TrackState) -> list[C]:
    known = list(ANSWERS.get((track.track, track.state), ()))
    if role in _CALLS and key[0] is Record.CASE and world.mind.random() < _GIVES_IT_UP:
        known = [C.WITHDRAW, C.UNENROLL]
    return [name for name in known if may(_speaker(world, role, key, name), command=name)]


def _speaker(world: Simulated, role: Role, key: Key, name: C) -> Role:
    """Who says it: a letter from the customer is entered by the desk; desk and supervisor call whoever can act."""
    if role in _CALLS and not may(role, command=name):
        return next((each for each in _CALLED if may(each, command=name)), role)
    if role is Role.CUSTOMER and key[0] is Record.CASE and name in (C.STAMP_MAIL, C.KEY_FORM):
        stream = world.cases.get(key)
        if stream is not None and stream.state.opening.channel is Channel.MAIL:
            return Role.ENROLLMENT_DESK
    return role


def _give(world: Simulated, key: Key, name: C, *, role: Role) -> bool:
    """Say it; whether anything came of it. Some say it twice, or contradict themselves soon after."""
    if COMMANDS[name].record is not key[0]:
        return False
    speaker = _speaker(world, role, key, name)
    said = _said(world, key, name)
    decided = world.give(key, name, said, role=speaker)
    world.settle()
    if not isinstance(decided, Decided) or not (decided.events or decided.place_events):
        return False
    turn = world.mind.random()
    if turn < _AGAIN + _OTHERWISE:
        at = world.now + timedelta(minutes=world.mind.choice((0, 1, 90, 2000)))
        kept = (name, said) if turn < _AGAIN else None
        world.plan(at, Task(doing=Doing.SAYS_AGAIN, role=speaker, key=key, about=name.value, said=kept))
    return True


def _said(world: Simulated, key: Key, name: C) -> object:
    """What is said with it; most people fill in a form rightly."""
    stream = world.stream(key)
    careful = world.mind.random() < _CAREFUL
    if stream is None or not careful or name not in _FORMS:
        return payload(world, key, name, world.mind)
    case = stream.state
    program = case.chosen.program if case.chosen else case.opening.program
    form = a_form(world, program=program, channel=case.opening.channel)
    match name:
        case C.KEY_FORM:
            return c.KeyForm(by=world.mind.choice(KEYERS), fingerprints={"name": "h1"}, form=form)
        case C.GIVE_EVIDENCE:
            return c.GiveEvidence(answers=form.answers, fields=frozenset(FormField))
        case _:
            return c.SubmitForm(form=form)


def _says_again(world: Simulated, task: Task) -> None:
    if task.key is None or world.stream(task.key) is None:
        return
    name, said = task.said or (C(task.about), payload(world, task.key, C(task.about), world.mind))
    world.give(task.key, name, said, role=task.role)


def _comes_upon(world: Simulated, task: Task) -> None:
    stream = world.stream(task.key) if task.key else None
    if stream is None or task.key is None:
        return
    mine = [name for name in WHIMS[task.role] if COMMANDS[name].record is task.key[0]]
    track: TrackState | None = stream.state.tracks.get(Track.CASE.value)
    fit = [name for name in mine if track is not None and name in COMES_WITH.get(track.state, ())]
    name = world.mind.choice(fit or mine) if mine else None
    if name is not None and (name not in GIVES_UP or world.mind.random() < 0.4):
        _give(world, task.key, name, role=task.role)


def _news(world: Simulated, task: Task) -> None:
    """The clearinghouse tells of another supplier; sometimes it takes that back, or blocks the point."""
    pod = world.mind.choice(list(world.premises))
    turn = world.mind.random()
    if turn < 0.2:
        world.statuses[pod] = world.mind.choice(("active", "blocked", "active"))
        return
    supplier_changes(world, pod=pod, to=world.mind.choice(PROVIDERS))
    if turn < 0.45:
        world.plan(world.now + timedelta(hours=world.mind.choice((0, 5, 30))), task)


def _trouble(world: Simulated, _task: Task) -> None:
    something_happens(world, world.mind)
    mended_at = world.now + timedelta(days=world.mind.choice((0.01, 0.5, 2, 9, 30)))
    world.plan(mended_at, Task(doing=Doing.MENDS, role=Role.SYSTEM))


def _mends(world: Simulated, _task: Task) -> None:
    all_is_well(world)


def _event(world: Simulated, task: Task) -> None:
    """A provider calls an event: its enrollments hear of it, some of a cancellation, or of what was measured."""
    organization: OrganizationKey = world.mind.choice(PROVIDERS)
    starts_at = world.now + timedelta(hours=world.mind.choice((1, 20, 50)))
    number = f"E-{world.planned}"
    for key, stream in list(world.cases.items()):
        case = stream.state
        chosen = case.chosen
        if key[1] != organization or chosen is None or not case.live_places:
            continue
        if program_of(chosen.program, version=chosen.version).events is not None:
            _tell_event(world, key, number, starts_at)


def _tell_event(world: Simulated, key: Key, event: str, starts: datetime) -> None:
    case = CaseNumber(key[2])
    on = world.calendar.business_date(starts)
    told = EventTold(case=case, event=event, on=on, starts_at=starts, ends_at=starts + timedelta(hours=2))
    bodies: list[EventTold | EventCancelTold | EventResultTold] = [told]
    if world.mind.random() < 0.25:
        bodies.append(EventCancelTold(case=case, event=event))
    if world.mind.random() < 0.4:
        bodies.append(EventResultTold(case=case, event=event, result=world.mind.choice(list(EventResult))))
    world.mind.shuffle(bodies)
    for body in bodies:
        world.send(key[1], Message(to=key[1], conversation=key[2], body=body))


_DOES: Mapping[Doing, Callable[[Simulated, Task], None]] = MappingProxyType(
    {
        Doing.OPENS: _opens,
        Doing.ANSWERS: _answers,
        Doing.COMES_UPON: _comes_upon,
        Doing.SAYS_AGAIN: _says_again,
        Doing.NEWS: _news,
        Doing.TROUBLE: _trouble,
        Doing.MENDS: _mends,
        Doing.EVENT: _event,
    }
)
