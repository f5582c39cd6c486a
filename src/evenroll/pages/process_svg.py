"""The process drawing as SVG, for print: black on white, no color carries meaning, generic faces."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from evenroll import __version__
from evenroll.enrollment.form import Language
from evenroll.pages.lettering import lines, width
from evenroll.pages.process import Node, NodeKind, Process
from evenroll.pages.process_layout import MARGIN, SHEET, Layout, Rect, lay_out
from evenroll.pages.process_routes import Route, routes
from evenroll.pages.process_words import drawing_subtitle, drawing_title
from evenroll.pages.texts import render

NAME_SIZE = 20.0
NOTE_SIZE = 18.0
GUARD_SIZE = 17.0
LINE_HEIGHT = 1.2
LEGEND_HEIGHT = 112.0

_STYLE = """
text { font-family: Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif; fill: #000; }
.lane { fill: #fff; stroke: #000; stroke-width: 1.2; }
.lane.shaded { fill: #f1f1f1; }
.shape { fill: #fff; stroke: #000; stroke-width: 1.8; }
.asked { fill: #fff; stroke: #000; stroke-width: 1.2; }
.as-needed { stroke-dasharray: 7 5; }
.marked { stroke-width: 5.5; }
.badge, .bar { fill: #000; }
.badge-text { fill: #fff; font-weight: bold; }
.flow { fill: none; stroke: #000; stroke-width: 1.6; marker-end: url(#arrow); }
.exit { fill: #fff; stroke: #000; stroke-width: 1.4; }
svg:root { display: block; width: 100%; max-width: 1760px; height: auto; margin: 0 auto; }
@page { size: A3 portrait; margin: 10mm; }
@media print { svg:root { width: 100vw; max-width: none; height: 100vh; } }
""".strip()


def process_svg(process: Process, *, language: Language) -> str:
    """The drawing as one SVG document, tall as a page of A4."""
    layout = lay_out(process)
    height = layout.height + LEGEND_HEIGHT + MARGIN
    parts = [
        *_head(process, layout, height=height, language=language),
        *_lanes(layout, language=language),
        *(_line(route) for route in routes(process, layout)),
        *(piece for node in process.nodes.values() for piece in _node(node, process, layout, language=language)),
        *(piece for route in routes(process, layout) for piece in _guard(route, language=language)),
        *_legend(layout, language=language),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _head(process: Process, layout: Layout, *, height: float, language: Language) -> list[str]:
    title = drawing_title(process, language=language)
    subtitle = drawing_subtitle(process, language=language)
    source = render("process.source", language=language, parameters={"version": __version__})
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {layout.width:g} {height:g}" '
        f'width="{layout.width:g}" height="{height:g}" '
        f'role="img" lang="{language.value}" aria-labelledby="title desc">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(subtitle)}</desc>',
        f"<style>{_STYLE}</style>",
        '<defs><marker id="arrow" viewBox="0 0 10 10" refX="9.5" refY="5" markerWidth="11" markerHeight="11" '
        'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0.8 L10 5 L0 9.2 z"/></marker></defs>',
        f'<rect width="{layout.width:g}" height="{height:g}" fill="#fff"/>',
        _text(title, x=MARGIN, y=44, size=29, bold=True),
        _text(subtitle, x=MARGIN, y=74, size=19),
        _text(source, x=layout.width - MARGIN, y=74, size=GUARD_SIZE, anchor="end"),
    ]


def _lanes(layout: Layout, *, language: Language) -> list[str]:
    parts: list[str] = []
    for number, (lane, rect) in enumerate(layout.lanes.items()):
        shade = " shaded" if number % 2 else ""
        parts.append(_rect(rect, css=f"lane{shade}"))
        head = Rect(x=rect.x, y=rect.y, w=rect.w, h=SHEET.head)
        parts.append(_rect(head, css=f"lane{shade}"))
        name = render(lane, language=language)
        parts.append(_text(name, x=rect.cx, y=rect.y + 30, size=21, bold=True, anchor="middle"))
    return parts


def _line(route: Route) -> str:
    first, *rest = route.points
    path = f"M{first[0]:g} {first[1]:g}" + "".join(f" L{x:g} {y:g}" for x, y in rest)
    names = f'data-from="{route.edge.source}" data-to="{route.edge.target}"'
    return f'<path class="flow" {names} d="{path}"/>'


def _guard(route: Route, *, language: Language) -> list[str]:
    if route.edge.guard is None:
        return []
    words = lines(render(route.edge.guard, language=language), size=GUARD_SIZE, within=route.label.within)
    x, y = route.label.at
    step = GUARD_SIZE * LINE_HEIGHT
    # Above a line the block ends at its anchor; beside a line it is centered on it.
    first = y - step * (len(words) - 1) if route.label.above else y - step * (len(words) - 1) / 2 + GUARD_SIZE * 0.35
    anchor = "end" if route.label.end else "start"
    return [
        _text(word, x=x, y=first + number * step, size=GUARD_SIZE, anchor=anchor) for number, word in enumerate(words)
    ]


def _node(node: Node, process: Process, layout: Layout, *, language: Language) -> list[str]:
    rect = layout.places.get(node.id)
    if rect is None:
        return []
    if node.kind is NodeKind.ROW:
        return _row(node, rect, leaves=node.row in process.exits, language=language)
    if node.kind is NodeKind.ACTIONS:
        return _actions(node, rect, language=language)
    return _sign(node, rect, language=language)


def _sign(node: Node, rect: Rect, *, language: Language) -> list[str]:
    match node.kind:
        case NodeKind.FORK | NodeKind.JOIN:
            return [_rect(rect, css="bar")]
        case NodeKind.DECISION:
            return [diamond(rect)]
        case NodeKind.ASK:
            css, radius = "asked", 6.0
        case _:
            css, radius = "shape", rect.h / 2
    bold = node.id.startswith("refused")
    words = _words(node, rect, size=NOTE_SIZE, bold=bold, language=language)
    return [_rect(rect, css=_marked(css, node), radius=radius), *words, *_here(node, rect, language=language)]


def _marked(css: str, node: Node) -> str:
    return f"{css} marked" if node.marked else css


def _here(node: Node, rect: Rect, *, language: Language) -> list[str]:
    """The word at a node without a number at which the case stands: at its foot, for words stand above it."""
    if not node.marked:
        return []
    word = render("process.here", language=language)
    return badge(word, x=rect.right + 8 - _badge_width(word), y=rect.bottom - 9)


def _row(node: Node, rect: Rect, *, leaves: bool, language: Language) -> list[str]:
    css = _marked("shape as-needed" if node.as_needed else "shape", node)
    parts = [_rect(rect, css=css, radius=12), *_words(node, rect, size=NAME_SIZE, bold=False, language=language)]
    if leaves:
        parts += exit_sign(rect.right - 2, rect.bottom - 2)
    here = f" {render('process.here', language=language)}" if node.marked else ""
    return [*parts, *badge(f"{node.id}{here}", x=rect.x - 8, y=rect.y - 17)]


def _actions(node: Node, rect: Rect, *, language: Language) -> list[str]:
    title = render(node.code, language=language)
    return [
        _rect(rect, css=_marked("shape", node), radius=12),
        *exit_sign(rect.x + 26, rect.cy),
        _text(title, x=rect.x + 50, y=rect.y + 27, size=NAME_SIZE, bold=True),
        _text(render("process.actions", language=language), x=rect.x + 50, y=rect.y + 53, size=NOTE_SIZE),
        *_here(node, rect, language=language),
    ]


def _words(node: Node, rect: Rect, *, size: float, bold: bool, language: Language) -> list[str]:
    words = lines(render(node.code, language=language), size=size, within=rect.w - 20, bold=bold)
    step = size * LINE_HEIGHT
    first = rect.cy - step * (len(words) - 1) / 2 + size * 0.35
    return [
        _text(word, x=rect.cx, y=first + number * step, size=size, bold=bold, anchor="middle")
        for number, word in enumerate(words)
    ]


def badge(number: str, *, x: float, y: float) -> list[str]:
    """The number of a row, white on black."""
    rect = Rect(x=x, y=y, w=_badge_width(number), h=27)
    return [
        _rect(rect, css="badge", radius=13.5),
        f'<text class="badge-text" x="{rect.cx:g}" y="{rect.y + 20:g}" font-size="{NOTE_SIZE:g}" text-anchor="middle">'
        f"{escape(number)}</text>",
    ]


def _badge_width(text: str) -> float:
    return max(34.0, width(text, size=NOTE_SIZE, bold=True) + 14)


def diamond(rect: Rect) -> str:
    """A decision."""
    points = f"{rect.cx:g},{rect.y:g} {rect.right:g},{rect.cy:g} {rect.cx:g},{rect.bottom:g} {rect.x:g},{rect.cy:g}"
    return f'<polygon class="shape" points="{points}"/>'


def exit_sign(x: float, y: float) -> list[str]:
    """The sign at which a case may leave for an action."""
    cross = f'<path d="M{x - 4:g} {y - 4:g} L{x + 4:g} {y + 4:g} M{x + 4:g} {y - 4:g} L{x - 4:g} {y + 4:g}" '
    return [f'<circle class="exit" cx="{x:g}" cy="{y:g}" r="9"/>', cross + 'stroke="#000" stroke-width="1.6"/>']


def _legend(layout: Layout, *, language: Language) -> list[str]:
    top = layout.height + 34
    third = (layout.width - 2 * MARGIN) / 3
    columns = (MARGIN, MARGIN + third, MARGIN + 2 * third)
    signs: Iterable[tuple[float, float, list[str], str]] = (
        (columns[0], top, badge("5a", x=columns[0] + 4, y=top - 12), "legend_row"),
        (columns[0], top + 38, [diamond(Rect(x=columns[0] + 2, y=top + 26, w=36, h=24))], "legend_decision"),
        (columns[1], top, exit_sign(columns[1] + 20, top), "legend_exit"),
        (columns[1], top + 38, [_sample(columns[1], top + 38, css="shape as-needed")], "legend_as_needed"),
        (columns[2], top, [_rect(Rect(x=columns[2], y=top - 4, w=40, h=8), css="bar")], "legend_bar"),
        (columns[2], top + 38, [_sample(columns[2], top + 38, css="shape marked")], "legend_marked"),
    )
    parts: list[str] = []
    for x, y, shapes, code in signs:
        parts += [*shapes, _text(render(f"process.{code}", language=language), x=x + 54, y=y + 6, size=NOTE_SIZE)]
    return parts


def _sample(x: float, y: float, *, css: str) -> str:
    return _rect(Rect(x=x, y=y - 11, w=40, h=22), css=css, radius=6)


def _rect(rect: Rect, *, css: str, radius: float = 0) -> str:
    corner = f' rx="{radius:g}"' if radius else ""
    return f'<rect class="{css}" x="{rect.x:g}" y="{rect.y:g}" width="{rect.w:g}" height="{rect.h:g}"{corner}/>'


def _text(text: str, *, x: float, y: float, size: float, bold: bool = False, anchor: str = "start") -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}"{weight} text-anchor="{anchor}">{escape(text)}</text>'
