"""Pages of signing in by a mailed code, of choosing as whom to go on, and of the own sign-in."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from evenroll.accounts import sign_in
from evenroll.accounts.codes import CODE_LASTS, TRIES_MAX, ask_code, try_code
from evenroll.accounts.own_page import own_page
from evenroll.accounts.ways import key_of, next_of, start_of, ways_of
from evenroll.pages.web_request import PageRequest
from evenroll.records.web_sign_ins import end_one

_ADDRESS_MAX = 254
_CODE_DIGITS = 8
_READ_AS = str.maketrans("", "", " -.")


class AddressForm(forms.Form):
    """Where the code is to be sent."""

    email = forms.EmailField(
        label="sign_in.email",
        help_text="sign_in.email_hint",
        max_length=_ADDRESS_MAX,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": "sign_in.email_required", "invalid": "sign_in.email_wrong"},
    )


class CodeForm(forms.Form):
    """The code that was sent."""

    code = forms.CharField(
        label="sign_in.code",
        help_text="sign_in.code_hint",
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}),
        error_messages={"required": "sign_in.code_required"},
    )

    def clean_code(self) -> str:
        """Its digits, however they are written."""
        return str(self.cleaned_data["code"]).translate(_READ_AS)


@require_http_methods(["GET", "HEAD", "POST"])
def address(request: PageRequest) -> HttpResponse:
    """Ask for a code: the answer is the same for every address."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        ask_code(request, form.cleaned_data["email"], language=request.language, at=timezone.now())
        return HttpResponseRedirect(reverse("sign-in-code"))
    return render(request, "accounts/address.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: PageRequest) -> HttpResponse:
    """Sign in by the code."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if try_code(request, form.cleaned_data["code"], at=timezone.now()):
            return HttpResponseRedirect(reverse(next_of(sign_in.choices(request))))
        form.add_error("code", "sign_in.code_wrong")
    minutes = int(CODE_LASTS.total_seconds() // 60)
    return render(request, "accounts/code.html", {"form": form, "minutes": minutes, "tries": TRIES_MAX})


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: PageRequest) -> HttpResponse:
    """Choose as whom to go on, where one has cases in several books."""
    people = sign_in.choices(request)
    if request.method != "POST":
        return render(request, "accounts/choose.html", {"ways": ways_of(request, people)})
    chosen = next((each for each in people if key_of(each) == request.POST.get("person")), None)
    if chosen is None:
        raise Http404
    sign_in.choose(request, chosen)
    return HttpResponseRedirect(reverse(start_of(chosen)))


@require_http_methods(["GET", "HEAD"])
def own(request: PageRequest) -> HttpResponse:
    """The own sign-in: as whom, and how to end it everywhere."""
    given = {"has_more": len(sign_in.choices(request)) > 1, **own_page(request, at=timezone.now())}
    return render(request, "accounts/own.html", given)


@require_POST
def leave_one(request: PageRequest) -> HttpResponse:
    """End one sign-in of whoever is signed in."""
    if not end_one(request.POST.get("entry", ""), subject=sign_in.subject_of(request), at=timezone.now()):
        raise Http404
    return HttpResponseRedirect(reverse("sign-in-own"))


@require_POST
def leave_everywhere(request: PageRequest) -> HttpResponse:
    """End every session of whoever is signed in."""
    sign_in.sign_out_everywhere(request)
    return HttpResponseRedirect(reverse("portal-start"))
