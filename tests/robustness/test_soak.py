"""Three minutes of work in the window leave it as large as they found it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.soak import Reading, verdict

ROOT = Path(__file__).parents[2]


def readings(memory: list[float], files: int = 10, objects: int = 3000) -> list[Reading]:
    return [Reading(i, m, files + i, objects + i) for i, m in enumerate(memory)]


def test_what_fills_caches_at_first_is_no_growth() -> None:
    assert verdict(readings([300, 500, 560, 562, 561, 565])) == ""


def test_growth_that_goes_on_is_told() -> None:
    assert "memory grew" in verdict(readings([300, 400, 500, 600, 700, 800]))
    assert "Qt objects grew" in verdict([Reading(i, 500, 10, 3000 + 400 * i) for i in range(6)])
    clips = [Reading(i, 500, 10, 3000, clips=2 + 3 * i) for i in range(6)]
    assert "clips that were closed are held" in verdict(clips)
    assert "open files grew" in verdict([Reading(i, 500, 10 + 9 * i, 3000) for i in range(6)])


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_three_minutes_of_work_leave_nothing_behind() -> None:
    command = [sys.executable, "-m", "benchmarks.soak", "--minutes", "3"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
