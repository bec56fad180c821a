"""Guards against releases of the Qt binding that break us."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
# 6.12.0 takes a reference from True with every emit; CPython 3.11 aborts when none is left.
EMIT = """
import sys
from PySide6.QtCore import QObject, Signal

class Sender(QObject):
    fired = Signal(bool)

sender = Sender()
seen = []
sender.fired.connect(lambda value: seen.append(1))
sender.fired.emit(True)
before = sys.getrefcount(True)
for _ in range(2000):
    sender.fired.emit(True)
lost = before - sys.getrefcount(True)
print(len(seen), lost)
"""


def test_statement_22_emitting_keeps_the_references_to_true() -> None:
    done = subprocess.run(
        [sys.executable, "-c", EMIT], check=True, capture_output=True, text=True, timeout=60
    )
    seen, lost = map(int, done.stdout.split())
    assert seen == 2001
    assert abs(lost) <= 5


@pytest.mark.parametrize("version", ["6.9.1", "6.9.2", "6.11.0", "6.11.1", "6.12.0", "6.13.0"])
def test_broken_releases_are_excluded(version: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    binding = next(
        requirement
        for requirement in map(Requirement, project["dependencies"])
        if requirement.name == "PySide6-Essentials"
    )
    assert not binding.specifier.contains(version)
