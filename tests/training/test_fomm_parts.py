"""Known parts follow the pictures, and limbs that look alike have one name in one place."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.fomm import FOMM, FOMMConfig, Keypoints, sparse_motions
from motionstudio.models.fomm_geometry import sample
from motionstudio.models.fomm_parts import KnownParts, part_terms
from motionstudio.training.fomm_batches import PairBatch, PairDrawer
from motionstudio.training.fomm_task import FOMMTask
from motionstudio.training.pool import build_pool, cached_pool
from motionstudio.training.recipe import Recipe
from motionstudio.training.state import fresh_state
from tests.models.test_fomm import TINY
from tests.training import small
from tests.training.test_fomm_training import TEXT

PARTS = "\n[losses]\nparts = 1.0\nmatrices = 1.0\nmasks = 1.0\n\n[[data]]"


def _recipe(tmp_path: Path, **changes: str) -> Recipe:
    text = TEXT.replace("\n[[data]]", PARTS, 1).replace("field_weight = 1.0", "")
    return small.recipe(tmp_path, text, **{"model.size": "64", "model.num_kp": "10", **changes})


def _batch(recipe: Recipe) -> PairBatch:
    shape = FOMMConfig(size=64)
    return PairDrawer(recipe, build_pool(recipe, shape, None, lambda _text: None)).draw(1)


def _halves(parts: KnownParts) -> tuple[Keypoints, Keypoints]:
    count = len(parts.value) // 2
    source = Keypoints(parts.value[:count], parts.jacobian[:count])
    return source, Keypoints(parts.value[count:], parts.jacobian[count:])


@pytest.mark.parametrize("turned", [False, True])
def test_moving_each_part_by_its_known_pose_gives_the_driving_picture(
    turned: bool, tmp_path: Path
) -> None:
    changes = {"stages.0.batch": "24", "data.0.count": "6"}
    if turned:
        changes |= {"stages.0.turn": "0.5", "stages.0.zoom": "0.2", "stages.0.flip": "true"}
    batch = _batch(_recipe(tmp_path, **changes))
    assert batch.parts is not None
    source, driving = _halves(batch.parts)
    motions = sparse_motions(source, driving, 64, 64)
    labels = batch.parts.labels
    shown = labels.clamp_min(0)[:, None, :, :, None].expand(-1, 1, -1, -1, 2)
    made = sample(batch.source, torch.gather(motions, 1, shown)[:, 0], align_corners=True)
    part = (labels > 0)[:, None].expand_as(made)
    error = (made - batch.driving).abs()[part].mean()
    still = (batch.source - batch.driving).abs()[part].mean()
    assert float(error) < 0.5 * float(still)


def test_what_the_source_hides_is_known(tmp_path: Path) -> None:
    batch = _batch(_recipe(tmp_path, **{"stages.0.batch": "24", "data.0.count": "6"}))
    assert batch.parts is not None
    source, driving = _halves(batch.parts)
    labels, shown = batch.parts.labels, batch.parts.shown
    motions = sparse_motions(source, driving, 64, 64)
    place = labels.clamp_min(0)[:, None, :, :, None].expand(-1, 1, -1, -1, 2)
    made = sample(batch.source, torch.gather(motions, 1, place)[:, 0], align_corners=True)
    error = (made - batch.driving).abs().mean(1)
    assert 0.005 < float((shown == 0).float().mean()) < 0.2
    assert float(error[shown == 0].mean()) > 4 * float(error[shown == 1].mean())


def test_limbs_are_named_by_their_side(tmp_path: Path) -> None:
    batch = _batch(_recipe(tmp_path, **{"stages.0.batch": "24", "stages.0.flip": "true"}))
    assert batch.parts is not None
    x = batch.parts.value[..., 0]
    assert bool((x[:, 2] + x[:, 3] >= x[:, 4] + x[:, 5] - 1e-5).all())
    assert bool((x[:, 6] + x[:, 7] >= x[:, 8] + x[:, 9] - 1e-5).all())
    assert bool((torch.linalg.det(batch.parts.jacobian) > 0).all())


def test_the_pool_keeps_parts_only_where_they_are_wanted(tmp_path: Path) -> None:
    shape = FOMMConfig(size=64)
    with_parts, without = _recipe(tmp_path), small.recipe(tmp_path, TEXT)
    for recipe, wanted in ((with_parts, True), (without, False)):
        for _ in range(2):
            pool = cached_pool(recipe, shape, None, tmp_path, lambda _text: None)
            assert all((item.parts is not None) is wanted for item in pool)
            assert all((item.labels is not None) is wanted for item in pool)


def test_terms_are_zero_at_the_truth_and_count_known_pictures_only() -> None:
    torch.manual_seed(0)
    network = FOMM(TINY)
    points = network.kp_detector(torch.rand(4, 3, 64, 64))
    assert points.jacobian is not None
    halves = [
        Keypoints(p, j)
        for p, j in zip(points.value.chunk(2), points.jacobian.chunk(2), strict=True)
    ]
    motion = network.generator.dense_motion_network(torch.rand(2, 3, 16, 16), *halves)
    value, axes = points.value.detach().clone(), points.jacobian.detach().clone()
    value[[1, 3]], axes[[1, 3]] = torch.nan, torch.nan
    labels = motion.mask.argmax(1)
    labels[1] = -1
    found = part_terms(
        points, motion, KnownParts(value[:, :3], axes[:, :3], labels, labels.clamp(-1, 1))
    )
    assert float(found["parts"].detach()) < 1e-6
    assert float(found["matrices"].detach()) < 1e-5
    torch.stack(list(found.values())).sum().backward()  # type: ignore[no-untyped-call]
    off = part_terms(
        points, motion, KnownParts(value[:, :3] + 0.5, 2 * axes[:, :3], labels * 0, labels * 0)
    )
    assert float(off["parts"].detach()) == pytest.approx(0.5, rel=1e-3)
    assert float(off["matrices"].detach()) == pytest.approx(0.25, rel=1e-2)
    unknown = KnownParts(value * torch.nan, axes * torch.nan, labels * 0 - 1, labels * 0 - 1)
    assert all(float(term.detach()) == 0 for term in part_terms(points, motion, unknown).values())


def _trained(tmp_path: Path, **stage: str) -> tuple[dict[str, torch.Tensor], FOMMTask]:
    """Weights after three steps, those before them being the task's."""
    changes = {f"stages.0.{name}": value for name, value in stage.items()}
    task = FOMMTask(_recipe(tmp_path, **changes), None, tmp_path, "cpu", lambda _text: None)
    torch.manual_seed(0)
    network = task.network()
    optimiser = torch.optim.Adam(network.parameters(), 1e-3)
    for step in range(3):
        optimiser.zero_grad()
        task.loss(network, step)[0].backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return network.state_dict(), task


def _changed(one: dict[str, torch.Tensor], task: FOMMTask) -> set[str]:
    torch.manual_seed(0)
    before = task.network().state_dict()
    return {name for name, value in one.items() if not torch.equal(value, before[name])}


def test_the_detector_alone_leaves_the_generator_be(tmp_path: Path) -> None:
    changed = _changed(*_trained(tmp_path, detector_alone="true"))
    assert changed
    assert all(name.startswith("kp_detector.") for name in changed)


def test_the_generator_alone_leaves_the_detector_be(tmp_path: Path) -> None:
    stage = {"generator_alone": "true", "frozen_norms": "true"}
    changed = _changed(*_trained(tmp_path, **stage, losses="{ occlusion = 1.0 }"))
    assert any("occlusion" in name for name in changed)
    assert all(name.startswith("generator.") for name in changed)


def test_the_running_mean_of_a_frozen_detector_stays(tmp_path: Path) -> None:
    stage = {"stages.0.generator_alone": "true"}
    task = FOMMTask(_recipe(tmp_path, **stage), None, tmp_path, "cpu", lambda _text: None)
    state = fresh_state(task.network(), task.betas)
    before = {name: value.clone() + 1 for name, value in state.averaged.items()}
    state.averaged = {name: value.clone() for name, value in before.items()}
    task.loss(state.model, 0)
    state.average(0.5)
    stayed = {name for name, value in before.items() if torch.equal(state.averaged[name], value)}
    assert {name for name in before if name.startswith("kp_detector.predictor")} <= stayed
    moved = [n for n in before if n.startswith("generator.") and n.endswith("conv.weight")]
    assert not stayed & set(moved)


@pytest.mark.parametrize("frozen", ["true", "false"])
def test_frozen_norms_keep_their_statistics(frozen: str, tmp_path: Path) -> None:
    changed = _changed(*_trained(tmp_path, frozen_norms=frozen))
    assert any(name.startswith("generator.") for name in changed)
    assert any("running_mean" in name for name in changed) is (frozen == "false")


def test_a_stage_has_weights_of_its_own(tmp_path: Path) -> None:
    _, plain = _trained(tmp_path)
    _, heavy = _trained(tmp_path, losses="{ masks = 50.0 }")
    torch.manual_seed(0)
    network = plain.network()
    difference = heavy.loss(network, 0)[0] - plain.loss(network, 0)[0]
    assert float(difference.detach()) > 10


def test_every_part_needs_a_keypoint_and_every_recipe_with_parts_some(tmp_path: Path) -> None:
    for change, said in (
        ({"model.num_kp": "9"}, "10 parts"),
        ({"data.0.generator": "heart", "model.channels": "1"}, "none of its sequences"),
    ):
        with pytest.raises(MotionStudioError, match=said):
            FOMMTask(_recipe(tmp_path, **change), None, tmp_path, "cpu", lambda _text: None)
