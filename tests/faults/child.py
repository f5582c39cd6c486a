"""The process that works and is met by a fault: its cursors, its commits and its deliveries pass the named points.

It is forked from the campaign, tells it when it comes to the point that was drawn, and what it was answered. Nothing of
this is in the product: the classes of the driver are wrapped in this process alone.
"""

from __future__ import annotations

import os
import signal
import socket
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import psycopg

from evenroll.ports.delivery import Delivered, DeliveryOutcome
from evenroll.records.envelope import Envelope
from tests.faults.plan import MESSAGES, Kind, Point, after, point_of
from tests.faults.works import Here, Work, do
from tests.territory import Territory

BY_ITSELF = frozenset({*MESSAGES, Kind.SOCKET_CLOSE, Kind.CLOCK_JUMP})
"""What the process does to itself when it comes to its point."""


class Line(Protocol):
    """One end of the pipe between the campaign and its child."""

    def send(self, obj: Any, /) -> None: ...
    def recv(self) -> Any: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Meeting:
    """Where a child is to be met. point: None to pass all, and count them. jump: of the business clock."""

    point: Point | None = None
    turn: int = 0
    kind: Kind | None = None
    waits: bool = True
    jump: timedelta = timedelta()


@dataclass(kw_only=True)
class Hooks:
    """The points as they are passed."""

    line: Line
    meeting: Meeting
    passed: Counter[Point] = field(default_factory=Counter)
    is_met: bool = False
    jumped: timedelta = timedelta()
    is_inside: bool = False

    def reach(self, point: Point, connection: Any = None) -> bool:
        """Pass a point; whether it is the one that was drawn. There the campaign is told, and waited for."""
        if self.is_inside:
            return False
        self.passed[point] += 1
        wanted = self.meeting
        if self.is_met or point is not wanted.point or self.passed[point] != wanted.turn:
            return False
        self.is_met = True
        connection = _open_connection() if connection is None else connection
        is_open = connection is not None and not connection.closed
        backend = connection.info.backend_pid if is_open else None
        self.line.send({"at": point, "backend": backend})
        if wanted.kind not in BY_ITSELF and wanted.waits:
            self.line.recv()
        self._do(connection)
        return True

    def _do(self, connection: Any) -> None:
        if self.meeting.kind is Kind.CLOCK_JUMP:
            self.jumped = self.meeting.jump
        if self.meeting.kind is Kind.SOCKET_CLOSE and connection is not None and not connection.closed:
            with socket.socket(fileno=os.dup(connection.fileno())) as wire:
                wire.shutdown(socket.SHUT_RDWR)


def hook(hooks: Hooks) -> None:
    """Wrap what this process says to the database from here on."""
    for class_ in (psycopg.Cursor, psycopg.ServerCursor):
        _wrap_execute(class_, hooks)
    _wrap_copy(hooks)
    commit: Callable[[Any], None] = psycopg.Connection.commit

    def committed(self: Any) -> None:
        hooks.reach(Point.COMMIT_BEFORE, self)
        commit(self)
        hooks.reach(Point.COMMIT_AFTER, self)

    psycopg.Connection.commit = committed


def _wrap_execute(class_: Any, hooks: Hooks) -> None:
    execute = class_.execute

    def executed(self: Any, query: Any, *arguments: Any, **named: Any) -> Any:
        point = point_of(_text(query, self))
        if point is not None:
            hooks.reach(point, self.connection)
        result = execute(self, query, *arguments, **named)
        if point is not None:
            hooks.reach(after(point), self.connection)
        return result

    class_.execute = executed


def _wrap_copy(hooks: Hooks) -> None:
    copy, write_row = psycopg.Cursor.copy, psycopg.Copy.write_row

    def copied(self: Any, *arguments: Any, **named: Any) -> Any:
        hooks.reach(Point.COPY_BEFORE, self.connection)
        return _Copying(copy(self, *arguments, **named), lambda: hooks.reach(Point.COPY_AFTER, self.connection))

    def written(self: Any, row: Any) -> None:
        write_row(self, row)
        hooks.reach(Point.COPY_DURING, self.connection)

    psycopg.Cursor.copy = copied
    psycopg.Copy.write_row = written


class _Copying:
    """A COPY that says when it is through."""

    def __init__(self, inner: Any, is_through: Callable[[], object]) -> None:
        self._inner, self._is_through = inner, is_through

    def __enter__(self) -> Any:
        return self._inner.__enter__()

    def __exit__(self, *error: Any) -> Any:
        told = self._inner.__exit__(*error)
        if error[0] is None:
            self._is_through()
        return told


def _text(query: Any, cursor: Any) -> str:
    if isinstance(query, bytes):
        return query.decode(errors="replace")
    return query if isinstance(query, str) else query.as_string(cursor)


def _open_connection() -> Any:
    from django.db import connections

    return connections["default"].connection


@dataclass(kw_only=True)
class Carrier:
    """A delivery that brings messages twice, later, in another order, or with another content."""

    inner: Any
    hooks: Hooks
    kept: list[Envelope] = field(default_factory=list)
    before: list[Envelope] = field(default_factory=list)

    def deliver(self, parcel: Envelope, *, now: datetime) -> Delivered:
        """Bring a message, as the fault wants it."""
        is_met = self.hooks.reach(Point.DELIVER_BEFORE, _open_connection())
        told = self._carried(parcel, now=now) if is_met else self.inner.deliver(parcel, now=now)
        self._brought([parcel], is_met=is_met, now=now)
        return told

    def deliver_together(self, parcels: Sequence[Envelope], *, now: datetime) -> Sequence[Delivered | None]:
        """Bring messages at once; the one that the fault wants by itself."""
        is_met = [self.hooks.reach(Point.DELIVER_BEFORE, _open_connection()) for _ in parcels]
        if not (any(is_met) and self.hooks.meeting.kind in MESSAGES):
            told = self.inner.deliver_together(parcels, now=now)
        else:
            told = [
                self._carried(each, now=now) if met else self.inner.deliver(each, now=now)
                for each, met in zip(parcels, is_met, strict=True)
            ]
        self._brought(parcels, is_met=any(is_met), now=now)
        return told

    def _brought(self, parcels: Sequence[Envelope], *, is_met: bool, now: datetime) -> None:
        for _ in parcels:
            self.hooks.reach(Point.DELIVER_AFTER, _open_connection())
        if not is_met:
            self.bring_kept(now=now)
        self.before += parcels

    def bring_kept(self, *, now: datetime) -> None:
        """Bring what was held back so that others went before it."""
        while self.kept:
            self.inner.deliver(self.kept.pop(), now=now)

    def _carried(self, parcel: Envelope, *, now: datetime) -> Delivered:
        match self.hooks.meeting.kind:
            case Kind.DUPLICATE:
                told = self.inner.deliver(parcel, now=now)
                self.inner.deliver(parcel, now=now)
                self.hooks.line.send({"again": parcel})
                return told
            case Kind.LATE:
                # In the hands of the way between, which loses nothing: for the sender it is delivered.
                self.hooks.line.send({"again": parcel})
                return Delivered(outcome=DeliveryOutcome.TAKEN)
            case Kind.REORDERED:
                self.kept.append(parcel)
                return Delivered(outcome=DeliveryOutcome.TAKEN)
            case Kind.CONTRADICTORY:
                return self._contradicted(parcel, now=now)
            case _:
                return self.inner.deliver(parcel, now=now)

    def _contradicted(self, parcel: Envelope, *, now: datetime) -> Delivered:
        told = self.inner.deliver(parcel, now=now)
        older = self.before[-1] if self.before else parcel
        # The same id with the content of another message, and old contents under ids of their own.
        self.inner.deliver(replace(parcel, body=older.body, kind=older.kind), now=now)
        for number, said in enumerate((older, parcel)):
            self.inner.deliver(replace(said, message_id=f"{said.message_id}/anew{number}"), now=now)
        return told


def child(work: Work, territory: Territory, meeting: Meeting, line: Any) -> None:
    """The body of the process. What goes wrong in it is told, and done again if the campaign says so."""
    from django.db import connections

    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    hooks = Hooks(line=line, meeting=meeting)
    installation = territory.installation
    carrier = Carrier(inner=installation.delivery, hooks=hooks)
    here = Here(
        territory=territory,
        installation=replace(installation, delivery=carrier),
        carrier=carrier,
        hooks=hooks,
    )
    hook(hooks)
    while True:
        try:
            do(work, here=here, tell=line.send)
            break
        except Exception as error:
            line.send({"failed": _told(error)})
            if line.recv() != "again":
                break
    connections.close_all()
    line.send({"passed": dict(hooks.passed)})


def _told(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else ''}"
