"""`evenroll member`: who may act in which role for an organization; and the check that every command makes."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Annotated, TypeAlias

import typer

from evenroll.enrollment.roles import Actor, Role
from evenroll.quantities.identifiers import ActorKey, OrganizationKey
from evenroll.runtime.account import account_name
from evenroll.runtime.cli_exit import CommandEnded, not_found, refused, wrong_use
from evenroll.runtime.cli_options import MemberRole, OrganizationOption
from evenroll.runtime.cli_session import asked, business_now, organizations_here, session
from evenroll.runtime.mail_wiring import site_address
from evenroll.runtime.output_console import Output

Who: TypeAlias = Annotated[str, typer.Argument(metavar="ACTOR", help="Who it is; a key, not a name.")]
RoleOption: TypeAlias = Annotated[MemberRole, typer.Option("--role", help="The role.")]
Books: TypeAlias = Annotated[str, typer.Option("--organization", metavar="KEY", help="The organization.")]

InvitedAddress: TypeAlias = Annotated[
    str, typer.Option("--email", metavar="ADDRESS", help="Their work e-mail address.")
]


def add(who: Who, role: RoleOption, organization: Books) -> None:
    """Give somebody a role in an organization. Who gave it, and when, is kept.

    Example: evenroll member add terminal/ana --role enrollment_desk --organization lakeland-electric
    """
    from evenroll.records.memberships import KeyUnfit, RoleForeign, add_member
    from evenroll.records.organizations import open_organization

    output = Output(json=asked.json)
    with session():
        (key,) = organizations_here(organization)
        try:
            with open_organization(key):
                is_new = add_member(ActorKey(who), role=Role(role.value), by=_giver(), at=business_now())
        except (RoleForeign, KeyUnfit) as wrong:
            raise wrong_use(str(wrong), reason="role_foreign") from None
    output.data({"actor": who, "role": role.value, "organization": key, "changed": is_new})
    said = "may act from now on" if is_new else "could act already"
    output.say(f"{who} {said} as {role.value} for {key}.")


def remove(who: Who, role: RoleOption, organization: Books) -> None:
    """Take a role from somebody. What they did in it stays in the journal under their key.

    Example: evenroll member remove terminal/ana --role enrollment_desk --organization lakeland-electric
    """
    from evenroll.records.memberships import remove_member
    from evenroll.records.organizations import open_organization

    output = Output(json=asked.json)
    with session():
        (key,) = organizations_here(organization)
        with open_organization(key):
            was = remove_member(ActorKey(who), role=Role(role.value), by=_giver(), at=business_now())
    if not was:
        raise not_found(
            f"{who} is no {role.value} of {key}, so there is nothing to take. `evenroll member list` tells who is.",
            reason="member_unknown",
        )
    output.data({"actor": who, "role": role.value, "organization": key, "changed": True})
    output.say(f"{who} may not act as {role.value} for {key} any more.")


def invite(who: Who, email: InvitedAddress, role: RoleOption, organization: Books) -> None:
    """Invite somebody to sign in on the web: a link, good once and for seven days, to give to them alone.

    They choose a password and a second factor. Invited again, they choose anew; until then the old ones are good.
    Example: evenroll member invite ana --email ana@utility.example --role supervisor --organization lakeland-electric
    """
    from evenroll.accounts.customers import normal_address
    from evenroll.ports.mail import is_address
    from evenroll.records.memberships import KeyUnfit, RoleForeign, add_member
    from evenroll.records.organizations import open_organization
    from evenroll.records.staff_sign_ins import INVITATION_LASTS, AddressTaken
    from evenroll.records.staff_sign_ins import invite as invite_user

    output = Output(json=asked.json)
    if not is_address(email.strip()):
        raise wrong_use("--email is no address of e-mail. Give one, such as ana@utility.example.")
    with session():
        (key,) = organizations_here(organization)
        try:
            with open_organization(key):
                add_member(ActorKey(who), role=Role(role.value), by=_giver(), at=business_now())
            secret = invite_user(ActorKey(who), email=normal_address(email), at=datetime.now(tz=UTC))
        except (RoleForeign, KeyUnfit, AddressTaken) as wrong:
            raise wrong_use(str(wrong), reason="not_invited") from None
    link = f"{site_address(os.environ)}/sign-in/invited/{secret}"
    output.data({"actor": who, "role": role.value, "organization": key, "link": link})
    output.say(
        f"{who} may act as {role.value} for {key}. Give them this link; it is good for {INVITATION_LASTS.days} days:"
    )
    output.say(link)


def list_members(organization: OrganizationOption = "") -> None:
    """List who may act in which role, by organization.

    Example: evenroll member list --organization lakeland-electric
    """
    from evenroll.records.memberships import members
    from evenroll.records.organizations import open_organization

    output = Output(json=asked.json)
    found: list[tuple[str, str, str, str, str]] = []
    with session():
        for key in organizations_here(organization):
            with open_organization(key):
                found += [
                    (key, each.user, each.role.value, f"{each.since:%Y-%m-%d}" if each.since else "", each.by)
                    for each in members()
                ]
    names = ("organization", "actor", "role", "since", "by")
    output.data({"members": [dict(zip(names, row, strict=True)) for row in found]})
    if not found:
        output.say("Nobody has a role yet. `evenroll member add ACTOR --role ROLE --organization KEY` gives one.")
        return
    output.table(names, found)


def refuse_stranger(actor: Actor) -> None:
    """Refuse a role of the staff that the actor does not hold in the books that the command is for.

    In the demo everybody may play every part; a customer's role is bound to a case, not to a membership.
    Raises CommandEnded.
    """
    from evenroll.records.business_clock import demo_now
    from evenroll.records.memberships import is_member
    from evenroll.records.organizations import open_organization

    if actor.role is Role.CUSTOMER or demo_now() is not None:
        return
    with open_organization(OrganizationKey(actor.organization)):
        known = is_member(actor.key, role=actor.role)
    if not known:
        raise refused(
            f"{actor.key} is no {actor.role.value} of {actor.organization}, so nothing was done. Whoever runs the "
            f"installation can give the role: evenroll member add {actor.key} --role {actor.role.value} "
            f"--organization {actor.organization}",
            reason="not_a_member",
        )


def books_of(keys: tuple[OrganizationKey, ...], *, actor: ActorKey, role: Role) -> tuple[OrganizationKey, ...]:
    """Those of the organizations in which the actor holds the role. Raises CommandEnded where it is none of them."""
    known: list[OrganizationKey] = []
    for key in keys:
        try:
            refuse_stranger(Actor(key=actor, role=role, organization=key))
        except CommandEnded:
            if key == keys[-1] and not known:
                raise
            continue
        known.append(key)
    return tuple(known)


def _giver() -> str:
    return f"terminal/{account_name()}"
