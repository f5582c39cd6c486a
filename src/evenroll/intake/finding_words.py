"""A finding as it stands in a result: its codes for machines, and beside them its sentences for people."""

from __future__ import annotations

from dataclasses import replace

from evenroll.enrollment.form import Language
from evenroll.intake.outcomes import FindingTold
from evenroll.pages.finding_texts import finding_sentences


def in_words(told: FindingTold, *, language: Language) -> dict[str, str]:
    """Codes, the sentence that says why, and the one that says what would change it; "" where nothing would."""
    codes = {"rule": told.rule, "outcome": told.outcome, "evidence": told.evidence, "cure": told.cure}
    if told.finding is None:
        return codes
    said = finding_sentences(told.finding, language=language)
    why = finding_sentences(replace(told.finding, cure=None), language=language)
    return {**codes, "sentence": " ".join(why), "cure_sentence": " ".join(said[len(why) :])}
