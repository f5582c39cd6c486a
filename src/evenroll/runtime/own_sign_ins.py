"""The organizations' own sign-ins, as a file of settings names them: EVENROLL_SIGN_IN."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from evenroll.quantities.identifiers import OrganizationKey
from evenroll.runtime.cli_exit import wrong_use

if TYPE_CHECKING:
    from evenroll.partners.openid_sign_in import Provider

FILE_VARIABLE: Final = "EVENROLL_SIGN_IN"
_TEXTS: Final = ("name", "organization", "issuer", "client_id", "client_secret_file")
_KEY: Final = re.compile(r"[a-z0-9-]{1,40}")


def providers_of(environ: Mapping[str, str]) -> Mapping[str, Provider]:
    """The own sign-ins by key; none where no file is named. Raises CommandEnded, which repeats no secret."""
    written = environ.get(FILE_VARIABLE, "")
    if not written:
        return {}
    try:
        found = tomllib.loads(Path(written).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise wrong_use(f"{FILE_VARIABLE} names a file that cannot be read as TOML: {type(error).__name__}.") from None
    return {key: _provider(key, said) for key, said in found.items()}


def _provider(key: str, said: Any) -> Provider:
    from evenroll.partners.openid_sign_in import Provider, ProviderWrong

    is_whole = isinstance(said, dict) and set(said) == set(_TEXTS) and all(isinstance(said[each], str) for each in said)
    if not is_whole or not _KEY.fullmatch(key):
        raise wrong_use(
            f"{FILE_VARIABLE}: a sign-in needs a key of small letters, digits and strokes, and exactly these texts: "
            f"{', '.join(_TEXTS)}. Correct the file (docs/web.md)."
        )
    try:
        secret = Path(said["client_secret_file"]).read_text(encoding="utf-8").strip()
        return Provider(
            key=key,
            name=said["name"],
            organization=OrganizationKey(said["organization"]),
            issuer=said["issuer"],
            client_id=said["client_id"],
            client_secret=secret,
        )
    except (OSError, UnicodeDecodeError):
        raise wrong_use(f"{FILE_VARIABLE}: the client_secret_file of {key} cannot be read.") from None
    except ProviderWrong as wrong:
        raise wrong_use(f"{FILE_VARIABLE}: {wrong}") from None
