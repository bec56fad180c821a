"""What the claims of Visual Dynamics are measured with: divergences, analogies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from motionstudio.core.motion import Float
from motionstudio.evaluation import paper_visual_dynamics as paper
from motionstudio.evaluation.analogies import (
    BASELINES,
    Analogy,
    analogy_table,
    copied_difference,
    of_model,
    sprite_analogies,
)
from motionstudio.evaluation.between import SPRITES
from motionstudio.evaluation.paper import PaperRun
from motionstudio.evaluation.sampled_motions import (
    EACH,
    Steps,
    clear_samples,
    law_steps,
    motion_divergence,
    motion_table,
    steps_of,
    true_steps,
)
from tests.models import tiny_visual_dynamics

REACH = 3.2


def drawn(count: int, seed: int) -> Steps:
    u, w = np.random.default_rng(seed).uniform(-REACH, REACH, (2, count))
    zero = np.zeros(count)
    return Steps(np.stack([zero, u], 1), np.stack([w, zero], 1), np.stack([u, u], 1))


def test_a_law_diverges_little_from_its_own_draws_and_much_from_rest() -> None:
    truth, sampled = law_steps(32), drawn(500, 1)
    for shape in ("circle", "square", "triangle", "together"):
        law = getattr(truth, shape)
        own = motion_divergence(law, getattr(sampled, shape), REACH)
        rest = motion_divergence(law, np.zeros((500, 2)), REACH)
        assert 0 <= own < 0.5
        assert rest > 3
    swapped = motion_divergence(truth.circle, sampled.square, REACH)
    assert swapped > 2


def test_steps_beyond_the_edge_and_shapes_that_are_gone_do_not_break_it() -> None:
    steps = np.array([[9.0, -9.0], [np.nan, np.nan]])
    assert np.isfinite(motion_divergence(law_steps(32).circle, steps, REACH))


def test_clear_pictures_have_three_shapes_whose_true_steps_are_found() -> None:
    samples = clear_samples(32, 4)
    assert all(set(np.unique(s.labels[0])) == {0, 1, 2, 3} for s in samples if s.labels is not None)
    found = true_steps(samples)
    u = np.array([s.factors[1, 0] for s in samples])
    np.testing.assert_allclose(found.circle[:, 1], u, atol=0.3)
    np.testing.assert_allclose(found.triangle.mean(1), u, atol=0.3)


def test_a_method_that_repeats_the_picture_stands_still() -> None:
    def still(picture: Float, count: int, _seed: int) -> Float:
        return np.repeat(picture[None], count, 0)

    samples = clear_samples(32, 2)
    steps = steps_of(still, samples)
    assert steps.circle.shape == (2 * EACH, 2)
    np.testing.assert_allclose(steps.square, 0, atol=1e-6)
    table = motion_table(32, {"law": drawn(500, 2), "still": steps})
    assert table.row("law").figures["correlated"].mean == pytest.approx(1, abs=1e-6)
    assert "correlated" not in table.row("still").figures
    assert table.row("law").figures["circle"].mean < table.row("still").figures["circle"].mean


def test_analogies_are_between_characters_never_trained_on_in_one_motion(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frames = rng.integers(0, 255, (12, 3, 16, 16, 3), np.uint8)
    (tmp_path / SPRITES).parent.mkdir(parents=True)
    np.savez(
        tmp_path / SPRITES, frames=frames, attributes=np.arange(10, 22)[:, None],
        action=np.repeat("walk", 12), direction=np.repeat("left", 12),
    )  # fmt: skip
    cases = sprite_analogies(tmp_path, 16, 5)
    held = {frames[n, t].tobytes() for n in (5, 11) for t in range(3)}
    for case in cases:
        for picture in (case.first, case.second, case.third, case.truth):
            back = np.rint(np.moveaxis(picture, 0, -1) * 255).astype(np.uint8)
            assert np.ascontiguousarray(back).tobytes() in held
    model = tiny_visual_dynamics.fresh()
    table = analogy_table({"model": of_model(model), **BASELINES}, cases)
    assert set(table.row("standing still").figures) == {"error"}


def test_copying_a_difference_is_exact_where_pictures_agree() -> None:
    first, second = np.zeros((3, 4, 4), np.float32), np.full((3, 4, 4), 0.3, np.float32)
    case = Analogy(first, second, first, second)
    np.testing.assert_array_equal(copied_difference(case), second)


def test_claims_without_their_checkpoints_are_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "list_models", list)
    found = paper.claims(PaperRun(None, 5))
    assert [claim.holds for claim in found.claims] == [None, None]
    assert "shapes_vd" in found.claims[0].ours
