"""Every mistake that a file of real terms can hold is refused by file, line and reason."""

from dataclasses import MISSING, fields
from importlib import resources

import pytest

from evenroll.programs.catalog import CatalogRefused, parse_catalog
from evenroll.programs.catalog_terms import TERMS_KEYS
from evenroll.programs.program import ProgramVersion


def _text(file: str) -> str:
    return resources.files("evenroll.programs").joinpath("catalog", file).read_text(encoding="utf-8")


MISTAKES = [
    ("dte.yaml", "    closes_on: none\n", "    closes_on: none\n    ends_on: 2030-01-01\n", "has to close by then"),
    ("dte.yaml", "    closes_on: none\n", "    closes_on: 2030-02-01\n    ends_on: 2030-01-01\n", "not after it"),
    # Numbers, days and texts outside of what any program says.
    ("dte.yaml", "places: 2500", "places: 99999999999999999999", "a whole number from 0 to 10000000"),
    ("dte.yaml", "places: 2500", "places: " + "9" * 1_900, "it must be a whole number"),
    ("dte.yaml", "offer_valid_days: 30", "offer_valid_days: 999999999", "from 0 to 366"),
    ("dte.yaml", "    closes_on: none\n", "    closes_on: 9999-12-31\n", "a day from 2000-01-01 to 2100-12-31"),
    ("dte.yaml", "    review_by: 20", "    review_by: 19", "a day from 2000-01-01 to 2100-12-31"),
    ("pge.yaml", "usd_per_kwh: 0.60\n", "usd_per_kwh: 1e30\n", "from -1000 to 1000"),
    ("pge.yaml", "usd_per_kwh: 0.60\n", "usd_per_kwh: 0.1234567891\n", "at most 8 decimal places"),
    ("pge.yaml", "usd_per_kwh: 0.60\n", "usd_per_kwh: 1e-999999\n", "at most 8 decimal places"),
    ("pge.yaml", "organization: pge", 'organization: "p\\u202Ege"', "U+202E"),
    ("pge.yaml", "organization: pge", 'organization: "p\\0ge"', "U+0000"),
    ("pge.yaml", "organization: pge", "organization: " + "p" * 100_000, "40 are the most"),
    # Terms beside the price.
    ("dte.yaml", "places: 2500", "places: 0", "admits at least one place"),
    ("dte.yaml", "waiting_list: true,", "waiting_list: true, offer_days: 0,", "offers it for at least a day"),
    ("dte.yaml", "waiting_list: true,", "waiting_list: true, color: red,", "'color' is not known in cap"),
    ("dte.yaml", "waiting_list: true,", "waiting_list: maybe,", "it must be true or false"),
    ("dte.yaml", "option: flat, places: 250", "option: free, places: 250", "which no selection of the program offers"),
    ("dte.yaml", "option: flat, places: 250", "option: flat, places: 2500", "fewer than the program"),
    ("pge.yaml", "changes: {changes_max: 2, months: 12}", "changes: {changes_max: 2, days: 0}", "counted over no time"),
    ("pge.yaml", "changes: {changes_max: 2", "changes: {changes_max: 3", "needs changes with the same number"),
    ("pge.yaml", "    changes: {changes_max: 2, months: 12}\n", "", "needs changes with the same number"),
    ("pge.yaml", "kind: change_count_limit, limit: 2", "kind: change_count_limit", "limit is missing"),
    ("pge.yaml", "kind: change_count_limit, limit: 2", "kind: change_count_limit, limit: 0", "limit is 0"),
    ("coned.yaml", "stays: [{supply: esco", "stays: [{supply: cca", "'cca', which is not admitted"),
    ("coned.yaml", "protection: {kind: price_guarantee, months: 12}", "protection: {kind: luck, months: 12}", "'luck'"),
    ("coned.yaml", "kind: price_guarantee, months: 12", "kind: price_guarantee, months: 0", "at least a month"),
    ("coned.yaml", "    lockout_months: 18", "    lockout_months: 18\n    lockout_days: 548", "stands beside"),
    ("coned.yaml", "{supply: esco, days: 0}", "{supply: esco, days: 0, months: 1}", "side by side"),
    ("pge.yaml", "{changes_max: 2, months: 12}", "{changes_max: 2, months: 0}", "over no time"),
    ("coned.yaml", "after_months: 3", "after_months: 3, after_days: 90", "not for both"),
    ("sce.yaml", "exempt_rates: [SCE-TOU-D-A", "exempt_rates: [SCE-X", "'SCE-X' is not in the catalog"),
    ("sce.yaml", "kind: account_active, unmet", "kind: account_active, exempt_rates: [SCE-D], unmet", "exempts nobody"),
    ("sce.yaml", "kind: account_active, unmet", "kind: account_active, or_attested: true, unmet", "document_present"),
    ("dominion-va.yaml", "{day: bought, days_max: 120}", "{day: bought, days_max: 0}", "never be in time"),
    ("dominion-va.yaml", "{day: bought, days_max: 120}", "{day: sold, days_max: 120}", "must be one of"),
    # Events.
    (
        "pge.yaml",
        "      from_hour: 16\n      to_hour: 21\n",
        "      from_hour: 21\n      to_hour: 16\n",
        "no span of a day",
    ),
    ("pge.yaml", "      to_hour: 21\n      hours", "      to_hour: 25\n      hours", "no span of a day"),
    ("pge.yaml", "hours_max: 5", "hours_max: 0", "lasts at least an hour"),
    ("pge.yaml", "      hours_max: 5\n", "", "hours_max is missing"),
    ("pge.yaml", "usd_per_kwh: 0.60\n", "usd_per_kwh: -0.60\n", "nor its price is negative"),
    ("pge.yaml", "events_max: 15", "events_max: 0", "events_max is 0"),
    ("pge.yaml", "per: year}]", "per: week}]", "per is 'week'; it must be one of month, season, year"),
    ("pge.yaml", "per: year}]", "per: year}, {events_max: 9, per: year}]", "limited twice per year"),
    ("pge.yaml", "event_months,", "", "months is missing"),
    (
        "cps-energy.yaml",
        "      weekdays_only: true\n",
        "      weekdays_only: true\n      months: [13]\n",
        "months stands here and is listed in not_known",
    ),
    ("cps-energy.yaml", "events:\n", "events:\n      opt_outs_max: 3\n", "opt_outs_max stands here and is listed"),
    # Money.
    ("coned.yaml", "usd: 25,", "usd: 0,", "pays nothing"),
    ("coned.yaml", "usd: 25,", "usd: a lot,", "it must be a decimal number"),
    ("coned.yaml", "condition: charged_in_window", "condition: be_nice", "condition is 'be_nice'"),
    ("coned.yaml", "{code: night,", "{code: start,", "incentive start stands twice"),
    ("coned.yaml", "per: enrollment, after", "per: luck, after", "per is 'luck'"),
    # What is not known.
    ("sce.yaml", "not_known: [max_per_premise,", "not_known: [", "max_per_premise is missing"),
    ("sce.yaml", "not_known: [max", "not_known: [max_per_premise, max", "names 'max_per_premise' twice"),
    ("sce.yaml", "not_known: [max", "not_known: [price, max", "not_known is 'price'"),
    (
        "sce.yaml",
        "    replaces_rates",
        "    lockout_days: 30\n    replaces_rates",
        "lockout_days stands here and is listed",
    ),
    (
        "sce.yaml",
        "    replaces_rates",
        "    timing: next_scheduled_read\n    replaces_rates",
        "timing stands here and is",
    ),
    ("sce.yaml", "    replaces_rates", "    documents: []\n    replaces_rates", "documents stands here and is listed"),
    ("dte.yaml", "unpriced: [all_prices]\n    not", "unpriced: [everything]\n    not", "unpriced is 'everything'"),
    # Rules of the newer kinds.
    ("dominion-va.yaml", "values: [single_family]", "values: [castle]", "values is 'castle'"),
    ("dominion-va.yaml", "kind: home_type_in, values: [single_family]", "kind: home_type_in", "values is missing"),
    (
        "txu.yaml",
        "curable,\n         cure: connect_vehicle, cure_owner: customer, cure_days: 30}",
        "final}",
        "cannot be final; give a cure",
    ),
    ("txu.yaml", "cure: connect_vehicle", "cure: pray", "cure is 'pray'"),
    (
        "txu.yaml",
        "cure: connect_vehicle, cure_owner: customer, cure_days: 30",
        "cure_owner: customer, cure_days: 30",
        "cure is missing",
    ),
    ("comed.yaml", "    all_meters: true\n", "", "all_meters and a rule all_meters_capable go together"),
    ("comed.yaml", "kind: all_meters_capable", "kind: meter_reachable", "all_meters and a rule all_meters_capable go"),
    (
        "coned.yaml",
        "- {id: drivetrain, kind: drivetrain_in, values: [bev, phev],",
        "- {id: drivetrain, kind: account_holder,",
        "who needs no account cannot be asked to hold one",
    ),
    (
        "dte.yaml",
        "{id: class, kind: customer_class_in, values: [residential], unmet: final}",
        "{id: class, kind: place_free, unmet: final}",
        "asks place_free by itself",
    ),
    (
        "dte.yaml",
        "kind: program_open, unmet: final",
        "kind: purchased_within, limit: 120, unmet: final",
        "cannot be final",
    ),
    # Disclosures, rates, hours.
    ("comed.yaml", "no_price_ceiling, ", "", "use case U3 demands: no_price_ceiling"),
    ("pge.yaml", "event_count, ", "", "use case U4 demands: event_count"),
    ("cps-energy.yaml", "[event_limits, opt_out_rules]", "[event_limits]", "use case U2 demands: opt_out_rules"),
    (
        "sdge.yaml",
        "replaces_rates: [SDGE-TOU-DR1]",
        "replaces_rates: [SDGE-DR]",
        "rate 'SDGE-DR' is not in the catalog",
    ),
    (
        "sdge.yaml",
        "{from_hour: 6, to_hour: 10, register: off_peak}",
        "{from_hour: 5, to_hour: 10, register: off_peak}",
        "must be each of 0 to 23 exactly once",
    ),
    ("sdge.yaml", "holidays: sdge8", "holidays: all_of_them", "no list of holidays is called 'all_of_them'"),
    ("pge.yaml", "rides_on: [PGE-E-1,", "rides_on: [PGE-E-1, PGE-E-1,", "names 'PGE-E-1' twice"),
    ("georgia-power.yaml", "{from_kwh: 1000,", "{from_kwh: 600,", "they must rise above 0"),
    ("georgia-power.yaml", "basis: calendar_month,", "basis: fortnight,", "basis is 'fortnight'"),
    ("xcel-co.yaml", "rounding: not_known", "rounding: sometimes", "rounding is 'sometimes'"),
    ("xcel-co.yaml", '    source: "weavegrid', '    origin: "weavegrid', "'origin' is not known in programs"),
    ("xcel-co.yaml", "    review_by: 2027-05-31\n    not_known", "    not_known", "review_by is missing"),
    ("peco.yaml", "review_by: 2026-11-30\n    not", "review_by: soon\n    not", "it must be a day, YYYY-MM-DD"),
]


def test_no_entry_of_a_program_is_known_and_then_not_read() -> None:
    optional = {field.name for field in fields(ProgramVersion) if field.default is not MISSING}
    assert optional == TERMS_KEYS


@pytest.mark.parametrize(
    ("file", "right", "wrong", "reason"),
    MISTAKES,
    ids=[f"{number}-{row[3][:40]}" for number, row in enumerate(MISTAKES)],
)
def test_a_mistake_is_refused_by_file_line_and_reason(file: str, right: str, wrong: str, reason: str) -> None:
    text = _text(file)
    assert right in text
    changed = text.replace(right, wrong, 1)
    with pytest.raises(CatalogRefused) as caught:
        parse_catalog({file: changed})
    assert reason in caught.value.reason
    assert str(caught.value).startswith(f"{file}, line {caught.value.line}: ")
    assert 1 <= caught.value.line <= changed.count("\n") + 1
