"""Passkeys: added after a first sign-in, good for this site, this challenge and this person alone."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import secrets
from typing import Any

import pytest

from tests.territory import Territory
from tests.web.browsing import browser, token_in
from tests.web.matrix import without_chance
from tests.web.signing import asked_for, code_in, customer_with, letters, new_address, sent, some_address
from tests.web.test_sign_in_staff import Invited

ORIGIN, HOST = "http://127.0.0.1", "127.0.0.1"


class Device:
    """An authenticator of ours: it makes a passkey and proves it, also in ways that a real one would not."""

    def __init__(self) -> None:
        from cryptography.hazmat.primitives.asymmetric import ec

        self.key = ec.generate_private_key(ec.SECP256R1())
        self.number, self.counter = secrets.token_bytes(32), 0

    def makes(self, options: dict[str, Any], **how: Any) -> dict[str, Any]:
        from fido2.cose import ES256
        from fido2.webauthn import AttestationObject, AttestedCredentialData

        credential = AttestedCredentialData.create(
            bytes(16), self.number, ES256.from_cryptography_key(self.key.public_key())
        )
        data = self._data(0x45, credential=credential, **how)
        client = self._client("webauthn.create", options, **how)
        made = AttestationObject.create("none", data, {})
        return self._answer({"clientDataJSON": _text(client), "attestationObject": _text(made)})

    def proves(self, options: dict[str, Any], **how: Any) -> dict[str, Any]:
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec

        self.counter += how.pop("counted", 1)
        data = self._data(how.pop("flags", 0x05), **how)
        client = self._client("webauthn.get", options, **how)
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        given = {"clientDataJSON": _text(client), "authenticatorData": _text(data), "signature": _text(signed)}
        return self._answer(given)

    def _data(self, flags: int, *, credential: bytes = b"", host: str = HOST, **_how: Any) -> Any:
        from fido2.webauthn import AuthenticatorData

        written = hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4) + credential
        return AuthenticatorData(written)

    def _client(self, kind: str, options: dict[str, Any], *, origin: str = ORIGIN, **how: Any) -> bytes:
        challenge = how.get("challenge", options["challenge"])
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        number = _text(self.number)
        return {
            "id": number,
            "rawId": number,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }


def test_a_customer_adds_a_passkey_and_signs_in_by_it(web: None, territory: Territory) -> None:
    address = new_address()
    number = customer_with(territory, address)
    device = added_by(signed_in_by_code(address))
    asked = browser(REMOTE_ADDR=some_address())
    answer = used(asked, device)
    assert (answer.status_code, answer["Location"]) == (302, "/cases")
    assert asked.get(f"/cases/{number}").status_code == 200


def test_staff_add_one_and_need_no_password_then(web: None, territory: Territory) -> None:
    ana = Invited(territory)
    device = added_by(ana.chooses()[0])
    asked = browser(REMOTE_ADDR=some_address())
    assert used(asked, device)["Location"] == "/desk/"
    assert asked.get("/desk/").status_code == 200


def test_a_browser_is_told_all_it_needs_and_what_its_device_may_hold_already(web: None, territory: Territory) -> None:
    address = new_address()
    customer_with(territory, address)
    asked = signed_in_by_code(address)
    options = options_in(asked.get("/sign-in/passkeys/add").content.decode())
    assert {"id", "name", "displayName"} == set(options["user"])
    assert not options.get("excludeCredentials")
    device = added_by(asked)
    options = options_in(asked.get("/sign-in/passkeys/add").content.decode())
    assert [each["id"] for each in options["excludeCredentials"]] == [_text(device.number)]


@pytest.mark.parametrize(
    "how",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:8001"},
        {"host": "evil.example"},
        {"flags": 0x01},
        {"flags": 0x04},
        {"challenge": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
    ],
)
def test_an_answer_for_another_site_or_challenge_or_without_its_person_is_refused(
    web: None, territory: Territory, how: dict[str, Any]
) -> None:
    address = new_address()
    customer_with(territory, address)
    device = added_by(signed_in_by_code(address))
    asked = browser(REMOTE_ADDR=some_address())
    assert used(asked, device, **how).status_code == 200
    assert asked.get("/sign-in/own").status_code == 404
    assert used(asked, device).status_code == 302


def test_unknown_and_wrong_passkeys_are_told_alike(web: None, territory: Territory) -> None:
    address = new_address()
    customer_with(territory, address)
    device, other = added_by(signed_in_by_code(address)), Device()
    stolen = Device()
    stolen.number = device.number
    told = [without_chance(used(browser(REMOTE_ADDR=some_address()), each)) for each in (other, stolen)]
    pages = [re.sub(r'data-options="[^"]+"', "", str(page)) for _, _, page in told]
    assert pages[0] == pages[1]
    assert [status for status, _, _ in told] == [200, 200]


def test_a_copy_whose_counter_stands_still_is_refused(web: None, territory: Territory) -> None:
    address = new_address()
    customer_with(territory, address)
    device = added_by(signed_in_by_code(address))
    assert used(browser(REMOTE_ADDR=some_address()), device).status_code == 302
    assert used(browser(REMOTE_ADDR=some_address()), device, counted=0).status_code == 200


def test_an_answer_is_good_once(web: None, territory: Territory) -> None:
    address = new_address()
    customer_with(territory, address)
    device = added_by(signed_in_by_code(address))
    asked = browser(REMOTE_ADDR=some_address())
    page = asked.get("/sign-in/passkey").content.decode()
    answer = json.dumps(device.proves(options_in(page)))
    cookie = asked.cookies["session"].value
    token = token_in(page)
    assert asked.post("/sign-in/passkey", {"csrfmiddlewaretoken": token, "answer": answer}).status_code == 302
    again = browser(REMOTE_ADDR=some_address())
    again.cookies["session"] = cookie
    assert sent(again, "/sign-in/passkey", answer=answer).status_code == 200


@pytest.mark.parametrize("answer", ["", "{}", "[]", "null", "{" * 5000, '{"rawId": 7, "response": {}}', "x" * 30_000])
def test_what_is_no_answer_signs_nobody_in(web: None, territory: Territory, answer: str) -> None:
    assert sent(browser(REMOTE_ADDR=some_address()), "/sign-in/passkey", answer=answer).status_code == 200
    address = new_address()
    customer_with(territory, address)
    assert sent(signed_in_by_code(address), "/sign-in/passkeys/add", answer=answer).status_code == 200


def test_a_passkey_is_removed_by_its_owner_only(web: None, territory: Territory) -> None:
    owner, other = new_address(), new_address()
    for each in (owner, other):
        customer_with(territory, each)
    mine = signed_in_by_code(owner)
    device = added_by(mine)
    page = mine.get("/sign-in/own").content.decode()
    found = re.search(r'name="passkey" value="([0-9a-f]{64})"', page)
    assert found
    theirs = signed_in_by_code(other)
    token = token_in(theirs.get("/sign-in/own").content.decode())
    given = {"csrfmiddlewaretoken": token, "passkey": found[1]}
    assert theirs.post("/sign-in/passkeys/remove", given).status_code == 404
    given["csrfmiddlewaretoken"] = token_in(page)
    assert mine.post("/sign-in/passkeys/remove", given).status_code == 302
    assert used(browser(REMOTE_ADDR=some_address()), device).status_code == 200


def test_a_passkey_of_who_has_no_case_any_more_opens_nothing(web: None, territory: Territory) -> None:
    from evenroll.records.models import SearchToken
    from evenroll.records.organizations import open_organization

    address = new_address()
    number = customer_with(territory, address)
    device = added_by(signed_in_by_code(address))
    with open_organization(territory.utility):
        customer = territory.case(territory.utility, number).proof.customer
        SearchToken.objects.filter(subject_id=customer, subject_kind="customer", kind="email").delete()
    assert used(browser(REMOTE_ADDR=some_address()), device).status_code == 200


def signed_in_by_code(address: str) -> Any:
    with letters() as carried:
        asked = asked_for(address)
        sent(asked, "/sign-in/code", code=code_in(carried[0]))
    return asked


def added_by(asked: Any) -> Device:
    device = Device()
    page = asked.get("/sign-in/passkeys/add").content.decode()
    answer = json.dumps(device.makes(options_in(page)))
    given = {"csrfmiddlewaretoken": token_in(page), "answer": answer}
    assert asked.post("/sign-in/passkeys/add", given)["Location"] == "/sign-in/own"
    return device


def used(asked: Any, device: Device, **how: Any) -> Any:
    page = asked.get("/sign-in/passkey").content.decode()
    answer = json.dumps(device.proves(options_in(page), **how))
    return asked.post("/sign-in/passkey", {"csrfmiddlewaretoken": token_in(page), "answer": answer})


def options_in(page: str) -> dict[str, Any]:
    found = re.search(r'data-options="([^"]+)"', page)
    assert found
    return json.loads(html.unescape(found[1]))["publicKey"]


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
