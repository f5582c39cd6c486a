"""`evenroll report`: how far cases came, how long they stood, why they stopped, and the money."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import OrganizationKind, Role
from evenroll.pages.funnel_svg import stage_name
from evenroll.pages.part_words import money_state_words, money_words
from evenroll.pages.report_words import draft_step_words, reason_words, report_drawing, report_title, share_words
from evenroll.pages.table_codes import ReportWord as W
from evenroll.pages.texts import render
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.runtime.cli_exit import wrong_use
from evenroll.runtime.cli_options import OrganizationOption
from evenroll.runtime.cli_session import asked, organizations_here, session
from evenroll.runtime.output_console import Output
from evenroll.runtime.output_file import write_file

if TYPE_CHECKING:
    from evenroll.records.funnel import Funnel

_SERVES: Final = frozenset({OrganizationKind.UTILITY, OrganizationKind.SUPPLIER})


def report(
    organization: OrganizationOption = "",
    language: Annotated[Language, typer.Option("--language", help="Of the words in it.")] = Language.EN,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.svg", help="Draw it; one organization must be named.")
    ] = None,
    anew: Annotated[
        bool, typer.Option("--anew", help="Count everything once more from the first entry, and keep that.")
    ] = False,
    from_journal: Annotated[
        bool, typer.Option("--from-journal", help="Count from the whole journal beside what is kept; it takes long.")
    ] = False,
) -> None:
    """Report how far cases came, how long they stood in each state, why they stopped, and the money.

    The figures are kept; what happened since they were last brought up to the journal is added first.

    Example: evenroll --demo report --organization lakeland-electric --out funnel.svg
    """
    output = Output(json=asked.json)
    if out is not None and out.suffix.casefold() != ".svg":
        raise wrong_use(f"{out} does not say what it is to hold. Name a file that ends in .svg.")
    if anew and from_journal:
        raise wrong_use("--anew counts what is kept, --from-journal does without it. Give one of them.")
    found = _counted(organization) if from_journal else _kept(organization, output, anew=anew)
    if out is not None and len(found) != 1:
        raise wrong_use("A drawing holds one organization. Name it with --organization.")
    output.data({"reports": [{**asdict(funnel), **more} for funnel, more in found]})
    for funnel, _ in found:
        show_funnel(funnel, output, language=language)
    if out is not None:
        write_drawing(out, found[0][0], language=language)
        output.say(f"The drawing is in {out}.")


def _counted(organization: str) -> list[tuple[Funnel, dict[str, Any]]]:
    """Each report from the journal itself."""
    with session():
        from evenroll.records.funnel import funnel
        from evenroll.records.queries import Viewer

        return [(funnel(Viewer(organization=key, role=Role.SYSTEM)), {}) for key in _reported(organization)]


def _kept(organization: str, output: Output, *, anew: bool) -> list[tuple[Funnel, dict[str, Any]]]:
    """Each report from the kept figures, after they are brought up to the journal; with what the tables leave out."""
    with session():
        from evenroll.records.queries import Viewer
        from evenroll.records.report_figures import report_with_money
        from evenroll.records.report_taking import begin_anew

        keys = _reported(organization)
        for key in keys if anew else ():
            begin_anew(key)
        caught_up(keys, tell=output.note)
        found = [report_with_money(Viewer(organization=key, role=Role.SYSTEM)) for key in keys]
    parts = ("channels", "languages", "uptake")
    return [(each.funnel, {part: [asdict(row) for row in getattr(each, part)] for part in parts}) for each in found]


def caught_up(
    organizations: Iterable[OrganizationKey], *, tell: Callable[[str], None] = lambda _: None
) -> tuple[OrganizationKey, ...]:
    """These organizations, whose kept figures are brought up to the journal; tell: a line after each portion."""
    from evenroll.records.report_taking import take_all
    from evenroll.records.sealing import seal_all

    seal_all()
    keys = tuple(organizations)
    for key in keys:
        take_all(key, progress=lambda taken, key=key: tell(f"{key}: {taken} entries are counted; more follow."))
    return keys


def _reported(organization: str) -> tuple[OrganizationKey, ...]:
    from evenroll.records.organizations import kinds_of

    here = organizations_here(organization)
    return tuple(key for key in here if organization or kinds_of(key) & _SERVES)


def show_funnel(found: Funnel, output: Output, *, language: Language) -> None:
    """The funnel of one organization, as tables."""
    output.heading(report_title(found, language=language))
    whole = found.stages[0].reached if found.stages else 0
    output.table(
        _heads(W.STAGE, W.CASES, W.OF_ALL, W.STOPPED_HERE, language=language),
        [
            (stage_name(each.key, language=language), each.reached, share_words(each.reached, whole), each.stopped)
            for each in found.stages
        ],
    )
    _show_drafts(found, output, language=language)
    output.heading(render(W.TIME_IN_STATE, language=language))
    output.table(
        _heads(W.STATE, W.TIMES_LEFT, W.MEDIAN, W.NINE_OF_TEN, W.STANDING_NOW, language=language),
        [
            (
                render(each.state, language=language),
                each.times,
                f"{each.median_days:.1f}" if each.times else "",
                f"{each.ninth_days:.1f}" if each.times else "",
                each.now,
            )
            for each in found.times
        ],
    )
    if found.reasons:
        output.heading(render(W.WHY, language=language))
        output.table(
            _heads(W.REASON, W.CASES, language=language),
            [(reason_words(each, language=language), each.cases) for each in found.reasons],
        )
    if found.money:
        output.heading(render(W.MONEY, language=language))
        output.table(
            _heads(W.WHAT, W.STATE, W.COUNT, W.AMOUNT, language=language),
            [
                (
                    money_words(each.what, each.code, language=language),
                    money_state_words(each.what, each.state, language=language),
                    each.count,
                    f"{each.amount:,.2f}",
                )
                for each in found.money
            ],
        )


def _show_drafts(found: Funnel, output: Output, *, language: Language) -> None:
    if found.drafts:
        output.heading(render("funnel.drafts", language=language))
        output.table(
            (render("funnel.draft_step", language=language), render("funnel.draft_count", language=language)),
            [(draft_step_words(each.step, language=language), each.drafts) for each in found.drafts],
        )


def _heads(*words: W, language: Language) -> tuple[str, ...]:
    return tuple(render(word, language=language) for word in words)


def write_drawing(out: Path, found: Funnel, *, language: Language) -> None:
    """The funnel as an SVG document in that file. Raises CommandEnded where it cannot be written."""
    write_file(out, report_drawing(found, language=language))
