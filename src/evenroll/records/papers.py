"""The papers of cases: what each is, read by whoever may; what it shows is in the vault and goes with its case.

Each stands under a key of its own, made for its case, so that an erasure of the case or of its customer destroys it.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import LiteralString

from evenroll.enrollment.papers import PaperKind
from evenroll.quantities.identifiers import CaseNumber
from evenroll.records import vault
from evenroll.records.organizations import current, cursor
from evenroll.records.personal_ref import PersonalRef

PAPERS_MAX = 40
"""In one case."""


class PapersFull(ValueError):
    """A case has as many papers as it may."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperToKeep:
    """A paper that was read and written anew. media: pdf or jpeg. name: as its sender calls it; personal."""

    kind: PaperKind
    media: str
    content: bytes = field(repr=False)
    name: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperRow:
    """A paper of a case, without what it shows. size: in bytes. digest: by which the journal knows it."""

    id: int
    kind: PaperKind
    media: str
    size: int
    digest: str
    given_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperContent:
    """What a paper shows. name: as its sender called it; personal."""

    paper: PaperRow
    content: bytes = field(repr=False)
    name: str = field(repr=False)


_COLUMNS: LiteralString = "paper.id, paper.kind, paper.media, paper.size, paper.digest, paper.given_at"
# Of one that was erased nothing is told any more.
_LIVE: LiteralString = (
    "FROM paper JOIN personal_record AS record ON record.organization_id = paper.organization_id "
    "AND record.id = paper.record JOIN customer_key AS key ON key.organization_id = record.organization_id "
    "AND key.id = record.key_id WHERE paper.organization_id = %s AND paper.case_number = %s "
    "AND key.wrapped IS NOT NULL AND record.ciphertext <> ''"
)
_LIST: LiteralString = f"SELECT {_COLUMNS} {_LIVE} ORDER BY paper.given_at, paper.id"
_ONE: LiteralString = f"SELECT {_COLUMNS}, paper.record {_LIVE} AND paper.id = %s"
_RECORDS: LiteralString = "SELECT record FROM paper WHERE organization_id = %s AND case_number = ANY(%s)"
_LOCK: LiteralString = "SELECT 1 FROM case_record WHERE organization_id = %s AND number = %s FOR SHARE"
_INSERT: LiteralString = (
    "INSERT INTO paper (id, organization_id, case_number, kind, media, size, digest, record, given_at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (organization_id, case_number, digest) DO NOTHING"
)


def papers_of(number: CaseNumber) -> Sequence[PaperRow]:
    """The papers of a case of the open organization, in the order in which they came; an erased one is not there."""
    with cursor() as pen:
        rows = pen.execute(_LIST, (current().id, number)).fetchall()
    return tuple(_row(each) for each in rows)


def read_paper(number: CaseNumber, paper: int) -> PaperContent | None:
    """What a paper of a case shows; None where the open organization has none such, or it was erased."""
    with cursor() as pen:
        row = pen.execute(_ONE, (current().id, number, paper)).fetchone()
    if row is None:
        return None
    fields = vault.read(PersonalRef(row[6]))
    return PaperContent(paper=_row(row), content=base64.b64decode(str(fields["content"])), name=str(fields["name"]))


def keep_papers(number: CaseNumber, papers: Sequence[PaperToKeep], *, at: datetime) -> frozenset[str]:
    """Keep papers of a case of the open organization; one that is there already stays as it is.

    Returns their digests. at: the business clock. Raises PapersFull.
    """
    with cursor() as pen:
        pen.execute(_LOCK, (current().id, number))
    there = {each.digest for each in papers_of(number)}
    new = {digest_of(number, each.content): each for each in papers}
    if len(there | new.keys()) > PAPERS_MAX:
        raise PapersFull(f"A case has at most {PAPERS_MAX} papers. Send the others by mail, or bring them.")
    for digest, each in new.items():
        if digest not in there:
            _keep(number, each, digest=digest, at=at)
    return frozenset(new)


def digest_of(number: CaseNumber, content: bytes) -> str:
    """By which the journal knows a paper: a keyed hash of what is kept, 64 hexadecimal digits."""
    return vault.digest(hashlib.sha256(content).hexdigest(), purpose=f"paper/{number}")


def records_of(numbers: Collection[CaseNumber]) -> frozenset[int]:
    """The records of the vault in which the papers of these cases stand."""
    with cursor() as pen:
        rows = pen.execute(_RECORDS, (current().id, list(numbers))).fetchall()
    return frozenset(row[0] for row in rows)


def _keep(number: CaseNumber, paper: PaperToKeep, *, digest: str, at: datetime) -> None:
    fields = {"content": base64.b64encode(paper.content).decode(), "name": paper.name}
    record = vault.store_new("case", fields)[1]
    row = (paper.kind.value, paper.media, len(paper.content), digest, record, at)
    with cursor() as pen:
        pen.execute(_INSERT, (secrets.randbits(62), current().id, number, *row))


def _row(row: Sequence[object]) -> PaperRow:
    number, kind, media, size, digest, given_at = row[:6]
    assert isinstance(number, int) and isinstance(size, int) and isinstance(given_at, datetime)
    return PaperRow(
        id=number, kind=PaperKind(str(kind)), media=str(media), size=size, digest=str(digest), given_at=given_at
    )
