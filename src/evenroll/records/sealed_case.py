"""The journal of one case, held against what was sealed: its chains, its place in the tree, its proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from evenroll.enrollment.roles import Role
from evenroll.quantities.identifiers import CaseNumber
from evenroll.quantities.json_text import JsonValue
from evenroll.records import queries
from evenroll.records.checkpoints import Checkpoint, NoteRefused, opened
from evenroll.records.entries import Entry
from evenroll.records.heads import given_out, own_verifier
from evenroll.records.journal import Fault, check_chain, read_stream, stream_heads
from evenroll.records.keys import current_keys
from evenroll.records.organizations import open_organization
from evenroll.records.queries import NotForViewer, Viewer
from evenroll.records.seal_proofs import ProofRefused, check, prove_case
from evenroll.records.streams import StreamId, case_stream, order_stream

PROVERS: Final = frozenset({Role.SUPERVISOR, Role.AUDITOR})


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedCase:
    """A case and its orders in the journal. sealed: how many entries stand in the tree of the checkpoint.

    checkpoint: the last that was given out, None before the first. faults: where a chain does not hold; refused: what
    the proof's check says where entries and tree do not fit, else "".
    """

    entries: Sequence[Entry]
    sealed: int
    checkpoint: Checkpoint | None
    faults: Sequence[Fault]
    refused: str

    @property
    def holds(self) -> bool:
        """Whether nothing was found to be changed."""
        return not self.faults and not self.refused


def sealed_case(viewer: Viewer, *, number: CaseNumber) -> SealedCase:
    """The journal of a case of this organization with what was found of it. Raises NotForViewer."""
    streams = _streams(viewer, number)
    with open_organization(viewer.organization):
        told = {stream: read_stream(stream) for stream in streams}
        faults = [
            fault
            for stream, entries in told.items()
            for fault in check_chain(stream, entries, head=stream_heads(stream).get(stream))
        ]
    head = _last_head()
    proof, sealed, refused = _proof_by(head, viewer, number), 0, ""
    if proof is not None:
        try:
            sealed = check(proof, verifier=own_verifier(current_keys())).entries if entries_in(proof) else 0
        except ProofRefused as error:
            refused = str(error)
    entries = [each for stream in streams for each in told[stream]]
    return SealedCase(entries=entries, sealed=sealed, checkpoint=head and head[1], faults=faults, refused=refused)


def proof_of_case(viewer: Viewer, *, number: CaseNumber) -> Mapping[str, JsonValue] | None:
    """The proof of a case by the last checkpoint; None before the first. Raises NotForViewer."""
    _streams(viewer, number)
    return _proof_by(_last_head(), viewer, number)


def _proof_by(
    head: tuple[str, Checkpoint] | None, viewer: Viewer, number: CaseNumber
) -> Mapping[str, JsonValue] | None:
    if head is None:
        return None
    note, checkpoint = head
    return prove_case(number, organizations=[viewer.organization], note=note, checkpoint=checkpoint)


def entries_in(proof: Mapping[str, JsonValue]) -> int:
    """How many entries a proof of a case has."""
    told = proof["entries"]
    return len(told) if isinstance(told, list) else 0


def _streams(viewer: Viewer, number: CaseNumber) -> Sequence[StreamId]:
    if viewer.role not in PROVERS:
        raise NotForViewer(f"Your role {viewer.role.value} may not see the journal. Ask a supervisor or the auditor.")
    queries.case(viewer, number=number)
    orders = queries.orders_of(viewer, case_number=number)
    return [case_stream(number), *(order_stream(each) for each in orders)]


def _last_head() -> tuple[str, Checkpoint] | None:
    """The last checkpoint that this installation's key signed: of those before a change of keys it can tell nothing."""
    own = own_verifier(current_keys())
    for note in given_out():
        try:
            return note, opened(note, verifier=own)
        except NoteRefused:
            continue
    return None
