"""The one Django app that has tables."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Everything that is kept, under the label `records`."""

    name = "evenroll.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"
