"""Pictures of one folder that could be the frames of one clip."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from motionstudio.io.folders import run_of


def pictures(folder: Path, *sizes: int) -> list[Path]:
    folder.mkdir(exist_ok=True)
    paths = [folder / f"p{i}.png" for i in range(len(sizes))]
    for path, size in zip(paths, sizes, strict=True):
        Image.fromarray(np.zeros((size, size), np.uint8)).save(path)
    return paths


def test_pictures_that_follow_each_other_are_a_run(tmp_path: Path) -> None:
    paths = pictures(tmp_path / "a", *[8] * 12)
    assert run_of(paths) == (tmp_path / "a", 0, 12)
    assert run_of([paths[11], paths[10], paths[9]]) == (tmp_path / "a", 9, 12)


def test_gaps_sizes_and_folders_make_none(tmp_path: Path) -> None:
    paths = pictures(tmp_path / "a", 8, 8, 8, 9)
    others = pictures(tmp_path / "b", 8, 8)
    assert run_of([paths[0], paths[2]]) is None
    assert run_of([paths[2], paths[3]]) is None
    assert run_of([paths[0], others[1]]) is None
    assert run_of(paths[:1]) is None
