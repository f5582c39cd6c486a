"""Wiring the one installation in which every organization of this database lives side by side."""

from __future__ import annotations

import secrets

from evenroll.ports.clearinghouse import Clearinghouse
from evenroll.worker.installation import Installation, one_installation


def wired_installation(*, clearinghouse: Clearinghouse | None = None) -> Installation:
    """The installation of this database, with all its partners here. clearinghouse: another than the registry here."""
    from evenroll.records.organizations import organization_keys

    return one_installation(organization_keys(), entropy=_entropy, clearinghouse=clearinghouse)


def _entropy() -> bytes:
    return secrets.token_bytes(32)
