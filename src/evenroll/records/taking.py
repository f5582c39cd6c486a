"""Taking a command, as every step and action does: authority, idempotency, lock, decide, record, keep the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import LiteralString

from django.db import transaction

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.commands import COMMANDS, may
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.event import event_kind
from evenroll.enrollment.order_decide import decide_order
from evenroll.enrollment.roles import ROLES_OF, Actor, Role
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.tracks import TrackState
from evenroll.quantities.codec import JsonValue
from evenroll.quantities.identifiers import CaseNumber, IdentifierKind, OrderNumber, OrganizationKey, PodId
from evenroll.records.answers import Answer as Kept
from evenroll.records.answers import KeyReused
from evenroll.records.asked import Answer, Asked, Taken, payload_of, read_answer, written_answer
from evenroll.records.batch_work import BatchWork
from evenroll.records.gathered import case_facts, clock_facts, order_facts
from evenroll.records.organizations import current, cursor, kinds_of
from evenroll.records.stream_writer import PlaceConflict
from evenroll.records.streams import StreamId, case_stream, order_stream, point_stream
from evenroll.records.unit_of_work import UnitOfWork

_ANYBODY = frozenset({Role.CUSTOMER, Role.SYSTEM, Role.PEER})


class PointMoved(RuntimeError):
    """A record came to another usage point between the look at it and its lock; the unit of work is to be repeated."""


class LineMoved(PointMoved):
    """The next in a waiting list is another one than the case that was locked; the unit of work is to be repeated."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """What is locked with a case. cases: others, in the order of their numbers.

    vin: the token of a VIN that the decision will lock, see `vehicle_facts.lock_vin`; it is held before, where all of
    it can be locked by one statement.
    """

    cases: tuple[CaseNumber, ...] = ()
    vin: str = ""


class _Undo(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code.value)
        self.refusal = refusal


def take(work: UnitOfWork, asked: Asked, *, name: CommandName, act: Callable[[], Answer]) -> Answer:
    """What `act` answers, if this actor may give the command and has not given it before under this key.

    A refusal leaves nothing behind but itself, kept under the key.
    """
    refused = not_allowed(work.actor, organization=work.organization, name=name)
    if refused is not None:
        return refused
    if not asked.key:
        return _undoable(work, act)
    payload = payload_of(asked, name=name)
    given = _given_before(work, asked.key, payload)
    if given is not None:
        return given
    answer = _undoable(work, act)
    if isinstance(answer, Refusal) and work.begun_anew:
        # For a moment nobody held the key.
        given = _given_before(work, asked.key, payload)
        if given is not None:
            return given
    work.keep_answer(asked.key, payload, Kept(body=written_answer(answer)))
    return answer


def _given_before(work: UnitOfWork, key: str, payload: JsonValue) -> Answer | None:
    try:
        kept = work.answered(key, payload)
    except KeyReused:
        return Refusal(code=RefusalCode.KEY_REUSED, parameters={"key": key})
    return None if kept is None else read_answer(kept.body)


def take_case(
    work: UnitOfWork,
    asked: Asked,
    *,
    name: CommandName,
    decide: Callable[[Case | None], Decided | Refusal],
    with_point: bool = False,
    beside: Beside = Beside(),
) -> Answer:
    """Take a command to a case: decided from the case under lock, recorded, answered.

    A case that it follows, or that follows it, is locked with it, and what is told beside.

    with_point: whether its usage point is locked before it, because the decision reads or changes what stands there.
    """

    def act() -> Answer:
        number = CaseNumber(asked.number)
        pod = _lock_case(work, number, with_point=with_point, beside=beside)
        case = work.case(number)
        _refuse_unlinked(work, case)
        if with_point and case is not None and case.pod != pod:
            raise PointMoved(f"Case {number} came to another usage point meanwhile; take the command again.")
        answer = not_due(asked, case.tracks if case else {}) or _moved_on(work, asked, case and case_stream(number))
        if answer is not None:
            return answer
        case, decided = _decided_under_lock(work, number, case, decide)
        try:
            after = work.record_case(number, decided, expected=case)
        except PlaceConflict as conflict:
            # Of a unit that no lock of ours covers: the wait is taken again, and then finds the other enrollment.
            raise _Undo(Refusal(code=RefusalCode.PLACE_TAKEN, parameters={"case": number})) from conflict
        return Taken(number=number, state=after.status.value, events=_names(decided))

    return take(work, asked, name=name, act=act)


def _decided_under_lock(
    work: UnitOfWork, number: CaseNumber, case: Case | None, decide: Callable[[Case | None], Decided | Refusal]
) -> tuple[Case | None, Decided]:
    """The case and what is decided of it. Raises _Undo with a refusal."""
    decided = decide(case)
    if case is None and isinstance(decided, Decided):
        # Nothing was there to lock. Another may have begun the case since, of the same file or form sent twice at once.
        work.lock(case_stream(number))
        case = work.case(number)
        decided = decided if case is None else decide(case)
    if isinstance(decided, Refusal):
        raise _Undo(decided)
    return case, decided


def take_order(
    work: UnitOfWork,
    asked: Asked,
    *,
    name: CommandName,
    pod: PodId | None = None,
    decide: Callable[[ServiceOrder | None], Decided | Refusal],
) -> Answer:
    """Take a command to a service order; its usage point is always locked before it. pod: for an order that is new."""

    def act() -> Answer:
        number = OrderNumber(asked.number)
        point = pod or _pod_of_held(work, number) or pod_of_order(number)
        if point is None:
            raise _Undo(unknown_order(asked))
        _lock_point(work, point)
        order = work.order(number)
        answer = not_due(asked, order.tracks if order else {}) or _moved_on(work, asked, order and order_stream(number))
        if answer is not None:
            return answer
        decided = decide(order)
        if isinstance(decided, Refusal):
            raise _Undo(decided)
        after = work.record_order(number, decided, expected=order)
        return Taken(number=number, state=after.meter.state.value, events=_names(decided))

    return take(work, asked, name=name, act=act)


def plain_case(
    work: UnitOfWork, asked: Asked, *, name: CommandName, command: object = None, with_point: bool = False
) -> Answer:
    """Take a command to a case that needs no other facts than the case's own program. command: in place of asked's."""

    def decide(case: Case | None) -> Decided | Refusal:
        return decide_case(case, name, asked.command if command is None else command, case_facts(work, case))

    return take_case(work, asked, name=name, decide=decide, with_point=with_point)


def plain_order(work: UnitOfWork, asked: Asked, *, name: CommandName) -> Answer:
    """Take a command to a service order that stands and needs no facts but those of our own records."""

    def decide(order: ServiceOrder | None) -> Decided | Refusal:
        if order is None:
            return unknown_order(asked)
        return decide_order(order, name, asked.command, order_facts(work, pod=order.pod, number=order.number))

    return take_order(work, asked, name=name, decide=decide)


def timed_order(work: UnitOfWork, asked: Asked, *, name: CommandName) -> Answer:
    """Take a command of the clock to a service order, which needs to know no more than what time it is."""

    def decide(order: ServiceOrder | None) -> Decided | Refusal:
        if order is None:
            return unknown_order(asked)
        return decide_order(order, name, asked.command, clock_facts(work, order.pod))

    return take_order(work, asked, name=name, decide=decide)


def unknown_order(asked: Asked) -> Refusal:
    """The refusal of a command to a service order that this organization does not have."""
    return Refusal(code=RefusalCode.ORDER_MISMATCH, parameters={"order": asked.number})


def unknown_case(asked: Asked) -> Refusal:
    """The refusal of a command to a case that this organization does not have."""
    return Refusal(code=RefusalCode.CASE_UNKNOWN, parameters={"case": asked.number})


def names_order(number: str) -> bool:
    """Whether a number is that of a service order."""
    return number.startswith(IdentifierKind.ORDER.value)


def pod_of_case(number: CaseNumber) -> PodId | None:
    """The usage point of a case as its row has it, without a lock; to know what to lock first."""
    return _pod("SELECT pod FROM case_record WHERE organization_id = %s AND number = %s", number)


def pod_of_order(number: OrderNumber) -> PodId | None:
    """The usage point of a service order; it never changes."""
    return _pod("SELECT pod FROM service_order WHERE organization_id = %s AND number = %s", number)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seen:
    """What the row of a case says without a lock: its usage point, and the cases that it is linked with."""

    pod: PodId | None = None
    linked: frozenset[CaseNumber] = frozenset()


def _seen(work: UnitOfWork, number: CaseNumber) -> _Seen:
    if work.holds(case_stream(number)):
        case = work.case(number)
        links = (case.follows, case.followed_by) if case is not None else ()
        return _Seen(pod=case.pod if case else None, linked=frozenset(each for each in links if each))
    with cursor() as pen:
        row = pen.execute(
            "SELECT pod, follows, followed_by FROM case_record WHERE organization_id = %s AND number = %s",
            (current().id, number),
        ).fetchone()
    if row is None:
        return _Seen()
    return _Seen(pod=PodId(row[0]) if row[0] else None, linked=frozenset(CaseNumber(each) for each in row[1:] if each))


def _lock_case(work: UnitOfWork, number: CaseNumber, *, with_point: bool, beside: Beside) -> PodId | None:
    """Lock a case, what it is linked with, and its usage point before it; gives the usage point that its row named."""
    if work.holds_nothing and not beside.cases:
        return work.lock_case(number, with_point=with_point, vin=beside.vin)
    # What is held already has its place in the order of locks, and one beside may be new: they are locked one by one.
    seen = _seen(work, number)
    if with_point and seen.pod is not None:
        _lock_point(work, seen.pod)
    _lock_with_linked(work, number, seen, beside=beside.cases)
    return seen.pod


def _lock_with_linked(work: UnitOfWork, number: CaseNumber, seen: _Seen, *, beside: tuple[CaseNumber, ...]) -> None:
    """Lock a case with the one that it follows and the one that follows it, and others, in the order of numbers."""
    linked = {*seen.linked, *beside}
    if linked:
        work.lock(*(case_stream(each) for each in sorted({number, *linked})))


def _lock_point(work: UnitOfWork, pod: PodId) -> None:
    """Lock a usage point, with its state, by which almost every decision beside it goes."""
    if work.usage_point(pod) is None:
        work.lock(point_stream(pod))


def _pod_of_held(work: UnitOfWork, number: OrderNumber) -> PodId | None:
    order = work.order(number) if work.holds(order_stream(number)) else None
    return order.pod if order else None


def _refuse_unlinked(work: UnitOfWork, case: Case | None) -> None:
    if case is None or case.followed_by is None or work.holds(case_stream(case.followed_by)):
        return
    raise PointMoved(f"Case {case.number} is followed by another one meanwhile; take the command again.")


def not_allowed(actor: Actor, *, organization: OrganizationKey, name: CommandName) -> Refusal | None:
    """The refusal of a command that this actor may not give in the books of the organization; None if it may."""
    kinds = kinds_of(organization)
    own = actor.role is Role.PEER or actor.organization == organization
    held = actor.role in _ANYBODY or any(actor.role in ROLES_OF[kind] for kind in kinds)
    if may(actor.role, command=name) and own and held and kinds & COMMANDS[name].organizations:
        return None
    return Refusal(code=RefusalCode.NOT_ALLOWED, parameters={"command": name.value, "role": actor.role.value})


def _undoable(work: UnitOfWork, act: Callable[[], Answer]) -> Answer:
    if isinstance(work, BatchWork):
        return _undoable_in_memory(work, act)
    if work.is_shared:
        # Its door undoes all that shares the transaction, and gives each by itself; that settles the places, too.
        return act()
    if not work.may_begin_anew:
        return _undoable_inside(work, act)
    try:
        answer = act()
        work.settle_places()
    except _Undo as undo:
        work.begin_anew()
        return undo.refusal
    work.may_begin_anew = False
    return answer


def _undoable_in_memory(work: BatchWork, act: Callable[[], Answer]) -> Answer:
    """A refusal comes before anything is recorded, and nothing is written yet."""
    try:
        answer = act()
        work.settle_places()
    except _Undo as undo:
        work.forget()
        return undo.refusal
    return answer


def _undoable_inside(work: UnitOfWork, act: Callable[[], Answer]) -> Answer:
    work.write()
    try:
        with transaction.atomic(using=current().alias):
            answer = act()
            work.settle_places()
            work.write()
            return answer
    except _Undo as undo:
        work.forget()
        return undo.refusal


def not_due(asked: Asked, tracks: Mapping[str, TrackState]) -> Refusal | None:
    """The answer to a command of the clock whose wait stands no longer as it was when it lapsed; None if it does."""
    if asked.lapsed is None:
        return None
    key, due_at = asked.lapsed
    track = tracks.get(key)
    if track is not None and track.due_at == due_at:
        return None
    return Refusal(code=RefusalCode.NOT_YET_DUE, parameters={"track": key})


def _moved_on(work: UnitOfWork, asked: Asked, stream: StreamId | None) -> Refusal | None:
    """The answer to who decided by an older state of the record; None if it is as it was seen, or not there."""
    if asked.seen is None or stream is None or work.last_number(stream) == asked.seen:
        return None
    return Refusal(code=RefusalCode.CASE_MOVED_ON, parameters={"case": asked.number})


def _names(decided: Decided) -> tuple[str, ...]:
    return tuple(event_kind(each) for each in decided.events)


def _pod(query: LiteralString, number: str) -> PodId | None:
    with cursor() as pen:
        row = pen.execute(query, (current().id, number)).fetchone()
    return PodId(row[0]) if row and row[0] else None
