"""The papers of applications that are not sent yet: enclosed, and gone with the draft, or when they reach a case."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import LiteralString

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from evenroll.enrollment.papers import PaperKind
from evenroll.records.drafts import Draft
from evenroll.records.keys import current_keys
from evenroll.records.organizations import shared_transaction
from evenroll.records.papers import PapersFull, PaperToKeep

DRAFT_PAPERS_MAX = 15
_NONCE_BYTES = 12

_LOCK: LiteralString = "SELECT 1 FROM enrollment_draft WHERE number = %s FOR UPDATE"
_INSERT: LiteralString = "INSERT INTO draft_paper (id, draft, kind, size, data) VALUES (%s, %s, %s, %s, %s)"
_COUNT: LiteralString = "SELECT count(*) FROM draft_paper WHERE draft = %s"
_LIST: LiteralString = "SELECT id, kind, size, data FROM draft_paper WHERE draft = %s ORDER BY id"
_REMOVE: LiteralString = "DELETE FROM draft_paper WHERE draft = %s AND id = %s"
_FORGET: LiteralString = "DELETE FROM draft_paper WHERE draft = %s"


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftPaperRow:
    """A paper of a draft."""

    id: int
    paper: PaperToKeep = field(repr=False)


def add_draft_papers(draft: Draft, papers: Sequence[PaperToKeep]) -> None:
    """Keep papers with a draft. Raises PapersFull."""
    with shared_transaction() as pen:
        pen.execute(_LOCK, (draft.number,))
        found = pen.execute(_COUNT, (draft.number,)).fetchone()
        if (found[0] if found else 0) + len(papers) > DRAFT_PAPERS_MAX:
            raise PapersFull(f"An application has at most {DRAFT_PAPERS_MAX} papers. Send the others later.")
        for each in papers:
            number = secrets.randbits(62)
            data = _enclosed(draft.number, number, each)
            pen.execute(_INSERT, (number, draft.number, each.kind.value, len(each.content), data))


def draft_papers(draft: Draft) -> Sequence[DraftPaperRow]:
    """The papers of a draft."""
    with shared_transaction() as pen:
        rows = pen.execute(_LIST, (draft.number,)).fetchall()
    return tuple(DraftPaperRow(id=row[0], paper=_opened(draft.number, row[0], bytes(row[3]))) for row in rows)


def remove_draft_paper(draft: Draft, paper: int) -> None:
    """Take one back."""
    with shared_transaction() as pen:
        pen.execute(_REMOVE, (draft.number, paper))


def forget_draft_papers(draft: Draft) -> None:
    """They are with the case, or no longer wanted."""
    with shared_transaction() as pen:
        pen.execute(_FORGET, (draft.number,))


def _enclosed(draft: str, number: int, paper: PaperToKeep) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    content = base64.b64encode(paper.content).decode()
    kept = {"kind": paper.kind.value, "media": paper.media, "name": paper.name, "content": content}
    return nonce + AESGCM(current_keys().web_drafts()).encrypt(nonce, json.dumps(kept).encode(), _bound(draft, number))


def _opened(draft: str, number: int, data: bytes) -> PaperToKeep:
    nonce, enclosed = data[:_NONCE_BYTES], data[_NONCE_BYTES:]
    kept = json.loads(AESGCM(current_keys().web_drafts()).decrypt(nonce, enclosed, _bound(draft, number)))
    return PaperToKeep(
        kind=PaperKind(kept["kind"]), media=kept["media"], name=kept["name"], content=base64.b64decode(kept["content"])
    )


def _bound(draft: str, number: int) -> bytes:
    # A paper moved to another draft does not open there.
    return f"{draft}/paper/{number}".encode()
