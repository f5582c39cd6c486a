"""Draws for the invented territory: numbers that look random and are the same for the same seed on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Draws:
    """The draws for one thing of the territory. subject: which one."""

    seed: int
    subject: str

    def number(self, what: str, *, below: int) -> int:
        """A number from 0 up to, not including, `below`; the same for the same seed, subject and question."""
        digest = hashlib.blake2b(f"{self.seed}/{self.subject}/{what}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") % below

    def one_of(self, what: str, choices: Sequence[T]) -> T:
        """One of the choices."""
        return choices[self.number(what, below=len(choices))]

    def is_so(self, what: str, *, percent: int) -> bool:
        """Whether something holds that holds for so many of a hundred."""
        return self.number(what, below=100) < percent
