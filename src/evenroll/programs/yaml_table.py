"""Reads YAML mappings strictly and with line numbers, so that a mistake is named by file and line."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from evenroll.programs.ranges import day_misfit, decimal_misfit, integer_misfit, listed_misfit, shown, text_misfit
from evenroll.programs.yaml_nodes import MappingNode, Node, ScalarNode, SequenceNode, YamlRefused, nodes_of

Choice = TypeVar("Choice", bound=StrEnum)
Value = TypeVar("Value")

# More digits than any range has are not made a number first.
_DIGITS = re.compile(r"[0-9]{1,20}")

# The tags that the safe resolver gives to an unquoted scalar; anything else stands there by mistake.
_NULL_TAG = "tag:yaml.org,2002:null"
_BOOL_TAG = "tag:yaml.org,2002:bool"
_INT_TAG = "tag:yaml.org,2002:int"


class CatalogRefused(ValueError):
    """A catalog file that cannot be used; `file`, `line` (from 1) and `reason` say where and why."""

    def __init__(self, *, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}, line {line}: {reason}")
        self.file = file
        self.line = line
        self.reason = reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """One YAML mapping whose keys are all known and stand once."""

    file: str
    line: int
    what: str
    entries: dict[str, Node]

    def refuse(self, reason: str, *, key: str | None = None) -> CatalogRefused:
        """The refusal of this table, or of one of its entries, to be raised."""
        node = self.entries.get(key) if key is not None else None
        line = self.line if node is None else node.start_mark.line + 1
        return CatalogRefused(file=self.file, line=line, reason=reason)

    def has(self, key: str) -> bool:
        """Whether the entry stands there at all."""
        return key in self.entries

    def text(self, key: str) -> str:
        """A text that is not empty."""
        return self._scalar(self._node(key), key)

    def integer(self, key: str) -> int:
        """A whole number, zero or more."""
        node = self._node(key)
        value = self._scalar(node, key)
        if node.tag != _INT_TAG or not _DIGITS.fullmatch(value):
            raise self.refuse(f"{key} is {shown(value)}; it must be a whole number, zero or more.", key=key)
        return self._fitting(int(value), integer_misfit, key)

    def flag(self, key: str) -> bool:
        """true or false."""
        node = self._node(key)
        value = self._scalar(node, key)
        if node.tag != _BOOL_TAG or value not in ("true", "false"):
            raise self.refuse(f"{key} is {value!r}; it must be true or false.", key=key)
        return value == "true"

    def decimal(self, key: str) -> Decimal:
        """An exact decimal number, taken as written (never through a binary float)."""
        value = self._scalar(self._node(key), key)
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise self.refuse(f"{key} is {shown(value)}; it must be a decimal number.", key=key) from None
        if not number.is_finite():
            raise self.refuse(f"{key} is {shown(value)}; it must be a finite number.", key=key)
        return self._fitting(number, decimal_misfit, key)

    def day(self, key: str) -> date:
        """A day, YYYY-MM-DD."""
        value = self._scalar(self._node(key), key)
        try:
            found = date.fromisoformat(value)
        except ValueError:
            raise self.refuse(f"{key} is {shown(value)}; it must be a day, YYYY-MM-DD.", key=key) from None
        return self._fitting(found, day_misfit, key)

    def choice(self, key: str, choices: type[Choice]) -> Choice:
        """One member of a finite set of codes."""
        return self._chosen(self._scalar(self._node(key), key), key, choices)

    def choices(self, key: str, choices: type[Choice]) -> tuple[Choice, ...]:
        """A list of codes of a finite set, each at most once; it may be empty."""
        return tuple(self._chosen(value, key, choices) for value in self.texts(key))

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, each at most once; it may be empty."""
        values = tuple(self._scalar(node, key) for node in self._sequence(key))
        for value in values:
            if values.count(value) > 1:
                raise self.refuse(f"{key} names {value!r} twice; once is enough.", key=key)
        return values

    def integers(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers, zero or more."""
        values = [self._scalar(node, key) for node in self._sequence(key)]
        for value in values:
            if not _DIGITS.fullmatch(value):
                raise self.refuse(f"{key} holds {shown(value)}; it must hold whole numbers.", key=key)
        return tuple(self._fitting(int(value), listed_misfit, key) for value in values)

    def table(self, key: str, *, known: frozenset[str]) -> Table:
        """A mapping beneath this one."""
        return table_of(self._node(key), file=self.file, known=known, what=key)

    def tables(self, key: str, *, known: frozenset[str]) -> tuple[Table, ...]:
        """A list of mappings beneath this one; it may be empty."""
        return tuple(table_of(node, file=self.file, known=known, what=key) for node in self._sequence(key))

    def _node(self, key: str) -> Node:
        node = self.entries.get(key)
        if node is None:
            raise self.refuse(f"{key} is missing; give it.")
        return node

    def _sequence(self, key: str) -> list[Node]:
        node = self._node(key)
        if not isinstance(node, SequenceNode):
            raise self.refuse(f"{key} must be a list.", key=key)
        return list(node.value)

    def _scalar(self, node: Node, key: str) -> str:
        if not isinstance(node, ScalarNode) or node.tag == _NULL_TAG or not str(node.value).strip():
            raise CatalogRefused(
                file=self.file,
                line=node.start_mark.line + 1,
                reason=f"{key} must be a single value that is not empty.",
            )
        wrong = text_misfit(str(node.value), name=self.what if key in ("en", "es") else key)
        if wrong:
            raise CatalogRefused(file=self.file, line=node.start_mark.line + 1, reason=wrong)
        return str(node.value)

    def _fitting(self, value: Value, misfit: Callable[..., str], key: str) -> Value:
        wrong = misfit(value, name=key)
        if wrong:
            raise self.refuse(wrong, key=key)
        return value

    def _chosen(self, value: str, key: str, choices: type[Choice]) -> Choice:
        try:
            return choices(value)
        except ValueError:
            known = ", ".join(member.value for member in choices)
            raise self.refuse(f"{key} is {shown(value)}; it must be one of {known}.", key=key) from None


def read_table(text: str, *, file: str, known: frozenset[str]) -> Table:
    """The one mapping that a YAML document is. Raises CatalogRefused for anything else, with its line."""
    try:
        node = nodes_of(text)
    except YamlRefused as refused:
        raise CatalogRefused(file=file, line=refused.line, reason=refused.reason) from refused
    if node is None:
        raise CatalogRefused(file=file, line=1, reason="the file is empty; give an organization.")
    return table_of(node, file=file, known=known, what="the file")


def table_of(node: Node, *, file: str, known: frozenset[str], what: str) -> Table:
    """A mapping node as a table. Raises CatalogRefused for an unknown or repeated key."""
    line = node.start_mark.line + 1
    if not isinstance(node, MappingNode):
        raise CatalogRefused(file=file, line=line, reason=f"{what} must be a mapping of names to values.")
    entries: dict[str, Node] = {}
    for key_node, value_node in node.value:
        key, key_line = str(key_node.value), key_node.start_mark.line + 1
        if key not in known:
            names = ", ".join(sorted(known))
            raise CatalogRefused(file=file, line=key_line, reason=f"{key!r} is not known in {what}; known are {names}.")
        if key in entries:
            raise CatalogRefused(file=file, line=key_line, reason=f"{key!r} stands twice in {what}; keep one.")
        entries[key] = value_node
    return Table(file=file, line=line, what=what, entries=entries)
