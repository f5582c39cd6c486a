"""Passwords that are guessed first, and those that need no signs of any kind to be good."""

from __future__ import annotations

import pytest

from evenroll.accounts.guessable import is_guessable


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "PasswordPassword!",
        "password-password-1",
        "letmein2026letmein",
        "Welcome123456789!",
        "evenrollevenroll",
        "evenroll-password-2026",
        "dragonmonkey12345",
        "abcdefabcdefabcdef",
        "123456789012345678",
        "aaaaaaaaaaaaaaaaa",
        "!!!!????####$$$$%%",
    ],
)
def test_what_is_guessed_first_is_refused(password: str) -> None:
    assert is_guessable(password)


@pytest.mark.parametrize(
    "password",
    [
        "quiet otter climbs the stair",
        "correct horse battery staple",
        "tres gatos negros duermen",
        "vJ8#kq2!Lm0zRt5w",
        "meter-hinge-orchard",
        "ηλιος και θαλασσα παντα",
    ],
)
def test_words_that_have_nothing_to_do_with_each_other_do(password: str) -> None:
    assert not is_guessable(password)
