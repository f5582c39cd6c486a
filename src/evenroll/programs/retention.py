"""How long personal data are kept: a table by what became of the application, dated, with the source of each line."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Final

from evenroll.programs.yaml_table import Table, read_table

_FILE: Final = "retention.yaml"
_KEYS: Final = frozenset({"class", "since", "days", "years", "holds", "by_worker", "checked", "source"})


class RetentionClass(StrEnum):
    """What became of an application, as far as its personal data are concerned."""

    DRAFT_LAPSED = "draft_lapsed"
    DRAFT_LEFT = "draft_left"
    HANDED_OVER = "handed_over"
    REJECTED = "rejected"
    ACCEPTED = "accepted"


@dataclass(frozen=True, kw_only=True, slots=True)
class RetentionRule:
    """One line. since: the first day on which a case may have ended. holds: whether nothing may be erased before.

    by_worker: whether it is erased by itself when the time is over. checked: whether the figure was read in the source.
    """

    kept_as: RetentionClass
    since: date
    days: int
    years: int
    holds: bool
    by_worker: bool
    checked: bool
    source: str

    def until_on(self, ended_on: date) -> date:
        """The first day on which the data of a case that ended then are to go; Feb 29 and years is Feb 28."""
        year = ended_on.year + self.years
        last = calendar.monthrange(year, ended_on.month)[1]
        return ended_on.replace(year=year, day=min(ended_on.day, last)) + timedelta(days=self.days)


@dataclass(frozen=True, kw_only=True, slots=True)
class RetentionTable:
    """The whole table. erase_within_days: how soon a wish to erase is to be fulfilled."""

    erase_within_days: int
    rules: tuple[RetentionRule, ...]

    def rule(self, kept_as: RetentionClass, *, ended_on: date) -> RetentionRule:
        """The line for a case that ended on that day: the latest that fits, else the first."""
        own = [each for each in self.rules if each.kept_as is kept_as]
        fitting = [each for each in own if each.since <= ended_on]
        return fitting[-1] if fitting else own[0]

    def spans(self) -> tuple[tuple[RetentionRule, date | None, date | None], ...]:
        """Each line with the days on which the cases that it is for may have ended: first, and first no more.

        None: any before, any after. Within a line who ended first falls due first, and not so beyond it.
        """
        found: list[tuple[RetentionRule, date | None, date | None]] = []
        for kept_as in RetentionClass:
            own = [each for each in self.rules if each.kept_as is kept_as]
            begins = (None, *(each.since for each in own[1:]))
            ends = (*(each.since for each in own[1:]), None)
            found += zip(own, begins, ends, strict=True)
        return tuple(found)

    def by_worker(self) -> tuple[RetentionRule, ...]:
        """The lines whose data the worker erases."""
        return tuple(each for each in self.rules if each.by_worker)


@cache
def retention_table() -> RetentionTable:
    """The table that ships with the package. Raises CatalogRefused."""
    file = resources.files("evenroll.programs").joinpath("trade", _FILE)
    return parse_retention(file.read_text(encoding="utf-8"), file=_FILE)


def parse_retention(text: str, *, file: str) -> RetentionTable:
    """The table of a YAML text. Raises CatalogRefused with file, line and reason."""
    table = read_table(text, file=file, known=frozenset({"erase_within_days", "classes"}))
    rules: list[RetentionRule] = []
    for entry in table.tables("classes", known=_KEYS):
        rule = _rule(entry)
        if any(each.kept_as is rule.kept_as and each.since >= rule.since for each in rules):
            raise entry.refuse(f"{rule.kept_as} stands after a line of the same day or a later one.", key="since")
        rules.append(rule)
    missing = set(RetentionClass) - {each.kept_as for each in rules}
    if missing:
        raise table.refuse(f"no line is for {', '.join(sorted(missing))}; write one.", key="classes")
    return RetentionTable(erase_within_days=table.integer("erase_within_days"), rules=tuple(rules))


def _rule(entry: Table) -> RetentionRule:
    return RetentionRule(
        kept_as=entry.choice("class", RetentionClass),
        since=entry.day("since"),
        days=entry.integer("days"),
        years=entry.integer("years"),
        holds=entry.flag("holds"),
        by_worker=entry.flag("by_worker"),
        checked=entry.flag("checked"),
        source=entry.text("source"),
    )
