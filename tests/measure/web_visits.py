"""What people ask the web for, in a database that stands: sessions are made, cases drawn, statements counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evenroll.enrollment.roles import Role
from evenroll.quantities.identifiers import CustomerId
from tests.measure.open_load import Request
from tests.territory import Territory

CUSTOMERS = 60
DRAWN = 200
APPLICANTS = 8
HOUSEHOLDS = 40
SCOPES = ("to_do", "role", "all")
DESKS = (Role.ENROLLMENT_DESK, Role.METER_OFFICE, Role.SUPERVISOR, Role.BILLING)
FINDER = {
    "/find": {"utility": "lakeland-electric", "postal_code": ""},
    "/find/vehicle": {"vehicle": "nissan-leaf", "kwh_per_100_miles": ""},
    "/find/charging": {"miles": "12,000", "plug_in_hour": "18", "unplug_hour": "7", "outlet_w": "7200"},
    "/find/billing": {"billed_by": "utility", "monthly_kwh": "700"},
}
FOUND = (*FINDER, "/find/costs")
QUESTIONS = ("account", "person", "address", "vin", "consents")


@dataclass(frozen=True, kw_only=True, slots=True)
class Visits:
    """Requests by what is measured: portal, queue, search, desk, report, finder; and statements by page."""

    asked: Mapping[str, Sequence[Request]]
    statements: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Drawn:
    number: str
    customer: int
    serial: str
    pod: str


def visits_of(territory: Territory) -> Visits:
    """Everything that is asked in this territory."""
    from tests.web.browsing import ready

    ready(demo=False)
    drawn = _drawn(territory)
    asked = {
        "portal": _by_turns([*_strangers(territory), *_customers(territory, drawn)]),
        "queue": list(_queues(territory)),
        "search": list(_searches(territory, drawn)),
        "desk": list(_desk(territory, drawn)),
        "report": list(_reports(territory)),
        "finder": list(_households()),
    }
    # The report is counted by a test of its own, beside few cases and many.
    counted = [each for name, group in asked.items() if name not in ("report", "finder") for each in group]
    return Visits(asked=asked, statements=_statements(counted))


def _by_turns(requests: Sequence[Request]) -> list[Request]:
    """Each page as often as any other, by turns."""
    found: dict[str, list[Request]] = {}
    for each in requests:
        found.setdefault(each.page, []).append(each)
    rounds = max(map(len, found.values()))
    return [own[turn % len(own)] for turn in range(rounds) for own in found.values()]


def _drawn(territory: Territory) -> list[_Drawn]:
    """Cases from all over, with customer and meter."""
    from evenroll.records.organizations import cursor, open_organization

    with open_organization(territory.utility) as opened, cursor() as pen:
        pen.execute("SELECT min(id), max(id) FROM case_record WHERE organization_id = %s", (opened.id,))
        ends = pen.fetchone()
        assert ends, "an aggregate has one row"
        first, last = ends
        step = max((last - first) // DRAWN, 1)
        rows = pen.execute(
            "SELECT c.number, c.customer_id, m.serial, c.pod FROM case_record c "
            "JOIN meter m ON m.organization_id = c.organization_id AND m.pod = c.pod "
            "WHERE c.organization_id = %s AND c.id %% %s = 0 AND c.customer_id IS NOT NULL LIMIT %s",
            (opened.id, step, DRAWN),
        ).fetchall()
    return [_Drawn(number=row[0], customer=row[1], serial=row[2], pod=row[3]) for row in rows]


def _request(asked: Any, page: str, path: str, **how: Any) -> Request:
    return Request(page=page, path=path, cookies={name: each.value for name, each in asked.cookies.items()}, **how)


def _strangers(territory: Territory) -> Iterator[Request]:
    from tests.web.enrolling import Enrolling, answers_of

    for _ in range(APPLICANTS):
        asked = _who_answered(FINDER)
        yield _request(asked, "start", "/")
        yield from (_request(asked, path.strip("/"), path) for path in FOUND)
        customer = Enrolling(territory)
        customer.begin()
        premise = territory.premise()
        customer.answer_all(premise)
        yield _request(customer.client, "enroll start", f"/enroll/?program={territory.night.key}")
        yield _request(customer.client, "enroll tasks", "/enroll/tasks")
        yield _request(customer.client, "enroll check", "/enroll/check")
        yield _request(customer.client, "enroll later", "/enroll/later")
        for name in QUESTIONS:
            yield _request(customer.client, "enroll question", f"/enroll/answer/{name}")
        customer.open("/enroll/answer/person")
        said = {**_hidden(customer.page), **answers_of(premise)["person"]}
        yield _request(customer.client, "enroll answer, sent", "/enroll/answer/person", said=said, expected=302)


def _households() -> Iterator[Request]:
    """Browsers that answered the finder each in its own way: miles, hours and use of nobody else."""
    for number in range(HOUSEHOLDS):
        charging = {"miles": str(6_000 + 137 * number), "plug_in_hour": str(17 + number % 5)}
        said = {
            **FINDER,
            "/find/charging": FINDER["/find/charging"] | charging,
            "/find/billing": FINDER["/find/billing"] | {"monthly_kwh": str(500 + 11 * number)},
        }
        yield _request(_who_answered(said), "find/costs, each its own", "/find/costs")


def _who_answered(answers: Mapping[str, Mapping[str, str]]) -> Any:
    """A browser with these answers of the finder, by page."""
    from tests.web.browsing import browser, token_in

    asked = browser()
    for path, said in answers.items():
        token = token_in(asked.get(path).content.decode())
        assert asked.post(path, {**said, "csrfmiddlewaretoken": token}).status_code == 302, path
    return asked


def _hidden(page: str) -> dict[str, str]:
    import re

    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))


def _customers(territory: Territory, drawn: Sequence[_Drawn]) -> Iterator[Request]:
    from tests.web.browsing import customer_of, signed_in_as

    for each in drawn[:CUSTOMERS]:
        asked = signed_in_as(customer_of(territory.utility, CustomerId(each.customer)))
        yield _request(asked, "own cases", "/cases")
        yield _request(asked, "own case", f"/cases/{each.number}")
        yield _request(asked, "own case, place", f"/cases/{each.number}/place")
        yield _request(asked, "own case, ledger", f"/cases/{each.number}/ledger")
        yield _request(asked, "own case, act", f"/cases/{each.number}/do/open_appeal")


def _staff(territory: Territory, role: Role) -> Any:
    from tests.web.browsing import signed_in_as, staff_of

    return signed_in_as(staff_of(territory.utility, role))


def _queues(territory: Territory) -> Iterator[Request]:
    """The queue of each role in each scope, the page after the first, and by one track."""
    import re

    for role in DESKS:
        asked = _staff(territory, role)
        for scope in SCOPES:
            path = f"/desk/?scope={scope}"
            yield _request(asked, f"queue {role.value} {scope}", path)
            more = re.search(r'href="(\?[^"]*after=[^"]*)"', asked.get(path).content.decode())
            if more:
                yield _request(asked, f"queue {role.value} {scope}, next", "/desk/" + more[1].replace("&amp;", "&"))
        yield _request(asked, f"queue {role.value} of meters", "/desk/?scope=all&track=meter")


def _searches(territory: Territory, drawn: Sequence[_Drawn]) -> Iterator[Request]:
    """Numbers of cases and meters from all over; names and accounts of a few, and of nobody."""
    from tests.web.browsing import token_in

    asked = _staff(territory, Role.ENROLLMENT_DESK)
    token = token_in(asked.get("/desk/search/").content.decode())
    premise = territory.premise()
    own = [(premise.name, "name"), (premise.account_number, "account"), ("Nobody Of This Name", "name of nobody")]
    for each in drawn[:CUSTOMERS]:
        for said, what in ((each.number, "case"), (each.serial, "meter"), (each.pod, "usage point"), *own):
            form = {"csrfmiddlewaretoken": token, "said": said}
            yield _request(asked, f"search by {what}", "/desk/search/", said=form)


def _desk(territory: Territory, drawn: Sequence[_Drawn]) -> Iterator[Request]:
    asked = _staff(territory, Role.ENROLLMENT_DESK)
    for each in drawn:
        yield _request(asked, "desk case", f"/desk/case/{each.number}/")


def _reports(territory: Territory) -> Iterator[Request]:
    asked = _staff(territory, Role.PROGRAM_MANAGER)
    yield _request(asked, "report", "/desk/reports/")


def _statements(requests: Sequence[Request]) -> dict[str, int]:
    """What each page asks the database, at most, over a few of its addresses; the first look warms up."""
    from tests.statements import counted_traffic

    asked: dict[str, list[Request]] = {}
    for each in requests:
        asked.setdefault(each.page, []).append(each)
    found: dict[str, int] = {}
    for page, own in asked.items():
        for each in (own[0], *own[:3]):
            with counted_traffic() as traffic:
                answer = _asked_here(each)
            assert answer.status_code == each.expected, (page, each.path, answer.status_code)
            found[page] = max(found.get(page, 0), traffic.statements)
    return found


def _asked_here(request: Request) -> Any:
    from tests.web.browsing import browser

    asked = browser()
    for name, value in request.cookies.items():
        asked.cookies[name] = value
    return asked.get(request.path) if request.said is None else asked.post(request.path, dict(request.said))
