"""Reads one program of a catalog file and checks it against the rates it names."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import date
from typing import Final

from evenroll.programs.catalog_rules import check_known_rates, rules_from
from evenroll.programs.catalog_terms import stated, terms_from, unknown_terms
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
from evenroll.programs.program_terms import NotKnown
from evenroll.programs.rate import Rate
from evenroll.programs.rules import RuleKind
from evenroll.programs.text import Text
from evenroll.programs.timing import NoticeWindow, SwitchTiming
from evenroll.programs.yaml_table import Table
from evenroll.quantities.identifiers import OrganizationKey, ProgramKey, RateKey

# A file states every field of a program but its organization, which is the file's.
PROGRAM_KEYS: Final = frozenset(field.name for field in fields(ProgramVersion)) - {"organization"}
# A program that needs no meter, or brings no rate, says so aloud: an entry left out would be read as
# forgotten.
_NONE: Final = "none"
KEY_CHARACTERS_MAX: Final = 40
_KEY: Final = re.compile(r"[A-Z0-9]+([.-][A-Z0-9]+)*")
_TEXT_KEYS: Final = frozenset({"en", "es"})


def program_from(entry: Table, *, organization: OrganizationKey, rates: tuple[Rate, ...]) -> ProgramVersion:
    """The program that an entry states. Raises CatalogRefused."""
    days = _known_days(entry)
    program = ProgramVersion(
        key=_key_from(entry),
        version=entry.integer("version"),
        organization=organization,
        kind=entry.choice("kind", ProgramKind),
        name=_text_from(entry, "name"),
        summary=_text_from(entry, "summary"),
        family=entry.text("family"),
        excluded_families=entry.texts("excluded_families"),
        unit=entry.choice("unit", Unit),
        max_per_premise=days["max_per_premise"],
        activation=entry.choice("activation", Activation),
        service_change=entry.choice("service_change", ServiceChange),
        coverage=entry.choice("coverage", Coverage),
        supply_admitted=frozenset(entry.choices("supply_admitted", SupplyStatus)),
        meter_capability=_capability_from(entry),
        device_needed=entry.flag("device_needed"),
        equipment_needed=entry.flag("equipment_needed"),
        prerequisites=_prerequisites_from(entry),
        rules=rules_from(entry, rates=rates),
        rate=None if entry.text("rate") == _NONE else RateKey(entry.text("rate")),
        replaces_rates=tuple(RateKey(key) for key in entry.texts("replaces_rates")),
        minimum_stay_days=days["minimum_stay_days"],
        lockout_days=days["lockout_days"],
        offer_valid_days=entry.integer("offer_valid_days"),
        rescission_business_days=days["rescission_business_days"],
        documents=_documents_from(entry),
        disclosures=entry.choices("disclosures", DisclosureCode),
        selections=_selections_from(entry),
        consents_required=entry.choices("consents_required", ConsentKind),
        timing=_timing_from(entry),
        notice=_notice_from(entry),
        opens_on=_opening_day_from(entry),
        closes_on=_closing_day_from(entry),
        review_by=entry.day("review_by"),
        source=entry.text("source"),
        **terms_from(entry),
    )
    _check_disclosures(entry, program)
    _check_counts(entry, program)
    _check_terms(entry, program)
    _check_metering(entry, program)
    _check_rates(entry, program, rates=rates)
    return program


def _key_from(entry: Table) -> ProgramKey:
    """Read aloud, written into addresses and files, and told apart without looking at small and capital letters."""
    key = entry.text("key")
    if not _KEY.fullmatch(key) or len(key) > KEY_CHARACTERS_MAX:
        raise entry.refuse(
            f"key is {key[:KEY_CHARACTERS_MAX]!r}; it must be capital letters (A to Z) and digits with single hyphens "
            f"or points between them, at most {KEY_CHARACTERS_MAX} characters.",
            key="key",
        )
    return ProgramKey(key)


_DAYS: Final = (
    NotKnown.MAX_PER_PREMISE,
    NotKnown.MINIMUM_STAY_DAYS,
    NotKnown.LOCKOUT_DAYS,
    NotKnown.RESCISSION_BUSINESS_DAYS,
)


_MONTHS: Final = {
    NotKnown.MINIMUM_STAY_DAYS: "minimum_stay_months",
    NotKnown.LOCKOUT_DAYS: "lockout_months",
}
"""What stands in place of days where the source says months."""


def _known_days(entry: Table) -> dict[str, int]:
    """The counts and days that a program states; 0 for those that its source does not, and where it says months."""
    unknown = unknown_terms(entry)
    found: dict[str, int] = {}
    for term in _DAYS:
        months = _MONTHS.get(term, "")
        in_months = bool(months) and entry.has(months)
        if in_months and (term in unknown or entry.has(term.value)):
            raise entry.refuse(f"{months} stands beside {term}, or that is in not_known; keep one.", key=months)
        found[term.value] = stated(entry, term.value, entry.integer, unless=(term in unknown or in_months, 0))
    return found


def _documents_from(entry: Table) -> tuple[DocumentKind, ...]:
    unknown = NotKnown.DOCUMENTS in unknown_terms(entry)
    return stated(entry, "documents", lambda key: entry.choices(key, DocumentKind), unless=(unknown, ()))


def _timing_from(entry: Table) -> SwitchTiming:
    unknown = NotKnown.TIMING in unknown_terms(entry)
    # Where the source does not say, service switches as most tariffs have it: at a scheduled read.
    return stated(
        entry,
        "timing",
        lambda key: entry.choice(key, SwitchTiming),
        unless=(unknown, SwitchTiming.NEXT_SCHEDULED_READ),
    )


def _opening_day_from(entry: Table) -> date | None:
    unknown = NotKnown.OPENS_ON in unknown_terms(entry)
    return stated(entry, "opens_on", entry.day, unless=(unknown, None))


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
    unknown = NotKnown.NOTICE in unknown_terms(entry)
    return stated(entry, "notice", lambda _: _stated_notice(entry), unless=(unknown, NoticeWindow()))


def _stated_notice(entry: Table) -> NoticeWindow:
    keys = frozenset({"business_days_before", "calendar_days_before", "at_most_days_ahead"})
    notice = entry.table("notice", known=keys)
    ahead = notice.integer("at_most_days_ahead") if notice.has("at_most_days_ahead") else None
    return NoticeWindow(
        business_days_before=notice.integer("business_days_before"),
        calendar_days_before=notice.integer("calendar_days_before"),
        at_most_days_ahead=ahead,
    )


def _check_disclosures(entry: Table, program: ProgramVersion) -> None:
    required = REQUIRED_DISCLOSURES[program.kind]
    if program.service_change is ServiceChange.CREDIT_ONLY:
        # Where the rate stays as it is, it would be untrue that the bill may rise.
        required -= {DisclosureCode.BILL_MAY_RISE}
    missing = required - set(program.disclosures)
    if missing:
        raise entry.refuse(
            f"{program.key} leaves out disclosures that use case {program.use_case} demands: "
            f"{', '.join(sorted(missing))}. Add them.",
            key="disclosures",
        )


def _check_counts(entry: Table, program: ProgramVersion) -> None:
    for key in ("version", "max_per_premise", "offer_valid_days"):
        if entry.has(key) and entry.integer(key) < 1:
            raise entry.refuse(f"{key} is 0; it must be at least 1.", key=key)
    if not program.supply_admitted:
        raise entry.refuse("no supply status is admitted; nobody could enroll.", key="supply_admitted")
    if program.closes_on is not None and program.opens_on is not None and program.closes_on <= program.opens_on:
        raise entry.refuse("the program closes before it opens; correct the days.", key="closes_on")
    if program.ends_on is not None and (program.closes_on is None or program.ends_on < program.closes_on):
        raise entry.refuse("a program that ends has to close by then; state closes_on, not after it.", key="ends_on")


def _check_terms(entry: Table, program: ProgramVersion) -> None:
    _check_limits(entry, program)
    _check_option_caps(entry, program)
    if ConsentKind.TERMS not in program.consents_required:
        raise entry.refuse("consent to the terms is never optional; add terms.", key="consents_required")
    if program.meter_capability is None and program.service_change is not ServiceChange.CREDIT_ONLY:
        raise entry.refuse("a price cannot be billed without a meter; name its capability.", key="meter_capability")
    asks_all = any(rule.kind is RuleKind.ALL_METERS_CAPABLE for rule in program.rules)
    if asks_all is not program.all_meters:
        raise entry.refuse("all_meters and a rule all_meters_capable go together; state both or neither.", key="rules")
    asks_holder = any(rule.kind is RuleKind.ACCOUNT_HOLDER for rule in program.rules)
    if asks_holder and not program.account_needed:
        raise entry.refuse("who needs no account cannot be asked to hold one; take the rule away.", key="rules")
    for stay in program.stays:
        if stay.supply not in {each.value for each in program.supply_admitted}:
            raise entry.refuse(f"a stay is stated for {stay.supply!r}, which is not admitted.", key="stays")


def _check_metering(entry: Table, program: ProgramVersion) -> None:
    """A meter of the customer's own is equipment from a list that reports; what it counts is settled by others."""
    if not program.own_metered:
        return
    if program.service_change is not ServiceChange.CREDIT_ONLY or program.meter_capability is not None:
        raise entry.refuse(
            "what is taken off at a meter of the customer's own is not billed here yet; let the program pay a credit "
            "(credit_only) and ask nothing of the billing meter.",
            key="metering",
        )
    if not (program.equipment_needed and program.device_needed and program.settled_by_others):
        raise entry.refuse(
            "a meter of the customer's own is equipment, reports as a device, and is settled by others; state "
            "equipment_needed, device_needed and settled_by_others as true.",
            key="metering",
        )
    if not any(rule.kind is RuleKind.EQUIPMENT_APPROVED for rule in program.rules):
        raise entry.refuse("nobody pays by a meter that is on no list; add a rule equipment_approved.", key="rules")


def _check_option_caps(entry: Table, program: ProgramVersion) -> None:
    offered = {(each.key, option) for each in program.selections for option in each.options}
    for limited in program.cap.options if program.cap else ():
        if (limited.selection, limited.option) not in offered:
            raise entry.refuse(f"cap limits {limited.key}, which no selection of the program offers.", key="cap")


def _check_limits(entry: Table, program: ProgramVersion) -> None:
    limits = {rule.params.limit for rule in program.rules if rule.kind is RuleKind.COUNT_LIMIT}
    if not limits <= {program.max_per_premise}:
        raise entry.refuse(
            f"max_per_premise is {program.max_per_premise} but a rule sets another limit; they must agree.",
            key="max_per_premise",
        )
    counted = {rule.params.limit for rule in program.rules if rule.kind is RuleKind.CHANGE_COUNT_LIMIT}
    if not counted <= ({program.changes.changes_max} if program.changes else set[int]()):
        raise entry.refuse("a rule change_count_limit needs changes with the same number; state them.", key="rules")


def _check_rates(entry: Table, program: ProgramVersion, *, rates: tuple[Rate, ...]) -> None:
    check_known_rates(entry, program.replaces_rates, key="replaces_rates", rates=rates)
    if program.rate is None:
        if program.service_change is not ServiceChange.CREDIT_ONLY:
            raise entry.refuse("only a program that pays a credit brings no rate; name its rate.", key="rate")
        return
    check_known_rates(entry, (program.rate,), key="rate", rates=rates)
    coverages: set[Coverage] = {rate.coverage for rate in rates if rate.key == program.rate}
    if coverages != {program.coverage}:
        raise entry.refuse(
            f"coverage is {program.coverage} but rate {program.rate} covers {', '.join(sorted(coverages))}; "
            "they must be the same.",
            key="coverage",
        )
