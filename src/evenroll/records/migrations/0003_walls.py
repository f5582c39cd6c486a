"""Raises the walls: row-level security on every tenant table, grants per role, append-only tables, service periods."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations
from psycopg.sql import SQL, Composed, Identifier

from evenroll.records import security

APPEND_ONLY_TENANT = ("journal_entry",)
APPEND_ONLY_PUBLIC = ("program_version",)
TENANT = (
    "bill",
    "case_record",
    "charging_equipment",
    "command_answer",
    "control_device",
    "customer",
    "customer_account",
    "customer_key",
    "inbox_message",
    "intake_file",
    "intake_row",
    "mail_form",
    "membership",
    "meter",
    "meter_read",
    "notice",
    "offer_shown",
    "outbox_message",
    "personal_record",
    "place",
    "point_record",
    "search_token",
    "service_agreement",
    "service_location",
    "service_order",
    "stream_head",
    "supply_registry",
    "track",
    "usage_point",
    "vehicle",
)
PUBLIC = (
    "organization",
    "business_clock",
    "evenroll_user",
    "evenroll_user_groups",
    "evenroll_user_user_permissions",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
)

# Whoever signs in is asked for roles before any organization is open: a user may see the own memberships.
MEMBERSHIPS = """
CREATE POLICY own_rows ON membership
    USING (organization_id = nullif(current_setting('evenroll.organization', true), '')::bigint
        OR user_id = nullif(current_setting('evenroll.user', true), '')::bigint)
    WITH CHECK (organization_id = evenroll_organization());
"""


def raise_walls(apps: Any, schema_editor: Any) -> None:
    app, auditor = settings.EVENROLL_APP_ROLE, settings.EVENROLL_AUDITOR_ROLE
    for text in (security.ORGANIZATION_FUNCTION, security.APPEND_ONLY_FUNCTION, security.SERVICE_PERIODS, MEMBERSHIPS):
        schema_editor.execute(text, params=None)
    statements: list[Composed] = [
        SQL("GRANT USAGE ON SCHEMA public TO {}").format(Identifier(app)),
        SQL("GRANT SELECT ON django_migrations TO {}").format(Identifier(app)),
        *security.ordinary_grants((*TENANT, *PUBLIC), app=app),
    ]
    for table in (*APPEND_ONLY_TENANT, *APPEND_ONLY_PUBLIC):
        statements += security.append_only(table, app=app)
    for table in (*TENANT, *APPEND_ONLY_TENANT):
        statements += security.wall(table)
        if table != "membership":
            statements += security.own_rows(table, app=app)
    # A server of one's own may have no auditor.
    if auditor:
        statements += [
            SQL("GRANT USAGE ON SCHEMA public TO {}").format(Identifier(auditor)),
            SQL("GRANT SELECT ON organization TO {}").format(Identifier(auditor)),
        ]
        for table in ("journal_entry", "stream_head"):
            statements += security.auditor_reads(table, auditor=auditor)
    for statement in statements:
        schema_editor.execute(statement.as_string(), params=None)


class Migration(migrations.Migration):
    dependencies = [("records", "0002_tables")]

    operations = [migrations.RunPython(raise_walls)]
