"""Whether the web tells who is known here: a classifier over many tries at four doors must not beat chance.

Usage: python -m tests.measure.enumeration [probes, 20000]. No part of the test run; `make bench-enumeration` runs it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.measure.enumeration_asking import Prober
from tests.measure.enumeration_doors import DoorTried, Knock, doors
from tests.measure.enumeration_judged import Judged, Probe, judged
from tests.measure.own_database import own_database
from tests.measure.served_web import served_web

PROBES = 20_000
SHOWN = 3
_SITE = "http://127.0.0.1:8000"


def main(probes: int) -> int:
    """Knock, judge, print; 1 where anything tells known from unknown."""
    with own_database() as urls, tempfile.TemporaryDirectory() as folder:
        tried = _doors(probes)
        with served_web(urls, more=_environment(Path(folder))) as port:
            found = {each.name: judged(_knocked(each, port)) for each in tried}
        _was_known(tried)
    return _told(found, probes)


def _doors(probes: int) -> Sequence[DoorTried]:
    from tests.territory import new_territory
    from tests.web.browsing import ready

    ready(demo=False)
    found = doors(new_territory(), each=probes // 4)
    from django.db import connections

    connections.close_all()
    return found


def _was_known(tried: Sequence[DoorTried]) -> None:
    """That the known addresses were known here, and no other: by the letters that came of it."""
    from django.db import connection

    known = sum(knock.is_known for knock in tried[0].knocks)
    with connection.cursor() as pen:
        pen.execute("SELECT count(*) FROM web_letter")
        row = pen.fetchone()
    letters = row[0] if row else 0
    if letters != known:
        raise RuntimeError(f"{letters} letters came of {known} known addresses: the measurement knocked at no door.")


def _environment(folder: Path) -> dict[str, str]:
    """Mail goes into files. Each try says a network of its own through a proxy that is believed, so that no limit of a
    network ends the measurement: an attacker who has so many is the worst there is."""
    return {
        "EVENROLL_WEB_PROXIES": "1",
        "EVENROLL_MAIL_URL": f"files:{folder}",
        "EVENROLL_MAIL_FROM": "enrollment@utility.example",
        "EVENROLL_WEB_SITE": _SITE,
    }


def _knocked(door: DoorTried, port: int) -> Sequence[Probe]:
    def one(knock: Knock) -> Probe:
        prober = Prober(port=port)
        door.done(prober, knock)
        return Probe(is_known=knock.is_known, told=prober.told, took=prober.took)

    with ThreadPoolExecutor(max_workers=door.lanes) as pool:
        return list(pool.map(one, door.knocks))


def _told(found: dict[str, Sequence[Judged]], probes: int) -> int:
    for name, features in found.items():
        print(f"{name}: chance up to {features[0].most:.3f} of {features[0].probes:,} judged, best features:")
        for each in features[:SHOWN]:
            print(f"    {each.share:.3f}  {each.feature}{'  TELLS' if each.beats_chance else ''}")
    telling = [f"{name}, {each.feature}" for name, features in found.items() for each in features if each.beats_chance]
    best = "; ".join(f"{name} {features[0].share:.3f}" for name, features in found.items())
    most = max(features[0].most for features in found.values())
    load = os.getloadavg()[0]
    print(
        f"| {probes:,} tries at four doors, half of them known (`make bench-enumeration`), load {load:.1f} "
        f"| no feature beats chance: {most:.3f} | best feature of each: {best} |"
    )
    return int(bool(telling))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1] else PROBES))
