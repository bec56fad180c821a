"""Sequences on disk: whole, shared, and larger than the memory of the process."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from motionstudio.core.errors import MotionStudioError
from motionstudio.training.mapped_pool import FramesOf, MappedArray, MappedPool, write_pool
from motionstudio.training.sequence import Sequence

REPOSITORY = Path(__file__).resolve().parents[2]
CHILD = """
import resource, sys
from pathlib import Path
import numpy as np, torch
from motionstudio.training.batches import BatchDrawer
from motionstudio.training.mapped_pool import MappedPool, write_pool
from motionstudio.training.recipe import read_recipe
from motionstudio.training.sequence import Sequence

torch.set_num_threads(1)
folder = Path(sys.argv[1])
recipe = read_recipe(folder / "recipe.toml")
phase = np.linspace(0, 1, 64, False, dtype=np.float32)

def sequences():
    for number in range(320):
        frames = np.full((64, 128, 128, 1), number % 251, np.uint8)
        yield Sequence(frames, frames, phase, False, 0, number)

used = int(next(l for l in open("/proc/self/status") if l.startswith("VmData")).split()[1]) << 10
limit = used + (160 << 20)
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
count = write_pool(folder / "pool-x.json", sequences())
size = (folder / "pool-x.bin").stat().st_size
try:
    np.ones(size, np.uint8)
    print("not capped")
except MemoryError:
    print("capped")
drawer = BatchDrawer(recipe, MappedPool(folder / "pool-x.json"))
found = [drawer.draw(step % recipe.steps)[0] for step in range(40)]
print(count, size, round(float(sum(batch.reference.mean() for batch in found)) / 40, 3))
"""


def _sequence(seed: int, frames: int = 5, known: bool = False) -> Sequence:
    rng = np.random.default_rng(seed)
    pictures = rng.integers(0, 255, (frames, 6, 6, 1), np.uint8)
    phase = np.linspace(0, 1, frames, endpoint=False, dtype=np.float32)
    if not known:
        return Sequence(pictures, pictures, phase, False, 0, seed)
    clean = rng.integers(0, 255, pictures.shape, np.uint8)
    field = rng.random((frames, 2, 3, 3)).astype(np.float16)
    parts = rng.random((frames, 2, 2, 3)).astype(np.float32)
    labels = rng.integers(0, 3, (frames, 6, 6), np.uint8)
    return Sequence(pictures, clean, phase, True, 1, seed, field, parts, labels)


def _assert_same(one: Sequence, other: Sequence) -> None:
    assert (one.cyclic, one.source, one.motion) == (other.cyclic, other.source, other.motion)
    for name in ("frames", "target", "phase", "field", "parts", "labels"):
        ours, theirs = getattr(one, name), getattr(other, name)
        assert (ours is None) == (theirs is None)
        if ours is not None:
            assert ours.dtype == theirs.dtype
            np.testing.assert_array_equal(ours, theirs)


def test_sequences_come_back_as_they_were(tmp_path: Path) -> None:
    written = [_sequence(0), _sequence(1, frames=9), _sequence(2, known=True)]
    path = tmp_path / "pool-a.json"
    assert write_pool(path, iter(written)) == 3
    pool = MappedPool(path)
    for one, other in zip(pool, written, strict=True):
        _assert_same(one, other)
    assert pool[0].target is pool[0].frames
    handed: MappedPool = pickle.loads(pickle.dumps(pool))
    _assert_same(handed[2], written[2])
    assert len(pickle.dumps(pool)) < 500
    frames = FramesOf(pool)
    assert [len(one) for one in frames] == [5, 9, 5]
    assert [len(one) for one in frames[1:]] == [9, 5]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["pool-a.bin", "pool-a.json"]


def test_of_no_sequences_nothing_is_written(tmp_path: Path) -> None:
    assert write_pool(tmp_path / "pool-a.json", iter(())) == 0
    assert list(tmp_path.iterdir()) == []


def test_what_breaks_off_leaves_no_pool(tmp_path: Path) -> None:
    def broken() -> object:
        yield _sequence(0)
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        write_pool(tmp_path / "pool-a.json", broken())  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_pool_is_said(tmp_path: Path) -> None:
    path = tmp_path / "pool-a.json"
    write_pool(path, [_sequence(0)])
    with path.with_suffix(".bin").open("ab") as stream:
        stream.write(b"more")
    with pytest.raises(MotionStudioError, match="pool-a are damaged"):
        MappedPool(path)


def test_entries_of_an_array_are_handed_over_by_its_path(tmp_path: Path) -> None:
    array = np.arange(24, dtype=np.uint8).reshape(4, 3, 2)
    np.save(tmp_path / "a.npy", array)
    mapped = MappedArray(tmp_path / "a.npy")
    np.testing.assert_array_equal(np.stack(list(mapped)), array)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(mapped))[2], array[2])


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the data of a process")
def test_a_pool_may_be_larger_than_memory(tmp_path: Path) -> None:
    from tests.training import small

    small.write(tmp_path)
    program = tmp_path / "child.py"
    program.write_text(CHILD)
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, str(program), str(tmp_path)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    capped, told = done.stdout.splitlines()
    count, size, mean = told.split()
    assert capped == "capped"
    assert (int(count), int(size) > 300 << 20) == (320, True)
    assert 0.3 < float(mean) < 0.7
