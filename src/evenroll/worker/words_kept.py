"""What the holder of an application said after sending it and before anybody was proved: given to its case later.

The page that took it answered alike whatever is found here, so nothing is told back to it. After the proof the word of
a browser that is not signed in counts no longer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_commands import GiveEvidence, NoPayload, SubmitForm
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.enrollment.form import FormField
from evenroll.enrollment.roles import Actor, Role
from evenroll.enrollment.tracks import CASE_ENDS, State
from evenroll.ports.outside import Outside
from evenroll.quantities.identifiers import ActorKey, CaseNumber, OrganizationKey
from evenroll.records import queries
from evenroll.records.asked import Asked
from evenroll.records.log_lines import LogCode, LogLine, request_scope, tell, tell_failure
from evenroll.records.web_letters import LaterKind, WebLetter, claim_letters, forget_letter, keep_letter, try_later
from evenroll.worker.asking import PartnerNotReached
from evenroll.worker.giving import give
from evenroll.worker.installation import Installation

_AT_ONCE: Final = 10
WORDS_AT_ONCE: Final = 50


class WordKind(StrEnum):
    """What is said of an application that was sent."""

    CORRECT = "correct"
    PAPERS = "papers"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """answers: of a correction; personal. key: of the form that said it, so that it is done once."""

    kind: WordKind
    organization: OrganizationKey
    case: CaseNumber
    key: str
    answers: Mapping[FormField, str] = field(default_factory=dict[FormField, str], repr=False)


_TAKES: Final[Mapping[State, CommandName]] = {
    State.DRAFT: CommandName.SUBMIT_FORM,
    State.FINDING_PROVIDER: CommandName.SUBMIT_FORM,
    State.CHOOSING: CommandName.SUBMIT_FORM,
    State.COMPLETING: CommandName.COMPLETE_ANSWERS,
    State.PROVING: CommandName.GIVE_EVIDENCE,
}
"""By which command of its own a case takes other answers before anybody is proved."""


def keep_word(word: Word) -> None:
    """Have it taken by whoever works. Kept enclosed, by one statement whatever the case is."""
    answers = {name.value: text for name, text in word.answers.items()}
    parts = {"kind": word.kind.value, "organization": word.organization, "case": word.case, "key": word.key}
    keep_letter({**parts, "answers": json.dumps(answers)}, kind=LaterKind.WORD)


def take_words(installation: Installation, *, now: datetime, limit: int = WORDS_AT_ONCE) -> int:
    """Give what is due by the wall clock to its cases; how many were in hand. now: the business clock."""
    handled = 0
    while handled < limit:
        claimed = claim_letters(limit=min(_AT_ONCE, limit - handled), kind=LaterKind.WORD)
        for each in claimed:
            with request_scope():
                _take(installation, each, now=now)
        handled += len(claimed)
        if not claimed:
            break
    return handled


def _take(installation: Installation, kept: WebLetter, *, now: datetime) -> None:
    word = _read(kept)
    line = LogLine(code=LogCode.FAILED, organization=word.organization, about=word.case, of=word.kind.value)
    try:
        is_done = _given(installation, word, now=now)
    except PartnerNotReached:
        is_done = False
    except Exception as error:  # the next one must not suffer from this one
        tell_failure(line, error)
        is_done = False
    if is_done:
        forget_letter(kept)
    else:
        try_later(kept)


def _given(installation: Installation, word: Word, *, now: datetime) -> bool:
    """Whether nothing is left to do: it was taken, refused, or comes too late."""
    for organization in (
        word.organization,
        *(each for each in installation.organizations if each != word.organization),
    ):
        viewer = queries.Viewer(organization=organization, role=Role.SYSTEM)
        try:
            # The version first: what comes between the two is a refusal then, and looked at again.
            seen = queries.case_version(viewer, number=word.case)
            case = queries.case(viewer, number=word.case)
        except queries.NotForViewer:
            continue
        if case.status is State.HANDED_OVER:
            continue
        asked = _asked(word, case, seen=seen)
        if asked is None:
            tell(LogLine(code=LogCode.WORD_TOO_LATE, organization=organization, about=word.case, of=word.kind.value))
            return True
        actor = Actor(key=ActorKey(f"web/{word.case}"), role=Role.CUSTOMER, organization=organization)
        answer = give(installation, actor=actor, name=_command(word, case), asked=asked, now=now)
        return not (isinstance(answer, Refusal) and answer.code is RefusalCode.CASE_MOVED_ON)
    return True


def _asked(word: Word, case: Case, *, seen: int) -> Asked | None:
    """The command for the case as it stands; None once somebody is proved, or it is over."""
    if case.proof.proved_at is not None or case.status in CASE_ENDS or case.status not in _TAKES:
        return None
    answers = dict(word.answers)
    match _command(word, case):
        case CommandName.WITHDRAW:
            command: object = NoPayload()
        case CommandName.GIVE_EVIDENCE:
            command = GiveEvidence(answers=0, fields=frozenset(answers))
        case _ if case.form is not None:
            command = SubmitForm(form=case.form)
        case _:
            return None
    return Asked(number=case.number, command=command, outside=Outside(answers=answers), key=word.key, seen=seen)


def _command(word: Word, case: Case) -> CommandName:
    return CommandName.WITHDRAW if word.kind is WordKind.WITHDRAW else _TAKES[case.status]


def _read(kept: WebLetter) -> Word:
    parts = kept.parts
    return Word(
        kind=WordKind(parts["kind"]),
        organization=OrganizationKey(parts["organization"]),
        case=CaseNumber(parts["case"]),
        key=parts["key"],
        answers={FormField(name): text for name, text in json.loads(parts["answers"]).items()},
    )
