"""What this browser keeps and until when: keep it longer, say that others use it too, forget it all."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from evenroll.accounts.sign_in import sign_out
from evenroll.pages.web_request import PageRequest
from evenroll.pages.web_stay import is_shared, share, stay_of

_KEPT: Final = ("person", "find", "find_use", "draft")


@require_http_methods(["GET", "HEAD", "POST"])
def browser(request: PageRequest) -> HttpResponse:
    """Everything about it on one page; each button does one thing."""
    if request.method == "POST":
        return _done(request, request.POST.get("do", ""))
    shown = {
        "kept": [f"stay.kept_{each}" for each in _KEPT if each in request.session],
        "has_draft": "draft" in request.session,
        "is_shared": is_shared(request),
        "done": request.GET.get("done", "") if request.GET.get("done") in ("extended", "forgotten") else "",
    }
    return render(request, "portal/staying.html", shown)


def _done(request: PageRequest, do: str) -> HttpResponse:
    answer: HttpResponse = HttpResponseRedirect(reverse("this-browser"))
    if do in ("shared", "own"):
        share(answer, shared=do == "shared", secure=request.is_secure())
        request.session.is_shared = do == "shared"  # pyright: ignore[reportAttributeAccessIssue]
    if do == "forget":
        sign_out(request)
        return HttpResponseRedirect(f"{reverse('this-browser')}?done=forgotten")
    if request.session.keys():
        # Kept anew, under a cookie that ends as it was said.
        request.session.save()
        request.session.modified = True
    if do != "extend":
        return answer
    if "application/json" in request.headers.get("Accept", ""):
        stay = stay_of(request)
        return JsonResponse({"until": stay.until if stay else 0})
    return HttpResponseRedirect(f"{reverse('this-browser')}?done=extended")
