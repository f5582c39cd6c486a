"""The drawing of the report: well formed, readable without color, in both languages, for no cases as well."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from evenroll.enrollment.form import Language
from evenroll.enrollment.tracks import State
from evenroll.pages.funnel_svg import WIDTH, StageBar, TimeBar, funnel_svg, stage_name

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
