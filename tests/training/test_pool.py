"""The pool: pairs of subjects with one motion, clips and arrays, what is absent, the cache."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from motionstudio.training.configuration import configuration
from motionstudio.training.pool import Sequence, build_pool, cached_pool
from tests.training import small

ONE_CLIP = small.TEXT + '[[data]]\nkind = "clips"\nfiles = ["a.npz"]\ncyclic = true\n'
PAIRS = (
    small.TEXT
    + """
[[data]]
kind = "arrays"
file = "pairs.npz"
subjects_from = ["who"]
motion_from = ["what"]
hold_out = [1]
phases = [0.0, 0.35]
"""
)


def _same(one: list[Sequence], other: list[Sequence]) -> bool:
    return len(one) == len(other) and all(
        np.array_equal(a.frames, b.frames)
        and np.array_equal(a.target, b.target)
        and np.array_equal(a.phase, b.phase)
        and (a.cyclic, a.source, a.motion) == (b.cyclic, b.source, b.motion)
        for a, b in zip(one, other, strict=True)
    )


def test_every_generated_motion_comes_on_two_subjects(tmp_path: Path) -> None:
    pool = small.pool(small.recipe(tmp_path))
    assert [item.motion for item in pool] == [0, 0, 1, 1, 2, 2]
    for item in pool:
        assert item.frames.shape == (16, 32, 32, 1)
        assert item.frames.dtype == np.uint8
        assert item.phase.shape == (16,)
        assert item.phase[0] == 0
    assert not np.array_equal(pool[0].frames, pool[1].frames)
    np.testing.assert_array_equal(pool[0].phase, pool[1].phase)


def test_targets_are_the_pictures_without_noise(tmp_path: Path) -> None:
    item = small.pool(small.recipe(tmp_path))[0]
    assert not np.array_equal(item.frames, item.target)
    difference = item.frames.astype(int) - item.target
    assert np.abs(difference).mean() < 20


def test_without_data_the_generated_part_is_left_and_the_rest_is_said(tmp_path: Path) -> None:
    recipe = small.recipe(tmp_path, small.TEXT + small.CLIPS)
    said: list[str] = []
    pool = build_pool(recipe, configuration(recipe), None, said.append)
    assert {item.source for item in pool} == {0}
    absent = [text for text in said if "absent" in text]
    assert len(absent) == 2
    assert all("no data folder was given or found" in text for text in absent)
    assert any(text.startswith("nowhere/pairs.npz") for text in absent)


def test_files_that_lack_in_the_data_folder_are_said(tmp_path: Path) -> None:
    recipe = small.recipe(tmp_path, small.TEXT + small.CLIPS)
    said: list[str] = []
    build_pool(recipe, configuration(recipe), tmp_path, said.append)
    for name in ("nowhere/a.npz", "nowhere/b.npz", "nowhere/pairs.npz"):
        assert f"{name}: absent, left out" in said


def test_a_clip_is_shown_at_the_models_size(tmp_path: Path) -> None:
    frames = np.random.default_rng(0).integers(0, 4000, (6, 40, 50)).astype(np.uint16)
    np.savez(tmp_path / "a.npz", frames=frames, times=np.arange(6) / 6)
    recipe = small.recipe(tmp_path, ONE_CLIP)
    (item,) = [item for item in small.pool(recipe, tmp_path) if item.source == 1]
    assert item.frames.shape == (6, 32, 32, 1)
    assert item.cyclic
    assert item.target is item.frames
    np.testing.assert_allclose(item.phase, np.arange(6) / 6, atol=1e-6)
    assert item.motion == 3


def test_held_out_subjects_stay_out_and_equal_motions_are_partners(tmp_path: Path) -> None:
    frames = np.random.default_rng(0).integers(0, 255, (6, 2, 40, 40)).astype(np.uint8)
    np.savez(
        tmp_path / "pairs.npz",
        frames=frames,
        who=["a", "a", "b", "b", "c", "c"],
        what=["walk", "wave", "walk", "wave", "walk", "wave"],
    )
    recipe = small.recipe(tmp_path, PAIRS)
    pool = [item for item in small.pool(recipe, tmp_path) if item.source == 1]
    assert len(pool) == 4
    assert [item.motion - pool[0].motion for item in pool] == [0, 1, 0, 1]
    np.testing.assert_allclose(pool[0].phase, [0, 0.35])


def test_the_pool_is_kept_under_a_name_that_its_ingredients_determine(tmp_path: Path) -> None:
    recipe = small.recipe(tmp_path)
    config = configuration(recipe)
    said: list[str] = []
    first = cached_pool(recipe, config, None, tmp_path, said.append)
    assert said
    again = cached_pool(recipe, config, None, tmp_path, said.append)
    assert _same(first, again)
    assert len(list(tmp_path.glob("pool-*.json"))) == 1
    other = small.recipe(tmp_path, seed="8")
    assert not _same(first, cached_pool(other, config, None, tmp_path, said.append))
    assert len(list(tmp_path.glob("pool-*.json"))) == 2


@pytest.mark.real_data
def test_the_heart_recipe_reads_the_real_clips_but_not_those_held_out(
    real_data: Path, tmp_path: Path
) -> None:
    from motionstudio.core.locations import checkpoints_dir
    from motionstudio.training.recipe import ClipSource, read_recipe

    recipe = read_recipe(checkpoints_dir() / "heart" / "recipe.toml")
    files = [name for s in recipe.data if isinstance(s, ClipSource) for name in s.files]
    assert files
    assert all((real_data / name).exists() for name in files)
    held_out = ("human/sax_z03", "human/sax_z05", "pig/sax_z06", "pig/sax_z09", "pig/sax_z11")
    assert not [name for name in files if any(part in name for part in held_out)]
