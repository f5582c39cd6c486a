"""The demo's script as values, read from its file: who applies, what each person does, what must come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Final

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.roles import Role
from evenroll.programs.program import MeterCapability
from evenroll.programs.rules import CustomerClass
from evenroll.programs.yaml_nodes import values_of
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.runtime.territory_plan import LAKELAND, TERRITORIES, PlannedPoint, Territory, plan_points

FOLDER: Final = "demo_data"
DROP_SUPPLY: Final = "drop_supply"
ASK_COSTS: Final = "ask_costs"
LOAD_BOOKS: Final = "load_books"
OUTSIDE_ACTS: Final = frozenset(
    {DROP_SUPPLY, "block_supply", "reject_supply", "exit_supplier", "move_in", ASK_COSTS, LOAD_BOOKS}
)
"""What is done by the registry's operator or the desk to a usage point, a request or a supplier, and to no case; and a
question for costs, which belongs to none."""
_TERRITORIES: Final = {each.name: each for each in TERRITORIES}
_TYPES: Final = {
    "capability": MeterCapability,
    "customer_class": CustomerClass,
    "supplier": OrganizationKey,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """What a person of the cast does once, when a track waits in a state.

    at: track and state, such as "meter.scheduled". days: business time after the wait began. day: not before that day.
    do: a command, or one of OUTSIDE_ACTS. role, actor: absent for whoever is waited on. refused: the code with which
    the rules must refuse it. mistake: what is wrong with the work at the meter, a key of demo_mistakes.MISTAKES.
    """

    at: str
    days: int
    do: str
    role: Role | None = None
    actor: str = ""
    day: date | None = None
    refused: str = ""
    mistake: str = ""
    values: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True, slots=True)
class Asks:
    """A question for costs. household_kwh, miles: in a year."""

    household_kwh: int
    miles: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """One application of the demo. says: what it says instead of the truth. expect: what the check compares.

    asks: what the customer said at row 1, where they asked for the costs first. family: the key of an everyday
    application that comes at several usage points, and of them the place; "" of any other. comes_on: the day on which
    it comes; absent where that is the first.
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
    territory: Territory = LAKELAND
    family: str = ""
    comes_on: date | None = None


class ScriptWrong(ValueError):
    """The demo's script names what there is not."""


@cache
def load_script() -> tuple[Scenario, ...]:
    """Every application of the script in its order. Raises ScriptWrong."""
    text = (resources.files("evenroll.runtime") / FOLDER / "script.yaml").read_text(encoding="utf-8")
    return tuple(each for entry in values_of(text) for each in _scenarios(entry))


@dataclass(frozen=True, kw_only=True, slots=True)
class CalledEvent:
    """An event that a program manager calls. day, hour: local; told_on: when. cancelled_on: when it is taken back.

    refused: the code with which the rules must refuse it; "" where they let it stand.
    """

    key: str
    program: str
    day: date
    hour: int
    hours: int
    told_on: date
    cancelled_on: date | None = None
    refused: str = ""


@cache
def load_events() -> tuple[CalledEvent, ...]:
    """The events that are called in the year of the demo, in the order in which they are told."""
    text = (resources.files("evenroll.runtime") / FOLDER / "events.yaml").read_text(encoding="utf-8")
    return tuple(sorted((CalledEvent(**each) for each in values_of(text)), key=lambda each: each.told_on))


@cache
def territory_points() -> tuple[PlannedPoint, ...]:
    """The territory with the points that the script fixes."""
    return _points(LAKELAND.name)


@cache
def _points(name: str) -> tuple[PlannedPoint, ...]:
    cast: dict[int, Mapping[str, Any]] = {}
    for each in load_script():
        if each.territory.name == name:
            cast.setdefault(each.number, each.point)
    return plan_points(territory=_TERRITORIES[name], cast=cast)


@cache
def all_points() -> tuple[PlannedPoint, ...]:
    """The points of every territory of the demo."""
    return tuple(point for each in TERRITORIES for point in _points(each.name))


def point_of(scenario: Scenario) -> PlannedPoint:
    """The usage point that an application is about."""
    return point_at(scenario, scenario.number)


def points_of(scenario: Scenario) -> tuple[PlannedPoint, ...]:
    """Its usage point, and those to which its acts lead."""
    led = (act.values.get("pod", "").removeprefix("point ") for act in scenario.acts)
    return (point_of(scenario), *(point_at(scenario, int(number)) for number in led if number.isdigit()))


def point_at(scenario: Scenario, number: int) -> PlannedPoint:
    """Another usage point of the territory of an application."""
    return _points(scenario.territory.name)[number - 1]


def _scenarios(entry: Mapping[str, Any]) -> tuple[Scenario, ...]:
    """The application of an entry, or an everyday one as often as it comes, each at a usage point of its own."""
    first, times = _scenario(entry), int(entry.get("times", 1))
    if times == 1:
        return (first,)
    return tuple(
        replace(first, key=f"{first.key}-{place + 1:03d}", number=first.number + place, family=first.key)
        for place in range(times)
    )


def _scenario(entry: Mapping[str, Any]) -> Scenario:
    point = dict(entry["point"])
    number = int(point.pop("number"))
    territory = _TERRITORIES[point.pop("territory", LAKELAND.name)]
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
        territory=territory,
        comes_on=entry.get("comes"),
    )


def _act(entry: Mapping[str, Any], *, key: str) -> Act:
    do = str(entry["do"])
    if do not in OUTSIDE_ACTS and do not in {each.value for each in CommandName}:
        raise ScriptWrong(f"The script of {key} names the command {do!r}, which there is not. Correct it.")
    return Act(
        at=str(entry["at"]),
        days=int(entry.get("days", 0)),
        do=do,
        role=Role(entry["as"]) if "as" in entry else None,
        actor=str(entry.get("actor", "")),
        day=entry.get("day"),
        refused=str(entry.get("refused", "")),
        mistake=str(entry.get("mistake", "")),
        values={name: str(value) for name, value in entry.get("values", {}).items()},
    )
