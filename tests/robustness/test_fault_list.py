"""Disks, devices and processes fail: a sentence is read, nothing is lost, and work goes on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.robustness.fault_list import FAULTS

SLOW = ("killed", "training", "command", "during a batch")
"""They start processes, or load what trains."""

_ELSEWHERE = ("Ray worker", "worker that draws", "start: ")
"""Tests of these are in tests/batch, tests/training and tests/gui; here they are only counted."""


@pytest.mark.skipif(sys.platform != "linux", reason="needs disks of Linux")
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow) if any(word in name for word in SLOW) else name
        for name in FAULTS
        if not name.startswith(_ELSEWHERE)
    ],
)
def test_a_fault_is_said_and_survived(tmp_path: Path, name: str) -> None:
    said = FAULTS[name](tmp_path)
    assert said
    assert "\n" not in said
    assert "Traceback" not in said
    assert "Errno" not in said
    assert str(tmp_path) not in said
