"""The process drawing says what the tables say: rows, commands, moves, on both paths; planted differences are seen."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from evenroll.enrollment.commands import COMMANDS
from evenroll.enrollment.form import Language
from evenroll.enrollment.moves import MOVES
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import State, TrackState
from evenroll.enrollment.use_case import ROW_OF, ROWS, Lane, ServicePath, SourceUseCase, current_rows
from evenroll.enrollment.waits import WAITS
from evenroll.pages.lettering import lines, width
from evenroll.pages.process import NodeKind, Process, process
from evenroll.pages.process_check import differences, is_within_a_node, reachable
from evenroll.pages.process_edges import Guard
from evenroll.pages.process_layout import Rect, lay_out
from evenroll.pages.process_mermaid import process_mermaid
from evenroll.pages.process_routes import Route, routes
from evenroll.pages.process_standing import ACTIONS, Standing
from evenroll.pages.process_svg import GUARD_SIZE, LINE_HEIGHT, NAME_SIZE, NOTE_SIZE, process_svg
from evenroll.pages.texts import render
from evenroll.programs.program import Track
from evenroll.quantities.identifiers import CaseNumber

BOTH = pytest.mark.parametrize("path", ServicePath)
LANGUAGES = pytest.mark.parametrize("language", Language)
BARS = (NodeKind.FORK, NodeKind.JOIN)


@BOTH
def test_drawing_and_tables_agree(path: ServicePath) -> None:
    assert differences(process(path)) == ()


@BOTH
def test_every_row_and_command_is_come_to(path: ServicePath) -> None:
    drawn = process(path)
    found = reachable(drawn)
    assert {row.value for row in ROWS} <= found
    assert {name for id_ in found for name in drawn.nodes[id_].commands} == set(COMMANDS)


@BOTH
@pytest.mark.parametrize("row", ROWS)
def test_a_row_left_out_is_seen(path: ServicePath, row: Row) -> None:
    drawn = process(path)
    without = replace(drawn, nodes={id_: node for id_, node in drawn.nodes.items() if node.row is not row})
    assert f"Row {row.value} is not drawn." in differences(without)


def test_a_command_left_out_is_seen() -> None:
    drawn = process(ServicePath.ESCO)
    poorer = {**drawn.nodes, "5": replace(drawn.nodes["5"], commands=drawn.nodes["5"].commands[1:])}
    assert "The command decide of row 5 stands at no node." in differences(replace(drawn, nodes=poorer))


def test_an_edge_left_out_is_seen() -> None:
    drawn = process(ServicePath.UTILITY)
    for gone in drawn.edges:
        if not all(is_within_a_node(move) for move in gone.moves):
            left = tuple(edge for edge in drawn.edges if edge is not gone)
            assert differences(replace(drawn, edges=left)), f"{gone.source} to {gone.target} was not missed"


def test_an_edge_that_cannot_be_is_seen() -> None:
    drawn = process(ServicePath.ESCO)
    early = tuple(
        replace(edge, moves=((Track.CASE, State.COMPLETING, State.DECIDING),)) if edge.guard is Guard.COMPLETE else edge
        for edge in drawn.edges
    )
    assert any("cannot be" in each and "completing" in each for each in differences(replace(drawn, edges=early)))


@BOTH
def test_the_guards_asked_for_are_drawn(path: ServicePath) -> None:
    guards = {edge.guard for edge in process(path).edges}
    assert guards == {None, *Guard}


def test_lanes_follow_the_path() -> None:
    esco, utility = process(ServicePath.ESCO), process(ServicePath.UTILITY)
    for id_ in ("2b", "4a", "5", "5a"):
        assert esco.nodes[id_].lane is Lane.ESCO
        assert utility.nodes[id_].lane is Lane.UTILITY
    for id_ in ("5b", "5c", "5d"):
        assert {drawn.nodes[id_].lane for drawn in (esco, utility)} == {Lane.UTILITY}
    assert utility.nodes["5a"].as_needed
    assert not esco.nodes["5a"].as_needed


def test_the_meter_rows_are_no_matter_of_course_in_u5() -> None:
    drawn = process(ServicePath.ESCO, use_case=SourceUseCase.U5)
    assert {node.id for node in drawn.nodes.values() if node.as_needed} == {"5a", "5b", "5c", "5d"}
    assert not any(node.as_needed for node in process(ServicePath.ESCO, use_case=SourceUseCase.U1).nodes.values())
    assert differences(drawn) == ()


def test_every_state_stands_at_a_row() -> None:
    for track, moves in MOVES.items():
        for from_, targets in moves.items():
            for state in ({from_} if from_ else set()) | targets:
                assert (track, state) in ROW_OF


def test_what_the_clock_does_belongs_to_the_row_where_the_state_stands() -> None:
    leaving = {(Track.CASE, State.DRAFT), (Track.CASE, State.LEAVING), (Track.SERVICE, State.WAITING)}
    for (track, state), waits in WAITS.items():
        rows = {COMMANDS[rule.on_lapse].row for rule in waits.values()} - {Row.ACTION}
        assert rows <= {ROW_OF[(track, state)]} or (track, state) in leaving


def track_state(track: Track, state: State, *, owner: Role | None) -> TrackState:
    return TrackState(track=track, subject="", state=state, since=datetime(2027, 1, 1, tzinfo=UTC), owner=owner)


def test_where_a_case_stands() -> None:
    course = track_state(Track.CASE, State.ENROLLED, owner=Role.SUPERVISOR)
    meter = track_state(Track.METER, State.TO_SCHEDULE, owner=Role.METER_OFFICE)
    ready = track_state(Track.EQUIPMENT, State.READY, owner=None)
    assert current_rows((course, meter, ready)) == (Row.R5B,)
    assert current_rows((course,)) == (Row.R5,)
    assert current_rows((track_state(Track.CASE, State.PROVING, owner=Role.SYSTEM), meter)) == (Row.R4A,)
    assert current_rows(()) == ()


def at(*nodes: str) -> Standing:
    number = CaseNumber("EV-7K3M9-QXT2H-WPCF")
    return Standing(number=number, state=State.ENROLLED, nodes=frozenset(nodes))


@LANGUAGES
@BOTH
def test_the_svg_is_well_formed_and_whole(path: ServicePath, language: Language) -> None:
    root = ET.fromstring(process_svg(process(path), language=language))
    words = " ".join(element.text or "" for element in root.iter() if element.tag.endswith("text"))
    for row in ROWS:
        assert f" {row.value} " in f" {words} "
    drawn = process(path)
    flows = [each for each in root.iter() if each.get("class") == "flow"]
    assert len(flows) == len(drawn.edges)
    height, wide = float(root.get("height", "0")), float(root.get("width", "0"))
    assert 1.3 < height / wide < 1.45, "the shape of a page of A4"


@BOTH
def test_a_marked_node_of_any_kind_is_marked_by_a_word_and_not_by_color(path: ServicePath) -> None:
    plain = process_svg(process(path), language=Language.EN)
    for id_, node in process(path).nodes.items():
        if node.kind not in (*BARS, NodeKind.DECISION):
            marked = process_svg(process(path, standing=at(id_)), language=Language.EN)
            words = [each.text or "" for each in ET.fromstring(marked).iter() if each.get("class") == "badge-text"]
            assert sum(word.endswith("here") for word in words) == 1, id_
            assert "Case EV-7K3M9-QXT2H-WPCF: Enrolled" in marked
            assert marked.count(" marked") == plain.count(" marked") + 1
    assert "EV-" not in plain


def test_a_marked_row_is_marked() -> None:
    plain = process_svg(process(ServicePath.ESCO), language=Language.EN)
    marked = process_svg(process(ServicePath.ESCO, standing=at("5b")), language=Language.EN)
    assert "5b here" in marked
    assert "5b here" not in plain
    both = process_mermaid(process(ServicePath.ESCO, standing=at("5b", "7")), language=Language.ES)
    assert "class n_7,n_5b marked" in both or "class n_5b,n_7 marked" in both


def crossed(a: tuple[float, float], b: tuple[float, float], rect: Rect) -> bool:
    """Whether a straight line at right angles runs inside a rectangle, not only along its edge."""
    left, right = min(a[0], b[0]), max(a[0], b[0])
    top, bottom = min(a[1], b[1]), max(a[1], b[1])
    return left < rect.right - 0.5 and right > rect.x + 0.5 and top < rect.bottom - 0.5 and bottom > rect.y + 0.5


def overlaps(a: Rect, b: Rect) -> bool:
    return a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom


def label_of(route: Route, *, language: Language) -> Rect | None:
    if route.edge.guard is None:
        return None
    words = lines(render(route.edge.guard, language=language), size=GUARD_SIZE, within=route.label.within)
    w = max(width(word, size=GUARD_SIZE) for word in words) * 0.93
    h = len(words) * GUARD_SIZE * LINE_HEIGHT
    x, y = route.label.at
    return Rect(x=x - w if route.label.end else x, y=y - h + 4 if route.label.above else y - h / 2, w=w, h=h - 4)


def planned(path: ServicePath, language: Language) -> tuple[Process, dict[str, Rect], tuple[Route, ...]]:
    drawn = process(path)
    layout = lay_out(drawn)
    return drawn, dict(layout.places), routes(drawn, layout)


@BOTH
def test_no_edge_crosses_a_box(path: ServicePath) -> None:
    drawn, places, ways = planned(path, Language.EN)
    assert set(places) == set(drawn.nodes)
    for way in ways:
        for a, b in pairwise(way.points):
            assert a[0] == b[0] or a[1] == b[1], "a right angle"
            hit = [id_ for id_, rect in places.items() if crossed(a, b, rect) and drawn.nodes[id_].kind not in BARS]
            assert hit == [], f"{way.edge.source} to {way.edge.target} crosses {hit}"


@BOTH
def test_no_two_boxes_overlap_and_each_stands_in_its_lane(path: ServicePath) -> None:
    drawn = process(path)
    layout = lay_out(drawn)
    boxes = list(layout.places.items())
    for number, (id_, rect) in enumerate(boxes):
        for other_id, other in boxes[number + 1 :]:
            assert not overlaps(rect, other), f"{id_} lies on {other_id}"
        if drawn.nodes[id_].kind not in (*BARS, NodeKind.ACTIONS):
            lane = layout.lanes[drawn.nodes[id_].lane]
            assert lane.x < rect.x
            assert rect.right < lane.right


def label_faults(path: ServicePath, language: Language) -> Iterator[str]:
    _drawn, places, ways = planned(path, language)
    labels = [(way, rect) for way in ways if (rect := label_of(way, language=language))]
    for number, (way, label) in enumerate(labels):
        name = f"{way.edge.guard} at {way.edge.source}"
        yield from (f"{name} lies on {id_}" for id_, rect in places.items() if overlaps(label, rect))
        yield from (
            f"{name} lies on {other.edge.guard}" for other, rect in labels[number + 1 :] if overlaps(label, rect)
        )
        for other in ways:
            if any(crossed(a, b, label) for a, b in pairwise(other.points)):
                yield f"{name} is crossed by the edge from {other.edge.source} to {other.edge.target}"


@LANGUAGES
@BOTH
def test_the_words_at_the_edges_lie_free(path: ServicePath, language: Language) -> None:
    assert list(label_faults(path, language)) == []


@LANGUAGES
@BOTH
def test_the_words_at_the_edges_stay_on_one_side_of_a_lane(path: ServicePath, language: Language) -> None:
    drawn, _places, ways = planned(path, language)
    lanes = lay_out(drawn).lanes.values()
    for way in ways:
        label = label_of(way, language=language)
        if label is not None:
            assert any(lane.x < label.x and label.right < lane.right for lane in lanes), way.edge.guard


@LANGUAGES
@BOTH
def test_the_sign_where_a_case_stands_covers_no_words_and_no_other_box(path: ServicePath, language: Language) -> None:
    for id_, node in process(path).nodes.items():
        if node.kind in (*BARS, NodeKind.DECISION):
            continue
        root = ET.fromstring(process_svg(process(path, standing=at(id_)), language=language))
        text = next(
            each for each in root.iter() if (each.text or "").endswith(render("process.here", language=language))
        )
        x, y, w, h = (float(badge_before(root, text).get(name, "")) for name in ("x", "y", "width", "height"))
        badge = Rect(x=x, y=y, w=w, h=h)
        _drawn, places, ways = planned(path, language)
        assert [other for other, rect in places.items() if other != id_ and overlaps(badge, rect)] == [], id_
        labels = [(way, label_of(way, language=language)) for way in ways]
        assert [way.edge for way, label in labels if label and overlaps(badge, label)] == [], id_


def badge_before(root: ET.Element, text: ET.Element) -> ET.Element:
    pieces = list(root.iter())
    return pieces[pieces.index(text) - 1]


@LANGUAGES
@BOTH
def test_the_words_fit_their_boxes(path: ServicePath, language: Language) -> None:
    drawn, places, _ways = planned(path, language)
    for node in drawn.nodes.values():
        if not node.code or node.kind is NodeKind.ACTIONS:
            continue
        rect, size = places[node.id], NAME_SIZE if node.kind is NodeKind.ROW else NOTE_SIZE
        words = lines(render(node.code, language=language), size=size, within=rect.w - 20)
        assert len(words) * size * LINE_HEIGHT <= rect.h, f"{node.id}: {words}"
        assert max(width(word, size=size) for word in words) <= rect.w, f"{node.id}: {words}"


@LANGUAGES
@BOTH
def test_mermaid_has_every_node_and_edge_once(path: ServicePath, language: Language) -> None:
    drawn = process(path, standing=at("3"))
    text = process_mermaid(drawn, language=language)
    rows = text.splitlines()
    assert rows[5] == "flowchart TD"
    assert sum(row.strip().startswith("subgraph ") for row in rows) == sum(row.strip() == "end" for row in rows) == 4
    for id_ in drawn.nodes:
        assert sum(row.strip().startswith((f"n_{id_}(", f"n_{id_}[", f"n_{id_}{{")) for row in rows) == 1, id_
    assert sum(" -->" in row for row in rows) == len(drawn.edges)
    assert sum("-.->" in row for row in rows) == len(drawn.exits)
    assert ACTIONS in drawn.nodes
