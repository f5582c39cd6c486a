"""The expected outcomes of the demo as a page for readers: `docs/demo_expected.md`, made from the script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from evenroll.runtime.demo_applications import application_row
from evenroll.runtime.demo_script import Act, Scenario

_HEAD = """# What the demo must come to

`evenroll demo` enrolls the example file `src/evenroll/runtime/demo_data/applications.csv` in three territories and
compares what came of each application with this table. Both are made from `demo_data/script.yaml` beside it; a test
holds the three together. Everybody in it is invented, also the customers of Con Edison and ComEd, whose programs are
those of the catalog.

The business clock begins on 2026-03-02 and runs for more than a year. The cast books visits, exchanges meters, closes
the paperwork, installs equipment, adds devices, says what was charged and sets the cars by itself; the column "acts"
says only what differs from that. An everyday application that comes at many usage points stands here once, with how
often. Events are called as `demo_data/events.yaml` says. What a scene "shows" are the codes that its journal, or what
the rules told the cast, must hold: docs/bad_paths.md names the scene of each bad path by them.

| Application | What it shows | Channel | Acts | Expected |
|---|---|---|---|---|
"""


def expected_page(scenarios: Iterable[Scenario]) -> str:
    """The whole page, in Markdown."""
    whole = tuple(scenarios)
    times = Counter(each.family for each in whole)
    told = [each for each in whole if not each.family or each.key.endswith("-001")]
    return _HEAD + "".join(f"{_line(each, times=times[each.family])}\n" for each in told)


def _line(scenario: Scenario, *, times: int) -> str:
    row = application_row(scenario)
    comes = (f"comes on {scenario.comes_on}",) if scenario.comes_on else ()
    told = (*comes, *(("asks for the costs first",) if scenario.asks else ()))
    acts = "; ".join((*told, *(_act(each) for each in scenario.acts))) or "-"
    key = f"{scenario.family}-001 to -{times:03d}" if scenario.family else scenario.key
    title = f"{scenario.title} ({times} times)" if scenario.family else scenario.title
    cells = (key, title, row["channel"], acts, _expected(scenario.expect))
    return f"| {' | '.join(cells)} |"


def _act(act: Act) -> str:
    who = f" as {act.role.value}" if act.role else ""
    refused = f", refused: {act.refused}" if act.refused else ""
    mistake = f" with a mistake ({act.mistake})" if act.mistake else ""
    return f"{act.do}{mistake}{who} at {act.at}{refused}"


def _expected(expect: Mapping[str, Any]) -> str:
    return "; ".join(f"{key} {_value(value)}" for key, value in expect.items())


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return str(value) or "none"
