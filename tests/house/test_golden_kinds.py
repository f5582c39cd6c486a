"""Every kind of event stands in a golden journal, so that no later release can fail to read it unseen."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from evenroll.records.folds import FOLDS

FOLDER = Path(__file__).parents[1] / "golden"


def test_every_event_stands_in_a_golden_journal() -> None:
    kept = {
        (line["kind"], line["event"])
        for path in FOLDER.glob("*.journal.jsonl.gz")
        for line in map(json.loads, gzip.decompress(path.read_bytes()).splitlines())
    }
    missing = sorted(
        f"{kind.value} {event}"
        for kind, fold in FOLDS.items()
        for event in fold.events
        if (kind.value, event) not in kept
    )
    assert missing == [], "`make golden` keeps a further journal with what is missing; tests/golden/streams.py finds it"
