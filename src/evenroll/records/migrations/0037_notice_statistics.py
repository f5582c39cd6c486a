"""Lets no count of organizations mislead the look for owed notices: a new one is taken for neither empty nor tiny.

An organization that the database has not counted yet is otherwise taken for one row, and then any index seems as good as
the one of a case: of fifty thousand rows that just came, all are read for one mail.
"""

from __future__ import annotations

from django.db import migrations

_ALTER = "ALTER TABLE notice ALTER COLUMN organization_id SET STATISTICS"


class Migration(migrations.Migration):
    dependencies = [("records", "0036_web_letters")]

    operations = [migrations.RunSQL(f"{_ALTER} 0", f"{_ALTER} -1")]
