"""Lets a program's key belong to the first organization that publishes it, in whatever letters it is written."""

from __future__ import annotations

from django.db import migrations

# Rows of a database in which two published one key already stay as they are: the first of them has it.
_OWNED = """
CREATE FUNCTION evenroll_program_key_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Of two that publish a new key at once, the second waits here and then finds the first.
    PERFORM pg_advisory_xact_lock(hashtextextended('program_key:' || upper(NEW.key), 0));
    IF NEW.publisher IS DISTINCT FROM COALESCE(
        (SELECT publisher FROM program_version WHERE upper(key) = upper(NEW.key) ORDER BY id LIMIT 1), NEW.publisher
    ) THEN
        RAISE EXCEPTION 'The key of the program belongs to another organization.'
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'program_key_owner';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER program_key_owner BEFORE INSERT ON program_version
    FOR EACH ROW EXECUTE FUNCTION evenroll_program_key_owner();
ALTER TABLE program_version ENABLE ALWAYS TRIGGER program_key_owner;
"""
_OWNED_NO_MORE = (
    "DROP TRIGGER program_key_owner ON program_version; DROP FUNCTION evenroll_program_key_owner();"
)


class Migration(migrations.Migration):
    dependencies = [("records", "0043_web_sign_ins")]

    operations = [migrations.RunSQL(_OWNED, _OWNED_NO_MORE)]
