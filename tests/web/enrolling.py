"""A customer at the portal's enrollment, in a browser without a screen."""

from __future__ import annotations

import re
from typing import Any

from tests.territory import Territory
from tests.territory_books import POSTAL_CODE, Premise
from tests.web.browsing import browser


def answers_of(premise: Premise) -> dict[str, dict[str, str]]:
    """What a customer answers on each page, by its name."""
    return {
        "holder": {"holder": "account_holder"},
        "account": {"account_number": premise.account_number},
        "person": {"name": premise.name, "email": "someone@example.test"},
        "address": {"service_address": premise.address, "postal_code": POSTAL_CODE},
        "home": {"dwelling": "own"},
        "proof": {"last_bill_amount": premise.last_bill},
        "vehicle": {"drivetrain": "bev"},
        "vin": {"vin": premise.vin},
        "papers": {"without": "yes"},
        "terms": {},
        "consents": {"terms": "on"},
    }


class Enrolling:
    """Goes through the pages; `screens` are those that it has seen."""

    def __init__(self, territory: Territory, *, client: Any = None) -> None:
        self.territory = territory
        self.client = client or browser()
        self.screens: list[str] = []
        self.page = ""

    def open(self, address: str) -> Any:
        answer = self.client.get(address)
        self.page = answer.content.decode()
        if answer.status_code == 200:
            self.screens.append(address)
        return answer

    def send(self, address: str, said: dict[str, str]) -> Any:
        """Send the form of the page in hand, and open what it leads to."""
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', self.page))
        answer = self.client.post(address, {**hidden, **said})
        if answer.status_code == 302:
            self.open(answer["Location"])
        else:
            self.page = answer.content.decode()
        return answer

    def begin(self) -> None:
        self.open(f"/enroll/?program={self.territory.night.key}")
        self.send("/enroll/", {})

    def answer(self, name: str, said: dict[str, str]) -> Any:
        address = f"/enroll/answer/{name}"
        if not self.screens or self.screens[-1] != address:
            self.open(address)
        return self.send(address, said)

    def answer_all(self, premise: Premise, **changed: dict[str, str]) -> None:
        for name, said in {**answers_of(premise), **changed}.items():
            found = self.answer(name, said)
            assert found.status_code == 302, (name, self.page)

    def number(self) -> str:
        found = re.search(r"EV-[0-9A-Z-]+", self.page)
        assert found, self.page
        return found[0]
