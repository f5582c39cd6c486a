"""Plants bugs in a copy of the core, one by one, and says after how many histories the simulation finds each.

Usage: python -m tests.simulation.planted [words of names]. A bug that is never found is a hole in the simulation.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.mutants.mutants import Change, Mutant
from tests.mutants.run import copy_tree, planted

HISTORIES = 2_000
_CORE = "src/evenroll/enrollment"
_RUN = "tests.simulation.run"
_BY = ("tests/simulation",)

PLANTED: tuple[Mutant, ...] = (
    Mutant(
        name="the cap is not looked at",
        changes=(
            Change(
                file=f"{_CORE}/decide_waiting.py",
                old="    if mine or (places.free and not places.waiting):",
                new="    if mine or places.cap:",
            ),
        ),
        caught_by=_BY,
    ),
    Mutant(
        name="who came first in line is overtaken by who comes when a place is free",
        changes=(
            Change(
                file=f"{_CORE}/decide_waiting.py",
                old="    if mine or (places.free and not places.waiting):",
                new="    if mine or places.free:",
            ),
        ),
        caught_by=_BY,
    ),
    Mutant(
        name="the registrar is asked inside the rescission window",
        changes=(
            Change(
                file=f"{_CORE}/decide_decision.py",
                old="    if terms.rescission_ends_on > facts.today:",
                new="    if not facts.programs and terms.rescission_ends_on > facts.today:",
            ),
            Change(
                file=f"{_CORE}/decide_supply.py",
                old="    if facts.today < agreement.rescission_ends_on:",
                new="    if facts.today < agreement.signed_on:",
            ),
        ),
        caught_by=_BY,
    ),
    Mutant(
        name="authentication is skipped",
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
        caught_by=_BY,
    ),
    Mutant(
        name="the back office is waited for without a due date",
        changes=(
            Change(
                file=f"{_CORE}/waits.py",
                old="    (T.METER, S.BACK_OFFICE): {Wait.FIRST: _bd(_OFFICE, 2, C.ESCALATE)},\n",
                new="",
            ),
        ),
        caught_by=_BY,
    ),
    Mutant(
        name="a day between two service periods",
        changes=(
            Change(
                file=f"{_CORE}/point_events.py",
                old="(replace(before, end_on=after.start_on),)",
                new="(replace(before, end_on=after.start_on.replace(day=1)),)",
            ),
            Change(
                file=f"{_CORE}/point_events.py",
                old=(
                    "    check_periods(agreements, pod=point.pod)\n"
                    "    return replace(point, agreements=agreements)\n\n\n_FOLDS"
                ),
                new="    return replace(point, agreements=agreements)\n\n\n_FOLDS",
            ),
        ),
        caught_by=_BY,
    ),
    Mutant(
        name="nobody is told that an application expired",
        changes=(Change(file=f"{_CORE}/notices.py", old='        "expired",\n', new=""),),
        caught_by=_BY,
    ),
    Mutant(
        name="an enrollment that ends keeps its place",
        changes=(
            Change(
                file=f"{_CORE}/moving_fold.py",
                old="changed(each, live=False)",
                new="changed(each, live=each.live)",
            ),
        ),
        caught_by=_BY,
    ),
    Mutant(
        name="the second move of a member leaves the first one's application without its place",
        changes=(
            Change(
                file=f"{_CORE}/decide.py",
                old="if name is C.MOVE_WITH_CAR else None",
                new="if name is C.MERGE_CASE else None",
            ),
        ),
        caught_by=_BY,
    ),
)
"""What must be found."""


def main(words: list[str]) -> int:
    """Plant each, play until something breaks, print a line; 1 if one was not found."""
    chosen = [each for each in PLANTED if not words or any(word in each.name for word in words)]
    with tempfile.TemporaryDirectory(prefix="evenroll-simulated-") as folder:
        copy = Path(folder)
        copy_tree(copy)
        found = [_found(each, copy=copy) for each in chosen]
    print(f"{sum(found)} of {len(found)} planted bugs were found.")
    return 0 if all(found) else 1


def _found(mutant: Mutant, *, copy: Path) -> bool:
    environment = {**os.environ, "PYTHONPATH": f"{copy / 'src'}{os.pathsep}{copy}", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", _RUN, "--first", "--histories", str(HISTORIES)]
    with planted(mutant, copy=copy):
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    broken = re.search(r"BROKEN, invariant (\d+): (.*)\n.* ONLY=(\d+)", done.stdout)
    if broken is None:
        print(f"{mutant.name}: NOT FOUND in {HISTORIES} histories {done.stderr[-300:]}", flush=True)
        return False
    number, told, after = broken.groups()
    print(f"{mutant.name}: found by history {after}, invariant {number}: {told[:110]}", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
