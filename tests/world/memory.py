"""A world in memory: organizations, usage points, cases, orders, messages and a clock; the same decide and evolve."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_commands import NoPayload, OnTrack, ReceiveCase
from evenroll.enrollment.case_evolve import evolve
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.commands import COMMANDS, Record, may
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decide_opening import needs_own_number
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.event import Event
from evenroll.enrollment.messages import HEARD_BY, Body, CaseForwarded, Message, MeterRequested, MoveTold, SupplyLost
from evenroll.enrollment.messages import message_kind as kind_of
from evenroll.enrollment.next_commands import DueCommand, due_commands
from evenroll.enrollment.order_commands import DateSwitch, ReceiveRequest
from evenroll.enrollment.order_decide import decide_order
from evenroll.enrollment.order_evolve import evolve_order
from evenroll.enrollment.point_events import evolve_point
from evenroll.enrollment.point_moves import vacated
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.supply_commands import ReceiveSupplyRequest
from evenroll.enrollment.supply_messages import SupplyAsked, SupplyDisputed, SupplyNews
from evenroll.enrollment.supply_request import evolve_supply
from evenroll.enrollment.usage_point import UsagePoint
from evenroll.quantities.calendars import ServiceCalendar, calendar
from evenroll.quantities.identifiers import CaseNumber, CustomerId, OrganizationKey, PodId, case_number
from tests.world import facts as f
from tests.world import registry, waiting
from tests.world.places import Key, Slot, take_places
from tests.world.premises import Premise
from tests.world.programs import UTILITY

STEPS_MAX = 3_000
_ON_TRACK = frozenset({C.REMIND, C.ESCALATE, C.END_CONDITION})
_EVOLVE = {Record.CASE: evolve, Record.SERVICE_ORDER: evolve_order, Record.SUPPLY_REQUEST: evolve_supply}


@dataclass(kw_only=True)
class Stream:
    """A record and everything that happened to it, with the instant of each event."""

    state: Any
    events: tuple[tuple[datetime, Event], ...] = ()


@dataclass(kw_only=True, frozen=True)
class Envelope:
    """A message on its way. number: in its conversation, by which the receiver puts it in order."""

    sender: OrganizationKey
    message: Message
    number: int
    arrives_at: datetime

    @property
    def channel(self) -> tuple[OrganizationKey, OrganizationKey, str]:
        """Sender, receiver and conversation: within it order is kept."""
        return self.sender, self.message.to, self.message.conversation


@dataclass(kw_only=True)
class Household:
    """Who applies. answer_next: what the clearinghouse says once instead of the truth; good_answers: which proves.

    signed_in: as whom the browser is signed in; what only they know is not in their answers then.
    """

    customer: CustomerId
    pod: PodId
    good_answers: int = 1
    answer_next: str = ""
    signed_in: CustomerId | None = None
    flaws: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(kw_only=True)
class Taken:
    """One committed command, for whoever watches: the record before and after, and what happened."""

    key: Key
    name: C
    before: Any
    after: Any
    events: tuple[Event, ...]


@dataclass(kw_only=True)
class World:
    """All there is. by: who gives a command. away: who gives no answer; stale: live places are read too early."""

    now: datetime
    calendar: ServiceCalendar = field(default_factory=lambda: calendar("US-LAKELAND"))
    premises: dict[PodId, Premise] = field(default_factory=dict[PodId, Premise])
    points: dict[PodId, Stream] = field(default_factory=dict[PodId, Stream])
    cases: dict[Key, Stream] = field(default_factory=dict[Key, Stream])
    orders: dict[Key, Stream] = field(default_factory=dict[Key, Stream])
    households: dict[CaseNumber, Household] = field(default_factory=dict[CaseNumber, Household])
    places: dict[Slot, Key] = field(default_factory=dict[Slot, Key])
    held: dict[Slot, Key] = field(default_factory=dict[Slot, Key])
    caps: dict[Key, Stream] = field(default_factory=dict[Key, Stream])
    requests: dict[Key, Stream] = field(default_factory=dict[Key, Stream])
    statuses: dict[PodId, str] = field(default_factory=dict[PodId, str])
    post: tuple[Envelope, ...] = ()
    heard: frozenset[tuple[Any, ...]] = frozenset()
    parked: tuple[tuple[Envelope, Refusal | None], ...] = ()
    away: frozenset[str] = frozenset()
    stale: bool = False
    late_hours: int = 0
    by: Role = Role.SYSTEM
    named: str = ""
    same_car: frozenset[CaseNumber] = frozenset()
    twice: bool = False
    chance: Random = field(default_factory=lambda: Random(0))
    numbers: Iterator[int] = field(default_factory=count)
    watch: Callable[[World, Taken], None] | None = None

    def split(self) -> World:
        """A world that goes its own way from here; values are shared, containers are not."""
        other = copy(self)
        for name in ("premises", "points", "cases", "orders", "households", "caps", "requests", "statuses"):
            setattr(other, name, {key: copy(each) for key, each in getattr(self, name).items()})
        other.places, other.held, other.chance = dict(self.places), dict(self.held), Random(0)
        other.numbers = count(next(self.numbers) + 10**6)
        return other

    def streams(self) -> Iterator[tuple[Key, Stream]]:
        """Every case, every order, and the places of every program with a cap."""
        yield from self.cases.items()
        yield from self.orders.items()
        yield from self.caps.items()
        yield from self.requests.items()

    def stream(self, key: Key) -> Stream | None:
        """The record of a key, if there is one."""
        return self._room(key).get(key)

    def _room(self, key: Key) -> dict[Key, Stream]:
        rooms = {Record.CASE: self.cases, Record.SERVICE_ORDER: self.orders, Record.PROGRAM_PLACE: self.caps}
        return (rooms | {Record.SUPPLY_REQUEST: self.requests})[key[0]]

    def point(self, pod: PodId | None) -> UsagePoint | None:
        """A usage point as its utility knows it."""
        found = self.points.get(pod) if pod else None
        return found.state if found else None

    # Commands

    def give(self, key: Key, name: C, payload: object, *, role: Role) -> Decided | Refusal:
        """Give a command to a record; nothing changes if it is refused."""
        if not may(role, command=name) or (COMMANDS[name].record is not key[0] and name not in _ON_TRACK):
            return Refusal(code=RefusalCode.NOT_ALLOWED, parameters={"command": name.value})
        self.by = role
        if key[0] is Record.PROGRAM_PLACE:
            return waiting.give(self, key, name, payload)
        return self.take(key, name, payload)

    def take(self, key: Key, name: C, payload: object) -> Decided | Refusal:
        """What a record makes of a command that may be given to it."""
        stream = self.stream(key)
        before = stream.state if stream else None
        decided = self.decided(key, name, payload)
        if isinstance(decided, Refusal):
            return decided
        after = self._folded(key[0], before, decided.events)
        parts = [(key, decided.events), *((case_key(key[1], each.number), each.events) for each in decided.others)]
        refused = self._take_places(parts)
        if refused is not None:
            return refused
        self._commit(key, stream, after, decided)
        if self.watch is not None:
            self.watch(self, Taken(key=key, name=name, before=before, after=after, events=decided.events))
        return decided

    def decided(self, key: Key, name: C, payload: object) -> Decided | Refusal:
        """What a command would do now. Nothing changes."""
        stream = self.stream(key)
        if key[0] is Record.PROGRAM_PLACE:
            return waiting.decided(self, key, name, payload)
        if key[0] is Record.CASE:
            case: Case | None = stream.state if stream else None
            return decide_case(case, name, payload, f.case_facts(self, case, key=key))
        if key[0] is Record.SUPPLY_REQUEST:
            return registry.decided(self, key, name, payload)
        order: ServiceOrder | None = stream.state if stream else None
        pod = order.pod if order else payload.request.pod if isinstance(payload, ReceiveRequest) else None
        return decide_order(order, name, payload, f.order_facts(self, order, name, pod=pod))

    def _folded(self, record: Record, before: Any, events: tuple[Event, ...]) -> Any:
        for event in events:
            before = _EVOLVE[record](before, event)
        return before

    def _take_places(self, parts: list[tuple[Key, tuple[Event, ...]]]) -> Refusal | None:
        taken = take_places(self, parts)
        if taken is None:
            return Refusal(code=RefusalCode.PLACE_TAKEN)
        self.places, self.held = taken
        return None

    def _commit(self, key: Key, stream: Stream | None, after: Any, decided: Decided) -> None:
        happened = tuple((self.now, event) for event in decided.events)
        before = stream.state if stream else None
        if stream is None and decided.events:
            self._room(key)[key] = Stream(state=after, events=happened)
        elif stream is not None:
            stream.state, stream.events = after, stream.events + happened
        if key[0] is Record.SUPPLY_REQUEST and after is not None:
            registry.note(self, before, after)
        waiting.tell(self, key, decided.place_events)
        for each in decided.others:
            self._commit_other(case_key(key[1], each.number), each.events, beside=key)
        for event in decided.point_events:
            assert after is not None
            self.tell_point(after.pod, event)
        for message in decided.messages:
            self.send(key[1], message)

    def _commit_other(self, key: Key, events: tuple[Event, ...], *, beside: Key) -> None:
        stream = self.cases.get(key)
        before = stream.state if stream else None
        after = self._folded(Record.CASE, before, events)
        happened = tuple((self.now, event) for event in events)
        self.cases[key] = Stream(state=after, events=(stream.events if stream else ()) + happened)
        if stream is None:
            self._same_household(key, after, beside=beside)
        if self.watch is not None:
            self.watch(self, Taken(key=key, name=C.CHANGE_PROGRAM, before=before, after=after, events=events))

    def _same_household(self, key: Key, after: Case, *, beside: Key) -> None:
        known = self.households[CaseNumber(beside[2])]
        self.households[CaseNumber(key[2])] = replace(known, pod=after.opening.pod or known.pod)

    def tell_point(self, pod: PodId, event: Event) -> None:
        """An event of a usage point."""
        found = self.points.setdefault(pod, Stream(state=None))
        found.state = evolve_point(found.state, event)
        found.events += ((self.now, event),)

    # Messages

    def send(self, sender: OrganizationKey, message: Message) -> None:
        """Put a message in the post; it arrives at once or late, once or twice."""
        late = timedelta(hours=self.chance.randrange(self.late_hours + 1))
        sent = Envelope(sender=sender, message=message, number=next(self.numbers), arrives_at=self.now + late)
        again = (replace(sent, arrives_at=sent.arrives_at + timedelta(hours=5)),) if self.twice else ()
        self.post += (sent, *again)

    def _deliver_one(self) -> bool:
        """Deliver one message that has arrived and is the next of its conversation, of any conversation."""
        heads: dict[tuple[Any, ...], Envelope] = {}
        for each in self.post:
            if (each.channel, each.number) not in self.heard:
                heads.setdefault(each.channel, each)
        self.post = tuple(each for each in self.post if (each.channel, each.number) not in self.heard)
        ready = [each for each in heads.values() if each.arrives_at <= self.now]
        if not ready:
            return False
        chosen = self.chance.choice(ready)
        self.heard |= {(chosen.channel, chosen.number)}
        self._hear(chosen)
        return True

    def _hear(self, envelope: Envelope) -> None:
        body, name = envelope.message.body, HEARD_BY[kind_of(envelope.message.body)]
        if isinstance(body, MoveTold) and envelope.message.to == UTILITY:
            for event in vacated(self.point(body.pod), body.moved_on):
                self.tell_point(body.pod, event)
        if registry.hears_pev(self, body, by=envelope.sender):
            return
        if isinstance(body, SupplyLost | MoveTold | SupplyNews):
            concerned = [key for key, each in self.cases.items() if key[1] == envelope.message.to]
            outcomes = [self.give(key, name, body, role=Role.PEER) for key in concerned]
        elif isinstance(body, SupplyDisputed) and self._addressed(envelope, record=Record.SUPPLY_REQUEST)[2] == "":
            outcomes = []
        else:
            key, said = self._addressed(envelope, record=COMMANDS[name].record), self._heard_as(envelope, body)
            if isinstance(said, ReceiveCase):
                key, said = self._own_number(key, said)
            outcomes = [self.give(key, name, said, role=Role.PEER)]
        self.parked += tuple((envelope, each) for each in outcomes if isinstance(each, Refusal))

    def _own_number(self, key: Key, said: ReceiveCase) -> tuple[Key, ReceiveCase]:
        if (stream := self.cases.get(key)) is None or not needs_own_number(stream.state.status):
            return key, said
        number = case_number(f.entropy(self))
        self.households[number] = self.households[CaseNumber(key[2])]
        return case_key(key[1], number), replace(said, number=number)

    def _addressed(self, envelope: Envelope, *, record: Record) -> Key:
        if record is Record.CASE:
            return record, envelope.message.to, envelope.message.conversation
        if record is Record.SUPPLY_REQUEST:
            body = envelope.message.body
            if isinstance(body, SupplyDisputed):
                return registry.disputed(self, body)
            return record, envelope.message.to, str(getattr(body, "tracking", ""))
        return record, envelope.message.to, str(getattr(envelope.message.body, "order", ""))

    def _heard_as(self, envelope: Envelope, body: Body) -> object:
        if isinstance(body, MeterRequested):
            return ReceiveRequest(request=body, requester=envelope.sender)
        if isinstance(body, SupplyAsked):
            return ReceiveSupplyRequest(request=body, requester=envelope.sender)
        if isinstance(body, CaseForwarded):
            sealed = envelope.message.sealed or 0
            return ReceiveCase(sender=envelope.sender, organization=envelope.message.to, forwarded=body, answers=sealed)
        return body

    # The driver and the clock

    def due(self) -> list[tuple[Key, DueCommand]]:
        """Every command that the rules ask for now, the longest overdue first."""
        found = [
            (key, each) for key, stream in self.streams() for each in due_commands(stream.state.tracks, now=self.now)
        ]
        return sorted(found, key=lambda pair: (pair[1].due_at, pair[0]))

    def settle(self, *, until: Callable[[], bool] = lambda: False) -> None:
        """Deliver and drive until nothing is left to do at this instant. An endless loop is a failure."""
        for _ in range(STEPS_MAX):
            if until():
                return
            if self._deliver_one():
                continue
            due = self.due()
            if not due:
                return
            self._lapse(*due[0])
        raise AssertionError(f"Still something to do after {STEPS_MAX} steps at one instant: {self.due()[:3]}")

    def _lapse(self, key: Key, due: DueCommand) -> None:
        outcome = self.give(key, due.name, payload_of(due), role=Role.SYSTEM)
        if isinstance(outcome, Refusal) and outcome.code is RefusalCode.PLACE_TAKEN:
            # The step looks again: who was faster is now among the facts.
            self.stale = False
            outcome = self.give(key, due.name, payload_of(due), role=Role.SYSTEM)
        assert not isinstance(outcome, Refusal), f"{key}: {due} was refused: {outcome}"
        after = self.stream(key)
        again = after is not None and due in due_commands(after.state.tracks, now=self.now)
        # Of several free places each is offered by itself.
        assert not again or key[0] is Record.PROGRAM_PLACE, f"{key}: {due} is due again at the same instant"

    def advance(self, *, to: datetime) -> None:
        """Let time pass, stopping wherever something lapses or arrives."""
        self.settle()
        while (at := self._next_instant()) is not None and at <= to:
            self.now = max(self.now, at)
            self.settle()
        self.now = max(self.now, to)

    def _next_instant(self) -> datetime | None:
        dues = [each.due_at for _, stream in self.streams() for each in stream.state.tracks.values() if each.due_at]
        instants = [*dues, *(each.arrives_at for each in self.post)]
        # What waits behind an earlier message of its conversation moves nothing by itself.
        return min((at for at in instants if at > self.now), default=None)


def payload_of(due: DueCommand) -> object:
    """What the driver says with a command that it gives."""
    if due.name in _ON_TRACK:
        return OnTrack(track=due.track, subject=due.subject)
    return DateSwitch() if due.name is C.DATE_SWITCH else NoPayload()


def order_key(number: str) -> Key:
    """The key of an order; all orders are the utility's."""
    return Record.SERVICE_ORDER, UTILITY, number


def case_key(organization: OrganizationKey, number: str) -> Key:
    """The key of a case."""
    return Record.CASE, organization, number
