"""An operator's logo: a drawing of shapes alone, written anew, or a PNG. Nothing in it runs, and nothing is fetched."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element, TreeBuilder, register_namespace, tostring
from xml.parsers import expat

BYTES_MAX: Final = 40_000
"""It comes with every first page."""
_SIDE_MAX: Final = 2_000
_LEVELS_MAX: Final = 64
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_SVG: Final = "http://www.w3.org/2000/svg"
_HREFS: Final = ("href", "{http://www.w3.org/1999/xlink}href")
_SHAPES: Final = re.compile(
    r"svg|g|defs|symbol|use|title|desc|path|rect|circle|ellipse|line|polyline|polygon|linearGradient|"
    r"radialGradient|stop|clipPath|mask"
)
_ATTRIBUTES: Final = re.compile(
    r"id|class|viewBox|preserveAspectRatio|width|height|x|y|x1|y1|x2|y2|cx|cy|r|rx|ry|d|points|transform|"
    r"version|fill|fill-opacity|fill-rule|stroke|stroke-width|stroke-linecap|stroke-linejoin|"
    r"stroke-miterlimit|stroke-dasharray|stroke-opacity|opacity|clip-path|clip-rule|mask|gradientUnits|"
    r"gradientTransform|spreadMethod|offset|stop-color|stop-opacity|fx|fy|clipPathUnits|maskUnits"
)
_URL: Final = re.compile(r"url\((?!\s*['\"]?#[\w-]+['\"]?\s*\))", re.IGNORECASE)
_OWN: Final = re.compile(r"#[\w-]+")


class LogoUnfit(ValueError):
    """A logo that is none, too large, or holds what no logo of a page may hold."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Logo:
    """As it is served. width, height: in which proportion; of a drawing in its own units."""

    content: bytes = field(repr=False)
    kind: str
    ending: str
    width: int
    height: int


def logo_of(content: bytes) -> Logo:
    """The logo of a file, known by its first bytes. Raises LogoUnfit."""
    if len(content) > BYTES_MAX:
        raise LogoUnfit(f"The logo has {len(content):,} bytes; {BYTES_MAX:,} are the most. Make its file smaller.")
    return _png(content) if content.startswith(_PNG) else _svg(content)


def _png(content: bytes) -> Logo:
    if len(content) < 33 or content[12:16] != b"IHDR":
        raise LogoUnfit("The logo begins as a PNG and is none. Save it anew.")
    width, height = struct.unpack(">II", content[16:24])
    if not (0 < width <= _SIDE_MAX and 0 < height <= _SIDE_MAX):
        raise LogoUnfit(f"The logo is {width} by {height} pixels; {_SIDE_MAX:,} are the most of a side.")
    return Logo(content=content, kind="image/png", ending="png", width=width, height=height)


def _svg(content: bytes) -> Logo:
    root = _tree(content)
    if root.tag != f"{{{_SVG}}}svg":
        raise LogoUnfit("The logo is neither an SVG nor a PNG. Give a file of one of both kinds.")
    for each in root.iter():
        _check(each)
    width, height = _sides(root)
    # Numbers in the drawing's own units would be its size in a page; the page says it.
    for name in ("width", "height"):
        root.attrib.pop(name, None)
    register_namespace("", _SVG)
    return Logo(content=tostring(root), kind="image/svg+xml", ending="svg", width=width, height=height)


def _tree(content: bytes) -> Element:
    """What it says, without comments and instructions. Entities are refused before one is unfolded."""
    builder = TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")

    levels = 0

    def begins(name: str, given: dict[str, str]) -> None:
        nonlocal levels
        levels += 1
        if levels > _LEVELS_MAX:
            raise LogoUnfit(f"The logo has shapes more than {_LEVELS_MAX} deep in each other. Flatten it.")
        builder.start(_name(name), {_name(key): value for key, value in given.items()})

    def ends(name: str) -> None:
        nonlocal levels
        levels -= 1
        builder.end(_name(name))

    def doctype(*_: object) -> None:
        raise LogoUnfit(
            "The logo has a <!DOCTYPE>, which may name other files. Take it out, or export it as plain SVG."
        )

    parser.StartElementHandler = begins
    parser.EndElementHandler = ends
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(content, True)
        return builder.close()
    except (expat.ExpatError, AssertionError):
        raise LogoUnfit("The logo is neither a PNG nor an SVG that can be read. Export it anew.") from None


def _name(written: str) -> str:
    return "{" + written if "}" in written else written


def _check(each: Element) -> None:
    shape = each.tag.removeprefix(f"{{{_SVG}}}")
    if not _SHAPES.fullmatch(shape):
        raise LogoUnfit(
            f"The logo has <{shape.rpartition('}')[2]}>, which no logo here may have. Export it as plain SVG of "
            "shapes, with its words as paths."
        )
    for name, value in each.attrib.items():
        _check_attribute(shape, name, value)


def _check_attribute(shape: str, name: str, value: str) -> None:
    short = name.rpartition("}")[2]
    if name in _HREFS:
        if not _OWN.fullmatch(value):
            raise LogoUnfit(
                f"The logo's <{shape}> leads elsewhere by {short}. It may name only its own parts, as #part."
            )
        return
    if not _ATTRIBUTES.fullmatch(name):
        raise LogoUnfit(f"The logo's <{shape}> has {short}, which no logo here may have. Export it as plain SVG.")
    if _URL.search(value) or "\\" in value:
        raise LogoUnfit(
            f"The logo's <{shape}> fetches something by {short}. It may name only its own parts, as url(#part)."
        )


def _sides(root: Element) -> tuple[int, int]:
    try:
        sides = [float(each) for each in re.split(r"[\s,]+", root.attrib["viewBox"].strip())][2:]
        width, height = (round(each) for each in sides)
    except (KeyError, ValueError):
        raise LogoUnfit("The logo has no viewBox of four numbers, by which a page knows its shape. Add one.") from None
    if width < 1 or height < 1:
        raise LogoUnfit("The logo's viewBox has no size. Correct it.")
    return width, height
