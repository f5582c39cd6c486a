"""The bugs that are planted, one by one, and the tests that must find each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One replacement in one file. old: stands there exactly once."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Mutant:
    """A bug. caught_by: what to run: it passes without the bug and fails with it. seconds: what it may take at most."""

    name: str
    changes: tuple[Change, ...]
    caught_by: tuple[str, ...]
    seconds: int = 120


_CORE = "src/evenroll/enrollment"
_RECORDS = "src/evenroll/records"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="eligibility before authentication (row 5 before 4a)",
        changes=(
            Change(
                file=f"{_CORE}/moves.py",
                old="S.COMPLETING: frozenset({S.PROVING, ",
                new="S.COMPLETING: frozenset({S.PROVING, S.DECIDING, ",
            ),
            Change(
                file=f"{_CORE}/decide_form.py",
                old="completed_at=facts.now, moves=(facts.move(State.PROVING),)",
                new="completed_at=facts.now, moves=(facts.move(State.DECIDING),)",
            ),
            Change(
                file=f"{_CORE}/decide_decision.py",
                old="if case.proof.proved_at is None:",
                new="if case.form.signed_on is None:",
            ),
        ),
        caught_by=("tests/enrollment/test_world.py::TestEnrolling",),
    ),
    Mutant(
        name="the first failed rule ends the check (first-fail)",
        changes=(
            Change(
                file=f"{_CORE}/eligibility.py",
                old=("    return tuple(_finding(rule, JUDGES[rule.kind](rule, program, facts)) for rule in rules)"),
                new=(
                    "    findings: list[Finding] = []\n"
                    "    for rule in rules:\n"
                    "        findings.append(_finding(rule, JUDGES[rule.kind](rule, program, facts)))\n"
                    "        if findings[-1].outcome is not Outcome.MET:\n"
                    "            break\n"
                    "    return tuple(findings)"
                ),
            ),
        ),
        caught_by=("tests/enrollment/test_world.py::TestEnrolling",),
    ),
    Mutant(
        name="the zone ignored where clocks change: the start of a day",
        changes=(
            Change(
                file="src/evenroll/quantities/calendars.py",
                old="    tz = ZoneInfo(zone)\n    midnight",
                new=(
                    "    winter = datetime(day.year, 1, 1, tzinfo=ZoneInfo(zone)).utcoffset() or timedelta()\n"
                    "    return datetime.combine(day, time(), tzinfo=UTC) - winter\n"
                    "    tz = ZoneInfo(zone)\n    midnight"
                ),
            ),
        ),
        caught_by=("tests/quantities/test_calendars.py",),
    ),
    Mutant(
        name="the zone ignored where clocks change: every day has 24 hours",
        changes=(
            Change(
                file="src/evenroll/quantities/calendars.py",
                old="        return hours\n\n\ndef calendar(",
                new="        return 24\n\n\ndef calendar(",
            ),
        ),
        caught_by=("tests/quantities/test_calendars.py",),
    ),
    Mutant(
        name="the read at the cut-over is of the day before",
        changes=(
            Change(
                file=f"{_CORE}/order_billing.py",
                old="(reads.read_on, reads.serial) != (switch_on, meter.serial)",
                new="reads.serial != meter.serial",
            ),
        ),
        caught_by=("tests/enrollment/test_world.py", "-k", "test_every_scene_holds"),
    ),
    Mutant(
        name="service switches a day before the read that closes it",
        changes=(
            Change(
                file=f"{_CORE}/dates.py",
                old="return SwitchDate(switch_on=switch_on, read_on=switch_on, reasons=reasons)",
                new=(
                    "return SwitchDate(\n"
                    "        switch_on=calendar.add_calendar_days(switch_on, -1), read_on=switch_on, reasons=reasons\n"
                    "    )"
                ),
            ),
        ),
        caught_by=("tests/enrollment/test_dates.py",),
    ),
    Mutant(
        name="the fold of a case reads the clock",
        changes=(
            Change(
                file=f"{_CORE}/case_evolve.py",
                old='    return {"decided_at": event.decided_at}',
                new=('    from datetime import UTC, datetime\n\n    return {"decided_at": datetime.now(UTC)}'),
            ),
        ),
        caught_by=("tests/enrollment/test_moves.py", "-k", "asks_no_clock"),
    ),
    Mutant(
        name="the fold of a case reads the clock: what it gives differs",
        changes=(
            Change(
                file=f"{_CORE}/case_evolve.py",
                old='    return {"decided_at": event.decided_at}',
                new=('    from datetime import UTC, datetime\n\n    return {"decided_at": datetime.now(UTC)}'),
            ),
        ),
        caught_by=("tests/enrollment/test_world.py::TestEnrolling",),
    ),
    Mutant(
        name="a meter is asked for while the sale can still be rescinded",
        changes=(
            Change(
                file=f"{_CORE}/decide_decision.py",
                old="    if terms.rescission_ends_on > facts.today:",
                new="    if terms.rescission_ends_on > facts.today + timedelta(days=400):",
            ),
        ),
        caught_by=("tests/enrollment/test_world.py::TestEnrolling",),
    ),
    Mutant(
        name="a withdrawn enrollment keeps its place",
        changes=(
            Change(
                file=f"{_CORE}/decide_orders.py",
                old=(
                    "    return Decided(events=(heard, life.Withdrawn(row=Row.ACTION, moves=moves), "
                    "PlaceReleased(row=Row.ACTION)))"
                ),
                new="    return Decided(events=(heard, life.Withdrawn(row=Row.ACTION, moves=moves)))",
            ),
        ),
        caught_by=("tests/enrollment/test_world.py", "-k", "test_every_scene_holds"),
    ),
    Mutant(
        name="a bill that charges other energy than was read is issued",
        changes=(
            Change(
                file=f"{_CORE}/bill_check.py",
                old="(HeldReason.ENERGY_WRONG, not energy_conserved(given, billed_wh=billed_wh(bill))),",
                new="(HeldReason.ENERGY_WRONG, False),",
            ),
        ),
        caught_by=("tests/enrollment/test_world.py", "-k", "test_every_scene_holds"),
    ),
    Mutant(
        name="a lapsed condition is refused while a withdrawal is under way (the driver never comes to rest)",
        changes=(
            Change(
                file=f"{_CORE}/decide_ends.py",
                old="        return Decided(events=(_taken(lapsed, facts, wait=CONDITION_HELD),))",
                new="        return not_in_state(case, CommandName.END_CONDITION)",
            ),
        ),
        caught_by=("tests/enrollment/test_world.py", "-k", "test_every_scene_holds"),
    ),
    Mutant(
        name="the index over live units dropped",
        changes=(
            Change(
                file=f"{_RECORDS}/migrations/0013_held_places.py",
                old='fields=("organization", "family", "unit_kind", "unit_id"),',
                new='fields=("organization", "family", "unit_kind", "unit_id", "case_number"),',
            ),
        ),
        caught_by=("tests/records/test_races.py", "-k", "exactly_one_lives"),
    ),
    Mutant(
        name="the inbox takes a message twice (unique dropped)",
        changes=(
            Change(
                file=f"{_RECORDS}/migrations/0002_tables.py",
                old="fields=('organization', 'sender', 'message_id'), name='inbox_once'",
                new="fields=('organization', 'sender', 'message_id', 'id'), name='inbox_once'",
            ),
            Change(
                file=f"{_RECORDS}/inbox.py",
                old='            "ON CONFLICT (organization_id, sender, message_id) DO NOTHING",',
                new='            "ON CONFLICT DO NOTHING",',
            ),
        ),
        caught_by=("tests/records/test_messages.py", "-k", "takes_effect_once"),
    ),
    Mutant(
        name="whoever comes while a place is free overtakes those in line",
        changes=(
            Change(
                file=f"{_CORE}/decide_waiting.py",
                old="    if mine or (places.free and not places.waiting):",
                new="    if mine or places.free:",
            ),
        ),
        # Between the moment at which a place becomes free and its offer somebody else is decided.
        caught_by=("tests/enrollment/test_waiting_list.py",),
    ),
    Mutant(
        name="a refused application keeps the place that was held for it",
        changes=(
            Change(
                file=f"{_CORE}/waiting_events.py",
                old="    return changed(case, counted=None, line=None)",
                new="    return changed(case, line=None)",
            ),
        ),
        caught_by=("tests/enrollment/test_waiting_list.py",),
    ),
    Mutant(
        name="messages written after the commit of their cause",
        changes=(
            Change(
                file=f"{_RECORDS}/unit_of_work.py",
                old="            outbox.write(self._batch, message, now=self.now)",
                new="            self.late.append(message)",
            ),
            Change(
                file=f"{_RECORDS}/unit_of_work.py",
                old='        self._key = ""\n',
                new='        self._key = ""\n        self.late: list[Any] = []\n',
            ),
            Change(
                file=f"{_RECORDS}/unit_of_work.py",
                old="            work.close()\n\n",
                new=(
                    "            work.close()\n"
                    "    with open_organization(organization) as opened:\n"
                    "        late = RowBatch(writing_cursor(), opened.id)\n"
                    "        for message in work.late:\n"
                    "            outbox.write(late, message, now=now)\n"
                    "        late.flush()\n\n"
                ),
            ),
        ),
        caught_by=("tests/mutants/test_outbox_with_cause.py",),
    ),
    Mutant(
        name="a retry that was in vain is swallowed",
        changes=(
            Change(
                file=f"{_RECORDS}/retries.py",
                old="            if sqlstate_of(error) not in AGAIN or done == tries:\n                raise",
                new="            if sqlstate_of(error) not in AGAIN:\n                raise",
            ),
            Change(
                file=f"{_RECORDS}/retries.py",
                old='    raise ValueError("A unit of work needs at least one try; give tries of 1 or more.")',
                new="    return None  # pyright: ignore[reportReturnType]",
            ),
        ),
        caught_by=("tests/records/test_races.py", "-k", "deadlock_is_tried_again"),
    ),
    Mutant(
        name="the security policy of a table dropped",
        changes=(
            Change(
                file=f"{_RECORDS}/security.py",
                old='            "CREATE POLICY own_rows ON {} TO {}, CURRENT_USER USING '
                '(organization_id = evenroll_organization()) "\n'
                '            "WITH CHECK (organization_id = evenroll_organization())"',
                new='            "CREATE POLICY own_rows ON {} TO {}, CURRENT_USER USING (true) WITH CHECK (true)"',
            ),
        ),
        caught_by=("tests/records/test_walls.py", "-k", "sees_and_writes_nothing_of_another"),
    ),
    Mutant(
        name="a fleet plan closes slots that can still be reached",
        changes=(
            Change(
                file="src/evenroll/costs/fleet/rerouting.py",
                old="closed |= flow.reached - steps.keys()",
                new="closed |= flow.reached",
            ),
        ),
        caught_by=("tests/costs/fleet/test_fleet_plan.py", "-k", "certificate_proves"),
    ),
    Mutant(
        name="a certificate that proves too much",
        changes=(
            Change(
                file="src/evenroll/costs/fleet/certificate.py",
                old="(dearer.price_e8 - level.price_e8) * level.most_wh",
                new="(dearer.price_e8 - level.price_e8) * (level.most_wh - 1)",
            ),
        ),
        caught_by=("tests/costs/fleet/test_fleet_plan.py", "-k", "bounds_that_the_best_plan_keeps"),
    ),
)
