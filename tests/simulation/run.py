"""`make simulate`: many histories of a year each, on all cores; what did not hold, and what was seen on the way.

Usage: python -m tests.simulation.run [--seed 1] [--histories 10000] [--only K] [--first]. With --only one history is
told line by line. The same seed and number give the same history, whatever the machine: the hash of texts is fixed.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.moves import MOVES
from tests.simulation.history import Told, tell
from tests.simulation.simulated import Seen

HISTORIES = 10_000
SHOWN_MAX = 10
_BATCH = 10
_HASH_SEED = "PYTHONHASHSEED"


def main(arguments: list[str]) -> int:
    """Play what is asked for; 1 if anything did not hold."""
    asked = _asked(arguments)
    if os.environ.get(_HASH_SEED) != "0":
        # Sets of texts have an order of their own in each process; with it a history would differ.
        os.execve(
            sys.executable, [sys.executable, "-m", "tests.simulation.run", *arguments], os.environ | {_HASH_SEED: "0"}
        )
    if asked.only is not None:
        return show(asked.seed, asked.only)
    return until_broken(asked.seed, asked.histories) if asked.first else campaign(asked.seed, asked.histories)


def _asked(arguments: list[str]) -> argparse.Namespace:
    reader = argparse.ArgumentParser(prog="make simulate")
    reader.add_argument("--seed", type=int, default=1)
    reader.add_argument("--histories", type=int, default=HISTORIES)
    reader.add_argument("--only", type=int, default=None)
    reader.add_argument("--first", action="store_true", help="stop at the first history that breaks something")
    return reader.parse_args(arguments)


def show(seed: int, number: int) -> int:
    """Tell one history line by line."""
    told = tell(seed=seed, number=number, logged=True)
    print("\n".join(told.log))
    print(f"\nseed {seed}, history {number}: {told.commands} commands to {told.cases} cases")
    print(f"BROKEN, invariant {told.invariant}: {told.broken}" if told.broken else "everything held")
    return 1 if told.broken else 0


def until_broken(seed: int, histories: int) -> int:
    """Play one after the other until something does not hold."""
    for number in range(histories):
        told = tell(seed=seed, number=number)
        if told.broken:
            _tell_broken(seed, [told])
            return 1
    _tell_broken(seed, [])
    return 0


def campaign(seed: int, histories: int) -> int:
    """Play that many histories on all cores, and report."""
    begun = time.perf_counter()
    seen, commands, cases = Seen(), 0, 0
    broken: list[Told] = []
    for told in _all(seed, histories):
        seen.add(told.seen)
        commands, cases = commands + told.commands, cases + told.cases
        if told.broken:
            broken.append(told)
    took = time.perf_counter() - begun
    _report(seen)
    each = f"{commands:,} commands, {cases:,} cases"
    print(f"{histories:,} histories of 400 days in {took:.0f} s on {os.cpu_count()} processors: {each}; seed {seed}")
    print(f"load {os.getloadavg()[0]:.1f}; {histories / took:.0f} histories a second")
    _tell_broken(seed, sorted(broken, key=lambda told: told.number))
    return 1 if broken else 0


def _all(seed: int, histories: int) -> Iterator[Told]:
    columns = (TextColumn("simulating"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with ProcessPoolExecutor(os.cpu_count()) as pool, Progress(*columns, transient=True) as bar:
        task = bar.add_task("", total=histories)
        for told in pool.map(partial(_tell, seed), range(histories), chunksize=_BATCH):
            bar.advance(task)
            yield told


def _tell(seed: int, number: int) -> Told:
    return tell(seed=seed, number=number)


def _tell_broken(seed: int, broken: list[Told]) -> None:
    for told in broken[:SHOWN_MAX]:
        print(f"BROKEN, invariant {told.invariant}: {told.broken}")
        print(f"  again: make simulate SEED={seed} ONLY={told.number}")
    if broken:
        print(f"{len(broken)} histories broke something, the first one after {broken[0].number} that held")
    else:
        print("invariants 1, 2, 3, 4, 7, 8, 9, 10, 12 held at every step")


def _report(seen: Seen) -> None:
    """How often each move of the tables was made, and which never were."""
    never: list[str] = []
    for track, moves in MOVES.items():
        print(f"{track}:")
        for before, afters in moves.items():
            made = {to: sum(n for (_, *step), n in seen.moves.items() if step == [track, before, to]) for to in afters}
            came = before.value if before else "begins"
            never += [f"{track} {came} > {to}" for to in sorted(made) if not made[to]]
            counts = ", ".join(f"{to} {made[to]:,}" for to in sorted(made, key=lambda to: -made[to]) if made[to])
            print(f"  {came} > {counts or 'nowhere'}")
    every = sum(len(afters) for moves in MOVES.values() for afters in moves.values())
    print(f"moves made: {every - len(never)} of {every}; never made: {'; '.join(never) or 'none'}")
    silent = sorted(name.value for name in CommandName if not seen.commands[name.value])
    print(f"commands that were never taken: {', '.join(silent) or 'none'}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
