"""Reads what a program promises and limits beside its price; an entry that is left out means there is none."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, TypeVar

from evenroll.programs.program import Metering, SupplyStatus
from evenroll.programs.program_terms import (
    Cap,
    ChangeLimit,
    DatedBy,
    EquipmentDay,
    EventLimit,
    EventTerms,
    Grid,
    Incentive,
    IncentiveIf,
    IncentivePer,
    MissingPrice,
    NotKnown,
    OptionCap,
    Protection,
    ProtectionKind,
    StayOf,
    TermsWrong,
)
from evenroll.programs.rescission import rescission_rules
from evenroll.programs.yaml_table import Table

T = TypeVar("T")

TERMS_KEYS: Final = frozenset(
    {
        "cap",
        "stays",
        "changes",
        "events",
        "incentives",
        "protection",
        "feeder_limit_kw",
        "all_meters",
        "account_needed",
        "settled_by_others",
        "suspension_days",
        "unpriced",
        "not_known",
        "ends_on",
        "switch_from",
        "rescission_rule",
        "metering",
        "minimum_stay_months",
        "lockout_months",
    }
)
"""The entries of a program that this file reads."""

_INCENTIVE_KEYS: Final = frozenset(
    {"code", "usd", "per", "condition", "count", "months", "after_days", "after_months", "once_per_device", "dated"}
)
_EVENT_KEYS: Final = frozenset(
    {
        "limits",
        "months",
        "from_hour",
        "to_hour",
        "weekdays_only",
        "hours_max",
        "notice_hours_min",
        "opt_outs_max",
        "usd_per_kwh",
    }
)


def terms_from(entry: Table) -> dict[str, Any]:
    """The terms that an entry states, by the names of `ProgramVersion`. Raises CatalogRefused."""
    found: dict[str, Any] = {}
    for key, read in _READERS.items():
        if entry.has(key):
            found[key] = read(entry, key)
    return found


def _cap(entry: Table, key: str) -> Cap:
    row = entry.table(key, known=frozenset({"places", "waiting_list", "offer_days", "options"}))
    options = _option_caps(row) if row.has("options") else ()
    return _made(
        row,
        lambda: Cap(
            places=row.integer("places"),
            waiting_list=row.flag("waiting_list"),
            offer_days=_days(row),
            options=options,
        ),
    )


def _option_caps(row: Table) -> tuple[OptionCap, ...]:
    return tuple(
        OptionCap(selection=each.text("selection"), option=each.text("option"), places=each.integer("places"))
        for each in row.tables("options", known=frozenset({"selection", "option", "places"}))
    )


def _days(row: Table) -> int:
    return row.integer("offer_days") if row.has("offer_days") else Cap(places=1).offer_days


def _jurisdiction(entry: Table, key: str) -> str:
    named = entry.text(key)
    known = sorted({rule.jurisdiction for rule in rescission_rules()})
    if named not in known:
        raise entry.refuse(f"{key} is {named!r}; the table of windows has {', '.join(known)}.", key=key)
    return named


def _stays(entry: Table, key: str) -> tuple[StayOf, ...]:
    rows = entry.tables(key, known=frozenset({"supply", "days", "months"}))
    return tuple(StayOf(supply=row.text("supply"), **_span(row)) for row in rows)


def _span(row: Table) -> dict[str, int]:
    """Days or months, whichever the source says."""
    if row.has("days") and row.has("months"):
        raise row.refuse("days and months stand side by side; keep what the source says.", key="months")
    return {"months": row.integer("months")} if row.has("months") else {"days": row.integer("days")}


def _changes(entry: Table, key: str) -> ChangeLimit:
    row = entry.table(key, known=frozenset({"changes_max", "days", "months"}))
    return _made(row, lambda: ChangeLimit(changes_max=row.integer("changes_max"), **_span(row)))


def unknown_terms(entry: Table) -> tuple[NotKnown, ...]:
    """The terms that the file says its source does not state."""
    return entry.choices("not_known", NotKnown) if entry.has("not_known") else ()


def stated(row: Table, key: str, read: Callable[[str], T], *, unless: tuple[bool, T]) -> T:
    """What stands under the key; where the term is said to be not known, nothing may, and it binds nobody.

    unless: whether it is not known, and the value that then binds nobody. Raises CatalogRefused.
    """
    is_unknown, unbinding = unless
    if not is_unknown:
        return read(key)
    if row.has(key):
        raise row.refuse(f"{key} stands here and is listed in not_known; take one of them away.", key=key)
    return unbinding


def _events(entry: Table, key: str) -> EventTerms:
    row, unknown = entry.table(key, known=_EVENT_KEYS), frozenset(unknown_terms(entry))
    has_opt_outs = row.has("opt_outs_max")
    if has_opt_outs and NotKnown.OPT_OUTS in unknown:
        raise row.refuse("opt_outs_max stands here and is listed in not_known; take one of them away.")
    hours = NotKnown.EVENT_HOURS in unknown
    return _made(
        row,
        lambda: EventTerms(
            limits=stated(row, "limits", lambda _: _limits(row), unless=(NotKnown.EVENT_LIMITS in unknown, ())),
            months=stated(row, "months", row.integers, unless=(NotKnown.EVENT_MONTHS in unknown, tuple(range(1, 13)))),
            from_hour=stated(row, "from_hour", row.integer, unless=(hours, 0)),
            to_hour=stated(row, "to_hour", row.integer, unless=(hours, 24)),
            weekdays_only=stated(row, "weekdays_only", row.flag, unless=(NotKnown.EVENT_WEEKDAYS in unknown, False)),
            hours_max=stated(row, "hours_max", row.integer, unless=(NotKnown.EVENT_LENGTH in unknown, 24)),
            notice_hours_min=stated(row, "notice_hours_min", row.integer, unless=(NotKnown.EVENT_NOTICE in unknown, 0)),
            opt_outs_max=row.integer("opt_outs_max") if has_opt_outs else None,
            usd_per_kwh=row.decimal("usd_per_kwh") if row.has("usd_per_kwh") else Decimal(0),
        ),
    )


def _limits(row: Table) -> tuple[EventLimit, ...]:
    found: list[EventLimit] = []
    for each in row.tables("limits", known=frozenset({"events_max", "per"})):
        limit = EventLimit(events_max=each.integer("events_max"), per=each.choice("per", Grid))
        if limit.events_max < 1:
            raise each.refuse("events_max is 0; a program that calls none has no events.", key="events_max")
        if limit.per in {other.per for other in found}:
            raise each.refuse(f"events are limited twice per {limit.per}; keep one.", key="per")
        found.append(limit)
    return tuple(found)


def _incentives(entry: Table, key: str) -> tuple[Incentive, ...]:
    found: dict[str, Incentive] = {}
    for row in entry.tables(key, known=_INCENTIVE_KEYS):
        incentive = _made(row, lambda row=row: _incentive(row))
        if incentive.code in found:
            raise row.refuse(f"incentive {incentive.code} stands twice; keep one.", key="code")
        found[incentive.code] = incentive
    return tuple(found.values())


def _incentive(row: Table) -> Incentive:
    return Incentive(
        code=row.text("code"),
        usd=row.decimal("usd"),
        per=row.choice("per", IncentivePer),
        condition=row.choice("condition", IncentiveIf) if row.has("condition") else IncentiveIf.ALWAYS,
        count=row.integer("count") if row.has("count") else 0,
        months=row.integers("months") if row.has("months") else (),
        after_days=row.integer("after_days") if row.has("after_days") else 0,
        once_per_device=row.flag("once_per_device") if row.has("once_per_device") else False,
        after_months=row.integer("after_months") if row.has("after_months") else 0,
        dated=_dated(row) if row.has("dated") else None,
    )


def _dated(row: Table) -> DatedBy:
    dated = row.table("dated", known=frozenset({"day", "days_max"}))
    return DatedBy(day=dated.choice("day", EquipmentDay), days_max=dated.integer("days_max"))


def _protection(entry: Table, key: str) -> Protection:
    row = entry.table(key, known=frozenset({"kind", "months", "season_months"}))
    return _made(
        row,
        lambda: Protection(
            kind=row.choice("kind", ProtectionKind),
            months=row.integer("months"),
            season_months=row.integers("season_months") if row.has("season_months") else (),
        ),
    )


def _feeder_limit(entry: Table, key: str) -> Decimal:
    limit = entry.decimal(key)
    if limit <= 0:
        raise entry.refuse("a feeder that may carry nothing charges no car; give a limit above 0.", key=key)
    return limit


def _suspension_days(entry: Table, key: str) -> int:
    if entry.integer(key) < 1:
        raise entry.refuse("a lost device is waited for at least a day.", key=key)
    return entry.integer(key)


def _made(row: Table, make: Callable[[], T]) -> T:
    try:
        return make()
    except TermsWrong as wrong:
        raise row.refuse(str(wrong)) from wrong


def _flag(entry: Table, key: str) -> bool:
    return entry.flag(key)


def _missing(entry: Table, key: str) -> tuple[MissingPrice, ...]:
    return entry.choices(key, MissingPrice)


_READERS: Final[dict[str, Callable[[Table, str], Any]]] = {
    "cap": _cap,
    "stays": _stays,
    "changes": _changes,
    "events": _events,
    "incentives": _incentives,
    "protection": _protection,
    "feeder_limit_kw": _feeder_limit,
    "all_meters": _flag,
    "account_needed": _flag,
    "settled_by_others": _flag,
    "suspension_days": _suspension_days,
    "unpriced": _missing,
    "ends_on": lambda entry, key: entry.day(key),
    "not_known": lambda entry, _key: unknown_terms(entry),
    "switch_from": lambda entry, key: frozenset(entry.choices(key, SupplyStatus)),
    "rescission_rule": _jurisdiction,
    "minimum_stay_months": lambda entry, key: entry.integer(key),
    "lockout_months": lambda entry, key: entry.integer(key),
    "metering": lambda entry, key: entry.choice(key, Metering),
}
