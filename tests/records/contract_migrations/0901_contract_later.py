"""What the release after the later one takes away again."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("records", "0900_expand_later")]

    operations: ClassVar = [
        migrations.RemoveField("caserecord", "later"),
        migrations.RemoveField("trackrecord", "later"),
    ]
