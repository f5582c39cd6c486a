"""Personal values go through every row and every door, and afterwards stand nowhere but sealed."""

from __future__ import annotations

import csv
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from evenroll.enrollment import case_commands as c
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.form import FormField
from evenroll.enrollment.life_events import EquipmentKind, Installer, UseKind
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.intake.result_file import ResultRow
from evenroll.ports.clearinghouse import ProviderQuestion
from evenroll.ports.mail import Letter
from evenroll.programs.program import MeterCapability
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey
from tests.application_rows import application_row
from tests.mail.sending import Box, room
from tests.meter_work import at, exchange_meter
from tests.safety.canaries import canaries_in, canary_answers, canary_premise, every_cell, found_in, personal_of
from tests.safety.file_programs import with_file_programs
from tests.territory import NIGHT_SUPPLY, NOW, Premise, Territory, days, new_territory

VISIT_ON = date(2026, 11, 12)


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """What the canaries went through. said: what they are; results: of the file door; log: every record at DEBUG."""

    territory: Territory
    premise: Premise
    number: CaseNumber
    said: Mapping[FormField, str]
    results: tuple[ResultRow, ...]
    written: str
    log: str
    letters: tuple[Letter, ...]


class _Undone(Exception):
    pass


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(f"{self.format(record)} {record.__dict__!r}")


@pytest.fixture(scope="module")
def world(django_ready: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    kept, root, own = _Kept(), logging.getLogger(), logging.getLogger("evenroll")
    level = root.level
    root.addHandler(kept)
    root.setLevel(logging.DEBUG)
    # Another test may have let the product itself say less.
    own_level = own.level
    own.setLevel(logging.DEBUG)
    try:
        territory = with_file_programs(new_territory())
        premise = canary_premise(territory, supplier=territory.esco)
        said = canary_answers(premise)
        number = _through_every_row(territory, premise, said)
        _stranger_fails(territory, said)
        _clearinghouse_breaks(territory, said)
        results, written = _through_the_file_door(territory, said, folder=tmp_path_factory.mktemp("files"))
        letters = _told_by_mail(territory)
    finally:
        root.removeHandler(kept)
        root.setLevel(level)
        own.setLevel(own_level)
    yield World(
        territory=territory,
        premise=premise,
        number=number,
        said=said,
        results=results,
        written=written,
        letters=letters,
        log="\n".join(kept.texts),
    )


def test_the_canaries_went_through_every_row(world: World) -> None:
    territory = world.territory
    assert territory.case(territory.utility, world.number).status is State.HANDED_OVER
    assert territory.case(territory.esco, world.number).status is State.ACTIVE
    gone_through = {row for key in (territory.utility, territory.esco) for row in _rows_of(key)}
    assert gone_through >= {"2", "2a", "2b", "3", "4a", "5", "5a", "5b", "5c", "5d", "6", "7", "9", "10", "action"}


def test_no_table_holds_a_canary(world: World) -> None:
    cells = tuple(every_cell(world.territory))
    tables = {where.split(": ")[1] for where, _ in cells}
    assert tables >= {"journal_entry", "outbox_message", "inbox_message", "personal_record", "search_token", "bill"}
    assert found_in(cells, answers=world.said) == set()


def test_the_search_finds_what_was_let_out(world: World) -> None:
    from evenroll.quantities.codec import canonical
    from evenroll.records.organizations import cursor, open_organization

    personal = personal_of(world.said)
    let_out = (
        "INSERT INTO notice (organization_id, stream_kind, stream_key, code, parameters, noticed_at) "
        "VALUES (%s, 'case', %s, 'let_out', %s, now())"
    )
    with pytest.raises(_Undone):
        with open_organization(world.territory.esco) as opened, cursor() as pen:
            texts = canonical({field.value: text for field, text in personal.items()})
            pen.execute(let_out, (opened.id, world.number, texts))
            rows = pen.execute("SELECT t::text FROM notice AS t").fetchall()
            assert found_in((("notice", row) for (row,) in rows), answers=world.said) == {
                ("notice", field) for field in personal
            }
            raise _Undone


def test_neither_results_nor_result_file_repeat_a_canary(world: World) -> None:
    assert [row.result for row in world.results] == [*["accepted"] * 3, *["bad_row"] * 3], world.results
    assert sum(len(row.problems) for row in world.results) >= 5
    for row in world.results:
        assert canaries_in(repr(row), answers=world.said) == set()
    assert world.results[0].case in world.written
    assert canaries_in(world.written, answers=world.said) == set()


def test_no_log_record_holds_a_canary(world: World) -> None:
    assert "RuntimeError" in world.log, "the failing partner is to be logged"
    assert canaries_in(world.log, answers=world.said) == set()


def test_mails_go_to_the_address_and_repeat_nothing_else(world: World) -> None:
    assert len(world.letters) >= 5
    assert {each.to for each in world.letters} == {world.said[FormField.EMAIL]}
    assert "notice_away" in world.log and "notice_sent" in world.log
    for each in world.letters:
        assert canaries_in(f"{each.subject} {each.text} {each.html} {each.message_id}", answers=world.said) == set()
        assert world.premise.serial not in f"{each.text} {each.html}"


def test_the_answers_are_there_for_whoever_may_open_them(world: World) -> None:
    assert _opened(world.territory, world.territory.esco, world.number) == world.said


def test_erasing_the_customer_leaves_nothing_to_read(world: World) -> None:
    from evenroll.records import books, vault
    from evenroll.records.organizations import cursor, open_organization

    territory = world.territory
    answers = _answers_ref(territory, territory.esco, world.number)
    with pytest.raises(_Undone):
        with open_organization(territory.esco) as opened, cursor() as pen:
            key = books.customer_key(world.premise.customer)
            vault.destroy_keys([key])
            with pytest.raises(vault.PersonalErased, match="was destroyed"):
                vault.read(answers)
            under = "SELECT count(*) FROM search_token WHERE organization_id = %s AND key_id = %s"
            assert pen.execute(under, (opened.id, key)).fetchone() == (0,)
            # A sealed copy would open with the organization's own key, which no erasure destroys.
            for table in ("inbox_message", "outbox_message"):
                left = f"SELECT count(*) FROM {table} WHERE organization_id = %s AND sealed IS NOT NULL"
                assert pen.execute(left, (opened.id,)).fetchone() == (0,), table
            raise _Undone
    assert _opened(territory, territory.esco, world.number) == world.said


def test_the_sender_of_a_case_keeps_no_sealed_copy(world: World) -> None:
    from evenroll.records.organizations import cursor, open_organization

    sent = (
        "SELECT count(*), count(sealed) FROM outbox_message "
        "WHERE organization_id = %s AND kind = 'case_forwarded' AND delivered_at IS NOT NULL"
    )
    with open_organization(world.territory.utility) as opened, cursor() as pen:
        assert pen.execute(sent, (opened.id,)).fetchone() == (1, 0)


def _through_every_row(territory: Territory, premise: Premise, said: Mapping[FormField, str]) -> CaseNumber:
    """At the wrong door, handed over, a new meter, both bills, equipment, set-up and use."""
    number = territory.apply(
        premise, at=territory.utility, program=territory.supply, answers=said, consents_hand_over=True
    )
    territory.run()
    agreement = territory.case(territory.esco, number).agreement
    assert agreement is not None
    territory.run(at(agreement.rescission_ends_on))
    order = territory.order_of(territory.esco, number)
    exchange_meter(
        territory, premise, order.number, registers=NIGHT_SUPPLY, on=VISIT_ON, capability=MeterCapability.INTERVAL
    )
    end = NOW + days(120)
    territory.run_through(end, since=at(VISIT_ON))
    for name, command in (
        (CommandName.CHOOSE_EQUIPMENT, c.ChooseEquipment(kind=EquipmentKind.EVSE, outlet="store")),
        (CommandName.RECORD_PURCHASE, c.RecordPurchase(outlet="store", bought_on=end.date(), price=Decimal("399.00"))),
        (CommandName.RECORD_INSTALLATION, _installation(end.date())),
        (CommandName.SET_PARAMETERS, c.SetParameters(program=territory.supply.key, parameters={"charge_from": "23"})),
        (CommandName.CONFIRM_PARAMETERS, c.ConfirmParameters()),
        (CommandName.RECORD_USE, c.RecordUse(kind=UseKind.OVERRIDE, on=end.date(), reason="long_trip")),
    ):
        given = territory.give(
            territory.esco, name, number, command, role=Role.CUSTOMER, now=end, answers=said, key=f"key-{name}"
        )
        territory.taken(given)
    return number


def _installation(on: date) -> c.RecordInstallation:
    return c.RecordInstallation(installer=Installer.CONTRACTOR, installed_on=on, serial="EQ-1", permit="P-1")


def _stranger_fails(territory: Territory, said: Mapping[FormField, str]) -> None:
    """The same answers at the other provider, who cannot match them: drafts, three failed proofs, withdrawn."""
    premise = canary_premise(territory, supplier=None, address="9 Nobody Close")
    wrong = {**said, FormField.SERVICE_ADDRESS: premise.address}
    number = territory.apply(premise, answers=wrong)
    territory.run()
    for amount in ("73910.46", "7391046.28"):
        more = c.GiveEvidence(answers=0, fields=frozenset())
        evidence = {FormField.LAST_BILL_AMOUNT: amount}
        given = territory.give(
            territory.utility, CommandName.GIVE_EVIDENCE, number, more, role=Role.CUSTOMER, answers=evidence
        )
        territory.taken(given)
        territory.run()
    territory.taken(territory.give(territory.utility, CommandName.WITHDRAW, number, role=Role.CUSTOMER, key="w"))


class _Broken:
    """A clearinghouse that fails with the question in its mouth."""

    def find(self, question: ProviderQuestion, *, on: date) -> object:
        raise RuntimeError(f"no such address on {on}: {question.address}")


def _clearinghouse_breaks(territory: Territory, said: Mapping[FormField, str]) -> None:
    premise = canary_premise(territory, supplier=None, address="11 Nobody Close")
    number = territory.apply(premise, answers=said)
    territory.clearinghouse = _Broken()
    assert territory.run().failed > 0
    territory.clearinghouse = None
    territory.taken(territory.give(territory.utility, CommandName.WITHDRAW, number, role=Role.CUSTOMER))


def _told_by_mail(territory: Territory) -> tuple[Letter, ...]:
    """Every notice that is owed, as if each had been sent when it came to be owed; the first time nobody takes them."""
    from evenroll.records.models import Notice
    from evenroll.records.organizations import open_organization
    from evenroll.worker.mailing import send_notices

    box = Box(away="mail_away")
    installation = replace(territory.installation, mail=room(box))
    instants = set[datetime]()
    for key in (territory.utility, territory.esco):
        with open_organization(key):
            instants |= set(Notice.objects.values_list("noticed_at", flat=True))
    for at_ in sorted(instants):
        send_notices(installation, now=at_)
        box.away = ""
        send_notices(installation, now=at_ + days(0.01))
    return tuple(box.letters)


def _through_the_file_door(
    territory: Territory, said: Mapping[FormField, str], *, folder: Path
) -> tuple[tuple[ResultRow, ...], str]:
    from evenroll.intake.bulk import BulkRun, run_file
    from evenroll.intake.file_shape import FileFormat, file_shape
    from evenroll.intake.result_file import result_writer
    from evenroll.intake.row_reader import RowRules

    path, out = folder / "applications.csv", folder / "results.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(_file_rows(territory, said)[0]))
        writer.writeheader()
        writer.writerows(_file_rows(territory, said))
    rules = RowRules(
        today=NOW.date(),
        organizations=frozenset({str(territory.utility), str(territory.esco)}),
        programs=frozenset({str(territory.night.key), str(territory.supply.key)}),
    )
    run = BulkRun(shape=file_shape(path), rules=rules, now=NOW, organizations=(territory.utility, territory.esco))
    results: list[ResultRow] = []
    with result_writer(out, format=FileFormat.CSV) as written:
        for row in run_file(run, driver=lambda: _drive(territory)):
            results.append(row)
            written.write(row)
    return tuple(results), out.read_text(encoding="utf-8")


def _drive(territory: Territory) -> None:
    territory.run()


def _file_rows(territory: Territory, said: Mapping[FormField, str]) -> list[dict[str, object]]:
    """A web row, a mailed form keyed twice with a difference, and rows whose personal cells are all wrong."""
    empty = dict.fromkeys(("receipt", "keyed_by", "second_keyed_by", "second_name"), "")
    web = application_row(territory.utility, territory.night.key, said, **empty)
    mail = {**web, "channel": "mail", "receipt": "R-77", "keyed_by": "ana", "second_keyed_by": "bo"}
    wrong = {**web, **dict.fromkeys(("email", "phone", "vin", "postal_code"), said[FormField.NOTE])}
    misplaced = {**web, "drivetrain": said[FormField.NAME], "signed_on": said[FormField.NAME]}
    unknown = {**web, "program": said[FormField.NAME], "organization": said[FormField.SERVICE_ADDRESS]}
    return [web, mail, {**mail, "second_name": said[FormField.NOTE]}, wrong, misplaced, unknown]


def _rows_of(organization: OrganizationKey) -> set[str]:
    from evenroll.records.organizations import cursor, open_organization

    with open_organization(organization), cursor() as pen:
        return {row for (row,) in pen.execute("SELECT DISTINCT row FROM journal_entry").fetchall()}


def _answers_ref(territory: Territory, organization: OrganizationKey, number: CaseNumber) -> int:
    form = territory.case(organization, number).form
    assert form is not None
    return form.answers


def _opened(territory: Territory, organization: OrganizationKey, number: CaseNumber) -> dict[FormField, str]:
    from evenroll.records.case_answers import read_answers
    from evenroll.records.organizations import open_organization

    with open_organization(organization):
        return read_answers(_answers_ref(territory, organization, number))
