"""The demo's customers who ask for the costs before they apply (row 1), and the file with what they were shown."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from evenroll.ports.clearinghouse import Clearinghouse
from evenroll.quantities.identifiers import OfferId, OrganizationKey
from evenroll.runtime.demo_applications import application_row, program_of
from evenroll.runtime.demo_script import Asks, Scenario, ScriptWrong, point_of
from evenroll.runtime.demo_shown import codes_in
from evenroll.runtime.informing import CostQuestion, Informed, ask_costs

_WH_PER_KWH: Final = 1000
_WH_PER_100_MILES: Final = 30_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What came of a question for costs: the offer of the program that it was about, and every code in the answer."""

    offer: OfferId
    codes: frozenset[str]


def show_costs(scenarios: Iterable[Scenario], *, clearinghouse: Clearinghouse, now: datetime) -> dict[str, Asked]:
    """By application, what was shown before it came. Raises ScriptWrong if its program was not."""
    return {each.key: _asked(each, clearinghouse, now) for each in scenarios if each.asks}


def costs_for(scenario: Scenario, asks: Asks, *, clearinghouse: Clearinghouse, now: datetime) -> Informed:
    """What this customer is shown who asks for the costs."""
    question = CostQuestion(
        organization=OrganizationKey(application_row(scenario)["organization"]),
        household_wh=asks.household_kwh * _WH_PER_KWH,
        miles=asks.miles,
        wh_per_100_miles=_WH_PER_100_MILES,
        pod=point_of(scenario).pod,
    )
    return ask_costs(question, clearinghouse=clearinghouse, now=now)


@contextmanager
def file_with_offers(example: Path, *, offers: Mapping[str, OfferId], keys: Collection[str]) -> Iterator[Path]:
    """A copy of these rows of the example file, each with the number of what was shown to that customer."""
    with example.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns = list(reader.fieldnames or ())
        rows = [row for row in reader if row["application"] in keys]
    with tempfile.TemporaryDirectory(prefix="evenroll-demo-") as folder:
        copy = Path(folder) / example.name
        with copy.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            for row in rows:
                writer.writerow({**row, "offer": offers.get(row["application"], row["offer"])})
        yield copy


def _asked(scenario: Scenario, clearinghouse: Clearinghouse, now: datetime) -> Asked:
    assert scenario.asks is not None
    found = costs_for(scenario, scenario.asks, clearinghouse=clearinghouse, now=now)
    offer = next((each.offer for each in found.shown if each.program.key == program_of(scenario)), None)
    if offer is None:
        raise ScriptWrong(
            f"{scenario.key} asks for the costs of {program_of(scenario)}, which it is not shown. Correct it."
        )
    return Asked(offer=offer, codes=codes_in(found))
