"""The page docs/programs.md: the programs and rates of real organizations, what is known of them, what is missing."""

from __future__ import annotations

from datetime import date

from evenroll.enrollment.form import Language
from evenroll.pages.texts import render
from evenroll.programs.catalog import Catalog, CatalogOrganization
from evenroll.programs.priced import price_known
from evenroll.programs.program import ProgramVersion
from evenroll.programs.rate import Rate

INVENTED_CALENDAR = "US-LAKELAND"
_HEAD = """\
# Real programs in the catalog

This page is made from the catalog (`evenroll programs page --out docs/programs.md`), and a test holds it equal to it.
Facts are typed from the sources named; no figure under a real name is invented. What a source does not state is listed
as not known: it binds nobody, and is never shown as "none". Where a price is missing, a program can be enrolled in and
is not compared, and the customer reads what is missing. Days for cures, how long an offer stands (30 days) and when an
entry is looked at again are working limits of this project. Past its day of review nothing is published from an entry.
These organizations belong to their own territories and are never shown in the invented one.
"""


def program_page(catalog: Catalog) -> str:
    """The page as Markdown, with the latest prices of every rate."""
    real = [each for each in catalog.organizations if each.calendar != INVENTED_CALENDAR]
    on = max(each.effective_on for each in catalog.rates)
    parts = [_HEAD, _overview(catalog, real, on=on)]
    parts += [_organization(catalog, each, on=on) for each in real]
    return "\n".join(parts)


def _overview(catalog: Catalog, real: list[CatalogOrganization], *, on: date) -> str:
    lines = [
        "## Overview",
        "",
        "| Organization | Program | Use case | Price | Compared | Look again by |",
        "|" + "---|" * 6,
    ]
    for organization in real:
        for program in _programs(catalog, organization):
            known = price_known(program, catalog=catalog, on=on)
            lines.append(
                f"| {organization.name.en} | {program.name.en} (`{program.key}`) | {program.use_case.value} "
                f"| {price_words(program, catalog=catalog, on=on)} | {'yes' if known.is_compared else 'no'} "
                f"| {program.review_by} |"
            )
    return "\n".join([*lines, ""])


def price_words(program: ProgramVersion, *, catalog: Catalog, on: date, language: Language = Language.EN) -> str:
    """Priced, a credit, or what is missing, in a few words."""
    known = price_known(program, catalog=catalog, on=on)
    if known.missing:
        return "missing: " + "; ".join(render(each, language=language) for each in known.missing)
    if known.is_credit:
        return "credit only, the rate stays"
    if known.missing_today:
        named = "; ".join(render(each, language=language) for each in known.missing_today)
        return f"priced; of the replaced rate is missing: {named}"
    return "priced"


def _programs(catalog: Catalog, organization: CatalogOrganization) -> list[ProgramVersion]:
    return [each for each in catalog.programs if each.organization == organization.key]


def _organization(catalog: Catalog, organization: CatalogOrganization, *, on: date) -> str:
    lines = [
        f"## {organization.name.en}",
        "",
        f"Role: {organization.role.value}. Service calendar: {organization.calendar}.",
        "",
    ]
    rates = [each for each in catalog.rates if each.organization == organization.key]
    if rates:
        lines += ["| Rate | Standard | In force from | Known | Rounding | Source |", "|" + "---|" * 6]
        lines += [_rate(each) for each in rates]
        lines.append("")
    for program in _programs(catalog, organization):
        lines += [*_program(program, catalog=catalog, on=on), ""]
    return "\n".join(lines)


def _rate(rate: Rate) -> str:
    missing = "; ".join(render(each, language=Language.EN) for each in rate.unpriced)
    known = f"missing: {missing}" if missing else "all prices"
    rounding = rate.rounding.value if rate.rounding_known else "not known"
    standard = "yes" if rate.standard else "no"
    return (
        f"| {rate.name.en} (`{rate.key}`) | {standard} | {rate.effective_on} | {known} | {rounding} | {rate.source} |"
    )


def _program(program: ProgramVersion, *, catalog: Catalog, on: date) -> list[str]:
    unknown = "; ".join(render(each, language=Language.EN) for each in program.not_known) or "nothing"
    kinds = ", ".join(render(rule.kind, language=Language.EN).lower() for rule in program.rules)
    return [
        f"### {program.name.en} (`{program.key}`, version {program.version})",
        "",
        program.summary.en,
        "",
        f"- Price: {price_words(program, catalog=catalog, on=on)}. Covers: "
        f"{render(program.coverage, language=Language.EN)}.",
        f"- Rules: {kinds}.",
        f"- Not known from the source: {unknown}.",
        f"- Source: {program.source}. To be looked at again by {program.review_by}.",
    ]
