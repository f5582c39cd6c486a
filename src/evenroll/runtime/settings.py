"""Django's settings, made from the addresses of the database; nothing here reads the environment."""

from __future__ import annotations

from typing import Any, Protocol

from psycopg.conninfo import conninfo_to_dict

from evenroll import __version__
from evenroll.runtime.web_settings import web_settings

APP_ALIAS = "default"
OWNER_ALIAS = "owner"
AUDITOR_ALIAS = "auditor"

PROGRAM = "evenroll"
"""By this name and its version each connection tells the server whose it is."""

_OWN_PLACES = ("dbname", "user", "password", "host", "port")


class Urls(Protocol):
    """The addresses of one database for its roles, as libpq reads them; a server of one's own may have no auditor."""

    @property
    def app(self) -> str: ...
    @property
    def owner(self) -> str: ...
    @property
    def auditor(self) -> str | None: ...


def settings_for(urls: Urls, *, prepares: bool = True) -> dict[str, Any]:
    """The settings under which the one app `records` runs as the application role.

    The owner's alias is for migrations and replay, the auditor's for reading the journal of all organizations.
    prepares: whether the application's login prepares what it runs often; not through a pooler that knows none of it.
    """
    databases = {
        APP_ALIAS: database_for(urls.app, keep=True, prepares=prepares),
        OWNER_ALIAS: database_for(urls.owner, keep=False),
    }
    if urls.auditor:
        databases[AUDITOR_ALIAS] = database_for(urls.auditor, keep=False)
    return {
        **web_settings(),
        "INSTALLED_APPS": ["django.contrib.contenttypes", "django.contrib.auth", "evenroll.records"],
        "AUTH_USER_MODEL": "records.User",
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "DATABASES": databases,
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        "LANGUAGE_CODE": "en-us",
        "LOGGING_CONFIG": None,
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.ScryptPasswordHasher"],
        "EVENROLL_APP_ROLE": role_of(urls.app),
        "EVENROLL_AUDITOR_ROLE": role_of(urls.auditor) if urls.auditor else "",
    }


def database_for(url: str, *, keep: bool, prepares: bool = True) -> dict[str, Any]:
    """One entry of DATABASES. keep: whether the connection stays open between pieces of work."""
    parts = conninfo_to_dict(url)
    options = {name: value for name, value in parts.items() if name not in _OWN_PLACES and value is not None}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname") or "evenroll",
        "USER": parts.get("user") or "",
        "PASSWORD": parts.get("password") or "",
        "HOST": parts.get("host") or "",
        "PORT": str(parts.get("port") or ""),
        "CONN_MAX_AGE": None if keep else 0,
        # The hot path writes with prepared statements; Django's own cursors do not prepare.
        "OPTIONS": {
            "application_name": f"{PROGRAM} {__version__}",
            **options,
            "prepare_threshold": 2 if prepares else None,
        },
    }


def role_of(url: str) -> str:
    """The database role that an address signs in as; "" if it names none."""
    return str(conninfo_to_dict(url).get("user") or "")
