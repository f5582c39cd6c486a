"""An authenticator of chromium's own in a tab: it makes passkeys and proves them as a telephone or a key does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_KIND = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass(kw_only=True, slots=True)
class Device:
    """What holds the passkeys of one person."""

    wire: Any
    number: str

    @classmethod
    def of(cls, page: Any) -> Device:
        """A new device, empty, beside this tab."""
        wire = page.context.new_cdp_session(page)
        wire.send("WebAuthn.enable")
        made = wire.send("WebAuthn.addVirtualAuthenticator", {"options": _KIND})
        return cls(wire=wire, number=made["authenticatorId"])

    def held(self) -> list[dict[str, Any]]:
        """The passkeys on it, with their sites and counters."""
        return self.wire.send("WebAuthn.getCredentials", {"authenticatorId": self.number})["credentials"]

    def knows_its_person(self, *, verified: bool) -> None:
        """Whether finger, face or code will be right from now on."""
        self.wire.send("WebAuthn.setUserVerified", {"authenticatorId": self.number, "isUserVerified": verified})

    def loses(self) -> None:
        """All passkeys on it are gone, as with a device that was set up anew."""
        self.wire.send("WebAuthn.clearCredentials", {"authenticatorId": self.number})
