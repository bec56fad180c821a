"""The benchmark runs and prints its table; its figures are no test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_table_is_printed() -> None:
    command = [sys.executable, "-m", "benchmarks.latency", "--random", "tiny", "--rounds", "2"]
    done = subprocess.run(
        command,
        cwd=REPOSITORY,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    for line in ("bare model call", "scrub to a cached", "one latent cell", "drop toggled"):
        assert line in done.stdout
    assert "ratio: processor time" in done.stdout
