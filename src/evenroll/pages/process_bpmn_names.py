"""The namespaces, ids and names of the BPMN document; ids are stable, made of the ids of nodes and guards."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Final

from evenroll.enrollment.form import Language
from evenroll.enrollment.use_case import Lane
from evenroll.pages.process import Node, NodeKind
from evenroll.pages.process_edges import Edge
from evenroll.pages.process_standing import ACTIONS
from evenroll.pages.texts import render

_SPACES: Final = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "evenroll": "urn:evenroll:process",
    "bioc": "http://bpmn.io/schema/bpmn/biocolor/1.0",
    "color": "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
}
for _prefix, _space in _SPACES.items():
    ET.register_namespace(_prefix, _space)

BPMN, BPMNDI, DC, DI, XSI, EVENROLL, BIOC, COLOR = (f"{{{space}}}" for space in _SPACES.values())
"""The namespaces as ElementTree writes them before a tag."""

COLLABORATION, POOL, PROCESS = "collaboration", "pool", "process"

INNER_NODES: Final = tuple(f"node_{ACTIONS}_{part}" for part in ("start", "act", "end"))
"""What stands within the event sub-process of the actions."""

INNER_FLOWS: Final = tuple(f"flow_{ACTIONS}_{part}" for part in ("start", "end"))
"""The flows within it."""


def node_id(node: str) -> str:
    """The id of a node's element."""
    return f"node_{node}"


def flow_id(edge: Edge) -> str:
    """The id of an edge's element; two edges between the same nodes differ by their guards."""
    guard = f"_{edge.guard.value}" if edge.guard is not None else ""
    return f"flow_{edge.source}_to_{edge.target}{guard}"


def lane_id(lane: Lane) -> str:
    """The id of a lane's element."""
    return f"lane_{lane.value}"


def group_id(node: Node) -> str:
    """The id of the frame around a node at which the case stands."""
    return f"here_{node.id}"


def is_framed(node: Node) -> bool:
    """Whether the case stands at a node that has a frame around it; an event is too small for one."""
    return node.marked and node.kind not in (NodeKind.START, NodeKind.END)


def node_words(node: Node, *, language: Language) -> str:
    """The name of a node: a row's number before it; behind it that not every program has it, and where the case is."""
    words = render(node.code, language=language)
    named = f"{node.id} · {words}" if node.kind is NodeKind.ROW else words
    notes = [code for code, so in (("process.if_needed", node.as_needed), ("process.here", node.marked)) if so]
    return " ".join((named, *(f"({render(code, language=language)})" for code in notes)))
