"""The drawing within the BPMN document (BPMN DI): a shape for every node, lane and frame, an edge for every flow."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from types import MappingProxyType
from typing import Final

from evenroll.enrollment.form import Language
from evenroll.enrollment.use_case import Lane, ServicePath
from evenroll.pages.lettering import lines, width
from evenroll.pages.process import Node, NodeKind, Process
from evenroll.pages.process_bpmn_names import (
    BIOC,
    BPMNDI,
    COLLABORATION,
    COLOR,
    DC,
    DI,
    INNER_FLOWS,
    INNER_NODES,
    POOL,
    flow_id,
    group_id,
    is_framed,
    lane_id,
    node_id,
    node_words,
)
from evenroll.pages.process_layout import MARGIN, Layout, Notation, Rect, Size, lay_out
from evenroll.pages.process_routes import Label, Point, Route, routes
from evenroll.pages.texts import render

SCALE: Final = 0.75
"""Pixels of a BPMN drawing for one drawing unit: programs that show BPMN write in 11 and 12 pixels."""

LABEL_SIZE: Final = 11.0
"""Pixels of the words beside events and flows, as such programs write them."""

_AIR: Final = 1.05
_HEAD: Final = 40.0
_GATEWAY: Final = (56.0, 56.0)
_EVENT: Final = (48.0, 48.0)
_FRAME: Final = 10.0
_GRAY: Final = "#dddddd"
_FILL: Final = (f"{BIOC}fill", f"{COLOR}background-color")
"""Two names for one thing: what bpmn.io wrote first, and the extension of BPMN that was agreed on later."""

BPMN_NOTATION: Final = Notation(
    title=MARGIN + _HEAD,
    head=_HEAD,
    kinds=MappingProxyType(
        {
            NodeKind.ROW: (254.0, 68.0),
            NodeKind.ASK: (220.0, 56.0),
            NodeKind.DECISION: _GATEWAY,
            NodeKind.FORK: _GATEWAY,
            NodeKind.JOIN: _GATEWAY,
            NodeKind.START: _EVENT,
            NodeKind.END: _EVENT,
            NodeKind.ACTIONS: (424.0, 176.0),
        }
    ),
    nodes=MappingProxyType({}),
    refusals=_EVENT,
    bars=False,
    actions_apart=False,
)
"""BPMN: events and gateways of a fixed size, their words beside them; the actions in a lane like everything else."""


def add_drawing(root: ET.Element, process: Process, *, language: Language) -> None:
    """Put the drawing of a process into its BPMN document."""
    layout = lay_out(process, notation=BPMN_NOTATION)
    diagram = ET.SubElement(root, f"{BPMNDI}BPMNDiagram", id="drawing")
    plane = ET.SubElement(diagram, f"{BPMNDI}BPMNPlane", id="plane", bpmnElement=COLLABORATION)
    _shape(plane, POOL, _pool(layout), upright=True)
    for lane, rect in layout.lanes.items():
        _shape(plane, lane_id(lane), rect, upright=True)
    for node in process.nodes.values():
        _node(plane, node, layout.places[node.id], path=process.path, language=language)
    for route in routes(process, layout, notation=BPMN_NOTATION):
        _edge(plane, route, language=language)


def _pool(layout: Layout) -> Rect:
    lanes = tuple(layout.lanes.values())
    first, last = lanes[0], lanes[-1]
    return Rect(x=first.x, y=first.y - _HEAD, w=last.right - first.x, h=first.h + _HEAD)


def _shape(plane: ET.Element, element: str, rect: Rect, *, upright: bool = False) -> ET.Element:
    drawn = ET.SubElement(plane, f"{BPMNDI}BPMNShape", id=f"{element}_shape", bpmnElement=element)
    if upright:
        drawn.set("isHorizontal", "false")
    _bounds(drawn, rect)
    return drawn


def _bounds(parent: ET.Element, rect: Rect) -> None:
    """Both sides are rounded, not the width: what touches in the layout touches in the document."""
    left, top, right, bottom = _px(rect.x), _px(rect.y), _px(rect.right), _px(rect.bottom)
    ET.SubElement(parent, f"{DC}Bounds", x=f"{left}", y=f"{top}", width=f"{right - left}", height=f"{bottom - top}")


def _px(units: float) -> int:
    return round(units * SCALE)


def _node(plane: ET.Element, node: Node, rect: Rect, *, path: ServicePath, language: Language) -> None:
    drawn = _shape(plane, node_id(node.id), rect)
    match node.kind:
        case NodeKind.ACTIONS:
            drawn.set("isExpanded", "true")
            _inside_actions(plane, rect)
        case NodeKind.START | NodeKind.END:
            _event_words(drawn, node, rect, path=path, language=language)
        case _:
            pass
    if node.marked:
        for name in _FILL:
            drawn.set(name, _GRAY)
    if is_framed(node):
        frame = Rect(x=rect.x - _FRAME, y=rect.y - _FRAME, w=rect.w + 2 * _FRAME, h=rect.h + 2 * _FRAME)
        _shape(plane, group_id(node), frame)


def _event_words(drawn: ET.Element, node: Node, rect: Rect, *, path: ServicePath, language: Language) -> None:
    """The words of an event: below a refusal, else beside it, on the side where no flow comes or goes."""
    words = node_words(node, language=language)
    if node.id.startswith("refused"):
        w, h = _extent(words, within=140)
        _label(drawn, Rect(x=rect.cx - w / 2, y=rect.bottom + 2, w=w, h=h))
    elif node.lane is Lane.ESCO and path is ServicePath.UTILITY:
        _words(drawn, words, Label(at=(rect.x - 8, rect.cy), within=100, above=False, end=True))
    else:
        _words(drawn, words, Label(at=(rect.right + 8, rect.cy), within=165, above=False))


def _words(drawn: ET.Element, words: str, label: Label) -> None:
    w, h = _extent(words, within=label.within)
    x, y = label.at
    _label(drawn, Rect(x=x - w if label.end else x, y=y - h + 4 if label.above else y - h / 2, w=w, h=h))


def _extent(words: str, *, within: float) -> Size:
    """How much room words take, in drawing units; a little more than they need, or they would be broken anew."""
    written = lines(words, size=LABEL_SIZE, within=(within * SCALE - 2) / _AIR)
    wide = max(width(each, size=LABEL_SIZE) for each in written) * _AIR + 2
    return wide / SCALE, LABEL_SIZE * 1.2 * len(written) / SCALE


def _label(drawn: ET.Element, rect: Rect) -> None:
    _bounds(ET.SubElement(drawn, f"{BPMNDI}BPMNLabel"), rect)


def _edge(plane: ET.Element, route: Route, *, language: Language) -> None:
    drawn = _line(plane, flow_id(route.edge), route.points)
    if route.edge.guard is not None:
        _words(drawn, render(route.edge.guard, language=language), route.label)


def _line(plane: ET.Element, element: str, points: tuple[Point, ...]) -> ET.Element:
    drawn = ET.SubElement(plane, f"{BPMNDI}BPMNEdge", id=f"{element}_edge", bpmnElement=element)
    for x, y in points:
        ET.SubElement(drawn, f"{DI}waypoint", x=f"{_px(x)}", y=f"{_px(y)}")
    return drawn


def _inside_actions(plane: ET.Element, rect: Rect) -> None:
    """Start, act and end in a row, below the name of the sub-process."""
    middle = rect.cy + 12
    w, h = _EVENT
    start = Rect(x=rect.x + 16, y=middle - h / 2, w=w, h=h)
    end = Rect(x=rect.right - 16 - w, y=middle - h / 2, w=w, h=h)
    act = Rect(x=start.right + 28, y=middle - 58, w=end.x - start.right - 56, h=116)
    for element, place in zip(INNER_NODES, (start, act, end), strict=True):
        _shape(plane, element, place)
    for element, source, target in zip(INNER_FLOWS, (start, act), (act, end), strict=True):
        _line(plane, element, ((source.right, middle), (target.x, middle)))
