"""The data clerk of the demo: one row of an organization's own data, loaded as a file through the door for files."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from evenroll.intake.load_source import source_of
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.load_terms import LoadFault, LoadKind
from evenroll.runtime.demo_script import Scenario, point_of
from evenroll.runtime.territory_plan import ACCOUNTS_OPENED_ON, TERRITORY, PlannedPoint

OWN: Final = "own"
"""In the script: what the books have there already."""

_OWN: Final[Mapping[str, Callable[[PlannedPoint], str]]] = {
    "account": lambda point: point.account_number,
    "name": lambda point: point.name,
    "usage_point": lambda point: point.pod,
    "customer_class": lambda point: point.customer_class.value,
    "opened_on": lambda _point: ACCOUNTS_OPENED_ON.isoformat(),
    "read_cycle": lambda point: str(point.cycle_day),
}


def load_books(scenario: Scenario, values: Mapping[str, str], *, now: datetime) -> tuple[LoadFault, ...]:
    """Load one row: what was wrong with it, nothing where it is in the books now.

    values: books, the kind of the file; organization (else the utility); and the columns of the row.
    """
    from evenroll.intake.load_file import load_file
    from evenroll.intake.load_hand import LoadAsked

    point = point_of(scenario)
    kind, organization = LoadKind(values["books"]), values.get("organization", point.territory.utility)
    row = {key: text for key, text in values.items() if key not in ("books", "organization")}
    told = {key: _OWN[key](point) if text == OWN else text for key, text in row.items()}
    if organization == point.supplier and row.get("account") == OWN:
        told["account"] = point.supplier_account or point.account_number
    faults: list[LoadFault] = []
    with tempfile.TemporaryDirectory(prefix="evenroll-demo-") as folder:
        file = Path(folder) / f"{kind.value}.csv"
        with file.open("w", encoding="utf-8", newline="") as text:
            writer = csv.DictWriter(text, list(told))
            writer.writeheader()
            writer.writerow(told)
        asked = LoadAsked(
            organization=OrganizationKey(organization),
            kind=kind,
            source=source_of(file),
            as_of_on=calendar(TERRITORY).business_date(now),
            now=now,
        )
        load_file(asked, tell=faults.append)
    return tuple(faults)
