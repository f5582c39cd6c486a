"""Asking what every program would cost (row 1): the clearinghouse first, outside any transaction, then the step."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from evenroll.comparison.series import past_prices, series_of
from evenroll.costs.charging import PevNeed
from evenroll.costs.pricing import HourPrices
from evenroll.costs.typical import miles_assumed, need_of_miles, typical_day_assumed, typical_household
from evenroll.enrollment.case import Hidden
from evenroll.enrollment.facts import SERVED, PartnerAway, ProviderAnswer
from evenroll.enrollment.offers import serving
from evenroll.enrollment.roles import Actor, Role
from evenroll.ports.clearinghouse import Clearinghouse, ProviderQuestion
from evenroll.ports.prices import PriceSource
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.identifiers import ActorKey, OrganizationKey, PodId, RateKey

if TYPE_CHECKING:
    from evenroll.steps.step_01_inform import Interest, Shown


class NotServed(LookupError):
    """Nobody can be named who serves the usage point, so nothing can be shown for it; `answer` says why."""

    def __init__(self, answer: ProviderAnswer) -> None:
        super().__init__(f"The clearinghouse answers {answer.kind.value}. Correct what names the usage point.")
        self.answer = answer


@dataclass(frozen=True, kw_only=True, slots=True)
class CostQuestion:
    """What a person says who asks for costs. Nobody's name.

    household_wh: in a year, without the vehicle. wh_per_100_miles: from the wall. pod; postal_code with address: which
    usage point is meant, where any is. address: personal, it goes to the clearinghouse and nowhere else.
    """

    organization: OrganizationKey
    household_wh: int
    miles: int
    wh_per_100_miles: int
    plug_in_hour: int = 18
    unplug_hour: int = 7
    power_w: int = 7200
    pod: PodId | None = None
    postal_code: str = ""
    address: str = field(default="", repr=False)
    rates: tuple[RateKey, ...] = ()

    @property
    def names_a_point(self) -> bool:
        """Whether the clearinghouse can be asked."""
        return self.pod is not None or bool(self.address)

    @property
    def need(self) -> PevNeed:
        """What the vehicle draws at home. Raises NeedWrong."""
        return need_of_miles(
            self.miles,
            wh_per_100_miles=self.wh_per_100_miles,
            plug_in_hour=self.plug_in_hour,
            unplug_hour=self.unplug_hour,
            power_w=self.power_w,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Informed:
    """What was shown.

    on: the business date. answer: who serves the usage point; None if none was named. hidden: what is not for them.
    """

    on: date
    answer: ProviderAnswer | PartnerAway | None
    shown: tuple[Shown, ...]
    hidden: tuple[Hidden, ...]

    @property
    def year(self) -> int:
        """The calendar year of the figures."""
        return self.on.year


def ask_costs(
    question: CostQuestion, *, clearinghouse: Clearinghouse | None, now: datetime, prices: PriceSource | None = None
) -> Informed:
    """Every open program with its costs, kept as shown in the organization's books; by the calendar year of `now`.

    clearinghouse: needed where the question names a usage point. prices: of hours; absent, no such price is compared.
    Raises NeedWrong, UseWrong, NotServed.
    """
    from evenroll.records.organizations import open_organization
    from evenroll.records.unit_of_work import unit_of_work
    from evenroll.steps.step_01_inform import hidden_from, inform

    with open_organization(question.organization) as opened:
        calendar, today = opened.calendar, opened.calendar.business_date(now)
    answer: ProviderAnswer | PartnerAway | None = None
    if clearinghouse is not None and question.names_a_point:
        meant = ProviderQuestion(pod=question.pod, postal_code=question.postal_code, address=question.address)
        answer = clearinghouse.find(meant, on=today)
    if isinstance(answer, ProviderAnswer) and answer.kind not in SERVED:
        raise NotServed(answer)
    provider = answer if isinstance(answer, ProviderAnswer) else None
    known = _past_prices(question, provider=provider, prices=prices, today=today) if prices else {}
    interest = replace(_interest(question, year=today.year, calendar=calendar, provider=provider), prices=known)
    actor = Actor(key=ActorKey("informed"), role=Role.CUSTOMER, organization=question.organization)
    with unit_of_work(question.organization, actor=actor, now=now) as work:
        shown, hidden = inform(work, interest=interest), hidden_from(work, interest=interest)
    return Informed(on=today, answer=answer, shown=shown, hidden=hidden)


def _past_prices(
    question: CostQuestion, *, provider: ProviderAnswer | None, prices: PriceSource, today: date
) -> dict[str, HourPrices]:
    """The past years of every series that a program shown, or today's price, is priced by."""
    from evenroll.records.organizations import open_organization
    from evenroll.records.program_shelf import published_programs

    publishers = {question.organization} | (serving(provider) if provider else set())
    with open_organization(question.organization) as opened:
        keys = [each.rate for each in published_programs(publishers, on=today) if each.rate]
        calendar = opened.calendar
    return past_prices(prices, needed=series_of((*keys, *question.rates), on=today), calendar=calendar, on=today)


def _interest(
    question: CostQuestion, *, year: int, calendar: ServiceCalendar, provider: ProviderAnswer | None
) -> Interest:
    from evenroll.steps.step_01_inform import Interest

    return Interest(
        household=typical_household(question.household_wh, year=year, calendar=calendar),
        pev=question.need,
        year=year,
        provider=provider,
        rates=question.rates,
        assumptions=(
            typical_day_assumed(question.household_wh),
            miles_assumed(question.miles, wh_per_100_miles=question.wh_per_100_miles),
        ),
    )
