"""Makes the tables of erasures and of ended cases whose personal data are kept, and the trigger that lists these."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from evenroll.records import security

TENANT = ("erasure", "case_kept")

# As a trigger it lists also what an older release ends while this migration is in place already.
KEPT = """
CREATE FUNCTION evenroll_kept_as(status text, told jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN coalesce((told #>> '{form,answers}')::bigint, 0) = 0 AND coalesce((told #>> '{draft,answers}')::bigint, 0) = 0
            AND coalesce((told #>> '{mail,salt}')::bigint, 0) = 0
            AND NOT coalesce(jsonb_path_exists(told, '$.vehicles[*].answers ? (@ > 0)'), false) THEN NULL
        WHEN status = 'handed_over' THEN 'handed_over'
        WHEN status = 'ended' AND jsonb_array_length(coalesce(told -> 'places', '[]')) > 0 THEN 'accepted'
        WHEN coalesce(told -> 'form', 'null') <> 'null' THEN 'rejected'
        WHEN status = 'expired' THEN 'draft_lapsed'
        ELSE 'draft_left'
    END
$$;
CREATE FUNCTION evenroll_list_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told jsonb := NEW.state::jsonb;
    kept text := public.evenroll_kept_as(NEW.status, told);
BEGIN
    IF kept IS NOT NULL THEN
        INSERT INTO public.case_kept (organization_id, case_number, kept_as, ended_at, customer_id)
        VALUES (NEW.organization_id, NEW.number, kept, (told #>> '{tracks,case,since}')::timestamptz, NEW.customer_id)
        ON CONFLICT (organization_id, case_number) DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER list_kept AFTER INSERT ON case_record FOR EACH ROW
    WHEN (NEW.status IN ('ended', 'withdrawn', 'rescinded', 'expired', 'handed_over', 'closed', 'merged'))
    EXECUTE FUNCTION evenroll_list_kept();
CREATE TRIGGER list_kept_later AFTER UPDATE ON case_record FOR EACH ROW
    WHEN (NEW.status IN ('ended', 'withdrawn', 'rescinded', 'expired', 'handed_over', 'closed', 'merged')
        AND OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION evenroll_list_kept();
"""

KNOWN = """
INSERT INTO case_kept (organization_id, case_number, kept_as, ended_at, customer_id)
SELECT organization_id, number, evenroll_kept_as(status, state::jsonb),
    (state::jsonb #>> '{tracks,case,since}')::timestamptz, customer_id
FROM case_record WHERE organization_id = %s
AND status IN ('ended', 'withdrawn', 'rescinded', 'expired', 'handed_over', 'closed', 'merged')
AND evenroll_kept_as(status, state::jsonb) IS NOT NULL
ON CONFLICT (organization_id, case_number) DO NOTHING
"""


def raise_walls(apps: Any, schema_editor: Any) -> None:
    security.raise_walls(schema_editor, TENANT, app=settings.EVENROLL_APP_ROLE)
    schema_editor.execute(KEPT, params=None)
    with schema_editor.connection.cursor() as pen:
        pen.execute("SELECT id FROM organization ORDER BY id")
        for (number,) in pen.fetchall():
            pen.execute("SELECT set_config('evenroll.organization', %s, true)", (str(number),))
            pen.execute(KNOWN, (number,))


def _owner() -> models.Field[Any, Any]:
    return models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="records.organization")


def _id() -> tuple[str, models.Field[Any, Any]]:
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    dependencies = [("records", "0014_worker_seen")]

    operations = [
        migrations.CreateModel(
            name="ErasureRecord",
            fields=[
                _id(),
                ("number", models.CharField(max_length=80)),
                ("holds", models.IntegerField()),
                ("erased_on", models.DateField(null=True)),
                ("state", models.TextField()),
                ("organization", _owner()),
            ],
            options={
                "db_table": "erasure",
                "abstract": False,
                "constraints": [models.UniqueConstraint(fields=("organization", "number"), name="erasure_once")],
            },
        ),
        migrations.CreateModel(
            name="CaseKept",
            fields=[
                _id(),
                ("case_number", models.CharField(max_length=40)),
                ("kept_as", models.CharField(max_length=20)),
                ("ended_at", models.DateTimeField()),
                ("customer_id", models.BigIntegerField(null=True)),
                ("organization", _owner()),
            ],
            options={
                "db_table": "case_kept",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "case_number"), name="case_kept_once"),
                ],
                "indexes": [models.Index(fields=["organization", "kept_as", "ended_at"], name="case_kept_by_end")],
            },
        ),
        migrations.RunPython(raise_walls),
    ]
