"""The house below the window works where PySide6 is not installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("core", "document", "models", "engine", "io", "cli", "datasets", "evaluation")


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("folder", FOLDERS)
def test_statement_21_the_suite_passes_without_the_window_s_toolkit(folder: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "tests.no_qt", "-p", "no:pytest-qt",
         "-m", "not slow and not real_data", f"tests/{folder}"],
        cwd=ROOT, capture_output=True, text=True, timeout=850, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]


def test_the_blocker_blocks() -> None:
    line = "import tests.no_qt\ntry:\n    import PySide6\nexcept ImportError:\n    print('gone')"
    done = subprocess.run(
        [sys.executable, "-c", line], cwd=ROOT, capture_output=True, text=True, timeout=60,
        check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "gone"
