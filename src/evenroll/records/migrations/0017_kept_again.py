"""A case that was handed over and came back is no longer listed as one whose data are to go; it is listed anew later."""

from __future__ import annotations

from typing import Any

from django.db import migrations

AGAIN = """
CREATE OR REPLACE FUNCTION evenroll_list_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told jsonb := NEW.state::jsonb;
    kept text := public.evenroll_kept_as(NEW.status, told);
BEGIN
    IF kept IS NOT NULL THEN
        INSERT INTO public.case_kept (organization_id, case_number, kept_as, ended_at, customer_id)
        VALUES (NEW.organization_id, NEW.number, kept, (told #>> '{tracks,case,since}')::timestamptz, NEW.customer_id)
        ON CONFLICT (organization_id, case_number) DO UPDATE
        SET kept_as = excluded.kept_as, ended_at = excluded.ended_at, customer_id = excluded.customer_id;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION evenroll_list_no_more() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM public.case_kept WHERE organization_id = NEW.organization_id AND case_number = NEW.number;
    RETURN NULL;
END $$;
CREATE TRIGGER list_no_more AFTER UPDATE ON case_record FOR EACH ROW
    WHEN (OLD.status = 'handed_over' AND NEW.status <> 'handed_over')
    EXECUTE FUNCTION evenroll_list_no_more();
"""

ENDED_SINCE = """
UPDATE case_kept SET kept_as = evenroll_kept_as(c.status, c.state::jsonb), customer_id = c.customer_id,
    ended_at = (c.state::jsonb #>> '{tracks,case,since}')::timestamptz
FROM case_record c WHERE case_kept.organization_id = %s AND c.organization_id = case_kept.organization_id
AND c.number = case_kept.case_number AND case_kept.kept_as = 'handed_over'
AND c.status IN ('ended', 'withdrawn', 'rescinded', 'expired', 'closed', 'merged')
AND evenroll_kept_as(c.status, c.state::jsonb) IS NOT NULL
"""
CAME_BACK = """
DELETE FROM case_kept USING case_record c WHERE case_kept.organization_id = %s
AND c.organization_id = case_kept.organization_id AND c.number = case_kept.case_number
AND case_kept.kept_as = 'handed_over' AND c.status <> 'handed_over'
"""


def list_again(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(AGAIN, params=None)
    with schema_editor.connection.cursor() as pen:
        pen.execute("SELECT id FROM organization ORDER BY id")
        for (number,) in pen.fetchall():
            pen.execute("SELECT set_config('evenroll.organization', %s, true)", (str(number),))
            pen.execute(ENDED_SINCE, (number,))
            pen.execute(CAME_BACK, (number,))


class Migration(migrations.Migration):
    dependencies = [("records", "0016_indexes_of_what_waits")]

    operations = [migrations.RunPython(list_again)]
