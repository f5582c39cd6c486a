"""The drawing of the report: well formed, readable without color, in both languages, for no cases as well."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from evenroll.enrollment.form import Language
from evenroll.enrollment.tracks import State
from evenroll.pages.funnel_svg import WIDTH, StageBar, TimeBar, WordedBar, funnel_svg, stage_name
from evenroll.pages.lettering import width
from evenroll.pages.table_codes import ReportWord
from evenroll.pages.texts import render

STAGES = [StageBar(key="2", reached=1204, stopped=4), StageBar(key="active", reached=0, stopped=0)]
TIMES = [TimeBar(state=state, median_days=2.5, ninth_days=30.25) for state in State]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(("stages", "times"), [(STAGES, TIMES), ([], [])])
def test_every_bar_tells_its_number_in_words(language: Language, stages: list[StageBar], times: list[TimeBar]) -> None:
    root = ElementTree.fromstring(funnel_svg(stages, times, title="A & B", language=language))
    texts = [each.text or "" for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "A & B" in texts
    assert [each for each in texts if "1,204" in each] == ([] if not stages else [texts[texts.index("A & B") + 5]])
    assert sum("30.2" in each for each in texts) == len(times)
    bars = list(root.iter("{http://www.w3.org/2000/svg}rect"))
    assert all(float(each.get("x", "0")) + float(each.get("width", "0")) <= WIDTH for each in bars)


def test_a_stage_is_named_as_its_row_or_its_state() -> None:
    assert stage_name("2", language=Language.EN) == "Opens a case for a program"
    assert stage_name("active", language=Language.ES) == "En vigor"


@pytest.mark.parametrize(("language", "said"), [(Language.EN, "nine of ten"), (Language.ES, "nueve de cada diez")])
def test_every_color_of_a_bar_has_its_meaning_beside_a_patch_of_it(language: Language, said: str) -> None:
    drawn = funnel_svg(STAGES, TIMES, title="A", language=language)
    for kind in ("bar", "stopped", "ninth"):
        assert f'class="{kind}"' in funnel_svg([], [], title="A", language=language), kind
    assert f">{said}</text>" in drawn


def test_reasons_and_money_are_drawn_with_their_words_and_figures_inside_the_page() -> None:
    long = "The vehicle named is not of the kind that the program admits; please correct it if that is a mistake. " * 2
    reasons = [WordedBar(words=long, size=3, figure="3"), WordedBar(words="You moved away.", size=0, figure="0")]
    money = [WordedBar(words="bill: closing, actual (218)", size=25051.42, figure="25,051.42")]
    bare = ElementTree.fromstring(funnel_svg(STAGES, TIMES, title="A", language=Language.EN))
    drawn = funnel_svg(STAGES, TIMES, reasons=reasons, money=money, title="A", language=Language.EN)
    root = ElementTree.fromstring(drawn)
    texts = {each.text: each for each in root.iter("{http://www.w3.org/2000/svg}text")}
    for each in (*reasons, *money):
        assert each.words in texts and each.figure in texts
        size, x = (float(texts[each.words].attrib[key]) for key in ("font-size", "x"))
        assert x + width(each.words, size=size) <= WIDTH
    assert float(root.attrib["height"]) > float(bare.attrib["height"])
    assert render(ReportWord.WHY, language=Language.EN) in texts and render(
        ReportWord.WHY, language=Language.EN
    ) not in {each.text for each in bare.iter("{http://www.w3.org/2000/svg}text")}
