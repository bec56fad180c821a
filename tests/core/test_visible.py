"""Names that command a terminal, break a line or turn it are spelt out; all others stay."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.visible import visible


@pytest.mark.parametrize(
    "text",
    [
        "heart.mp4",
        "Büro mit Leerzeichen",
        "心脏\u3000片段",
        "क्ष\u200dत्र",
        "👩\u200d🔬 film",
        "a\u00a0b",
    ],
)
def test_names_of_people_stay_as_they_are(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a\nb", "a\\nb"),
        ("\x1b[2J", "\\x1b[2J"),
        ("clip\u202egpj.exe", "clip\\u202egpj.exe"),
        ("odd\udcff", "odd\\udcff"),
    ],
)
def test_what_acts_is_spelt_out(text: str, seen: str) -> None:
    assert visible(text) == seen
    assert MotionStudioError(f"{text} is empty.").message == f"{seen} is empty."


def test_hints_may_have_lines() -> None:
    assert MotionStudioError("It is empty.", "One\ntwo\x1b.").hint == "One\ntwo\\x1b."


@given(st.text())
def test_nothing_is_left_that_acts(text: str) -> None:
    seen = visible(text)
    assert not {unicodedata.category(each) for each in seen} & {"Cc", "Cs", "Zl", "Zp"}
    assert visible(seen) == seen
    assert seen.encode("utf-8").decode("utf-8") == seen
