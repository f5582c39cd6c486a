"""What was compared once is kept until anything that enters into it changes, and is what a fresh look would find."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from evenroll.comparison.comparing import compared
from evenroll.comparison.own_use import OwnUse, use_of_month
from evenroll.costs.pricing import KnownPrices
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import OrganizationKey
from tests.statements import counted_traffic
from tests.territory import Territory
from tests.web.test_find import all_answered

UTILITY = OrganizationKey("lakeland-electric")
HOUR = timedelta(hours=1)


def answers(**changed: Any) -> Any:
    from evenroll.portal.find_answers import Answers

    own = Answers(utility=UTILITY, vehicle="nissan-leaf", miles=12_000, billed_by="utility", monthly_kwh=700)
    return own.but(**changed)


def asked(*, use: Any = None, **changed: Any) -> Any:
    from evenroll.portal.find_asking import asked_of

    return asked_of(answers(**changed), own_use=lambda _year: use)


def own_use(digest: str, kwh: int) -> Any:
    from evenroll.portal.find_asking import UseGiven

    def read() -> OwnUse:
        return use_of_month(kwh * 1000, year=2026, calendar=calendar("US-LAKELAND"))

    return UseGiven(digest=digest, read=read)


@contextmanager
def books(of: OrganizationKey) -> Iterator[Any]:
    """A pen in the books of an organization."""
    from evenroll.records.organizations import cursor, open_organization

    with open_organization(of), cursor() as pen:
        yield pen


def test_the_same_answers_are_compared_once(web: None, territory: Territory) -> None:
    assert asked() is asked()
    assert asked(postal_code="00401") is asked()


def test_another_answer_is_compared_anew(web: None, territory: Territory) -> None:
    changes: list[dict[str, Any]] = [
        {"vehicle": "tesla-model-y"},
        {"vehicle": "other", "wh_per_100_miles": 31_000},
        {"miles": 9000},
        {"plug_in_hour": 20},
        {"unplug_hour": 6},
        {"outlet_w": 11_500},
        {"billed_by": "brightwater-energy"},
        {"monthly_kwh": 701},
        {"utility": "coned"},
        {"use": own_use("a", 600)},
        {"use": own_use("b", 650)},
    ]
    found = [asked(), *(asked(**change) for change in changes)]
    assert len({id(each) for each in found}) == len(found)
    assert found[-1].question.use.annual_wh == 7_800_000
    assert asked(**changes[-1]) is found[-1]


def test_a_change_of_prices_is_seen_at_once(web: None, territory: Territory) -> None:
    from evenroll.records.organizations import open_organization
    from evenroll.records.price_series import HourPrice, add_prices

    at = datetime(2020, 1, 1, tzinfo=UTC)
    seen = [asked()]
    with open_organization(territory.utility):
        row = HourPrice(start_at=at, end_at=at + HOUR, price_e8_per_kwh=5)
        add_prices("seen-at-once", [row], source="test", as_of_on=at.date())
    seen.append(asked())
    with books(territory.utility) as pen:
        pen.execute("UPDATE price_series SET price_e8_per_kwh = 6 WHERE series = 'seen-at-once'")
    seen.append(asked())
    with books(territory.utility) as pen:
        pen.execute("DELETE FROM price_series WHERE series = 'seen-at-once'")
    seen.append(asked())
    assert len({id(each) for each in seen}) == len(seen)
    assert asked() is seen[-1]


def test_what_is_kept_is_what_a_fresh_look_finds(web: None, territory: Territory) -> None:
    kept = asked()
    use = use_of_month(700_000, year=kept.question.on.year, calendar=calendar("US-LAKELAND"))
    fresh = compared(replace(kept.question, use=use), catalog=kept.catalog)
    assert fresh.figures
    assert fresh == kept.found


def test_no_hours_of_anybody_are_kept(web: None, territory: Territory) -> None:
    kept = asked(use=own_use("c", 620))
    assert [len(each.wh) for each in kept.question.use.years] == [1]
    assert kept.question.use.annual_wh == 7_440_000


def test_a_second_look_works_nothing_out_and_asks_little(web: None, territory: Territory) -> None:
    browser = all_answered()
    pages: list[str] = []
    counts: list[int] = []
    for _ in range(3):
        with counted_traffic() as traffic:
            pages.append(browser.get("/find/costs").content.decode())
        counts.append(traffic.statements)
    assert len(set(counts[1:])) == 1
    assert counts[1] <= counts[0] <= 12
    assert counts[1] <= 8
    same = [re.sub(r'nonce="[^"]*"|value="[^"]*"', "", page) for page in pages]
    assert same[0] == same[1] == same[2]


def test_few_are_kept_and_none_for_long() -> None:
    from evenroll.portal.find_kept import Kept

    now = [0.0]
    made: list[int] = []
    kept: Any = Kept(most=2, seconds=10.0, clock=lambda: now[0])

    def of(key: int) -> int:
        def make() -> int:
            made.append(key)
            return key * 10

        return kept.of(key, make)

    assert [of(1), of(2), of(1), of(3), of(1)] == [10, 20, 10, 30, 10]
    assert made == [1, 2, 3]
    assert len(kept.values) == 2
    assert of(2) == 20
    now[0] = 11.0
    assert of(2) == 20
    assert made == [1, 2, 3, 2, 2]


def test_known_prices_cost_what_the_same_prices_cost() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    known = KnownPrices({at: Decimal("0.05")})
    assert dict(known) == {at: Decimal("0.05")}
    assert known.get(at + HOUR) is None
    assert len(known) == 1
    assert known != KnownPrices({at: Decimal("0.05")})
