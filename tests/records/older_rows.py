"""Rows as another release wrote them, which knew less than this one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from evenroll.quantities.identifiers import CaseNumber
from evenroll.records.fold_tables import STATE_TABLES
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.streams import StreamKind
from tests.territory import Territory, new_territory

OLDER = "0.00000000"


@dataclass(frozen=True, kw_only=True)
class Old:
    """A territory whose rows another release wrote. number: of a case; rows: how many states."""

    territory: Territory
    number: CaseNumber
    rows: int


def old_territory() -> Old:
    """A territory with a case that enrolled and one whose form is not signed, and the rows of both grown old."""
    territory = new_territory()
    number = territory.apply(territory.premise())
    territory.apply(territory.premise(), signed_on=None)
    territory.run()
    return Old(territory=territory, number=number, rows=grow_old(territory))


def grow_old(territory: Territory) -> int:
    """Write the rows as a release did that knew less: fields and rows of today are missing; how many."""
    count = 0
    for organization in territory.organizations:
        with open_organization(organization) as opened, cursor() as pen:
            for kind, (table, key) in STATE_TABLES.items():
                # Under the lock of the stream, as every release writes: who read a row before does not write it after.
                heads = pen.execute(
                    "SELECT stream_key FROM stream_head WHERE organization_id = %s AND stream_kind = %s "
                    "ORDER BY stream_key FOR UPDATE SKIP LOCKED",
                    (opened.id, kind.value),
                ).fetchall()
                rows = pen.execute(
                    f"SELECT {key}, state FROM {table} WHERE {key} = ANY(%s) ORDER BY 1",  # pyright: ignore[reportArgumentType]
                    ([head for (head,) in heads],),
                ).fetchall()
                for number, text in rows:
                    pen.execute(f"UPDATE {table} SET state = %s WHERE {key} = %s", (_older(text), number))  # pyright: ignore[reportArgumentType]
                count += len(rows)
                if kind is StreamKind.CASE:
                    cases = [number for number, _ in rows]
                    pen.execute(
                        "DELETE FROM vehicle WHERE organization_id = %s AND case_number = ANY(%s)", (opened.id, cases)
                    )
    return count


def _older(text: str) -> str:
    state: dict[str, Any] = json.loads(text)
    return json.dumps(
        {name: value for name, value in state.items() if name not in ("vehicles", "answers")} | {"_form": OLDER}
    )
