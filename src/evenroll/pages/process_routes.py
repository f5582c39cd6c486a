"""How the edges of the process drawing run: right angles, through gaps and channels, past every box."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from evenroll.enrollment.use_case import ServicePath
from evenroll.pages.process import NodeKind, Process
from evenroll.pages.process_edges import Edge, Guard
from evenroll.pages.process_layout import SHEET, Layout, Notation, Rect

Point = tuple[float, float]

BUS = 20.0
"""How far above its target a line runs across the lanes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """Where a guard's words stand. at: of the last line's baseline if `above`, else of the middle of the block.

    within: how wide a line may be. end: whether the text ends there instead of beginning there.
    """

    at: Point
    within: float
    above: bool = True
    end: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """The corners of an edge, from source to target, and the place of its words."""

    edge: Edge
    points: tuple[Point, ...]
    label: Label


_Router = Callable[[Rect, Rect], tuple[tuple[Point, ...], Label]]


def routes(process: Process, layout: Layout, *, notation: Notation = SHEET) -> tuple[Route, ...]:
    """The route of every edge whose two ends have a place. notation: the one that it was laid out in."""
    special = {**_COMMON, **(_ESCO if process.path is ServicePath.ESCO else _UTILITY)}
    if not notation.bars:
        special |= _WITHOUT_BARS
    done: list[Route] = []
    for edge in process.edges:
        source, target = layout.places.get(edge.source), layout.places.get(edge.target)
        if source is None or target is None:
            continue
        router = special.get((edge.source, edge.target, edge.guard)) or _default(process, edge, bars=notation.bars)
        points, label = router(source, target)
        done.append(Route(edge=edge, points=points, label=label))
    return tuple(done)


def _default(process: Process, edge: Edge, *, bars: bool) -> _Router:
    if bars and {process.nodes[edge.source].kind, process.nodes[edge.target].kind} & {NodeKind.FORK, NodeKind.JOIN}:
        return _at_bar
    refused_or_door = process.nodes[edge.target].kind is NodeKind.END and edge.target != "end"
    if refused_or_door or process.nodes[edge.source].kind is NodeKind.ASK or edge.source == "received":
        return _across
    return _down


def _down(source: Rect, target: Rect) -> tuple[tuple[Point, ...], Label]:
    """From below the source to above the target, across the lanes in the gap above the target."""
    if source.cx == target.cx:
        label = Label(at=(source.cx + 8, (source.bottom + target.y) / 2), within=170, above=False)
        return ((source.cx, source.bottom), (target.cx, target.y)), label
    bus = target.y - BUS
    points = ((source.cx, source.bottom), (source.cx, bus), (target.cx, bus), (target.cx, target.y))
    left = target.cx < source.cx
    label = Label(at=(source.cx + (-8 if left else 8), bus - 6), within=260, end=left)
    return points, label


def _at_bar(source: Rect, target: Rect) -> tuple[tuple[Point, ...], Label]:
    """Straight down to or from a bar, at the middle of what is no bar."""
    x = target.cx if source.w > target.w else source.cx
    label = Label(at=(x + 8, (source.bottom + target.y) / 2), within=200, above=False)
    return ((x, source.bottom), (x, target.y)), label


def _across(source: Rect, target: Rect) -> tuple[tuple[Point, ...], Label]:
    """Level from one to the other."""
    if target.cx > source.cx:
        label = Label(at=(source.right + 8, source.cy - 6), within=_room(source.right, target.x))
        return ((source.right, source.cy), (target.x, source.cy)), label
    label = Label(at=(source.x - 8, source.cy - 6), within=_room(target.right, source.x), end=True)
    return ((source.x, source.cy), (target.right, source.cy)), label


def _room(left: float, right: float) -> float:
    return min(right - left - 16, 170)


def _level_then_up(source: Rect, target: Rect) -> tuple[tuple[Point, ...], Label]:
    """Level to below the target, then up to it."""
    points = ((source.x, source.cy), (target.cx, source.cy), (target.cx, target.bottom))
    return points, Label(at=(source.x - 8, source.cy - 6), within=160, end=True)


def _level_then_down(source: Rect, target: Rect) -> tuple[tuple[Point, ...], Label]:
    """Level to above the target, then down to it."""
    x = source.right if target.cx > source.cx else source.x
    points = ((x, source.cy), (target.cx, source.cy), (target.cx, target.y))
    return points, Label(at=(source.right + 8, source.cy - 6), within=220)


def _down_then_level(source: Rect, target: Rect) -> tuple[tuple[Point, ...], Label]:
    """Down to the height of the target, then level to it."""
    x = target.x if target.cx > source.cx else target.right
    points = ((source.cx, source.bottom), (source.cx, target.cy), (x, target.cy))
    return points, Label(at=(source.cx + 8, source.bottom + 56), within=120, above=False)


def _up_then_level(source: Rect, target: Rect) -> tuple[tuple[Point, ...], Label]:
    """Up to the height of the target, then level to its right side."""
    points = ((source.cx, source.y), (source.cx, target.cy), (target.right, target.cy))
    return points, Label(at=(target.right + 12, target.cy - 9), within=120)


def _channel(*, left: bool, out: float, leave: float = 0, enter: float = 0, beside: bool = False) -> _Router:
    """Out to a channel beside the boxes, along it, and back in.

    out: how far the channel lies from the wider of the two. leave, enter: offsets from the middles. beside: the words
    stand at the channel, between it and the boxes; else above the line where it leaves.
    """

    def route(source: Rect, target: Rect) -> tuple[tuple[Point, ...], Label]:
        from_y, to_y = source.cy + leave, target.cy + enter
        if left:
            x, from_x, to_x = min(source.x, target.x) - out, source.x, target.x
        else:
            x, from_x, to_x = max(source.right, target.right) + out, source.right, target.right
        points = ((from_x, from_y), (x, from_y), (x, to_y), (to_x, to_y))
        if beside:
            at = (x + (8 if left else -8), (from_y + to_y) / 2)
            return points, Label(at=at, within=out - 10, above=False, end=not left)
        at = (from_x + (-8 if left else 8), from_y - 6)
        return points, Label(at=at, within=min(abs(x - from_x) - 14, 170), end=left)

    return route


def _loop_above(source: Rect, _target: Rect) -> tuple[tuple[Point, ...], Label]:
    """A small loop over the upper right corner."""
    top, right = source.y - 22, source.right + 26
    points = (
        (source.right - 34, source.y),
        (source.right - 34, top),
        (right, top),
        (right, source.y + 18),
        (source.right, source.y + 18),
    )
    return points, Label(at=(source.right + 64, top - 7), within=180, end=True)


def _loop_above_left(source: Rect, _target: Rect) -> tuple[tuple[Point, ...], Label]:
    """A small loop around the upper left corner, past the number of the row."""
    top, left = source.y - 24, source.x - 26
    points = (
        (source.x + 76, source.y),
        (source.x + 76, top),
        (left, top),
        (left, source.y + 18),
        (source.x, source.y + 18),
    )
    return points, Label(at=(left, top - 6), within=150)


def _loop_below(source: Rect, _target: Rect) -> tuple[tuple[Point, ...], Label]:
    """A small loop around the lower right corner."""
    low, right = source.bottom + 24, source.right + 26
    points = (
        (source.right - 34, source.bottom),
        (source.right - 34, low),
        (right, low),
        (right, source.cy),
        (source.right, source.cy),
    )
    return points, Label(at=(source.right - 42, low), within=74, above=False, end=True)


def _back_to_clearinghouse(source: Rect, target: Rect) -> tuple[tuple[Point, ...], Label]:
    """From the upper edge of 2b up to the height of 2a, and level to its right side."""
    x, y = source.cx + 24, target.cy + 16
    points = ((x, source.y), (x, y), (target.right, y))
    return points, Label(at=(x - 8, y - 6), within=130, end=True)


def _from_form_back(source: Rect, target: Rect) -> tuple[tuple[Point, ...], Label]:
    """From the right side of 3 up a channel at the edge of the customer's lane to the left side of 2a."""
    x, y = source.right + 84, target.cy + 18
    points = ((source.right, source.cy), (x, source.cy), (x, y), (target.x, y))
    return points, Label(at=(source.right + 20, source.cy - 8), within=60)


def _skip_equipment(source: Rect, target: Rect) -> tuple[tuple[Point, ...], Label]:
    """From the left side of the decision down to 8, past 6 and 7."""
    x = target.x - 40
    points = ((source.x, source.cy), (x, source.cy), (x, target.cy), (target.x, target.cy))
    return points, Label(at=(source.x - 8, source.cy - 6), within=150, end=True)


def _down_stands(source: Rect, target: Rect) -> tuple[tuple[Point, ...], Label]:
    """Straight down, the words on the left: the lane ends on the right."""
    label = Label(at=(source.cx - 8, (source.bottom + target.y) / 2), within=110, above=False, end=True)
    return ((source.cx, source.bottom), (target.cx, target.y)), label


def _skip_device(source: Rect, target: Rect) -> tuple[tuple[Point, ...], Label]:
    """From the right side of 7 down to 9, past 8."""
    x, y = source.right + 84, source.cy + 14
    points = ((source.right, y), (x, y), (x, target.cy), (target.right, target.cy))
    return points, Label(at=(x - 8, target.y - 46), within=130, above=False, end=True)


_Special = Mapping[tuple[str, str, Guard | None], _Router]

_COMMON: _Special = MappingProxyType(
    {
        ("2a", "2a", Guard.AWAY): _loop_above,
        ("after_2a", "ask_2a", Guard.POINT_UNCLEAR): _level_then_up,
        ("2b", "2a", Guard.OFFER_RAN_OUT): _back_to_clearinghouse,
        ("3", "2a", Guard.OFFER_RAN_OUT): _from_form_back,
        ("after_3", "3", Guard.MISSING_ITEMS): _channel(left=True, out=40),
        ("after_4a", "4a", Guard.NOT_PROVED): _channel(left=True, out=40),
        ("5", "5", Guard.NO_PLACE): _loop_above_left,
        ("after_5", "ask_5", Guard.CURABLE): _level_then_up,
        ("appeal_5", "5", Guard.APPEAL): _up_then_level,
        ("after_5", "appeal_5", Guard.NOT_ELIGIBLE): _across,
        ("appeal_5", "refused_5", Guard.STANDS): _down_stands,
        ("after_5a", "5a", Guard.METER_REFUSED): _channel(left=True, out=36),
        ("after_5c", "5b", Guard.MISSED_VISIT): _channel(left=True, out=36),
        ("after_5c", "5b", Guard.NOT_DOABLE): _channel(left=False, out=36),
        ("before_6", "8", Guard.EQUIPMENT_THERE): _skip_equipment,
        ("7", "6", Guard.UNFIT): _channel(left=False, out=74, leave=-14, beside=True),
        ("7", "9", Guard.NO_DEVICE): _skip_device,
        ("8", "8", Guard.TEST_FAILED): _loop_below,
    }
)
_ESCO: _Special = MappingProxyType(
    {
        ("after_5a", "5b", Guard.METER_WORK): _level_then_down,
        ("after_5a", "5d", Guard.METER_THERE): _down_then_level,
    }
)
_WITHOUT_BARS: _Special = MappingProxyType(
    {("fork", "before_6", None): _level_then_down, ("5d", "join", None): _down_then_level}
)
_UTILITY: _Special = MappingProxyType({("after_5a", "5d", Guard.METER_THERE): _channel(left=False, out=126)})
