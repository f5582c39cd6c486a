"""The walls in SQL: row-level security, grants, append-only triggers and the constraints that Django cannot say.

Migrations call these functions; what they give is part of the history of the database and is only added to.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from psycopg.sql import SQL, Composed, Identifier

# A function, not a bare setting: a query outside an open organization is an error, never an empty page. After one
# transaction with the setting its value is '' and no longer NULL.
ORGANIZATION_FUNCTION = """
CREATE FUNCTION evenroll_organization() RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    open_id text := nullif(current_setting('evenroll.organization', true), '');
BEGIN
    IF open_id IS NULL THEN
        RAISE EXCEPTION 'No organization is open in this transaction, so no row that belongs to one can be seen.'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Open one with open_organization or unit_of_work.';
    END IF;
    RETURN open_id::bigint;
END $$;
"""

APPEND_ONLY_FUNCTION = """
CREATE FUNCTION evenroll_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused. Correct a record by a further entry.', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
"""

# Trap: a NULL id would be the range (,) and conflict with everybody; tile_number is NOT NULL.
SERVICE_PERIODS = """
ALTER TABLE service_agreement ADD CONSTRAINT service_agreement_tiles EXCLUDE USING gist (
    int8range(tile_number, tile_number, '[]') WITH &&, daterange(start_on, end_on) WITH &&);
ALTER TABLE bill ADD CONSTRAINT bill_day_once EXCLUDE USING gist (
    int8range(tile_number, tile_number, '[]') WITH &&, daterange(start_on, end_on) WITH &&);
"""


def wall(table: str) -> list[Composed]:
    """Row-level security of one tenant table: each organization sees and writes its own rows, the owner role too."""
    name = Identifier(table)
    return [
        SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(name),
        SQL("ALTER TABLE {} FORCE ROW LEVEL SECURITY").format(name),
    ]


def own_rows(table: str, *, app: str) -> list[Composed]:
    """The policy of the application and owner roles: the rows of the open organization."""
    return [
        SQL(
            "CREATE POLICY own_rows ON {} TO {}, CURRENT_USER USING (organization_id = evenroll_organization()) "
            "WITH CHECK (organization_id = evenroll_organization())"
        ).format(Identifier(table), Identifier(app))
    ]


def ordinary_grants(tables: Iterable[str], *, app: str) -> list[Composed]:
    """What the application may do with ordinary tables."""
    return [
        SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO {}").format(Identifier(table), Identifier(app))
        for table in tables
    ]


def grants_without_removal(tables: Iterable[str], *, app: str) -> list[Composed]:
    """What the application may do with tables of all organizations from which nothing is ever taken away."""
    return [
        SQL("GRANT SELECT, INSERT, UPDATE ON {} TO {}").format(Identifier(table), Identifier(app)) for table in tables
    ]


def append_only(table: str, *, app: str) -> list[Composed]:
    """A table that the application may read and add to, and nobody change, delete from or empty."""
    name = Identifier(table)
    return [
        SQL("GRANT SELECT, INSERT ON {} TO {}").format(name, Identifier(app)),
        SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}, PUBLIC").format(name, Identifier(app)),
        SQL(
            "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {} FOR EACH ROW "
            "EXECUTE FUNCTION evenroll_append_only()"
        ).format(name),
        # Row triggers do not stop TRUNCATE.
        SQL(
            "CREATE TRIGGER append_only_all BEFORE TRUNCATE ON {} FOR EACH STATEMENT "
            "EXECUTE FUNCTION evenroll_append_only()"
        ).format(name),
        # As always-triggers they fire under session_replication_role = replica as well.
        SQL("ALTER TABLE {} ENABLE ALWAYS TRIGGER append_only").format(name),
        SQL("ALTER TABLE {} ENABLE ALWAYS TRIGGER append_only_all").format(name),
    ]


def auditor_reads(table: str, *, auditor: str) -> list[Composed]:
    """The auditor reads a table across organizations, and does nothing else with it."""
    return [
        SQL("GRANT SELECT ON {} TO {}").format(Identifier(table), Identifier(auditor)),
        SQL("CREATE POLICY auditor_reads ON {} FOR SELECT TO {} USING (true)").format(
            Identifier(table), Identifier(auditor)
        ),
    ]


def raise_walls(schema_editor: Any, tables: Iterable[str], *, app: str) -> None:
    """Grants and walls of new tenant tables, in the migration that makes them.

    Foreign keys are checked against rows when they are made, which no wall lets anybody see afterwards: so they come
    first.
    """
    for statement in schema_editor.deferred_sql:
        schema_editor.execute(statement)
    schema_editor.deferred_sql.clear()
    walled = tuple(tables)
    statements = ordinary_grants(walled, app=app)
    for table in walled:
        statements += [*wall(table), *own_rows(table, app=app)]
    for each in statements:
        schema_editor.execute(each.as_string(), params=None)
