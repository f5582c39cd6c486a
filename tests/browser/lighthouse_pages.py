"""The pages of the portal that Lighthouse judges, on a database of their own, served as `evenroll serve` does it."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evenroll.quantities.identifiers import CustomerId
from tests.browser.lighthouse import scores
from tests.measure.own_database import own_database
from tests.measure.served_web import served_web

RUNS = 3
"""Of each page, for the median: what else the machine does shows in a single one."""


def judged() -> Mapping[str, Mapping[str, int]]:
    """The scores by page and category."""
    with own_database() as urls, tempfile.TemporaryDirectory() as folder:
        asked = dict(_pages())
        with served_web(urls) as port:
            return {
                name: _median(
                    [
                        scores(f"http://127.0.0.1:{port}{path}", cookies=cookies, folder=Path(folder))
                        for _ in range(RUNS)
                    ]
                )
                for name, (path, cookies) in asked.items()
            }


def _median(found: Sequence[Mapping[str, int]]) -> Mapping[str, int]:
    return {name: round(statistics.median(each[name] for each in found)) for name in found[0]}


def _pages() -> Iterator[tuple[str, tuple[str, Mapping[str, str]]]]:
    """The start, a question of the finder, the costs, a question of the application, an own case."""
    from tests.territory import new_territory
    from tests.web.browsing import customer_of, ready, signed_in_as
    from tests.web.enrolling import Enrolling
    from tests.web.test_find import all_answered

    ready(demo=False)
    territory = new_territory()
    yield "start", ("/", {})
    yield "find", ("/find", {})
    yield "find/costs", ("/find/costs", _cookies(all_answered()))
    customer = Enrolling(territory)
    customer.begin()
    yield "enroll question", ("/enroll/answer/person", _cookies(customer.client))
    number = territory.apply(territory.premise())
    territory.run()
    owner = territory.case(territory.utility, number).proof.customer
    assert owner is not None
    yield "own case", (f"/cases/{number}", _cookies(signed_in_as(customer_of(territory.utility, CustomerId(owner)))))


def _cookies(asked: Any) -> Mapping[str, str]:
    return {name: each.value for name, each in asked.cookies.items()}
