"""Which column of a file is which of ours: by name, by another known name, or as the command said."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evenroll.intake.columns import normalized
from evenroll.intake.file_shape import FileRefused
from evenroll.intake.load_columns import COLUMNS, Column
from evenroll.records.load_terms import LoadKind

_CUTOFF = 0.6
_TOLD_MAX = 10
"""So many unknown columns are told by name: a file of another kind may have thousands."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """places: our columns that the file has, with their place in a row. width: how many cells its header has."""

    places: tuple[tuple[int, Column], ...]
    width: int

    @property
    def present(self) -> frozenset[str]:
        """The names of our columns that the file has."""
        return frozenset(column.name for _, column in self.places)


def read_header(
    cells: Sequence[str], *, kind: LoadKind, mapped: Mapping[str, str], ignored: frozenset[str] = frozenset()
) -> Header:
    """Our columns in the header of a file, wherever they stand.

    mapped: our name to the file's name of a column, as the command said. ignored: columns of the file that are not
    read. Raises FileRefused, naming the columns that are unknown, there twice, or missing, with the nearest name.
    """
    columns = {column.name: column for column in COLUMNS[kind]}
    names = _without_end(tuple(normalized(cell) for cell in cells))
    theirs = {normalized(their): normalized(our) for our, their in mapped.items()}
    _refuse_mapping(theirs, columns, names, kind)
    left_out = frozenset(normalized(each) for each in ignored)
    ours = [theirs.get(name) or _our_name(name, columns, theirs) for name in names]
    unknown = [name for name, our in zip(names, ours, strict=True) if our is None and name not in left_out]
    missing = [column.name for column in columns.values() if column.needed and column.name not in ours]
    faults = [*_told_unknown(unknown, columns), *_told_missing(missing, unknown), *_told_twice(ours)]
    if faults:
        raise FileRefused(
            f"The file's columns are not those of {kind.value}: {'; '.join(faults)}. Correct the header, say "
            "--columns OURS=THEIRS for a column of another name, or --ignore COLUMN for one that is not to be read."
        )
    return Header(
        places=tuple((place, columns[our]) for place, our in enumerate(ours) if our is not None), width=len(names)
    )


def _without_end(names: tuple[str, ...]) -> tuple[str, ...]:
    while names and not names[-1]:
        names = names[:-1]
    return names


def _our_name(name: str, columns: Mapping[str, Column], theirs: Mapping[str, str]) -> str | None:
    found = name if name in columns else next((c.name for c in columns.values() if name in c.other_names), None)
    # A column that was mapped to another one of the file is not found by its name as well.
    return None if found in theirs.values() else found


def _refuse_mapping(
    theirs: Mapping[str, str], columns: Mapping[str, Column], names: Sequence[str], kind: LoadKind
) -> None:
    for their, our in theirs.items():
        if our not in columns:
            near = nearest_told(our, tuple(columns))
            raise FileRefused(
                f"--columns {our}={their}: {kind.value} has no column {our}{near}. It has {', '.join(columns)}."
            )
        if their not in names:
            near = nearest_told(their, tuple(names))
            raise FileRefused(
                f"--columns {our}={their}: the file has no column {their}{near}. Check the name in its first row."
            )


def _told_unknown(unknown: Sequence[str], columns: Mapping[str, Column]) -> list[str]:
    known = (*columns, *(name for column in columns.values() for name in column.other_names))
    told = [f"{name or 'one without a name'} is not known{nearest_told(name, known)}" for name in unknown[:_TOLD_MAX]]
    return [*told, f"and {len(unknown) - _TOLD_MAX} more are not known"] if len(unknown) > _TOLD_MAX else told


def _told_missing(missing: Sequence[str], unknown: Sequence[str]) -> list[str]:
    return [f"{name} is missing{nearest_told(name, unknown[:_TOLD_MAX])}" for name in missing]


def _told_twice(ours: Sequence[str | None]) -> list[str]:
    twice = sorted({name for name in ours if name is not None and ours.count(name) > 1})
    return [f"{name} stands twice, also under another name" for name in twice]


def nearest_told(name: str, known: Sequence[str]) -> str:
    """ " (nearest: meter)", or nothing where no known name is near."""
    found = difflib.get_close_matches(name, known, n=1, cutoff=_CUTOFF)
    return f" (nearest: {found[0]})" if found else ""
