"""`evenroll programs`: what one can enroll in; the check of a catalog file; the page of real programs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from evenroll.enrollment.form import Language
from evenroll.pages.program_table import price_words, program_page
from evenroll.pages.texts import render
from evenroll.programs.catalog import Catalog, CatalogRefused, catalog_texts, is_published, load_catalog, parse_catalog
from evenroll.programs.priced import price_known
from evenroll.programs.program import ProgramVersion, is_open
from evenroll.runtime.cli_exit import not_found, wrong_use
from evenroll.runtime.cli_near import nearest_words
from evenroll.runtime.cli_options import OrganizationOption
from evenroll.runtime.cli_session import asked
from evenroll.runtime.output_console import Output
from evenroll.runtime.output_file import write_file


def programs(context: typer.Context, organization: OrganizationOption = "") -> None:
    """List the programs of the catalog, by organization: what they price, what is missing, source, day of review.

    Example: evenroll programs --organization lakeland-electric
    """
    if context.invoked_subcommand is not None:
        return
    output, catalog, today = Output(json=asked.json), load_catalog(), _today()
    known = sorted({each.key for each in catalog.organizations})
    if organization and organization not in known:
        raise not_found(f"The catalog has no organization {organization!r}. {nearest_words(organization, known)}")
    found = [each for each in catalog.programs if organization in ("", each.organization)]
    output.data({"programs": [_told(each, catalog=catalog, on=today) for each in found]})
    _show(found, catalog=catalog, on=today, output=output)
    for each in found if organization else ():
        output.heading(each.name.en)
        output.say(each.summary.en)
        if each.not_known:
            output.say("Not known: " + "; ".join(render(term, language=Language.EN) for term in each.not_known) + ".")


def check(file: Annotated[Path, typer.Argument(metavar="FILE", help="A catalog file, .yaml.")]) -> None:
    """Check a catalog file, beside those that ship: the first mistake by file, line and reason, or what it holds.

    A file of the same name that ships is taken to be replaced by it.

    Example: evenroll programs check peco.yaml
    """
    output, today = Output(json=asked.json), _today()
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise wrong_use(f"{file} cannot be read: {error.strerror}. Check its name.") from error
    except UnicodeDecodeError as error:
        raise wrong_use(f"{file} is no UTF-8 text. Save it as UTF-8.") from error
    shipped = catalog_texts()
    try:
        catalog = parse_catalog({**shipped, file.name: text})
        before = parse_catalog({name: each for name, each in shipped.items() if name != file.name})
    except CatalogRefused as refused:
        raise wrong_use(str(refused), reason="catalog_refused") from refused
    old = {(each.key, each.version) for each in before.programs}
    found = [each for each in catalog.programs if (each.key, each.version) not in old]
    rates = len(catalog.rates) - len(before.rates)
    output.data(
        {"file": file.name, "rates": rates, "programs": [_told(each, catalog=catalog, on=today) for each in found]}
    )
    output.say(f"{file.name} can be used: {rates} rates and {len(found)} programs.")
    _show(found, catalog=catalog, on=today, output=output)


def page(
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it there.")] = None,
) -> None:
    """Write the page of real programs (docs/programs.md): what is known, what is missing, source.

    Example: evenroll programs page --out docs/programs.md
    """
    output, text = Output(json=asked.json), program_page(load_catalog())
    if out is None:
        output.data({"page": text})
        output.say(text)
        return
    write_file(out, text)
    output.data({"page": str(out)})
    output.say(f"{out} is written.")


def _today() -> date:
    return datetime.now(UTC).date()


def _show(found: list[ProgramVersion], *, catalog: Catalog, on: date, output: Output) -> None:
    output.table(
        ("organization", "program", "use case", "name", "covers", "price", "published", "review by", "source"),
        [
            (
                each.organization,
                f"{each.key} v{each.version}",
                each.use_case.value,
                each.name.en,
                each.coverage.value,
                price_words(each, catalog=catalog, on=on),
                _publication(each, on=on),
                each.review_by,
                each.source,
            )
            for each in sorted(found, key=lambda row: (row.organization, row.key, row.version))
        ],
    )


def _publication(program: ProgramVersion, *, on: date) -> str:
    if is_published(program, on=on):
        return "yes"
    if is_open(program, on=on):
        return f"no: its review was due by {program.review_by}"
    if program.ends_on is not None and program.ends_on <= on:
        return f"no: the program ended on {program.ends_on}"
    if program.closes_on is not None and program.closes_on <= on:
        return f"no: it takes no applications since {program.closes_on}"
    return "no: it takes no applications"


def _told(program: ProgramVersion, *, catalog: Catalog, on: date) -> dict[str, object]:
    known = price_known(program, catalog=catalog, on=on)
    return {
        "program": program.key,
        "version": program.version,
        "kind": program.kind.value,
        "use_case": program.use_case.value,
        "organization": program.organization,
        "name": {"en": program.name.en, "es": program.name.es},
        "summary": {"en": program.summary.en, "es": program.summary.es},
        "rate": program.rate,
        "meter_capability": program.meter_capability,
        "coverage": program.coverage,
        "priced": known.is_priced,
        "compared": known.is_compared,
        "missing": known.missing,
        "missing_of_replaced_rate": known.missing_today,
        "not_known": program.not_known,
        "rescission_business_days": program.rescission_business_days,
        "opens_on": program.opens_on,
        "closes_on": program.closes_on,
        "ends_on": program.ends_on,
        "review_by": program.review_by,
        "source": program.source,
        "published": is_published(program, on=on),
        "content_hash": program.content_hash,
    }
