"""What the checker takes of a draft breaks no page, and what is wrong on a shelf already breaks nothing beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from evenroll.comparison.comparing import compared
from evenroll.enrollment.form import Language
from evenroll.enrollment.offers import offer_of
from evenroll.pages.texts import render
from evenroll.programs.catalog import catalog_texts, parse_catalog
from evenroll.programs.program import ProgramVersion
from evenroll.programs.ranges import DECIMALS_MAX, FIRST_DAY, INTEGERS_MAX, LAST_DAY, PLACES_MAX, misfit
from evenroll.quantities.identifiers import OrganizationKey, ProgramKey
from tests.territory import Territory
from tests.web.matrix import draft_text
from tests.web.test_catalog_pages import manager, new_key, page_of
from tests.web.test_find_once import asked

LAKELAND = OrganizationKey("lakeland-electric")
KEY = ProgramKey("CHARGE-RANGES")
NUMBERS = ("offer_valid_days", "minimum_stay_days", "lockout_days", "rescission_business_days")


def any_of(name: str) -> st.SearchStrategy[int]:
    return st.sampled_from([1, INTEGERS_MAX[name]]) | st.integers(1, INTEGERS_MAX[name])


AMOUNTS = st.decimals("0.00000001", DECIMALS_MAX["usd"], places=PLACES_MAX).map("{:f}".format)
OPENS = st.sampled_from([FIRST_DAY, date(2026, 1, 1)])
REVIEWED = st.sampled_from([LAST_DAY, date(2040, 2, 29)])


def parsed(text: str) -> ProgramVersion:
    """The program of a draft beside what ships. Raises CatalogRefused."""
    own = {name: each for name, each in catalog_texts().items() if name.startswith("lakeland")}
    return parse_catalog({**own, "draft.yaml": text}).program(KEY)


@settings(
    max_examples=6,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    derandomize=True,
)
@given(
    numbers=st.fixed_dictionaries({name: any_of(name) for name in NUMBERS}),
    usd=AMOUNTS,
    opens_on=OPENS,
    review_by=REVIEWED,
)
def test_what_is_accepted_breaks_neither_finder_nor_offers(
    web: None, territory: Territory, numbers: dict[str, int], usd: str, opens_on: date, review_by: date
) -> None:
    changes = {name: str(value) for name, value in numbers.items()}
    text = draft_text(
        LAKELAND, key=KEY, version=1, opens_on=opens_on.isoformat(), review_by=review_by.isoformat(), **changes
    )
    program = parsed(text.replace("usd: 0.0400", f"usd: {usd}"))
    found = asked()
    assert misfit(program) == ""
    assert offer_of(program, on=found.question.on).valid_until > found.question.on
    catalog = replace(found.catalog, programs=(*found.catalog.programs, program))
    assert compared(found.question, catalog=catalog).shown


def test_a_program_that_is_wrong_on_the_shelf_breaks_none_of_the_others(web: None, territory: Territory) -> None:
    from evenroll.records.program_shelf import shelved_programs
    from evenroll.records.published import publish

    good = replace(parsed(draft_text(LAKELAND, key=KEY)), organization=territory.utility)
    fine, absurd = ProgramKey(new_key()), ProgramKey(new_key())
    publish(replace(good, key=fine))
    publish(replace(good, key=absurd, offer_valid_days=999_999_999))
    keys = {each.key for each in shelved_programs({territory.utility}, on=date(2026, 7, 1))}
    assert fine in keys and absurd not in keys
    shown = page_of(manager(territory, 1), "/desk/programs/")
    assert render("office.left_out", language=Language.EN) in shown.partition(absurd)[2].partition("</tr>")[0]
    assert render("office.left_out", language=Language.EN) not in shown.partition(fine)[2].partition("</tr>")[0]
