"""Holes that are planted in the pages of the office, and the tests that must find each."""

from __future__ import annotations

from tests.mutants.mutants import Change, Mutant

_RECORDS = "src/evenroll/records"
_BACKOFFICE = "src/evenroll/backoffice"
_CATALOG = "tests/web/test_catalog_pages.py"
_REGISTRY = "tests/web/test_registry.py"

OFFICE_MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="office: anybody of the staff looks into the registry",
        changes=(
            Change(
                file=f"{_RECORDS}/registry_looked.py",
                old="    if viewer.role is not Role.REGISTRY_OPERATOR:",
                new="    if viewer.role is Role.CUSTOMER:",
            ),
        ),
        caught_by=(f"{_REGISTRY}::test_only_the_operator_of_a_registry_looks_into_it",),
    ),
    Mutant(
        name="office: a supplier leaves without anybody having seen whom that concerns",
        changes=(
            Change(
                file=f"{_BACKOFFICE}/registry_acts.py",
                old="seen == str(len(found.events))",
                new="seen",
            ),
        ),
        caught_by=(f"{_REGISTRY}::test_a_supplier_leaves_only_after_it_was_seen_whom_that_concerns",),
    ),
    Mutant(
        name="office: who writes a draft publishes it",
        changes=(
            Change(
                file="src/evenroll/actions/draft_program.py",
                old="    if is_same_actor(draft.drafted_by, work.actor.key):",
                new="    if not draft.drafted_by:",
            ),
        ),
        caught_by=(f"{_CATALOG}::test_capitals_make_nobody_else_of_who_wrote",),
    ),
    Mutant(
        name="office: a new number alone is a new version",
        changes=(
            Change(
                file="src/evenroll/programs/drafted.py",
                old="    if before is not None and not changed_fields(before, program):",
                new="    if before is not None and before == program:",
            ),
        ),
        caught_by=(f"{_CATALOG}::test_a_draft_that_changes_nothing_is_refused",),
    ),
    Mutant(
        name="office: YAML is read however deep it goes",
        changes=(
            Change(
                file="src/evenroll/programs/yaml_nodes.py",
                old="        if len(self.open_) + more > self.levels_max:",
                new="        if len(self.open_) + more > self.levels_max**3:",
            ),
        ),
        caught_by=("tests/programs/test_yaml_nodes.py::test_what_would_end_the_process_is_refused",),
    ),
    Mutant(
        name="office: what aliases repeat is not counted",
        changes=(
            Change(
                file="src/evenroll/programs/yaml_nodes.py",
                old="        self.copies += nodes",
                new="        self.copies += nodes // 10",
            ),
        ),
        caught_by=("tests/programs/test_yaml_nodes.py::test_what_would_end_the_process_is_refused",),
    ),
    Mutant(
        name="office: a process of the web that dies takes the site with it",
        changes=(
            Change(
                file="src/evenroll/runtime/cli_serve.py",
                old="        respawn_failed_workers=True,\n",
                new="",
            ),
        ),
        caught_by=("tests/web/test_serve.py::test_a_worker_that_dies_is_started_anew_and_the_site_goes_on",),
    ),
    Mutant(
        name="office: a draft takes the key of another's program",
        changes=(
            Change(
                file="src/evenroll/actions/draft_program.py",
                old="        if is_others(each.program.key, than=organization):",
                new="        if is_others(each.program.key, than=each.program.organization) and each.before:",
            ),
            Change(
                file=f"{_RECORDS}/published.py",
                old="        if is_others(program.key, than=program.organization):",
                new="        if not program.key:",
            ),
        ),
        caught_by=(f"{_CATALOG}::test_a_key_belongs_to_who_published_it_first",),
    ),
    Mutant(
        name="office: the database lets anybody publish a key in other letters",
        changes=(
            Change(
                file=f"{_RECORDS}/migrations/0044_program_key_owner.py",
                old="WHERE upper(key) = upper(NEW.key)",
                new="WHERE key = NEW.key",
            ),
        ),
        caught_by=(f"{_CATALOG}::test_the_database_itself_lets_nobody_publish_the_key_of_another",),
    ),
    Mutant(
        name="office: any amount may be drafted",
        changes=(
            Change(
                file="src/evenroll/programs/ranges.py",
                old=" and abs(value) <= most",
                new="",
            ),
        ),
        caught_by=("tests/programs/test_mistakes.py::test_a_mistake_is_refused_by_file_line_and_reason",),
    ),
    Mutant(
        name="office: an absurd program on the shelf is offered",
        changes=(
            Change(
                file=f"{_RECORDS}/program_shelf.py",
                old="    if not misfit(program):",
                new="    if program.key:",
            ),
        ),
        caught_by=(
            "tests/web/test_catalog_ranges.py::test_a_program_that_is_wrong_on_the_shelf_breaks_none_of_the_others",
        ),
    ),
)
