"""Program versions as published: written once, found by key and version, never changed."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db import connection

from evenroll.programs.program import ProgramVersion
from evenroll.quantities.codec import decode, text_of
from evenroll.quantities.identifiers import OrganizationKey, ProgramKey


class VersionChanged(ValueError):
    """A program version that is published already came again with other terms."""


class KeyTaken(ValueError):
    """A program whose key belongs to another organization, which published it first."""


def publish(program: ProgramVersion) -> None:
    """Keep a version for good; the same once more changes nothing. Raises VersionChanged and KeyTaken."""
    with connection.cursor() as pen:
        # Of two that publish a new key at once, the second waits here, as the database's own trigger would let it.
        pen.execute("SELECT pg_advisory_xact_lock(hashtextextended('program_key:' || upper(%s), 0))", (program.key,))
        if is_others(program.key, than=program.organization):
            raise KeyTaken(
                f"The key {program.key} belongs to a program of another organization, so nothing was published. Give "
                "the program another key."
            )
        pen.execute(
            "INSERT INTO program_version (key, version, publisher, content_hash, body) VALUES (%s, %s, %s, %s, %s) "
            "ON CONFLICT (key, version) DO NOTHING",
            (program.key, program.version, program.organization, program.content_hash, text_of(program)),
        )
        pen.execute(
            "SELECT content_hash FROM program_version WHERE key = %s AND version = %s", (program.key, program.version)
        )
        row = pen.fetchone()
    if row is None or row[0] != program.content_hash:
        raise VersionChanged(
            f"Program {program.key} version {program.version} is published with other terms, and customers were shown "
            "those. Give the new terms a new version."
        )


def is_others(key: ProgramKey, *, than: OrganizationKey) -> bool:
    """Whether another organization published a program of this key first, in whatever letters."""
    with connection.cursor() as pen:
        pen.execute(
            "SELECT publisher FROM program_version WHERE upper(key) = upper(%s) ORDER BY id LIMIT 1",
            (key,),
        )
        row = pen.fetchone()
    return row is not None and row[0] != than


def published(key: ProgramKey, *, version: int) -> ProgramVersion | None:
    """A published version; None if there is none."""
    with connection.cursor() as pen:
        pen.execute("SELECT body FROM program_version WHERE key = %s AND version = %s", (key, version))
        row = pen.fetchone()
    return None if row is None else decode(ProgramVersion, json.loads(row[0]))


def all_published() -> Sequence[ProgramVersion]:
    """Every published version, by key and version."""
    with connection.cursor() as pen:
        pen.execute("SELECT body FROM program_version ORDER BY key, version")
        rows = pen.fetchall()
    return tuple(decode(ProgramVersion, json.loads(row[0])) for row in rows)
