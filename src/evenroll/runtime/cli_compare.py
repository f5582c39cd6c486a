"""`evenroll compare`: every program of an organization for one household and its PEV, without a database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from evenroll.comparison.vehicle_need import BatteryTooSmall, need_of_vehicle
from evenroll.costs.charging import NeedDoesNotFit, NeedWrong, PevNeed
from evenroll.costs.compare import Assumption, AssumptionCode
from evenroll.enrollment.form import Language
from evenroll.intake.load_cells import DateOrder
from evenroll.programs.catalog import CatalogOrganization, OrganizationRole, RateUnknown, load_catalog
from evenroll.programs.vehicle_models import VehicleModel, vehicle_list
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import RateKey, named_as
from evenroll.runtime.cli_days import option_day
from evenroll.runtime.cli_exit import ExitCode, not_found, refused, wrong_use
from evenroll.runtime.cli_near import did_you_mean, nearest_words
from evenroll.runtime.cli_session import asked
from evenroll.runtime.output_console import Output
from evenroll.runtime.output_file import keep_read, write_file

if TYPE_CHECKING:
    from evenroll.comparison.comparing import CompareQuestion
    from evenroll.comparison.own_use import OwnUse

_WH_PER_KWH: Final = 1000
_KWH_MAX: Final = 1_000_000
_MILES_MAX: Final = 1_000_000
_USD_MAX: Final = Decimal(1_000_000)
_USD: Final = re.compile(r"(\d{1,7}|\d{1,3}(,\d{3}){1,2})(\.\d{1,2})?", re.ASCII)
"""Dollars and cents; commas stand between thousands only, for elsewhere they stand before cents."""
_YEARS: Final = (2000, 2100)


@dataclass(frozen=True, kw_only=True, slots=True)
class CompareOptions:
    """What is said with `evenroll compare`."""

    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Your own use: Green Button (XML), CSV or Parquet.")
    ] = None
    organization: Annotated[str, typer.Option("--organization", metavar="KEY", help="Whose programs.")] = ""
    postal_code: Annotated[
        str, typer.Option("--postal-code", metavar="ZIP", help="In its place, where one serves it.")
    ] = ""
    monthly_kwh: Annotated[
        int, typer.Option("--monthly-kwh", min=0, max=_KWH_MAX, help="In place of a file: use of an average month.")
    ] = 0
    miles: Annotated[
        int | None, typer.Option("--miles", min=0, max=_MILES_MAX, help="That the vehicle drives in a year.")
    ] = None
    vehicle: Annotated[
        str, typer.Option("--vehicle", metavar="NAME", help="Of the list of `evenroll vehicles`: what it needs.")
    ] = ""
    kwh_per_100_miles: Annotated[
        float | None, typer.Option(min=1, max=200, help="As the vehicle's label says; else its list, else 30.")
    ] = None
    plug_in_hour: Annotated[int, typer.Option(min=0, max=23, help="Clock hour of coming home.")] = 18
    unplug_hour: Annotated[int, typer.Option(min=0, max=23, help="Clock hour of leaving.")] = 7
    charging_kw: Annotated[float, typer.Option(min=0.5, max=100, help="The most that charger and vehicle draw.")] = 7.2
    pev_in_load: Annotated[
        bool, typer.Option("--pev-in-load", help="The file holds the vehicle's charging already.")
    ] = False
    rate: Annotated[list[str] | None, typer.Option("--rate", metavar="KEY", help="That the customer is on.")] = None
    equipment_usd: Annotated[str, typer.Option("--equipment-usd", metavar="USD", help="What equipment costs.")] = ""
    meter: Annotated[str, typer.Option("--meter", help="Which meter of the file, where it has several.")] = ""
    dates: Annotated[DateOrder, typer.Option("--dates", help="Of a table whose days could be read in two ways.")] = (
        DateOrder.UNSAID
    )
    prices: Annotated[
        Path | None,
        typer.Option("--prices", metavar="FILE", help="Of hours: as `evenroll load price_series` takes it."),
    ] = None
    installed_prices: Annotated[
        bool, typer.Option("--installed-prices", help="Take prices of hours from the database of this installation.")
    ] = False
    plot: Annotated[Path | None, typer.Option("--plot", metavar="FILE.svg", help="Draw the year's bills there.")] = None
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day whose prices hold; else today.")] = ""
    explain: Annotated[bool, typer.Option("--explain", help="Show the lines of the bill too.")] = False
    language: Annotated[Language, typer.Option("--language", help="Of the sentences.")] = Language.EN


def compare(said: CompareOptions) -> None:
    """Compare every program of an organization with today, by your own use. Needs no database and keeps nothing.

    Example: evenroll compare --monthly-kwh 700 --organization lakeland-electric --miles 12000
    """
    # Arrays and the invented territory take longer to import than other commands take.
    from evenroll.comparison.comparing import compared
    from evenroll.runtime.output_compare import show_compared, told_compared

    if said.plot is not None:
        keep_read(said.plot, option="--plot", read=(said.file, said.prices))
    question = _question(said)
    try:
        found = compared(question, catalog=load_catalog())
    except RateUnknown as unknown:
        raise not_found(str(unknown), reason="rate_unknown") from None
    output = Output(json=asked.json)
    if said.plot is not None:
        from evenroll.comparison.plot import plot_of

        write_file(said.plot, plot_of(found, question=question, language=said.language))
    output.data(told_compared(found, question=question, language=said.language))
    show_compared(found, question=question, output=output, language=said.language, explain=said.explain)
    if question.vehicle and question.on > vehicle_list().review_by:
        output.note(
            f"The list of vehicles was to be reviewed by {vehicle_list().review_by}; what it says of "
            f"{question.vehicle} may have changed. --kwh-per-100-miles and --charging-kw say it anew."
        )
    if any(isinstance(each.costs, NeedDoesNotFit) for each in found.others):
        # Each program says so where it stands; no figures came of what was said of the vehicle.
        output.note(
            "The vehicle does not get what it needs while it is plugged in. Correct --miles, --kwh-per-100-miles, "
            "--plug-in-hour, --unplug-hour or --charging-kw."
        )
        raise typer.Exit(ExitCode.REFUSED)


def _question(said: CompareOptions) -> CompareQuestion:
    from evenroll.comparison.comparing import CompareQuestion
    from evenroll.runtime.series_known import known_series

    organization = _organization(said.organization, postal_code=said.postal_code.strip())
    on = _day(said.on) if said.on else datetime.now(UTC).date()
    rates = _rates(said.rate or (), on=on, organization=organization)
    vehicle = _vehicle(said.vehicle) if said.vehicle.strip() else None
    need, assumed = _need(said, vehicle=vehicle)
    return CompareQuestion(
        organization=organization,
        on=on,
        use=_use(said, organization=organization, on=on),
        need=need,
        assumptions=assumed,
        series=known_series(
            organization, rates=rates, on=on, file=said.prices, from_installation=said.installed_prices
        ),
        rates=rates,
        charging_in_use=said.pev_in_load,
        vehicle=vehicle.key if vehicle else "",
        equipment_usd=_usd(said.equipment_usd) if said.equipment_usd else None,
    )


def _organization(key: str, *, postal_code: str) -> CatalogOrganization:
    if bool(key) == bool(postal_code):
        raise wrong_use("Say whose programs: either --organization KEY or --postal-code ZIP.")
    key = key or _serving(postal_code)
    known = {each.key: each for each in load_catalog().organizations}
    found = next((each for each in known.values() if each.key == key), None)
    if found is None:
        raise not_found(
            f"The catalog has no organization {key!r}. {nearest_words(key, sorted(known))}",
            reason="organization_unknown",
        )
    if found.role is OrganizationRole.CLEARINGHOUSE:
        raise refused(
            f"{key} is a clearinghouse and has no programs. Ask a utility or a supplier.", reason="no_programs"
        )
    return found


def _serving(postal_code: str) -> str:
    """The utility of the package whose territory holds the postal code: the invented ones alone list theirs."""
    from evenroll.runtime.territory_plan import utility_at

    found = utility_at(postal_code)
    if found is None:
        raise not_found(
            f"No utility of the catalog lists the postal code {postal_code}, and none is guessed. Name yours with "
            "--organization; `evenroll programs` lists them.",
            reason="postal_code_unknown",
        )
    return found


def _day(text: str) -> date:
    on = option_day(text, option="--on")
    if not _YEARS[0] <= on.year <= _YEARS[1]:
        raise wrong_use(f"--on {text}: prices are told of the years {_YEARS[0]} to {_YEARS[1]}. Correct the day.")
    return on


def _rates(keys: list[str] | tuple[()], *, on: date, organization: CatalogOrganization) -> tuple[RateKey, ...]:
    known = {each.key for each in load_catalog().rates}
    found = tuple(RateKey(named_as(each.strip(), known=known)) for each in keys)
    for key in found:
        try:
            rate = load_catalog().rate(key, on=on)
        except RateUnknown as unknown:
            near = "" if key in known else f" {did_you_mean(key, known)}"
            raise not_found(f"{unknown}{near}".rstrip(), reason="rate_unknown") from None
        _refuse_elsewhere(key, owner=rate.organization, organization=organization)
    return found


def _refuse_elsewhere(key: RateKey, *, owner: str, organization: CatalogOrganization) -> None:
    """Nobody is on a rate of another territory, nor of two utilities at once."""
    other = next(each for each in load_catalog().organizations if each.key == owner)
    are_utilities = OrganizationRole.UTILITY is other.role is organization.role
    if other.calendar != organization.calendar or (are_utilities and other.key != organization.key):
        raise wrong_use(
            f"--rate {key} is a rate of {owner}, which does not serve the customers of {organization.key}. Name the "
            f"rate that you are on, or ask for the programs of {owner}."
        )


def _use(said: CompareOptions, *, organization: CatalogOrganization, on: date) -> OwnUse:
    from evenroll.comparison.own_use import use_of_file, use_of_month
    from evenroll.intake.own_load_words import OwnFileRefused

    if (said.file is None) == (not said.monthly_kwh):
        raise wrong_use("Say what the household uses: name either a FILE or an average month with --monthly-kwh.")
    territory = calendar(organization.calendar)
    if said.file is None:
        if said.pev_in_load:
            raise wrong_use("--pev-in-load is said of a file. Name one, or say the month without the vehicle.")
        return use_of_month(said.monthly_kwh * _WH_PER_KWH, year=on.year, calendar=territory)
    try:
        return use_of_file(said.file, year=on.year, calendar=territory, dates=said.dates, meter=said.meter)
    except OwnFileRefused as refusal:
        raise wrong_use(refusal.said.sentence(said.language), reason=refusal.said.code.value) from None


def _vehicle(name: str) -> VehicleModel:
    known = [each.key for each in vehicle_list().models]
    found = vehicle_list().model(named_as(name.strip(), known=known))
    if found is None:
        near = did_you_mean(name.strip(), known)
        raise not_found(
            f"No vehicle of the list is called {name}. {near or '`evenroll vehicles` lists them.'} For another one say "
            "--kwh-per-100-miles and --charging-kw.",
            reason="vehicle_unknown",
        )
    return found


def _need(said: CompareOptions, *, vehicle: VehicleModel | None) -> tuple[PevNeed, tuple[Assumption, ...]]:
    if said.pev_in_load:
        if said.miles is not None or vehicle is not None:
            raise wrong_use(
                "With --pev-in-load the file tells what the vehicle draws. Leave --miles out, and --vehicle as well."
            )
        return PevNeed(annual_wh=0), (Assumption(code=AssumptionCode.CHARGING_IN_USE),)
    if said.miles is None:
        raise wrong_use("Say what the vehicle drives in a year with --miles, or --pev-in-load where the file holds it.")
    rating = None if said.kwh_per_100_miles is None else _wh(said.kwh_per_100_miles)
    try:
        return need_of_vehicle(
            said.miles,
            vehicle=vehicle,
            wh_per_100_miles=rating,
            power_w=_wh(said.charging_kw),
            plugged_in=(said.plug_in_hour, said.unplug_hour),
        )
    except NeedWrong as wrong:
        raise wrong_use(str(wrong)) from None
    except BatteryTooSmall as small:
        raise refused(f"{small} Correct --miles: those that are charged at home.", reason="battery_too_small") from None


def _usd(text: str) -> Decimal:
    plain = text.strip().removeprefix("$").strip()
    found = Decimal(plain.replace(",", "")) if _USD.fullmatch(plain) else None
    if found is None or found > _USD_MAX:
        raise wrong_use(
            f"--equipment-usd {text}: this is no price of equipment up to 1,000,000 dollars. Write it as 549, 549.00 "
            "or 1,549.00."
        )
    return found


def _wh(kwh: float) -> int:
    if not isfinite(kwh):
        raise wrong_use("A figure of kWh or kW is no number. Write it as 30 or 7.2.")
    return round(kwh * _WH_PER_KWH)
