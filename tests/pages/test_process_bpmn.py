"""The BPMN document says what the tables say, is sound BPMN, and every piece of it has a place in its drawing."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import pairwise

import pytest

from evenroll.enrollment.form import Language
from evenroll.enrollment.tracks import State
from evenroll.enrollment.use_case import Lane, ServicePath, SourceUseCase
from evenroll.pages.process import NodeKind, Process, process
from evenroll.pages.process_bpmn import process_bpmn
from evenroll.pages.process_check import differences
from evenroll.pages.process_layout import Rect
from evenroll.pages.process_standing import Standing
from evenroll.quantities.identifiers import CaseNumber
from tests.pages.bpmn_reading import FLOW_NODES, SPACES, Drawn, body, flow_nodes, local, read_drawing, read_process

BOTH = pytest.mark.parametrize("path", ServicePath)
LANGUAGES = pytest.mark.parametrize("language", Language)
NUMBER = CaseNumber("EV-7K3M9-QXT2H-WPCF")
MARKED = Standing(number=NUMBER, state=State.ENROLLED, nodes=frozenset({"5b", "7"}))
TOUCH = 1.0
"""How far the end of a line may lie from the middle of a side, in pixels: the places are rounded to whole ones."""


def document(
    path: ServicePath,
    *,
    language: Language = Language.EN,
    use_case: SourceUseCase | None = None,
    standing: Standing | None = None,
) -> ET.Element:
    drawn = process(path, use_case=use_case, standing=standing)
    return ET.fromstring(process_bpmn(drawn, language=language))


def ids(root: ET.Element) -> list[str]:
    return [each.get("id", "") for each in root.iter() if each.get("id")]


@BOTH
def test_the_document_read_back_agrees_with_the_tables(path: ServicePath) -> None:
    read, drawn = read_process(document(path)), process(path)
    assert differences(read) == ()
    assert read.edges == drawn.edges
    assert read.exits == drawn.exits
    assert read.path is path
    for id_, node in drawn.nodes.items():
        there = read.nodes[id_]
        assert (there.kind, there.lane, there.row, there.commands) == (node.kind, node.lane, node.row, node.commands)
    assert read.nodes.keys() == drawn.nodes.keys()


@BOTH
def test_a_move_left_out_or_changed_in_the_document_is_seen(path: ServicePath) -> None:
    changed = document(path)
    move = changed.find(".//b:sequenceFlow[@id='flow_after_4a_to_5_proved']/b:extensionElements/e:move", SPACES)
    assert move is not None
    move.set("from", "completing")
    assert any("cannot be" in each for each in differences(read_process(changed)))
    for flow in document(path).findall("b:process/b:sequenceFlow", SPACES):
        poorer = document(path)
        gone = next(each for each in body(poorer) if each.get("id") == flow.get("id"))
        body(poorer).remove(gone)
        assert len(read_process(poorer).edges) == len(process(path).edges) - 1


@BOTH
def test_ids_are_unique_stable_and_the_same_for_every_use_case_and_language(path: ServicePath) -> None:
    first = ids(document(path))
    assert len(set(first)) == len(first)
    assert not any(id_[0].isdigit() or " " in id_ for id_ in first), "a name of XML"
    for use_case in SourceUseCase:
        for language in Language:
            assert ids(document(path, use_case=use_case, language=language)) == first
    marked = ids(document(path, standing=MARKED))
    assert {id_ for id_ in first if id_.startswith(("node_", "flow_", "lane_"))} <= set(marked)


def test_both_paths_have_the_same_elements() -> None:
    def elements(path: ServicePath) -> set[str]:
        return {id_ for id_ in ids(document(path)) if id_ != f"evenroll_{path.value}"}

    assert elements(ServicePath.ESCO) == elements(ServicePath.UTILITY)


@BOTH
def test_what_refers_to_something_finds_it(path: ServicePath) -> None:
    root = document(path, standing=MARKED)
    known = set(ids(root))
    names = ("sourceRef", "targetRef", "processRef", "default", "bpmnElement")
    for each in root.iter():
        assert all(each.get(name) in known for name in names if each.get(name)), each.attrib
        if local(each) in ("flowNodeRef", "incoming", "outgoing"):
            assert each.text in known
    for parent in (body(root), *body(root).findall("b:subProcess", SPACES)):
        flows = parent.findall("b:sequenceFlow", SPACES)
        for node in flow_nodes(parent):
            came = [each.text for each in node.findall("b:incoming", SPACES)]
            left = [each.text for each in node.findall("b:outgoing", SPACES)]
            assert came == [flow.get("id") for flow in flows if flow.get("targetRef") == node.get("id")]
            assert left == [flow.get("id") for flow in flows if flow.get("sourceRef") == node.get("id")]


@BOTH
def test_every_node_stands_in_one_lane(path: ServicePath) -> None:
    parent = body(document(path))
    told = [each.text for each in parent.findall("b:laneSet/b:lane/b:flowNodeRef", SPACES)]
    assert sorted(filter(None, told)) == sorted(node.get("id", "") for node in flow_nodes(parent))
    names = [lane.get("name") for lane in parent.findall("b:laneSet/b:lane", SPACES)]
    assert names == ["Customer", "Clearinghouse", "ESCO", "Utility"]


@BOTH
def test_what_bpmn_asks_of_a_flow(path: ServicePath) -> None:
    parent = body(document(path))
    flows = {each.get("id"): each for each in parent.findall("b:sequenceFlow", SPACES)}
    conditional = {id_ for id_, each in flows.items() if each.find("b:conditionExpression", SPACES) is not None}
    for node in flow_nodes(parent):
        came, left = node.findall("b:incoming", SPACES), {each.text for each in node.findall("b:outgoing", SPACES)}
        usual = left - conditional
        match local(node):
            case "endEvent":
                assert came
                assert not left
            case "startEvent":
                assert len(left) == 1
                assert not came
            case "exclusiveGateway":
                assert len(left) > 1
                assert not usual, "each way out has its guard"
            case "parallelGateway":
                assert len(left) == 2
                assert usual == left, "both ways are taken"
            case "complexGateway":
                assert len(came) == 2
                assert node.findtext("b:activationCondition", namespaces=SPACES) == "active"
            case "task":
                assert len(usual) == 1, "one usual way out; no token is doubled"
                assert node.get("default") == (next(iter(usual)) if len(left) > 1 else None)
            case kind:
                assert kind == "subProcess"
                assert node.get("triggeredByEvent") == "true"
                (start,) = node.findall("b:startEvent", SPACES)
                assert start.find("b:messageEventDefinition", SPACES) is not None


@LANGUAGES
@BOTH
def test_names_are_in_the_language_and_guards_are_words(path: ServicePath, language: Language) -> None:
    parent = body(document(path, language=language, use_case=SourceUseCase.U5))
    names = {each.get("id"): each.get("name", "") for each in parent}
    english = language is Language.EN
    assert names["node_5d"].endswith("(if needed)" if english else "(si hace falta)")
    assert (
        names["node_3"] == f"3 · {'Completes and returns the form' if english else 'Completa y entrega el formulario'}"
    )
    assert names["flow_after_4a_to_5_proved"] == ("proved" if english else "comprobado")
    assert not any("_" in name for name in names.values())


def test_signs_of_xml_in_a_name_are_escaped() -> None:
    odd = Standing(number=CaseNumber("<&\"'>"), state=State.ENROLLED, nodes=frozenset({"3"}))
    text = process_bpmn(process(ServicePath.ESCO, standing=odd), language=Language.EN)
    assert '<&"' not in text
    pool = ET.fromstring(text).find("b:collaboration/b:participant", SPACES)
    assert pool is not None
    assert "<&\"'>" in pool.get("name", "")


# The drawing.


def within(inner: Rect, outer: Rect) -> bool:
    return outer.x <= inner.x and outer.y <= inner.y and inner.right <= outer.right and inner.bottom <= outer.bottom


def overlaps(a: Rect, b: Rect) -> bool:
    return a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom


def crossed(a: tuple[float, float], b: tuple[float, float], rect: Rect) -> bool:
    left, right = min(a[0], b[0]), max(a[0], b[0])
    top, bottom = min(a[1], b[1]), max(a[1], b[1])
    return left < rect.right - 1 and right > rect.x + 1 and top < rect.bottom - 1 and bottom > rect.y + 1


def touches(point: tuple[float, float], rect: Rect, *, kind: NodeKind) -> bool:
    """Whether a point lies on the outline. A circle's and a diamond's outline meets its rectangle at four points."""
    x, y = point
    if kind in (NodeKind.ROW, NodeKind.ASK):
        upright = x in (rect.x, rect.right) and rect.y < y < rect.bottom
        return upright or (y in (rect.y, rect.bottom) and rect.x < x < rect.right)
    beside = x in (rect.x, rect.right) and abs(y - rect.cy) <= TOUCH
    return beside or (y in (rect.y, rect.bottom) and abs(x - rect.cx) <= TOUCH)


def drawing_faults(root: ET.Element, drawn: Process) -> Iterator[str]:
    """What is wrong with a drawing, in sentences."""
    found = read_drawing(root)
    parent = body(root)
    wanted = {"pool", *(f"lane_{lane.value}" for lane in Lane)}
    wanted |= {each.get("id", "") for each in parent.iter() if local(each) in (*FLOW_NODES, "group")}
    yield from (f"{id_} has no shape" for id_ in wanted - found.shapes.keys())
    yield from (f"{id_} has a shape and is nothing" for id_ in found.shapes.keys() - wanted)
    flows = {each.get("id", "") for each in parent.iter() if local(each) == "sequenceFlow"}
    yield from (f"{id_} has no line" for id_ in flows - found.lines.keys())
    yield from _misplaced(found, drawn)
    yield from _ends_that_hang(found, drawn)
    yield from _lines_through_shapes(found, drawn)


def _misplaced(found: Drawn, drawn: Process) -> Iterator[str]:
    pool = found.shapes["pool"]
    lanes = [found.shapes[f"lane_{lane.value}"] for lane in Lane]
    if any(a.right != b.x for a, b in pairwise(lanes)) or (lanes[0].x, lanes[-1].right) != (pool.x, pool.right):
        yield "the lanes do not fill the pool"
    yield from (f"lane {number} leaves the pool" for number, lane in enumerate(lanes) if not within(lane, pool))
    places = {id_: found.shapes[f"node_{id_}"] for id_ in drawn.nodes}
    for id_, node in drawn.nodes.items():
        lane = found.shapes[f"lane_{node.lane.value}"]
        shapes = [places[id_], *(found.shapes[name] for name in (f"here_{id_}",) if name in found.shapes)]
        if not all(within(shape, lane) for shape in shapes):
            yield f"{id_} leaves its lane"
        yield from (
            f"{id_} lies on {other}" for other, place in places.items() if other < id_ and overlaps(places[id_], place)
        )
        if f"here_{id_}" in found.shapes and not within(places[id_], found.shapes[f"here_{id_}"]):
            yield f"the frame of {id_} is not around it"
    sub_process = places["action"]
    inner = [found.shapes[f"node_action_{part}"] for part in ("start", "act", "end")]
    if not all(within(each, sub_process) for each in inner) or any(overlaps(a, b) for a, b in pairwise(inner)):
        yield "what the sub-process holds does not lie in it"


def _ends_that_hang(found: Drawn, drawn: Process) -> Iterator[str]:
    for edge in drawn.edges:
        guard = f"_{edge.guard.value}" if edge.guard else ""
        name = f"flow_{edge.source}_to_{edge.target}{guard}"
        points = found.lines[name]
        for id_, point in ((edge.source, points[0]), (edge.target, points[-1])):
            if not touches(point, found.shapes[f"node_{id_}"], kind=drawn.nodes[id_].kind):
                yield f"{name} does not touch {id_}"
        if any(a[0] != b[0] and a[1] != b[1] for a, b in pairwise(points)):
            yield f"{name} runs aslant"
        if guard and name not in found.labels:
            yield f"{name} has no words"


def _lines_through_shapes(found: Drawn, drawn: Process) -> Iterator[str]:
    for name, points in found.lines.items():
        if name.startswith("flow_action"):
            continue
        for id_ in drawn.nodes:
            rect = found.shapes[f"node_{id_}"]
            if any(crossed(a, b, rect) for a, b in pairwise(points)):
                yield f"{name} runs through {id_}"


@LANGUAGES
@BOTH
def test_the_drawing_is_whole_and_in_its_lanes(path: ServicePath, language: Language) -> None:
    for use_case in (None, *SourceUseCase):
        drawn = process(path, use_case=use_case)
        root = document(path, language=language, use_case=use_case)
        assert list(drawing_faults(root, drawn)) == []


@BOTH
def test_the_drawing_is_whole_wherever_a_case_stands(path: ServicePath) -> None:
    for id_, node in process(path).nodes.items():
        if node.kind not in (NodeKind.DECISION, NodeKind.FORK, NodeKind.JOIN):
            standing = Standing(number=NUMBER, state=State.ENROLLED, nodes=frozenset({id_}))
            root = document(path, standing=standing)
            assert list(drawing_faults(root, process(path, standing=standing))) == [], id_
            assert list(covered_words(read_drawing(root))) == [], id_
            framed = len(body(root).findall("b:group", SPACES)) == 1
            assert framed is (node.kind not in (NodeKind.START, NodeKind.END))
            name = next(each.get("name", "") for each in flow_nodes(body(root)) if each.get("id") == f"node_{id_}")
            assert name.endswith("(here)")


@LANGUAGES
@BOTH
def test_the_words_of_the_drawing_lie_free(path: ServicePath, language: Language) -> None:
    assert list(covered_words(read_drawing(document(path, language=language)))) == []


def covered_words(found: Drawn) -> Iterator[str]:
    """Words on a shape, on other words, crossed by a line, or out of their lane."""
    nodes = {id_: rect for id_, rect in found.shapes.items() if id_.startswith("node_")}
    for name, label in found.labels.items():
        yield from (f"{name} lies on {other}" for other, rect in nodes.items() if overlaps(label, rect))
        yield from (
            f"{name} lies on {other}" for other, rect in found.labels.items() if other < name and overlaps(label, rect)
        )
        for other, points in found.lines.items():
            if any(crossed(a, b, label) for a, b in pairwise(points)):
                yield f"{name} is crossed by {other}"
        if not any(within(label, found.shapes[f"lane_{lane.value}"]) for lane in Lane):
            yield f"{name} leaves its lane"


def test_a_shape_out_of_its_lane_and_a_line_that_hangs_are_seen() -> None:
    drawn = process(ServicePath.ESCO)
    root = document(ServicePath.ESCO)
    moved = root.find(".//d:BPMNShape[@bpmnElement='node_5b']/dc:Bounds", SPACES)
    assert moved is not None
    moved.set("x", "100")
    faults = list(drawing_faults(root, drawn))
    assert "5b leaves its lane" in faults
    assert "flow_5b_to_5c does not touch 5b" in faults
    root = document(ServicePath.ESCO)
    plane = root.find("d:BPMNDiagram/d:BPMNPlane", SPACES)
    assert plane is not None
    plane.remove(next(each for each in plane if each.get("bpmnElement") == "node_8"))
    with pytest.raises(KeyError, match="node_8"):
        list(_ends_that_hang(read_drawing(root), drawn))
    assert "node_8 has no shape" in next(drawing_faults(root, drawn))
