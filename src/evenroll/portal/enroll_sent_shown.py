"""What is shown of an application that was sent, and the form of its corrections: of the draft, never of the case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from evenroll.enrollment.form import FormField
from evenroll.intake.drafted import faults_of
from evenroll.pages.formats import day
from evenroll.pages.web_request import PageRequest
from evenroll.pages.web_said import said
from evenroll.pages.web_widgets import Moment, Notice, Timeline, Tone
from evenroll.portal.enroll_shown import confirmation
from evenroll.records.drafts import Draft
from evenroll.worker.words_kept import WordKind

CORRECTED: Final = (
    FormField.ACCOUNT_NUMBER,
    FormField.NAME,
    FormField.SERVICE_ADDRESS,
    FormField.POSTAL_CODE,
    FormField.METER_SERIAL,
    FormField.LAST_BILL_AMOUNT,
    FormField.EMAIL,
    FormField.PHONE,
    FormField.VIN,
)
_LONG: Final = 500


class CorrectForm(forms.Form):
    """Only what is to be changed; none of it is filled in, for whoever has the code may be somebody else."""

    def __init__(self, *given: Any, today: date) -> None:
        super().__init__(*given)
        self._today = today
        for each in CORRECTED:
            attrs = {"autocomplete": "off", "spellcheck": "false"}
            self.fields[each.value] = forms.CharField(
                label=f"enroll.answer_{each.value}",
                required=False,
                max_length=_LONG,
                widget=forms.TextInput(attrs=attrs),
            )

    def clean(self) -> dict[str, Any]:
        """At least one, each as a row of a file would have it."""
        answers = {field.value: text for field, text in self.answers().items()}
        if not answers and not self.errors:
            self.add_error(CORRECTED[0].value, ValidationError("enroll.sent_nothing_changed"))
        for column, code in faults_of(answers, columns=answers, today=self._today):
            if column in self.fields and column not in self.errors:
                self.add_error(column, ValidationError(f"enroll.fault_{code.value}"))
        return self.cleaned_data

    def answers(self) -> dict[FormField, str]:
        """What was written."""
        written = {each: " ".join(str(self.cleaned_data.get(each.value) or "").split()) for each in CORRECTED}
        return {each: text for each, text in written.items() if text}


def sent_page(request: PageRequest, draft: Draft) -> dict[str, object]:
    """The page of an application that was sent: the same for all, whatever its case came to."""
    shown = confirmation(request, draft.drafted)
    moments = tuple(_said_moments(request, draft))
    latest = draft.drafted.said[-1].partition("/")[0] if draft.drafted.said else ""
    heard = Notice(
        title=said(request, "enroll.sent_heard"), text=said(request, "enroll.sent_heard_text"), tone=Tone.GOOD
    )
    return {
        "case": draft.drafted.case,
        "steps": shown["steps"],
        "said": Timeline(moments=moments) if moments else None,
        "notice": heard if latest else None,
        "until": draft.expires_at.date(),
    }


def _said_moments(request: PageRequest, draft: Draft) -> Iterator[Moment]:
    for each in draft.drafted.said:
        kind, _, on = each.partition("/")
        title = said(request, f"enroll.sent_{WordKind(kind).value}_said")
        yield Moment(title=title, at=day(date.fromisoformat(on), language=request.language))
