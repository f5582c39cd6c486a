"""The expected outcomes of the demo as a page for readers: `docs/demo_expected.md`, made from the script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from evenroll.runtime.demo_applications import application_row
from evenroll.runtime.demo_script import Act, Scenario

_HEAD = """# What the demo must come to

`evenroll demo` enrolls the example file `src/evenroll/runtime/demo_data/applications.csv` in an invented territory and
compares what came of each application with this table. Both are made from `demo_data/script.yaml` beside it; a test
holds the three together. Everybody in it is invented.

The business clock begins on 2026-03-02. The cast books visits, exchanges meters, closes the paperwork and sets the cars
by itself; the column "acts" says only what differs from that.

| Application | What it shows | Channel | Acts | Expected |
|---|---|---|---|---|
"""


def expected_page(scenarios: Iterable[Scenario]) -> str:
    """The whole page, in Markdown."""
    return _HEAD + "".join(f"{_line(each)}\n" for each in scenarios)


def _line(scenario: Scenario) -> str:
    row = application_row(scenario)
    told = ("asks for the costs first",) if scenario.asks else ()
    acts = "; ".join((*told, *(_act(each) for each in scenario.acts))) or "-"
    cells = (scenario.key, scenario.title, row["channel"], acts, _expected(scenario.expect))
    return f"| {' | '.join(cells)} |"


def _act(act: Act) -> str:
    who = f" as {act.role.value}" if act.role else ""
    return f"{act.do}{who} at {act.at}"


def _expected(expect: Mapping[str, Any]) -> str:
    return "; ".join(f"{key} {_value(value)}" for key, value in expect.items())


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return str(value) or "none"
