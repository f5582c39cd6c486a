"""The one opener of an organization: outside it every query of a tenant table is refused by the database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import LiteralString

from django.db import connections, transaction
from psycopg import Connection, Cursor
from psycopg.rows import TupleRow

from evenroll.enrollment.roles import OrganizationKind
from evenroll.quantities.calendars import ServiceCalendar, calendar
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.foreseen import refuse_reading

DEFAULT = "default"

_OPEN: LiteralString = (
    "SELECT id, calendar, transaction_timestamp(), kinds, set_config('evenroll.organization', id::text, true) "
    "FROM organization WHERE key = %s"
)

# What a load has just brought the database has not counted yet: taking it for a few rows, it would rather read all of
# them and sort than walk an index, which is no way to take the next fifty of a million.
_OPEN_IN_ORDER: LiteralString = (
    "SELECT id, calendar, transaction_timestamp(), kinds, set_config('evenroll.organization', id::text, true), "
    "set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), "
    "set_config('enable_sort', 'off', true), set_config('enable_hashjoin', 'off', true), "
    "set_config('enable_mergejoin', 'off', true) FROM organization WHERE key = %s"
)

# The lock is held before anything else is looked at: a statement sees what stood when it began, not when it got a lock.
_OPEN_AND_LOCK: LiteralString = (
    "SELECT id, calendar, transaction_timestamp(), kinds, set_config('evenroll.organization', id::text, true), "
    "pg_advisory_xact_lock(hashtextextended('answer/' || id || '/' || %s, 0)) FROM organization WHERE key = %s"
)

_ADD: LiteralString = (
    "INSERT INTO organization (key, name, kinds, calendar, sealing_key) VALUES (%s, %s, %s, %s, %s) "
    "ON CONFLICT (key) DO UPDATE SET name = excluded.name, kinds = excluded.kinds, calendar = excluded.calendar, "
    "sealing_key = excluded.sealing_key"
)


class OrganizationUnknown(LookupError):
    """No organization stands under this key."""


class OrganizationNotOpen(RuntimeError):
    """Something that belongs to an organization was asked for while none is open."""


class OtherOrganizationOpen(RuntimeError):
    """A second organization was to be opened inside the transaction of a first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """The organization of the running transaction. wall_at: when the transaction began, by the database's clock.

    unwritten: what writes the rows that wait to be written together; whoever reads has them written first.
    folded_anew: kind and key of the streams whose rows another release wrote, as they were read in it.
    """

    id: int
    key: OrganizationKey
    kinds: frozenset[OrganizationKind]
    calendar: ServiceCalendar
    wall_at: datetime
    alias: str
    unwritten: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])
    folded_anew: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def write(self) -> None:
        """Write what waits to be written."""
        for each in self.unwritten:
            each()


_opened: ContextVar[Opened | None] = ContextVar("evenroll_opened", default=None)


@contextmanager
def open_organization(
    key: OrganizationKey, *, alias: str = DEFAULT, savepoint: bool = False, command: str = "", in_order: bool = False
) -> Iterator[Opened]:
    """One transaction in which the rows of this organization, and of no other, are seen and written.

    Opening the same organization again inside it joins the transaction; savepoint: what this block wrote is undone by
    an exception, and the transaction goes on. A reader needs none: each costs two waits on the database.
    command: actor and key of a command; another transaction of the same command then waits for this one.
    in_order: its queries walk indexes in their order and sort nothing, whatever the database takes the tables for.
    Raises OrganizationUnknown, and OtherOrganizationOpen for another one inside.
    """
    outer = _opened.get()
    if outer is not None:
        _refuse_other(outer, key)
        if savepoint:
            outer.write()
        if command:
            lock_command(outer, command)
        with transaction.atomic(using=outer.alias) if savepoint else nullcontext():
            yield outer
        return
    _drop_if_broken(alias)
    with transaction.atomic(using=alias, durable=True):
        opened = _open(key, alias, command, in_order=in_order)
        token = _opened.set(opened)
        try:
            yield opened
        finally:
            _opened.reset(token)


def current() -> Opened:
    """The organization that is open. Raises OrganizationNotOpen."""
    opened = _opened.get()
    if opened is None:
        raise OrganizationNotOpen(
            "No organization is open, so nothing that belongs to one can be read or written. "
            "Do it inside open_organization or unit_of_work."
        )
    return opened


def is_open() -> bool:
    """Whether an organization is open in this thread of work."""
    return _opened.get() is not None


def cursor() -> Cursor[TupleRow]:
    """A psycopg cursor in the transaction of the open organization; it prepares what it runs often.

    It sees all rows of this transaction: what waits to be written is written first. Raises foreseen.Unforeseen where
    many decisions are taken from what was read before.
    """
    refuse_reading()
    opened = current()
    opened.write()
    return Cursor(_connection(opened.alias))


def writing_cursor() -> Cursor[TupleRow]:
    """A cursor for whoever writes what waits; it sees only what is written already."""
    return Cursor(_connection(current().alias))


@contextmanager
def shared_transaction(*, alias: str = DEFAULT) -> Iterator[Cursor[TupleRow]]:
    """A transaction for tables that belong to no organization. Raises OtherOrganizationOpen inside one that is open."""
    outer = _opened.get()
    if outer is not None:
        raise OtherOrganizationOpen(
            f"{outer.key} is open in this transaction. Finish it, and read what is shared then."
        )
    _drop_if_broken(alias)
    with transaction.atomic(using=alias, durable=True):
        yield Cursor(_connection(alias))


def lock_command(opened: Opened, command: str) -> None:
    """Make other transactions of this command, actor and key, wait until the end of this one."""
    with Cursor(_connection(opened.alias)) as pen:
        pen.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"answer/{opened.id}/{command}",))


def begin_anew(*, command: str = "") -> Opened:
    """Undo everything in the transaction of the open organization, its locks too, and begin another one in its place.

    command: as of `open_organization`. Not inside a savepoint.
    """
    opened = current()
    opened.unwritten.clear()
    _connection(opened.alias).rollback()
    anew = _open(opened.key, opened.alias, command)
    _opened.set(anew)
    return anew


def add_organization(
    key: OrganizationKey, *, name: str, kinds: frozenset[OrganizationKind], calendar_key: str, sealing_key: bytes = b""
) -> None:
    """Make an organization known, or bring name, kinds and calendar up to date.

    sealing_key: its public key where it lives in another installation, else empty.
    """
    calendar(calendar_key)
    with _shared_pen() as pen:
        pen.execute(_ADD, (key, name, ",".join(sorted(kinds)), calendar_key, sealing_key))


def organization_keys(*, kind: OrganizationKind | None = None) -> tuple[OrganizationKey, ...]:
    """The keys of all organizations, or of those of one kind, sorted."""
    with _shared_pen() as pen:
        found = pen.execute("SELECT key, kinds FROM organization ORDER BY key").fetchall()
    return tuple(OrganizationKey(key) for key, kinds in found if kind is None or kind in kinds.split(","))


def organization_names() -> dict[OrganizationKey, str]:
    """The name of every organization, by key."""
    with _shared_pen() as pen:
        found = pen.execute("SELECT key, name FROM organization ORDER BY key").fetchall()
    return {OrganizationKey(key): str(name) for key, name in found}


def organization_calendars(keys: Collection[OrganizationKey]) -> dict[OrganizationKey, ServiceCalendar]:
    """The calendar of each of these organizations that is here."""
    with _shared_pen() as pen:
        found = pen.execute("SELECT key, calendar FROM organization WHERE key = ANY(%s)", (sorted(keys),)).fetchall()
    return {OrganizationKey(key): calendar(name) for key, name in found}


def kinds_of(key: OrganizationKey) -> frozenset[OrganizationKind]:
    """What an organization does. Raises OrganizationUnknown."""
    outer = _opened.get()
    if outer is not None and outer.key == key:
        return outer.kinds
    with _shared_pen() as pen:
        row = pen.execute("SELECT kinds FROM organization WHERE key = %s", (key,)).fetchone()
    if row is None:
        raise _unknown(key)
    return _kinds(row[0])


def _kinds(written: str) -> frozenset[OrganizationKind]:
    return frozenset(OrganizationKind(kind) for kind in written.split(",") if kind)


def _open(key: OrganizationKey, alias: str, command: str, *, in_order: bool = False) -> Opened:
    how = _OPEN_IN_ORDER if in_order else _OPEN
    with Cursor(_connection(alias)) as pen:
        found = pen.execute(_OPEN_AND_LOCK, (command, key)) if command else pen.execute(how, (key,))
        row = found.fetchone()
    if row is None:
        raise _unknown(key)
    return Opened(id=row[0], key=key, calendar=calendar(row[1]), wall_at=row[2], kinds=_kinds(row[3]), alias=alias)


def _shared_pen() -> Cursor[TupleRow]:
    """For what belongs to no organization; in the transaction that is open, if one is."""
    if not connections[DEFAULT].in_atomic_block:
        _drop_if_broken(DEFAULT)
    return Cursor(_connection(DEFAULT))


def _connection(alias: str) -> Connection[TupleRow]:
    wrapper = connections[alias]
    wrapper.ensure_connection()
    return wrapper.connection


def _drop_if_broken(alias: str) -> None:
    # A connection that the server has ended stays dead for this process unless it is given up.
    wrapper = connections[alias]
    if wrapper.connection is not None and wrapper.connection.closed:
        wrapper.close()


def _unknown(key: OrganizationKey) -> OrganizationUnknown:
    return OrganizationUnknown(f"No organization is called {key!r} here. Load the territory, or correct the key.")


def _refuse_other(outer: Opened, key: OrganizationKey) -> None:
    if outer.key != key:
        raise OtherOrganizationOpen(
            f"{outer.key} is open in this transaction; {key} may not be opened inside it, because one transaction sees "
            "one organization. Finish the first one, and tell the other by a message."
        )
