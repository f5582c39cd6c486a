"""Reads one program of a catalog file and checks it against the rates it names."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from enum import StrEnum
from typing import Final

from evenroll.programs.catalog_terms import terms_from
from evenroll.programs.program import (
    REQUIRED_DISCLOSURES,
    Activation,
    ConsentKind,
    Coverage,
    DisclosureCode,
    DocumentKind,
    MeterCapability,
    Prerequisite,
    ProgramKind,
    ProgramVersion,
    Selection,
    ServiceChange,
    SupplyStatus,
    Track,
    Unit,
)
from evenroll.programs.rate import Rate
from evenroll.programs.rules import (
    CureCode,
    CureOwner,
    CustomerClass,
    Drivetrain,
    Outcome,
    Rule,
    RuleId,
    RuleKind,
    RuleParams,
)
from evenroll.programs.text import Text
from evenroll.programs.timing import NoticeWindow, SwitchTiming
from evenroll.programs.yaml_table import Table
from evenroll.quantities.identifiers import OrganizationKey, ProgramKey, RateKey

# A file states every field of a program but its organization, which is the file's.
PROGRAM_KEYS: Final = frozenset(field.name for field in fields(ProgramVersion)) - {"organization"}
# A program that needs no meter, or brings no rate, says so aloud: an entry left out would be read as
# forgotten.
_NONE: Final = "none"
_TEXT_KEYS: Final = frozenset({"en", "es"})
_RULE_KEYS: Final = frozenset({"id", "kind", "values", "limit", "unmet", "cure", "cure_owner", "cure_days"})
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
}
# Rules that a car on order, or equipment not yet bought, puts off: they need a cure with an owner and a time.
_CAN_BE_PUT_OFF: Final = frozenset(
    {
        RuleKind.VIN_PRESENT,
        RuleKind.REGISTERED_AT_SERVICE_LOCATION,
        RuleKind.DOCUMENT_PRESENT,
        RuleKind.EQUIPMENT_APPROVED,
    }
)
_RATE_RULES: Final = frozenset({RuleKind.CURRENT_RATE_IN, RuleKind.CURRENT_RATE_NOT_IN})


def program_from(entry: Table, *, organization: OrganizationKey, rates: tuple[Rate, ...]) -> ProgramVersion:
    """The program that an entry states. Raises CatalogRefused."""
    program = ProgramVersion(
        key=ProgramKey(entry.text("key")),
        version=entry.integer("version"),
        organization=organization,
        kind=entry.choice("kind", ProgramKind),
        name=_text_from(entry, "name"),
        summary=_text_from(entry, "summary"),
        family=entry.text("family"),
        excluded_families=entry.texts("excluded_families"),
        unit=entry.choice("unit", Unit),
        max_per_premise=entry.integer("max_per_premise"),
        activation=entry.choice("activation", Activation),
        service_change=entry.choice("service_change", ServiceChange),
        coverage=entry.choice("coverage", Coverage),
        supply_admitted=frozenset(entry.choices("supply_admitted", SupplyStatus)),
        meter_capability=_capability_from(entry),
        device_needed=entry.flag("device_needed"),
        equipment_needed=entry.flag("equipment_needed"),
        prerequisites=_prerequisites_from(entry),
        rules=_rules_from(entry, rates=rates),
        rate=None if entry.text("rate") == _NONE else RateKey(entry.text("rate")),
        replaces_rates=tuple(RateKey(key) for key in entry.texts("replaces_rates")),
        minimum_stay_days=entry.integer("minimum_stay_days"),
        lockout_days=entry.integer("lockout_days"),
        offer_valid_days=entry.integer("offer_valid_days"),
        rescission_business_days=entry.integer("rescission_business_days"),
        documents=entry.choices("documents", DocumentKind),
        disclosures=entry.choices("disclosures", DisclosureCode),
        selections=_selections_from(entry),
        consents_required=entry.choices("consents_required", ConsentKind),
        timing=entry.choice("timing", SwitchTiming),
        notice=_notice_from(entry),
        opens_on=entry.day("opens_on"),
        closes_on=_closing_day_from(entry),
        review_by=entry.day("review_by"),
        source=entry.text("source"),
        **terms_from(entry),
    )
    _check_disclosures(entry, program)
    _check_counts(entry, program)
    _check_terms(entry, program)
    _check_rates(entry, program, rates=rates)
    return program


def _text_from(entry: Table, key: str) -> Text:
    text = entry.table(key, known=_TEXT_KEYS)
    return Text(en=text.text("en"), es=text.text("es"))


def _capability_from(entry: Table) -> MeterCapability | None:
    if entry.text("meter_capability") == _NONE:
        return None
    return entry.choice("meter_capability", MeterCapability)


def _closing_day_from(entry: Table) -> date | None:
    if entry.text("closes_on") == _NONE:
        return None
    return entry.day("closes_on")


def _prerequisites_from(entry: Table) -> tuple[Prerequisite, ...]:
    rows = entry.tables("prerequisites", known=frozenset({"track", "needs_track"}))
    found = tuple(
        Prerequisite(track=row.choice("track", Track), needs_track=row.choice("needs_track", Track)) for row in rows
    )
    needs: dict[Track, set[Track]] = {}
    unordered = {Track.CASE, Track.CONDITION}
    for row, prerequisite in zip(rows, found, strict=True):
        if {prerequisite.track, prerequisite.needs_track} & unordered:
            raise row.refuse("only tracks that run side by side can be ordered; name two of these.")
        if prerequisite.track in _all_needed(prerequisite.needs_track, needs=needs):
            raise row.refuse(f"{prerequisite.track} would wait for itself; tracks may not wait in a circle.")
        needs.setdefault(prerequisite.track, set()).add(prerequisite.needs_track)
    return found


def _all_needed(track: Track, *, needs: dict[Track, set[Track]]) -> set[Track]:
    """The track and everything it waits for, directly or through others."""
    reached, left = {track}, [track]
    while left:
        for needed in needs.get(left.pop(), set()) - reached:
            reached.add(needed)
            left.append(needed)
    return reached


def _selections_from(entry: Table) -> tuple[Selection, ...]:
    found: list[Selection] = []
    for row in entry.tables("selections", known=frozenset({"key", "options"})):
        selection = Selection(key=row.text("key"), options=row.texts("options"))
        if len(selection.options) < 2:
            raise row.refuse(f"selection {selection.key} leaves nothing to choose; give two options.", key="options")
        if selection.key in {other.key for other in found}:
            raise row.refuse(f"selection {selection.key} stands twice; keep one.", key="key")
        found.append(selection)
    return tuple(found)


def _notice_from(entry: Table) -> NoticeWindow:
    keys = frozenset({"business_days_before", "calendar_days_before", "at_most_days_ahead"})
    notice = entry.table("notice", known=keys)
    ahead = notice.integer("at_most_days_ahead") if notice.has("at_most_days_ahead") else None
    return NoticeWindow(
        business_days_before=notice.integer("business_days_before"),
        calendar_days_before=notice.integer("calendar_days_before"),
        at_most_days_ahead=ahead,
    )


def _rules_from(entry: Table, *, rates: tuple[Rate, ...]) -> tuple[Rule, ...]:
    found: dict[RuleId, Rule] = {}
    for row in entry.tables("rules", known=_RULE_KEYS):
        rule = _rule_from(row)
        if rule.id in found:
            raise row.refuse(f"rule {rule.id} stands twice in this program; keep one.", key="id")
        if rule.kind in _RATE_RULES:
            _check_known_rates(row, rule.params.values, key="values", rates=rates)
        found[rule.id] = rule
    if not found:
        raise entry.refuse("a program without rules would admit everyone; state its rules.", key="rules")
    return tuple(found.values())


def _rule_from(row: Table) -> Rule:
    kind = row.choice("kind", RuleKind)
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
    values: tuple[str, ...] = ()
    if kind in _VALUES_OF:
        codes = _VALUES_OF[kind]
        values = row.texts("values") if codes is None else tuple(code.value for code in row.choices("values", codes))
        if not values:
            raise row.refuse(f"a rule {kind} without values can never be met; name some.", key="values")
    elif row.has("values"):
        raise row.refuse(f"a rule {kind} takes no values; take them away.", key="values")
    if kind is RuleKind.COUNT_LIMIT:
        limit = row.integer("limit")
        if limit < 1:
            raise row.refuse("limit is 0; nobody could enroll.", key="limit")
        return RuleParams(values=values, limit=limit)
    if row.has("limit"):
        raise row.refuse(f"a rule {kind} takes no limit; take it away.", key="limit")
    return RuleParams(values=values)


def _check_disclosures(entry: Table, program: ProgramVersion) -> None:
    missing = REQUIRED_DISCLOSURES[program.kind] - set(program.disclosures)
    if missing:
        raise entry.refuse(
            f"{program.key} leaves out disclosures that use case {program.use_case} demands: "
            f"{', '.join(sorted(missing))}. Add them.",
            key="disclosures",
        )


def _check_counts(entry: Table, program: ProgramVersion) -> None:
    for key in ("version", "max_per_premise", "offer_valid_days"):
        if entry.integer(key) < 1:
            raise entry.refuse(f"{key} is 0; it must be at least 1.", key=key)
    if not program.supply_admitted:
        raise entry.refuse("no supply status is admitted; nobody could enroll.", key="supply_admitted")
    if program.closes_on is not None and program.closes_on <= program.opens_on:
        raise entry.refuse("the program closes before it opens; correct the days.", key="closes_on")


def _check_terms(entry: Table, program: ProgramVersion) -> None:
    limits = {rule.params.limit for rule in program.rules if rule.kind is RuleKind.COUNT_LIMIT}
    if not limits <= {program.max_per_premise}:
        raise entry.refuse(
            f"max_per_premise is {program.max_per_premise} but a rule sets another limit; they must agree.",
            key="max_per_premise",
        )
    if ConsentKind.TERMS not in program.consents_required:
        raise entry.refuse("consent to the terms is never optional; add terms.", key="consents_required")
    if program.meter_capability is None and program.service_change is not ServiceChange.CREDIT_ONLY:
        raise entry.refuse("a price cannot be billed without a meter; name its capability.", key="meter_capability")


def _check_rates(entry: Table, program: ProgramVersion, *, rates: tuple[Rate, ...]) -> None:
    _check_known_rates(entry, program.replaces_rates, key="replaces_rates", rates=rates)
    if program.rate is None:
        if program.service_change is not ServiceChange.CREDIT_ONLY:
            raise entry.refuse("only a program that pays a credit brings no rate; name its rate.", key="rate")
        return
    _check_known_rates(entry, (program.rate,), key="rate", rates=rates)
    coverages: set[Coverage] = {rate.coverage for rate in rates if rate.key == program.rate}
    if coverages != {program.coverage}:
        raise entry.refuse(
            f"coverage is {program.coverage} but rate {program.rate} covers {', '.join(sorted(coverages))}; "
            "they must be the same.",
            key="coverage",
        )


def _check_known_rates(row: Table, keys: tuple[str, ...], *, key: str, rates: tuple[Rate, ...]) -> None:
    known = {str(rate.key) for rate in rates}
    for name in keys:
        if name not in known:
            raise row.refuse(f"rate {name!r} is not in the catalog; it has {', '.join(sorted(known))}.", key=key)
