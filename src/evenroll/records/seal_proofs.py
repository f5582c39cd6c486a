"""Proofs to take away: that entries stand in the log of a checkpoint, and that a log begins with an older one.

A proof is JSON and needs no database to be checked, only the log's public key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg import Cursor

from evenroll.quantities.identifiers import CaseNumber, OrderNumber, OrganizationKey
from evenroll.quantities.json_text import CodecRefused, JsonValue, canonical
from evenroll.records.checkpoints import Checkpoint, NoteRefused, opened
from evenroll.records.entries import Entry, hashed_parts
from evenroll.records.erasing import subjects_of
from evenroll.records.journal import read_stream
from evenroll.records.merkle import consistency_proof, inclusion_proof, is_consistent, is_included, leaf_hash
from evenroll.records.organizations import current, cursor, open_organization
from evenroll.records.seal_tiles import node_reader
from evenroll.records.streams import StreamId, case_stream, erasure_stream, order_stream

ENTRIES_KIND: Final = "evenroll-entries-proof-1"
GROWTH_KIND: Final = "evenroll-growth-proof-1"


class ProofRefused(ValueError):
    """A proof does not hold, or is none; the sentence says where."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What a proof that holds shows. entries: how many; checkpoint: under which; older: what it was before, if told.

    streams: whose entries these are, each from its first on without a gap, as `case EV-... (organization)`.
    """

    checkpoint: Checkpoint
    entries: int
    streams: tuple[str, ...] = ()
    older: Checkpoint | None = None


def prove_case(
    number: CaseNumber, *, organizations: Iterable[OrganizationKey], note: str, checkpoint: Checkpoint
) -> dict[str, JsonValue]:
    """The proof of all entries of a case, its service orders and its erasure, in the books of these organizations."""
    proved: list[JsonValue] = []
    for organization in organizations:
        with open_organization(organization) as opened_now, cursor() as pen:
            orders = pen.execute(
                "SELECT number FROM service_order WHERE organization_id = %s AND case_number = %s ORDER BY number",
                (opened_now.id, number),
            ).fetchall()
            streams = [case_stream(number), *(order_stream(OrderNumber(row[0])) for row in orders)]
            streams += [erasure_stream(each.number) for each in subjects_of(number)]
            entries = [entry for stream in streams for entry in read_stream(stream)]
            proved += _proved(entries, size=checkpoint.size)
    return {"kind": ENTRIES_KIND, "checkpoint": note, "entries": proved}


def prove_growth(pen: Cursor[Any], *, older_note: str, older: Checkpoint, note: str, size: int) -> dict[str, JsonValue]:
    """The proof that the log of `size` entries begins with that of the older checkpoint, as JSON."""
    path = consistency_proof(older.size, size=size, node=node_reader(pen))
    return {"kind": GROWTH_KIND, "older": older_note, "checkpoint": note, "path": [each.hex() for each in path]}


def check(proof: Mapping[str, Any], *, verifier: str) -> Held:
    """What a proof shows, checked with the log's public key alone. Raises ProofRefused and NoteRefused."""
    try:
        match proof.get("kind"):
            case str(kind) if kind == ENTRIES_KIND:
                return _check_entries(proof, verifier)
            case str(kind) if kind == GROWTH_KIND:
                return _check_growth(proof, verifier)
            case _:
                raise ProofRefused(
                    "The file is no proof of the journal. Give one that `evenroll journal prove` or "
                    "`evenroll journal grown` wrote."
                )
    except (KeyError, TypeError, ValueError, AttributeError, CodecRefused) as error:
        if isinstance(error, ProofRefused | NoteRefused):
            raise
        raise ProofRefused("The proof is not whole: a part is missing or not written as it should be.") from None


def _check_entries(proof: Mapping[str, Any], verifier: str) -> Held:
    checkpoint = opened(proof["checkpoint"], verifier=verifier)
    for each in proof["entries"]:
        leaf = leaf_hash(_digest(each["entry"]))
        path = [bytes.fromhex(text) for text in each["path"]]
        holds = is_included(leaf, position=each["position"], size=checkpoint.size, proof=path, root=checkpoint.root)
        if not holds:
            told = each["entry"]
            raise ProofRefused(
                f"Entry {told['number']} of {told['stream_kind']} {told['stream_key']} does not stand in the log as "
                "the proof shows it: entry or proof was changed. Ask for the proof anew and compare the two."
            )
    streams = _whole_streams([each["entry"] for each in proof["entries"]])
    return Held(checkpoint=checkpoint, entries=len(proof["entries"]), streams=streams)


def _whole_streams(told: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The streams that these entries are of. Raises ProofRefused where one is left out before another, or all are."""
    last = dict[str, tuple[int, str]]()
    for each in told:
        stream = f"{each['stream_kind']} {each['stream_key']} ({each['organization']})"
        number, head = last.get(stream, (0, ""))
        if (each["number"], each["previous"]) != (number + 1, head):
            raise ProofRefused(
                f"Entry {each['number']} of {stream} follows entry {number} in the proof: entries were left out, told "
                "twice or put in another order. Ask for the proof anew."
            )
        last[stream] = (number + 1, _digest(each).hex())
    if not last:
        raise ProofRefused("The proof has no entry, so it shows nothing. Ask for it anew.")
    return tuple(last)


def _check_growth(proof: Mapping[str, Any], verifier: str) -> Held:
    older = opened(proof["older"], verifier=verifier)
    checkpoint = opened(proof["checkpoint"], verifier=verifier)
    path = [bytes.fromhex(text) for text in proof["path"]]
    if not is_consistent(older.size, older.root, size=checkpoint.size, root=checkpoint.root, proof=path):
        raise ProofRefused(
            f"The log of {checkpoint.size} entries does not begin with that of {older.size}: something beneath the "
            "older checkpoint was changed. Keep both files and run `evenroll journal verify --against` with them."
        )
    return Held(checkpoint=checkpoint, entries=0, older=older)


def _proved(entries: Sequence[Entry], *, size: int) -> list[JsonValue]:
    """Each entry with its place and path; those sealed later, or not yet, are left out."""
    places = _places(entries)
    with cursor() as pen:
        node = node_reader(pen)
        return [
            {
                "entry": dict(hashed_parts(entry)),
                "position": at,
                "path": [each.hex() for each in inclusion_proof(at, size=size, node=node)],
            }
            for entry in entries
            if (at := places.get((entry.stream, entry.number), size)) < size
        ]


def _digest(told: Mapping[str, JsonValue]) -> bytes:
    return hashlib.sha256(canonical(dict(told)).encode()).digest()


def _places(entries: Sequence[Entry]) -> dict[tuple[StreamId, int], int]:
    opened_now, places = current(), dict[tuple[StreamId, int], int]()
    with cursor() as pen:
        for stream in {entry.stream for entry in entries}:
            rows = pen.execute(
                "SELECT number, position FROM journal_entry JOIN seal_leaf ON seal_leaf.entry_id = journal_entry.id "
                "WHERE journal_entry.organization_id = %s AND stream_kind = %s AND stream_key = %s",
                (opened_now.id, stream.kind.value, stream.key),
            ).fetchall()
            places.update({(stream, number): position for number, position in rows})
    return places
