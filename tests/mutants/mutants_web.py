"""Holes that are planted in the web, and the tests that must find each."""

from __future__ import annotations

from tests.mutants.mutants import Change, Mutant

_ACCOUNTS = "src/evenroll/accounts"
_PAGES = "src/evenroll/pages"
_RUNTIME = "src/evenroll/runtime"
_MATRIX = "tests/web/test_matrix.py"

WEB_MUTANTS: tuple[Mutant, ...] = (
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
)
