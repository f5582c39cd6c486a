"""`make mutants`: plants each known bug in a copy of the code and sees that its test finds it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.mutants.mutants import MUTANTS, Mutant  # noqa: E402  the path is set just above
from tests.mutants.mutants_bills import BILL_MUTANTS  # noqa: E402
from tests.mutants.mutants_faults import FAULT_MUTANTS  # noqa: E402
from tests.mutants.mutants_mail import MAIL_MUTANTS  # noqa: E402
from tests.mutants.mutants_matching import MATCHING_MUTANTS  # noqa: E402
from tests.mutants.mutants_web import WEB_MUTANTS  # noqa: E402
from tests.mutants.mutants_web_care import CARE_MUTANTS  # noqa: E402
from tests.mutants.mutants_web_case import WEB_CASE_MUTANTS  # noqa: E402
from tests.mutants.mutants_web_desk import DESK_MUTANTS  # noqa: E402
from tests.mutants.mutants_web_find import WEB_FIND_MUTANTS  # noqa: E402
from tests.mutants.mutants_web_office import OFFICE_MUTANTS  # noqa: E402
from tests.mutants.mutants_web_reports import REPORT_MUTANTS  # noqa: E402
from tests.mutants.mutants_web_sign_in import SIGN_IN_MUTANTS  # noqa: E402

COPIED = ("src", "tests", "docs", "pyproject.toml", "README.md")
PASSED, FAILED, TIMED_OUT = 0, 1, -1


class MutantWrong(Exception):
    """A mutant that cannot be planted: its text is not there, or is there more than once."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of a mutant. verdict: "caught", or in words why it was not."""

    mutant: Mutant
    verdict: str
    seconds: float

    @property
    def caught(self) -> bool:
        return self.verdict == "caught"


def main(names: Iterable[str]) -> int:
    """Plant the mutants whose names hold one of these words, or all; 1 if any survives."""
    words = tuple(names)
    every = (
        *MUTANTS,
        *BILL_MUTANTS,
        *MATCHING_MUTANTS,
        *WEB_MUTANTS,
        *CARE_MUTANTS,
        *DESK_MUTANTS,
        *WEB_FIND_MUTANTS,
        *OFFICE_MUTANTS,
        *REPORT_MUTANTS,
        *SIGN_IN_MUTANTS,
        *WEB_CASE_MUTANTS,
        *MAIL_MUTANTS,
        *FAULT_MUTANTS,
    )
    chosen = [each for each in every if not words or any(word in each.name for word in words)]
    with tempfile.TemporaryDirectory(prefix="evenroll-mutants-") as folder:
        copy_tree(Path(folder))
        outcomes = [told(outcome) for outcome in judged(chosen, copy=Path(folder))]
    caught = sum(outcome.caught for outcome in outcomes)
    print(f"{caught} of {len(outcomes)} planted bugs were caught.")
    return 0 if caught == len(outcomes) else 1


def copy_tree(folder: Path) -> None:
    """A copy to plant bugs in; the tree itself is never touched."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy2(source, folder / name)


def judged(mutants: Iterable[Mutant], *, copy: Path) -> Iterator[Outcome]:
    """Each mutant with what became of it; its tests have to pass without it first."""
    sound: dict[tuple[str, ...], int] = {}
    for mutant in mutants:
        began = time.monotonic()
        if mutant.caught_by not in sound:
            sound[mutant.caught_by] = run_tests(mutant, copy=copy)
        if sound[mutant.caught_by] != PASSED:
            yield Outcome(mutant=mutant, verdict="its tests do not pass without it", seconds=time.monotonic() - began)
            continue
        try:
            with planted(mutant, copy=copy):
                result = run_tests(mutant, copy=copy)
        except MutantWrong as wrong:
            yield Outcome(mutant=mutant, verdict=str(wrong), seconds=time.monotonic() - began)
            continue
        verdict = {FAILED: "caught", PASSED: "SURVIVED", TIMED_OUT: "ran out of time"}
        told_as = verdict.get(result, f"the tests could not run (pytest {result})")
        yield Outcome(mutant=mutant, verdict=told_as, seconds=time.monotonic() - began)


@contextmanager
def planted(mutant: Mutant, *, copy: Path) -> Iterator[None]:
    """The copy with this bug in it. Raises MutantWrong."""
    before = {change.file: (copy / change.file).read_text("utf-8") for change in mutant.changes}
    texts = dict(before)
    for change in mutant.changes:
        found = texts[change.file].count(change.old)
        if found != 1:
            raise MutantWrong(f"its text stands {found} times in {change.file}, not once: write the mutant anew")
        texts[change.file] = texts[change.file].replace(change.old, change.new)
    try:
        for file, text in texts.items():
            (copy / file).write_text(text, "utf-8")
        yield
    finally:
        for file, text in before.items():
            (copy / file).write_text(text, "utf-8")


def run_tests(mutant: Mutant, *, copy: Path) -> int:
    """The exit code of its tests, run in the copy on the code of the copy; TIMED_OUT if they took too long."""
    environment = {
        **os.environ,
        "PYTHONPATH": f"{copy / 'src'}{os.pathsep}{copy}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "EVENROLL_FIRST_FAILURE": "1",
    }
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *mutant.caught_by]
    try:
        done = subprocess.run(
            command, cwd=copy, env=environment, timeout=mutant.seconds, capture_output=True, check=False
        )
    except subprocess.TimeoutExpired:
        return TIMED_OUT
    return done.returncode


def told(outcome: Outcome) -> Outcome:
    """The outcome, printed as a line of the table."""
    caught_by = " ".join(outcome.mutant.caught_by)
    print(f"{outcome.seconds:6.1f} s  {outcome.verdict:<10}  {outcome.mutant.name}  [{caught_by}]", flush=True)
    return outcome


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
