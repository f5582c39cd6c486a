"""Applications that enter together: what each brings to the door, and the facts about them read by a few statements."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from evenroll.enrollment.case_commands import OpenCase
from evenroll.enrollment.form import FormField
from evenroll.enrollment.roles import Actor
from evenroll.programs.program import Unit
from evenroll.quantities.identifiers import AccountId, CaseNumber, CustomerId, LocationId, PodId
from evenroll.records import register
from evenroll.records.account_meters import meters_at
from evenroll.records.asked import Asked
from evenroll.records.case_answers import keys_of_customers
from evenroll.records.foreseen import Fact, Foreseen
from evenroll.records.offers_shown import shown_among
from evenroll.records.organizations import current, cursor
from evenroll.records.past_enrollments import lockouts
from evenroll.records.streams import ANY_FAMILY, StreamId, StreamKind, place_stream, vin_stream
from evenroll.records.vehicle_facts import vehicle_vins, vin_token


class BatchBroken(RuntimeError):
    """A command had half of its effect in memory; nothing of the batch was written, and all is to be taken singly."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entering:
    """An application as one commands it at the door: its case is opened, then its form is submitted."""

    number: CaseNumber
    actor: Actor
    opening: Asked
    form: Asked

    @property
    def pod(self) -> PodId | None:
        """The usage point that it names itself."""
        command = self.opening.command
        assert isinstance(command, OpenCase)
        return command.opening.pod


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """Whom and what an application is about, as partners told. vin: its token, or ""."""

    entering: Entering
    pod: PodId | None
    vin: str = field(repr=False)
    account: AccountId | None = None
    customer: CustomerId | None = None
    location: LocationId | None = None

    @property
    def shared(self) -> tuple[Hashable, ...]:
        """What a second application may have as well, so that it is decided after this one is written."""
        at = (register.LOCATION, self.location) if self.location else None
        pod, vin = ("pod", self.pod) if self.pod else None, ("vin", self.vin) if self.vin else None
        return tuple(each for each in (pod, at, vin) if each)

    @property
    def places(self) -> tuple[StreamId, ...]:
        """The locks of what its decision looks at for others; none where it will not come to one now."""
        if self.account is None:
            return ()
        unit = (place_stream(ANY_FAMILY, unit=Unit.USAGE_POINT.value, unit_key=self.pod),) if self.pod else ()
        at = (place_stream(ANY_FAMILY, unit=register.LOCATION, unit_key=str(self.location)),) if self.location else ()
        return (*unit, *at, *((vin_stream(self.vin),) if self.vin else ()))


def vin_of(entering: Entering) -> str:
    """The token of the VIN that an application names; "" where there is none."""
    return vin_token(entering.form.outside.answers.get(FormField.VIN, ""))


def numbers_known(numbers: Collection[CaseNumber]) -> frozenset[CaseNumber]:
    """Those of the numbers that a case of the open organization has, or is about to have."""
    with cursor() as pen:
        rows = pen.execute(
            "SELECT stream_key FROM stream_head WHERE organization_id = %s AND stream_kind = %s "
            "AND stream_key = ANY(%s)",
            (current().id, StreamKind.CASE.value, list(numbers)),
        ).fetchall()
    return frozenset(CaseNumber(row[0]) for row in rows)


def read_for(subjects: Sequence[Subject], *, points: Mapping[PodId, register.PointFound]) -> Foreseen:
    """The facts of their decisions, whose usage points and places are locked already. points: as the register has them.

    What another case has to do with, such as a vehicle that is known already, is left out: it is decided by itself.
    """
    foreseen = Foreseen()
    pods = tuple(each.pod for each in subjects if each.pod)
    customers = {each.customer for each in subjects if each.customer}
    _tell_offers(foreseen, subjects)
    _tell_vins(foreseen, subjects)
    foreseen.tell_all(Fact.POINT, {pod: points.get(pod) for pod in pods})
    accounts = register.accounts({each.account for each in subjects if each.account})
    foreseen.tell_all(Fact.ACCOUNT, {each.account: accounts.get(each.account) for each in subjects if each.account})
    foreseen.tell_all(Fact.CUSTOMER_KEY, dict(keys_of_customers(customers)))
    barred = lockouts(customers)
    foreseen.tell_all(Fact.LOCKOUTS, {each: barred.get(each, {}) for each in customers})
    locations = {each.location for each in subjects if each.location}
    units = register.units_at(locations)
    foreseen.tell_all(Fact.UNITS_AT_LOCATION, {each: units.get(each, {}) for each in locations})
    _tell_units(foreseen, pods)
    _tell_meters(foreseen, subjects, accounts)
    return foreseen


def _tell_offers(foreseen: Foreseen, subjects: Iterable[Subject]) -> None:
    commands = (each.entering.opening.command for each in subjects)
    offers = [each.opening.offer for each in commands if isinstance(each, OpenCase) and each.opening.offer is not None]
    shown = shown_among(offers) if offers else frozenset()
    foreseen.tell_all(Fact.OFFER_SHOWN, {each: each in shown for each in offers})


def _tell_vins(foreseen: Foreseen, subjects: Sequence[Subject]) -> None:
    vins = {each.vin for each in subjects if each.vin}
    foreseen.tell_all(Fact.VIN_OF_CASE, {each.entering.number: each.vin for each in subjects})
    foreseen.tell_all(Fact.VEHICLES_ELSEWHERE, dict.fromkeys(vins - vehicle_vins(vins), ()))


def _tell_units(foreseen: Foreseen, pods: Sequence[PodId]) -> None:
    """Which families live at each usage point, or are kept for it, and that no case ever changed the rate there."""
    with cursor() as pen:
        live = pen.execute(
            "SELECT unit_id, family FROM place WHERE organization_id = %s AND unit_kind = %s AND unit_id = ANY(%s) "
            "AND (live OR held)",
            (current().id, Unit.USAGE_POINT.value, list(pods)),
        ).fetchall()
        touched = pen.execute(
            "SELECT DISTINCT pod FROM case_record WHERE organization_id = %s AND pod = ANY(%s)",
            (current().id, list(pods)),
        ).fetchall()
    families: dict[str, set[str]] = {}
    for pod, family in live:
        families.setdefault(pod, set()).add(family)
    for pod in pods:
        foreseen.tell(Fact.FAMILIES_AT_UNIT, (Unit.USAGE_POINT.value, pod), frozenset(families.get(pod, ())))
    untouched = set(pods) - {PodId(row[0]) for row in touched}
    foreseen.tell_all(Fact.CHANGES_AT_POINT, dict.fromkeys(untouched, 0))


def _tell_meters(
    foreseen: Foreseen, subjects: Iterable[Subject], accounts: dict[AccountId, register.AccountFound]
) -> None:
    of_points = [(each.pod, accounts[each.account]) for each in subjects if each.account and each.account in accounts]
    asked = {tuple(pod for pod in account.pods if pod != at) for at, account in of_points} - {()}
    known = meters_at([pod for others in asked for pod in others]) if asked else {}
    for others in asked:
        foreseen.tell(Fact.METERS_AT, others, {pod: known[pod] for pod in others if pod in known})
