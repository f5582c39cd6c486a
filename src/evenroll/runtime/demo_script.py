"""The demo's script as values, read from its file: who applies, what each person does, what must come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Final

import yaml

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.roles import Role
from evenroll.programs.program import MeterCapability
from evenroll.programs.rules import CustomerClass
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.runtime.territory_plan import PlannedPoint, plan_points

FOLDER: Final = "demo_data"
DROP_SUPPLY: Final = "drop_supply"
_TYPES: Final = {
    "capability": MeterCapability,
    "customer_class": CustomerClass,
    "supplier": OrganizationKey,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """What a person of the cast does once, when a track waits in a state.

    at: track and state, such as "meter.scheduled". days: business time after the wait began. do: a command, or
    DROP_SUPPLY. role, actor: absent for whoever is waited on.
    """

    at: str
    days: int
    do: str
    role: Role | None = None
    actor: str = ""
    values: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True, slots=True)
class Asks:
    """A question for costs. household_kwh, miles: in a year."""

    household_kwh: int
    miles: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """One application of the demo. says: what it says instead of the truth. expect: what the check compares.

    asks: what the customer said at row 1, where they asked for the costs first.
    """

    key: str
    title: str
    number: int
    says: Mapping[str, str]
    acts: tuple[Act, ...]
    expect: Mapping[str, Any]
    point: Mapping[str, Any]
    clearinghouse: Mapping[str, str]
    asks: Asks | None = None


class ScriptWrong(ValueError):
    """The demo's script names what there is not."""


@cache
def load_script() -> tuple[Scenario, ...]:
    """Every application of the script in its order. Raises ScriptWrong."""
    text = (resources.files("evenroll.runtime") / FOLDER / "script.yaml").read_text(encoding="utf-8")
    return tuple(_scenario(entry) for entry in yaml.safe_load(text))


@cache
def territory_points() -> tuple[PlannedPoint, ...]:
    """The territory with the points that the script fixes."""
    cast: dict[int, Mapping[str, Any]] = {}
    for each in load_script():
        cast.setdefault(each.number, each.point)
    return plan_points(cast=cast)


def point_of(scenario: Scenario) -> PlannedPoint:
    """The usage point that an application is about."""
    return territory_points()[scenario.number - 1]


def _scenario(entry: Mapping[str, Any]) -> Scenario:
    point = dict(entry["point"])
    number = int(point.pop("number"))
    return Scenario(
        key=str(entry["key"]),
        title=str(entry["title"]),
        number=number,
        says={key: str(value) for key, value in entry["says"].items()},
        acts=tuple(_act(each, key=str(entry["key"])) for each in entry.get("acts", ())),
        expect=dict(entry["expect"]),
        point={key: _TYPES[key](value) if key in _TYPES else value for key, value in point.items()},
        clearinghouse={key: str(value) for key, value in entry.get("clearinghouse", {}).items()},
        asks=Asks(**entry["asks"]) if "asks" in entry else None,
    )


def _act(entry: Mapping[str, Any], *, key: str) -> Act:
    do = str(entry["do"])
    if do != DROP_SUPPLY and do not in {each.value for each in CommandName}:
        raise ScriptWrong(f"The script of {key} names the command {do!r}, which there is not. Correct it.")
    return Act(
        at=str(entry["at"]),
        days=int(entry.get("days", 0)),
        do=do,
        role=Role(entry["as"]) if "as" in entry else None,
        actor=str(entry.get("actor", "")),
        values={name: str(value) for name, value in entry.get("values", {}).items()},
    )
