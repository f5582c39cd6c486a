"""Reads the eligibility rules of a program: each with what it asks, what follows when it is not so, and a cure."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Final

from evenroll.programs.program import DocumentKind, SupplyStatus
from evenroll.programs.rate import Rate
from evenroll.programs.rules import (
    CureCode,
    CureOwner,
    CustomerClass,
    Drivetrain,
    HomeType,
    Outcome,
    Rule,
    RuleId,
    RuleKind,
    RuleParams,
)
from evenroll.programs.yaml_table import Table

_RULE_KEYS: Final = frozenset(
    {"id", "kind", "values", "limit", "unmet", "cure", "cure_owner", "cure_days", "or_attested", "exempt_rates"}
)
_UNMET: Final = frozenset({Outcome.CURABLE, Outcome.DUE_LATER, Outcome.FINAL})

# Rules that are asked with a list, and the codes it may hold where these are finite.
_VALUES_OF: Final[dict[RuleKind, type[StrEnum] | None]] = {
    RuleKind.CUSTOMER_CLASS_IN: CustomerClass,
    RuleKind.SUPPLY_STATUS_IN: SupplyStatus,
    RuleKind.DRIVETRAIN_IN: Drivetrain,
    RuleKind.DOCUMENT_PRESENT: DocumentKind,
    RuleKind.CURRENT_RATE_IN: None,
    RuleKind.CURRENT_RATE_NOT_IN: None,
    RuleKind.VEHICLE_MODEL_IN: None,
    RuleKind.HOME_TYPE_IN: HomeType,
}
# Rules that a car on order, or equipment not yet bought, puts off: they need a cure with an owner and a time.
_CAN_BE_PUT_OFF: Final = frozenset(
    {
        RuleKind.VIN_PRESENT,
        RuleKind.REGISTERED_AT_SERVICE_LOCATION,
        RuleKind.DOCUMENT_PRESENT,
        RuleKind.EQUIPMENT_APPROVED,
        RuleKind.TELEMATICS_CONNECTED,
        RuleKind.PURCHASED_WITHIN,
        RuleKind.ONCE_PER_DEVICE,
    }
)
# Rules that count, or ask how many days ago something was.
_LIMITED: Final = frozenset({RuleKind.COUNT_LIMIT, RuleKind.CHANGE_COUNT_LIMIT, RuleKind.PURCHASED_WITHIN})
# Rules that ask for a paper or for the customer's word, which a program may leave out for some.
_ON_THEIR_WORD: Final = frozenset({RuleKind.DOCUMENT_PRESENT, RuleKind.ATTESTATION_GIVEN})
_RATE_RULES: Final = frozenset({RuleKind.CURRENT_RATE_IN, RuleKind.CURRENT_RATE_NOT_IN})


def rules_from(entry: Table, *, rates: tuple[Rate, ...]) -> tuple[Rule, ...]:
    """The rules of a program's entry, in their order. Raises CatalogRefused."""
    found: dict[RuleId, Rule] = {}
    for row in entry.tables("rules", known=_RULE_KEYS):
        rule = _rule_from(row)
        if rule.id in found:
            raise row.refuse(f"rule {rule.id} stands twice in this program; keep one.", key="id")
        if rule.kind in _RATE_RULES:
            check_known_rates(row, rule.params.values, key="values", rates=rates)
        check_known_rates(row, rule.params.exempt_rates, key="exempt_rates", rates=rates)
        found[rule.id] = rule
    if not found:
        raise entry.refuse("a program without rules would admit everyone; state its rules.", key="rules")
    return tuple(found.values())


def _rule_from(row: Table) -> Rule:
    kind = row.choice("kind", RuleKind)
    if kind is RuleKind.PLACE_FREE:
        raise row.refuse("every program with a cap asks place_free by itself; state the cap instead.", key="kind")
    unmet = row.choice("unmet", Outcome)
    if unmet not in _UNMET:
        raise row.refuse(f"unmet is {unmet}; an unmet rule is one of {', '.join(sorted(_UNMET))}.", key="unmet")
    if unmet is Outcome.FINAL:
        if kind in _CAN_BE_PUT_OFF:
            raise row.refuse(f"a rule {kind} can be met later, so it cannot be final; give a cure.", key="unmet")
        if row.has("cure") or row.has("cure_days") or row.has("cure_owner"):
            raise row.refuse("a final rule has no cure; take the cure away or make the rule curable.")
        return Rule(id=RuleId(row.text("id")), kind=kind, params=_params_from(row, kind), unmet=unmet)
    days = row.integer("cure_days")
    if days < 1:
        raise row.refuse("cure_days is 0; a cure needs at least a day.", key="cure_days")
    return Rule(
        id=RuleId(row.text("id")),
        kind=kind,
        params=_params_from(row, kind),
        unmet=unmet,
        cure=row.choice("cure", CureCode),
        cure_owner=row.choice("cure_owner", CureOwner),
        cure_days=days,
    )


def _params_from(row: Table, kind: RuleKind) -> RuleParams:
    word = kind is RuleKind.DOCUMENT_PRESENT and row.has("or_attested") and row.flag("or_attested")
    if row.has("or_attested") and not word:
        raise row.refuse("or_attested is true, and stands with a rule document_present.", key="or_attested")
    if row.has("exempt_rates") and kind not in _ON_THEIR_WORD:
        raise row.refuse(f"a rule {kind} exempts nobody by rate; take it away.", key="exempt_rates")
    exempt = row.texts("exempt_rates") if row.has("exempt_rates") else ()
    return replace(_asked(row, kind), or_attested=word, exempt_rates=exempt)


def _asked(row: Table, kind: RuleKind) -> RuleParams:
    values: tuple[str, ...] = ()
    if kind in _VALUES_OF:
        codes = _VALUES_OF[kind]
        values = row.texts("values") if codes is None else tuple(code.value for code in row.choices("values", codes))
        if not values:
            raise row.refuse(f"a rule {kind} without values can never be met; name some.", key="values")
    elif row.has("values"):
        raise row.refuse(f"a rule {kind} takes no values; take them away.", key="values")
    if kind in _LIMITED:
        limit = row.integer("limit")
        if limit < 1:
            raise row.refuse("limit is 0; nobody could enroll.", key="limit")
        return RuleParams(values=values, limit=limit)
    if row.has("limit"):
        raise row.refuse(f"a rule {kind} takes no limit; take it away.", key="limit")
    return RuleParams(values=values)


def check_known_rates(row: Table, keys: tuple[str, ...], *, key: str, rates: tuple[Rate, ...]) -> None:
    """Raise CatalogRefused for a rate that is in no file."""
    known = {str(rate.key) for rate in rates}
    for name in keys:
        if name not in known:
            raise row.refuse(f"rate {name!r} is not in the catalog; it has {', '.join(sorted(known))}.", key=key)
