"""Everybody who may ask, every page with an address that leads to something, and what the rule of each says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from evenroll.accounts.rules import Rule, RuledPage
from evenroll.enrollment.roles import ROLES_OF, OrganizationKind, Role
from evenroll.pages.web_request import Person
from evenroll.programs.catalog import catalog_texts
from evenroll.quantities.identifiers import ActorKey, CaseNumber, CustomerId, OrderNumber, OrganizationKey, PodId
from tests.territory import NOW, Territory
from tests.web.browsing import browser, signed_in_as

METHODS = ("get", "post")
ABSENT = "/there-is-no-such-page"
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asker:
    """Who asks: a stranger where person is None. is_held: whether the organization has this role at all.

    look: what tells this person's pages from those of others in the same role, such as the state of the case.
    """

    name: str
    person: Person | None
    is_held: bool = True
    look: str = ""

    def browser(self, *, checks_forms: bool) -> Any:
        """A browser with this person's session, that is given the sign of forms or not."""
        found = browser(checks_forms=checks_forms) if self.person is None else signed_in_as(self.person)
        found.handler.enforce_csrf_checks = checks_forms
        return found

    def is_let_in(self, rule: Rule) -> bool:
        """What a rule says of this person, told apart from how the gate asks it."""
        if self.person is None or not self.is_held:
            return rule.strangers
        if self.person.role is Role.CUSTOMER:
            return rule.customers
        return self.person.role in rule.roles and bool(rule.kinds & self.person.kinds)


@dataclass(frozen=True, kw_only=True, slots=True)
class Planted:
    """What addresses can name. cases: a case by the organization that has it; order: a service order of the utility.

    pod: a usage point of the registry. drafts: a draft of a program by the organization whose it is.
    """

    territory: Territory
    cases: Mapping[OrganizationKey, CaseNumber]
    customers: Mapping[OrganizationKey, CustomerId]
    order: OrderNumber
    pod: PodId
    drafts: Mapping[OrganizationKey, int] = field(default_factory=dict[OrganizationKey, int])


def askers(planted: Planted) -> Sequence[Asker]:
    """A stranger, and every role in every kind of organization, whether it has the role or not."""
    return [Asker(name="stranger", person=None), *_people(planted)]


def _people(planted: Planted) -> Iterator[Asker]:
    from evenroll.records.organizations import kinds_of

    for organization in planted.territory.organizations:
        kinds = kinds_of(organization)
        held = frozenset[Role]().union(*(ROLES_OF[kind] for kind in kinds), {Role.CUSTOMER})
        for role in Role:
            person = Person(
                organization=organization,
                kinds=kinds,
                role=role,
                actor=ActorKey(f"{role.value}-1"),
                customer=planted.customers.get(organization, CustomerId(1)) if role is Role.CUSTOMER else None,
            )
            named = "+".join(sorted(kind.value for kind in kinds))
            yield Asker(name=f"{role.value} of {named}", person=person, is_held=role in held)


def with_two_kinds(territory: Territory) -> OrganizationKey:
    """An organization that is utility and supplier at once."""
    from evenroll.records.organizations import add_organization

    key = OrganizationKey(f"both-{territory.tag}")
    both = frozenset({OrganizationKind.UTILITY, OrganizationKind.SUPPLIER})
    add_organization(key, name=key.title(), kinds=both, calendar_key="US-LAKELAND")
    return key


def planted_in(territory: Territory) -> Planted:
    """A case at the utility and one at the ESCO, each with its customer."""
    from evenroll.records.case_customers import customer_cases
    from evenroll.records.queries import Viewer

    first, second = territory.premise(), territory.premise(supplier=territory.esco)
    territory.apply(first)
    territory.apply(second, at=territory.esco, program=territory.supply)
    territory.run()
    found = {
        organization: next(iter(customer_cases(Viewer(organization=organization, role=Role.SYSTEM), limit=1)))
        for organization in (territory.utility, territory.esco)
    }
    return Planted(
        territory=territory,
        cases={organization: each.number for organization, each in found.items()},
        customers={organization: each.customer for organization, each in found.items()},
        order=territory.order_of(territory.utility, found[territory.utility].number).number,
        pod=first.pod,
        drafts={each: drafted_in(territory, each) for each in (territory.utility, territory.esco)},
    )


def drafted_in(territory: Territory, organization: OrganizationKey) -> int:
    """A draft that changes a published program of an organization, written by its second manager."""
    from evenroll.actions.draft_program import keep
    from evenroll.records.unit_of_work import unit_of_work

    actor = territory.actor(organization, Role.PROGRAM_MANAGER, key="program_manager-2")
    with unit_of_work(organization, actor=actor, now=NOW) as work:
        return keep(work, text=draft_text(organization, key=f"CHARGE-{territory.tag.upper()}"))


def draft_text(organization: OrganizationKey, *, key: str, version: int = 1, **changes: str) -> str:
    """A catalog file of an organization with one program of credits; changes: of lines, by what stands before them."""
    shipped = catalog_texts()["lakeland-electric-charger.yaml"]
    text = shipped.replace("organization: lakeland-electric", f"organization: {organization}")
    text = text.replace("key: LE-EV-CHARGER", f"key: {key}").replace("version: 1", f"version: {version}")
    for name, value in changes.items():
        text = re.sub(rf"^(\s+{name}:).*$", rf"\1 {value}", text, count=1, flags=re.MULTILINE)
    return text


def _case(planted: Planted, person: Person | None) -> Sequence[str]:
    """The case of whoever asks; of the utility for who has none."""
    organization = planted.territory.utility if person is None else person.organization
    return (planted.cases.get(organization, planted.cases[planted.territory.utility]),)


def _order(planted: Planted, _person: Person | None) -> Sequence[str]:
    return (planted.order,)


def _version(_planted: Planted, _person: Person | None) -> Sequence[str]:
    from evenroll.pages.web_static import version

    return (version(),)


def _questions(_planted: Planted, _person: Person | None) -> Sequence[str]:
    from evenroll.portal.enroll_texts import QuestionName

    return tuple(QuestionName)


FILLED: Mapping[str, Callable[[Planted, Person | None], Sequence[str]]] = {
    "asset:version": _version,
    "asset:name": lambda _planted, _person: ("evenroll.css",),
    "look:version": lambda _planted, _person: ("0",),
    "look:name": lambda _planted, _person: ("colors.css",),
    "number": _case,
    "desk-order:number": _order,
    "desk-order-act:number": _order,
    "desk-order-address:number": _order,
    "desk-order-claim:number": _order,
    "desk-case-act:command": lambda _planted, _person: ("withdraw",),
    "desk-order-act:command": lambda _planted, _person: ("book_visit",),
    "case": _case,
    "case-act:name": lambda _planted, _person: ("withdraw",),
    "program": lambda planted, _person: (planted.territory.night.key,),
    "pod": lambda planted, _person: (planted.pod,),
    "desk-switch:number": lambda _planted, _person: ("TR-NOBODY",),
    "desk-switch-act:number": lambda _planted, _person: ("TR-NOBODY",),
    "desk-switch-act:command": lambda _planted, _person: ("reject_supply",),
    "desk-point-act:tells": lambda _planted, _person: ("block", "drop"),
    "draft": lambda planted, person: (
        str(planted.drafts.get(planted.territory.utility if person is None else person.organization, 1)),
    ),
    "desk-draft-decide:decides": lambda _planted, _person: ("forget",),
    "enroll-question:name": _questions,
    "secret": lambda _planted, _person: ("0" * 32,),
    "provider": lambda _planted, _person: ("nobody-s",),
    "sign-in-invited:secret": lambda _planted, _person: ("nobody-s",),
    "enroll-link:link": lambda _planted, _person: ("nobody-s",),
}
"""What can stand in an address, by `page:parameter` or by parameter. A page with a new parameter needs a line here."""


class AddressUnknown(LookupError):
    """A page has a parameter that this table does not fill: nobody could ask for it."""


def address_of(page: RuledPage, planted: Planted, person: Person | None) -> str:
    """An address of a page that leads to something of this person's. Raises AddressUnknown."""
    return next(iter(addresses_of(page, planted, person).values()))


def addresses_of(page: RuledPage, planted: Planted, person: Person | None) -> Mapping[tuple[str, ...], str]:
    """Every address of a page, by what tells it from the page's others. Raises AddressUnknown."""
    from django.urls import reverse

    names = _PARAMETER.findall(page.route)
    choices = [_filled(page, name, planted, person) for name in names]
    return {
        tuple(value for value, choice in zip(values, choices, strict=True) if len(choice) > 1): reverse(
            page.name, kwargs=dict(zip(names, values, strict=True))
        )
        for values in product(*choices)
    }


def _filled(page: RuledPage, parameter: str, planted: Planted, person: Person | None) -> Sequence[str]:
    fill = FILLED.get(f"{page.name}:{parameter}") or FILLED.get(parameter)
    if fill is None:
        raise AddressUnknown(
            f"The page {page.name} has the parameter {parameter}, which tests/web/matrix.py does not fill; add it to "
            "FILLED."
        )
    return fill(planted, person)


def has_parameters(page: RuledPage) -> bool:
    """Whether the address of a page names something that may be another's."""
    return bool(_PARAMETER.search(page.route))


def without_chance(answer: Any) -> tuple[object, ...]:
    """What an answer tells: status, headers and page, without what is drawn anew for each."""
    page = re.sub(r'(nonce|csrfmiddlewaretoken" value)="[^"]+"', "", answer.content.decode())
    headers = {name: re.sub(r"nonce-[^']+", "", value) for name, value in answer.headers.items()}
    return answer.status_code, sorted(headers.items()), page
