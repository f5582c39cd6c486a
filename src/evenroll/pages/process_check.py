"""Compares the process drawing with the tables that run, and says every difference in a sentence."""

from __future__ import annotations

from evenroll.enrollment.commands import COMMANDS
from evenroll.enrollment.moves import MOVES, MoveRefused, check_move
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import State
from evenroll.enrollment.use_case import ROW_OF
from evenroll.pages.process import NodeKind, Process
from evenroll.pages.process_edges import MoveKey
from evenroll.pages.process_standing import ACTIONS
from evenroll.programs.program import Track


def differences(process: Process) -> tuple[str, ...]:
    """Every difference between a drawing and the tables; () if they agree."""
    return (
        *_loose_ends(process),
        *_unreachable(process),
        *_rows_and_commands(process),
        *_edges_without_moves(process),
        *_moves_without_edges(process),
    )


def reachable(process: Process) -> frozenset[str]:
    """The nodes that the flow comes to, from every start; an exit leads to the actions."""
    seen: set[str] = set()
    todo = [node.id for node in process.nodes.values() if node.kind is NodeKind.START]
    while todo:
        here = todo.pop()
        if here in seen:
            continue
        seen.add(here)
        todo += [edge.target for edge in process.edges if edge.source == here]
        node = process.nodes.get(here)
        if node is not None and node.row in process.exits:
            todo.append(ACTIONS)
    return frozenset(seen)


def _loose_ends(process: Process) -> list[str]:
    return [
        f"The edge from {edge.source} to {edge.target} ends at {end}, which is not drawn."
        for edge in process.edges
        for end in (edge.source, edge.target)
        if end not in process.nodes
    ]


def _unreachable(process: Process) -> list[str]:
    come_to = reachable(process)
    return [f"Nothing leads to {id_}; draw an edge to it." for id_ in process.nodes if id_ not in come_to]


def _rows_and_commands(process: Process) -> list[str]:
    drawn = {node.row for node in process.nodes.values() if node.row is not None}
    found = [f"Row {row.value} is not drawn." for row in Row if row not in drawn]
    for name, rule in COMMANDS.items():
        if not any(node.row is rule.row and name in node.commands for node in process.nodes.values()):
            found.append(f"The command {name.value} of row {rule.row.value} stands at no node.")
    return found


def _edges_without_moves(process: Process) -> list[str]:
    found: list[str] = []
    for edge in process.edges:
        if edge.guard is not None and not edge.moves:
            found.append(f"The guard {edge.guard.value} from {edge.source} to {edge.target} has no move behind it.")
        for track, from_, to in edge.moves:
            try:
                check_move(track, from_=from_, to=to)
            except MoveRefused as refused:
                found.append(f"The edge from {edge.source} to {edge.target} cannot be: {refused}")
    return found


def _moves_without_edges(process: Process) -> list[str]:
    drawn: set[MoveKey] = {move for edge in process.edges for move in edge.moves}
    drawn |= {move for moves in process.exits.values() for move in moves}
    found: list[str] = []
    for track, moves in MOVES.items():
        for from_, targets in moves.items():
            for to in targets:
                if (track, from_, to) not in drawn and not is_within_a_node((track, from_, to)):
                    came = from_.value if from_ else "nothing"
                    found.append(f"The move of track {track.value} from {came} to {to.value} is not drawn.")
    return sorted(found)


def is_within_a_node(move: MoveKey) -> bool:
    """Whether a move leaves the drawing as it is: within one node, or among the actions."""
    track, from_, to = move
    there = _node_of(track, to)
    if from_ is None:
        return there == ACTIONS or move in BY_ACTION
    here = _node_of(track, from_)
    return here is not None and (here in (there, ACTIONS) or move in BY_ACTION)


_CASE, _EQUIPMENT, _DEVICE = Track.CASE, Track.EQUIPMENT, Track.DEVICE

BY_ACTION: frozenset[MoveKey] = frozenset(
    {
        (_CASE, None, State.PROVING),
        (_CASE, None, State.DECIDING),
        (_CASE, State.REFUSED, State.VEHICLE_DISPUTED),
        (Track.METER, State.ALREADY_THERE, State.BEFORE_METER),
        (_EQUIPMENT, None, State.READY),
        (_DEVICE, None, State.TESTING),
        *((_EQUIPMENT, state, State.NOT_NEEDED) for state in (State.INSTALLING, State.INSPECTING, State.READY)),
        *((_EQUIPMENT, state, State.CHOOSING_EQUIPMENT) for state in (State.INSPECTING, State.READY)),
    }
)
"""Moves that an action makes and not the flow: a case that goes on from another, an appeal granted while
another case has the vehicle, equipment swapped or taken away."""


def _node_of(track: Track, state: State) -> str | None:
    """The node at which a state is drawn: its row, but for the two that have nodes of their own."""
    if track is Track.CASE and state in (State.NEEDS_ANSWER, State.REFUSED, State.CLOSED):
        return "ask" if state is State.NEEDS_ANSWER else "refused"
    return ROW_OF.get((track, state))
