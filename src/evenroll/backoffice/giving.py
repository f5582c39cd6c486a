"""Giving a command from a page: what it was answered, and in a demo what follows from it at once."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from django.conf import settings

from evenroll.accounts.wired import business_now, installation
from evenroll.backoffice.act_forms import ActForm
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.form import Form
from evenroll.intake.said_command import asked_with, placed
from evenroll.pages.web_request import PageRequest, person_of
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.records.asked import Answer, Asked
from evenroll.worker.giving import give
from evenroll.worker.mailing import run_and_tell


def given(
    request: PageRequest,
    name: CommandName,
    form: ActForm,
    *,
    number: str,
    before: Form | None,
    calendar: ServiceCalendar,
) -> Answer:
    """Give a command as the person who is signed in. before: the customer's form as the case has it.

    Raises asking.PartnerNotReached, and said_values.SaidWrong where the answers together cannot be the command.
    """
    now = business_now()
    asked = asked_by(name, form, number=number, before=before, calendar=calendar)
    asked = replace(asked, key=form.cleaned_data["key"], seen=form.cleaned_data["seen"])
    answer = give(installation(), actor=person_of(request).acts, name=name, asked=asked, now=now)
    follow()
    return answer


def asked_by(name: CommandName, form: ActForm, *, number: str, before: Form | None, calendar: ServiceCalendar) -> Asked:
    """A command to a record as a form says it, without key and version. Raises said_values.SaidWrong."""
    now = business_now()
    today, zone = calendar.business_date(now), ZoneInfo(calendar.zone)
    values = placed(name, form.values(), zone=zone, today=today)
    return asked_with(name, number=number, values=values, form=before, now=now, today=today)


def follow() -> None:
    """Do what follows from commands, in a demo: no worker runs beside its pages."""
    if settings.EVENROLL_WEB.is_demo:
        run_and_tell(installation(), now=business_now())
