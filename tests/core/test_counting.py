"""Counts in sentences."""

from __future__ import annotations

import pytest

from motionstudio.core.counting import counted


@pytest.mark.parametrize(
    ("count", "noun", "text"),
    [
        (0, "frame", "0 frames"),
        (1, "frame", "1 frame"),
        (2, "trajectory", "2 trajectories"),
        (1, "trajectory", "1 trajectory"),
        (2, "key", "2 keys"),
        (2400, "frame", "2,400 frames"),
    ],
)
def test_one_is_single_and_others_are_many(count: int, noun: str, text: str) -> None:
    assert counted(count, noun) == text
