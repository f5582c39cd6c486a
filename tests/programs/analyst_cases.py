"""Reads the analysts' cases: facts and expected findings in YAML, every slip of the pen refused by file and case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml

from evenroll.enrollment.eligibility import EligibilityFacts, Verdict
from evenroll.programs.rules import CureCode, Outcome
from evenroll.quantities.codec import decode

Code = TypeVar("Code", bound=StrEnum)
FOLDER: Final = Path(__file__).parent / "cases"
_SHEET_KEYS: Final = {"program", "signed", "usual", "cases"}
_CASE_KEYS: Final = {"name", "but", "verdict", "findings"}
_TYPES: Final = {field.name: str(field.type) for field in fields(EligibilityFacts)}
_WITH_CURE: Final = frozenset({Outcome.CURABLE, Outcome.DUE_LATER})


class CaseWrong(ValueError):
    """A case that cannot be meant as it is written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """What a rule must find; cure: absent for outcomes that have none."""

    outcome: Outcome
    cure: CureCode | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AnalystCase:
    """One case: facts, and what every rule that is not met must find."""

    file: str
    program: str
    name: str
    facts: EligibilityFacts
    verdict: Verdict
    findings: Mapping[str, Expected]

    @property
    def id(self) -> str:
        """How a test names it."""
        return f"{self.program}: {self.name}"


def read_cases(folder: Path = FOLDER) -> tuple[AnalystCase, ...]:
    """All cases of a folder, by file and place. Raises CaseWrong."""
    return tuple(
        case for path in sorted(folder.glob("*.yaml")) for case in read_sheet(path.read_text(), file=path.name)
    )


def read_sheet(text: str, *, file: str) -> tuple[AnalystCase, ...]:
    """The cases of one file. Raises CaseWrong."""
    sheet = yaml.safe_load(text)
    _known(sheet, _SHEET_KEYS, where=file)
    _check_signed(sheet["signed"], where=file)
    return tuple(_case(sheet, case, file=file) for case in sheet["cases"])


def _check_signed(signed: Any, *, where: str) -> None:
    """A sheet is signed by a role on a day, or says that it is not."""
    if signed == "none":
        return
    if not isinstance(signed, dict) or set(signed) != {"role", "day"} or not isinstance(signed["day"], date):
        raise CaseWrong(f"{where}: signed is none, or has role and day.")


def _case(sheet: dict[str, Any], case: dict[str, Any], *, file: str) -> AnalystCase:
    where = f"{file}, {case.get('name', 'a case without a name')}"
    _known(case, _CASE_KEYS, where=where)
    stated = sheet["usual"] | case.get("but", {})
    return AnalystCase(
        file=file,
        program=sheet["program"],
        name=case["name"],
        facts=_facts(stated, where=where),
        verdict=_code(case.get("verdict"), Verdict, where=where),
        findings={rule: _expected(found, where=where) for rule, found in case.get("findings", {}).items()},
    )


def _known(said: Any, keys: set[str], *, where: str) -> None:
    if not isinstance(said, dict) or set(said) - keys:
        raise CaseWrong(f"{where}: known are {', '.join(sorted(keys))}, and nothing else.")


def _facts(stated: dict[str, Any], *, where: str) -> EligibilityFacts:
    unknown = sorted(set(stated) - set(_TYPES))
    if unknown:
        raise CaseWrong(f"{where}: no fact is called {', '.join(unknown)}; known are {', '.join(sorted(_TYPES))}.")
    return decode(
        EligibilityFacts, {name: _written(name, value) for name, value in stated.items() if value != "unknown"}
    )


def _written(name: str, value: Any) -> Any:
    """A fact as an analyst writes it, in the form that the codec reads."""
    kind = _TYPES[name]
    if kind == "Told":
        return {"known": True, "codes": sorted(value)} if value else {"known": True}
    if kind == "Count":
        return {"known": True, "number": value} if value else {"known": True}
    if kind == "Lockout":
        return {key: str(part) for key, part in value.items()}
    if isinstance(value, bool):
        return "yes" if value else "no"
    return sorted(value) if isinstance(value, list) else str(value)


def _expected(found: Any, *, where: str) -> Expected:
    outcome, cure = (found, None) if isinstance(found, str) else found
    wanted = _code(outcome, Outcome, where=where)
    if (wanted in _WITH_CURE) != (cure is not None):
        raise CaseWrong(f"{where}: curable and due_later stand with their cure, [curable, cure]; others without one.")
    return Expected(outcome=wanted, cure=None if cure is None else _code(cure, CureCode, where=where))


def _code(said: Any, type_: type[Code], *, where: str) -> Code:
    found = next((member for member in type_ if member.value == said), None)
    if found is None:
        raise CaseWrong(f"{where}: {said!r} is none of {', '.join(member.value for member in type_)}.")
    return found
