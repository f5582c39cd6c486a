"""`evenroll letter-code`: the letter with a code by which a customer opens an application on the web."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, TypeAlias

import typer

from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import CASE_ENDS
from evenroll.quantities.identifiers import ActorKey, CaseNumber, IdentifierWrong, OrganizationKey, parse_case_number
from evenroll.runtime.account import account_name
from evenroll.runtime.cli_exit import CommandEnded, not_found, refused, wrong_use
from evenroll.runtime.cli_member import books_of
from evenroll.runtime.cli_options import OrganizationOption
from evenroll.runtime.cli_session import asked, business_now, organizations_here, session
from evenroll.runtime.mail_wiring import site_address
from evenroll.runtime.output_console import Output

if TYPE_CHECKING:
    from evenroll.records.drafts import Draft

Books: TypeAlias = tuple[OrganizationKey, ...]
_ROLE = Role.ENROLLMENT_DESK


def letter_code(
    about: Annotated[
        str, typer.Argument(metavar="CASE|DRAFT", help="The number of a case, or the code of an application.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the letter goes: .txt, or .html.")],
    language: Annotated[Language | None, typer.Option("--language", help="Else the customer's own.")] = None,
    actor: Annotated[str, typer.Option("--actor", help="Who does it; a key, not a name.")] = "",
    organization: OrganizationOption = "",
) -> None:
    """Write the letter with a code that opens an application on the web for 30 days.

    The code stands in the letter alone. At most four letters in 30 days, a day apart.

    Example: evenroll --demo letter-code EV-7K3M9-QXT2H-WPCF --out letter.txt --actor terminal/enrollment-desk
    """
    output = Output(json=asked.json)
    if out.suffix not in (".txt", ".html"):
        raise wrong_use(f"A letter is a text or a page: end the name of the file in .txt or .html, not {out.suffix!r}.")
    who = ActorKey(actor or f"terminal/{account_name()}")
    with _new_file(out) as file, session():
        from evenroll.pages.code_letter import code_letter
        from evenroll.records.organizations import open_organization, organization_names

        books = books_of(organizations_here(organization), actor=who, role=_ROLE)
        draft, spoken = _draft(about, books)
        owner = OrganizationKey(draft.drafted.cells["organization"])
        made = _code(draft, by=who)
        with open_organization(owner) as opened:
            until_on = opened.calendar.business_date(made.expires_at)
        name, site = organization_names().get(owner, owner), site_address(os.environ)
        letter = code_letter(made.code, organization=name, site=site, until_on=until_on, language=language or spoken)
        file.write(letter.html if out.suffix == ".html" else letter.text)
    output.data({"file": str(out), "good_until": until_on.isoformat()})
    output.say(f"The letter is in {out}. Its code is good until {until_on.isoformat()}, and stands nowhere else.")


def _code(draft: Draft, *, by: ActorKey):
    from evenroll.records.letter_codes import DraftGone, TooManyLetters, make_letter_code

    try:
        return make_letter_code(draft.number, by=by, at=_now())
    except DraftGone as gone:
        raise not_found(str(gone), reason="draft_gone") from None
    except TooManyLetters as many:
        again = f"{many.again_at:%Y-%m-%d %H:%M} UTC"
        raise refused(
            f"There are enough letters about this application: at most four in 30 days, a day apart. "
            f"The next may be made at {again}.",
            reason="too_many_letters",
        ) from None


def _draft(about: str, books: Books) -> tuple[Draft, Language]:
    """The application that is meant, and the language of its customer. Raises CommandEnded."""
    try:
        return _of_case(parse_case_number(about), books)
    except IdentifierWrong:
        return _of_code(about, books)


def _of_code(code: str, books: Books) -> tuple[Draft, Language]:
    from evenroll.records.drafts import number_of_code, read_draft

    number = number_of_code(code, at=_now())
    found = read_draft(number, at=_now()) if number else None
    if found is None or found.drafted.cells.get("organization") not in books:
        raise _unknown(about="application with this code")
    return found, Language(found.drafted.cells.get("language", Language.EN.value))


def _of_case(number: CaseNumber, books: Books) -> tuple[Draft, Language]:
    from evenroll.records import queries
    from evenroll.records.drafts import Drafted, begin_sent, number_of_case, read_draft

    for key in books:
        try:
            case = queries.case(queries.Viewer(organization=key, role=Role.SYSTEM), number=number)
        except queries.NotForViewer:
            continue
        if case.proof.proved_at is not None or case.status in CASE_ENDS:
            raise refused(
                f"The customer of {number} was proved, or the case is over: the customer signs in by the contact on "
                "file instead. A code would open nothing.",
                reason="not_before_proof",
            )
        kept = number_of_case(number, at=_now())
        found = read_draft(kept, at=_now()) if kept else None
        if found is None:
            on = business_now().date()
            cells = {"organization": key, "program": case.opening.program or ""}
            found = begin_sent(Drafted(cells=cells, case=number, sent_on=on.isoformat()), at=_now())
        return found, case.opening.language
    raise _unknown(about=f"case {number}")


def _unknown(*, about: str) -> CommandEnded:
    return not_found(f"There is no {about} in these books. Check how it is written.", reason="case_unknown")


@contextmanager
def _new_file(out: Path) -> Iterator[IO[str]]:
    """A file that was not there and that nobody else on this machine reads; gone again where the block fails."""
    try:
        file = os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8")
    except OSError as error:
        raise refused(
            f"{out} cannot be written ({error.strerror}), and no letter is made. Name a new file in a folder of yours.",
            reason="not_written",
        ) from None
    try:
        with file:
            yield file
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def _now() -> datetime:
    # Codes are good by the wall clock, as all that leads to an application.
    return datetime.now(UTC)
