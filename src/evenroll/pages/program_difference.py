"""What a new version of a program changes, field by field, as it is written in its catalog file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from evenroll.enrollment.form import Language
from evenroll.pages.formats import day
from evenroll.pages.subjects import SUBJECTS
from evenroll.pages.texts import has, key_of, render
from evenroll.programs.drafted import changed_fields
from evenroll.programs.program import ProgramVersion
from evenroll.programs.text import Text

FIELD_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {each.name: f"program_field.{each.name}" for each in fields(ProgramVersion) if each.name != "version"}
)
"""The text of each field of a program."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldChange:
    """A field that differs. gone, new: what stood there and what stands there now, a line each."""

    field: str
    name: str
    gone: tuple[str, ...]
    new: tuple[str, ...]


def difference(before: ProgramVersion, after: ProgramVersion, *, language: Language) -> tuple[FieldChange, ...]:
    """Every field in which two versions of a program differ; of lists only what came and went. Raises TextMissing."""
    return tuple(_change(name, before, after, language) for name in changed_fields(before, after))


def all_fields(program: ProgramVersion, *, language: Language) -> tuple[FieldChange, ...]:
    """Every field of a new program that says something. Raises TextMissing."""
    told = ((name, _lines(getattr(program, name), language)) for name in FIELD_WORDS)
    return tuple(
        FieldChange(field=name, name=render(FIELD_WORDS[name], language=language), gone=(), new=lines)
        for name, lines in told
        if lines
    )


def _change(name: str, before: ProgramVersion, after: ProgramVersion, language: Language) -> FieldChange:
    old, new = (_lines(getattr(each, name), language) for each in (before, after))
    told = render(FIELD_WORDS[name], language=language)
    gone, came = (tuple(each for each in one if each not in other) for one, other in ((old, new), (new, old)))
    if not gone and not came:
        # The same in another order.
        gone, came = old, new
    return FieldChange(field=name, name=told, gone=gone, new=came)


def _lines(value: Any, language: Language) -> tuple[str, ...]:
    """A value as lines: an entry of a list each, a text in each language; nothing for what says nothing."""
    if value is None or value in ("", (), frozenset()):
        return ()
    if isinstance(value, Text):
        return (f"en: {value.en}", f"es: {value.es}")
    if isinstance(value, frozenset):
        return tuple(sorted(_word(each, language) for each in value))
    if isinstance(value, tuple):
        return tuple(_word(each, language) for each in value)  # pyright: ignore[reportUnknownVariableType]
    return (_word(value, language),)


def _word(value: Any, language: Language) -> str:
    match value:
        case bool():
            return render("desk.yes" if value else "desk.no", language=language)
        case StrEnum():
            return _code(value, language)
        case date():
            return day(value, language=language)
        case Text():
            return value.en if language is Language.EN else value.es
        case tuple() | frozenset():
            return f"[{', '.join(_sorted(value, language))}]"  # pyright: ignore[reportUnknownArgumentType]
        case _:
            return ", ".join(_parts(value, language)) if is_dataclass(value) else _figure(value)


def _figure(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _parts(value: Any, language: Language) -> Iterable[str]:
    """The entries of a nested value, by the names that they have in a catalog file; what says nothing is left out."""
    told = ((each.name, getattr(value, each.name)) for each in fields(value))
    return (f"{name}: {_word(one, language)}" for name, one in told if one is not None and one not in ("", ()))


def _sorted(values: Iterable[Any], language: Language) -> list[str]:
    words = [_word(each, language) for each in values]
    return sorted(words) if isinstance(values, frozenset) else words


def _code(value: StrEnum, language: Language) -> str:
    if type(value) in SUBJECTS and has(key_of(value)):
        return f"{render(value, language=language)} ({value.value})"
    return value.value
