"""A home of the embedded server with work in it, as a process of its own: filled, told of, and worked on.

Usage: upgraded_home.py HOME MAJOR fill|tell|work. Prints one line of JSON.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

import psycopg

from evenroll.runtime.database import database
from evenroll.runtime.embedded_cluster import APPLICATION, AUDITOR
from evenroll.runtime.embedded_server import using_server
from evenroll.runtime.wiring import configure, migrate

# What keeps people apart and the journal whole, as the catalog of the database has it.
_WALLS = {
    "secured": "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class "
    "WHERE relnamespace = 'public'::regnamespace",
    "policies": "SELECT tablename, policyname, roles::text, cmd, qual, with_check FROM pg_policies",
    "triggers": "SELECT tgrelid::regclass::text, tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger "
    "WHERE NOT tgisinternal",
    "constraints": "SELECT conrelid::regclass::text, conname, convalidated, pg_get_constraintdef(oid) "
    "FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "grants": "SELECT relname, given.grantee::regrole::text, given.privilege_type FROM pg_class, "
    f"aclexplode(relacl) AS given WHERE given.grantee IN ('{APPLICATION}'::regrole, '{AUDITOR}'::regrole)",
    "columns": "SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity "
    "FROM information_schema.columns WHERE table_schema = 'public'",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "roles": "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolcanlogin, rolpassword "
    "FROM pg_authid WHERE rolname LIKE 'evenroll%'",
    "database": "SELECT datname, pg_encoding_to_char(encoding), datcollate, datacl::text FROM pg_database "
    "WHERE datname = 'evenroll'",
    "checksums": "SELECT current_setting('data_checksums')",
}


def tell(home: Path, *, major: int) -> dict[str, Any]:
    """Every row, as one hash a table, and every wall, as the server's superuser sees them."""
    with using_server(home, major=major) as server:
        with psycopg.connect(server.url(role="evenroll_superuser", database="evenroll")) as all_seeing:
            tables = all_seeing.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
            ).fetchall()
            rows = {
                name: all_seeing.execute(
                    f"SELECT count(*), md5(string_agg(t::text, '/' ORDER BY t::text)) FROM public.{name} AS t"
                ).fetchone()
                for (name,) in tables
            }
            walls = {
                name: sorted(map(_alike, all_seeing.execute(query).fetchall()))  # pyright: ignore[reportArgumentType]
                for name, query in _WALLS.items()
            }
            behind = all_seeing.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
        return {"version": server.version, "rows": rows, "walls": walls, "transaction": behind}


def _alike(row: object) -> str:
    # A condition that was read anew is written with other brackets and casts.
    return re.sub(r"::text|::character varying|[()\[\]]", "", str(row))


def fill(home: Path, *, major: int) -> dict[str, Any]:
    """Make a small territory with a case that goes its way, seal it, and give out a checkpoint."""
    from tests.territory import new_territory

    with database(home, environ={"EVENROLL_POSTGRES": str(major)}) as urls:
        configure(urls, home=home)
        migrate(urls)
        from evenroll.records.heads import give_out
        from evenroll.records.keys import current_keys
        from evenroll.records.sealing import seal_all

        territory = new_territory()
        number = territory.apply(territory.premise())
        territory.run()
        seal_all()
        note = give_out(current_keys())
        return {"case": number, "utility": territory.utility, "note": note}


def work(home: Path, *, major: int) -> dict[str, Any]:
    """Go on with what is there: open another case, open what is encrypted, seal, hold all against the journal."""
    from tests.territory import new_territory

    with database(home, environ={"EVENROLL_POSTGRES": str(major)}) as urls:
        configure(urls, home=home)
        from evenroll.records.keys import current_keys
        from evenroll.records.organizations import cursor, open_organization, organization_keys
        from evenroll.records.replay import replay
        from evenroll.records.sealing import seal_all

        before = replay("before_work")
        territory = new_territory()
        territory.apply(territory.premise())
        territory.run()
        sealed = seal_all()
        after = replay("after_work")
        opened = 0
        for key in organization_keys():
            with open_organization(key), cursor() as pen:
                pen.execute("SELECT count(*) FROM journal_entry")
                opened += 1
        refused = []
        for statement in ("UPDATE journal_entry SET data = '{}'", "SELECT count(*) FROM journal_entry"):
            try:
                with psycopg.connect(urls.app) as outside:
                    outside.execute(statement)  # pyright: ignore[reportArgumentType]
            except psycopg.Error as error:
                refused.append(type(error).__name__)
        return {
            "replays": [each.equal and each.holds for each in (before, after)],
            "entries": [before.entries, after.entries],
            "sealed": sealed,
            "organizations": opened,
            "refused": refused,
            "fingerprint": current_keys().fingerprint(),
        }


if __name__ == "__main__":
    acts = {"fill": fill, "tell": tell, "work": work}
    print(json.dumps(acts[sys.argv[3]](Path(sys.argv[1]), major=int(sys.argv[2])), default=str))
