"""`evenroll case`: one case with its timeline, who waits on whom until when, findings with cures, and bills."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from evenroll.enrollment.form import Language
from evenroll.runtime.cli_exit import not_found
from evenroll.runtime.cli_numbers import meant_by, read_number
from evenroll.runtime.cli_options import OrganizationOption
from evenroll.runtime.cli_session import asked, organizations_here, session
from evenroll.runtime.output_console import Output


def case(
    number: Annotated[
        str, typer.Argument(metavar="NUMBER", help="Of the case or its service order, as people copy it.")
    ],
    language: Annotated[Language, typer.Option("--language", help="Of the sentences.")] = Language.EN,
    organization: OrganizationOption = "",
) -> None:
    """Show a case.

    Example: evenroll --demo case EV-7K3M9-QXT2H-WPCF
    """
    output = Output(json=asked.json)
    said = read_number(number)
    with session():
        from evenroll.quantities.calendars import calendar
        from evenroll.records.models import Organization
        from evenroll.runtime.cli_case_view import view_case
        from evenroll.runtime.output_case import show_case, told_case

        keys = organizations_here(organization)
        wanted = meant_by(said, organizations=keys).case
        view = view_case(wanted, organizations=keys, language=language)
        if view is None:
            raise not_found(
                f"No case {wanted} is in these books. Check its number, and whether it is in another database "
                "(`evenroll --demo case ...` for the demo's).",
                reason="case_unknown",
            )
        key = Organization.objects.values_list("calendar", flat=True).get(key=view.case.organization)
        output.data(told_case(view, language=language))
        show_case(view, output=output, language=language, zone=ZoneInfo(calendar(key).zone))
