"""The process as a Mermaid flowchart, with a subgraph for every lane; the same graph as the drawing."""

from __future__ import annotations

from evenroll.enrollment.form import Language
from evenroll.pages.lettering import lines
from evenroll.pages.process import Node, NodeKind, Process
from evenroll.pages.process_edges import Edge
from evenroll.pages.process_standing import ACTIONS
from evenroll.pages.process_words import drawing_heading
from evenroll.pages.texts import render

_SHAPES = {
    NodeKind.START: ("([", "])"),
    NodeKind.END: ("([", "])"),
    NodeKind.ROW: ("(", ")"),
    NodeKind.ASK: ("[", "]"),
    NodeKind.DECISION: ("{", "}"),
    NodeKind.FORK: ("[", "]"),
    NodeKind.JOIN: ("[", "]"),
    NodeKind.ACTIONS: ("[[", "]]"),
}


_SIZE, _WITHIN = 16.0, 230.0
"""Mermaid breaks no line by itself: its letters, and how wide a box is to be, in pixels."""


def process_mermaid(process: Process, *, language: Language) -> str:
    """The text of the flowchart, ready for any program that draws Mermaid."""
    title = _plain(drawing_heading(process, language=language))
    # The gray theme prints; programs that do not know the setting pass over it.
    rows = ["---", f'title: "{title}"', "config:", "  theme: neutral", "---", "flowchart TD"]
    for lane in process.lanes:
        rows.append(f'  subgraph {lane.value}["{_plain(render(lane, language=language))}"]')
        rows += [
            f"    {_id(node.id)}{_shape(node, language=language)}"
            for node in process.nodes.values()
            if node.lane is lane and node.kind is not NodeKind.ACTIONS
        ]
        rows.append("  end")
    if ACTIONS in process.nodes:
        rows.append(f"  {_id(ACTIONS)}{_shape(process.nodes[ACTIONS], language=language)}")
    rows += [f"  {_edge(edge, language=language)}" for edge in process.edges]
    rows += [f"  {_id(row.value)} -.-> {_id(ACTIONS)}" for row in process.exits]
    rows += _classes(process)
    return "\n".join(rows) + "\n"


def _shape(node: Node, *, language: Language) -> str:
    opened, closed = _SHAPES[node.kind]
    words = render(node.code, language=language) if node.code else " "
    if node.kind is NodeKind.ROW:
        words = f"{node.id} · {words}"
    if node.kind is NodeKind.ACTIONS:
        words = f"{words}: {render('process.actions', language=language)}"
    if node.marked:
        words = f"{words} ({render('process.here', language=language)})"
    written = lines(words, size=_SIZE, within=_WITHIN)
    return f'{opened}"{"<br/>".join(_plain(line) for line in written) or " "}"{closed}'


def _edge(edge: Edge, *, language: Language) -> str:
    source, target = _id(edge.source), _id(edge.target)
    if edge.guard is None:
        return f"{source} --> {target}"
    return f'{source} -->|"{_plain(render(edge.guard, language=language))}"| {target}'


def _classes(process: Process) -> list[str]:
    bars = [_id(node.id) for node in process.nodes.values() if node.kind in (NodeKind.FORK, NodeKind.JOIN)]
    as_needed = [_id(node.id) for node in process.nodes.values() if node.as_needed]
    marked = [_id(node.id) for node in process.nodes.values() if node.marked]
    rows = ["  classDef bar fill:#000,stroke:#000,color:#000", f"  class {','.join(bars)} bar"]
    if as_needed:
        rows += ["  classDef asNeeded stroke-dasharray:5 4", f"  class {','.join(as_needed)} asNeeded"]
    if marked:
        rows += ["  classDef marked stroke-width:5px", f"  class {','.join(marked)} marked"]
    return rows


def _id(node_id: str) -> str:
    """An id that no word of the language of Mermaid can be ("end" is one)."""
    return f"n_{node_id}"


def _plain(words: str) -> str:
    return words.replace("&", "#amp;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
