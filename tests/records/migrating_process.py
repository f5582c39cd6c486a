"""A process beside others on one database: it works all the time, or brings a later release's migrations.

Usage: migrating_process.py work|migrate|end APP OWNER HOME. `end` brings what takes something away as well. A worker
prints a line for each case, until its input closes; then what troubled it, and whether replay finds all equal.
"""

import dataclasses
import json
import select
import sys
from functools import partial
from pathlib import Path


@dataclasses.dataclass(frozen=True)
class Urls:
    app: str
    owner: str
    auditor: str | None = None


def work(urls: Urls) -> None:
    from evenroll.runtime.wiring import configure, migrate

    configure(urls, home=Path(sys.argv[4]))
    migrate(urls)
    from evenroll.records.replay import replay
    from tests.territory import new_territory

    territory, troubles, count = new_territory(), list[str](), 0
    while not select.select([sys.stdin], [], [], 0)[0]:
        try:
            territory.apply(territory.premise())
            territory.run()
            count += 1
        except Exception as error:
            troubles.append(repr(error))
        print(count, flush=True)
    equal = replay("beside_migration").equal
    print(json.dumps({"cases": count, "troubles": troubles, "equal": equal}), flush=True)


def bring(urls: Urls, *, of: str) -> None:
    import django
    from django.conf import settings

    from evenroll.runtime.settings import settings_for

    settings.configure(**settings_for(urls), MIGRATION_MODULES={"records": f"tests.records.{of}"})
    django.setup()
    from evenroll.runtime.migrating import MigrationRefused, migrate_tables, pending_migrations

    before, refused = pending_migrations(), ""
    try:
        migrate_tables(urls)
    except MigrationRefused as error:
        refused = str(error)
    print(json.dumps({"before": before, "after": pending_migrations(), "refused": refused}))


ACTS = {
    "work": work,
    "migrate": partial(bring, of="later_migrations"),
    "end": partial(bring, of="contract_migrations"),
}
ACTS[sys.argv[1]](Urls(app=sys.argv[2], owner=sys.argv[3]))
