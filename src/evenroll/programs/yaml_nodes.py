"""The one place that reads YAML: what is too long, too deep or copies itself is refused before a node is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import yaml
from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, Event, NodeEvent
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

T = TypeVar("T")

__all__ = ["MappingNode", "Node", "ScalarNode", "SequenceNode", "YamlRefused", "nodes_of", "values_of"]

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe loader in C where the installed library has it: the same nodes and lines, seven times as fast."""

CHARACTERS_MAX: Final = 4_000_000
"""Of a document for which the caller states no other size; ten times the longest that ships."""
LEVELS_MAX: Final = 64
"""Of lists and mappings in each other. What makes nodes calls itself for each, in C, and its stack may be small."""
COPIES_MAX: Final = 10_000
"""Values that aliases (`*name`) repeat, all together."""


class YamlRefused(ValueError):
    """A text that is not read as YAML. line: from 1; reason: a sentence without its place."""

    def __init__(self, reason: str, *, line: int) -> None:
        super().__init__(f"line {line}: {reason}")
        self.reason = reason
        self.line = line


def nodes_of(text: str, *, characters_max: int = CHARACTERS_MAX, levels_max: int = LEVELS_MAX) -> Node | None:
    """The root of the one document that a text is; None for an empty one. Raises YamlRefused."""
    return _read(text, yaml.compose, _Limits(characters=characters_max, levels=levels_max))


def values_of(text: str) -> Any:
    """The plain values that a document says. Raises YamlRefused."""
    return _read(text, yaml.load, _Limits(characters=CHARACTERS_MAX, levels=LEVELS_MAX))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Limits:
    characters: int
    levels: int


def _read(text: str, read: Callable[..., T], limits: _Limits) -> T:
    if len(text) > limits.characters:
        line = text.count("\n", 0, limits.characters) + 1
        raise YamlRefused(f"the text is longer than {limits.characters} characters; split it.", line=line)
    try:
        scan = _Scan(levels_max=limits.levels)
        for event in yaml.parse(text, Loader=_LOADER):
            scan.take(event)
        return read(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = 1 if mark is None else mark.line + 1
        raise YamlRefused(f"not readable as YAML: {error.problem}.", line=line) from error
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        # What cannot be printed is refused before lines are counted.
        at = yaml.reader.Reader.NON_PRINTABLE.search(text)
        line = 1 if at is None else text.count("\n", 0, at.start()) + 1
        raise YamlRefused(f"not readable as YAML: {' '.join(str(error).split())}.", line=line) from error


@dataclass(slots=True)
class _Open:
    """A list or mapping that has begun. nodes: in it so far, itself counted; deepest: levels in it."""

    anchor: str | None
    nodes: int = 1
    deepest: int = 1


@dataclass(slots=True)
class _Scan:
    """What was seen of a document, event by event, which needs no stack but this list."""

    levels_max: int
    copies: int = 0
    open_: list[_Open] = field(default_factory=list)
    anchors: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Of each anchor that is whole: its nodes and its levels."""

    def take(self, event: Event) -> None:
        """Raises YamlRefused."""
        line = 1 if event.start_mark is None else event.start_mark.line + 1
        if isinstance(event, CollectionStartEvent):
            self.open_.append(_Open(anchor=event.anchor))
            self._check_levels(0, line=line)
        elif isinstance(event, CollectionEndEvent):
            whole = self.open_.pop()
            self._add(whole.anchor, nodes=whole.nodes, levels=whole.deepest)
        elif isinstance(event, AliasEvent):
            self._copy(event.anchor or "", line=line)
        elif isinstance(event, NodeEvent):
            self._add(event.anchor, nodes=1, levels=0)

    def _add(self, anchor: str | None, *, nodes: int, levels: int) -> None:
        if anchor is not None:
            self.anchors[anchor] = (nodes, levels)
        if self.open_:
            around = self.open_[-1]
            around.nodes += nodes
            around.deepest = max(around.deepest, levels + 1)

    def _copy(self, anchor: str, *, line: int) -> None:
        if anchor not in self.anchors:
            raise YamlRefused(f"*{anchor} names nothing that stands whole above it; write it out.", line=line)
        nodes, levels = self.anchors[anchor]
        self.copies += nodes
        if self.copies > COPIES_MAX:
            raise YamlRefused(f"aliases repeat more than {COPIES_MAX} values up to here; write them out.", line=line)
        self._add(None, nodes=nodes, levels=levels)
        self._check_levels(levels, line=line)

    def _check_levels(self, more: int, *, line: int) -> None:
        if len(self.open_) + more > self.levels_max:
            raise YamlRefused(
                f"lists and mappings stand more than {self.levels_max} deep in each other; take some out.", line=line
            )
