"""The finder is warm before it is asked: whoever comes first, or first after a change of prices, reads no series."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Event, Thread

import pytest

from evenroll.portal.find_kept import Kept
from tests.statements import counted_traffic
from tests.territory import Territory
from tests.web.test_find import all_answered
from tests.web.town import NOW

HOUR = timedelta(hours=1)
PRICES = "FROM price_series"
_hours, _miles = count(), count(8_000)


def prices_come(town: Territory) -> None:
    """One more price of a series that nobody asks for: all that is kept of this owner's prices is done with."""
    from evenroll.records.organizations import open_organization
    from evenroll.records.price_series import HourPrice, add_prices

    at = datetime(2019, 1, 1, tzinfo=UTC) + next(_hours) * HOUR
    row = HourPrice(start_at=at, end_at=at + HOUR, price_e8_per_kwh=5)
    with open_organization(town.utility):
        add_prices("of-nobody", [row], source="test", as_of_on=row.start_at.date())


def reads_of_the_first() -> int:
    """How often prices are read for a household whose answers nobody gave before."""
    asked = all_answered(charging={"miles": str(next(_miles))})
    with counted_traffic() as traffic:
        assert asked.get("/find/costs").status_code == 200
    return sum(PRICES in each for each in traffic.texts)


def test_the_first_reader_after_a_change_of_prices_reads_none(town: Territory) -> None:
    from evenroll.portal.find_warm import warmed

    prices_come(town)
    assert reads_of_the_first() > 0
    before = warmed(None)
    assert reads_of_the_first() == 0
    prices_come(town)
    after = warmed(before)
    assert after != before
    assert reads_of_the_first() == 0


def test_a_new_day_is_warm_too(town: Territory) -> None:
    from evenroll.accounts.wired import Wired, use_wired
    from evenroll.portal.find_warm import warmed

    before = warmed(None)
    use_wired(Wired(installation=lambda: town.installation, now=lambda: NOW + 24 * HOUR))
    assert reads_of_the_first() > 0
    use_wired(Wired(installation=lambda: town.installation, now=lambda: NOW + 48 * HOUR))
    assert warmed(before) != before
    assert reads_of_the_first() == 0


def test_a_look_without_a_change_asks_the_database_little(town: Territory) -> None:
    from evenroll.portal.find_warm import warmed

    before = warmed(None)
    with counted_traffic() as traffic:
        assert warmed(before) == before
    assert traffic.statements <= 3


def test_of_those_who_ask_at_once_one_works_it_out() -> None:
    kept: Kept[str] = Kept(most=4)
    made = list[str]()
    begun, go_on = Event(), Event()

    def slow() -> str:
        made.append("slow")
        begun.set()
        assert go_on.wait(30)
        return "worked out"

    found = list[str]()
    first = Thread(target=lambda: found.append(kept.of("a", slow)))
    first.start()
    assert begun.wait(30)
    others = [Thread(target=lambda: found.append(kept.of("a", slow))) for _ in range(3)]
    for each in others:
        each.start()
    assert kept.of("b", lambda: "another") == "another", "others wait for nothing that is not theirs"
    go_on.set()
    for each in (first, *others):
        each.join(30)
    assert found == ["worked out"] * 4
    assert made == ["slow"]


def test_where_the_one_fails_the_next_tries() -> None:
    kept: Kept[str] = Kept(most=4)
    begun, go_on = Event(), Event()

    def fails() -> str:
        begun.set()
        assert go_on.wait(30)
        raise LookupError("prices are away")

    def first_asks() -> None:
        with pytest.raises(LookupError):
            kept.of("a", fails)

    found = list[str]()
    threads = [Thread(target=first_asks)]
    threads[0].start()
    assert begun.wait(30)
    threads.append(Thread(target=lambda: found.append(kept.of("a", lambda: "mine"))))
    threads[1].start()
    go_on.set()
    for each in threads:
        each.join(30)
    assert found == ["mine"]
