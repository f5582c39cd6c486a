"""Holes and bugs that are planted in the staff's desk, and the tests that must find each."""

from __future__ import annotations

from tests.mutants.mutants import Change, Mutant

_DESK = "src/evenroll/backoffice"
_RECORDS = "src/evenroll/records"
_CLAIMS = "tests/web/test_desk_claims.py"
_TOGETHER = "tests/web/test_desk_together.py"
_PERSONAL = "tests/web/test_desk_personal.py"
_UNDO = "tests/web/test_desk_undo.py"
_AUDIT = "tests/web/test_desk_audit.py"
_SEEN = "tests/web/test_desk_seen.py"

DESK_MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="desk: what the supervisor has for long is never late",
        changes=(
            Change(
                file="src/evenroll/enrollment/long_waits.py",
                old="and since + LONG_WAIT < now",
                new="and since + LONG_WAIT * 99 < now",
            ),
        ),
        caught_by=(
            "tests/web/test_desk_escalated.py::test_what_stands_with_the_supervisor_for_long_is_late_though_its_date_was_renewed",
        ),
    ),
    Mutant(
        name="desk: overdue credits are hidden from the supervisor",
        changes=(
            Change(
                file=f"{_DESK}/queue_credits.py",
                old="if role is Role.SUPERVISOR:",
                new="if role is Role.CUSTOMER:",
            ),
        ),
        caught_by=(
            "tests/web/test_desk_credits_wait.py::test_credits_wait_on_the_manager_and_once_they_are_late_on_the_supervisor_too",
        ),
    ),
    Mutant(
        name="desk: a missed visit comes to a supervisor who can do nothing",
        changes=(
            Change(
                file="src/evenroll/enrollment/commands.py",
                old="C.BOOK_VISIT: _order(Row.R5B, _OFFICE, _SUPERVISOR)",
                new="C.BOOK_VISIT: _order(Row.R5B, _OFFICE)",
            ),
            Change(
                file="src/evenroll/enrollment/commands.py",
                old="C.REBOOK_VISIT: _order(Row.R5B, _OFFICE, _CUSTOMER, _SUPERVISOR)",
                new="C.REBOOK_VISIT: _order(Row.R5B, _OFFICE, _CUSTOMER)",
            ),
        ),
        caught_by=(
            "tests/enrollment/test_waits_owners.py::test_a_missed_visit_comes_to_a_supervisor_who_can_book_it_anew",
        ),
    ),
    Mutant(
        name="desk: whoever claims last has it",
        changes=(
            Change(
                file=f"{_RECORDS}/desk_claims.py",
                old='"WHERE held.until <= excluded.since OR held.holder = %(by)s OR %(may_give)s "',
                new='"WHERE true OR held.holder = %(by)s OR %(may_give)s "',
            ),
        ),
        caught_by=(f"{_CLAIMS}::test_of_many_who_claim_at_once_one_has_it_and_the_others_are_told_who_and_since_when",),
    ),
    Mutant(
        name="desk: a claim is never over",
        changes=(
            Change(
                file=f"{_RECORDS}/desk_claims.py",
                old='"WHERE claim.until > %s"',
                new='"WHERE %s IS NOT NULL"',
            ),
        ),
        caught_by=(f"{_CLAIMS}::test_a_claim_is_over_after_its_time",),
    ),
    Mutant(
        name="desk: who signed out works on everything still",
        changes=(
            Change(
                file="src/evenroll/accounts/sign_in.py",
                old="    _free_claims(request)\n    _end_entry(request)",
                new="    _end_entry(request)",
            ),
        ),
        caught_by=(f"{_CLAIMS}::test_what_somebody_works_on_is_free_when_that_one_signs_out",),
    ),
    Mutant(
        name="desk: what changed since a page was read is not asked again by the new state",
        changes=(
            Change(
                file=f"{_DESK}/act.py",
                old="str(why.moved.seen if why.moved else",
                new='str("" if why.moved else',
            ),
        ),
        caught_by=(
            f"{_CLAIMS}::test_who_read_an_older_page_is_told_what_changed_keeps_what_was_typed_and_gives_it_again",
        ),
    ),
    Mutant(
        name="desk: trying a command for many does it",
        changes=(
            Change(
                file="src/evenroll/worker/trying.py",
                old="                raise _Undone(COMMAND_FUNCTIONS[name](work, asked=keyless))",
                new="                return COMMAND_FUNCTIONS[name](work, asked=keyless)",
            ),
        ),
        caught_by=(f"{_TOGETHER}::test_rows_are_tried_then_done_once_each_with_its_own_result",),
    ),
    Mutant(
        name="desk: a command for many is given by no state that was shown",
        changes=(Change(file=f"{_DESK}/together_rows.py", old="key=key, seen=chosen.seen", new="key=key, seen=None"),),
        caught_by=(f"{_TOGETHER}::test_rows_are_tried_then_done_once_each_with_its_own_result",),
    ),
    Mutant(
        name="desk: a row that goes wrong ends the others",
        changes=(
            Change(
                file=f"{_DESK}/together_rows.py",
                old="        return RowTold(chosen=chosen, result=RowResult.FAILED)",
                new="        raise",
            ),
        ),
        caught_by=(
            f"{_TOGETHER}::test_what_is_left_when_the_time_is_over_or_goes_wrong_is_told_and_the_others_are_done",
        ),
    ),
    Mutant(
        name="desk: personal answers are read and no look is kept",
        changes=(
            Change(
                file=f"{_RECORDS}/personal_looks.py",
                old="        _note(opened, actor, number, what=ANSWERS_READ, why=why)\n",
                new="",
            ),
        ),
        caught_by=(f"{_PERSONAL}::test_answers_are_shown_for_a_reason_and_the_look_is_kept",),
    ),
    Mutant(
        name="desk: a crew reads addresses on any day",
        changes=(
            Change(
                file=f"{_RECORDS}/queries.py",
                old="order.visit is not None and order.visit.visit_on == viewer.on",
                new="order.visit is not None",
            ),
        ),
        caught_by=(f"{_PERSONAL}::test_a_crew_reads_the_address_of_its_order_on_the_day_of_the_visit_only",),
    ),
    Mutant(
        name="desk: the tail of a VIN stays findable when its customer is erased",
        changes=(
            Change(
                file=f"{_RECORDS}/case_answers.py",
                old="        work.put(_GIVEN_TOKEN, (TokenKind.VIN_TAIL.value, tail, ANSWERS, answers.ref, key_id))\n",
                new="",
            ),
        ),
        caught_by=("tests/records/test_vin_tails.py::test_a_tail_goes_with_the_key_of_its_customer",),
    ),
    Mutant(
        name="desk: an order is read before the number of its last entry",
        changes=(
            Change(
                file=f"{_DESK}/act.py",
                old="        seen = queries.order_version(viewer_of(request), number=parsed)\n"
                "        order = queries.order(viewer_of(request), number=parsed)\n",
                new="        order = queries.order(viewer_of(request), number=parsed)\n"
                "        seen = queries.order_version(viewer_of(request), number=parsed)\n",
            ),
        ),
        caught_by=(f"{_SEEN}::test_an_order_that_changes_while_its_command_is_read_takes_nothing_from_that_page",),
    ),
    Mutant(
        name="desk: what a colleague did since is undone with the rest",
        changes=(Change(file=f"{_DESK}/together.py", old="each.record not in aside])", new="each.record])"),),
        caught_by=(f"{_UNDO}::test_a_row_on_which_a_person_acted_since_is_left_alone",),
    ),
    Mutant(
        name="desk: a row that stood there before is undone too",
        changes=(
            Change(
                file=f"{_DESK}/together_rows.py",
                old="if after[each].live != before[each].live}",
                new="if each in after}",
            ),
        ),
        caught_by=(f"{_UNDO}::test_a_row_that_stood_there_already_is_not_undone",),
    ),
    Mutant(
        name="desk: anybody undoes what a colleague did",
        changes=(
            Change(
                file=f"{_RECORDS}/desk_batches.py", old="sees_all = viewer.role in OVERSEERS", new="sees_all = True"
            ),
        ),
        caught_by=(f"{_UNDO}::test_a_supervisor_undoes_what_others_did_and_a_colleague_does_not",),
    ),
    Mutant(
        name="desk: the auditor works on cases like a desk",
        changes=(
            Change(
                file=f"{_DESK}/who.py",
                old="OF_CASES: Final = staff(Role.ENROLLMENT_DESK,",
                new="OF_CASES: Final = staff(Role.AUDITOR, Role.ENROLLMENT_DESK,",
            ),
        ),
        caught_by=(f"{_AUDIT}::test_the_auditor_finds_and_reads_every_case_and_can_give_nothing",),
    ),
    Mutant(
        name="desk: a changed entry is told as whole",
        changes=(
            Change(
                file=f"{_RECORDS}/sealed_case.py",
                old="return not self.faults and not self.refused",
                new="return True",
            ),
        ),
        caught_by=(f"{_AUDIT}::test_an_entry_that_was_changed_is_told",),
    ),
    Mutant(
        name="desk: a cell of the queue's file is a formula",
        changes=(
            Change(
                file=f"{_DESK}/queue_file.py",
                old="    return [safe_cell(each) for each in cells]",
                new="    safe_cell(row.number)\n    return list(cells)",
            ),
        ),
        caught_by=("tests/web/test_desk_queue_file.py::test_no_cell_is_a_formula",),
    ),
)
