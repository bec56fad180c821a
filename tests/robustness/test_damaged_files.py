"""Damaged files of every kind are read, or refused in one plain sentence; never anything else."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from tests.robustness.targets import TARGETS, damaged, outcome

NEW = [name for name in TARGETS if not name.startswith("clip ")]
"""Clips are damaged in tests/io/test_fuzz.py."""


def attack(name: str, folder: Path, seeds: range) -> set[str]:
    target = TARGETS[name]
    inner = folder / "inside"
    inner.mkdir()
    path = target.make(inner)
    good = path.read_bytes()
    assert outcome(target, path) == "opened", "the undamaged file must be readable"
    found = set()
    for seed in seeds:
        path.write_bytes(damaged(target, good, zlib.crc32(name.encode()) + seed))
        found.add(outcome(target, path))
    return found


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", NEW)
def test_damage_is_survived(tmp_path: Path, name: str) -> None:
    found = attack(name, tmp_path, range(25))
    assert TARGETS[name].forgives or "refused" in found


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", NEW)
def test_much_damage_is_survived(tmp_path: Path, name: str) -> None:
    found = attack(name, tmp_path, range(100, 160))
    assert TARGETS[name].forgives or "refused" in found
