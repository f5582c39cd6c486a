"""What an erasure rests on and what it does in the vault: the cases and keys of a subject, holds, and what is due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, LiteralString, cast

from evenroll.enrollment.case import Case
from evenroll.enrollment.erasure import Erasure, ErasureFacts, HoldCause, case_subject, customer_subject, references
from evenroll.enrollment.tracks import CASE_ENDS
from evenroll.programs.retention import RetentionClass, retention_table
from evenroll.quantities.identifiers import CaseNumber, CustomerId, OrganizationKey
from evenroll.records import vault
from evenroll.records.case_answers import ANSWERS
from evenroll.records.erasure_list import Erasure as Listed
from evenroll.records.erasure_list import note
from evenroll.records.folds import read_state
from evenroll.records.organizations import current, cursor, open_organization
from evenroll.records.papers import records_of
from evenroll.records.streams import StreamKind, case_stream, erasure_stream
from evenroll.records.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """Whose data are meant: a customer with all cases, or the answers of one case alone."""

    customer: CustomerId | None = None
    case: CaseNumber | None = None

    @property
    def number(self) -> str:
        """As its stream is called."""
        if self.customer is not None:
            return customer_subject(self.customer)
        assert self.case is not None
        return case_subject(self.case)


@dataclass(frozen=True, kw_only=True, slots=True)
class Keeping:
    """What of a subject the vault holds: keys that are its own, and records under keys that go on."""

    keys: tuple[int, ...] = ()
    records: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """An ended case whose personal data are kept. until_on: the first day on which they are to go."""

    number: CaseNumber
    kept_as: RetentionClass
    ended_on: date
    until_on: date
    by_worker: bool
    held: bool


def load_subject(work: UnitOfWork, subject: Subject) -> tuple[Erasure | None, ErasureFacts, Keeping]:
    """The subject, locked with all its cases, and what a decision about it rests on."""
    _lock_key(subject.customer)
    numbers = cases_of(subject)
    stream = erasure_stream(subject.number)
    work.lock(*(case_stream(each) for each in numbers), stream)
    cases = tuple(case for case in (work.case(each) for each in numbers) if case is not None)
    state = work.erasure(subject.number)
    keeping = _keeping(subject, cases)
    facts = ErasureFacts(
        now=work.now,
        calendar=current().calendar,
        organization=work.organization,
        number=subject.number,
        table=retention_table(),
        cases=cases,
        other_holds=_holds(_related(subject, cases)),
        open_accounts=_open_accounts(subject.customer),
        on_its_way=_on_its_way(numbers),
        keys=len(keeping.keys),
        records=len(keeping.records),
    )
    return state, facts, keeping


def destroy(subject: Subject, keeping: Keeping, *, cases: Iterable[CaseNumber], at: datetime) -> None:
    """Destroy what the vault holds of a subject. It is on the list of erasures before that is committed."""
    numbers = tuple(cases)
    note(
        Listed(
            organization=current().key,
            subject=subject.number,
            keys=keeping.keys,
            records=keeping.records,
            cases=numbers,
            at=at.isoformat(),
        )
    )
    vault.destroy_keys(keeping.keys)
    vault.destroy_records(keeping.records, subject_kind=ANSWERS)
    forget_kept(numbers)


def forget_kept(cases: Iterable[CaseNumber]) -> None:
    """Nothing personal of these cases is kept any more."""
    with cursor() as pen:
        pen.execute(
            "DELETE FROM case_kept WHERE organization_id = %s AND case_number = ANY(%s)", (current().id, list(cases))
        )


def subject_of(number: str) -> Subject | None:
    """The subject that a stream is called by, if the open organization has such a customer or case."""
    kind, _, name = number.partition("/")
    if kind == "customer":
        customer = CustomerId(int(name))
        return Subject(customer=customer) if is_customer(customer) else None
    case = CaseNumber(name)
    return Subject(case=case) if subjects_of(case) else None


def subjects_of(number: CaseNumber) -> tuple[Subject, ...]:
    """The customer of a case of the open organization, if proved, and the case by itself; none for an unknown one."""
    rows = _rows("SELECT customer_id FROM case_record WHERE organization_id = %s AND number = %s", number)
    if not rows:
        return ()
    customer, alone = rows[0][0], Subject(case=number)
    return (alone,) if customer is None else (Subject(customer=CustomerId(customer)), alone)


def is_customer(customer: CustomerId) -> bool:
    """Whether the open organization has this customer in its books."""
    return bool(_rows("SELECT 1 FROM customer WHERE organization_id = %s AND id = %s", customer))


def erasures_of(number: CaseNumber) -> tuple[Erasure, ...]:
    """What was erased or is held of a case of the open organization: of its customer, and of itself."""
    found = (_state(each.number) for each in subjects_of(number))
    return tuple(each for each in found if each is not None)


def cases_of(subject: Subject) -> tuple[CaseNumber, ...]:
    """The cases of a subject, in order."""
    if subject.customer is None:
        return (subject.case,) if subject.case else ()
    rows = _rows(
        "SELECT number FROM case_record WHERE organization_id = %s AND customer_id = %s ORDER BY number",
        subject.customer,
    )
    return tuple(CaseNumber(row[0]) for row in rows)


def due_for_worker(
    organization: OrganizationKey, *, now: datetime, limit: int, but: Iterable[CaseNumber] = ()
) -> tuple[CaseNumber, ...]:
    """The cases of the open organization whose data the worker is to erase now, those that ended first in front.

    but: those in whose way something is, so that they hide no other.
    """
    with open_organization(organization) as opened:
        today = opened.calendar.business_date(now)
        rules = {rule.kept_as.value: rule for rule in retention_table().by_worker()}
        ended_by = [now - timedelta(days=max(0, rule.days - 1)) for rule in rules.values()]
        with cursor() as pen:
            rows = pen.execute(_DUE, (list(rules), ended_by, opened.id, list(but), limit)).fetchall()
        return tuple(
            CaseNumber(number)
            for number, kept_as, ended_at in rows
            if rules[kept_as].until_on(opened.calendar.business_date(ended_at)) <= today
        )


def kept(*, due_on: date | None = None, limit: int) -> Sequence[Kept]:
    """The ended cases of the open organization whose data are kept, those that fall due first in front.

    due_on: only those that are to go by that day.
    """
    calendar, spans = current().calendar, retention_table().spans()
    begins = [None if day is None else calendar.start_of_day(day) for _, day, _ in spans]
    ends = [None if day is None else calendar.start_of_day(day) for _, _, day in spans]
    with cursor() as pen:
        rows = pen.execute(
            _KEPT,
            {
                "kept_as": [rule.kept_as.value for rule, _, _ in spans],
                "begins": begins,
                "ends": ends,
                "organization": current().id,
                "limit": limit,
            },
        ).fetchall()
    found: list[Kept] = []
    for place, number, ended_at, held in rows:
        ended_on = calendar.business_date(ended_at)
        rule, _, _ = spans[place - 1]
        until_on = rule.until_on(ended_on)
        if due_on is None or until_on <= due_on:
            found.append(
                Kept(
                    number=CaseNumber(number),
                    kept_as=rule.kept_as,
                    ended_on=ended_on,
                    until_on=until_on,
                    by_worker=rule.by_worker,
                    held=held,
                )
            )
    return sorted(found, key=lambda each: (each.until_on, each.number))[:limit]


_DUE: LiteralString = (
    "SELECT case_number, due.kept_as, ended_at FROM unnest(%s::text[], %s::timestamptz[]) AS rule (kept_as, ended_by), "
    "LATERAL (SELECT * FROM case_kept WHERE organization_id = %s AND case_kept.kept_as = rule.kept_as "
    "AND ended_at <= rule.ended_by AND NOT case_number = ANY(%s) "
    "AND NOT EXISTS (SELECT FROM erasure WHERE erasure.holds > 0 "
    "AND erasure.organization_id = case_kept.organization_id "
    "AND erasure.number IN ('case/' || case_number, 'customer/' || customer_id)) ORDER BY ended_at LIMIT %s) AS due"
)
# Of each line of the table as many as are wanted at most, by an index: with years of cases there are very many.
_KEPT: LiteralString = (
    "SELECT rule.place, kept.case_number, kept.ended_at, EXISTS (SELECT FROM erasure WHERE erasure.holds > 0 "
    "AND erasure.organization_id = kept.organization_id "
    "AND erasure.number IN ('case/' || kept.case_number, 'customer/' || kept.customer_id)) "
    "FROM unnest(%(kept_as)s::text[], %(begins)s::timestamptz[], %(ends)s::timestamptz[]) WITH ORDINALITY "
    "AS rule (kept_as, begins, ends, place), LATERAL (SELECT * FROM case_kept "
    "WHERE organization_id = %(organization)s AND case_kept.kept_as = rule.kept_as "
    "AND (rule.begins IS NULL OR ended_at >= rule.begins) AND (rule.ends IS NULL OR ended_at < rule.ends) "
    "ORDER BY ended_at LIMIT %(limit)s) AS kept"
)


def _keeping(subject: Subject, cases: Sequence[Case]) -> Keeping:
    """Keys made for cases go whole; a record under the customer's key goes with that, or alone where the key stays.

    Of a single case nothing goes that another one still refers to.
    """
    wanted = {each for case in cases for each in references(case)}
    if subject.case is not None:
        wanted -= _kept_for_others(wanted, subject.case)
    wanted |= records_of([case.number for case in cases])
    refs = vault.keys_of(wanted)
    keys = {key for key, kind in refs.values() if kind == "case"}
    if subject.customer is None:
        return Keeping(
            keys=tuple(sorted(keys)), records=tuple(sorted(ref for ref, (key, _) in refs.items() if key not in keys))
        )
    rows = _rows(
        "SELECT key.id FROM customer JOIN customer_key AS key ON key.id = customer.key_id "
        "WHERE customer.organization_id = %s AND customer.id = %s AND key.wrapped IS NOT NULL",
        subject.customer,
    )
    return Keeping(keys=tuple(sorted(keys | {row[0] for row in rows})))


# What a vehicle is known by comes along where its enrollment goes on in another case. An ended one that is not listed
# any more was erased.
_FOR_OTHERS: LiteralString = (
    "SELECT DISTINCT vehicle.answers FROM vehicle JOIN case_record c ON c.organization_id = vehicle.organization_id "
    "AND c.number = vehicle.case_number WHERE vehicle.organization_id = %s AND vehicle.answers = ANY(%s) "
    "AND c.number <> %s AND (c.status <> ALL(%s) OR EXISTS (SELECT FROM case_kept "
    "WHERE case_kept.organization_id = c.organization_id AND case_kept.case_number = c.number))"
)


def _kept_for_others(refs: Iterable[int], number: CaseNumber) -> set[int]:
    return {row[0] for row in _rows(_FOR_OTHERS, list(refs), number, sorted(CASE_ENDS))}


def _related(subject: Subject, cases: Sequence[Case]) -> tuple[str, ...]:
    if subject.customer is not None:
        return tuple(case_subject(each.number) for each in cases)
    return tuple(customer_subject(each.proof.customer) for each in cases if each.proof.customer is not None)


def _holds(subjects: Sequence[str]) -> tuple[HoldCause, ...]:
    states = (_state(each) for each in subjects)
    return tuple(hold for state in states if state for hold in state.holds)


def _state(subject: str) -> Erasure | None:
    rows = _rows("SELECT state FROM erasure WHERE organization_id = %s AND number = %s", subject)
    return cast("Erasure", read_state(StreamKind.ERASURE, rows[0][0])) if rows else None


def _lock_key(customer: CustomerId | None) -> None:
    """Whoever proves a case to be this customer's holds the key too: a case comes before its cases are read or after.

    Of a customer who is erased meanwhile, a proof finds the key destroyed and gives it nothing.
    """
    _rows(
        "SELECT key.id FROM customer JOIN customer_key AS key ON key.organization_id = customer.organization_id "
        "AND key.id = customer.key_id WHERE customer.organization_id = %s AND customer.id = %s FOR UPDATE OF key",
        customer,
    )


def _open_accounts(customer: CustomerId | None) -> int:
    if customer is None:
        return 0
    rows = _rows(
        "SELECT count(*) FROM customer_account WHERE organization_id = %s AND customer_id = %s AND closed_on IS NULL",
        customer,
    )
    return rows[0][0]


def _on_its_way(numbers: Sequence[CaseNumber]) -> int:
    rows = _rows(
        "SELECT count(*) FROM outbox_message WHERE organization_id = %s AND conversation = ANY(%s) "
        "AND sealed IS NOT NULL AND delivered_at IS NULL",
        list(numbers),
    )
    return rows[0][0]


def _rows(sql: LiteralString, *parameters: object) -> list[tuple[Any, ...]]:
    with cursor() as pen:
        return pen.execute(sql, (current().id, *parameters)).fetchall()
