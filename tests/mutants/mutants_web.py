"""Holes that are planted in the web, and the tests that must find each."""

from __future__ import annotations

from tests.mutants.mutants import Change, Mutant

_ACCOUNTS = "src/evenroll/accounts"
_PAGES = "src/evenroll/pages"
_RUNTIME = "src/evenroll/runtime"
_MATRIX = "tests/web/test_matrix.py"
_ATTACKS = "tests/web/test_attacks.py"

WEB_MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="row 4a: a sign-in of anybody proves the account that is named",
        changes=(
            Change(
                file="src/evenroll/enrollment/decide_form.py",
                old="if case.proof.signed_in is None or answer.customer != case.proof.signed_in:",
                new="if case.proof.signed_in is None:",
            ),
        ),
        caught_by=("tests/web/test_enroll_signed_in.py::test_a_sign_in_proves_nobody_else_s_account",),
    ),
    Mutant(
        name="sent: the page takes a word by itself, and tells by its work what the case is",
        changes=(
            Change(
                file="src/evenroll/portal/enroll_sent.py",
                old="    if settings.EVENROLL_WEB.is_demo:",
                new="    if settings is not None:",
            ),
        ),
        caught_by=("tests/web/test_enroll_sent.py::test_known_unknown_and_applied_for_are_answered_alike",),
    ),
    Mutant(
        name="sent: who is not signed in withdraws a case that was proved",
        changes=(
            Change(
                file="src/evenroll/worker/words_kept.py",
                old="if case.proof.proved_at is not None or case.status in CASE_ENDS or case.status not in _TAKES:",
                new="if case.status in CASE_ENDS:",
            ),
        ),
        caught_by=("tests/web/test_enroll_sent.py::test_after_the_proof_nothing_is_done_without_a_sign_in",),
    ),
    Mutant(
        name="web: a draft that was begun signed in is sent as such by anybody",
        changes=(
            Change(
                file="src/evenroll/portal/enroll_told.py",
                old="    if person is None or person.role is not Role.CUSTOMER or person.organization != organization:",
                new="    if person is None:\n        return CustomerId(1)\n    if person.role is not Role.CUSTOMER:",
            ),
        ),
        caught_by=("tests/web/test_enroll_signed_in.py::test_begun_signed_in_and_sent_by_a_stranger_it_is_no_proof",),
    ),
    Mutant(
        name="web: the last bill is filled in from the books",
        changes=(
            Change(
                file="src/evenroll/portal/enroll_told.py",
                old='        "postal_code": known.postal_code,\n',
                new='        "postal_code": known.postal_code,\n        "last_bill_amount": known.last_bill_amount,\n',
            ),
        ),
        caught_by=("tests/web/test_enroll_signed_in.py::test_the_sign_in_is_the_proof_and_the_books_fill_in_none",),
    ),
    Mutant(
        name="look: colors that nobody can read are worn",
        changes=(
            Change(
                file=f"{_PAGES}/look_colors.py",
                old="        if not pair.passes:\n            raise",
                new="        if pair.ratio < 1:\n            raise",
            ),
        ),
        caught_by=("tests/web/test_look.py::test_the_web_does_not_begin_with_colors_that_cannot_be_read",),
    ),
    Mutant(
        name="look: a contrast that fails is rounded up to one that passes",
        changes=(Change(file=f"{_PAGES}/look_colors.py", old="rounding=ROUND_DOWN", new="rounding='ROUND_UP'"),),
        caught_by=("tests/pages/test_look.py::test_contrast_is_that_of_wcag",),
    ),
    Mutant(
        name="look: a logo fetches from elsewhere",
        changes=(
            Change(
                file=f"{_PAGES}/look_logo.py",
                old='    if _URL.search(value) or "\\\\" in value:',
                new='    if "\\\\" in value:',
            ),
        ),
        caught_by=("tests/pages/test_look.py::test_a_drawing_that_runs_or_fetches_anything_is_refused",),
    ),
    Mutant(
        name="look: a drawing runs as a document of this site",
        changes=(
            Change(
                file=f"{_PAGES}/web_look.py",
                old='        response["Content-Security-Policy"] = _ALONE\n',
                new="",
            ),
        ),
        caught_by=("tests/web/test_look.py::test_its_parts_come_from_here_and_may_be_kept",),
    ),
    Mutant(
        name="web: a queue goes through all cases for each of its pages",
        changes=(
            Change(
                file="src/evenroll/records/desk_queue.py",
                old="CASE WHEN ordered.case_number IS NULL THEN waits.stream_key ELSE ordered.case_number END",
                new="coalesce(ordered.case_number, waits.stream_key)",
            ),
        ),
        caught_by=("tests/records/test_queue_plan.py",),
    ),
    Mutant(
        name="web: a role is let in whatever its organization is",
        changes=(
            Change(
                file=f"{_ACCOUNTS}/rules.py",
                old="return person.role in self.roles and not self.kinds.isdisjoint(person.kinds)",
                new="return True",
            ),
        ),
        caught_by=(f"{_MATRIX}::test_a_page_is_reached_by_those_whom_its_rule_names",),
    ),
    Mutant(
        name="web: a role that its organization does not have is kept in the session",
        changes=(
            Change(
                file=f"{_ACCOUNTS}/sign_in.py",
                old="    if not (held or (role is Role.CUSTOMER and customer is not None)):",
                new="    if not held and role is not Role.CUSTOMER and customer is not None:",
            ),
        ),
        caught_by=(f"{_MATRIX}::test_a_page_is_reached_by_those_whom_its_rule_names",),
    ),
    Mutant(
        name="web: a page of others is told apart from one that is not there",
        changes=(
            Change(
                file=f"{_ACCOUNTS}/gate.py",
                old="        return not_found(request)",
                new="        answer = not_found(request)\n        answer.content += b' '\n        return answer",
            ),
        ),
        caught_by=(f"{_MATRIX}::test_a_page_is_reached_by_those_whom_its_rule_names",),
    ),
    Mutant(
        name="web: forms of other sites are taken",
        changes=(
            Change(
                file=f"{_RUNTIME}/web_settings.py",
                old='            "django.middleware.csrf.CsrfViewMiddleware",\n',
                new="",
            ),
        ),
        caught_by=(f"{_MATRIX}::test_a_form_without_the_sign_of_this_site_reaches_no_view",),
    ),
    Mutant(
        name="web: the choice of a language leads to another site",
        changes=(
            Change(
                file=f"{_PAGES}/web_language.py",
                old="path = escape_leading_slashes(request.path)",
                new="path = request.path",
            ),
        ),
        caught_by=(f"{_ATTACKS}::test_a_language_is_chosen_on_this_site_only",),
    ),
    Mutant(
        name="web: pages are served under any name",
        changes=(Change(file=f"{_ACCOUNTS}/gate.py", old="        request.get_host()\n", new=""),),
        caught_by=(f"{_ATTACKS}::test_no_page_is_served_under_another_s_name",),
    ),
    Mutant(
        name="web: pages can be framed",
        changes=(
            Change(
                file=f"{_RUNTIME}/web_settings.py",
                old='            "django.middleware.clickjacking.XFrameOptionsMiddleware",\n',
                new="",
            ),
        ),
        caught_by=(f"{_ATTACKS}::test_no_answer_can_be_framed_sniffed_or_kept",),
    ),
    Mutant(
        name="web: a text that was typed is shown as markup",
        changes=(
            Change(
                file=f"{_PAGES}/templates/widgets/input.html",
                old='value="{{ field.value }}"',
                new='value="{{ field.value|safe }}"',
            ),
        ),
        caught_by=("tests/web/test_widgets.py::test_each_error_leads_to_its_question",),
    ),
    Mutant(
        name="web: a customer sees cases of others",
        changes=(
            Change(
                file="src/evenroll/records/queries.py",
                old="(viewer.customer is not None and found.proof.customer == viewer.customer)",
                new="viewer.customer is not None",
            ),
        ),
        caught_by=(f"{_ATTACKS}::test_a_record_of_others_is_told_like_none",),
    ),
)
