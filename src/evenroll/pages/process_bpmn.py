"""The process as BPMN 2.0: the same graph as the other drawings, with lanes, guards and its own drawing in it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from typing import Final

from evenroll import __version__
from evenroll.enrollment.form import Language
from evenroll.enrollment.rows import Row
from evenroll.pages.process import Node, NodeKind, Process
from evenroll.pages.process_bpmn_drawing import add_drawing
from evenroll.pages.process_bpmn_names import (
    BPMN,
    COLLABORATION,
    EVENROLL,
    INNER_FLOWS,
    INNER_NODES,
    POOL,
    PROCESS,
    XSI,
    flow_id,
    group_id,
    is_framed,
    lane_id,
    node_id,
    node_words,
)
from evenroll.pages.process_edges import Edge, MoveKey
from evenroll.pages.process_words import drawing_heading, drawing_subtitle, drawing_title
from evenroll.pages.texts import render

_TAGS: Final = {
    NodeKind.START: "startEvent",
    NodeKind.END: "endEvent",
    NodeKind.ROW: "task",
    NodeKind.ASK: "task",
    NodeKind.DECISION: "exclusiveGateway",
    NodeKind.FORK: "parallelGateway",
    # What makes an enrollment active is data of the program (price, control or both): no plain "wait for all".
    NodeKind.JOIN: "complexGateway",
    NodeKind.ACTIONS: "subProcess",
}
_DIRECTIONS: Final = {
    NodeKind.DECISION: "Diverging",
    NodeKind.FORK: "Diverging",
    NodeKind.JOIN: "Converging",
}


def process_bpmn(process: Process, *, language: Language) -> str:
    """One BPMN 2.0 document: a pool with a lane for each who acts, and a shape or an edge for everything in it.

    Ids are made of the ids of nodes and guards, so that two drawings can be compared. What only the tables know
    (commands, moves, use cases) stands in extension elements of the namespace `urn:evenroll:process`.
    """
    root = ET.Element(
        f"{BPMN}definitions",
        id=f"evenroll_{process.path.value}",
        name=drawing_title(process, language=language),
        targetNamespace="urn:evenroll:process",
        exporter="Evenroll",
        exporterVersion=__version__,
    )
    collaboration = ET.SubElement(root, f"{BPMN}collaboration", id=COLLABORATION)
    name = drawing_heading(process, language=language)
    ET.SubElement(collaboration, f"{BPMN}participant", id=POOL, name=name, processRef=PROCESS)
    body = ET.SubElement(root, f"{BPMN}process", id=PROCESS, name=name, isExecutable="false")
    _document(body, drawing_subtitle(process, language=language))
    _lanes(body, process, language=language)
    for node in process.nodes.values():
        _node(body, node, process, language=language)
    for edge in process.edges:
        _flow(body, edge, process, language=language)
    for node in filter(is_framed, process.nodes.values()):
        ET.SubElement(body, f"{BPMN}group", id=group_id(node))
    add_drawing(root, process, language=language)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _document(parent: ET.Element, words: str) -> None:
    ET.SubElement(parent, f"{BPMN}documentation").text = words


def _lanes(body: ET.Element, process: Process, *, language: Language) -> None:
    lanes = ET.SubElement(body, f"{BPMN}laneSet", id="lanes")
    for lane in process.lanes:
        drawn = ET.SubElement(lanes, f"{BPMN}lane", id=lane_id(lane), name=render(lane, language=language))
        for node in process.nodes.values():
            if node.lane is lane:
                ET.SubElement(drawn, f"{BPMN}flowNodeRef").text = node_id(node.id)


def _node(body: ET.Element, node: Node, process: Process, *, language: Language) -> None:
    drawn = ET.SubElement(body, f"{BPMN}{_TAGS[node.kind]}", id=node_id(node.id))
    if node.code:
        drawn.set("name", node_words(node, language=language))
    if node.kind in _DIRECTIONS:
        drawn.set("gatewayDirection", _DIRECTIONS[node.kind])
    leaving = [edge for edge in process.edges if edge.source == node.id]
    usual = [edge for edge in leaving if edge.guard is None]
    if node.kind is NodeKind.ROW and usual and len(leaving) > len(usual):
        drawn.set("default", flow_id(usual[0]))
    for code in _notes(node, process):
        _document(drawn, render(code, language=language))
    _facts(drawn, node, process)
    _refer(drawn, "incoming", [edge for edge in process.edges if edge.target == node.id])
    _refer(drawn, "outgoing", leaving)
    _by_kind(drawn, node, leaving, language=language)


def _refer(drawn: ET.Element, tag: str, edges: Iterable[Edge]) -> None:
    for edge in edges:
        ET.SubElement(drawn, f"{BPMN}{tag}").text = flow_id(edge)


def _by_kind(drawn: ET.Element, node: Node, leaving: Iterable[Edge], *, language: Language) -> None:
    """What only one kind of node has; the schema wants it last."""
    if node.id in ("received", "handed_over"):
        ET.SubElement(drawn, f"{BPMN}messageEventDefinition", id=f"{node_id(node.id)}_message")
    elif node.kind is NodeKind.JOIN:
        guards = " ".join(edge.guard.value for edge in leaving if edge.guard is not None)
        _condition(drawn, "activationCondition", guards)
    elif node.kind is NodeKind.ACTIONS:
        drawn.set("triggeredByEvent", "true")
        _inside_actions(drawn, language=language)


def _condition(drawn: ET.Element, tag: str, code: str) -> None:
    ET.SubElement(drawn, f"{BPMN}{tag}", {f"{XSI}type": "bpmn:tFormalExpression"}).text = code


def _notes(node: Node, process: Process) -> Iterable[str]:
    if node.as_needed:
        yield "process.legend_as_needed"
    if node.kind is NodeKind.ROW and node.row in process.exits:
        yield "process.legend_exit"
    if node.marked:
        yield "process.legend_marked"


def _facts(drawn: ET.Element, node: Node, process: Process) -> None:
    """What the tables know of a node: its row, its commands, the moves with which a case leaves the rows here."""
    if node.row is None:
        return
    more = ET.SubElement(drawn, f"{BPMN}extensionElements")
    ET.SubElement(more, f"{EVENROLL}row", number=node.row.value)
    for command in node.commands:
        ET.SubElement(more, f"{EVENROLL}command", name=command.value)
    if node.row is not Row.ACTION:
        for move in process.exits.get(node.row, ()):
            _move(more, "exit", move)


def _move(parent: ET.Element, tag: str, move: MoveKey) -> None:
    track, from_, to = move
    drawn = ET.SubElement(parent, f"{EVENROLL}{tag}", track=track.value)
    if from_ is not None:
        drawn.set("from", from_.value)
    drawn.set("to", to.value)


def _flow(body: ET.Element, edge: Edge, process: Process, *, language: Language) -> None:
    drawn = ET.SubElement(body, f"{BPMN}sequenceFlow", id=flow_id(edge))
    if edge.guard is not None:
        drawn.set("name", render(edge.guard, language=language))
    drawn.set("sourceRef", node_id(edge.source))
    drawn.set("targetRef", node_id(edge.target))
    if edge.moves:
        more = ET.SubElement(drawn, f"{BPMN}extensionElements")
        for move in edge.moves:
            _move(more, "move", move)
    # A flow is only conditional where there is another way to go; the join says what it waits for itself.
    alone = sum(each.source == edge.source for each in process.edges) == 1
    if edge.guard is not None and not alone:
        _condition(drawn, "conditionExpression", edge.guard.value)


def _inside_actions(drawn: ET.Element, *, language: Language) -> None:
    """An event sub-process: somebody asks or a term runs out, an action is taken; the case may or may not end by it."""
    start, act, end = INNER_NODES
    first, second = INNER_FLOWS
    begun = ET.SubElement(drawn, f"{BPMN}startEvent", id=start, isInterrupting="false")
    ET.SubElement(begun, f"{BPMN}outgoing").text = first
    ET.SubElement(begun, f"{BPMN}messageEventDefinition", id=f"{start}_asked")
    ET.SubElement(begun, f"{BPMN}timerEventDefinition", id=f"{start}_lapsed")
    task = ET.SubElement(drawn, f"{BPMN}task", id=act, name=render("process.actions", language=language))
    ET.SubElement(task, f"{BPMN}incoming").text = first
    ET.SubElement(task, f"{BPMN}outgoing").text = second
    ended = ET.SubElement(drawn, f"{BPMN}endEvent", id=end)
    ET.SubElement(ended, f"{BPMN}incoming").text = second
    ET.SubElement(drawn, f"{BPMN}sequenceFlow", id=first, sourceRef=start, targetRef=act)
    ET.SubElement(drawn, f"{BPMN}sequenceFlow", id=second, sourceRef=act, targetRef=end)
