"""Measures the web beside very many cases: an open load on `evenroll serve`, and statements of each page.

Usage: python -m tests.measure.web [cases, 1000000] [folder]. No part of the test run: filling a database takes an hour
and 18 GB for a million. `make bench-web` runs it; CASES=n, FOLDER=path keeps the databases, which `bench-large` shares.
"""

from __future__ import annotations

import os
import sys
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evenroll.runtime import wiring
from tests.measure.large import FEW, Filled, apart, filled
from tests.measure.open_load import Answered, Loaded, Request, load, quantile_ms
from tests.measure.served_web import served_web
from tests.measure.web_visits import Visits, visits_of

PER_SECOND = 50
SECONDS = 40
WARM_SECONDS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Phase:
    """One load. goal_ms: within which `share` of all answers are to come; None where it is reported only."""

    name: str
    per_second: float
    seconds: float
    share: float = 0.95
    goal_ms: float | None = None


PHASES = (
    Phase(name="portal", per_second=PER_SECOND, seconds=SECONDS, share=0.99, goal_ms=250),
    Phase(name="queue", per_second=10, seconds=20, goal_ms=300),
    Phase(name="search", per_second=10, seconds=20, goal_ms=200),
    Phase(name="desk", per_second=10, seconds=10),
    Phase(name="report", per_second=1, seconds=10, goal_ms=1000),
)
"""The last one is asked after all others, from the figures that are kept."""
FROM_THE_START = Phase(name="finder", per_second=10, seconds=4, share=0.99, goal_ms=250)
"""Asked of a server that has only just begun: forty households, each with answers of its own."""


def main(cases: int, folder: Path | None) -> int:
    """Fill, serve, load, print; 1 where an answer was wrong or the number of statements grew."""
    with filled((FEW, cases), folder, seals=False) as (few, many):
        counted = apart(_visits, (few,)).statements
        visits = apart(_visits, (many,))
        for each in (few, many):
            apart(_count_for_reports, (each,))
        heads = ("answers", "p50 ms", "p95 ms", "p99 ms", "statements", f"at {FEW:,}")
        print(f"{'page':<42}" + "".join(f"{each:>12}" for each in heads))
        with served_web(many.urls, home=many.home) as port:
            first = _asked(port, FROM_THE_START, visits.asked["finder"])
        with served_web(many.urls, home=many.home) as port:
            found = {FROM_THE_START.name: first} | _loaded(port, visits, counted=counted)
    return _told(found, visits, counted=counted, cases=cases)


def _visits(of: Filled) -> Visits:
    wiring.configure(of.urls, home=of.home)
    return visits_of(of.territory)


def _count_for_reports(of: Filled) -> None:
    """Bring the figures of reports up to the journal, as a worker does; a second time there is nothing to do."""
    wiring.configure(of.urls, home=of.home)
    from evenroll.records.organizations import organization_keys
    from evenroll.records.report_taking import take_all
    from evenroll.records.sealing import seal_all

    seal_all()
    for key in organization_keys():
        take_all(key)


def _loaded(port: int, visits: Visits, *, counted: Mapping[str, int]) -> dict[str, Loaded]:
    """All phases, between two of the yardstick: a static file of the same server at the same pace."""
    static = [Request(page="static", path=_static(port))]
    load(port, visits.asked["portal"], per_second=PER_SECOND, seconds=WARM_SECONDS)
    yardstick = Phase(name="yardstick", per_second=PER_SECOND, seconds=10)
    found = dict[str, Loaded]()
    for number, phase in enumerate((yardstick, *PHASES[:-1], yardstick, PHASES[-1])):
        asked = static if phase is yardstick else visits.asked[phase.name]
        of = _asked(port, phase, asked)
        found[f"{phase.name} {number}" if phase is yardstick else phase.name] = of
        for page, answers in sorted(of.pages().items(), key=lambda each: -quantile_ms(each[1], 0.95)):
            if page in visits.statements:
                _line(f"  {page}", answers, (visits.statements[page], counted.get(page, "")))
    return found


def _asked(port: int, phase: Phase, requests: Sequence[Request]) -> Loaded:
    of = load(port, requests, per_second=phase.per_second, seconds=phase.seconds)
    _line(f"{phase.name} ({phase.per_second:g}/s, load {os.getloadavg()[0]:.1f})", of.answers, ("", ""))
    return of


def _static(port: int) -> str:
    page = urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30).read().decode()
    return page.partition('rel="icon" href="')[2].partition('"')[0]


def _told(found: Mapping[str, Loaded], visits: Visits, *, counted: Mapping[str, int], cases: int) -> int:
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, {cases:,} cases")
    late = max(quantile_ms_late(of.answers) for of in found.values())
    print(f"requests were sent at most {late:.0f} ms late")
    wrong = [each for name, of in found.items() if name != PHASES[-1].name for each in of.wrong]
    for each in wrong[:5]:
        print(f"wrong answer: {each.page}, {each.status or 'none in time'}")
    grown = {page: (counted[page], now) for page, now in visits.statements.items() if now > counted.get(page, now)}
    print(f"wrong answers: {len(wrong)}; pages with more statements than beside {FEW:,} cases: {grown or 'none'}")
    _row(found, cases=cases)
    return 1 if wrong or grown else 0


def quantile_ms_late(answers: Sequence[Answered]) -> float:
    """How late the latest request went out, milliseconds: more than a little means that this machine could not ask."""
    return max(each.late for each in answers) * 1000


def _line(name: str, answers: Sequence[Answered], more: Sequence[object]) -> None:
    shares = "".join(f"{quantile_ms(answers, share):>12.1f}" for share in (0.5, 0.95, 0.99))
    print(f"{name:<42}{len(answers):>12}{shares}" + "".join(f"{each!s:>12}" for each in more), flush=True)


def _row(found: Mapping[str, Loaded], *, cases: int) -> None:
    """Rows for docs/benchmarks.md."""
    yard = [each for name, of in found.items() if name.startswith("yardstick") for each in of.answers]
    print("| What | To reach | Measured |\n|---|---|---|")
    for phase in (FROM_THE_START, *PHASES):
        answers = found[phase.name].answers
        reached = quantile_ms(answers, phase.share)
        share = f"p{phase.share * 100:.0f}"
        goal = "reported" if phase.goal_ms is None else f"{share} {phase.goal_ms:.0f} ms"
        unanswered = ", not answered in time" if found[phase.name].wrong else ""
        missed = "" if phase.goal_ms is None or reached <= phase.goal_ms else ": missed"
        times = reached / quantile_ms(yard, phase.share)
        print(
            f"| {phase.name}, {phase.per_second:g} requests/s beside {cases:,} cases | {goal} | {share} {reached:.0f} "
            f"ms{missed}{unanswered}; p50 {quantile_ms(answers, 0.5):.0f} ms; {times:.0f} times a static file in "
            f"the same run; load {os.getloadavg()[0]:.1f} |"
        )


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(main(int(given[0]) if given else 1_000_000, Path(given[1]) if len(given) > 1 else None))
