"""Strangers who give an address that is not theirs never learn whether an account or an enrollment is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from evenroll.enrollment.case_commands import GiveEvidence, SettleMatch
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.form import FormField, Language
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import MeterCapability
from evenroll.quantities.identifiers import CaseNumber, CustomerId, PodId
from tests.safety.file_programs import with_file_programs
from tests.territory import NIGHT_RATE, NOW, POSTAL_CODE, Premise, Territory, days, new_territory

SAID = {
    FormField.NAME: "Pat Stranger",
    FormField.POSTAL_CODE: POSTAL_CODE,
    FormField.LAST_BILL_AMOUNT: "1.00",
    FormField.EMAIL: "pat@example.test",
    FormField.VIN: "11111111111111111",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Stranger:
    """Somebody who says something of a place. said: the answers of the form."""

    premise: Premise
    said: Mapping[FormField, str]


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return with_file_programs(new_territory())


@pytest.fixture
def strangers(territory: Territory) -> dict[str, Stranger]:
    """At an account's place, some with part of its data; at a place where nobody lives; at one enrolled already."""
    lived_in, vacant, enrolled = (_premise(territory) for _ in range(3))
    _move_out(territory, vacant.pod)
    number = territory.apply(enrolled)
    territory.run()
    assert territory.case(territory.utility, number).status is State.ENROLLED
    return {
        "address of an account": _stranger(lived_in, {}),
        "with its number": _stranger(lived_in, {FormField.ACCOUNT_NUMBER: lived_in.account_number}),
        "with its number and bill": _stranger(
            lived_in,
            {FormField.ACCOUNT_NUMBER: lived_in.account_number, FormField.LAST_BILL_AMOUNT: lived_in.last_bill},
        ),
        "with its name": _stranger(lived_in, {FormField.NAME: lived_in.name}),
        "address of nobody": _stranger(vacant, {}),
        "address of nobody, with a number": _stranger(vacant, {FormField.ACCOUNT_NUMBER: vacant.account_number}),
        "address of somebody enrolled": _stranger(enrolled, {}),
        "with the number of somebody enrolled": _stranger(
            enrolled, {FormField.ACCOUNT_NUMBER: enrolled.account_number}
        ),
    }


def test_every_stranger_gets_the_same_answers_at_the_door(
    territory: Territory, strangers: Mapping[str, Stranger]
) -> None:
    told = {name: _all_that_is_told(territory, stranger) for name, stranger in strangers.items()}
    first = told["address of an account"]
    assert first["steps"] and first["notices"] and first["rows"]
    for name, found in told.items():
        for part, value in found.items():
            assert value == first[part], f"{name} is told other {part} than who gives the address of an account"


def test_the_true_customer_is_told_more(territory: Territory, strangers: Mapping[str, Stranger]) -> None:
    """Else the test above would hold for a door that tells nobody anything."""
    premise = strangers["address of an account"].premise
    true = _all_that_is_told(territory, Stranger(premise=premise, said=premise.answers()))
    false = _all_that_is_told(territory, strangers["address of an account"])
    assert true != false and true["notices"] != false["notices"]


def test_every_stranger_gets_the_same_row_in_a_result_file(
    territory: Territory, strangers: Mapping[str, Stranger], tmp_path: Path
) -> None:
    from evenroll.intake.bulk import BulkRun, run_file
    from evenroll.intake.file_shape import file_shape
    from evenroll.intake.row_reader import RowRules

    path = tmp_path / "applications.csv"
    columns = [field.value for field in FormField]
    lines = [",".join(["organization", "channel", "signed_on", "consents", "program", "drivetrain", *columns])]
    for stranger in strangers.values():
        plain = [territory.utility, "web", "2026-11-01", "terms;data_sharing", territory.night.key, "bev"]
        lines.append(",".join([*plain, *(stranger.said.get(field, "") for field in FormField)]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    rules = RowRules(
        today=NOW.date(),
        organizations=frozenset({str(territory.utility)}),
        programs=frozenset({str(territory.night.key)}),
    )
    run = BulkRun(shape=file_shape(path), rules=rules, now=NOW, organizations=(territory.utility, territory.esco))
    results = list(run_file(run, driver=lambda: _drive(territory)))
    assert len(results) == len(strangers)
    told = {repr(replace(row, row=0, case="")).replace(row.case, "#") for row in results}
    assert len(told) == 1, told
    assert results[0].result == "accepted" and results[0].case and results[0].status == "proving"


def _premise(territory: Territory) -> Premise:
    return territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)


def _stranger(premise: Premise, more: Mapping[FormField, str]) -> Stranger:
    return Stranger(premise=premise, said={**SAID, FormField.SERVICE_ADDRESS: premise.address, **more})


def _move_out(territory: Territory, pod: PodId) -> None:
    from evenroll.records.organizations import cursor, open_organization

    with open_organization(territory.utility) as opened, cursor() as pen:
        pen.execute(
            "UPDATE usage_point SET account_id = NULL WHERE organization_id = %s AND pod = %s", (opened.id, pod)
        )
        assert pen.rowcount == 1


def _drive(territory: Territory) -> None:
    territory.run()


def _all_that_is_told(territory: Territory, stranger: Stranger) -> dict[str, object]:
    """Everything that any door tells this stranger, from the form to the end, without the number of the case."""
    steps: list[object] = []
    number = territory.apply(stranger.premise, answers=stranger.said)
    territory.run()
    steps.append(_seen(territory, number, by="status"))
    for amount in ("2.00", "3.00"):
        steps.append(_give(territory, number, CommandName.GIVE_EVIDENCE, {FormField.LAST_BILL_AMOUNT: amount}))
        territory.run()
        steps.append(_seen(territory, number, by="status"))
    steps.append(_give(territory, number, CommandName.OPEN_APPEAL))
    desk = territory.give(territory.utility, CommandName.SETTLE_MATCH, number, SettleMatch())
    steps.append(type(desk).__name__)
    territory.run_through(NOW + days(3))
    steps += [_give(territory, number, CommandName.WITHDRAW), _seen(territory, number, by="status")]
    return {
        "steps": repr(steps).replace(number, "#"),
        "case": _seen(territory, number, by="case").replace(number, "#"),
        "timeline": _seen(territory, number, by="timeline").replace(number, "#"),
        "list": _seen(territory, number, by="list").replace(number, "#"),
        "notices": _notices(territory, number).replace(number, "#"),
        "outcome": _outcome(territory, number).replace(number, "#"),
        "rows": _rows(territory, number),
    }


def _give(
    territory: Territory, number: CaseNumber, name: CommandName, answers: Mapping[FormField, str] | None = None
) -> str:
    command = GiveEvidence(answers=0, fields=frozenset(answers or {})) if answers else None
    given = territory.give(territory.utility, name, number, command, role=Role.CUSTOMER, answers=answers)
    return repr(given)


def _seen(territory: Territory, number: CaseNumber, *, by: str) -> str:
    """What a customer sees of the case: one who is not known yet, and one whose case it is not."""
    from evenroll.records import queries

    seen: list[str] = []
    for customer in (None, CustomerId(1)):
        viewer = queries.Viewer(organization=territory.utility, role=Role.CUSTOMER, customer=customer)
        try:
            match by:
                case "timeline":
                    seen.append(repr(queries.timeline(viewer, number=number)))
                case "list":
                    seen.append(str(number in queries.cases(viewer)))
                case _:
                    seen.append(repr(queries.case(viewer, number=number)))
        except queries.NotForViewer as refused:
            seen.append(str(refused))
    return "\n".join(seen)


def _notices(territory: Territory, number: CaseNumber) -> str:
    """The texts of every notice of this case in both languages, with their codes."""
    from evenroll.pages.notices import NOTICE_KINDS, notice
    from evenroll.records.folds import read_event
    from evenroll.records.journal import read_stream
    from evenroll.records.organizations import open_organization
    from evenroll.records.streams import StreamKind, case_stream

    with open_organization(territory.utility):
        entries = read_stream(case_stream(number))
    told: list[str] = []
    for each in entries:
        if each.event in NOTICE_KINDS:
            event = read_event(StreamKind.CASE, event=each.event, version=each.version, data=each.data)
            told += [f"{each.event}: {notice(event, case=number, language=language)}" for language in Language]
    return "\n".join(told)


def _outcome(territory: Territory, number: CaseNumber) -> str:
    from evenroll.intake.outcomes import read_outcomes

    return repr(read_outcomes([number], organizations=[territory.utility, territory.esco])[number])


def _rows(territory: Territory, number: CaseNumber) -> dict[str, int]:
    """How many rows of each kind there are of this case."""
    from evenroll.records.organizations import cursor, open_organization

    counts = {
        "journal_entry": "SELECT count(*) FROM journal_entry WHERE organization_id = %s AND stream_key = %s",
        "track": "SELECT count(*) FROM track WHERE organization_id = %s AND stream_key = %s",
        "notice": "SELECT count(*) FROM notice WHERE organization_id = %s AND stream_key = %s",
        "outbox_message": "SELECT count(*) FROM outbox_message WHERE organization_id = %s AND conversation = %s",
        "place": "SELECT count(*) FROM place WHERE organization_id = %s AND case_number = %s",
        "vehicle": "SELECT count(*) FROM vehicle WHERE organization_id = %s AND case_number = %s",
    }
    with open_organization(territory.utility) as opened, cursor() as pen:
        found = {name: pen.execute(sql, (opened.id, number)).fetchone() for name, sql in counts.items()}
    return {name: row[0] for name, row in found.items() if row is not None}
