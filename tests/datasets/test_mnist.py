"""Digits in idx files: what is read, what is refused, and how grey becomes ink."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from motionstudio.core.errors import MotionStudioError
from motionstudio.datasets import mnist


def _write(path: Path, array: np.ndarray, *, cut: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    content = head + array.tobytes()
    path.write_bytes(gzip.compress(content[: len(content) - cut]))
    return path


def test_an_array_comes_back_as_it_was_written(tmp_path: Path) -> None:
    array = np.random.default_rng(0).integers(256, size=(5, 4, 3), dtype=np.uint8)
    np.testing.assert_array_equal(mnist.read_idx(_write(tmp_path / "a.gz", array)), array)


def test_held_out_digits_are_never_among_those_trained_on(tmp_path: Path) -> None:
    count = mnist.HELD_OUT + 20
    array = np.zeros((count, 28, 28), np.uint8)
    array[:, 0, 0] = np.arange(count) % 256
    array[:, 0, 1] = np.arange(count) // 256
    _write(tmp_path / mnist.IMAGES, array)
    train, held = (mnist.read_digits(tmp_path, held_out=held) for held in (False, True))
    assert train.shape == (20, 1, 28, 28)
    assert held.shape == (mnist.HELD_OUT, 1, 28, 28)
    assert train.max() <= 1
    together = np.concatenate([train, held])
    numbers = np.round(together[:, 0, 0, :2] * 255).astype(int) @ [1, 256]
    np.testing.assert_array_equal(numbers, np.arange(count))


@pytest.mark.parametrize("cut", [1, 45, 62])
def test_a_file_that_is_cut_off_says_so(tmp_path: Path, cut: int) -> None:
    array = np.zeros((5, 4, 3), np.uint8)
    with pytest.raises(MotionStudioError, match=r"cut off|no idx file"):
        mnist.read_idx(_write(tmp_path / "a.gz", array, cut=cut))


def test_what_is_no_gzip_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(b"plain")
    with pytest.raises(MotionStudioError, match="cannot be read"):
        mnist.read_idx(tmp_path / "a.gz")


def test_missing_digits_are_named(tmp_path: Path) -> None:
    with pytest.raises(MotionStudioError, match="not in the data folder"):
        mnist.read_digits(tmp_path, held_out=True)


def test_grey_is_the_chance_of_ink() -> None:
    grey = np.full((40, 1, 28, 28), 0.3, np.float32)
    ink = mnist.binarised(grey, 4)
    assert set(np.unique(ink)) == {0.0, 1.0}
    assert float(ink.mean()) == pytest.approx(0.3, abs=0.01)
    np.testing.assert_array_equal(ink, mnist.binarised(grey, 4))
    edges = np.array([[0.0, 1.0]], np.float32)
    np.testing.assert_array_equal(mnist.binarised(edges, 4), edges)
