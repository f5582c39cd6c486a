"""Which of the commands that help in a state are offered to the customer of this very case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.roles import Role
from evenroll.portal.case_questions import QUESTIONS
from evenroll.programs.program import ProgramVersion

_Rule = Callable[[Case, ProgramVersion | None], bool]


def _waits_on_customer(case: Case, _program: ProgramVersion | None) -> bool:
    return case.course.owner is Role.CUSTOMER


_RULES: Final[Mapping[C, _Rule]] = MappingProxyType(
    {
        C.OPEN_APPEAL: _waits_on_customer,
    }
)
"""What must be true of a case, beside its states; a command that is absent asks for nothing more."""


def is_offered(name: C, case: Case, program: ProgramVersion | None) -> bool:
    """Whether the portal has a page for this command, and it can be taken as far as the case itself tells."""
    rule = _RULES.get(name)
    return name in QUESTIONS and (rule is None or rule(case, program))
