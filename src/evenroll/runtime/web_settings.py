"""Django's settings for the web: what every process has, and what a server of pages adds when it starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import evenroll

_HERE = Path(evenroll.__file__).parent
_TEMPLATE_ROOMS = ("pages", "accounts", "portal", "backoffice")

URLS = "evenroll.runtime.web_urls"
URLS_OF_DEMO = "evenroll.runtime.web_urls_demo"

SESSION_SECONDS = 8 * 3600
_CACHE_SECONDS = 300
_BODY_BYTES_MAX = 2_500_000
_FIELDS_MAX = 500
_UPLOADS_IN_MEMORY = 20 * 1024 * 1024


def web_settings() -> dict[str, Any]:
    """Part of the settings of every process; nothing of it is imported before a page is asked for."""
    return {
        "ROOT_URLCONF": URLS,
        "MIDDLEWARE": [
            "evenroll.pages.web_headers.Headers",
            "django.middleware.security.SecurityMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
            "django.middleware.gzip.GZipMiddleware",
            "csp.middleware.CSPMiddleware",
            "evenroll.pages.web_language.LanguageChoice",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "evenroll.pages.web_stay.SharedBrowser",
            # Before the check of forms: a stranger is not told by it that a page is there.
            "evenroll.accounts.gate.Gate",
            "evenroll.pages.web_one_click.OneClick",
            "django.middleware.csrf.CsrfViewMiddleware",
        ],
        "TEMPLATES": [_templates()],
        "USE_I18N": False,
        "CACHES": {"default": {"BACKEND": "evenroll.records.web_cache.EnclosedCache", "TIMEOUT": _CACHE_SECONDS}},
        "SESSION_ENGINE": "evenroll.records.web_sessions",
        "SESSION_COOKIE_NAME": "session",
        "SESSION_COOKIE_AGE": SESSION_SECONDS,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_NAME": "form",
        # It goes with the window.
        "CSRF_COOKIE_AGE": None,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_FAILURE_VIEW": "evenroll.pages.web_errors.forbidden",
        "SECURE_REFERRER_POLICY": "same-origin",
        "FILE_UPLOAD_HANDLERS": [
            "evenroll.pages.web_uploads.WithinLimit",
            "django.core.files.uploadhandler.MemoryFileUploadHandler",
            "django.core.files.uploadhandler.TemporaryFileUploadHandler",
        ],
        # What is sent stands on no disk before it is enclosed.
        "FILE_UPLOAD_MAX_MEMORY_SIZE": _UPLOADS_IN_MEMORY,
        "DATA_UPLOAD_MAX_MEMORY_SIZE": _BODY_BYTES_MAX,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": _FIELDS_MAX,
        "SILENCED_SYSTEM_CHECKS": [],
    }


def content_policy() -> dict[str, Any]:
    """What a page may load: from this site only, and scripts that carry the nonce of their page."""
    from csp.constants import NONCE, NONE, SELF

    return {
        "DIRECTIVES": {
            "default-src": [NONE],
            "script-src": [SELF, NONCE],
            "style-src": [SELF],
            "img-src": [SELF, "data:"],
            "font-src": [SELF],
            "connect-src": [SELF],
            "form-action": [SELF],
            "frame-ancestors": [NONE],
            "base-uri": [NONE],
        }
    }


def _templates() -> dict[str, Any]:
    return {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_HERE / room / "templates" for room in _TEMPLATE_ROOMS],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": ["django.template.context_processors.csrf", "evenroll.pages.web_context.base"],
            "builtins": ["evenroll.pages.web_tags"],
        },
    }
