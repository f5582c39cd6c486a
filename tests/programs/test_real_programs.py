"""Real programs: what is known is carried over exactly, what is not known is said, none is shown elsewhere."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from evenroll.enrollment.facts import ProviderAnswer, ProviderAnswerKind
from evenroll.enrollment.form import Language
from evenroll.enrollment.offers import HiddenReason, present
from evenroll.pages.offer_words import terms
from evenroll.pages.program_table import INVENTED_CALENDAR, program_page
from evenroll.programs.catalog import is_published, load_catalog
from evenroll.programs.priced import price_known
from evenroll.programs.program import Coverage, ProgramVersion, SupplyStatus, Unit, lockout_of, stay_of
from evenroll.programs.program_terms import MissingPrice, NotKnown, Span
from evenroll.programs.rate import register_at, season_at
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import OrganizationKey, ProgramKey, RateKey

CATALOG = load_catalog()
ON = date(2026, 11, 2)
NOW = datetime(2026, 11, 2, 15, tzinfo=UTC)
REAL = {row.key: row for row in CATALOG.organizations if row.calendar != INVENTED_CALENDAR}
PROGRAMS = [row for row in CATALOG.programs if row.organization in REAL]
RATES = [row for row in CATALOG.rates if row.organization in REAL]


def _program(key: str) -> ProgramVersion:
    return CATALOG.program(ProgramKey(key))


def test_the_real_programs_are_all_there() -> None:
    assert {str(row.key) for row in PROGRAMS} == {
        "PGE-EV2-A",
        "PGE-SMARTRATE",
        "SCE-TOU-D-PRIME",
        "SDGE-EV-TOU-5",
        "CONED-SC1-III",
        "CONED-SMARTCHARGE-NY",
        "GP-TOU-OA-14",
        "PECO-R-TOU",
        "DTE-D1.9",
        "COMED-HOURLY",
        "CPS-FLEXEV-SMART",
        "DOM-EV-REWARDS",
        "XCEL-CO-OPTIMIZE",
        "TXU-FREE-EV-MILES",
    }
    standard = {str(row.key) for row in RATES if row.standard}
    assert standard >= {"PGE-E-1", "SCE-D", "SDGE-TOU-DR1", "CONED-SC1", "GP-R-30", "DTE-D1", "PECO-R", "XCEL-CO-R"}


# Figures of the sheets named in the files: rate, local hour, holiday or not, USD per kWh of its first step.
FIGURES = [
    ("PGE-EV2-A", "2026-07-06T17", False, "0.53809"),
    ("PGE-EV2-A", "2026-07-05T14", False, "0.22558"),
    ("PGE-EV2-A", "2026-12-25T22", True, "0.39428"),
    ("SCE-TOU-D-PRIME", "2026-07-06T17", False, "0.60133"),
    ("SCE-TOU-D-PRIME", "2026-07-06T17", True, "0.41024"),
    ("SCE-TOU-D-PRIME", "2026-12-06T17", False, "0.57488"),
    ("SDGE-EV-TOU-5", "2026-07-06T17", False, "0.79321"),
    ("SDGE-EV-TOU-5", "2026-07-06T12", False, "0.12852"),
    ("SDGE-EV-TOU-5", "2026-12-06T09", False, "0.12115"),
    ("SDGE-EV-TOU-5", "2026-12-07T09", False, "0.46639"),
    ("CONED-SC1-III", "2026-07-06T15", False, "1.182876"),
    ("CONED-SC1-III", "2026-07-05T15", False, "0.376615"),
    ("CONED-SC1-III", "2026-12-07T03", False, "0.142364"),
    ("GP-TOU-OA-14", "2026-07-06T15", False, "0.404592"),
    ("GP-TOU-OA-14", "2026-07-06T23", False, "0.064333"),
    ("GP-TOU-OA-14", "2026-12-07T15", False, "0.158309"),
    ("PECO-R-TOU", "2026-11-02T15", False, "0.42640"),
    ("PECO-R-TOU", "2026-11-02T05", False, "0.16977"),
    ("DOM-1T", "2026-07-06T12", False, "0.246139"),
    ("DTE-D1", "2026-07-06T12", False, "0.215256"),
    ("GP-R-30", "2026-07-06T12", False, "0.139940"),
    ("XCEL-CO-R", "2026-07-06T12", False, "0.17288"),
]


@pytest.mark.parametrize(("key", "hour", "is_holiday", "usd"), FIGURES)
def test_a_price_is_that_of_the_sheet(key: str, hour: str, is_holiday: bool, usd: str) -> None:
    local = datetime.fromisoformat(f"{hour}:00")
    rate = CATALOG.rate(RateKey(key), on=date(2026, 12, 31))
    register = register_at(rate, local=local, is_holiday=is_holiday and rate.holidays != "none")
    assert season_at(rate, month=local.month).price(register) == Decimal(usd)


def test_no_figure_stands_where_all_prices_are_missing() -> None:
    for rate in RATES:
        if MissingPrice.ALL_PRICES in rate.unpriced:
            assert rate.seasons == ()
            assert max(rate.fixed_usd_per_day, rate.fixed_usd_per_month, rate.minimum_bill_usd_per_month) == 0


def test_no_source_states_its_rounding_so_none_is_claimed() -> None:
    assert not [rate.key for rate in RATES if rate.rounding_known]


@pytest.mark.parametrize(
    ("key", "missing", "today", "compared"),
    [
        ("PGE-EV2-A", (), (), True),
        ("SCE-TOU-D-PRIME", (), (), True),
        ("CONED-SC1-III", (), (), True),
        ("GP-TOU-OA-14", (), (), True),
        ("SDGE-EV-TOU-5", (), (MissingPrice.BASELINE_CREDIT,), False),
        ("PECO-R-TOU", (), (MissingPrice.DELIVERY_PART,), False),
        ("DTE-D1.9", (MissingPrice.ALL_PRICES,), (), False),
        (
            "COMED-HOURLY",
            (MissingPrice.HOURLY_SERIES, MissingPrice.CAPACITY_CHARGE, MissingPrice.DELIVERY_PART),
            (MissingPrice.ALL_PRICES,),
            False,
        ),
        ("PGE-SMARTRATE", (MissingPrice.CREDIT_RULE,), (), False),
        ("CPS-FLEXEV-SMART", (), (), False),
    ],
)
def test_where_a_price_is_missing_nothing_is_compared(
    key: str, missing: tuple[MissingPrice, ...], today: tuple[MissingPrice, ...], compared: bool
) -> None:
    known = price_known(_program(key), catalog=CATALOG, on=ON)
    assert (known.missing, known.missing_today, known.is_compared) == (missing, today, compared)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda row: str(row.key))
def test_what_is_not_known_is_said_in_both_languages_and_never_as_none(program: ProgramVersion) -> None:
    said = {language: " ".join(terms(program, language=language)) for language in Language}
    assert NotKnown.MAX_PER_PREMISE in program.not_known
    assert "Its source does not say" in said[Language.EN]
    assert "Su fuente no dice" in said[Language.ES]
    if NotKnown.LOCKOUT_DAYS in program.not_known:
        assert "wait after leaving" in said[Language.EN]
        assert program.lockout_days == 0


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda row: str(row.key))
def test_every_entry_has_a_source_and_a_day_of_review_past_which_it_is_hidden_with_the_reason(program) -> None:
    assert len(program.source) > 20
    assert program.name.en and program.summary.es != program.summary.en
    assert is_published(program, on=program.review_by)
    late = program.review_by + timedelta(days=1)
    assert not is_published(program, on=late)
    status = min(program.supply_admitted)
    answer = ProviderAnswer(
        as_of=NOW,
        kind=ProviderAnswerKind(status.value),
        utility=program.organization,
        supplier=program.organization if status is SupplyStatus.ESCO else None,
    )
    shown, hidden = present((program,), answer=answer, on=late)
    assert shown == ()
    assert [row.reason for row in hidden] == [HiddenReason.REVIEW_OVERDUE.value]
    assert present((program,), answer=answer, on=program.review_by)[0]


def test_the_next_price_of_peco_is_not_guessed() -> None:
    assert is_published(_program("PECO-R-TOU"), on=date(2026, 11, 30))
    assert not is_published(_program("PECO-R-TOU"), on=date(2026, 12, 1))


def test_in_the_invented_territory_no_real_program_is_shown() -> None:
    answer = ProviderAnswer(
        as_of=NOW,
        kind=ProviderAnswerKind.ESCO,
        utility=OrganizationKey("lakeland-electric"),
        supplier=OrganizationKey("brightwater-energy"),
    )
    shown, _ = present(CATALOG.programs, answer=answer, on=ON)
    assert shown
    assert not {row.organization for row in shown} & set(REAL)


def test_where_con_edison_serves_only_its_own_programs_are_shown() -> None:
    utility = ProviderAnswer(as_of=NOW, kind=ProviderAnswerKind.UTILITY, utility=OrganizationKey("coned"))
    shown, hidden = present(CATALOG.programs, answer=utility, on=ON)
    assert {row.program for row in shown} == {"CONED-SC1-III", "CONED-SMARTCHARGE-NY"}
    assert {row.reason for row in hidden} == {HiddenReason.NOT_YOUR_PROVIDER.value}


def test_rule_17_con_edison_binds_its_own_customers_for_a_year_and_those_of_suppliers_not() -> None:
    program = _program("CONED-SC1-III")
    assert stay_of(program, supply=SupplyStatus.UTILITY) == Span(months=12)
    assert stay_of(program, supply=SupplyStatus.ESCO) == Span()
    assert lockout_of(program) == Span(months=18)


def test_rule_2_units_and_exclusions_are_those_of_each_program() -> None:
    assert _program("CPS-FLEXEV-SMART").unit is Unit.DEVICE
    assert _program("CONED-SMARTCHARGE-NY").unit is Unit.VEHICLE
    assert not _program("CONED-SMARTCHARGE-NY").account_needed
    assert "energy_price" in _program("CONED-SMARTCHARGE-NY").excluded_families
    assert "energy_price" not in _program("XCEL-CO-OPTIMIZE").excluded_families
    assert "managed_charging" in _program("DTE-D1.9").excluded_families


def test_rule_5_the_second_meter_waits_for_electrician_and_inspection() -> None:
    program = _program("DTE-D1.9")
    assert ("meter", "equipment") in [(row.track.value, row.needs_track.value) for row in program.prerequisites]
    assert program.cap is not None
    assert program.cap.places == 2500


def test_credits_price_nothing_and_prices_cover_something() -> None:
    for program in PROGRAMS:
        assert (program.rate is None) == (program.coverage is Coverage.NONE)


@pytest.mark.parametrize("organization", REAL.values(), ids=lambda row: str(row.key))
def test_every_territory_has_its_zone_and_its_holidays(organization) -> None:
    territory = calendar(organization.calendar)
    assert not territory.is_business_day(date(2026, 12, 25))
    assert territory.hours_in_day(date(2026, 3, 8)) == 23


def test_the_page_of_real_programs_is_the_catalog() -> None:
    page = Path(__file__).parents[2] / "docs" / "programs.md"
    assert page.read_text(encoding="utf-8") == program_page(CATALOG), (
        "run: evenroll programs page --out docs/programs.md"
    )
