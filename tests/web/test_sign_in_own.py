"""An organization's own sign-in: what its provider says is believed only where every check holds."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from evenroll.enrollment.roles import Role
from tests.territory import Territory
from tests.web.browsing import browser
from tests.web.signing import some_address
from tests.web.test_sign_in_staff import Invited

CLIENT, SECRET, CODE = "evenroll", "a secret of the client", "a-code"


@dataclass
class FakeProvider:
    """A provider on this machine, that says what a test wants it to say."""

    claims: dict[str, Any] = field(default_factory=dict)
    head: dict[str, Any] = field(default_factory=dict)
    signs: str = "RS256"
    issuer_told: str = ""
    port: int = 0
    asked: list[dict[str, list[str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        from cryptography.hazmat.primitives.asymmetric import rsa

        self.key = rsa.generate_private_key(65537, 2048)
        self.stranger = rsa.generate_private_key(65537, 2048)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def page(self, path: str, form: dict[str, list[str]]) -> dict[str, Any]:
        if path.endswith("openid-configuration"):
            return {
                "issuer": self.issuer_told or self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        if path == "/keys":
            return {"keys": [_public(self.key)]}
        self.asked.append(form)
        if form.get("code") != [CODE] or form.get("client_secret") != [SECRET]:
            return {"error": "invalid_grant"}
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.token()}

    def token(self) -> str:
        import jwt

        key: Any = {"none": None, "HS256": "x" * 40, "stranger": self.stranger}.get(self.signs, self.key)
        signs = "RS256" if self.signs == "stranger" else self.signs
        return jwt.encode(self.claims, key, algorithm=signs, headers={"kid": "k1", **self.head})


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    fake = FakeProvider()

    class Door(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            form = parse_qs(self.rfile.read(length).decode())
            body = json.dumps(fake.page(self.path, form)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _answer

        def log_message(self, *_given: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    fake.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield fake
    server.shutdown()
    server.server_close()


@pytest.fixture
def ana(web: None, territory: Territory, provider: FakeProvider) -> Iterator[Invited]:
    """One of the utility's staff who is invited, and the utility's own sign-in."""
    from evenroll.accounts import wired
    from evenroll.partners.openid_sign_in import Provider

    before = wired._held.wired
    assert before is not None
    own = Provider(
        key="lakeland",
        name="Lakeland",
        organization=territory.utility,
        issuer=provider.issuer,
        client_id=CLIENT,
        client_secret=SECRET,
    )
    wired.use_wired(replace(before, providers={"lakeland": own}))
    yield Invited(territory)
    wired.use_wired(before)


def led_back(asked: Any, provider: FakeProvider, email: str, **said: Any) -> Any:
    """Go to the provider, and come back with what it says; said: claims in place of the right ones."""
    there = asked.get("/sign-in/with/lakeland")
    assert there.status_code == 302, there.content.decode()
    address = urlsplit(there["Location"])
    given = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert f"{address.scheme}://{address.netloc}" == provider.issuer
    now = int(time.time())
    right = {"iss": provider.issuer, "aud": CLIENT, "sub": "7", "iat": now, "exp": now + 60, "nonce": given["nonce"]}
    provider.claims = {**right, "email": email, "email_verified": True, **said.pop("claims", {})}
    query = {"state": given["state"], "code": CODE, **said}
    return asked.get("/sign-in/from/lakeland", query)


def test_one_of_the_staff_comes_in_by_the_own_sign_in(ana: Invited, provider: FakeProvider) -> None:
    asked = browser(REMOTE_ADDR=some_address())
    answer = led_back(asked, provider, ana.email.upper())
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    assert asked.get("/desk/").status_code == 200
    (form,) = provider.asked
    assert len(form["code_verifier"][0]) >= 43
    assert 'href="/sign-in/with/lakeland"' in browser().get("/sign-in/staff").content.decode()


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another client"},
        {"aud": [CLIENT, "another client"]},
        {"azp": "another client"},
        {"iss": "https://evil.example"},
        {"nonce": "another nonce"},
        {"nonce": None},
        {"exp": 1_600_000_000},
        {"iat": 4_000_000_000},
        {"sub": None},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": "somebody-else@example.test"},
        {"email": ""},
    ],
)
def test_what_is_not_right_in_the_token_signs_nobody_in(
    ana: Invited, provider: FakeProvider, claims: dict[str, Any]
) -> None:
    asked = browser(REMOTE_ADDR=some_address())
    assert led_back(asked, provider, ana.email, claims=claims).status_code == 403
    assert asked.get("/desk/").status_code == 404
    assert led_back(asked, provider, ana.email).status_code == 302


@pytest.mark.parametrize("signs", ["none", "HS256", "stranger"])
def test_a_token_that_another_signed_or_nobody_is_refused(ana: Invited, provider: FakeProvider, signs: str) -> None:
    provider.signs = signs
    asked = browser(REMOTE_ADDR=some_address())
    assert led_back(asked, provider, ana.email).status_code == 403
    assert asked.get("/desk/").status_code == 404


def test_a_public_key_is_no_shared_secret(ana: Invited, provider: FakeProvider) -> None:
    """The public key as the secret of HS256, made by hand: libraries refuse to make such a token."""
    import hashlib
    import hmac

    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    def confused() -> str:
        written = provider.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        parts = [_text(json.dumps(each).encode()) for each in ({"alg": "HS256", "kid": "k1"}, provider.claims)]
        signed = hmac.digest(written, ".".join(parts).encode(), hashlib.sha256)
        return ".".join([*parts, _text(signed)])

    provider.token = confused
    assert led_back(browser(REMOTE_ADDR=some_address()), provider, ana.email).status_code == 403


@pytest.mark.parametrize("head", [{"kid": "../../k1"}, {"jku": "http://127.0.0.1:9/keys", "kid": "k2"}])
def test_a_key_that_the_token_names_itself_is_not_looked_for(
    ana: Invited, provider: FakeProvider, head: dict[str, Any]
) -> None:
    provider.head = head
    assert led_back(browser(REMOTE_ADDR=some_address()), provider, ana.email).status_code == 403


@pytest.mark.parametrize("said", [{"state": "another"}, {"state": ""}, {"code": ""}, {"code": "another"}])
def test_without_the_state_of_this_browser_or_the_code_nobody_is_signed_in(
    ana: Invited, provider: FakeProvider, said: dict[str, str]
) -> None:
    asked = browser(REMOTE_ADDR=some_address())
    assert led_back(asked, provider, ana.email, **said).status_code == 403
    assert asked.get("/desk/").status_code == 404


def test_the_way_back_is_good_once_and_for_its_browser(ana: Invited, provider: FakeProvider) -> None:
    asked = browser(REMOTE_ADDR=some_address())
    there = asked.get("/sign-in/with/lakeland")
    found = re.search(r"[?&]state=([^&]+)", there["Location"])
    assert found
    back = {"state": found[1], "code": CODE}
    assert browser(REMOTE_ADDR=some_address()).get("/sign-in/from/lakeland", back).status_code == 403
    assert led_back(asked, provider, ana.email).status_code == 302
    assert asked.get("/sign-in/from/lakeland", back).status_code == 403


def test_it_vouches_for_its_own_organization_alone(ana: Invited, provider: FakeProvider, territory: Territory) -> None:
    territory.admit(territory.esco, Role.SUPERVISOR, key=ana.user)
    asked = browser(REMOTE_ADDR=some_address())
    assert led_back(asked, provider, ana.email)["Location"] == "/desk/"
    page = asked.get("/sign-in/choose").content.decode()
    assert str(territory.utility) in page and str(territory.esco) not in page


def test_a_provider_that_names_another_issuer_or_is_away_is_told(ana: Invited, provider: FakeProvider) -> None:
    provider.issuer_told = "https://evil.example"
    assert browser(REMOTE_ADDR=some_address()).get("/sign-in/with/lakeland").status_code == 503
    assert browser(REMOTE_ADDR=some_address()).get("/sign-in/with/nobody").status_code == 404


def test_settings_are_read_and_wrong_ones_refused(tmp_path: Any) -> None:
    from evenroll.runtime.cli_exit import CommandEnded
    from evenroll.runtime.own_sign_ins import providers_of

    secret, file = tmp_path / "secret", tmp_path / "sign-in.toml"
    secret.write_text(f"{SECRET}\n")
    right = (
        '[lakeland]\nname = "Lakeland"\norganization = "lakeland-electric"\nissuer = "https://login.example"\n'
        f'client_id = "evenroll"\nclient_secret_file = "{secret}"\n'
    )
    file.write_text(right)
    found = providers_of({"EVENROLL_SIGN_IN": str(file)})
    assert found["lakeland"].client_secret == SECRET and SECRET not in repr(found)
    assert providers_of({}) == {}
    for wrong in ("[", "[x]\nname = 1\n", right.replace("https", "http"), right.replace("client_id", "client")):
        file.write_text(wrong)
        with pytest.raises(CommandEnded, match="EVENROLL_SIGN_IN"):
            providers_of({"EVENROLL_SIGN_IN": str(file)})


def _public(key: Any) -> dict[str, Any]:
    numbers = key.public_key().public_numbers()
    n, e = (_text(each.to_bytes((each.bit_length() + 7) // 8)) for each in (numbers.n, numbers.e))
    return {"kty": "RSA", "kid": "k1", "use": "sig", "alg": "RS256", "n": n, "e": e}


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
