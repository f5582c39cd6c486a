"""What stands in tables is written in words: tracks, seasons, registers, money, and how an appeal was decided."""

from __future__ import annotations

from decimal import Decimal

import pytest

from evenroll.enrollment.event import Event
from evenroll.enrollment.form import Language
from evenroll.enrollment.ledger import CreditState
from evenroll.enrollment.life_events import AppealDecided
from evenroll.enrollment.rows import Row
from evenroll.pages.notices import event_line, notice
from evenroll.pages.offer_terms import rewards
from evenroll.pages.part_words import (
    appeal_words,
    money_state_words,
    money_words,
    register_words,
    season_words,
    track_words,
)
from evenroll.pages.texts import has
from evenroll.programs.catalog import load_catalog


def test_every_season_and_register_of_the_rates_that_ship_has_words() -> None:
    seasons = [season for rate in load_catalog().rates for season in rate.seasons]
    assert not [each.key for each in seasons if not has(f"season.{each.key}")]
    assert not [row.register for each in seasons for row in each.prices if not has(f"register.{row.register}")]


@pytest.mark.parametrize("language", Language)
def test_a_name_of_ones_own_tariff_stays(language: Language) -> None:
    assert season_words("rainy_days", language=language) == "rainy days"
    assert register_words("", language=language) == ""


def test_tables_speak_both_languages() -> None:
    assert register_words("off_peak", language=Language.ES) == "fuera de punta"
    assert track_words("condition/landlord", language=Language.EN) == "Open condition (landlord)"
    assert track_words("meter", language=Language.ES) == "Medidor"
    assert money_words("bill", "first", language=Language.EN) == "First bill of the new service"
    assert money_words("credit", "yearly", language=Language.ES) == "Abono: yearly"
    assert money_state_words("bill", "actual", language=Language.EN) == "as read"
    assert all(money_state_words("credit", each.value, language=Language.ES) for each in CreditState)


@pytest.mark.parametrize(
    ("reopened", "language", "said"),
    [
        (True, Language.EN, "decided again"),
        (False, Language.EN, "the refusal stands"),
        (True, Language.ES, "se decide otra vez"),
        (False, Language.ES, "se mantiene el rechazo"),
    ],
)
def test_how_an_appeal_was_decided_is_said_in_the_timeline_and_to_the_customer(
    reopened: bool, language: Language, said: str
) -> None:
    event: Event = AppealDecided(row=Row.ACTION, reopened=reopened)
    assert said in event_line(event, language=language)
    assert said in notice(event, case="EV-1", language=language)
    assert said in str(appeal_words({"reopened": reopened}, language=language)["appeal"])


def test_a_reward_that_is_the_same_at_least_and_at_most_is_one_figure() -> None:
    from evenroll.costs.rewards import Reward

    program = next(each for each in load_catalog().programs if each.incentives)
    code = program.incentives[0].code
    even = Reward(code=code, low=Decimal(90), high=Decimal(90))
    ranged = Reward(code=code, low=Decimal(0), high=Decimal(90))
    assert rewards(program, found=(even,), language=Language.EN)[0].count("$90.00") == 1
    assert "$0.00 to $90.00" in rewards(program, found=(ranged,), language=Language.EN)[0]
