"""`evenroll erase`, `evenroll hold` and `evenroll retention`: personal data erased, held, and when they are to go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar

import typer

from evenroll.enrollment.erasure import DataErased, ErasureCause, ErasureRefused, HoldCause, Wish
from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Actor, Role
from evenroll.pages.texts import render
from evenroll.programs.retention import retention_table
from evenroll.quantities.identifiers import ActorKey, CaseNumber, CustomerId, OrganizationKey
from evenroll.runtime.account import account_name
from evenroll.runtime.cli_days import option_day
from evenroll.runtime.cli_exit import not_found, refused, wrong_use
from evenroll.runtime.cli_member import refuse_stranger
from evenroll.runtime.cli_numbers import read_number
from evenroll.runtime.cli_options import OrganizationOption
from evenroll.runtime.cli_session import asked, business_now, organizations_here, session
from evenroll.runtime.output_console import Output

if TYPE_CHECKING:
    from evenroll.records.erasing import Subject
    from evenroll.records.unit_of_work import UnitOfWork

T = TypeVar("T")

LIMIT = 200

Reference: TypeAlias = Annotated[
    str, typer.Argument(metavar="CUSTOMER|CASE", help="The customer's number in the books, or the number of a case.")
]
ActorOption: TypeAlias = Annotated[str, typer.Option("--actor", help="Who does it, a supervisor; a key, not a name.")]
OnlyCase: TypeAlias = Annotated[
    bool, typer.Option("--only-case", help="The answers of this case alone, and not its customer.")
]
Cause: TypeAlias = Annotated[HoldCause, typer.Option("--cause", help="Why.")]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Meant:
    """A subject in the books of one organization."""

    organization: OrganizationKey
    subject: Subject


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldOptions:
    """What `evenroll hold set` and `lift` are told."""

    reference: Reference
    cause: Cause
    only_case: OnlyCase = False
    organization: OrganizationOption = ""
    actor: ActorOption = ""


def erase(
    reference: Reference,
    only_case: OnlyCase = False,
    asked_on: Annotated[str, typer.Option("--asked-on", metavar="DATE", help="When they asked; else today.")] = "",
    organization: OrganizationOption = "",
    actor: ActorOption = "",
) -> None:
    """Erase a customer for good: the key of their data and what finds them is destroyed; the journal says that it was.

    Example: evenroll --demo erase EV-7K3M9-QXT2H-WPCF --only-case
    """
    output, told = Output(json=asked.json), list[dict[str, Any]]()
    with session():
        for each in _meant(reference, only_case=only_case, organization=organization):
            answer, wish, today = _done(each.organization, actor, partial(_asked, subject=each.subject, on=asked_on))
            told.append(_told(each, answer) | _in_time(wish.asked_on or today, today=today))
    done = [each for each in told if each["erased"]]
    sentences = [f"{each['organization']}: {each['sentence']}" for each in told if not each["erased"]]
    if not done:
        raise refused(" ".join(sentences), reason=told[0]["refused"])
    output.data({"erased": told})
    for each in done:
        output.say(
            f"{each['organization']}: the personal data of {each['subject']} are erased ({each['keys']} keys, "
            f"{each['records']} records). Proof: entry {each['entry']} of its stream, hash {each['hash']}; "
            f"{each['days']} of {each['days_promised']} days after it was asked for."
        )
    output.say(*sentences)
    output.note("The newest file of keys still holds what was destroyed here: write it anew with `evenroll backup`.")


def set_hold(options: HoldOptions) -> None:
    """Keep everything personal of a customer or case until the hold is lifted, whatever its time says.

    Example: evenroll --demo hold set EV-7K3M9-QXT2H-WPCF --cause litigation
    """
    _hold(options, sets=True)


def lift_hold(options: HoldOptions) -> None:
    """Let a legal hold go. Who set it and who lifted it stays in the journal.

    Example: evenroll --demo hold lift EV-7K3M9-QXT2H-WPCF --cause litigation
    """
    _hold(options, sets=False)


def retention(
    due: Annotated[bool, typer.Option("--due", help="Only those that are to go today or were before.")] = False,
    organization: OrganizationOption = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many an organization.")] = LIMIT,
) -> None:
    """List the ended cases whose personal data are kept: as what, until when, who erases them, and what is on hold.

    Example: evenroll --demo retention --due
    """
    output, found = Output(json=asked.json), list[dict[str, Any]]()
    with session():
        from evenroll.records.erasing import kept
        from evenroll.records.organizations import open_organization

        now = business_now()
        for key in organizations_here(organization):
            with open_organization(key) as opened:
                today = opened.calendar.business_date(now)
                listed = kept(due_on=today if due else None, limit=limit)
            found += [
                {
                    "organization": key,
                    "case": each.number,
                    "kept_as": each.kept_as.value,
                    "ended_on": each.ended_on,
                    "until_on": each.until_on,
                    "by": "worker" if each.by_worker else "supervisor",
                    "on_hold": each.held,
                }
                for each in listed
            ]
    output.data({"kept": found})
    if not found:
        output.say("Nothing falls due." if due else "No ended case has personal data here.")
        return
    columns = ("organization", "case", "kept_as", "ended_on", "until_on", "by", "on_hold")
    shown = [{**each, "kept_as": render(f"kept_as.{each['kept_as']}", language=Language.EN)} for each in found]
    output.table(
        tuple(each.replace("_", " ") for each in columns),
        [tuple(str(each[name]) for name in columns) for each in shown],
    )


def _hold(options: HoldOptions, *, sets: bool) -> None:
    output, told = Output(json=asked.json), list[dict[str, Any]]()
    with session():
        from evenroll.actions.erase import lift_hold as lift
        from evenroll.actions.erase import set_hold as keep

        for each in _meant(options.reference, only_case=options.only_case, organization=options.organization):
            act = partial(keep if sets else lift, subject=each.subject, cause=options.cause)
            answer = _done(each.organization, options.actor, act)
            said = {} if answer is None else {"refused": answer.code.value, "sentence": _sentence(answer)}
            told.append({"organization": each.organization, "subject": each.subject.number, **said})
    done = [each for each in told if "refused" not in each]
    if not done:
        raise refused(" ".join(each["sentence"] for each in told), reason=told[0]["refused"])
    output.data({"holds": told, "cause": options.cause.value, "stands": sets})
    cause = render(options.cause, language=Language.EN)
    for each in done:
        verb = "is held" if sets else "is no longer held"
        output.say(f"{each['organization']}: {each['subject']} {verb} because of {cause}.")


def _meant(reference: str, *, only_case: bool, organization: str) -> list[_Meant]:
    """The subject in all books that know it. Raises CommandEnded where none does, or one has to be named."""
    from evenroll.records.erasing import Subject, is_customer, subjects_of
    from evenroll.records.organizations import open_organization

    keys = organizations_here(organization)
    said = reference.removeprefix("customer/")
    found: list[_Meant] = []
    if said.isdecimal():
        if only_case or len(keys) != 1:
            raise wrong_use("A customer's number is one of one organization's books: give --organization, and no case.")
        subject = Subject(customer=CustomerId(int(said)))
        for key in keys:
            with open_organization(key):
                found += [_Meant(organization=key, subject=subject)] if is_customer(CustomerId(int(said))) else []
    else:
        number = CaseNumber(read_number(said.removeprefix("case/")))
        for key in keys:
            with open_organization(key):
                subjects = subjects_of(number)
            found += [_Meant(organization=key, subject=each) for each in (subjects[-1:] if only_case else subjects[:1])]
    if not found:
        raise not_found(f"Neither a case nor a customer {reference} is in these books. Check it.")
    return found


def _asked(work: UnitOfWork, *, subject: Subject, on: str) -> tuple[DataErased | ErasureRefused, Wish, date]:
    from evenroll.actions.erase import erase as act

    day = option_day(on, option="--asked-on") if on else work.business_on
    wish = Wish(cause=ErasureCause.ASKED, asked_on=day)
    return act(work, subject=subject, wish=wish), wish, work.business_on


def _done(organization: OrganizationKey, actor: str, act: Callable[[UnitOfWork], T]) -> T:
    """What a supervisor's act gives; it is done again where the database broke it off for another's sake.

    An erasure holds the key of a customer before the cases, and whoever proves a case holds it before the key: each may
    have what the other one waits for.
    """
    from evenroll.records.retries import with_retries
    from evenroll.records.unit_of_work import unit_of_work

    who = Actor(key=ActorKey(actor or f"terminal/{account_name()}"), role=Role.SUPERVISOR, organization=organization)
    refuse_stranger(who)

    def once() -> T:
        with unit_of_work(organization, actor=who, now=business_now(), command="") as work:
            return act(work)

    return with_retries(once)


def _told(meant: _Meant, answer: DataErased | ErasureRefused) -> dict[str, Any]:
    from evenroll.records.journal import read_stream
    from evenroll.records.organizations import open_organization
    from evenroll.records.streams import erasure_stream

    told: dict[str, Any] = {"organization": meant.organization, "subject": meant.subject.number}
    if isinstance(answer, ErasureRefused):
        said = {"refused": answer.code.value, "sentence": _sentence(answer), "parameters": dict(answer.parameters)}
        return {**told, "erased": False, **said}
    with open_organization(meant.organization):
        last = read_stream(erasure_stream(meant.subject.number))[-1]
    proof = {"entry": last.number, "hash": last.hash}
    return {**told, "erased": True, "keys": answer.keys, "records": answer.records, "cases": answer.cases, **proof}


def _in_time(day: date, *, today: date) -> dict[str, int]:
    return {"days": max(0, (today - day).days), "days_promised": retention_table().erase_within_days}


def _sentence(answer: ErasureRefused) -> str:
    parameters = {
        name: date.fromisoformat(each) if name in ("since", "until_on") else each
        for name, each in answer.parameters.items()
    }
    return render(answer.code, language=Language.EN, parameters=parameters)
