"""The message catalog: every code of the core as a sentence or a label, in English and in Spanish."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from evenroll.enrollment.form import Language
from evenroll.pages.formats import day, money, number
from evenroll.pages.subjects import CODED_PARAMETERS, SUBJECTS
from evenroll.programs.yaml_nodes import MappingNode, Node, ScalarNode, YamlRefused, nodes_of

Parameter = str | int | Decimal | date
"""A value for a placeholder. Text stands as it is, a Decimal is an amount in USD, a date is written out."""

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
# Never before a name such as "El Paso", which keeps its capital.
_CONTRACTED = re.compile(r"\b([aA]|[dD]e) el\b")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class TextMissing(LookupError):
    """A code that the catalog does not have, or a placeholder for which no value came."""


class CatalogWrong(ValueError):
    """A file of the catalog that cannot be used; the message names file and line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One text in both languages, as written, with its placeholders in braces."""

    en: str
    es: str

    def in_language(self, language: Language) -> str:
        """The text as written in that language."""
        return self.en if language.value == Language.EN.value else self.es

    def placeholders(self, language: Language) -> frozenset[str]:
        """The names in braces in that language."""
        return frozenset(_PLACEHOLDER.findall(self.in_language(language)))


def key_of(member: StrEnum) -> str:
    """The key of a code: its subject and its value. Raises TextMissing for a code of no known subject."""
    subject = SUBJECTS.get(type(member))
    if subject is None:
        raise TextMissing(
            f"{type(member).__name__} has no subject in the message catalog; "
            "name it in pages.subjects and write its texts."
        )
    return f"{subject}.{member.value}"


def render(code: str, *, language: Language, parameters: Mapping[str, Parameter] | None = None) -> str:
    """The text of a code, its placeholders filled.

    code: a member of a code enum that `pages.subjects` lists, or a key such as "event.case_opened". parameters: values
    by name; a name that `CODED_PARAMETERS` lists takes a code, which is put in its own words; more than needed is no
    harm. Of an entry's variants ("refusal.not_in_state-order") the one that says most of what was given is taken.
    Raises TextMissing.
    """
    given = parameters or {}
    key = key_of(code) if isinstance(code, StrEnum) else code
    entry = _fullest(key, given=given)
    if entry is None:
        raise TextMissing(f"The message catalog has no text for {key!r}; write it in English and in Spanish.")

    def fill(found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in given:
            raise TextMissing(f"The text {key!r} needs a value for {name!r}; it came with {_names(given)}.")
        return _shown(name, given[name], language=language)

    return _joined(_PLACEHOLDER.sub(fill, entry.in_language(language)), language=language)


def _joined(text: str, *, language: Language) -> str:
    """What a value does to the words beside it: "a el" becomes "al", and a sentence ends with one period."""
    if language.value == Language.ES.value:
        text = _CONTRACTED.sub(lambda found: f"{found[1]}l" if found[1] in "aA" else f"{found[1][0]}el", text)
    return text.replace(".m..", ".m.")


def has(code: str) -> bool:
    """Whether the catalog has a text for a key or a code."""
    return (key_of(code) if isinstance(code, StrEnum) else code) in catalog()


@cache
def catalog() -> Mapping[str, Entry]:
    """Every entry by key. Raises CatalogWrong for a file that cannot be used, or an entry that stands twice."""
    entries: dict[str, Entry] = {}
    folder = files("evenroll.pages") / "catalog"
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if not file.name.endswith(".yaml"):
            continue
        for key, entry in parse(file.read_text(encoding="utf-8"), file=file.name).items():
            if key in entries:
                raise CatalogWrong(f"{file.name}: {key!r} stands in another file already; keep one.")
            entries[key] = entry
    return MappingProxyType(entries)


@cache
def variants() -> Mapping[str, tuple[Entry, ...]]:
    """The variants of each entry that has some: the entries whose key is its key, a hyphen, and a word."""
    found: dict[str, tuple[Entry, ...]] = {}
    for key, entry in catalog().items():
        base, hyphen, _word = key.partition("-")
        if hyphen:
            found[base] = (*found.get(base, ()), entry)
    return MappingProxyType(found)


def parse(text: str, *, file: str) -> dict[str, Entry]:
    """The entries of one file: subject, code, language. Raises CatalogWrong with file and line."""
    try:
        root = nodes_of(text)
    except YamlRefused as refused:
        raise CatalogWrong(f"{file}, {refused}") from refused
    entries: dict[str, Entry] = {}
    for subject, codes in _pairs(root, file=file):
        for code, texts in _pairs(codes, file=file):
            entries[f"{subject}.{code}"] = _entry(texts, file=file)
    return entries


def _fullest(key: str, *, given: Mapping[str, Parameter]) -> Entry | None:
    """The variant with the most placeholders that can all be filled; else the entry itself."""
    found = catalog().get(key)
    most = 0
    for entry in variants().get(key, ()):
        asked = entry.placeholders(Language.EN)
        if asked <= set(given) and len(asked) > most:
            found, most = entry, len(asked)
    return found


def _entry(node: Node, *, file: str) -> Entry:
    texts = dict(_pairs(node, file=file))
    if set(texts) != {"en", "es"}:
        raise CatalogWrong(f"{_where(node, file)}: an entry has en and es and nothing else; it has {_names(texts)}.")
    values: dict[str, str] = {}
    for language, value in texts.items():
        if not isinstance(value, ScalarNode) or not value.value.strip():
            raise CatalogWrong(f"{_where(value, file)}: the text in {language!r} is empty; write it.")
        values[language] = " ".join(value.value.split())
    return Entry(en=values["en"], es=values["es"])


def _pairs(node: Node | None, *, file: str) -> list[tuple[str, Node]]:
    if not isinstance(node, MappingNode):
        raise CatalogWrong(f"{_where(node, file)}: here stands a mapping of names to values.")
    pairs = [(str(key.value), value) for key, value in node.value]
    for name, value in pairs:
        if sum(other == name for other, _ in pairs) > 1:
            raise CatalogWrong(f"{_where(value, file)}: {name!r} stands twice; keep one.")
    return pairs


def _where(node: Node | None, file: str) -> str:
    return file if node is None else f"{file}, line {node.start_mark.line + 1}"


def _names(names: Mapping[str, object]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def _shown(name: str, value: Parameter, *, language: Language) -> str:
    match value:
        case datetime():
            raise TextMissing(f"{name!r} is an instant; write it with formats.instant and the zone of the territory.")
        case date():
            return day(value, language=language)
        case Decimal():
            return money(value, language=language)
        case int():
            return number(value, language=language)
        case str():
            return _shown_text(name, value, language=language)


def _shown_text(name: str, value: str, *, language: Language) -> str:
    subject = CODED_PARAMETERS.get(name)
    if subject is not None:
        # A track may name what it is about behind a stroke: "meter/POD".
        codes = (code.strip().partition("/")[0] for code in value.split(","))
        return ", ".join(render(f"{subject}.{code}", language=language) for code in codes)
    if _ISO_DAY.fullmatch(value):
        try:
            return day(date.fromisoformat(value), language=language)
        except ValueError:
            # A name out of a file may look like a day and be none.
            return value
    return value
