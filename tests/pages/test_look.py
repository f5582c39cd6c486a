"""An operator's look: what is read of its file, what is refused in which words, and which colors can be told apart."""

from __future__ import annotations

import re
import struct
from decimal import Decimal
from importlib import resources
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenroll.enrollment.form import Language
from evenroll.pages.look import PLAIN, Look, LookRefused, look_of
from evenroll.pages.look_colors import OURS, OWN_PALETTE, ColorUnfit, Paint, contrast, palette_of
from evenroll.pages.look_logo import BYTES_MAX

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30">{}</svg>'
COLORS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def worn(said: dict[str, Any], **files: bytes) -> Look:
    return look_of(said, read=lambda name: files[name])


def logo(drawn: str | bytes) -> Any:
    content = drawn if isinstance(drawn, bytes) else SVG.format(drawn).encode()
    return worn({"logo": {"file": "logo"}}, logo=content).logo


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", "21.00"),
        ("#ffffff", "#ffffff", "1.00"),
        # Known from the understanding document of WCAG: grays just below and above what words need on white.
        ("#777777", "#ffffff", "4.47"),
        ("#767676", "#ffffff", "4.54"),
        ("#949494", "#ffffff", "3.03"),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: str) -> None:
    assert contrast(one, other) == contrast(other, one) == Decimal(ratio)


def test_our_own_colors_pass_and_are_those_of_the_style_sheet() -> None:
    assert all(each.passes for each in OWN_PALETTE.pairs())
    sheet = (resources.files("evenroll.pages") / "static" / "evenroll.css").read_text()
    root = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", sheet.partition("}")[0]))
    assert {each.value: color for each, color in OURS.items()} == {
        each.value: root[each.value.replace("_", "-")] for each in Paint
    }


def test_what_is_not_said_is_ours() -> None:
    assert worn({}) == PLAIN
    assert PLAIN.style == ""
    assert worn({"name": "Lakeland Electric"}).style == ""


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"link": "#ff8888"}, r"link #ff8888 on ground #fbf8f3 has a contrast of 2\.17, and needs 4\.5\. .* link = "),
        ({"button": "#ffb52e", "button_on": "#241533"}, r"button #ffb52e on ground .* and needs 3\. .* button = "),
        ({"brand": "#777777", "accent": "#000000"}, r"brand_on #ffffff on brand #777777 has a contrast of 4\.47"),
        ({"ground": "#202020"}, r"link #0b5d57 on ground #202020 .* ground = "),
        ({"lnik": "#000000"}, "no color lnik. These can be chosen: brand, brand_on"),
        ({"ink": "#000000"}, "no color ink"),
        ({"link": "red"}, "six digits behind #"),
        ({"link": 7}, "six digits behind #"),
    ],
)
def test_colors_that_cannot_be_told_apart_are_refused_with_the_pair_and_a_near_color(
    said: dict[str, Any], told: str
) -> None:
    with pytest.raises(ColorUnfit, match=told):
        palette_of(said)


@settings(max_examples=30)
@given(link=COLORS, button=COLORS, brand=COLORS)
def test_the_near_color_of_a_refusal_passes(link: str, button: str, brand: str) -> None:
    """Followed as often as it refuses, it leads to a look that can be worn; what it says never fails once more."""
    said = {
        "link": link,
        "button": button,
        "brand": brand,
        "brand_on": "#ffffff" if contrast(brand, "#ffffff") > 5 else "#000000",
    }
    tried = set[str]()
    for _ in range(8):
        try:
            palette = palette_of(said)
        except ColorUnfit as unfit:
            found = re.search(r' ([a-z_]+) = "(#[0-9a-f]{6})"', str(unfit))
            if found is None:
                assert "Choose" in str(unfit)
                return
            assert found[0] not in tried, "the same color is never proposed twice"
            tried.add(found[0])
            said[found[1]] = found[2]
        else:
            assert all(each.passes for each in palette.pairs())
            return
    raise AssertionError(f"no end of refusals: {said}")


def test_a_hover_that_is_not_said_is_a_shade_that_stands_out_still_more() -> None:
    colors = palette_of({"link": "#a3124f", "button": "#c98000", "button_on": "#241533"}).colors
    assert contrast(colors[Paint.LINK_HOVER], "#ffffff") > contrast("#a3124f", "#ffffff")
    assert contrast(colors[Paint.BUTTON_HOVER], "#241533") > contrast("#c98000", "#241533")


def test_a_drawing_is_written_anew() -> None:
    found = logo('<!-- made by x --><linearGradient id="a"/><use href="#b"/><path id="b" d="M0 0h9" fill="url(#a)"/>')
    assert (found.width, found.height, found.kind) == (90, 30, "image/svg+xml")
    assert b"made by" not in found.content
    assert b"url(#a)" in found.content


@pytest.mark.parametrize(
    ("drawn", "told"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ("<g onclick='alert(1)'/>", "onclick"),
        ("<g ONLOAD='alert(1)'/>", "ONLOAD"),
        ("<style>@import url(//elsewhere)</style>", "<style>"),
        ("<g style='fill:url(//elsewhere)'/>", "style"),
        ("<image href='https://elsewhere/x.png'/>", "<image>"),
        ("<use href='https://elsewhere/x.svg#a'/>", "leads elsewhere by href"),
        ("<use xmlns:l='http://www.w3.org/1999/xlink' l:href='data:image/svg+xml,x'/>", "leads elsewhere by href"),
        ("<path fill='url(https://elsewhere/#a)'/>", "fetches something by fill"),
        ("<path fill='URL( //elsewhere )'/>", "fetches something by fill"),
        (r"<path fill='u\72l(//elsewhere)'/>", "fetches something by fill"),
        ("<foreignObject/>", "<foreignObject>"),
        ("<animate attributeName='href' to='javascript:x'/>", "<animate>"),
        ("<a href='javascript:alert(1)'/>", "<a>"),
        ("<text>Lakeland</text>", "words as paths"),
        ("<h:script xmlns:h='http://www.w3.org/1999/xhtml'>alert(1)</h:script>", "<script>"),
    ],
)
def test_a_drawing_that_runs_or_fetches_anything_is_refused(drawn: str, told: str) -> None:
    with pytest.raises(LookRefused, match=re.escape(told)):
        logo(drawn)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<!DOCTYPE svg [<!ENTITY a 'b'>]>" + SVG.format("&a;").encode(), "<!DOCTYPE"),
        (b"<svg/>", "neither an SVG nor a PNG"),
        (SVG.format("<g>" * 2_000 + "</g>" * 2_000).encode(), "more than 64 deep"),
        (b"GIF89a", "neither a PNG nor an SVG"),
        (b"", "neither a PNG nor an SVG"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "no viewBox"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 9"/>', "no size"),
        (b"x" * (BYTES_MAX + 1), "bytes"),
        (b"\x89PNG\r\n\x1a\n", "begins as a PNG"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 90_000, 3) + b"\x08" * 20, "pixels"),
    ],
)
def test_a_file_that_is_no_logo_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(LookRefused, match=told):
        logo(content)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"title": "x"}, "the look has no title"),
        ({"name": ""}, "name is one line"),
        ({"name": "x" * 61}, "name is one line"),
        ({"colors": "red"}, r"under \[colors\]"),
        ({"contact": {"fax": "1"}}, "contact has no fax"),
        ({"contact": {"phone": "call us"}}, "no number that can be dialed"),
        ({"contact": {"mail": "somebody"}}, "no address of e-mail"),
        ({"contact": {"hours": {"en": "always"}}}, "in both languages"),
        ({"contact": {"hours": "always"}}, "in both languages"),
        ({"contact": {"address": "a street"}}, "a list of lines"),
        ({"logo": {"file": "logo", "size": 3}}, "logo has no size"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(said: dict[str, Any], told: str) -> None:
    with pytest.raises(LookRefused, match=told):
        worn(said)


def test_the_words_of_a_logo_are_its_name_unless_said() -> None:
    drawn = {"logo": SVG.format("").encode()}
    assert worn({"name": "Lakeland", "logo": {"file": "logo"}}, **drawn).logo_text == dict.fromkeys(
        Language, "Lakeland"
    )
    said = {"en": "Lakeland, start", "es": "Lakeland, inicio"}
    found = worn({"logo": {"file": "logo", "text": said}}, **drawn).logo_text
    assert found == {Language.EN: "Lakeland, start", Language.ES: "Lakeland, inicio"}
