"""What a customer is asked with each command that the portal offers; fields are named like those of the payload."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django import forms

from evenroll.enrollment.command_names import CommandName as C


class NoQuestions(forms.Form):
    """A command that says nothing but its name."""


QUESTIONS: Final[Mapping[C, type[forms.Form]]] = MappingProxyType(
    {
        C.WITHDRAW: NoQuestions,
        C.RESCIND: NoQuestions,
        C.STAY_ENROLLED: NoQuestions,
        C.OPEN_APPEAL: NoQuestions,
        C.AGREE_HAND_OVER: NoQuestions,
    }
)
"""Every command that the portal has a page for."""
