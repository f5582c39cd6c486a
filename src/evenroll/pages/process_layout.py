"""Where the nodes of the process drawing stand: lanes side by side as bands, time downward."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from evenroll.enrollment.use_case import Lane, ServicePath
from evenroll.pages.process import Node, NodeKind, Process
from evenroll.pages.process_standing import ACTIONS

MARGIN = 20.0

Size = tuple[float, float]
"""Width and height in drawing units."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Notation:
    """How big what is drawn, in drawing units. title: the height above the lanes; head: of a lane's name.

    nodes: sizes of single nodes, by id; refusals: of the ends that refuse; kinds: of all others. bars: strands begin
    and meet at a bar across the lanes; else at a sign of their own. actions_apart: the actions stand below all lanes.
    """

    title: float
    head: float
    kinds: Mapping[NodeKind, Size]
    nodes: Mapping[str, Size]
    refusals: Size
    bars: bool
    actions_apart: bool


_ROW, _ASK = (254.0, 68.0), (240.0, 56.0)
_DOOR, _DIAMOND, _BAR = (216.0, 56.0), (44.0, 32.0), (254.0, 8.0)

SHEET = Notation(
    title=92.0,
    head=44.0,
    kinds=MappingProxyType(
        {
            NodeKind.ROW: _ROW,
            NodeKind.ASK: _ASK,
            NodeKind.DECISION: _DIAMOND,
            NodeKind.FORK: _BAR,
            NodeKind.JOIN: _BAR,
            NodeKind.START: _DOOR,
            NodeKind.END: _DOOR,
            NodeKind.ACTIONS: (_ROW[0], 66.0),
        }
    ),
    nodes=MappingProxyType({"start": (410.0, 76.0), "end": (230.0, 42.0)}),
    refusals=(110.0, 34.0),
    bars=True,
    actions_apart=True,
)
"""A sheet of paper: an activity diagram whose shapes hold their own words."""

_LANE_WIDTHS: Mapping[ServicePath, Mapping[Lane, float]] = {
    ServicePath.ESCO: {Lane.CUSTOMER: 460, Lane.CLEARINGHOUSE: 410, Lane.ESCO: 440, Lane.UTILITY: 410},
    ServicePath.UTILITY: {Lane.CUSTOMER: 460, Lane.CLEARINGHOUSE: 410, Lane.ESCO: 290, Lane.UTILITY: 560},
}

_REFUSALS = 70.0
"""How far the middle of a refusal lies from the edge of its lane."""

# From top to bottom: the nodes that stand at one height, and the gap above them.
_LEVELS: tuple[tuple[tuple[str, ...], float], ...] = (
    (("start",), 22),
    (("1",), 30),
    (("2",), 30),
    (("2a", "ask_2a"), 58),
    (("after_2a", "refused_2a"), 28),
    (("2b", "received"), 62),
    (("after_2b", "handed_over", "refused_2b"), 28),
    (("3",), 62),
    (("after_3",), 28),
    (("4a",), 48),
    (("after_4a", "refused_4a"), 28),
    (("5", "ask_5"), 38),
    (("after_5", "appeal_5"), 28),
    (("refused_5",), 22),
    (("fork",), 20),
    (("before_6",), 28),
    (("6", "5a"), 32),
    (("after_5a",), 28),
    (("7", "5b"), 42),
    (("8", "5c"), 42),
    (("after_5c",), 28),
    (("9", "5d"), 42),
    (("join",), 36),
    (("10",), 40),
    (("end",), 30),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rect:
    """A rectangle in drawing units: left, top, width and height."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.h

    @property
    def cx(self) -> float:
        """The middle, from left to right."""
        return self.x + self.w / 2

    @property
    def cy(self) -> float:
        """The middle, from top to bottom."""
        return self.y + self.h / 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """The places of lanes and nodes. width, height: of the whole, without the legend below `height`."""

    lanes: Mapping[Lane, Rect]
    places: Mapping[str, Rect]
    width: float
    height: float


def lay_out(process: Process, *, notation: Notation = SHEET) -> Layout:
    """The places for a process; its nodes all stand at a level of their own."""
    centers, bottom = _centers(process, notation)
    lanes: dict[Lane, Rect] = {}
    x = MARGIN
    for lane, lane_width in _LANE_WIDTHS[process.path].items():
        lanes[lane] = Rect(x=x, y=notation.title, w=lane_width, h=bottom - notation.title)
        x += lane_width
    places = {
        node.id: _place(node, center_y=centers[node.id], lanes=lanes, process=process, notation=notation)
        for node in process.nodes.values()
        if node.id in centers
    }
    height = bottom
    if notation.bars:
        places |= {bar: _bar(bar, places) for bar in ("fork", "join")}
    if notation.actions_apart and ACTIONS in process.nodes:
        tall = notation.kinds[NodeKind.ACTIONS][1]
        places[ACTIONS] = Rect(x=MARGIN, y=bottom + 18, w=x - MARGIN, h=tall)
        height += 18 + tall
    return Layout(lanes=MappingProxyType(lanes), places=MappingProxyType(places), width=x + MARGIN, height=height)


def _centers(process: Process, notation: Notation) -> tuple[dict[str, float], float]:
    centers: dict[str, float] = {}
    y = notation.title + notation.head
    actions = () if notation.actions_apart else (((ACTIONS,), 40.0),)
    for ids, gap in (*_LEVELS, *actions):
        y += gap
        here = [process.nodes[id_] for id_ in ids if id_ in process.nodes]
        # The door to the other provider may reach beyond its level: nothing stands above or below it.
        height = max((_size(node, notation)[1] for node in here if node.id != "handed_over"), default=0.0)
        centers |= {node.id: y + height / 2 for node in here}
        y += height
    return centers, y + 24


def _place(node: Node, *, center_y: float, lanes: Mapping[Lane, Rect], process: Process, notation: Notation) -> Rect:
    lane = lanes[node.lane]
    w, h = _size(node, notation)
    cx = lane.cx
    if node.id.startswith("refused") or node.id == "appeal_5":
        left = node.id == "refused_2b" and process.path is ServicePath.ESCO
        cx = lane.x + _REFUSALS if left else lane.right - _REFUSALS
    return Rect(x=cx - w / 2, y=center_y - h / 2, w=w, h=h)


def _size(node: Node, notation: Notation) -> Size:
    if node.id.startswith("refused"):
        return notation.refusals
    return notation.nodes.get(node.id) or notation.kinds[node.kind]


def _bar(bar: str, places: Mapping[str, Rect]) -> Rect:
    """A bar reaches over the strands that begin or meet at it."""
    strands = ("6", "5a") if bar == "fork" else ("9", "5d")
    rects = [places[id_] for id_ in strands if id_ in places]
    here = places[bar]
    if not rects:
        return here
    left, right = min(rect.x for rect in rects), max(rect.right for rect in rects)
    return Rect(x=left, y=here.y, w=right - left, h=here.h)
