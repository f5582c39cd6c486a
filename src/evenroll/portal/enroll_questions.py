"""The order of an application's questions, the tasks they belong to, and which of them a program asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from evenroll.enrollment.form import Holder
from evenroll.portal.enroll_forms import (
    AccountForm,
    AddressForm,
    ConsentsForm,
    HolderForm,
    HomeForm,
    PersonForm,
    ProofForm,
    QuestionForm,
    StatementsForm,
    TermsForm,
    VehicleForm,
    VinForm,
    asks,
    states,
)
from evenroll.portal.enroll_papers import PapersForm
from evenroll.portal.enroll_texts import QuestionName, TaskName
from evenroll.portal.paper_forms import asked_by
from evenroll.programs.program import ProgramVersion
from evenroll.programs.rules import RuleKind
from evenroll.quantities.identifiers import CustomerId
from evenroll.records.drafts import Draft


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One page. without: what its other button answers, such as that there is no number; said by `enroll.no_<name>`."""

    name: QuestionName
    task: TaskName
    form: type[QuestionForm]
    without: Mapping[str, str] = field(default_factory=dict[str, str])
    is_asked: Callable[[ProgramVersion], bool] = lambda _program: True

    @property
    def columns(self) -> tuple[str, ...]:
        """What it answers."""
        return self.form.columns


def _of_home(program: ProgramVersion) -> bool:
    return asks(program, RuleKind.DWELLING_PERMISSION, RuleKind.HOME_TYPE_IN)


QUESTIONS: Sequence[Question] = (
    Question(name=QuestionName.HOLDER, task=TaskName.ACCOUNT, form=HolderForm),
    Question(name=QuestionName.ACCOUNT, task=TaskName.ACCOUNT, form=AccountForm, without={"account_number": ""}),
    Question(name=QuestionName.PERSON, task=TaskName.ACCOUNT, form=PersonForm),
    Question(name=QuestionName.ADDRESS, task=TaskName.PREMISE, form=AddressForm),
    Question(name=QuestionName.HOME, task=TaskName.PREMISE, form=HomeForm, is_asked=_of_home),
    Question(name=QuestionName.PROOF, task=TaskName.METER, form=ProofForm),
    Question(name=QuestionName.VEHICLE, task=TaskName.VEHICLE, form=VehicleForm),
    Question(name=QuestionName.VIN, task=TaskName.VEHICLE, form=VinForm, without={"vehicle_on_order": "yes"}),
    Question(name=QuestionName.STATEMENTS, task=TaskName.VEHICLE, form=StatementsForm, is_asked=states),
    Question(
        name=QuestionName.PAPERS,
        task=TaskName.VEHICLE,
        form=PapersForm,
        without={"documents": ""},
        is_asked=lambda program: bool(asked_by(program)),
    ),
    Question(name=QuestionName.TERMS, task=TaskName.PROGRAM, form=TermsForm),
    Question(name=QuestionName.CONSENTS, task=TaskName.CONSENTS, form=ConsentsForm),
)
_OWN = Holder.ACCOUNT_HOLDER.value
OF_PROGRAM = frozenset(
    {QuestionName.TERMS, QuestionName.CONSENTS, QuestionName.HOME, QuestionName.STATEMENTS, QuestionName.PAPERS}
)
"""What is answered anew when the program is changed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A draft with its program, and what of it is still to be answered. today: the business date there.

    signed_in: as whom this browser is signed in with the program's organization, asked of its session at each look; the
    draft knows nothing of it, and whoever goes on with it elsewhere does not have it.
    """

    draft: Draft
    program: ProgramVersion
    today: date
    signed_in: CustomerId | None = None

    @property
    def cells(self) -> Mapping[str, str]:
        """The answers so far."""
        return self.draft.drafted.cells

    @property
    def asked(self) -> Sequence[Question]:
        """Every question that this program asks, in order; whoever is signed in has shown by that what proves it."""
        proved = {QuestionName.PROOF} if self.is_proved_by_sign_in else frozenset[QuestionName]()
        return tuple(each for each in QUESTIONS if each.is_asked(self.program) and each.name not in proved)

    @property
    def is_proved_by_sign_in(self) -> bool:
        """Whether the sign-in takes the place of a proof by knowledge: it is no proof for somebody else's account."""
        return self.signed_in is not None and self.cells.get("holder", _OWN) == _OWN

    @property
    def left(self) -> Sequence[Question]:
        """Those without an answer."""
        return tuple(each for each in self.asked if not self.is_done(each))

    def is_done(self, question: Question) -> bool:
        """Whether it was answered."""
        return question.name in self.draft.drafted.done

    def question(self, name: str) -> Question | None:
        """The one of that name; None where this program asks none such."""
        return next((each for each in self.asked if each.name == name), None)

    def of(self, task: TaskName) -> Sequence[Question]:
        """The questions of a task."""
        return tuple(each for each in self.asked if each.task is task)

    def after(self, question: Question) -> Question | None:
        """What is asked next: the next open one behind it, else the first open one; None when all is answered."""
        place = QUESTIONS.index(question)
        behind = (each for each in self.left if QUESTIONS.index(each) > place)
        return next(behind, None) or next(iter(self.left), None)
