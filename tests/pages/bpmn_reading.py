"""Reads a BPMN document back: the graph with what the tables said of it, and its drawing as rectangles and lines."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import State
from evenroll.enrollment.use_case import Lane, ServicePath
from evenroll.pages.process import Node, NodeKind, Process
from evenroll.pages.process_edges import Edge, Guard, MoveKey
from evenroll.pages.process_layout import Rect
from evenroll.programs.program import Track

SPACES = {
    "b": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "d": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "e": "urn:evenroll:process",
}
FLOW_NODES = ("task", "startEvent", "endEvent", "exclusiveGateway", "parallelGateway", "complexGateway", "subProcess")
_KINDS = {
    "startEvent": NodeKind.START,
    "endEvent": NodeKind.END,
    "exclusiveGateway": NodeKind.DECISION,
    "parallelGateway": NodeKind.FORK,
    "complexGateway": NodeKind.JOIN,
    "subProcess": NodeKind.ACTIONS,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """The drawing. shapes, labels: by the id of what they stand for; lines: the corners of each flow."""

    shapes: Mapping[str, Rect]
    labels: Mapping[str, Rect]
    lines: Mapping[str, tuple[tuple[float, float], ...]]


def local(element: ET.Element) -> str:
    """The tag without its namespace."""
    return element.tag.partition("}")[2]


def body(root: ET.Element) -> ET.Element:
    found = root.find("b:process", SPACES)
    assert found is not None
    return found


def flow_nodes(parent: ET.Element) -> list[ET.Element]:
    return [each for each in parent if local(each) in FLOW_NODES]


def read_process(root: ET.Element) -> Process:
    """The graph as the document has it, read by nothing but the document."""
    parent = body(root)
    lanes = {
        reference.text: Lane(lane.get("id", "").removeprefix("lane_"))
        for lane in parent.findall("b:laneSet/b:lane", SPACES)
        for reference in lane.findall("b:flowNodeRef", SPACES)
    }
    nodes: dict[str, Node] = {}
    exits: dict[Row, tuple[MoveKey, ...]] = {}
    for each in flow_nodes(parent):
        id_ = each.get("id", "")
        number = each.find("b:extensionElements/e:row", SPACES)
        row = Row(number.get("number", "")) if number is not None else None
        kind = _KINDS.get(local(each), NodeKind.ASK if row is None else NodeKind.ROW)
        commands = each.findall("b:extensionElements/e:command", SPACES)
        name = id_.removeprefix("node_")
        nodes[name] = Node(
            id=name,
            kind=kind,
            lane=lanes[id_],
            row=row,
            commands=tuple(CommandName(command.get("name", "")) for command in commands),
        )
        found = each.findall("b:extensionElements/e:exit", SPACES)
        if found and row is not None:
            exits[row] = tuple(_move(exit_) for exit_ in found)
    return Process(
        path=ServicePath(root.get("id", "").removeprefix("evenroll_")),
        use_case=None,
        standing=None,
        nodes=nodes,
        edges=tuple(_edge(each) for each in parent.findall("b:sequenceFlow", SPACES)),
        exits=exits,
    )


def _edge(flow: ET.Element) -> Edge:
    source, target = flow.get("sourceRef", ""), flow.get("targetRef", "")
    ends = source.removeprefix("node_"), target.removeprefix("node_")
    guard = flow.get("id", "").removeprefix(f"flow_{ends[0]}_to_{ends[1]}").removeprefix("_")
    return Edge(
        source=ends[0],
        target=ends[1],
        guard=Guard(guard) if guard else None,
        moves=tuple(_move(each) for each in flow.findall("b:extensionElements/e:move", SPACES)),
    )


def _move(element: ET.Element) -> MoveKey:
    came = element.get("from")
    return (Track(element.get("track", "")), State(came) if came else None, State(element.get("to", "")))


def read_drawing(root: ET.Element) -> Drawn:
    """The drawing; raises AssertionError where something is drawn twice."""
    shapes: dict[str, Rect] = {}
    labels: dict[str, Rect] = {}
    lines: dict[str, tuple[tuple[float, float], ...]] = {}
    for each in root.findall("d:BPMNDiagram/d:BPMNPlane/*", SPACES):
        element = each.get("bpmnElement", "")
        assert element not in shapes, element
        assert element not in lines, element
        label = each.find("d:BPMNLabel/dc:Bounds", SPACES)
        if label is not None:
            labels[element] = _rect(label)
        if local(each) == "BPMNShape":
            shapes[element] = _rect(each.find("dc:Bounds", SPACES))
        else:
            points = each.findall("di:waypoint", SPACES)
            lines[element] = tuple((float(point.get("x", "")), float(point.get("y", ""))) for point in points)
    return Drawn(shapes=shapes, labels=labels, lines=lines)


def _rect(bounds: ET.Element | None) -> Rect:
    assert bounds is not None
    x, y, w, h = (float(bounds.get(name, "")) for name in ("x", "y", "width", "height"))
    return Rect(x=x, y=y, w=w, h=h)
