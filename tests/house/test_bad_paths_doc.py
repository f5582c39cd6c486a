"""docs/bad_paths.md says what the code does: every code and every test exists, no row and no theme is left out."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import pytest

from evenroll.enrollment.case import EndReason
from evenroll.enrollment.dates import DateReason, DateRefusalCode
from evenroll.enrollment.decided import RefusalCode
from evenroll.enrollment.eligibility import EvidenceCode, PlaceFact
from evenroll.enrollment.facts import ProviderAnswerKind
from evenroll.enrollment.form import Language, MissingItem
from evenroll.enrollment.ledger import MissReason, ReverseReason
from evenroll.enrollment.messages import CancelReason, CancelResult, RequestRefusal
from evenroll.enrollment.money_events import UsageMissing
from evenroll.enrollment.moving_events import UnfitReason
from evenroll.enrollment.offers import HiddenReason
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.service_order import HeldReason, VisitObstacle
from evenroll.enrollment.supply import PevGone, SupplyCancelResult
from evenroll.enrollment.tracks import State
from evenroll.intake.application import FaultCode
from evenroll.programs.bill import BillKind
from evenroll.programs.program import Coverage, MeterNeedKind
from evenroll.programs.program_terms import MissingPrice
from evenroll.programs.reject_codes import RejectCode
from evenroll.programs.rules import CureCode, Outcome, RuleKind
from evenroll.records.load_terms import LoadFaultCode
from evenroll.runtime.demo_script import load_events, load_script

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "bad_paths.md"
OPERATION = "\n## What an operator meets\n"
WEB = "\n## What people meet on the web\n"
LINES_MIN = 90
COLUMNS = 6
NOT_SHOWN_MAX = 44

ENUMS: dict[str, type[StrEnum]] = {
    each.__name__: each
    for each in (
        BillKind,
        CancelReason,
        CancelResult,
        Coverage,
        CureCode,
        DateReason,
        DateRefusalCode,
        EndReason,
        EvidenceCode,
        FaultCode,
        HeldReason,
        HiddenReason,
        Language,
        LoadFaultCode,
        MeterNeedKind,
        MissReason,
        MissingItem,
        MissingPrice,
        Outcome,
        PevGone,
        PlaceFact,
        ProviderAnswerKind,
        RefusalCode,
        RejectCode,
        RequestRefusal,
        ReverseReason,
        Role,
        RuleKind,
        State,
        SupplyCancelResult,
        UnfitReason,
        UsageMissing,
        VisitObstacle,
    )
}

THEMES = {
    Row.R1: {"offer", "price", "territory"},
    Row.R2: {"duplicate", "expired draft"},
    Row.R2A: {"outage", "not found", "several points", "pending", "territory, blocked", "supplier changes"},
    Row.R2B: {"hidden", "offer closed", "offer expired", "wrong door"},
    Row.R3: {"unsigned", "version", "signer", "language", "expired draft", "paper", "incomplete", "consent"},
    Row.R4A: {"mismatch", "enumeration", "vehicle", "landlord"},
    Row.R5: {
        "rules",
        "arrears",
        "low income",
        "life support",
        "net metering",
        "commercial",
        "shared garage",
        "several meters",
        "stacking",
        "lock-out",
        "waiting list",
        "launch",
        "rescission",
        "appeal",
    },
    Row.R5A: {"refused"},
    Row.R5B: {"dates", "remote change", "second meter", "withdrawn", "opted out", "rescission"},
    Row.R5C: {"missed", "unexecutable", "permit", "serial", "read", "back office", "cancelled"},
    Row.R5D: {"late", "dates", "reads", "bill", "reversed", "estimate", "supply lost", "several meters"},
    Row.R6: {"equipment"},
    Row.R7: {"permit", "inspection"},
    Row.R8: {"device"},
    Row.R9: {"conflict"},
    Row.R10: {"events", "incentive", "protection"},
    Row.ACTION: {
        "leaving",
        "program closed",
        "device lost",
        "strikes",
        "correction",
        "move",
        "vehicle",
        "program change",
        "supplier drop",
        "supplier exit",
        "default service",
        "first in",
        "reject code",
        "slamming",
        "messages",
        "data",
    },
}
"""What can go wrong in each row, by the trade; the page must have a line of each."""

SHARED: frozenset[str] = frozenset()
"""Tests that stand for several outcomes because they are one story. Name the reason beside each."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One bad path."""

    row: str
    theme: str
    path: str
    enum: str
    code: str
    file: str
    test: str
    demo: str

    @property
    def outcome(self) -> str:
        return f"{self.enum}.{self.code}"


def _rows() -> list[str]:
    """The page up to what an operator meets, which test_bad_paths_of_operation.py reads."""
    return PAGE.read_text(encoding="utf-8").partition(OPERATION)[0].splitlines()


@cache
def lines() -> tuple[Line, ...]:
    found: list[Line] = []
    for text in _rows():
        if not text.startswith("| ") or text.startswith(("| Row", "|---")):
            continue
        cells = [cell.strip() for cell in text.strip("|").split("|")]
        assert len(cells) == COLUMNS, f"a line has {COLUMNS} cells, the last one the scene of the demo: {text}"
        row, theme, path, code, test, demo = cells
        enum, _, value = code.strip("`").partition(".")
        file, _, name = test.strip("`").partition("::")
        found.append(Line(row=row, theme=theme, path=path, enum=enum, code=value, file=file, test=name, demo=demo))
    return tuple(found)


@cache
def functions_of(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef))


def test_there_are_as_many_as_the_trade_knows() -> None:
    assert len(lines()) >= LINES_MIN
    told = [(each.row, each.path) for each in lines()]
    assert len(told) == len(set(told)), "a bad path stands twice"


@pytest.mark.parametrize("line", lines(), ids=lambda line: f"{line.row}-{line.enum}.{line.code}-{line.test}"[:90])
def test_each_code_and_each_test_exists(line: Line) -> None:
    assert line.enum in ENUMS, f"{line.enum} is no enum of codes of the core"
    assert line.code in {each.value for each in ENUMS[line.enum]}, f"{line.code} is no member of {line.enum}"
    assert re.fullmatch(r"tests/[\w/]+\.py", line.file) and (ROOT / line.file).is_file(), line.file
    assert line.test in functions_of(line.file), f"{line.file} has no {line.test}"


BY_OTHER_WORDS = {
    "test_where_nobody_serves_nothing_is_shown_and_nothing_is_kept": "what is shown is empty, and nothing is kept",
    "test_two_strangers_at_one_address_are_told_the_same": "both are told the same, which is what counts",
    "test_of_many_applications_on_one_unit_exactly_one_lives": "counted by the answers of many threads",
    "test_a_device_is_enrolled_once_in_its_life": "by the outcome of the rule",
    "test_a_message_that_contradicts_what_stands_is_parked_at_once": "parked as contradictory",
}
"""Tests that assert their outcome without the name of the code."""


@pytest.mark.parametrize("line", lines(), ids=lambda line: f"{line.row}-{line.test}"[:90])
def test_the_file_of_the_test_names_the_code(line: Line) -> None:
    text = (ROOT / line.file).read_text(encoding="utf-8")
    member = ENUMS[line.enum](line.code).name
    named = re.search(rf"\b{member}\b", text) or f'"{line.code}"' in text
    assert bool(named) != (line.test in BY_OTHER_WORDS), f"{line.test} does not speak of {line.code}"


def test_every_row_and_every_theme_is_here() -> None:
    told: defaultdict[str, set[str]] = defaultdict(set)
    for each in lines():
        told[each.row].add(each.theme)
    assert set(told) == {row.value for row in Row}
    missing = {row.value: themes - told[row.value] for row, themes in THEMES.items() if themes - told[row.value]}
    assert missing == {}


def test_one_test_stands_for_one_outcome() -> None:
    told: defaultdict[str, set[str]] = defaultdict(set)
    for each in lines():
        told[f"{each.file}::{each.test}"].add(f"{each.enum}.{each.code}")
    several = {test for test, outcomes in told.items() if len(outcomes) > 1}
    assert several == SHARED


def shown_by(key: str) -> set[str]:
    """The codes that the demo compares at this scene, or at the event that this key calls."""
    events = {each.key: each for each in load_events()}
    if key in events:
        return {f"RefusalCode.{events[key].refused}"}
    [scene] = [each for each in load_script() if each.key == key]
    return set(scene.expect.get("shows", ()))


@pytest.mark.parametrize("line", lines(), ids=lambda line: f"{line.row}-{line.path}"[:90])
def test_each_bad_path_is_walked_in_the_demo_or_says_why_not(line: Line) -> None:
    shown, no, why = line.demo.partition("no: ")
    if no:
        assert not shown and len(why.split()) >= 3, "say in some words why the demo cannot walk it"
        return
    for key in line.demo.split(", "):
        assert line.outcome in shown_by(key), f"{key} of the demo does not compare {line.outcome}: {line.path}"


def test_most_bad_paths_are_walked_in_the_demo() -> None:
    assert sum(each.demo.startswith("no: ") for each in lines()) <= NOT_SHOWN_MAX


def test_every_code_that_the_demo_compares_exists() -> None:
    for scene in load_script():
        for told in scene.expect.get("shows", ()):
            enum, _, value = told.partition(".")
            assert value in {each.value for each in ENUMS[enum]}, f"{scene.key}: {told}"
