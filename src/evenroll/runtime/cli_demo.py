"""`evenroll demo`: three territories, an example file, every row of the use case and a year of business time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import typer
from rich.status import Status

from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.cli_session import DATABASE, DEMO_DATABASE, asked
from evenroll.runtime.output_console import Output

UTILITY_EXAMPLE = "D02"
ESCO_EXAMPLE = "D13"


def demo() -> None:
    """Build the demo territory, enroll the example file, and check what came of it.

    The demo's database is made anew each time: what was in it, your own cases too, is gone. An installation is never
    replaced.

    Example: evenroll demo
    """
    output = Output(json=asked.json)
    began = time.monotonic()
    with _telling(output) as tell:
        report = _run(output, tell, began)
    if not report["equal"]:
        raise typer.Exit(ExitCode.REFUSED)


def _database() -> str:
    """The demo's own database, or the one named before the command; never the installation's."""
    return DEMO_DATABASE if asked.database == DATABASE else asked.database


def _run(output: Output, tell: Callable[[str], None], began: float) -> dict[str, Any]:
    from evenroll.runtime.demo_database import fresh_demo
    from evenroll.runtime.demo_run import BEGINS_AT, play, prepare, take_in_example, working

    output.say(f"The demo's database {_database()} is made anew; what was in it, your own cases too, is gone.")
    tell("Making the demo's database")
    with fresh_demo(now=BEGINS_AT, name=_database()):
        tell("Loading three territories with accounts, meters, reads and rates")
        run = prepare()
        with working(run):
            tell("Enrolling the example file")
            take_in_example(run, tell=lambda key: tell(f"Enrolling the example file: {key}"))
            play(run, tell=lambda day: tell(f"Business clock {day}"))
        tell("Checking")
        return _report(output, run, tell, began)


def _report(output: Output, run: Any, tell: Callable[[str], None], began: float) -> dict[str, Any]:
    from evenroll.runtime.demo_check import check
    from evenroll.runtime.output_demo import (
        drawn,
        funnel,
        providers,
        show_check,
        show_example,
        show_providers,
        show_rows,
    )

    organizations = run.installation.organizations
    checked = check(run, organizations=organizations)
    found, told = funnel(checked), providers(organizations)
    drawing = drawn(told)
    tell("")
    equal = all(each.equal for each in checked) and not run.refused and not run.troubles
    report = _told(run, checked, found, equal=equal, seconds=round(time.monotonic() - began, 1))
    report |= {"reports": [asdict(each) for each in told], "drawing": str(drawing)}
    output.data(report)
    for key in (UTILITY_EXAMPLE, ESCO_EXAMPLE):
        example = next(each for each in checked if each.scenario.key == key)
        show_example(example, output=output, organizations=organizations)
    show_rows(found, output=output)
    show_providers(told, output=output)
    output.say(f"The report of the provider with most cases as a drawing: {drawing}")
    show_check(checked, output=output)
    _close(output, report, next(each.number for each in checked if each.scenario.key == UTILITY_EXAMPLE))
    return report


def _told(
    run: Any, checked: tuple[Any, ...], found: dict[str, dict[str, int]], *, equal: bool, seconds: float
) -> dict[str, Any]:
    """The run and its check as data."""
    return {
        "equal": equal,
        "applications": len(checked),
        "database": _database(),
        "business_clock": run.now,
        "seconds": seconds,
        "funnel": found,
        "refused_acts": list(run.refused),
        "commands": run.commands,
        "messages": run.messages,
        "troubles": run.troubles,
        "checked": [
            {
                "application": each.scenario.key,
                "title": each.scenario.title,
                "case": each.number,
                "equal": each.equal,
                "expected": dict(each.expected),
                "actual": dict(each.actual),
            }
            for each in checked
        ],
    }


def _close(output: Output, report: dict[str, Any], number: str | None) -> None:
    output.say("", *(f"The script could not act: {each}" for each in report["refused_acts"]))
    if report["troubles"]:
        output.say(f"{report['troubles']} commands failed or messages were parked: see `evenroll --demo status`.")
    wrong = sum(not each["equal"] for each in report["checked"])
    verdict = f"{wrong} not as expected" if wrong else "all as expected"
    output.say(
        f"{report['applications']} applications, {verdict}: {report['commands']} commands of the rules and "
        f"{report['messages']} messages in {report['seconds']} s, over the business days from 2026-03-02 to "
        f"{report['business_clock']:%Y-%m-%d}.",
        style="bold green" if report["equal"] else "bold red",
    )
    output.say(
        "In a browser: evenroll --demo serve",
        "Look around:  evenroll --demo status",
        "              evenroll --demo queue",
        f"              evenroll --demo case {number}",
    )


@contextmanager
def _telling(output: Output) -> Iterator[Callable[[str], None]]:
    """Tells on standard error how far it is: a moving line for a person, nothing for a pipe."""
    if output.json or not output.err.is_terminal:
        yield lambda _text: None
        return
    status = Status("", console=output.err)

    def tell(text: str) -> None:
        if text:
            status.update(text)
            status.start()
        else:
            status.stop()

    try:
        yield tell
    finally:
        status.stop()
