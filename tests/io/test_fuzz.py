"""Damaged files of every format give a clip or one plain sentence, nothing else."""

from __future__ import annotations

import random
import zlib
from pathlib import Path

import numpy as np
import pytest

from motionstudio.core.errors import MotionStudioError
from motionstudio.io import probe, read_clip
from tests.io.samples import MAKERS, make


def damaged(data: bytes, rng: random.Random) -> bytes:
    """``data`` cut, with bytes changed (headers more often), removed or added."""
    out = bytearray(data)
    kind = rng.choice(["cut", "flip", "flip", "flip", "drop", "add"])
    place = rng.randrange(min(len(out), rng.choice([64, 400, len(out)])))
    if kind == "cut":
        return bytes(out[:place])
    if kind == "drop":
        del out[place : place + rng.randrange(1, 64)]
    elif kind == "add":
        out[place:place] = rng.randbytes(rng.randrange(1, 64))
    else:
        for _ in range(rng.choice([1, 2, 8, 40])):
            where = rng.randrange(min(len(out), rng.choice([64, 400, len(out)])))
            out[where] = rng.choice([0, 255, 127, 128, rng.randrange(256)])
    return bytes(out)


def outcome(path: Path) -> str:
    """Read ``path``: "" when all went well, else the sentence that refused it."""
    try:
        probe(path)
        clip = read_clip(path)
        for index in {0, len(clip) // 2, len(clip) - 1}:
            assert clip.frames[index].shape == clip.frames.shape[1:]
    except MotionStudioError as error:
        return error.message
    assert np.isfinite(clip.times).all()
    return ""


def survives(path: Path) -> bool:
    """Whether ``path`` was read; if not, one plain sentence must say why."""
    sentence = outcome(path)
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    assert not sentence or sentence.endswith(".")
    return not sentence


def attack(name: str, folder: Path, rounds: int, seed: int) -> None:
    path = make(name, folder)
    data = path.read_bytes()
    assert survives(path), "the undamaged file must be readable"
    rng = random.Random(zlib.crc32(name.encode()) + seed)
    for _ in range(rounds):
        path.write_bytes(damaged(data, rng))
        survives(path)


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_damage(tmp_path: Path, name: str) -> None:
    attack(name, tmp_path, rounds=12, seed=0)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", sorted(MAKERS))
def test_much_damage(tmp_path: Path, name: str) -> None:
    attack(name, tmp_path, rounds=300, seed=1)


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_every_beginning_of_a_file(tmp_path: Path, name: str) -> None:
    path = make(name, tmp_path)
    data = path.read_bytes()
    for length in {1, 4, 12, 131, 132, 133, 348, 352, len(data) // 2, len(data) - 1}:
        path.write_bytes(data[:length])
        survives(path)
