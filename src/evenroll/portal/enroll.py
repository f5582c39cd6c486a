"""Enrolling page by page: where it begins, the list of tasks, each question, check and send, the confirmation."""

from __future__ import annotations

from dataclasses import replace

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from evenroll.accounts.limits import Door
from evenroll.pages.offer_words import disclosures, terms
from evenroll.pages.web_request import PageRequest
from evenroll.pages.web_said import said
from evenroll.pages.web_widgets import Button
from evenroll.portal.doors import even, limited
from evenroll.portal.enroll_choice import ProgramForm, in_words, program_asked
from evenroll.portal.enroll_drafts import begin, draft_of, keep, keep_program, mark_of, with_standing
from evenroll.portal.enroll_papers import papers_shown, with_papers_kept, without_removed
from evenroll.portal.enroll_questions import Question, Standing
from evenroll.portal.enroll_sending import account_tried, send
from evenroll.portal.enroll_shown import confirmation, summaries, task_list
from evenroll.portal.enroll_texts import QuestionName

_CHECK = "check"


@require_http_methods(["GET", "HEAD", "POST"])
@limited(Door.BEGIN)
def start(request: PageRequest) -> HttpResponse:
    """What one needs, for the program that was chosen; without one, which programs there are."""
    given = request.POST if request.method == "POST" else request.GET
    program = program_asked(given.get("program", ""))
    if request.method == "POST" and program is not None:
        begin(request, program=program, said={name: given[name] for name in given})
        return HttpResponseRedirect(reverse("enroll-task-list"))
    known = draft_of(request)
    shown = {
        "program": program,
        "form": ProgramForm(request.POST if request.method == "POST" else None, language=request.language),
        "name": in_words(program.name, request.language) if program else "",
        "summary": in_words(program.summary, request.language) if program else "",
        "is_begun": known is not None and not known.drafted.case,
        "passed_on": {name: given[name] for name in ("offer", "from") if name in given},
    }
    return render(request, "portal/enroll_start.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def program(request: PageRequest) -> HttpResponse:
    """Choose another program in the same application."""
    draft = draft_of(request)
    if draft is None or draft.drafted.case:
        return HttpResponseRedirect(reverse("enroll-start"))
    found = program_asked(request.POST.get("program", ""))
    if found is not None:
        keep_program(draft, found)
        return HttpResponseRedirect(reverse("enroll-task-list"))
    posted = request.POST if request.method == "POST" else None
    form = ProgramForm(posted, language=request.language, initial=dict(draft.drafted.cells))
    return render(request, "portal/enroll_program.html", {"form": form, "mark": mark_of(draft.number)})


@require_safe
@with_standing
def tasks(request: PageRequest, standing: Standing) -> HttpResponse:
    """Everything there is to do, and how far it is."""
    following = next(iter(standing.left), None)
    href = reverse("enroll-check") if following is None else reverse("enroll-question", args=[following.name])
    name = in_words(standing.program.name, request.language)
    go_on = Button(text=said(request, "enroll.check_now" if following is None else "enroll.go_on"), href=href)
    shown = {"tasks": task_list(request, standing), "name": name, "go_on": go_on}
    return render(request, "portal/enroll_tasks.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@with_standing
def question(request: PageRequest, standing: Standing, *, name: str) -> HttpResponse:
    """One question. Continue saves it and leads to the next, or back to where Change was chosen."""
    found = standing.question(name)
    if found is None:
        raise Http404
    form = found.form(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        cells=standing.cells,
        program=standing.program,
        today=standing.today,
    )
    if request.method == "POST" and found.without and "without" in request.POST:
        return _saved(request, standing, found, dict(found.without))
    if "remove" in request.POST and found.name is QuestionName.PAPERS:
        keep(standing, found, without_removed(standing.draft, request.POST["remove"]))
        return HttpResponseRedirect(request.get_full_path())
    if request.method == "POST" and form.is_valid() and with_papers_kept(request, standing.draft, form):
        return _saved(request, standing, found, form.cells())
    return render(request, "portal/enroll_question.html", _shown(request, standing, found) | {"form": form})


def _shown(request: PageRequest, standing: Standing, found: Question) -> dict[str, object]:
    is_terms, is_papers = found.name is QuestionName.TERMS, found.name is QuestionName.PAPERS
    told = standing.draft.drafted.told
    return {
        "question": found,
        "standing": standing,
        "mark": mark_of(standing.draft.number),
        "title": f"enroll.q_{found.name}",
        "lead": f"enroll.q_{found.name}_lead",
        "without": f"enroll.no_{found.name}" if found.without else "",
        "told": sorted({f"enroll.told_{told[each]}" for each in found.columns if each in told}),
        "papers": papers_shown(request, standing.draft) if is_papers else (),
        "is_changing": request.GET.get("back") == _CHECK,
        "terms": terms(standing.program, language=request.language) if is_terms else (),
        "disclosures": disclosures(standing.program, language=request.language) if is_terms else (),
    }


def _saved(request: PageRequest, standing: Standing, found: Question, answers: dict[str, str]) -> HttpResponse:
    if keep(standing, found, answers) is None:
        raise Http404
    draft = draft_of(request)
    if draft is None:
        raise Http404
    if answers.get("holder") == "neither":
        return HttpResponseRedirect(reverse("enroll-holder"))
    after = replace(standing, draft=draft)
    following = after.after(found)
    if following is None or (request.GET.get("back") == _CHECK and not after.left):
        return HttpResponseRedirect(reverse("enroll-check"))
    return HttpResponseRedirect(reverse("enroll-question", args=[following.name]))


@require_http_methods(["GET", "HEAD", "POST"])
@with_standing
@even
@limited(Door.PROOF, about=account_tried)
def check(request: PageRequest, standing: Standing) -> HttpResponse:
    """All answers, each with Change; sending makes the case. Only when all is answered."""
    if standing.left:
        return HttpResponseRedirect(reverse("enroll-task-list"))
    problem = send(request, standing) if request.method == "POST" else None
    if request.method == "POST" and problem is None:
        return HttpResponseRedirect(reverse("enroll-done"))
    shown = {
        "problem": problem,
        "groups": summaries(request, standing),
        "standing": standing,
        "mark": mark_of(standing.draft.number),
    }
    return render(request, "portal/enroll_check.html", shown)


@require_safe
def done(request: PageRequest) -> HttpResponse:
    """The number of the case, and what comes next until when; the same whoever it was."""
    draft = draft_of(request)
    if draft is None or not draft.drafted.case:
        return HttpResponseRedirect(reverse("enroll-task-list" if draft else "enroll-start"))
    return render(request, "portal/enroll_done.html", confirmation(request, draft.drafted))
