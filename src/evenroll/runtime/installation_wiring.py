"""Wiring the one installation in which every organization of this database lives side by side."""

from __future__ import annotations

import os
import secrets
from dataclasses import replace

from evenroll.ports.clearinghouse import Clearinghouse
from evenroll.runtime.home import evenroll_home
from evenroll.runtime.mail_wiring import mail_room
from evenroll.worker.installation import Installation, one_installation


def wired_installation(*, clearinghouse: Clearinghouse | None = None) -> Installation:
    """The installation of this database, with all its partners here. clearinghouse: another than the registry here.

    Raises CommandEnded where the environment names a way for mail that there is not.
    """
    from evenroll.records.business_clock import demo_now
    from evenroll.records.organizations import organization_keys

    mail = mail_room(os.environ, home=evenroll_home(os.environ), is_demo=demo_now() is not None)
    return replace(one_installation(organization_keys(), entropy=_entropy, clearinghouse=clearinghouse), mail=mail)


def _entropy() -> bytes:
    return secrets.token_bytes(32)
