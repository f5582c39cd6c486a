"""Published program versions as steps need them: the one that decides a case, and those on offer on a day."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from django.db import connection

from evenroll.programs.catalog import is_published
from evenroll.programs.program import ProgramVersion
from evenroll.programs.ranges import misfit
from evenroll.quantities.codec import decode
from evenroll.quantities.identifiers import OrganizationKey, ProgramKey
from evenroll.records.foreseen import Fact, looked_up_once
from evenroll.records.log_lines import LogCode, LogLine, tell


class ProgramMissing(LookupError):
    """A program version that a case names is not among the published ones, or not with that content."""


def published_programs(publishers: Iterable[OrganizationKey], *, on: date) -> tuple[ProgramVersion, ...]:
    """The latest version, published on that day, of each program of these organizations; by organization and key."""
    return tuple(each for each in shelved_programs(publishers, on=on) if is_published(each, on=on))


def shelved_programs(publishers: Iterable[OrganizationKey], *, on: date) -> tuple[ProgramVersion, ...]:
    """Each program of these organizations in the version published on that day; by organization and key.

    A version with a number, day or text outside of its range is left out, so that it breaks none of the others.
    Where none is, because it is closed or its review is overdue, the latest version: row 2b hides it and says why.
    """
    wanted = tuple(sorted(publishers))
    return looked_up_once(Fact.SHELF, (wanted, on), lambda: _shelved(wanted, on))


def _shelved(publishers: tuple[OrganizationKey, ...], on: date) -> tuple[ProgramVersion, ...]:
    with connection.cursor() as pen:
        pen.execute(
            "SELECT key, content_hash, body FROM program_version WHERE publisher = ANY(%s) "
            "ORDER BY publisher, key, version",
            (list(publishers),),
        )
        rows = pen.fetchall()
    latest: dict[str, ProgramVersion] = {}
    for key, content_hash, body in rows:
        program = _fitting(content_hash, body)
        if program is None:
            continue
        # A version whose last day, or last day of applying, has passed stands for all before it, open or not.
        over = any(day is not None and day <= on for day in (program.ends_on, program.closes_on))
        if key not in latest or over or is_published(program, on=on) or not is_published(latest[key], on=on):
            latest[key] = program
    return tuple(latest.values())


def ending_programs(publisher: OrganizationKey) -> tuple[tuple[ProgramKey, date], ...]:
    """The programs of an organization whose latest version has a last day, and the day on which they end."""
    with connection.cursor() as pen:
        pen.execute(
            # Only the few bodies that say a last day are taken apart: this is asked at every look for work.
            "SELECT key, ends_on FROM (SELECT DISTINCT ON (key) key, "
            "CASE WHEN strpos(body, '\"ends_on\":') > 0 THEN body::jsonb ->> 'ends_on' END AS ends_on "
            "FROM program_version WHERE publisher = %s ORDER BY key, version DESC) AS latest "
            "WHERE ends_on IS NOT NULL ORDER BY key",
            (publisher,),
        )
        rows = pen.fetchall()
    return tuple((ProgramKey(key), date.fromisoformat(ends_on)) for key, ends_on in rows)


@lru_cache(maxsize=1024)
def program_version(key: ProgramKey, *, version: int, content_hash: str) -> ProgramVersion:
    """That version, with that content. Raises ProgramMissing.

    A published version is never changed nor withdrawn, by the database's own triggers, so it is fetched once a process.
    """
    with connection.cursor() as pen:
        pen.execute("SELECT content_hash, body FROM program_version WHERE key = %s AND version = %s", (key, version))
        row = pen.fetchone()
    if row is None or row[0] != content_hash:
        raise ProgramMissing(
            f"Program {key} version {version} is not published here with the terms that were offered, so its case "
            "cannot go on. Publish its catalog."
        )
    return _read(content_hash, row[1])


def program_versions(key: ProgramKey) -> tuple[ProgramVersion, ...]:
    """Every version of a program that was ever published, the first one first; none where there is no such program."""
    with connection.cursor() as pen:
        pen.execute("SELECT version, content_hash FROM program_version WHERE key = %s ORDER BY version", (key,))
        rows = pen.fetchall()
    return tuple(program_version(key, version=version, content_hash=content_hash) for version, content_hash in rows)


def versions_of(publisher: OrganizationKey) -> tuple[ProgramVersion, ...]:
    """Every version that an organization ever published, by key and version."""
    with connection.cursor() as pen:
        pen.execute(
            "SELECT content_hash, body FROM program_version WHERE publisher = %s ORDER BY key, version", (publisher,)
        )
        rows = pen.fetchall()
    return tuple(_read(content_hash, body) for content_hash, body in rows)


@lru_cache(maxsize=1024)
def _fitting(content_hash: str, body: str) -> ProgramVersion | None:
    """A version, unless something of it is outside of its range, which is told once a process."""
    program = _read(content_hash, body)
    if not misfit(program):
        return program
    line = LogLine(code=LogCode.PROGRAM_LEFT_OUT, organization=program.organization, about=program.key)
    tell(line, level=logging.ERROR)
    return None


@lru_cache(maxsize=1024)
def _read(content_hash: str, body: str) -> ProgramVersion:
    program = decode(ProgramVersion, json.loads(body))
    if program.content_hash != content_hash:
        raise ProgramMissing(
            f"Program {program.key} version {program.version} does not have the content that its hash was made of. "
            "A published version never changes: restore it."
        )
    return program
