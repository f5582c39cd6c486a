"""Holds bills of many customers of chance against the oracle of single intervals, in decimals.

Usage: python -m tests.measure.judge_bills [customers, 10000] [seed, 1]. `make judge-bills` runs it; the tests take
a hundred. Each customer has a load of its own; rates, cycles and intervals change every 20 customers: tiers, demand,
seasons, holidays, minimum bills, prices that change in a cycle, days on which the clock jumps. It ends with an error at
the first line that differs by a cent or a watt-hour.
"""

from __future__ import annotations

import sys
import time
from random import Random

from tests.costs.lattice.judging import drawn, judge


def main() -> None:
    """Judge, and say how much was looked at."""
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    chance, begun = Random(seed), time.monotonic()
    bills = lines = 0
    for each in drawn(customers, seed=seed):
        more = judge(each, chance=chance)
        bills, lines = bills + more[0], lines + more[1]
        if bills % 1000 < more[0]:
            sys.stderr.write(f"{bills} of {customers}\n")
    seconds = time.monotonic() - begun
    sys.stdout.write(
        f"{bills} customers, {lines} lines: all equal to the cent and the Wh (seed {seed}, {seconds:.0f} s)\n"
    )


if __name__ == "__main__":
    main()
