"""`evenroll statement`: what a customer's enrollment earned, was sent and saved, as the page that the customer gets."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from evenroll.enrollment.form import Language
from evenroll.records.statement_view import DaysWrong, told_statement, view_statement
from evenroll.runtime.cli_days import option_day
from evenroll.runtime.cli_exit import not_found, wrong_use
from evenroll.runtime.cli_numbers import meant_by, read_number
from evenroll.runtime.cli_options import OrganizationOption
from evenroll.runtime.cli_session import asked, business_now, organizations_here, session
from evenroll.runtime.output_console import Output


def statement(
    number: Annotated[str, typer.Argument(metavar="CASE", help="Of the case, as people copy it.")],
    since: Annotated[str, typer.Option("--since", metavar="DATE", help="First day; else the last statement's.")] = "",
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="Last day; else today.")] = "",
    language: Annotated[Language | None, typer.Option("--language", help="Else the customer's own.")] = None,
    organization: OrganizationOption = "",
) -> None:
    """Print the statement of an enrollment over some days.

    Example: evenroll --demo statement EV-7K3M9-QXT2H-WPCF --since 2026-06-01 --until 2026-06-30
    """
    output = Output(json=asked.json)
    said = read_number(number)
    since_on, until_on = _day("--since", since), _day("--until", until)
    with session():
        from evenroll.pages.statement_page import statement_page
        from evenroll.records.organizations import open_organization
        from evenroll.runtime.cli_case_view import view_case

        keys, now = organizations_here(organization), business_now()
        wanted = meant_by(said, organizations=keys).case
        view = view_case(wanted, organizations=keys, language=language or Language.EN)
        if view is None:
            raise not_found(f"No case {wanted} is in these books. Check its number.", reason="case_unknown")
        with open_organization(view.case.organization) as opened:
            today = opened.calendar.business_date(now)
        try:
            found = view_statement(view.case, since_on=since_on, until_on=until_on, today=today)
        except DaysWrong as wrong:
            raise wrong_use(str(wrong)) from wrong
    spoken = language or view.case.opening.language
    output.data({"case": view.case.number, **told_statement(found)})
    output.say(statement_page(found, case=view.case.number, language=spoken))


def _day(option: str, text: str) -> date | None:
    return option_day(text, option=option) if text else None
