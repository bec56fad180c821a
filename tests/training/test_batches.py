"""Batches are a pure function of recipe and step; what is withheld follows the stage."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
import torch

from motionstudio.training.batches import BatchDrawer, _kept_pattern
from motionstudio.training.pool import Sequence
from motionstudio.training.recipe import Recipe, Stage
from tests.training import small


@pytest.fixture(scope="module")
def chosen(tmp_path_factory: pytest.TempPathFactory) -> Recipe:
    return small.recipe(tmp_path_factory.mktemp("recipe"))


@pytest.fixture(scope="module")
def pool(chosen: Recipe) -> list[Sequence]:
    return small.pool(chosen)


def _equal(one: object, other: object) -> bool:
    if isinstance(one, torch.Tensor):
        assert isinstance(other, torch.Tensor)
        return torch.equal(one, other)
    return one == other


def _same(one: object, other: object) -> bool:
    return all(
        _equal(getattr(one, item.name), getattr(other, item.name))
        for item in fields(one)  # type: ignore[arg-type]
    )


def test_a_batch_depends_on_the_step_and_nothing_else(chosen: Recipe, pool: list[Sequence]) -> None:
    one, other = BatchDrawer(chosen, pool), BatchDrawer(chosen, pool)
    torch.manual_seed(1)
    forwards = [one.draw(step) for step in range(5)]
    torch.manual_seed(2)
    np.random.seed(3)  # noqa: NPY002 - the global generator must not matter
    backwards = [other.draw(step) for step in reversed(range(5))][::-1]
    for (batch, noise), (again, same_noise) in zip(forwards, backwards, strict=True):
        assert _same(batch, again)
        assert torch.equal(noise, same_noise)
    assert not _same(forwards[0][0], forwards[1][0])
    assert not torch.equal(forwards[0][1][:, :, :3], forwards[1][1][:, :, :3])


def test_the_shapes_of_a_batch(chosen: Recipe, pool: list[Sequence]) -> None:
    for step in range(5):
        batch, noise = BatchDrawer(chosen, pool).draw(step)
        steps = batch.frames.shape[1]
        assert 3 <= steps <= 5
        assert batch.frames.shape == batch.target_frames.shape == (2, steps, 1, 32, 32)
        assert batch.reference.shape == batch.source.shape == (2, 1, 32, 32)
        assert batch.kept.shape == batch.valid.shape == batch.phase.shape == (2, steps)
        assert noise.shape == (2, 256, steps)
        assert batch.decoded.tolist() == sorted(set(batch.decoded.tolist()))
        assert len(batch.decoded) == 2
        assert float(batch.frames.min()) >= 0
        assert float(batch.frames.max()) <= 1


def test_the_first_stage_decodes_the_subject_itself_and_the_second_another(
    chosen: Recipe, pool: list[Sequence]
) -> None:
    drawer = BatchDrawer(chosen, pool)
    alone, _ = drawer.draw(0)
    # The same picture, each time with its own grain.
    assert float((alone.reference - alone.source).abs().mean()) < 0.02
    assert not torch.equal(alone.reference, alone.source)
    swapped, _ = drawer.draw(3)
    assert float((swapped.reference - swapped.source).abs().mean()) > 0.05


def test_partners_make_the_same_motion_on_other_subjects(
    chosen: Recipe, pool: list[Sequence]
) -> None:
    drawer = BatchDrawer(chosen, pool)
    rng = np.random.default_rng(0)
    for index, item in enumerate(pool):
        partner = pool[drawer._partner(index, rng)]
        assert partner is not item
        assert partner.motion == item.motion
        np.testing.assert_array_equal(partner.phase, item.phase)
        assert not np.array_equal(partner.frames, item.frames)


def test_phases_lie_in_the_cycle(chosen: Recipe, pool: list[Sequence]) -> None:
    drawer = BatchDrawer(chosen, pool)
    for step in range(5):
        phase = drawer.draw(step)[0].phase
        assert bool(((phase >= 0) & (phase < 1)).all())


def test_an_empty_pool_is_a_programming_error(chosen: Recipe) -> None:
    with pytest.raises(ValueError, match="at least one sequence"):
        BatchDrawer(chosen, [])


def _patterns(stage: Stage, count: int = 200, steps: int = 24) -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.stack([_kept_pattern(1, steps, stage, rng)[0] for _ in range(count)])


def test_complete_steps_withhold_nothing() -> None:
    assert _patterns(Stage(steps=1, complete=1.0)).min() == 1


def test_strided_steps_keep_every_nth_frame_counted_from_the_reference() -> None:
    strides = set()
    for row in _patterns(Stage(steps=1, complete=0.0, strided=1.0)):
        frames = np.concatenate([[0], 1 + np.flatnonzero(row)])
        gaps = set(np.diff(frames).tolist())
        assert len(gaps) == 1
        strides |= gaps
    assert strides == set(range(2, 9))


def test_other_steps_withhold_at_random_with_the_stages_probability() -> None:
    rows = _patterns(Stage(steps=1, complete=0.0, strided=0.0, drop=0.3), count=400)
    assert set(np.unique(rows)) == {0, 1}
    assert rows.mean() == pytest.approx(0.7, abs=0.02)
    assert len(np.unique(rows, axis=0)) > 350


def test_the_kinds_mix_as_the_stage_says() -> None:
    rows = _patterns(Stage(steps=1, complete=0.5, strided=0.0, drop=0.5), count=600)
    assert rows.all(axis=1).mean() == pytest.approx(0.5, abs=0.06)
