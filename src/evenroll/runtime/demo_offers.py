"""The demo's customers who ask for the costs before they apply (row 1), and the file with what they were shown."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from evenroll.ports.clearinghouse import Clearinghouse
from evenroll.quantities.identifiers import OfferId, OrganizationKey
from evenroll.runtime.demo_applications import application_row, program_of
from evenroll.runtime.demo_script import Scenario, ScriptWrong, point_of
from evenroll.runtime.informing import CostQuestion, ask_costs

_WH_PER_KWH: Final = 1000
_WH_PER_100_MILES: Final = 30_000


def show_costs(scenarios: Iterable[Scenario], *, clearinghouse: Clearinghouse, now: datetime) -> dict[str, OfferId]:
    """By application, the offer of the program that it will be for. Raises ScriptWrong if that was not shown."""
    return {each.key: _offer(each, clearinghouse, now) for each in scenarios if each.asks}


@contextmanager
def file_with_offers(example: Path, *, offers: Mapping[str, OfferId]) -> Iterator[Path]:
    """A copy of the example file, each row with the number of what was shown to that customer."""
    with example.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns, rows = list(reader.fieldnames or ()), list(reader)
    with tempfile.TemporaryDirectory(prefix="evenroll-demo-") as folder:
        copy = Path(folder) / example.name
        with copy.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            for row in rows:
                writer.writerow({**row, "offer": offers.get(row["application"], row["offer"])})
        yield copy


def _offer(scenario: Scenario, clearinghouse: Clearinghouse, now: datetime) -> OfferId:
    assert scenario.asks is not None
    question = CostQuestion(
        organization=OrganizationKey(application_row(scenario)["organization"]),
        household_wh=scenario.asks.household_kwh * _WH_PER_KWH,
        miles=scenario.asks.miles,
        wh_per_100_miles=_WH_PER_100_MILES,
        pod=point_of(scenario).pod,
    )
    found = ask_costs(question, clearinghouse=clearinghouse, now=now)
    offer = next((each.offer for each in found.shown if each.program.key == program_of(scenario)), None)
    if offer is None:
        raise ScriptWrong(
            f"{scenario.key} asks for the costs of {program_of(scenario)}, which it is not shown. Correct it."
        )
    return offer
