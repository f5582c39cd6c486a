"""The receiving door for several messages of one sender: each takes its command once, all in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from evenroll.enrollment.decided import Refusal
from evenroll.enrollment.messages import HEARD_BY, Body, MeterRequested, message_kind
from evenroll.enrollment.roles import Actor, Role
from evenroll.enrollment.supply_messages import PevTold, PevWithdrawn
from evenroll.ports.delivery import Delivered, DeliveryOutcome
from evenroll.quantities.codec import CodecRefused
from evenroll.quantities.identifiers import ActorKey
from evenroll.records import inbox
from evenroll.records.asked import Answer
from evenroll.records.envelope import Envelope, MessageNewer
from evenroll.records.log_lines import carried_on
from evenroll.records.organizations import current
from evenroll.records.streams import StreamId, order_stream, point_stream
from evenroll.records.unit_of_work import UnitOfWork
from evenroll.worker.receiving import asked_by, is_for_sender, take_message
from evenroll.worker.together import Piece, in_rounds, take_together

_TAKEN = Delivered(outcome=DeliveryOutcome.TAKEN)
_BUSY = Delivered(outcome=DeliveryOutcome.BUSY)


class _NotTogether(Exception):
    """A message has no effect, or another one than it asks for, or another worker took it: it is taken by itself."""


def receive_together(envelopes: Sequence[Envelope], now: datetime) -> Sequence[Delivered | None]:
    """Take messages of one sender into the books of one receiver. now: the business clock.

    None of one that has had no effect here: it came before, was refused, or cannot be read. It is to come by itself.
    """
    told: list[Delivered | None] = [None] * len(envelopes)
    pieces = {at: piece for at, each in enumerate(envelopes) if (piece := _piece(each)) is not None}
    for turn in in_rounds(list(pieces), number=lambda at: pieces[at].number):
        _receive_turn({at: pieces[at] for at in turn}, envelopes, told, now=now)
    return told


def _receive_turn(
    pieces: Mapping[int, Piece], envelopes: Sequence[Envelope], told: list[Delivered | None], *, now: datetime
) -> None:
    first = envelopes[next(iter(pieces))]
    peer = Actor(key=ActorKey(f"org/{first.sender}"), role=Role.PEER, organization=first.sender)

    def admit(held: Mapping[int, Piece]) -> Mapping[int, Piece]:
        here = inbox.heard_before([envelopes[at] for at in held])
        return {at: piece for at, piece in held.items() if envelopes[at].message_id not in here}

    def close(taken: Sequence[int]) -> None:
        # At the end, and of no other than these: a message that is written down without its effect is lost.
        if len(inbox.apply_new([envelopes[at] for at in taken], at=current().wall_at)) < len(taken):
            raise _NotTogether

    done = take_together(pieces, actor=peer, books=first.receiver, now=now, admit=admit, close=close)
    for at in pieces:
        if at in done.answers:
            told[at] = _TAKEN
        elif at in done.busy:
            told[at] = _BUSY


def _piece(envelope: Envelope) -> Piece | None:
    try:
        body = envelope.decoded()
    except (CodecRefused, ValueError, MessageNewer):
        return None

    def act(work: UnitOfWork) -> Answer:
        if not is_for_sender(work, envelope, body):
            raise _NotTogether
        # What is said in answer carries the same number on.
        with carried_on(envelope.request):
            answer = take_message(work, envelope, body)
        if isinstance(answer, Refusal):
            raise _NotTogether
        return answer

    number = asked_by(envelope, body).number
    return Piece(name=HEARD_BY[message_kind(body)], number=number, act=act, begins=_begins(body))


def _begins(body: Body) -> frozenset[StreamId]:
    match body:
        case MeterRequested():
            return frozenset((point_stream(body.pod), order_stream(body.order)))
        case PevTold() | PevWithdrawn():
            return frozenset((point_stream(body.pod),))
        case _:
            return frozenset()
