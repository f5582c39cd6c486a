"""Which records were chosen for one command, which command, and with which answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from evenroll.backoffice.queue import QueueForm, asked_of
from evenroll.backoffice.who import RULES
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.commands import COMMANDS, Record, may
from evenroll.enrollment.possible_commands import HELPS, possible_commands
from evenroll.enrollment.roles import Role
from evenroll.intake.payloads_of_moving import PERSONAL_BESIDE
from evenroll.intake.said_command import WITH_ANSWERS
from evenroll.pages.web_request import PageRequest, person_of, viewer_of
from evenroll.records.desk_queue import queue_page
from evenroll.records.desk_rows import Standing, at_hand
from evenroll.records.streams import StreamId, StreamKind

ROWS_MAX: Final = 1000
_ROW: Final = re.compile(r"(case|service_order):([0-9A-Za-z-]{1,40}):([0-9]{1,9})")
_HELPING: Final = frozenset(name for names in HELPS.values() for name in names)
_KINDS: Final = {StreamKind.CASE: Record.CASE, StreamKind.SERVICE_ORDER: Record.SERVICE_ORDER}


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """A record that was chosen. seen: the number of its last entry when it was shown."""

    record: StreamId
    seen: int

    @property
    def written(self) -> str:
        """As a form sends it."""
        return written_row(self.record, seen=self.seen)


def written_row(record: StreamId, *, seen: int) -> str:
    """A record as a form sends it."""
    return f"{record.kind.value}:{record.key}:{seen}"


def chosen_rows(request: PageRequest) -> Sequence[Chosen]:
    """The records that a form names, each once, in their order: those that were ticked, or all of the queue.

    At most ROWS_MAX, and only of kinds whose pages this person may open; what is no row counts as none.
    """
    person = person_of(request)
    if request.POST.get("all"):
        form = QueueForm(request.POST)
        form.is_valid()
        rows = queue_page(viewer_of(request), asked=asked_of(form, person), rows=ROWS_MAX).rows
        said = [(each.kind, each.number, each.version) for each in rows if each.kind in RULES]
    else:
        texts = [*request.POST.getlist("row"), *request.POST.get("rows", "").split()]
        found = (_ROW.fullmatch(each) for each in texts)
        said = [(StreamKind(each[1]), each[2], int(each[3])) for each in found if each]
    first: dict[StreamId, int] = {}
    for kind, number, seen in said:
        if RULES[kind].admits(person):
            first.setdefault(StreamId(kind=kind, key=number), seen)
    theirs = at_hand(viewer_of(request), records=list(first)[:ROWS_MAX])
    return [Chosen(record=record, seen=first[record]) for record in theirs]


def is_for_many(name: CommandName, *, role: Role) -> bool:
    """Whether one asking of this command can be for many records: none with answers that are each customer's own."""
    rule = COMMANDS[name]
    personal = name in WITH_ANSWERS or bool(PERSONAL_BESIDE.get(name))
    return name in _HELPING and rule.record in _KINDS.values() and may(role, command=name) and not personal


def is_to(name: CommandName, record: StreamId) -> bool:
    """Whether a command is given to records of this kind."""
    return COMMANDS[name].record is _KINDS.get(record.kind)


def helping(standing: Mapping[StreamId, Standing], records: Iterable[StreamId], *, role: Role) -> Counter[CommandName]:
    """The commands for many that help where these records stand, each with for how many; the most usual first."""
    found: Counter[CommandName] = Counter()
    for each in records:
        live = standing[each].live if each in standing else ()
        names = possible_commands(live, role=role)
        found.update(name for name in names if is_for_many(name, role=role) and is_to(name, each))
    return Counter(dict(found.most_common()))
