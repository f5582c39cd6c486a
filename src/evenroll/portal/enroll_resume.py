"""Saving an application for later, and coming back to it: by a link, or by the code of a letter."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from evenroll.accounts.limits import Door
from evenroll.pages.web_request import PageRequest
from evenroll.portal.doors import even, limited
from evenroll.portal.enroll_choice import in_words
from evenroll.portal.enroll_drafts import mark_of, standing_of, take_up, with_standing
from evenroll.portal.enroll_questions import Standing
from evenroll.records.drafts import Draft, code_of, link_of, number_of_code, number_of_link, read_draft


class CodeForm(forms.Form):
    """The code of a letter, or of a page that was printed."""

    code = forms.CharField(
        label="enroll.code",
        help_text="enroll.code_hint",
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": "enroll.code_required"},
    )

    def clean_code(self) -> str:
        """The number of its draft; a wrong code and one that is over are told alike."""
        number = number_of_code(self.cleaned_data["code"], at=timezone.now())
        if number is None:
            raise ValidationError("enroll.code_wrong")
        return number


@require_safe
@with_standing
def later(request: PageRequest, standing: Standing) -> HttpResponse:
    """How to come back: link, code, until when."""
    return render(request, "portal/enroll_later.html", _ways(request, standing))


@require_http_methods(["GET", "HEAD", "POST"])
@with_standing
def holder(request: PageRequest, standing: Standing) -> HttpResponse:
    """Who is not the account holder: let the holder go on by the link, or go on and have it confirmed."""
    return render(request, "portal/enroll_holder.html", _ways(request, standing))


@require_http_methods(["GET", "HEAD", "POST"])
@even
@limited(Door.RESUME)
def by_code(request: PageRequest) -> HttpResponse:
    """Come back by the code of a letter."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["code"]
        take_up(request, number)
        return HttpResponseRedirect(reverse(_place(read_draft(number, at=timezone.now()))))
    return render(request, "portal/enroll_code.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: PageRequest, *, link: str) -> HttpResponse:
    """Come back by the link; a look at it alone changes nothing, since mail programs look at links too."""
    now = timezone.now()
    number = number_of_link(link, at=now)
    draft = read_draft(number, at=now) if number else None
    if draft is None:
        raise Http404
    if request.method == "POST":
        take_up(request, draft.number)
        return HttpResponseRedirect(reverse(_place(draft)))
    standing = standing_of(draft)
    name = in_words(standing.program.name, request.language) if standing else ""
    return render(request, "portal/enroll_link.html", {"name": name, "until": draft.expires_at.date()})


def _place(draft: Draft | None) -> str:
    return "enroll-sent" if draft is not None and draft.drafted.case else "enroll-task-list"


def _ways(request: PageRequest, standing: Standing) -> dict[str, object]:
    number = standing.draft.number
    following = next(iter(standing.left), None)
    return {
        "link": request.build_absolute_uri(reverse("enroll-link", args=[link_of(number)])),
        "code": code_of(number),
        "until": standing.draft.expires_at.date(),
        "mark": mark_of(number),
        "href": reverse("enroll-check") if following is None else reverse("enroll-question", args=[following.name]),
    }
