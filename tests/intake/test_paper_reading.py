"""Files handed in as papers: known by what they are, written anew, and refused by name where they could do harm."""

from __future__ import annotations

import io
import sys
import time

import pikepdf
import pytest
from PIL import Image

from evenroll.enrollment.form import Language
from evenroll.intake import paper_reading
from evenroll.intake.paper_reading import BYTES_MAX, Media, PaperFault, PaperRefused, clean_paper, plain_name
from evenroll.pages.texts import render
from tests import papers_made as made

REFUSED = {
    "empty": (b"", PaperFault.EMPTY),
    "text of a virus test": (made.EICAR, PaperFault.NOT_A_PAPER),
    "svg with a script": (made.SVG, PaperFault.NOT_A_PAPER),
    "zip": (made.ZIP, PaperFault.NOT_A_PAPER),
    "zip before a photo": (made.ZIP + made.photo(), PaperFault.NOT_A_PAPER),
    "heic": (made.HEIC, PaperFault.HEIC),
    "large": (b"%PDF-1.7" + b"\0" * BYTES_MAX, PaperFault.TOO_LARGE),
    "photo broken off": (made.photo()[:-300], PaperFault.UNREADABLE),
    "pdf broken off": (made.paper()[:-80], PaperFault.UNREADABLE),
    "pdf by its first bytes only": (b"%PDF-1.7\n" + made.EICAR, PaperFault.UNREADABLE),
    "png by its first bytes only": (b"\x89PNG\r\n\x1a\n" + made.SVG, PaperFault.UNREADABLE),
    "png bomb": (made.png_bomb(60_000, 60_000), PaperFault.TOO_LARGE),
    "png of more dots than we read": (made.png_bomb(7_200, 7_200), PaperFault.TOO_LARGE),
    "pdf bomb": (made.pdf_bomb(), PaperFault.TOO_LARGE),
    "pdf packed several times": (made.pdf_bomb(layers=3), PaperFault.TOO_LARGE),
    "pdf of very many pages": (made.paper(pages=61), PaperFault.TOO_LARGE),
    "pdf with a script": (made.with_script(), PaperFault.ACTIVE),
    "pdf with a script among packed objects": (made.with_script(packed=True), PaperFault.ACTIVE),
    "pdf with a file inside": (made.with_file_inside(), PaperFault.ACTIVE),
    "pdf that starts a program": (made.with_launch_in_annotation(), PaperFault.ACTIVE),
    "pdf with a form of XML": (made.paper(AcroForm=pikepdf.Dictionary(XFA="<x/>")), PaperFault.ACTIVE),
    "pdf with a password": (made.locked(user="secret"), PaperFault.ENCRYPTED),
    "pdf that is locked without one": (made.locked(user=""), PaperFault.ENCRYPTED),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_no_paper_or_could_do_harm_is_refused_by_name(case: str) -> None:
    content, fault = REFUSED[case]
    began = time.monotonic()
    with pytest.raises(PaperRefused) as refused:
        clean_paper(content, name="paper.pdf")
    assert refused.value.fault is fault
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_of_a_photo_only_the_picture_is_kept_upright(kind: str) -> None:
    sent = made.photo(kind=kind)
    assert made.GPS_MARK in sent
    kept = clean_paper(sent + made.ZIP + b"<script>alert(1)</script>", name="x.png")
    assert kept.media is Media.JPEG
    assert made.GPS_MARK not in kept.content and b"<script" not in kept.content and b"PK\x03\x04" not in kept.content
    opened = Image.open(io.BytesIO(kept.content))
    assert (opened.format, opened.size, len(opened.getexif())) == ("JPEG", (200, 320), 0)


def test_what_is_see_through_is_white_paper_and_what_is_huge_is_made_small() -> None:
    opened = Image.open(io.BytesIO(clean_paper(made.see_through(), name="x").content))
    assert opened.getpixel((5, 5)) == (255, 255, 255)
    large = Image.open(io.BytesIO(clean_paper(made.photo(size=(6000, 4000)), name="x").content))
    assert max(large.size) <= 2600


def test_a_pdf_is_written_anew_without_its_author_and_what_stood_behind_it() -> None:
    kept = clean_paper(made.paper(pages=2) + made.ZIP, name="x")
    assert kept.media is Media.PDF
    assert b"Mallory" not in kept.content and b"PK\x03\x04" not in kept.content
    with pikepdf.open(io.BytesIO(kept.content)) as opened:
        assert len(opened.pages) == 2


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("registration.PDF", "registration.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\fakepath\\scan.pdf.exe", "scan.pdf.pdf"),
        ("=HYPERLINK(1).pdf", "HYPERLINK(1).pdf"),
        ("gpj\u202efdp.pdf", "gpj_fdp.pdf"),
        ("<script>alert(1)</script>.pdf", "script.pdf"),
        ("a\r\nSet-Cookie: x\0.pdf", "a__Set-Cookie_ x.pdf"),
        ("  ", "paper.pdf"),
        ("Zulassung München.pdf", "Zulassung München.pdf"),
        ("x" * 5000, "x" * 80 + ".pdf"),
    ],
)
def test_a_name_is_never_trusted(given: str, kept: str) -> None:
    assert plain_name(given, media=Media.PDF) == kept


def test_a_reader_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper_reading, "_SECONDS_MAX", 0.01)
    with pytest.raises(PaperRefused) as refused:
        clean_paper(made.photo(), name="x")
    assert refused.value.fault is PaperFault.UNREADABLE


def test_what_opens_strangers_files_is_not_in_the_process_of_the_web() -> None:
    loaded = {name.split(".")[0] for name in sys.modules if name.startswith("evenroll.intake.paper_")}
    assert loaded == {"evenroll"}
    assert "evenroll.intake.paper_pdf" not in sys.modules and "evenroll.intake.paper_image" not in sys.modules


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("fault", PaperFault)
def test_every_fault_is_a_sentence(fault: PaperFault, language: Language) -> None:
    told = render(f"papers.fault_{fault}", language=language, parameters={"name": "a.pdf", "most": 10})
    assert "{" not in told and len(told) > 20
