"""`make golden`: keeps what this release writes, as a further golden journal; none is ever written over.

With the word `rows`, what the journals come to is noted anew: after a fold was changed on purpose, and to be read
before it is committed.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from evenroll import __version__
from evenroll.enrollment.event import event_kind
from evenroll.quantities.codec import encode
from evenroll.records.folds import form_of
from evenroll.records.streams import StreamKind
from tests.golden.journal import FOLDER, JOURNAL, ROWS, GoldenStream, folded, read_journal, releases, rows_of_stream
from tests.golden.streams import Trait, chosen_streams, every_kind


def kept_traits() -> frozenset[Trait]:
    """Every event and field that the golden journals hold already."""
    return frozenset(
        trait
        for name in releases()
        for stream in read_journal(name)
        for entry in stream.entries
        for trait in ((entry.event, ""), *((entry.event, field) for field in entry.data))
    )


def missing_kinds() -> frozenset[str]:
    """The events of this release that no golden journal holds."""
    return every_kind() - {kind for kind, field in kept_traits() if not field}


def next_name() -> str:
    """The name of a further journal of this release."""
    taken = [name for name in releases() if name.rpartition("-")[0] == __version__]
    return f"{__version__}-{len(taken) + 1}"


def write_journal(name: str, told: Any) -> None:
    """Keep streams under a name. Raises FileExistsError where it is taken: what a release wrote stays as it was."""
    lines = (
        {
            "stream": number,
            "kind": kind.value,
            "event": event_kind(event),
            "version": type(event).version,
            "data": encode(event),
        }
        for number, (kind, events) in enumerate(told, start=1)
        for event in events
    )
    with open(FOLDER / f"{name}{JOURNAL}", "xb") as file:
        file.write(_packed(lines))


def write_rows(name: str) -> None:
    """Note what the streams of a journal come to."""
    (FOLDER / f"{name}{ROWS}").write_bytes(_packed(map(_line, read_journal(name))))


def _packed(lines: Iterable[dict[str, Any]]) -> bytes:
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    # Without an instant in it: what is the same gives the same file.
    return gzip.compress(text.encode(), mtime=0)


def _line(stream: GoldenStream) -> dict[str, Any]:
    with copies_open():
        rows = rows_of_stream(stream)
    state = encode(folded(stream.kind, stream.events()))
    return {"stream": stream.number, "form": form_of(StreamKind(stream.kind)), "state": state, "rows": rows}


@contextmanager
def copies_open() -> Iterator[None]:
    """The first organization of this database, opened by the owner on a connection that has copies of the tables."""
    from evenroll.records.fold_tables import FOLD_TABLES, OWNER, copy_for_a_batch, owner_pen
    from evenroll.records.organizations import open_organization, organization_keys

    there = owner_pen().execute("SELECT to_regclass('pg_temp.case_record')").fetchone()
    if there is None or there[0] is None:
        for table in FOLD_TABLES:
            copy_for_a_batch(owner_pen(), table)
    with open_organization(organization_keys()[0], alias=OWNER):
        yield


def main(words: list[str]) -> int:
    """Exit code 1 where nothing is to be kept."""
    from tests.measure.own_database import own_database

    with own_database():
        from tests.territory import new_territory

        new_territory()
        if words == ["rows"]:
            for name in releases():
                write_rows(name)
            print("What every golden journal comes to is noted anew. Read the difference before you commit it.")
            return 0
        told = chosen_streams(but=kept_traits())
        if not told:
            print(f"Nothing new: {', '.join(releases())} hold every event and every field of one.")
            return 1
        name = next_name()
        write_journal(name, told)
        write_rows(name)
    print(f"{len(told)} streams are kept in tests/golden/{name}{JOURNAL}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
