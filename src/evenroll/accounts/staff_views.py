"""Pages of the staff's sign-in: address, password and second factor; and choosing them by an invitation."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from evenroll.accounts import sign_in, totp, wired
from evenroll.accounts.drawn_code import drawn
from evenroll.accounts.staff import PASSWORD_MAX, accept_invitation, password_fault, sign_in_staff, sign_in_user
from evenroll.accounts.ways import next_of
from evenroll.pages.web_request import PageRequest
from evenroll.quantities.identifiers import ActorKey
from evenroll.records.staff_sign_ins import invited, totp_of_invitation

_CODE = {"autocomplete": "one-time-code", "spellcheck": "false"}


class StaffForm(forms.Form):
    """Who it is, and both proofs."""

    email = forms.CharField(
        label="sign_in.work_email",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
        error_messages={"required": "sign_in.email_required"},
    )
    password = forms.CharField(
        label="sign_in.password",
        max_length=PASSWORD_MAX,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "sign_in.password_required"},
    )
    code = forms.CharField(
        label="sign_in.second",
        help_text="sign_in.second_hint",
        max_length=40,
        widget=forms.TextInput(attrs=_CODE),
        error_messages={"required": "sign_in.second_required"},
    )


class ChosenForm(forms.Form):
    """A password, twice, and the first code of the app."""

    password = forms.CharField(
        label="sign_in.new_password",
        help_text="sign_in.new_password_hint",
        max_length=PASSWORD_MAX,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "sign_in.password_required"},
    )
    again = forms.CharField(
        label="sign_in.again",
        max_length=PASSWORD_MAX,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "sign_in.password_required"},
    )
    code = forms.CharField(
        label="sign_in.app_code",
        help_text="sign_in.app_code_hint",
        max_length=20,
        widget=forms.TextInput(attrs={**_CODE, "inputmode": "numeric"}),
        error_messages={"required": "sign_in.second_required"},
    )

    def clean_password(self) -> str:
        """One that is long enough and not among the usual ones."""
        fault = password_fault(self.cleaned_data["password"])
        if fault:
            raise ValidationError(fault)
        return self.cleaned_data["password"]

    def clean_again(self) -> str:
        """The same once more."""
        if self.cleaned_data["again"] != self.data.get("password"):
            raise ValidationError("sign_in.again_differs")
        return self.cleaned_data["again"]


@require_http_methods(["GET", "HEAD", "POST"])
def staff(request: PageRequest) -> HttpResponse:
    """Sign in as staff."""
    form = StaffForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if sign_in_staff(request, **form.cleaned_data, at=timezone.now()):
            return HttpResponseRedirect(reverse(next_of(sign_in.choices(request))))
        form.add_error("code", "sign_in.staff_wrong")
    return render(request, "accounts/staff.html", {"form": form, "providers": wired.providers()})


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: PageRequest, secret: str) -> HttpResponse:
    """Choose password and second factor; then the recovery codes are shown, once."""
    user = invited(secret, at=timezone.now())
    if user is None:
        raise Http404
    form = ChosenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        accepted = accept_invitation(secret, password=given["password"], code=given["code"], at=timezone.now())
        if accepted is not None:
            sign_in_user(request, accepted[0])
            return render(request, "accounts/recovery.html", {"codes": accepted[1]})
        form.add_error("code", "sign_in.app_code_wrong")
    return render(request, "accounts/invited.html", {"form": form, **_app(secret, user)})


def _app(secret: str, user: ActorKey) -> dict[str, object]:
    """The secret for the app, as a drawing and as a text."""
    shown = totp_of_invitation(secret)
    read = totp.address(shown, site=settings.EVENROLL_WEB.name, user=user)
    return {"user": user, "drawing": drawn(read), "written": totp.written(shown)}
