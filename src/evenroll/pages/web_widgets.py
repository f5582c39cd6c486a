"""Parts of pages made in a view and shown by {% widget %}: lists, tables, timelines, notices, buttons.

Every text in them is said already, in the reader's language; an address in them is one of this site.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Protocol


class Widget(Protocol):
    """What {% widget %} shows: by the template of this name in `templates/widgets`."""

    template: ClassVar[str]


class Tone(StrEnum):
    """How a tag or a notice looks; its words say the same without color."""

    PLAIN = "plain"
    GOOD = "good"
    WAITING = "waiting"
    TROUBLE = "trouble"


@dataclass(frozen=True, kw_only=True, slots=True)
class Tag:
    """A state in a word or two."""

    template: ClassVar[str] = "tag"
    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, kw_only=True, slots=True)
class Button:
    """A button of a form, or a link that looks like one (href). name, value: what the form is sent with."""

    template: ClassVar[str] = "button"
    text: str
    href: str = ""
    name: str = ""
    value: str = ""
    is_secondary: bool = False
    is_warning: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class SummaryRow:
    """A question and its answer. href: where it is changed, with words for who cannot see the row."""

    name: str
    value: str
    href: str = ""
    change: str = ""
    change_what: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SummaryList:
    """Questions and answers, as on "check your answers"."""

    template: ClassVar[str] = "summary_list"
    rows: Sequence[SummaryRow]


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """One task of a list. href: empty while it cannot be begun."""

    name: str
    status: Tag
    href: str = ""
    hint: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskList:
    """Tasks in their order, each with how it stands. key: makes its ids."""

    template: ClassVar[str] = "task_list"
    key: str
    tasks: Sequence[Task]


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """One thing that happened or will. at: written out; by: who did it or must; is_now: where the case stands."""

    title: str
    at: str
    by: str = ""
    text: str = ""
    is_now: bool = False
    is_ahead: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeline:
    """What happened, in order."""

    template: ClassVar[str] = "timeline"
    moments: Sequence[Moment]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One cell. href: makes it a link; is_number: set to the right."""

    text: str
    href: str = ""
    is_number: bool = False
    tag: Tag | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table whose first column names its rows. caption: what it is; empty: said if it has no row."""

    template: ClassVar[str] = "table"
    caption: str
    columns: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]
    empty: str = ""
    is_caption_hidden: bool = False

    @property
    def headed(self) -> Sequence[Sequence[tuple[Cell, str]]]:
        """The rows, each cell with the words of its column: on a phone a cell stands without the head above it."""
        heads = [each.text for each in self.columns]
        return [list(zip(row, heads, strict=False)) for row in self.rows]


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """Something to read before all else. is_panel: the large one that confirms."""

    template: ClassVar[str] = "notice"
    title: str
    text: str
    tone: Tone = Tone.PLAIN
    is_panel: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A way to go on, as a large link with a sentence."""

    title: str
    text: str
    href: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Cards:
    """Several ways to go on, side by side where there is room."""

    template: ClassVar[str] = "cards"
    cards: Sequence[Card]
