"""`evenroll notices`: what customers are told by mail: listed, previewed, tried again; channels that are refused."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from evenroll.enrollment.form import Language
from evenroll.enrollment.notices import REQUIRED_NOTICES, MessageChannel, NoticeState
from evenroll.enrollment.roles import Role
from evenroll.pages.texts import render
from evenroll.quantities.identifiers import ActorKey, CaseNumber, OrganizationKey
from evenroll.runtime.cli_exit import not_found, refused
from evenroll.runtime.cli_member import books_of
from evenroll.runtime.cli_options import OrganizationOption, StaffRole
from evenroll.runtime.cli_session import asked, business_now, organizations_here, session
from evenroll.runtime.output_console import Output
from evenroll.runtime.output_times import local, zone_names, zone_of

LIMIT = 50


def list_notices(
    organization: OrganizationOption = "",
    state: Annotated[NoticeState, typer.Option("--state", help="Which of them.")] = NoticeState.OWED,
    letters: Annotated[
        bool,
        typer.Option("--letters", help="Those that were withheld and must go by letter, for the law asks for them."),
    ] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many an organization.")] = LIMIT,
) -> None:
    """List what customers were told, are owed, or were not told and why.

    Example: evenroll --demo notices list --state withheld
    """
    output, found = Output(json=asked.json), list[dict[str, Any]]()
    with session():
        for key in organizations_here(organization):
            found += _of(key, state=NoticeState.WITHHELD if letters else state, limit=limit)
        zones = {each["organization"]: zone_of(each["organization"]) for each in found}
    if letters:
        found = [each for each in found if each["code"] in REQUIRED_NOTICES]
    output.data({"notices": found})
    if not found:
        output.say("No notice is to go by letter." if letters else f"No notice is {state.value.replace('_', ' ')}.")
        return
    columns = ("organization", "case", "notice", "code", "state", "why", "attempts", "since")
    shown = [
        {**each, "since": f"{local(each['since'], zone=zone)} {zone_names((each['since'],), zone=zone)}"}
        for each in found
        for zone in (zones[each["organization"]],)
    ]
    output.table(columns, [tuple(each[column] for column in columns) for each in shown])


def preview(
    notice: Annotated[int, typer.Argument(metavar="NOTICE", help="Its number, as `evenroll notices list` tells it.")],
    language: Annotated[Language | None, typer.Option("--language", help="Another than the customer's.")] = None,
    html: Annotated[bool, typer.Option("--html", help="The HTML of the mail instead of its text.")] = False,
    organization: OrganizationOption = "",
) -> None:
    """Show the mail that tells a notice, as it would go out now. Nothing is sent, and no address is looked at.

    Example: evenroll --demo notices preview 17 --language es
    """
    from evenroll.runtime.installation_wiring import wired_installation
    from evenroll.worker.mail_letters import previewed

    output = Output(json=asked.json)
    with session():
        room, now = wired_installation().mail, business_now()
        if room is None:
            raise refused(
                "No mail is set up, so there is no address of the web to write. Set EVENROLL_MAIL_URL; files: will do.",
                reason="no_mail",
            )
        tried = (
            previewed(key, notice=notice, room=room, language=language, now=now)
            for key in organizations_here(organization)
        )
        mail = next((each for each in tried if each is not None), None)
    if mail is None:
        raise not_found(f"No notice {notice} is here. `evenroll notices list` shows those that are.")
    output.data({"notice": notice, "subject": mail.subject, "text": mail.text, "html": mail.html})
    output.say(mail.html if html else f"{mail.subject}\n\n{mail.text}")


def retry(organization: OrganizationOption = "") -> None:
    """Send parked notices once more, when what was in their way is mended.

    Example: evenroll --demo notices retry
    """
    from evenroll.records import notice_queue
    from evenroll.runtime.installation_wiring import wired_installation
    from evenroll.worker.mailing import send_notices

    output = Output(json=asked.json)
    with session():
        now, installation = business_now(), wired_installation()
        count = sum(notice_queue.retry_parked(key, now=now) for key in organizations_here(organization))
        mailed = send_notices(installation, now=now)
    told = {"retried": count, "sent": mailed.sent, "withheld": mailed.withheld, "failed": mailed.away + mailed.parked}
    output.data(told)
    output.say(
        f"{count} mails were parked. Sent now: {mailed.sent}; withheld: {mailed.withheld}; not taken: {told['failed']}."
    )


def refuse(
    case: Annotated[str, typer.Argument(metavar="CASE", help="A case of the customer.")],
    again: Annotated[bool, typer.Option("--again", help="The customer wants mail again.")] = False,
    role: Annotated[StaffRole, typer.Option("--as", help="The role in which it is done.")] = StaffRole.ENROLLMENT_DESK,
    actor: Annotated[str, typer.Option("--actor", help="Who does it; a key, not a name.")] = "",
    organization: OrganizationOption = "",
) -> None:
    """Keep that a customer wants no e-mail, for all cases of that customer; or wants it again.

    Example: evenroll --demo notices refuse EV-7K3M9-QXT2H-WPCF
    """
    from evenroll.records import channels, queries
    from evenroll.records.organizations import open_organization

    output, who = Output(json=asked.json), ActorKey(actor or f"terminal/{role.value}")
    done = list[str]()
    with session():
        now = business_now()
        for key in books_of(organizations_here(organization), actor=who, role=Role(role.value)):
            with open_organization(key):
                try:
                    found = queries.case(queries.Viewer(organization=key, role=Role.SYSTEM), number=CaseNumber(case))
                except queries.NotForViewer:
                    continue
                channels.choose(found, channel=MessageChannel.EMAIL, refused=not again, by=who, at=now)
            done.append(key)
    if not done:
        raise not_found(f"There is no case {case} here. Check its number.")
    output.data({"case": case, "channel": MessageChannel.EMAIL.value, "refused": not again, "organizations": done})
    output.say(f"{case}: e-mail is {'wanted again' if again else 'refused'}, with {', '.join(done)}.")


def parked_notices(key: OrganizationKey, *, limit: int) -> list[dict[str, Any]]:
    """The parked notices of an organization, beside its parked messages."""
    return [
        {
            "organization": key,
            "box": "notice",
            "other": "customer",
            "conversation": each["case"],
            "kind": each["code"],
            "why": each["reason"],
            "since": each["since"],
            "message": f"notice {each['notice']}",
        }
        for each in _of(key, state=NoticeState.PARKED, limit=limit)
    ]


def _of(key: OrganizationKey, *, state: NoticeState, limit: int) -> list[dict[str, Any]]:
    from evenroll.records import notice_queue
    from evenroll.records.organizations import open_organization

    with open_organization(key):
        listed = notice_queue.listed(state=state, limit=limit)
    return [
        {
            "organization": key,
            "case": each.case,
            "notice": each.id,
            "code": each.code,
            "state": each.state.value,
            "reason": each.why,
            "why": _words(each.state, each.why),
            "attempts": each.attempts,
            "channel": each.channel,
            "since": each.noticed_at,
            "sent_at": each.sent_at,
        }
        for each in listed
    ]


def _words(state: NoticeState, why: str) -> str:
    is_told = state is NoticeState.WITHHELD and why
    return render(f"withheld.{why}", language=Language.EN) if is_told else why
