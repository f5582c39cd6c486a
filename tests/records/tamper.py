"""An attacker who is superuser, passes every trigger, and makes all hashes, places and the kept tree anew.

What they cannot change is a checkpoint that somebody else keeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Identifier

from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.entries import COLUMNS, columns_hash
from evenroll.records.merkle import leaf_hash
from evenroll.records.seal_tiles import grow

TEXT_COLUMNS = (
    "row",
    "actor_key",
    "actor_role",
    "actor_organization",
    "event",
    "data",
    "idempotency_key",
    "stream_key",
    "previous_hash",
)
MOVED_COLUMNS = ("business_at", "business_on", "recorded_at")
NUMBER_COLUMNS = ("number", "version")
KINDS = (
    *(f"change {name}" for name in (*TEXT_COLUMNS, *MOVED_COLUMNS, *NUMBER_COLUMNS, "organization_id", "hash")),
    "remove",
    "insert",
    "reorder",
    "rewrite a stream",
    "cut the tail",
    "two at once",
)


@dataclass(slots=True)
class Attacker:
    """Works inside one transaction of a superuser, which the test undoes. beneath: only places under this are touched.

    organizations: id and key.
    """

    connection: Connection[Any]
    chance: Random
    beneath: int
    organizations: dict[int, OrganizationKey]

    def disarm(self) -> None:
        """Pass every trigger, as a superuser can."""
        self._say("SET LOCAL session_replication_role = replica")
        for table in ("journal_entry", "seal_leaf"):
            self._say(f"ALTER TABLE {table} DISABLE TRIGGER ALL")

    def strike(self, kind: str, *, covers_tracks: bool) -> None:
        """One tamper; covers_tracks: the whole log is then made anew, so that everything in the database agrees."""
        match kind.split():
            case ["change", column]:
                self._change(column)
            case ["remove"]:
                self._say("DELETE FROM journal_entry WHERE id = %s", self._victim())
            case ["insert"]:
                self._insert()
            case ["reorder"]:
                self._reorder()
            case ["rewrite", *_]:
                self._rewrite()
            case ["cut", *_]:
                self._cut()
            case _:
                self._change("data")
                self._say("DELETE FROM journal_entry WHERE id = %s", self._victim())
        if covers_tracks:
            self.cover_tracks(keeps_places=kind not in ("remove", "two at once", "insert", "cut the tail"))

    def _say(self, text: str, *parameters: object) -> list[tuple[Any, ...]]:
        cursor = self.connection.execute(text, parameters or None)  # pyright: ignore[reportArgumentType]
        return cursor.fetchall() if cursor.description else []

    def _victim(self) -> int:
        rows = self._say(
            "SELECT id FROM journal_entry JOIN seal_leaf ON entry_id = id WHERE position < %s ORDER BY position",
            self.beneath,
        )
        return self.chance.choice(rows)[0]

    def _change(self, column: str) -> None:
        victim = self._victim()
        if column == "organization_id":
            others = list(self.organizations)
            (old,) = self._say("SELECT organization_id FROM journal_entry WHERE id = %s", victim)[0]
            others.remove(old)
            new = self.chance.choice(others)
            self._say("UPDATE journal_entry SET organization_id = %s WHERE id = %s", new, victim)
            self._say("UPDATE seal_leaf SET organization_id = %s WHERE entry_id = %s", new, victim)
        elif column in MOVED_COLUMNS:
            self._set(column, "{} + interval '1 day'", victim)
        elif column in NUMBER_COLUMNS:
            self._set(column, "{} + 1000", victim)
        elif column == "hash":
            self._say("UPDATE journal_entry SET hash = %s WHERE id = %s", self.chance.randbytes(32).hex(), victim)
        else:
            self._set(column, "'x' || substr({}, 1, 63)", victim)

    def _set(self, column: str, how: str, victim: int) -> None:
        name = Identifier(column)
        value = SQL(how).format(name)  # pyright: ignore[reportArgumentType]
        self.connection.execute(SQL("UPDATE journal_entry SET {} = {} WHERE id = %s").format(name, value), (victim,))

    def _insert(self) -> None:
        """A further entry of a stream, dated back, at a place beneath the checkpoint."""
        victim = self._victim()
        self._say(
            "INSERT INTO journal_entry (organization_id, stream_kind, stream_key, number, row, actor_key, actor_role, "
            "actor_organization, event, version, data, business_at, business_on, recorded_at, idempotency_key, "
            "previous_hash, hash) SELECT organization_id, stream_kind, stream_key, number + 5000, row, actor_key, "
            "actor_role, actor_organization, event, version, data, business_at, business_on, recorded_at, "
            "idempotency_key, hash, hash FROM journal_entry WHERE id = %s",
            victim,
        )
        (at,) = self._say("SELECT position FROM seal_leaf WHERE entry_id = %s", victim)[0]
        (size,) = self._say("SELECT size FROM seal_tree")[0]
        self._say("UPDATE seal_leaf SET position = position + 1000000 WHERE position >= %s", at)
        self._say("UPDATE seal_leaf SET position = position - 999999 WHERE position >= 1000000")
        self._say(
            "INSERT INTO seal_leaf (organization_id, position, entry_id) "
            "SELECT organization_id, %s, id FROM journal_entry ORDER BY id DESC LIMIT 1",
            at,
        )
        self._say("UPDATE seal_tree SET size = %s", size + 1)

    def _reorder(self) -> None:
        one = self._victim()
        other = one
        while other == one:
            other = self._victim()
        (first,), (second,) = (
            self._say("SELECT position FROM seal_leaf WHERE entry_id = %s", each)[0] for each in (one, other)
        )
        self._say("UPDATE seal_leaf SET position = -1 WHERE entry_id = %s", one)
        self._say("UPDATE seal_leaf SET position = %s WHERE entry_id = %s", first, other)
        self._say("UPDATE seal_leaf SET position = %s WHERE entry_id = %s", second, one)

    def _rewrite(self) -> None:
        """Every entry of one stream says something else."""
        self._say(
            "UPDATE journal_entry SET data = data || ' ', actor_key = 'nobody' WHERE stream_key = "
            "(SELECT stream_key FROM journal_entry WHERE id = %s)",
            self._victim(),
        )

    def _cut(self) -> None:
        """Everything from a place on is gone."""
        keep = self.chance.randrange(self.beneath)
        self._say("DELETE FROM journal_entry USING seal_leaf WHERE entry_id = id AND position >= %s", keep)

    def cover_tracks(self, *, keeps_places: bool) -> None:
        """All hashes and chains, the places without a gap, the tree and its size, made anew from what stands there."""
        self._say(
            "DELETE FROM seal_leaf WHERE NOT EXISTS (SELECT FROM journal_entry WHERE id = entry_id)",
        )
        if not keeps_places:
            order = [row[0] for row in self._say("SELECT entry_id FROM seal_leaf ORDER BY position")]
            self._say("UPDATE seal_leaf SET position = position + 10000000")
            with self.connection.cursor() as pen:
                pen.executemany("UPDATE seal_leaf SET position = %s WHERE entry_id = %s", list(enumerate(order)))
        leaves: list[bytes] = []
        new: list[tuple[str, str, int]] = []
        last: dict[tuple[Any, ...], str] = {}
        query = SQL(
            "SELECT id, journal_entry.organization_id, {} FROM journal_entry JOIN seal_leaf ON entry_id = id "
            "ORDER BY position"
        ).format(COLUMNS)
        for entry_id, organization, *row in self.connection.execute(query).fetchall():
            stream = (organization, row[0], row[1])
            row[14] = last.get(stream, "")
            row[15] = last[stream] = columns_hash(tuple(row), organization=self.organizations[organization])
            new.append((row[14], row[15], entry_id))
            leaves.append(leaf_hash(bytes.fromhex(row[15])))
        with self.connection.cursor() as pen:
            pen.executemany("UPDATE journal_entry SET previous_hash = %s, hash = %s WHERE id = %s", new)
            pen.execute("DELETE FROM seal_tile")
            grow(pen, leaves, size=0)
            pen.execute("UPDATE seal_tree SET size = %s", (len(leaves),))
