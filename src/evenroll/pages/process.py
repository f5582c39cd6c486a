"""The process as a graph: the rows of the use case in their lanes, decisions, guards and exits, from the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.moves import MOVES
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import State as S
from evenroll.enrollment.use_case import ROW_OF, ROWS, Lane, ServicePath, SourceUseCase, commands_of
from evenroll.pages.process_edges import FLOW, Edge, MoveKey
from evenroll.pages.process_standing import ACTIONS, Standing
from evenroll.programs.program import Track


class NodeKind(StrEnum):
    """What a node is; each kind has a shape of its own."""

    START = "start"
    END = "end"
    ROW = "row"
    DECISION = "decision"
    ASK = "ask"
    FORK = "fork"
    JOIN = "join"
    ACTIONS = "actions"


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """One node. code: the key of its words in the message catalog, "" for a shape without words.

    as_needed: the row is no matter of course in the use case drawn, or a formality on this path.
    marked: the case that was asked about stands here.
    """

    id: str
    kind: NodeKind
    lane: Lane
    code: str = ""
    row: Row | None = None
    commands: tuple[CommandName, ...] = ()
    as_needed: bool = False
    marked: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Process:
    """The graph for one path. exits: by row, the moves with which a case leaves the rows there (see ACTIONS).

    standing: the case whose places are marked, if one is.
    """

    path: ServicePath
    use_case: SourceUseCase | None
    standing: Standing | None
    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]
    exits: Mapping[Row, tuple[MoveKey, ...]]

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """The swim lanes, from left to right."""
        return tuple(Lane)


def process(
    path: ServicePath,
    *,
    use_case: SourceUseCase | None = None,
    standing: Standing | None = None,
) -> Process:
    """The process on one path. use_case: draw it for one of the united use cases. standing: a case to be marked."""
    nodes = [_row_node(row, path=path, use_case=use_case) for row in ROWS]
    nodes += [
        _node("start", NodeKind.START, Lane.CUSTOMER),
        _node("ask_2a", NodeKind.ASK, Lane.CUSTOMER),
        _node("ask_5", NodeKind.ASK, Lane.CUSTOMER),
        # The provider's decision opens both strands.
        _node("fork", NodeKind.FORK, ROWS[Row.R5].lane(path)),
        _node("join", NodeKind.JOIN, Lane.CUSTOMER),
        _node("end", NodeKind.END, Lane.CUSTOMER),
        *_decisions(path),
        *_providers_ends(path),
        Node(
            id=ACTIONS,
            kind=NodeKind.ACTIONS,
            lane=Lane.CUSTOMER,
            code="row.action",
            row=Row.ACTION,
            commands=commands_of(Row.ACTION),
        ),
    ]
    marks = standing.nodes if standing else frozenset[str]()
    return Process(
        path=path,
        use_case=use_case,
        standing=standing,
        nodes=MappingProxyType({node.id: replace(node, marked=node.id in marks) for node in nodes}),
        edges=FLOW,
        exits=MappingProxyType(_exits()),
    )


def _node(id_: str, kind: NodeKind, lane: Lane) -> Node:
    worded = kind in (NodeKind.START, NodeKind.END, NodeKind.ASK)
    return Node(id=id_, kind=kind, lane=lane, code=f"process.{id_}" if worded else "")


def _row_node(row: Row, *, path: ServicePath, use_case: SourceUseCase | None) -> Node:
    entry = ROWS[row]
    elsewhere = use_case is not None and use_case not in entry.part_of
    return Node(
        id=row.value,
        kind=NodeKind.ROW,
        lane=entry.lane(path),
        code=f"row.{row.value}",
        row=row,
        commands=entry.commands,
        as_needed=elsewhere or entry.is_formal(path),
    )


def _decisions(path: ServicePath) -> tuple[Node, ...]:
    after = (Row.R2A, Row.R2B, Row.R3, Row.R4A, Row.R5, Row.R5A, Row.R5C)
    return (
        *(_node(f"after_{row.value}", NodeKind.DECISION, ROWS[row].lane(path)) for row in after),
        _node("appeal_5", NodeKind.DECISION, ROWS[Row.R5].lane(path)),
        _node("before_6", NodeKind.DECISION, Lane.CUSTOMER),
    )


def _providers_ends(path: ServicePath) -> tuple[Node, ...]:
    """Ends in the provider's lane, and the two doors between the providers, which stand in the other one's lane."""
    other = Lane.UTILITY if path is ServicePath.ESCO else Lane.ESCO
    refused = tuple(
        Node(id=f"refused_{row.value}", kind=NodeKind.END, lane=ROWS[row].lane(path), code="process.refused")
        for row in (Row.R2A, Row.R2B, Row.R4A, Row.R5)
    )
    return (
        *refused,
        Node(id="received", kind=NodeKind.START, lane=other, code=f"process.received_from_{other.value}"),
        Node(id="handed_over", kind=NodeKind.END, lane=other, code=f"process.handed_over_to_{other.value}"),
    )


_EXIT_STATES = frozenset(
    {
        S.WITHDRAWN,
        S.EXPIRED,
        S.RESCINDED,
        S.MERGED,
        S.WITHDRAWING,
        S.SUSPENDED,
        S.LEAVING,
        S.ENDED,
        S.CANCELLING,
        S.CANCELLED,
        S.LOST,
    }
)


_PROMISED_NOT = (S.PROVING, S.VEHICLE_DISPUTED, S.DECIDING, S.WAITLISTED)
_SUPPLY_LOST = frozenset({(Track.CASE, state, S.FINDING_PROVIDER) for state in _PROMISED_NOT})
"""Moves back to row 2a that only the action of a lost supply makes."""


def _exits() -> dict[Row, tuple[MoveKey, ...]]:
    """The moves that leave the rows for an action, by the row they leave; drawn edges are no exits."""
    drawn = {move for edge in FLOW for move in edge.moves}
    exits: dict[Row, tuple[MoveKey, ...]] = {}
    for track, moves in MOVES.items():
        for from_, targets in moves.items():
            row = Row.ACTION if from_ is None else ROW_OF[(track, from_)]
            for to in sorted(each for each in targets if each in _EXIT_STATES or (track, from_, each) in _SUPPLY_LOST):
                if row is not Row.ACTION and (track, from_, to) not in drawn:
                    exits[row] = (*exits.get(row, ()), (track, from_, to))
    return exits
