"""The proof of a case shows its entries from the first on: one that leaves some out, or tells one twice, fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evenroll.records import sealing
from evenroll.records.checkpoints import opened
from evenroll.records.heads import give_out, own_verifier
from evenroll.records.keys import current_keys
from evenroll.records.seal_proofs import ProofRefused, check, prove_case
from evenroll.runtime.database import DatabaseUrls
from tests.runtime.line import line
from tests.territory import new_territory


@pytest.fixture(scope="module")
def proof(django_ready: object) -> dict[str, Any]:
    territory = new_territory()
    number = territory.apply(territory.premise())
    territory.run()
    sealing.seal_all()
    note = give_out(current_keys())
    head = opened(note, verifier=own_verifier(current_keys()))
    return prove_case(number, organizations=(territory.utility,), note=note, checkpoint=head)


def test_a_whole_proof_names_the_streams_that_it_shows(proof: dict[str, Any]) -> None:
    held = check(proof, verifier=own_verifier(current_keys()))
    assert held.entries == len(proof["entries"]) > 5
    first = proof["entries"][0]["entry"]
    assert held.streams[0] == f"case {first['stream_key']} ({first['organization']})"


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda entries: entries[:2] + entries[3:], "were left out"),
        (lambda entries: entries[1:], "were left out"),
        (lambda entries: entries + entries, "told twice"),
        (lambda entries: [entries[1], entries[0], *entries[2:]], "another order"),
        (lambda entries: [], "has no entry"),
    ],
    ids=["one in the middle", "the first", "twice", "another order", "all"],
)
def test_a_proof_that_leaves_entries_out_does_not_hold(
    proof: dict[str, Any], harm: Callable[[list[Any]], list[Any]], told: str
) -> None:
    with pytest.raises(ProofRefused, match=told):
        check({**proof, "entries": harm(proof["entries"])}, verifier=own_verifier(current_keys()))


def test_files_that_cannot_be_written_or_read_are_told(
    django_ready: DatabaseUrls, embedded_home: Path, tmp_path: Path
) -> None:
    deep = tmp_path / "deep.json"
    deep.write_text("[" * 100_000)
    for arguments, told in (
        (("checkpoint", "--out", "no/head.txt"), "no/head.txt cannot be written"),
        (("checkpoint", "--out", "."), "cannot be written"),
        (("check", str(deep), "--key", "x"), "is no JSON"),
    ):
        said = line(django_ready, embedded_home, "journal", *arguments, folder=tmp_path)
        assert (said.code, told in said.err) == (2, True), said.err
