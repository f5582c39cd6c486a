"""The catalog: what ships is whole, and every mistake in a file is refused by file, line and reason."""

from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from evenroll.programs.catalog import (
    CatalogRefused,
    OrganizationRole,
    ProgramUnknown,
    RateUnknown,
    is_published,
    load_catalog,
    parse_catalog,
)
from evenroll.programs.program import (
    REQUIRED_DISCLOSURES,
    USE_CASE_OF,
    Coverage,
    MeterCapability,
    ProgramKind,
    ProgramVersion,
    is_open,
    reaches,
)
from evenroll.programs.rate import Rate
from evenroll.programs.text import Language
from evenroll.quantities.codec import decode, encode
from evenroll.quantities.identifiers import OrganizationKey, ProgramKey, RateKey

FILE = "lakeland-electric.yaml"
TEXT = resources.files("evenroll.programs").joinpath("catalog", FILE).read_text(encoding="utf-8")
CATALOG = load_catalog()
TODAY = date(2026, 11, 2)


def test_what_ships_is_there() -> None:
    assert {row.role for row in CATALOG.organizations} == set(OrganizationRole)
    for program in CATALOG.programs:
        assert program.source
        for language in Language:
            assert program.name.in_language(language)
            assert program.summary.in_language(language)


def test_in_the_invented_territory_everything_is_priced() -> None:
    here = {row.key for row in CATALOG.organizations if row.calendar == "US-LAKELAND"}
    programs = [row for row in CATALOG.programs if row.organization in here]
    assert {row.kind for row in programs} == set(ProgramKind)
    for program in programs:
        assert len(program.rules) >= 12
        assert not program.unpriced
        if program.rate is not None:
            new = CATALOG.rate(program.rate, on=TODAY)
            assert not new.unpriced
            for old in program.replaces_rates:
                assert CATALOG.rate(old, on=TODAY).coverage is new.coverage


@pytest.mark.parametrize("program", CATALOG.programs, ids=lambda row: str(row.key))
def test_a_program_is_written_down_and_read_back_with_the_same_hash(program: ProgramVersion) -> None:
    again = decode(ProgramVersion, encode(program))
    assert again == program
    assert again.content_hash == program.content_hash
    assert len(program.content_hash) == 64


def test_a_rate_is_written_down_and_read_back() -> None:
    for rate in CATALOG.rates:
        assert decode(Rate, encode(rate)) == rate


def test_the_hash_changes_with_any_term() -> None:
    program = CATALOG.programs[0]
    changed = (
        replace(program, lockout_days=program.lockout_days + 1),
        replace(program, rules=program.rules[:-1]),
        replace(program, summary=replace(program.summary, es="Otro texto.")),
        replace(program, closes_on=date(2030, 1, 1)),
    )
    assert len({program.content_hash, *(row.content_hash for row in changed)}) == 5


def test_every_kind_has_a_use_case_and_required_disclosures() -> None:
    assert set(USE_CASE_OF) == set(ProgramKind)
    assert len(set(USE_CASE_OF.values())) == len(ProgramKind)
    assert all(REQUIRED_DISCLOSURES[kind] for kind in ProgramKind)


def test_standard_rate_is_per_part_of_the_bill() -> None:
    utility = OrganizationKey("lakeland-electric")
    assert CATALOG.standard_rate(utility, coverage=Coverage.BOTH, on=TODAY).key == "LE-R"
    assert CATALOG.standard_rate(utility, coverage=Coverage.DELIVERY, on=TODAY).key == "LE-D"
    with pytest.raises(RateUnknown, match="no standard rate of lakeland-electric for supply"):
        CATALOG.standard_rate(utility, coverage=Coverage.SUPPLY, on=TODAY)


def test_what_is_not_in_the_catalog_is_named() -> None:
    with pytest.raises(ProgramUnknown, match="no program LE-X; it has BW-LIVE, BW-NIGHT-DRIVE"):
        CATALOG.program(ProgramKey("LE-X"))
    with pytest.raises(ProgramUnknown, match="LE-EV-NIGHT version 7"):
        CATALOG.program(ProgramKey("LE-EV-NIGHT"), version=7)
    with pytest.raises(RateUnknown, match="no rate LE-R in force on 2024-12-31"):
        CATALOG.rate(RateKey("LE-R"), on=date(2024, 12, 31))


def test_the_version_in_force_and_the_latest_version() -> None:
    program = TEXT[TEXT.index("  - key: LE-EV-NIGHT") :]
    rate = TEXT[TEXT.index("  - key: LE-D") : TEXT.index("  - key: LE-EV-TOU")]
    text = TEXT.replace(rate, rate + rate.replace("2025-01-01", "2026-06-01").replace("0.05610", "0.06000"))
    catalog = parse_catalog({FILE: text + program.replace("version: 1", "version: 2")})
    assert catalog.program(ProgramKey("LE-EV-NIGHT")).version == 2
    assert catalog.program(ProgramKey("LE-EV-NIGHT"), version=1).version == 1
    assert [row.version for row in catalog.programs_of(OrganizationKey("lakeland-electric"), on=TODAY)] == [2]
    prices = [
        str(catalog.rate(RateKey("LE-D"), on=on).seasons[0].price("total"))
        for on in (date(2026, 5, 31), date(2026, 6, 1))
    ]
    assert prices == ["0.05610", "0.06000"]


def test_open_from_the_first_day_to_before_the_closing_day() -> None:
    program = replace(CATALOG.programs[0], opens_on=date(2026, 1, 1), closes_on=date(2026, 3, 1))
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 28), date(2026, 3, 1))
    assert [is_open(program, on=day) for day in days] == [False, True, True, False]


def test_past_its_review_nothing_is_published() -> None:
    program = CATALOG.programs[0]
    assert is_published(program, on=program.review_by)
    assert not is_published(program, on=date.fromordinal(program.review_by.toordinal() + 1))


def test_a_meter_reaches_what_it_can_tell_apart_or_less() -> None:
    order = tuple(MeterCapability)
    for have in order:
        for needed in order:
            assert reaches(have, needed=needed) == (order.index(have) >= order.index(needed))


MISTAKES = [
    ("    unit: usage_point", "    unit: usage_point\n    color: red", "'color' is not known in programs"),
    ("    unit: usage_point\n", "", "unit is missing"),
    ("    unit: usage_point", "    unit: garage", "unit is 'garage'; it must be one of usage_point, device"),
    ("    unit: usage_point", "    unit: [usage_point]", "unit must be a single value"),
    ("    unit: usage_point", "    unit: ''", "unit must be a single value that is not empty"),
    ("    unit: usage_point", "    unit: usage_point\n    unit: device", "'unit' stands twice in programs"),
    ("    disclosures: [periods_and_prices, bill_may_rise,", "    disclosures: [", "use case U1 demands: bill_may"),
    (
        "[periods_and_prices, bill_may_rise, whole_premise_priced, stay_and_lockout]",
        "[]",
        "leaves out disclosures that use case U1 demands: bill_may_rise, periods_and_prices",
    ),
    ("minimum_stay_days: 365", "minimum_stay_days: -1", "minimum_stay_days is '-1'; it must be a whole number"),
    ("minimum_stay_days: 365", "minimum_stay_days: '365'", "it must be a whole number"),
    ("device_needed: false", "device_needed: 'no'", "device_needed is 'no'; it must be true or false"),
    ("opens_on: 2026-01-01", "opens_on: 2026-02-30", "opens_on is '2026-02-30'; it must be a day"),
    ("closes_on: none", "closes_on: 2025-01-01", "closes before it opens"),
    ("offer_valid_days: 30", "offer_valid_days: 0", "offer_valid_days is 0; it must be at least 1"),
    ("max_per_premise: 2", "max_per_premise: 3", "a rule sets another limit"),
    ("supply_admitted: [utility, no_choice]", "supply_admitted: []", "no supply status is admitted"),
    ("consents_required: [terms]", "consents_required: []", "consent to the terms is never optional"),
    ("meter_capability: period_registers", "meter_capability: none", "cannot be billed without a meter"),
    ("rate: LE-EV-TOU", "rate: none", "only a program that pays a credit brings no rate"),
    ("rate: LE-EV-TOU", "rate: LE-NONE", "rate 'LE-NONE' is not in the catalog; it has LE-D, LE-EV-TOU, LE-R"),
    ("rate: LE-EV-TOU", "rate: LE-D", "coverage is both but rate LE-D covers delivery"),
    ("replaces_rates: [LE-R]", "replaces_rates: [LE-R, LE-Q]", "rate 'LE-Q' is not in the catalog"),
    ("replaces_rates: [LE-R]", "replaces_rates: [LE-R, LE-R]", "names 'LE-R' twice"),
    ("replaces_rates: [LE-R]", "replaces_rates: LE-R", "replaces_rates must be a list"),
    (
        "- {track: service, needs_track: meter}",
        "- {track: service, needs_track: meter}\n      - {track: meter, needs_track: service}",
        "meter would wait for itself",
    ),
    ("needs_track: meter}", "needs_track: case}", "only tracks that run side by side"),
    ("selections: []", "selections: [{key: window, options: [night]}]", "leaves nothing to choose"),
    ("{id: open, kind: program_open", "{id: territory, kind: program_open", "rule territory stands twice"),
    ("kind: program_open", "kind: program_shut", "kind is 'program_shut'; it must be one of"),
    ("kind: program_open, unmet: final", "kind: program_open, unmet: met", "an unmet rule is one of"),
    ("kind: program_open, unmet: final", "kind: program_open, unmet: curable", "cure_days is missing"),
    ("kind: program_open,", "kind: program_open, values: [x],", "a rule program_open takes no values"),
    ("kind: program_open,", "kind: program_open, limit: 2,", "a rule program_open takes no limit"),
    ("kind: program_open,", "kind: program_open, cure_days: 2,", "a final rule has no cure"),
    ("values: [residential]", "values: [rich]", "values is 'rich'; it must be one of residential"),
    ("values: [residential]", "values: []", "can never be met"),
    ("values: [LE-R]", "values: [LE-Z]", "rate 'LE-Z' is not in the catalog"),
    (
        "kind: vin_present, unmet: curable, cure: give_vin, cure_owner: customer, cure_days: 90",
        "kind: vin_present, unmet: final",
        "cannot be final",
    ),
    (
        "cure: give_vin, cure_owner: customer, cure_days: 90",
        "cure: give_vin, cure_owner: customer, cure_days: 0",
        "at least a day",
    ),
    ("usd_per_kwh: 0.13620", "usd_per_kwh: cheap", "usd_per_kwh is 'cheap'; it must be a decimal number"),
    ("usd_per_kwh: 0.13620", "usd_per_kwh: -0.1", "a negative energy price is not supported"),
    ("usd_per_kwh: 0.13620", "usd_per_kwh: NaN", "it must be a finite number"),
    ("fixed_usd_per_day: 0", "fixed_usd_per_day: -1", "a fixed charge or minimum bill is negative"),
    ("months: [6, 7, 8, 9]", "months: [6, 7, 8]", "each of 1 to 12 must stand in one"),
    ("months: [6, 7, 8, 9]", "months: [6, 7, x]", "months holds 'x'"),
    (
        "{from_hour: 14, to_hour: 20, register: peak}",
        "{from_hour: 14, to_hour: 19, register: peak}",
        "weekday: the hours",
    ),
    (
        "{from_hour: 14, to_hour: 20, register: peak}",
        "{from_hour: 14, to_hour: 25, register: peak}",
        "no span of a day",
    ),
    ("{register: peak, usd_per_kwh: 0.31450}", "{register: top, usd_per_kwh: 0.31450}", "price each once"),
    ("      - key: winter", "      - key: summer", "two seasons share a name"),
    ("  - key: LE-D\n", "  - key: LE-R\n", "rate LE-R effective on 2025-01-01 stands twice"),
    ("    standard: false", "    standard: true", "only one can be standard"),
    ("calendar: US-LAKELAND", "calendar: MARS", "MARS"),
    ("role: utility", "role: king", "role is 'king'"),
    ("{en: Lakeland Electric, es: Lakeland Electric}", "{en: Lakeland Electric}", "es is missing"),
    ("organization: lakeland-electric", "organization: [", "not readable as YAML"),
]


@pytest.mark.parametrize(("right", "wrong", "reason"), MISTAKES, ids=[row[2][:40] for row in MISTAKES])
def test_a_mistake_is_refused_by_file_line_and_reason(right: str, wrong: str, reason: str) -> None:
    assert right in TEXT
    with pytest.raises(CatalogRefused) as caught:
        parse_catalog({FILE: TEXT.replace(right, wrong, 1)})
    assert caught.value.file == FILE
    assert reason in caught.value.reason
    assert str(caught.value).startswith(f"{FILE}, line {caught.value.line}: ")
    assert 1 <= caught.value.line <= TEXT.count("\n") + 2


def test_the_line_is_the_one_with_the_mistake() -> None:
    text = TEXT.replace("opens_on: 2026-01-01", "opens_on: soon")
    with pytest.raises(CatalogRefused) as caught:
        parse_catalog({FILE: text})
    assert "opens_on: soon" in text.splitlines()[caught.value.line - 1]


@pytest.mark.parametrize(("text", "reason"), [("", "the file is empty"), ("- a", "must be a mapping")])
def test_a_file_that_is_no_catalog_at_all(text: str, reason: str) -> None:
    with pytest.raises(CatalogRefused, match=reason):
        parse_catalog({FILE: text})


def test_two_files_may_not_share_an_organization_or_a_rate() -> None:
    with pytest.raises(CatalogRefused, match=r"b\.yaml, line 2: organization lakeland-electric stands in another"):
        parse_catalog({"a.yaml": TEXT, "b.yaml": TEXT})
    other = TEXT.replace("organization: lakeland-electric", "organization: other").replace("2025-01-01", "2025-01-02")
    with pytest.raises(CatalogRefused, match=r"b\.yaml, line 7: rate LE-R belongs to another organization"):
        parse_catalog({"a.yaml": TEXT, "b.yaml": other})


def test_no_code_below_the_doors_asks_for_a_kind_of_program() -> None:
    source = Path(__file__).parents[2] / "src" / "evenroll"
    allowed = {"program.py", "catalog_programs.py"}
    found = [
        str(path.relative_to(source))
        for folder in ("programs", "costs", "enrollment", "steps", "actions", "ports")
        for path in sorted((source / folder).glob("*.py"))
        if path.name not in allowed and "ProgramKind" in path.read_text(encoding="utf-8")
    ]
    assert found == []
