"""`make faults`: so many seeded faults on a database of its own; a line for each, and a summary. See docs/faults.md."""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median

from evenroll.runtime import wiring
from evenroll.runtime.database import embedded_major
from tests.faults.campaign import WHOLE_EVERY, Campaign, Outcome
from tests.faults.lives import SCRIPTS
from tests.faults.plan import Drawn, drawn_faults
from tests.faults.server import box, sweep

HIT_SHARE = 0.75


def main(arguments: Sequence[str]) -> int:
    """1 if something was not true, or fewer than three in four faults hit work under way."""
    asked = _asked(arguments)
    # Ended from outside, it still takes its server and its disk with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    seed = asked.seed if asked.seed is not None else secrets.randbelow(1_000_000)
    home = _home()
    sweep(home.parent)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="evenroll-faults-") as folder:
        with box(home, major=embedded_major(os.environ)) as made:
            wiring.configure(made.urls, home=home)
            wiring.migrate(made.urls)
            campaign = Campaign(box=made, folder=Path(folder))
            names = asked.lives.split(",") if asked.lives else list(SCRIPTS)
            campaign.learn(names)
            disk = "on a small disk" if made.can_fill else "no small disk can be mounted here: no disk_full"
            print(f"seed {seed}, {asked.faults} faults, PostgreSQL {made.server.version}, {disk}.", flush=True)
            print(f"Learned {len(names)} lives in {time.monotonic() - began:.1f} s.", flush=True)
            plan = drawn_faults(seed, count=asked.faults, lives=campaign.profiles, with_full_disk=made.can_fill)
            again = f"make faults SEED={seed} FAULTS={asked.faults} LIVES={asked.lives} ONLY="
            return _campaign(campaign, list(plan), only=asked.only, again=again, began=began)


def _campaign(campaign: Campaign, plan: Sequence[Drawn], *, only: int, again: str, began: float) -> int:
    outcomes: list[Outcome] = []
    broken = 0
    for drawn in _chosen(plan, only=only):
        if only and drawn.number != only:
            campaign.pass_by(drawn)
            continue
        outcome = campaign.meet(drawn)
        outcomes.append(outcome)
        print(_line(outcome), flush=True)
        for each in outcome.broken:
            print(f"      BROKEN {each}", flush=True)
        broken += len(outcome.broken)
        if outcome.broken:
            print(
                f"      Found {time.monotonic() - began:.1f} s after the start. Once more: {again}{drawn.number}",
                flush=True,
            )
            return 1
        if drawn.number % WHOLE_EVERY == 0 or drawn is plan[-1] or only:
            whole = campaign.whole()
            broken += len(whole)
            print(f"      whole database: {len(whole)} broken", *whole, sep="\n      ", flush=True)
    _summary(outcomes, seconds=time.monotonic() - began)
    hit = sum(each.is_hit for each in outcomes)
    return 0 if not broken and hit >= HIT_SHARE * len(outcomes) else 1


def _chosen(plan: Sequence[Drawn], *, only: int) -> Iterable[Drawn]:
    """All, or one with what its life lived through before it."""
    if not only:
        return plan
    wanted = plan[only - 1]
    own = [each for each in plan[:only] if each.life == wanted.life]
    first = max(place for place, each in enumerate(own) if each.is_first)
    return own[first:]


def _line(outcome: Outcome) -> str:
    drawn = outcome.drawn
    where = f"{outcome.point.value} {outcome.turn}/{outcome.times}"
    under_way = "hit under way" if outcome.is_hit else "NOT under way"
    manner = "while it went on" if outcome.is_racing else "while it waited"
    answered = "answered" if outcome.answered else "unanswered"
    failed = f", {len(outcome.failed)} tries failed" if outcome.failed else ""
    return (
        f"{drawn.number:4} {drawn.life}/{drawn.stage} {outcome.act.value:<8} {where:<32} {drawn.kind.value:<16} "
        f"{under_way}, {manner}, {answered}{failed}; mended in {outcome.recovered:.2f} s, whole {outcome.seconds:.2f} s"
    )


def _summary(outcomes: Sequence[Outcome], *, seconds: float) -> None:
    hit = sum(each.is_hit for each in outcomes)
    print(f"\n{len(outcomes)} faults in {seconds:.0f} s; {hit} hit work under way.")
    for title, key in (("kind", lambda each: each.drawn.kind.value), ("point", lambda each: each.point.value)):
        print(f"\n{title:<26} faults  hit  broken  mended in (median, most)")
        groups: dict[str, list[Outcome]] = defaultdict(list)
        for each in outcomes:
            groups[key(each)].append(each)
        for name, group in sorted(groups.items()):
            times = [each.recovered for each in group]
            counts = Counter(is_hit=sum(each.is_hit for each in group), broken=sum(bool(e.broken) for e in group))
            print(
                f"{name:<26} {len(group):6} {counts['is_hit']:4} {counts['broken']:7}  "
                f"{median(times):.2f} s, {max(times):.2f} s"
            )


def _home() -> Path:
    """A home for this run alone, which the account of the database can reach."""
    own = f"faults-{os.getpid()}"
    if os.geteuid() == 0:
        return Path("/var/cache/evenroll") / own
    cache = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(cache) if cache else Path.home() / ".cache") / "evenroll" / own


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--faults", type=int, default=500)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--only", type=int, default=0, help="the number of the one fault to have again")
    parser.add_argument("--lives", default="", help="names of lives, with commas; else all")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
