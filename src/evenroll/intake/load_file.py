"""Loading a file of a utility's own data: whole or not at all, and harmless when it comes again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from evenroll.intake.load_cells import Reading
from evenroll.intake.load_hand import Hand, LoadAsked, Teller
from evenroll.intake.load_header import read_header
from evenroll.intake.load_kinds import KINDS
from evenroll.intake.load_source import opened
from evenroll.programs.catalog import load_catalog
from evenroll.records import loads
from evenroll.records.load_terms import LoadDifference
from evenroll.records.organizations import kinds_of, open_organization


class LoadRefused(ValueError):
    """A file as a whole may not be loaded; the sentence says why and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """What came of a load. rows: read from the file; faults: told; is_kept: whether the books have it now.

    unknown_rates: those that the file names and no catalog has, with how many rows name them.
    """

    rows: int
    faults: int
    difference: LoadDifference
    is_kept: bool
    unknown_rates: Mapping[str, int] = field(default_factory=dict[str, int])


class _TakenBack(Exception):
    """Ends the transaction without its effect."""

    def __init__(self, loaded: Loaded) -> None:
        super().__init__()
        self.loaded = loaded


def load_file(asked: LoadAsked, *, tell: Teller) -> Loaded:
    """Load a file, or tell how it differs from the books where that is all that was asked.

    tell: takes every fault as it is found; with a single one nothing of the file is kept. Raises LoadRefused, and
    FileRefused from the reading of the file: then nothing is kept either.
    """
    allowed, load = KINDS[asked.kind]
    if not allowed & kinds_of(asked.organization):
        raise LoadRefused(
            f"{asked.organization} keeps no {asked.kind.value.replace('_', ' ')}: they belong into the books of a "
            f"{' or '.join(sorted(allowed))}. Name one with --organization."
        )
    try:
        with open_organization(asked.organization) as books:
            loads.begin(asked.kind)
            _refuse_older(asked)
            loaded = _load(asked, load, tell=tell, zone=ZoneInfo(books.calendar.zone))
            if not loaded.is_kept:
                raise _TakenBack(loaded)
            loads.note_run(
                asked.kind,
                content_hash=asked.source.content_hash,
                as_of_on=asked.as_of_on,
                now=asked.now,
                told=loaded.difference,
            )
            return loaded
    except _TakenBack as taken:
        return taken.loaded


def _load(asked: LoadAsked, load: Callable[[Hand], LoadDifference], *, tell: Teller, zone: ZoneInfo) -> Loaded:
    with opened(asked.source) as (cells, rows):
        header = read_header(cells, kind=asked.kind, mapped=asked.mapped, ignored=asked.ignored)
        hand = Hand(asked, header=header, rows=rows, reading=Reading(dates=asked.dates, zone=zone), tell=tell)
        difference = load(hand)
    return Loaded(
        rows=hand.read,
        faults=hand.faults,
        difference=difference,
        is_kept=hand.may_write,
        unknown_rates=_unknown(hand.rates),
    )


def _unknown(named: Mapping[str, int]) -> dict[str, int]:
    known = {str(each.key) for each in load_catalog().rates} if named else set[str]()
    return {rate: rows for rate, rows in named.items() if rate not in known}


def _refuse_older(asked: LoadAsked) -> None:
    newest = loads.newest_as_of(asked.kind)
    if newest is not None and asked.as_of_on < newest:
        raise LoadRefused(
            f"The books of {asked.organization} have {asked.kind.value.replace('_', ' ')} as of {newest} already, and "
            f"this file is as of {asked.as_of_on}: it would take newer data back. Load a newer file, or correct "
            "--as-of."
        )
