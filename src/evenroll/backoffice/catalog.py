"""The program office: the shelf, a draft and its check, its difference and look, and a second person who publishes."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evenroll.accounts.wired import business_now
from evenroll.actions import draft_program
from evenroll.backoffice.catalog_shown import (
    DraftForm,
    Trouble,
    draft_facts,
    drafts_table,
    fault_words,
    previews,
    shelf_table,
    told_changes,
)
from evenroll.backoffice.shown_parts import Looking
from evenroll.backoffice.theirs import theirs
from evenroll.backoffice.ways import desk_page
from evenroll.enrollment.roles import is_same_actor
from evenroll.pages.web_request import PageRequest, person_of, viewer_of
from evenroll.programs.catalog import CatalogRefused
from evenroll.programs.drafted import DraftRefused
from evenroll.records.organizations import open_organization, organization_names
from evenroll.records.program_drafts import Draft, DraftState, draft, drafts
from evenroll.records.program_shelf import versions_of
from evenroll.records.unit_of_work import unit_of_work

_DONE: Final = {"kept": "office.kept", "published": "office.published", "withdrawn": "office.withdrawn"}


@require_safe
def shelf(request: PageRequest) -> HttpResponse:
    """Programs and versions on the shelf, and drafts."""
    looking, person = _looking(request), person_of(request)
    with open_organization(person.organization) as opened:
        found = drafts(viewer_of(request))
        versions = versions_of(person.organization)
    today = opened.calendar.business_date(looking.now)
    context = {
        "shelf": shelf_table(versions, today=today, looking=looking),
        "drafts": drafts_table(found, looking=looking, calendar=opened.calendar),
        "organization": organization_names()[person.organization],
    }
    return desk_page(request, "backoffice/programs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: PageRequest) -> HttpResponse:
    """A draft, pasted or uploaded; it is kept once the checker of catalog files takes it."""
    form = DraftForm(request.POST, request.FILES) if request.method == "POST" else DraftForm()
    trouble = None
    if form.is_bound and form.is_valid():
        try:
            number = _kept(request, form.text())
        except (DraftRefused, CatalogRefused) as wrong:
            trouble = fault_words(wrong, text=form.text(), looking=_looking(request))
        else:
            return HttpResponseRedirect(f"{reverse('desk-draft', args=[number])}?done=kept")
    context = {"form": form, "trouble": trouble}
    return desk_page(request, "backoffice/draft_new.html", context, status=200 if trouble is None else 422)


@require_safe
@theirs
def look(request: PageRequest, draft: int) -> HttpResponse:
    """A draft: what it changes, and what can be done with it."""
    return _page(request, _draft(request, draft))


@require_safe
@theirs
def preview(request: PageRequest, draft: int) -> HttpResponse:
    """The programs of a draft as an applicant would read them; nothing is begun."""
    found, looking = _draft(request, draft), _looking(request)
    try:
        changes = draft_program.checked(found.body, organization=person_of(request).organization)
    except (DraftRefused, CatalogRefused):
        raise Http404 from None
    owner = organization_names()[person_of(request).organization]
    context = {"draft": found, "programs": previews(changes, owner=owner, looking=looking)}
    return desk_page(request, "backoffice/draft_preview.html", context)


@require_POST
@theirs
def decide(request: PageRequest, draft: int, decides: str) -> HttpResponse:
    """Publish it, or take it back."""
    found = _draft(request, draft)
    deciding = {"publish": draft_program.publish, "withdraw": draft_program.withdraw}.get(decides)
    if deciding is None:
        raise Http404
    person = person_of(request)
    try:
        with unit_of_work(person.organization, actor=person.acts, now=business_now()) as work:
            deciding(work, number=draft)
    except (DraftRefused, CatalogRefused) as wrong:
        return _page(request, found, trouble=fault_words(wrong, text=found.body, looking=_looking(request)))
    done = "published" if decides == "publish" else "withdrawn"
    return HttpResponseRedirect(f"{reverse('desk-draft', args=[draft])}?done={done}")


def _kept(request: PageRequest, text: str) -> int:
    person = person_of(request)
    with unit_of_work(person.organization, actor=person.acts, now=business_now()) as work:
        return draft_program.keep(work, text=text)


def _draft(request: PageRequest, number: int) -> Draft:
    return draft(viewer_of(request), number=number)


def _page(request: PageRequest, found: Draft, *, trouble: Trouble | None = None) -> HttpResponse:
    person, looking = person_of(request), _looking(request)
    with open_organization(person.organization) as opened:
        pass
    is_open = found.state is DraftState.OPEN
    changes, wrong = told_changes(found, organization=person.organization, looking=looking) if is_open else ((), None)
    trouble = trouble or wrong
    context = {
        "draft": found,
        "facts": draft_facts(found, looking=looking, calendar=opened.calendar),
        "changes": changes,
        "trouble": trouble,
        "is_open": is_open,
        "is_own": is_same_actor(found.drafted_by, person.actor),
        "can_publish": is_open and wrong is None,
        "done": _DONE.get(request.GET.get("done", ""), ""),
    }
    return desk_page(request, "backoffice/draft.html", context, status=409 if request.method == "POST" else 200)


def _looking(request: PageRequest) -> Looking:
    return Looking(viewer=viewer_of(request), now=business_now(), language=request.language)
