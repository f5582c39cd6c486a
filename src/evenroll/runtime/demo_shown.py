"""Which codes an application of the demo came to: read from its journal, and from what the rules told the cast."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from evenroll.enrollment.case import Hidden
from evenroll.enrollment.dates import DateReason
from evenroll.enrollment.findings import Finding
from evenroll.enrollment.offers import HiddenReason
from evenroll.enrollment.order_events import SwitchDated, SwitchRedated
from evenroll.programs.rules import Outcome

if TYPE_CHECKING:
    from evenroll.records.entries import Entry


def code_of(member: StrEnum) -> str:
    """A code as the page of bad paths and the script write it."""
    return f"{type(member).__name__}.{member.value}"


def codes_in(value: object) -> frozenset[str]:
    """Every code in a value. Of a finding its rule counts only where it is not met."""
    return frozenset(code_of(each) for each in _members(value))


def codes_of_entries(entries: Iterable[Entry]) -> frozenset[str]:
    """Every code in the events of these entries, with the states that they led to and whoever then was waited on."""
    from evenroll.records.folds import read_event

    found: set[str] = set()
    for each in entries:
        found |= codes_in(read_event(each.stream.kind, event=each.event, version=each.version, data=each.data))
    return frozenset(found)


def _members(value: Any) -> Iterator[StrEnum]:
    if isinstance(value, StrEnum):
        yield value
        return
    if isinstance(value, Finding) and value.outcome is Outcome.MET:
        yield value.evidence.code
        return
    if isinstance(value, Hidden):
        yield HiddenReason(value.reason)
        return
    if isinstance(value, (SwitchDated, SwitchRedated)):
        yield from (DateReason(each) for each in value.reasons)
    for part in _parts(value):
        yield from _members(part)


def _parts(value: Any) -> Iterable[Any]:
    if is_dataclass(value) and not isinstance(value, type):
        return (getattr(value, each.name) for each in fields(value))
    if isinstance(value, Mapping):
        return (*value.keys(), *value.values())
    return value if isinstance(value, (list, tuple, set, frozenset)) else ()
