"""The waiting list of a program with a cap: its order, offers that are taken or lapse, the yearly question, the cap."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_commands import SubmitForm
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decide_waiting import SetCap
from evenroll.enrollment.decided import RefusalCode
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import MeterCapability, ProgramVersion, Selection
from evenroll.programs.program_terms import Cap, OptionCap
from evenroll.quantities.identifiers import CaseNumber, ProgramKey
from tests.territory import NIGHT_RATE, NOW, Territory, capped_program, days

CAP = Cap(places=2)
HOUR = timedelta(hours=1)


def capped(territory: Territory, cap: Cap = CAP) -> ProgramVersion:
    return capped_program(territory, cap)


def apply(territory: Territory, program: ProgramVersion, *, now: datetime = NOW) -> CaseNumber:
    """An application at a premise of its own, driven as far as it goes."""
    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    number = territory.apply(premise, program=program)
    territory.run(now)
    return number


def give(territory: Territory, name: C, number: CaseNumber, *, role: Role = Role.CUSTOMER, now: datetime = NOW) -> None:
    territory.taken(territory.give(territory.utility, name, number, role=role, now=now))
    territory.run(now)


def case(territory: Territory, number: CaseNumber) -> Case:
    return territory.case(territory.utility, number)


def line(territory: Territory, program: ProgramVersion) -> list[CaseNumber]:
    """The cases in line in its order, those with an offer first."""
    from evenroll.records.program_lines import line_of
    from evenroll.records.queries import Viewer

    viewer = Viewer(organization=territory.utility, role=Role.PROGRAM_MANAGER)
    return [each.case for each in line_of(viewer, program=program.key)]


def counts(territory: Territory, program: ProgramVersion) -> tuple[int, int, int]:
    """Places there are, taken, and waited for."""
    from evenroll.records.program_lines import places_told
    from evenroll.records.queries import Viewer

    viewer = Viewer(organization=territory.utility, role=Role.PROGRAM_MANAGER)
    told = next(each for each in places_told(viewer) if each.program == program.key)
    return told.cap, told.taken, told.waiting


def status(territory: Territory, *numbers: CaseNumber) -> list[State]:
    return [case(territory, number).status for number in numbers]


def replays(territory: Territory) -> None:
    from evenroll.records.replay import replay

    schema = f"again_{territory.tag}"
    assert replay(schema, organizations=(territory.utility,)).differences == ()


def test_places_go_to_the_first_and_the_rest_wait_in_the_order_of_their_rank(territory: Territory) -> None:
    """Rule 16: ranked by the time at which an application became complete and authenticated."""
    program = capped(territory)
    numbers = [apply(territory, program, now=NOW + count * HOUR) for count in range(5)]
    assert status(territory, *numbers) == [State.ENROLLED] * 2 + [State.WAITLISTED] * 3
    assert line(territory, program) == numbers[2:]
    assert counts(territory, program) == (2, 2, 3)
    waiting = case(territory, numbers[2])
    assert waiting.line is not None
    assert waiting.line.ranked_at == NOW + 2 * HOUR
    assert (waiting.course.owner, waiting.course.on_lapse) == (Role.PROGRAM_MANAGER, C.REMIND)
    replays(territory)


def test_a_place_that_becomes_free_is_offered_to_the_next_and_held_until_it_is_taken(territory: Territory) -> None:
    """Rule 16: a place is offered with a date; facts are checked again on admission."""
    program = capped(territory)
    numbers = [apply(territory, program, now=NOW + count * HOUR) for count in range(4)]
    give(territory, C.WITHDRAW, numbers[0], now=NOW + days(1))
    territory.run_through(NOW + days(3), since=NOW + days(1))
    offered = case(territory, numbers[2])
    assert offered.line is not None
    assert offered.line.offered_until_on == (NOW + days(15)).date()
    assert (offered.course.owner, offered.course.on_lapse) == (Role.CUSTOMER, C.LAPSE_PLACE)
    assert counts(territory, program) == (2, 2, 1)
    # Somebody who comes now does not overtake: one place is held, and one still waits.
    late = apply(territory, program, now=NOW + days(4))
    assert status(territory, late) == [State.WAITLISTED]
    give(territory, C.ACCEPT_PLACE, numbers[2], now=NOW + days(15))
    assert status(territory, numbers[2]) == [State.ENROLLED]
    events = territory.events(territory.utility, numbers[2])
    assert events.count("decision_made") == 2 and "admitted" in events
    assert counts(territory, program) == (2, 2, 2)
    assert line(territory, program) == [numbers[3], late]
    replays(territory)


def test_an_offer_that_is_not_answered_passes_on_and_the_second_time_ends_the_application(territory: Territory) -> None:
    """Rule 16: a place is offered with a date, then passes on."""
    program = capped(territory, Cap(places=1, offer_days=5))
    first, second, third = (apply(territory, program, now=NOW + count * HOUR) for count in range(3))
    give(territory, C.WITHDRAW, first, now=NOW + days(1))
    territory.run_through(NOW + days(8), since=NOW + days(1))
    assert line(territory, program) == [third, second]
    offered, passed = case(territory, third).line, case(territory, second).line
    assert offered is not None and offered.offered_until_on is not None
    assert passed is not None and passed.lapses == 1 and passed.ranked_at > NOW + days(5)
    refused = territory.refused(territory.give(territory.utility, C.ACCEPT_PLACE, second, now=NOW + days(8)))
    assert refused.code is RefusalCode.PLACE_NOT_OFFERED
    territory.run_through(NOW + days(40), since=NOW + days(8))
    assert status(territory, second, third) == [State.EXPIRED, State.EXPIRED]
    assert counts(territory, program) == (1, 0, 0)
    replays(territory)


def test_a_customer_who_is_not_eligible_any_more_frees_the_place_that_was_offered(territory: Territory) -> None:
    """Rule 16: facts are checked again on admission; and what was held passes on."""
    program = capped(territory, Cap(places=1))
    first, second, third = (apply(territory, program, now=NOW + count * HOUR) for count in range(3))
    premise = case(territory, second).pod
    assert premise is not None
    give(territory, C.WITHDRAW, first, now=NOW + days(1))
    territory.run_through(NOW + days(2), since=NOW + days(1))
    _change_point(territory, premise, "net_metering = true")
    give(territory, C.ACCEPT_PLACE, second, now=NOW + days(3))
    assert status(territory, second) == [State.REFUSED]
    offered = case(territory, third).line
    assert offered is not None and offered.offered_until_on is not None
    assert counts(territory, program) == (1, 1, 0)
    replays(territory)


def test_a_place_that_was_accepted_is_held_while_something_is_mended(territory: Territory) -> None:
    """Row 5: a cure has its time; if it does not come the place passes on."""
    program = capped(territory, Cap(places=1))
    first, second, third = (apply(territory, program, now=NOW + count * HOUR) for count in range(3))
    give(territory, C.WITHDRAW, first, now=NOW + days(1))
    territory.run_through(NOW + days(2), since=NOW + days(1))
    pod = case(territory, second).pod
    assert pod is not None
    _close_account(territory, pod)
    give(territory, C.ACCEPT_PLACE, second, now=NOW + days(3))
    assert status(territory, second, third) == [State.NEEDS_ANSWER, State.WAITLISTED]
    assert counts(territory, program) == (1, 1, 1)
    territory.run_through(NOW + days(60), since=NOW + days(3))
    assert status(territory, second) == [State.EXPIRED]
    assert counts(territory, program)[1:] != (1, 1)
    replays(territory)


def test_without_a_list_a_full_program_refuses_and_says_why(territory: Territory) -> None:
    """Row 5: a refusal by a cap names the finding; nobody is put on a list that there is not."""
    program = capped(territory, Cap(places=1, waiting_list=False))
    first, second = apply(territory, program), apply(territory, program)
    assert status(territory, first, second) == [State.ENROLLED, State.REFUSED]
    assert counts(territory, program) == (1, 1, 0)
    give(territory, C.WITHDRAW, first)
    territory.run_through(NOW + days(3))
    assert counts(territory, program) == (1, 0, 0)
    assert status(territory, apply(territory, program, now=NOW + days(3))) == [State.ENROLLED]


def test_whoever_waits_is_asked_every_year_and_keeps_the_rank(territory: Territory) -> None:
    """Rules, section 3: yearly "still interested?", thirty days to answer."""
    program = capped(territory, Cap(places=1))
    _, keen, gone = (apply(territory, program, now=NOW + count * HOUR) for count in range(3))
    before = case(territory, keen).line
    territory.run_through(NOW + days(370))
    assert case(territory, keen).course.owner is Role.CUSTOMER
    give(territory, C.CONFIRM_INTEREST, keen, now=NOW + days(370))
    assert case(territory, keen).line == before
    assert case(territory, keen).course.owner is Role.PROGRAM_MANAGER
    territory.run_through(NOW + days(400), since=NOW + days(370))
    assert status(territory, keen, gone) == [State.WAITLISTED, State.EXPIRED]
    assert line(territory, program) == [keen]


def test_a_higher_cap_offers_more_and_a_lower_one_throws_nobody_out(territory: Territory) -> None:
    """Rule 16 with a cap that changes: by its manager, and by a new version of the program."""
    program = capped(territory, Cap(places=1))
    numbers = [apply(territory, program, now=NOW + count * HOUR) for count in range(4)]
    _set_cap(territory, program, places=3)
    assert counts(territory, program) == (3, 3, 1)
    for number in numbers[1:3]:
        give(territory, C.ACCEPT_PLACE, number)
    _set_cap(territory, program, places=1)
    assert status(territory, *numbers[:3]) == [State.ENROLLED] * 3
    assert counts(territory, program) == (1, 3, 1)
    give(territory, C.WITHDRAW, numbers[0])
    territory.run_through(NOW + days(2))
    assert counts(territory, program) == (1, 2, 1)
    assert status(territory, numbers[3]) == [State.WAITLISTED]
    _publish_next(program, Cap(places=3))
    _set_cap(territory, program)
    assert counts(territory, program) == (3, 3, 0)
    replays(territory)


def test_paper_counts_from_its_receipt(territory: Territory) -> None:
    """Rule 16: paper counts from its receipt, however long it lay before it was keyed."""
    from evenroll.enrollment.decide_waiting import rank_of
    from evenroll.enrollment.form import Channel

    program = capped(territory, Cap(places=1))
    apply(territory, program)
    waiting = case(territory, apply(territory, program, now=NOW + HOUR))
    assert waiting.form is not None and rank_of(waiting) == NOW + HOUR
    paper = replace(waiting, form=replace(waiting.form, channel=Channel.MAIL, received_at=NOW - days(2)))
    assert rank_of(paper) == NOW - days(2)
    assert rank_of(replace(paper, returned=True)) == NOW + HOUR


def test_a_case_that_leaves_the_line_is_counted_no_more(territory: Territory) -> None:
    """Withdrawn or without an answer: the line closes up, and the order of the others stays."""
    program = capped(territory, Cap(places=1))
    _, second, third = (apply(territory, program, now=NOW + count * HOUR) for count in range(3))
    give(territory, C.WITHDRAW, second)
    assert line(territory, program) == [third]
    assert counts(territory, program) == (1, 1, 1)
    assert status(territory, second) == [State.WITHDRAWN]


def test_the_database_admits_nobody_above_the_cap(territory: Territory) -> None:
    """Invariant 3 in the database: a writer that forgets the cap is refused."""
    from django.db import IntegrityError

    from evenroll.records.organizations import cursor, open_organization

    program = capped(territory, Cap(places=1))
    apply(territory, program)
    change = "UPDATE program_place SET taken = taken + 1 WHERE program = %s"
    with pytest.raises(Exception, match="program_place_cap") as refused, open_organization(territory.utility):
        cursor().execute(change, (program.key,))
    assert "CheckViolation" in type(refused.value).__name__ or isinstance(refused.value, IntegrityError)


def test_replay_sees_a_place_that_is_counted_twice(territory: Territory) -> None:
    """Invariant 3 on replay: counters and cases are two streams that must tell the same."""
    from evenroll.enrollment.program_places import ProgramPlaceTaken, evolve_places
    from evenroll.records.folds import FOLDS
    from evenroll.records.replay import replay
    from evenroll.records.streams import StreamKind

    program = capped(territory)
    apply(territory, program)

    def twice(places, event):
        after = evolve_places(places, event)
        return replace(after, taken=after.taken + 1) if isinstance(event, ProgramPlaceTaken) else after

    folds = {**FOLDS, StreamKind.PROGRAM_PLACE: replace(FOLDS[StreamKind.PROGRAM_PLACE], evolve=twice)}
    result = replay(f"twice_{territory.tag}", organizations=(territory.utility,), folds=folds)
    assert ("program_place", program.key) in {(each.table, each.key) for each in result.differences}


def _set_cap(territory: Territory, program: ProgramVersion, *, places: int | None = None) -> None:
    command = SetCap(places=places)
    answer = territory.give(territory.utility, C.SET_CAP, program.key, command, role=Role.PROGRAM_MANAGER)
    territory.taken(answer)
    territory.run()


def _publish_next(program: ProgramVersion, cap: Cap) -> None:
    from evenroll.records.published import publish

    publish(replace(program, version=program.version + 1, cap=cap))


def _close_account(territory: Territory, pod: str) -> None:
    from evenroll.records.organizations import cursor, open_organization

    with open_organization(territory.utility), cursor() as pen:
        pen.execute(
            "UPDATE customer_account SET status = 'closed' FROM usage_point AS point "
            "WHERE customer_account.id = point.account_id AND point.pod = %s",
            (pod,),
        )


def _change_point(territory: Territory, pod: str, change: str) -> None:
    from evenroll.records.organizations import cursor, open_organization

    with open_organization(territory.utility), cursor() as pen:
        pen.execute(f"UPDATE usage_point SET {change} WHERE pod = %s", (pod,))  # pyright: ignore[reportArgumentType]


def published(territory: Territory, program: ProgramVersion):
    from evenroll.actions.publish_program import publish_program
    from evenroll.records.unit_of_work import unit_of_work

    manager = territory.actor(territory.utility, Role.PROGRAM_MANAGER)
    with unit_of_work(territory.utility, actor=manager, now=NOW) as work:
        return publish_program(work, program=program)


def test_publishing_a_version_with_a_cap_sets_it_at_once(territory: Territory) -> None:
    program = replace(territory.night, key=ProgramKey(f"AT-ONCE-{territory.tag}"), cap=Cap(places=7))
    territory.taken(published(territory, program))
    assert counts(territory, program) == (7, 0, 0)
    more = replace(program, version=2, cap=Cap(places=9))
    territory.taken(published(territory, more))
    assert counts(territory, program) == (9, 0, 0)
    territory.taken(published(territory, more))
    replays(territory)


def test_the_first_cap_counts_who_lives_in_the_program_already(territory: Territory) -> None:
    """Nobody is thrown out, and nobody comes in before there is room beneath the cap."""
    free = replace(territory.night, key=ProgramKey(f"FREE-{territory.tag}"), minimum_stay_days=0)
    territory.taken(published(territory, free))
    before = [apply(territory, free) for _ in range(3)]
    limited = replace(free, version=2, cap=Cap(places=2))
    territory.taken(published(territory, limited))
    assert counts(territory, limited) == (2, 3, 0)
    assert [case(territory, number).counted for number in before] == [limited.key] * 3
    late = apply(territory, limited)
    assert status(territory, *before, late) == [State.ENROLLED] * 3 + [State.WAITLISTED]
    give(territory, C.WITHDRAW, before[0])
    assert case(territory, late).line is not None and counts(territory, limited)[:2] == (2, 2)
    give(territory, C.WITHDRAW, before[1])
    offered = case(territory, late).line
    assert offered is not None and offered.offered_until_on is not None
    replays(territory)


def test_only_a_manager_publishes_in_the_books_of_the_program(territory: Territory) -> None:
    from evenroll.actions.publish_program import publish_program
    from evenroll.records.unit_of_work import unit_of_work

    program = replace(territory.night, key=ProgramKey(f"NOT-MINE-{territory.tag}"), cap=Cap(places=7))
    for organization, role in ((territory.utility, Role.ENROLLMENT_DESK), (territory.esco, Role.PROGRAM_MANAGER)):
        actor = territory.actor(organization, role)
        with unit_of_work(organization, actor=actor, now=NOW) as work:
            refused = territory.refused(publish_program(work, program=program))
        assert refused.code is RefusalCode.NOT_ALLOWED


def test_an_option_with_fewer_places_is_cured_by_another(territory: Territory) -> None:
    """Of three places one may be flat: the second who wants it is asked to choose, and takes the other price."""
    cap = Cap(places=3, options=(OptionCap(selection="price", option="flat", places=1),))
    choice = Selection(key="price", options=("time_of_use", "flat"))
    program = replace(territory.night, key=ProgramKey(f"OPTION-{territory.tag}"), cap=cap, selections=(choice,))
    territory.taken(published(territory, program))
    numbers = []
    for _ in range(2):
        premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
        numbers.append(territory.apply(premise, program=program, selections={"price": "flat"}))
        territory.run()
    assert status(territory, *numbers) == [State.ENROLLED, State.NEEDS_ANSWER]
    cured = SubmitForm(form=territory.form(program, selections={"price": "time_of_use"}))
    answer = territory.give(territory.utility, C.GIVE_CURE, numbers[1], cured, role=Role.CUSTOMER)
    territory.taken(answer)
    territory.run()
    assert status(territory, *numbers) == [State.ENROLLED] * 2 and counts(territory, program) == (3, 2, 0)
    give(territory, C.WITHDRAW, numbers[0])
    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    third = territory.apply(premise, program=program, selections={"price": "flat"})
    territory.run()
    assert status(territory, third) == [State.ENROLLED]
    replays(territory)
