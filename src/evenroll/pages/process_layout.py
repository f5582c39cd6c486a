"""Where the nodes of the process drawing stand: lanes side by side as bands, time downward."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from evenroll.enrollment.use_case import Lane, ServicePath
from evenroll.pages.process import ACTIONS, Node, NodeKind, Process

MARGIN = 20.0
TITLE_HEIGHT = 92.0
LANE_HEAD_HEIGHT = 44.0

BOX_WIDTH, BOX_HEIGHT = 254.0, 68.0
ASK_WIDTH, ASK_HEIGHT = 220.0, 56.0
DIAMOND_WIDTH, DIAMOND_HEIGHT = 44.0, 32.0
REFUSED_WIDTH, REFUSED_HEIGHT = 110.0, 34.0
DOOR_WIDTH, DOOR_HEIGHT = 216.0, 56.0
START_WIDTH, START_HEIGHT = 390.0, 76.0
END_WIDTH, END_HEIGHT = 230.0, 42.0
BAR_HEIGHT = 8.0
ACTIONS_HEIGHT = 66.0

_LANE_WIDTHS: Mapping[ServicePath, Mapping[Lane, float]] = {
    ServicePath.ESCO: {Lane.CUSTOMER: 450, Lane.CLEARINGHOUSE: 400, Lane.ESCO: 430, Lane.UTILITY: 400},
    ServicePath.UTILITY: {Lane.CUSTOMER: 450, Lane.CLEARINGHOUSE: 400, Lane.ESCO: 240, Lane.UTILITY: 590},
}

# From top to bottom: the nodes that stand at one height, how high the tallest of them is, and the gap above them.
_LEVELS: tuple[tuple[tuple[str, ...], float, float], ...] = (
    (("start",), START_HEIGHT, 22),
    (("1",), BOX_HEIGHT, 30),
    (("2",), BOX_HEIGHT, 30),
    (("2a", "ask_2a"), BOX_HEIGHT, 58),
    (("after_2a", "refused_2a"), DIAMOND_HEIGHT, 28),
    (("2b", "received"), BOX_HEIGHT, 48),
    (("after_2b", "handed_over", "refused_2b"), DIAMOND_HEIGHT, 28),
    (("3",), BOX_HEIGHT, 48),
    (("after_3",), DIAMOND_HEIGHT, 28),
    (("4a",), BOX_HEIGHT, 48),
    (("after_4a", "refused_4a"), DIAMOND_HEIGHT, 28),
    (("5", "ask_5"), BOX_HEIGHT, 38),
    (("after_5", "refused_5"), DIAMOND_HEIGHT, 28),
    (("fork",), BAR_HEIGHT, 40),
    (("6", "5a"), BOX_HEIGHT, 36),
    (("after_5a",), DIAMOND_HEIGHT, 28),
    (("7", "5b"), BOX_HEIGHT, 42),
    (("8", "5c"), BOX_HEIGHT, 42),
    (("after_5c",), DIAMOND_HEIGHT, 28),
    (("9", "5d"), BOX_HEIGHT, 42),
    (("join",), BAR_HEIGHT, 36),
    (("10",), BOX_HEIGHT, 40),
    (("end",), END_HEIGHT, 30),
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


def lay_out(process: Process) -> Layout:
    """The places for a process; its nodes all stand at a level of their own."""
    centers, bottom = _centers()
    lanes: dict[Lane, Rect] = {}
    x = MARGIN
    for lane, lane_width in _LANE_WIDTHS[process.path].items():
        lanes[lane] = Rect(x=x, y=TITLE_HEIGHT, w=lane_width, h=bottom - TITLE_HEIGHT)
        x += lane_width
    places = {
        node.id: _place(node, center_y=centers[node.id], lanes=lanes, path=process.path)
        for node in process.nodes.values()
        if node.id in centers
    }
    for bar in ("fork", "join"):
        places[bar] = _bar(bar, places)
    if ACTIONS in process.nodes:
        places[ACTIONS] = Rect(x=MARGIN, y=bottom + 18, w=x - MARGIN, h=ACTIONS_HEIGHT)
    return Layout(
        lanes=MappingProxyType(lanes),
        places=MappingProxyType(places),
        width=x + MARGIN,
        height=bottom + 18 + ACTIONS_HEIGHT,
    )


def _centers() -> tuple[dict[str, float], float]:
    centers: dict[str, float] = {}
    y = TITLE_HEIGHT + LANE_HEAD_HEIGHT
    for ids, height, gap in _LEVELS:
        y += gap
        for id_ in ids:
            centers[id_] = y + height / 2
        y += height
    return centers, y + 24


def _place(node: Node, *, center_y: float, lanes: Mapping[Lane, Rect], path: ServicePath) -> Rect:
    lane = lanes[node.lane]
    w, h = _size(node)
    cx = lane.cx
    if node.id.startswith("refused"):
        left = node.id == "refused_2b" and path is ServicePath.ESCO
        cx = lane.x + 12 + w / 2 if left else lane.right - 12 - w / 2
    return Rect(x=cx - w / 2, y=center_y - h / 2, w=w, h=h)


_SIZES: Mapping[NodeKind, tuple[float, float]] = MappingProxyType(
    {
        NodeKind.ROW: (BOX_WIDTH, BOX_HEIGHT),
        NodeKind.DECISION: (DIAMOND_WIDTH, DIAMOND_HEIGHT),
        NodeKind.ASK: (ASK_WIDTH, ASK_HEIGHT),
        NodeKind.BAR: (BOX_WIDTH, BAR_HEIGHT),
        NodeKind.START: (DOOR_WIDTH, DOOR_HEIGHT),
        NodeKind.END: (DOOR_WIDTH, DOOR_HEIGHT),
        NodeKind.ACTIONS: (BOX_WIDTH, ACTIONS_HEIGHT),
    }
)
_SIZES_OF_NODES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"start": (START_WIDTH, START_HEIGHT), "end": (END_WIDTH, END_HEIGHT)}
)


def _size(node: Node) -> tuple[float, float]:
    if node.id.startswith("refused"):
        return REFUSED_WIDTH, REFUSED_HEIGHT
    return _SIZES_OF_NODES.get(node.id) or _SIZES[node.kind]


def _bar(bar: str, places: Mapping[str, Rect]) -> Rect:
    """A bar reaches over the strands that begin or meet at it."""
    strands = ("6", "5a") if bar == "fork" else ("9", "5d")
    rects = [places[id_] for id_ in strands if id_ in places]
    here = places[bar]
    if not rects:
        return here
    left, right = min(rect.x for rect in rects), max(rect.right for rect in rects)
    # To the left of the boxes the fork also feeds the strand that skips the equipment.
    left -= 90 if bar == "fork" else 0
    return Rect(x=left, y=here.y, w=right - left, h=here.h)
