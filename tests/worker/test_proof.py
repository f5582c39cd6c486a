"""What a proof of identity locks, and under whose key the answers lie afterwards."""

from __future__ import annotations

import secrets
import threading
from dataclasses import replace

from evenroll.enrollment.case_commands import NoPayload
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.form import FormField
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.quantities.identifiers import CaseNumber, case_number
from tests.records.invented import Urls
from tests.territory import NOW, Territory
from tests.territory_books import drawn_vin
from tests.waiting import until_somebody_waits

WAIT_SECONDS = 20.0


def proving(territory: Territory) -> CaseNumber:
    premise = territory.premise()
    number = territory.apply(premise, answers={**premise.answers(), FormField.VIN: drawn_vin(territory.tag)})
    while (case := territory.case(territory.utility, number)).status is not State.PROVING:
        assert case.course.on_lapse is not None, case.course
        territory.taken(territory.give(territory.utility, case.course.on_lapse, number, role=Role.SYSTEM))
    return number


def test_answers_and_what_finds_them_come_under_the_proved_customers_key(territory: Territory) -> None:
    from evenroll.records.case_answers import read_answers
    from evenroll.records.organizations import cursor, open_organization

    number = proving(territory)
    with open_organization(territory.utility):
        before = read_answers(territory.case(territory.utility, number).answers)
    territory.taken(territory.give(territory.utility, CommandName.PROVE_IDENTITY, number, role=Role.SYSTEM))
    case = territory.case(territory.utility, number)
    with open_organization(territory.utility), cursor() as pen:
        keys = pen.execute(
            "SELECT (SELECT key_id FROM customer WHERE id = %(customer)s), "
            "(SELECT key_id FROM personal_record WHERE id = %(ref)s), "
            "ARRAY(SELECT key_id FROM search_token WHERE subject_kind = 'answers' AND subject_id = %(ref)s)",
            {"customer": case.proof.customer, "ref": case.answers},
        ).fetchone()
        assert read_answers(case.answers) == before
    assert keys is not None and keys[0] is not None
    assert (keys[1], keys[2]) == (keys[0], [keys[0], keys[0]]), "the VIN and its tail"


def test_a_vin_is_locked_with_its_case_and_not_without(territory: Territory) -> None:
    from evenroll.records.streams import vin_stream
    from evenroll.records.unit_of_work import unit_of_work

    number, vin = proving(territory), secrets.token_hex(16)
    actor, nobody = territory.actor(territory.utility, Role.SYSTEM), case_number(secrets.token_bytes(16))
    for asked, is_held in ((number, True), (nobody, False)):
        with unit_of_work(territory.utility, actor=actor, now=NOW) as work:
            work.lock_case(asked, vin=vin)
            assert work.holds(vin_stream(vin)) is is_held
            assert (work.case(asked) is not None) is is_held
            assert (_advisory_locks() > 0) is is_held


def _advisory_locks() -> int:
    """How many locks that stand in no table the open transaction holds."""
    from evenroll.records.organizations import cursor

    with cursor() as pen:
        row = pen.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid()"
        ).fetchone()
    assert row is not None
    return row[0]


def test_a_vin_that_changed_before_the_case_was_locked_is_not_decided_by(
    territory: Territory, django_ready: Urls
) -> None:
    """What was seen without a lock is looked at again: the lock of another VIN would keep nobody waiting."""
    from evenroll.records.case_answers import keep_answers
    from evenroll.records.unit_of_work import unit_of_work

    number = proving(territory)
    actor = territory.actor(territory.utility, Role.SYSTEM)
    failed: list[str] = []
    thread = threading.Thread(target=lambda: failed.append(_proved(territory, number)))
    with unit_of_work(territory.utility, actor=actor, now=NOW) as work:
        work.lock_case(number)
        case = work.case(number)
        assert case is not None
        thread.start()
        until_somebody_waits(django_ready.owner)
        keep_answers({FormField.VIN: drawn_vin(f"{territory.tag}b")}, before=case.answers)
    thread.join(timeout=WAIT_SECONDS)
    assert len(failed) == 1 and "came to another vehicle meanwhile" in failed[0]
    territory.taken(territory.give(territory.utility, CommandName.PROVE_IDENTITY, number, role=Role.SYSTEM))
    assert territory.case(territory.utility, number).status is State.DECIDING


def _proved(territory: Territory, number: CaseNumber) -> str:
    """What a proof that is not repeated fails by, "" where it does not."""
    from django.db import connections

    from evenroll.records.asked import Asked
    from evenroll.records.taking import PointMoved
    from evenroll.records.unit_of_work import unit_of_work
    from evenroll.steps import STEPS
    from evenroll.worker.asking import ask_outside

    actor, asked = territory.actor(territory.utility, Role.SYSTEM), Asked(number=number, command=NoPayload())
    told = {"actor": actor, "name": CommandName.PROVE_IDENTITY, "asked": asked, "now": NOW}
    try:
        outside = ask_outside(territory.installation, **told)
        with unit_of_work(territory.utility, actor=actor, now=NOW) as work:
            territory.taken(STEPS[CommandName.PROVE_IDENTITY](work, asked=replace(asked, outside=outside)))
    except PointMoved as moved:
        return str(moved)
    finally:
        connections.close_all()
    return ""
