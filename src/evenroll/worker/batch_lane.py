"""The lane for applications that enter together: heard at once, decided case by case in memory, written at once.

The same steps take the same commands, in the order that the rules ask for; what needs more than was read for all stays
where it is, and the driver goes on with it one by one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from evenroll.enrollment.case_commands import NoPayload
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import next_commands
from evenroll.enrollment.decided import Refusal
from evenroll.enrollment.facts import RegisterAnswer
from evenroll.enrollment.roles import Actor, Role
from evenroll.enrollment.tracks import track_key
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey, PodId
from evenroll.records import register
from evenroll.records.answers_in_hand import AnswersInHand, keeping_in_hand
from evenroll.records.asked import Answer, Asked, Taken
from evenroll.records.attempts import SYSTEM
from evenroll.records.batch_work import BatchWork
from evenroll.records.entering import BatchBroken, Entering, Subject, numbers_known, read_for, vin_of
from evenroll.records.foreseen import Fact, Foreseen, Unforeseen, deciding_from
from evenroll.records.organizations import current, writing_cursor
from evenroll.records.row_copy import RowCopy
from evenroll.records.taking import PointMoved
from evenroll.worker.giving import COMMAND_FUNCTIONS
from evenroll.worker.hearing import Heard, hear, outside_of
from evenroll.worker.installation import Installation

_TOGETHER = frozenset(
    {
        CommandName.ASK_PROVIDER,
        CommandName.FIND_PROVIDER,
        CommandName.PRESENT_OFFERS,
        CommandName.CHECK_FORM,
        CommandName.PROVE_IDENTITY,
        CommandName.DECIDE,
    }
)
"""The commands whose facts can be read for many; a case that asks for another one is left to the driver."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchLane:
    """Takes applications of one organization together. now: the business clock."""

    installation: Installation
    now: datetime

    def hear(self, organization: OrganizationKey, entering: Sequence[Entering]) -> Mapping[CaseNumber, Heard]:
        """What partners say of them; outside any transaction."""
        return hear(self.installation, organization, entering, now=self.now)

    def take(self, entering: Sequence[Entering], heard: Mapping[CaseNumber, Heard]) -> dict[CaseNumber, Refusal | None]:
        """What the door's commands were answered, by number; a case that cannot be taken with others is not there.

        The organization must be open; the caller commits. Raises BatchBroken.
        """
        known = numbers_known([each.number for each in entering])
        new = [each for each in entering if each.number not in known]
        told = [(each, heard[each.number]) for each in new]
        points = register.points({of.pod for _, of in told if of.pod})
        subjects = [_subject(each, of, points) for each, of in told]
        answered: dict[CaseNumber, Refusal | None] = {}
        rows = RowCopy(writing_cursor(), current().id)
        for run in _runs(subjects):
            answered |= _Run(lane=self, heard=heard, subjects=run, points=points, rows=rows).take()
        return answered


def _subject(entering: Entering, heard: Heard, points: Mapping[PodId, register.PointFound]) -> Subject:
    found = heard.register if isinstance(heard.register, RegisterAnswer) else RegisterAnswer()
    point = points.get(heard.pod) if heard.pod else None
    own = found if found.known_at is None else RegisterAnswer()
    return Subject(
        entering=entering,
        pod=heard.pod,
        vin=vin_of(entering),
        account=own.account,
        customer=own.customer,
        location=point.location if point else None,
    )


def _runs(subjects: Sequence[Subject]) -> Iterator[list[Subject]]:
    """Cut before each one that shares something with one before it: who comes first has the place, and is seen."""
    run: list[Subject] = []
    taken: set[Hashable] = set()
    for subject in subjects:
        if not taken.isdisjoint(subject.shared):
            yield run
            run, taken = [], set()
        run.append(subject)
        taken.update(subject.shared)
    if run:
        yield run


class _Run:
    """Applications that share nothing but the places of programs."""

    def __init__(
        self,
        *,
        lane: BatchLane,
        heard: Mapping[CaseNumber, Heard],
        subjects: Sequence[Subject],
        points: Mapping[PodId, register.PointFound],
        rows: RowCopy,
    ) -> None:
        opened = current()
        self._lane, self._heard, self._subjects, self._points = lane, heard, subjects, points
        self._system = Actor(key=SYSTEM, role=Role.SYSTEM, organization=opened.key)
        self._work = BatchWork(opened, actor=self._system, now=lane.now, rows=rows)
        self._answers = AnswersInHand()
        self._foreseen = Foreseen()

    def take(self) -> dict[CaseNumber, Refusal | None]:
        """Take them through every row whose facts can be read for all, and write what became of them."""
        pods = [each.pod for each in self._subjects if each.pod]
        self._work.lock_first(pods, (place for each in self._subjects for place in each.places))
        self._foreseen = read_for(self._subjects, points=self._points)
        with deciding_from(self._foreseen), keeping_in_hand(self._answers):
            answered = {each.entering.number: self._enter(each.entering) for each in self._subjects}
            taken = {number: answer for number, answer in answered.items() if answer is not None}
            self._drive([number for number, answer in taken.items() if isinstance(answer, Taken)])
        self._answers.write(self._work.rows)
        self._work.write_all()
        return {number: answer if isinstance(answer, Refusal) else None for number, answer in taken.items()}

    def _enter(self, entering: Entering) -> Answer | None:
        """What the door's commands are answered; None, and nothing of it stays, where they need to be given singly."""
        held, number = self._answers.since(), entering.number
        self._work.begin_case(number)
        self._work.actor = entering.actor
        answer: Answer | None = None
        try:
            answer = COMMAND_FUNCTIONS[CommandName.OPEN_CASE](self._work, asked=entering.opening)
            if isinstance(answer, Taken):
                answer = COMMAND_FUNCTIONS[CommandName.SUBMIT_FORM](self._work, asked=entering.form)
        except Unforeseen:
            answer = None
            self._work.give_up(number)
        if not isinstance(answer, Taken):
            self._answers.forget_since(held)
        return answer

    def _drive(self, numbers: Sequence[CaseNumber]) -> None:
        """What the rules ask for, one command of each case after the other, until each waits or is to be left."""
        self._work.actor = self._system
        going = list(numbers)
        while going:
            going = [number for number in going if self._go_on(number)]

    def _go_on(self, number: CaseNumber) -> bool:
        case = self._work.case(number)
        due = next_commands(case, now=self._lane.now)[:1] if case is not None else ()
        if case is None or not due or due[0].name not in _TOGETHER:
            return False
        name, wait = due[0].name, due[0]
        if name is CommandName.PROVE_IDENTITY and not self._may_be_proved(number):
            return False
        before, held = self._work.recorded, self._answers.since()
        try:
            outside = outside_of(name, case, self._heard[number], entropy=self._lane.installation.entropy())
            lapsed = (track_key(wait.track, subject=wait.subject), wait.due_at)
            asked = Asked(number=number, command=NoPayload(), outside=outside, lapsed=lapsed)
            answer = COMMAND_FUNCTIONS[name](self._work, asked=asked)
        except (Unforeseen, PointMoved) as error:
            if self._work.recorded != before:
                raise BatchBroken(f"{name.value} cannot be taken together with others.") from error
            self._work.forget()
            self._answers.forget_since(held)
            return False
        return isinstance(answer, Taken) and bool(answer.events)

    def _may_be_proved(self, number: CaseNumber) -> bool:
        """Whether the answers of the case can go under the customer's key as soon as it is proved whose they are."""
        found = self._heard[number].register
        customer = found.customer if isinstance(found, RegisterAnswer) else None
        return customer is None or self._foreseen.knows(Fact.CUSTOMER_KEY, customer)
