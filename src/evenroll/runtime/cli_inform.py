"""`evenroll inform`: what every open program would cost this customer, as ranges, kept under offer numbers (row 1)."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Annotated

import typer

from evenroll.costs.charging import NeedWrong
from evenroll.costs.typical import annual_of_monthly
from evenroll.enrollment.facts import ProviderAnswer, ProviderAnswerKind
from evenroll.enrollment.form import Language
from evenroll.pages.texts import render
from evenroll.programs.catalog import RateUnknown, load_catalog
from evenroll.quantities.identifiers import OrganizationKey, PodId, RateKey
from evenroll.runtime.cli_exit import CommandEnded, not_found, refused, wrong_use
from evenroll.runtime.cli_session import asked, business_now, organizations_here, session
from evenroll.runtime.informing import CostQuestion, NotServed
from evenroll.runtime.output_console import Output

if TYPE_CHECKING:
    from evenroll.runtime.informing import Informed

_WH_PER_KWH = 1000
_KWH_MAX = 1_000_000
_MILES_MAX = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class CostOptions:
    """What is said with `evenroll inform`."""

    organization: Annotated[str, typer.Option("--organization", metavar="KEY", help="Whose door it is asked at.")]
    miles: Annotated[int, typer.Option("--miles", min=0, max=_MILES_MAX, help="That the vehicle drives in a year.")]
    household_kwh: Annotated[
        int, typer.Option("--household-kwh", min=0, max=_KWH_MAX, help="Of the household in a year, without the PEV.")
    ] = 0
    household_kwh_monthly: Annotated[
        int, typer.Option("--household-kwh-monthly", min=0, max=_KWH_MAX, help="Instead: in an average month.")
    ] = 0
    kwh_per_100_miles: Annotated[float, typer.Option(min=1, max=200, help="As the vehicle's label says.")] = 30.0
    plug_in_hour: Annotated[int, typer.Option(min=0, max=23, help="Clock hour of coming home.")] = 18
    unplug_hour: Annotated[int, typer.Option(min=0, max=23, help="Clock hour of leaving.")] = 7
    charging_kw: Annotated[float, typer.Option(min=0.5, max=100, help="The most that the vehicle draws.")] = 7.2
    usage_point: Annotated[str, typer.Option("--usage-point", metavar="POD", help="As on the bill.")] = ""
    postal_code: Annotated[str, typer.Option("--postal-code", help="With --address, instead of a usage point.")] = ""
    address: Annotated[str, typer.Option("--address", help="Asked of the clearinghouse; kept nowhere.")] = ""
    rate: Annotated[list[str] | None, typer.Option("--rate", metavar="KEY", help="That the customer is on.")] = None
    explain: Annotated[bool, typer.Option("--explain", help="Show the lines of the bill too.")] = False
    language: Annotated[Language, typer.Option("--language", help="Of the sentences.")] = Language.EN


def inform(said: CostOptions) -> None:
    """Show what every open program would cost, before anybody applies.

    Example: evenroll --demo inform --organization lakeland-electric --household-kwh 9000 --miles 12000
    """
    question = _question(said)
    output = Output(json=asked.json)
    with session():
        from evenroll.runtime.output_inform import show_informed, told_informed

        found = _ask(question, said.language)
        output.data(told_informed(found, question=question, language=said.language))
        show_informed(found, question=question, output=output, language=said.language, explain=said.explain)


def _question(said: CostOptions) -> CostQuestion:
    question = CostQuestion(
        organization=OrganizationKey(said.organization),
        household_wh=_household_wh(said.household_kwh, said.household_kwh_monthly),
        miles=said.miles,
        wh_per_100_miles=_wh(said.kwh_per_100_miles),
        plug_in_hour=said.plug_in_hour,
        unplug_hour=said.unplug_hour,
        power_w=_wh(said.charging_kw),
        pod=PodId(said.usage_point.strip().upper()) if said.usage_point.strip() else None,
        postal_code=said.postal_code.strip(),
        address=said.address.strip(),
        rates=tuple(RateKey(each.strip().upper()) for each in said.rate or ()),
    )
    if question.postal_code and not question.names_a_point:
        raise wrong_use("A postal code alone names no usage point. Add --address, or give --usage-point instead.")
    return question


def _ask(question: CostQuestion, language: Language) -> Informed:
    from evenroll.runtime.informing import ask_costs
    from evenroll.runtime.installation_wiring import wired_installation

    _check(question)
    installation = wired_installation()
    clearinghouse = installation.clearinghouse if question.names_a_point else None
    try:
        return ask_costs(question, clearinghouse=clearinghouse, prices=installation.prices, now=business_now())
    except NeedWrong as wrong:
        raise wrong_use(str(wrong)) from None
    except NotServed as none:
        raise _not_served(none.answer, language) from None


def _check(question: CostQuestion) -> None:
    from evenroll.enrollment.roles import OrganizationKind
    from evenroll.records.organizations import kinds_of

    organizations_here(question.organization)
    if kinds_of(question.organization) <= {OrganizationKind.CLEARINGHOUSE}:
        raise refused(
            f"{question.organization} is a clearinghouse and has no programs. Ask a utility or a supplier.",
            reason="no_programs",
        )
    for key in question.rates:
        try:
            load_catalog().rate(key, on=business_now().date())
        except RateUnknown as unknown:
            raise not_found(str(unknown), reason="rate_unknown") from None


def _not_served(answer: ProviderAnswer, language: Language) -> CommandEnded:
    sentence = render(answer.kind, language=language)
    if answer.points:
        sentence = f"{sentence} {', '.join(answer.points)}"
    if answer.kind is ProviderAnswerKind.NOT_FOUND:
        return not_found(sentence, reason=answer.kind.value)
    return refused(sentence, reason=answer.kind.value)


def _wh(kwh: float) -> int:
    if not isfinite(kwh):
        raise wrong_use("A figure of kWh or kW is no number. Write it as 30 or 7.2.")
    return round(kwh * _WH_PER_KWH)


def _household_wh(annual_kwh: int, monthly_kwh: int) -> int:
    if bool(annual_kwh) == bool(monthly_kwh):
        raise wrong_use("Say what the household uses: either --household-kwh in a year or --household-kwh-monthly.")
    return annual_kwh * _WH_PER_KWH or annual_of_monthly(monthly_kwh * _WH_PER_KWH)
