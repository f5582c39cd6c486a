"""The mail that tells a customer of a case: subject, what happened, what to do and until when, who is next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string

from evenroll.enrollment.form import Language
from evenroll.enrollment.notices import NOTICE_KINDS, REQUIRED_NOTICES
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State, TrackState
from evenroll.pages.next_steps import MAY, else_key, next_step_key, to_do_key
from evenroll.pages.part_words import track_words
from evenroll.pages.texts import render
from evenroll.programs.program import Track

if TYPE_CHECKING:
    from evenroll.enrollment.case import Case

SUBJECT_KEYS: Final = {kind: f"mail_subject.{kind}" for kind in NOTICE_KINDS}
"""The key of the subject of each kind of notice."""

_HEAVIEST: Final = (
    "refused_at_proof",
    "refused_by_provider",
    "ended",
    "suspended",
    "supply_lost_heard",
    "program_close_told",
    "cure_asked",
    "form_returned",
    "condition_due_set",
    "enrolled",
    "visit_heard",
    "decision_made",
)
"""What heads a mail in which it stands, the heaviest first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """What a mail is about. organization: its name; site: the address of the web; write_to: for answers.

    stop: the link that ends e-mail without a sign-in.
    """

    case: Case
    organization: str
    zone: ZoneInfo
    site: str
    write_to: str
    stop: str
    now: datetime

    @property
    def link(self) -> str:
        """It leads to the page of the case who is signed in as its customer, and everybody else to the sign-in."""
        return f"{self.site}/cases?case={self.case.number}"


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeMail:
    """A mail in one language."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What somebody does next. more: until when, by whom, and what happens otherwise; may be empty."""

    text: str
    more: str


def notice_mail(about: About, *, kinds: Sequence[str], sentences: Sequence[str], language: Language) -> NoticeMail:
    """The mail of these notices of one case. kinds, sentences: of each, in order; one at least. Raises TextMissing."""
    must, may = _duties(about, language)
    subject = _subject(about, kinds, language)
    texts = {
        "subject": subject,
        "heading": subject.partition(" (")[0],
        "language": language,
        "organization": about.organization,
        "case": about.case.number,
        "sentences": list(dict.fromkeys(sentences)),
        "must": must,
        "may": may,
        "others": _others(about, language),
        "link": about.link,
        "write_to": about.write_to,
        "stop": about.stop,
    }
    text = "\n".join(_lines(texts, language))
    return NoticeMail(subject=subject, text=text, html=render_to_string("mail/notice.html", texts))


def _subject(about: About, kinds: Sequence[str], language: Language) -> str:
    """Of several the heaviest, then the last one that the customer must hear of, else the last."""
    required = [kind for kind in kinds if kind in REQUIRED_NOTICES] or list(kinds)
    kind = next((each for each in _HEAVIEST if each in kinds), required[-1])
    return f"{render(SUBJECT_KEYS[kind], language=language)} ({about.case.number})"


def _waiting(about: About) -> list[TrackState]:
    """The tracks that wait on somebody, the most urgent first, without the supervisor's long look."""
    live = (each for each in about.case.tracks.values() if each.owner is not None and each.due_at is not None)
    seen = (each for each in live if not (each.state is State.ENROLLED and each.times == 0))
    return sorted(seen, key=lambda each: (each.due_at or each.since, each.key))


def _last_day(track: TrackState, about: About) -> date:
    """The last day on which what a track waits for is in time; a wait ends as the day after it begins."""
    assert track.due_at is not None
    return (track.due_at - timedelta(seconds=1)).astimezone(about.zone).date()


def _duties(about: About, language: Language) -> tuple[list[Step], list[Step]]:
    """What the customer must do, and what the customer may."""
    must, may = list[Step](), list[Step]()
    for track in _waiting(about):
        if track.owner is Role.CUSTOMER:
            is_may = (track.track, track.state) in MAY
            (may if is_may else must).append(_duty(track, about, language))
    return list(dict.fromkeys(must)), list(dict.fromkeys(may))


def _duty(track: TrackState, about: About, language: Language) -> Step:
    until = render("mail.until", language=language, parameters={"until_on": _last_day(track, about)})
    otherwise = else_key(track)
    more = f"{until} {render(otherwise, language=language)}" if otherwise else until
    return Step(text=render(to_do_key(track), language=language), more=more)


def _others(about: About, language: Language) -> list[Step]:
    """What others do next; a day that is over is today's."""
    today = about.now.astimezone(about.zone).date()
    steps = list[Step]()
    for track in _waiting(about):
        if track.owner is None or track.owner is Role.CUSTOMER or track.track is Track.CASE:
            continue
        by = {"who": render(track.owner, language=language), "until_on": max(_last_day(track, about), today)}
        key = "mail.until" if track.owner is Role.SYSTEM else "mail.by"
        title = track_words(track.track.value, language=language)
        steps.append(
            Step(
                text=f"{title}: {render(next_step_key(track), language=language)}",
                more=render(key, language=language, parameters=by),
            )
        )
    return steps


def _lines(texts: dict[str, object], language: Language) -> list[str]:
    def said(key: str) -> str:
        parameters = {name: str(texts[name]) for name in ("case", "organization", "write_to")}
        return render(key, language=language, parameters=parameters)

    lines = [said("mail.hello"), "", said("mail.about"), "", said("mail.happened").upper()]
    lines += [f"- {each}" for each in _listed(texts["sentences"])]
    for name, title in (("must", "mail.to_do"), ("may", "mail.may"), ("others", "mail.others")):
        steps = _listed(texts[name])
        if steps:
            lines += ["", said(title).upper()]
            lines += [f"- {each.text} {each.more}".rstrip() for each in steps if isinstance(each, Step)]
        elif name == "must":
            lines += ["", said("mail.nothing")]
    lines += ["", said("mail.look"), str(texts["link"]), "", said("mail.write"), said("mail.ask_nothing"), ""]
    return [*lines, said("mail.refuse"), str(texts["stop"]), "", "-- ", str(texts["organization"]), ""]


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []
