"""FOMM against the reference tensors: every intermediate, both samplers, both configurations."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from motionstudio.core.carrying import Transfer, carried
from motionstudio.core.keypoints import (
    KeypointTrack,
    from_rows,
    movement_scale,
    pose_distances,
    to_rows,
)
from motionstudio.models.fomm import FOMM, DenseMotion, FOMMConfig, Keypoints, sparse_motions
from motionstudio.models.fomm_files import read_official
from motionstudio.models.fomm_geometry import coordinate_grid, gaussian_maps, inverse_2x2, sample
from motionstudio.models.fomm_layers import Downsample
from tests.models.fomm_reference import close, folder, tensors

COORDINATES = 1e-4
PICTURES, PICTURES_MEAN = 2e-3, 2e-5
MODES = {
    "absolute": Transfer(relative_positions=False, relative_jacobians=False),
    "relative": Transfer(),
    "relative_adapt": Transfer(adapt_scale=True),
    "relative_value_only": Transfer(relative_jacobians=False),
}
TINY = FOMMConfig(
    num_kp=4, kp_expansion=4, kp_features=8, kp_blocks=2, expansion=4, features=8,
    bottleneck_blocks=1, motion_expansion=4, motion_features=8, motion_blocks=2,
)  # fmt: skip


@pytest.fixture(scope="module", params=["a", "b"])
def case(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def network(case: str) -> FOMM:
    return read_official(folder() / f"{case}_cpk.safetensors")


@pytest.fixture(scope="module")
def io(case: str) -> dict[str, torch.Tensor]:
    return tensors(f"{case}_io.safetensors")


def _keypoints(io: dict[str, torch.Tensor], name: str) -> Keypoints:
    return Keypoints(io[f"{name}.value"], io[f"{name}.jacobian"])


def _track(points: Keypoints) -> KeypointTrack:
    assert points.jacobian is not None
    return KeypointTrack(points.value.numpy(), points.jacobian.numpy())


@torch.no_grad()
def _run(network: FOMM, io: dict[str, torch.Tensor], mode: str) -> tuple[torch.Tensor, DenseMotion]:
    source = network.kp_detector(io["source"])
    found = network.generator(io["source"], source, _keypoints(io, f"{mode}.kp_norm"))
    assert isinstance(found[1], DenseMotion)
    return found


@torch.no_grad()
def test_keypoints_match(network: FOMM, io: dict[str, torch.Tensor]) -> None:
    detector = network.kp_detector
    close(detector.down(io["source"]), io["kp_source.down"], COORDINATES)
    features = detector.features(io["source"])
    close(features, io["kp_source.feature_map"], PICTURES, PICTURES_MEAN)
    close(detector.heat_maps(features), io["kp_source.heatmap"], COORDINATES)
    for name in ("source", "driving"):
        found, wanted = detector(io[name]), _keypoints(io, f"kp_{name}")
        close(found.value, wanted.value, COORDINATES)
        close(found.jacobian, wanted.jacobian, COORDINATES)


@pytest.mark.parametrize("mode", MODES)
def test_transferred_keypoints_match(io: dict[str, torch.Tensor], mode: str) -> None:
    source, driving = (_track(_keypoints(io, f"kp_{name}")) for name in ("source", "driving"))
    first = driving.at([0])
    count = source.value.shape[1]
    rows = carried(to_rows(driving, first), MODES[mode], count, first, source)
    found = from_rows(rows, source)
    wanted = _track(_keypoints(io, f"{mode}.kp_norm"))
    assert np.abs(found.value - wanted.value).max() <= COORDINATES
    assert found.jacobian is not None
    assert wanted.jacobian is not None
    assert np.abs(found.jacobian - wanted.jacobian).max() <= COORDINATES
    scale = movement_scale(source.value[0], driving.value[0])
    assert scale == pytest.approx(float(io["adapt_scale"][0]), rel=1e-5)


@pytest.mark.parametrize("mode", MODES)
def test_generated_frames_and_dense_motion_match(
    network: FOMM, io: dict[str, torch.Tensor], mode: str
) -> None:
    prediction, motion = _run(network, io, mode)
    close(motion.mask, io[f"{mode}.mask"], COORDINATES)
    close(motion.deformation, io[f"{mode}.deformation"], COORDINATES)
    assert motion.occlusion is not None
    close(motion.occlusion, io[f"{mode}.occlusion_map"], COORDINATES)
    close(prediction, io[f"{mode}.prediction"], PICTURES, PICTURES_MEAN)
    if f"{mode}.sparse_deformed" in io:
        close(motion.sparse_deformed, io[f"{mode}.sparse_deformed"], PICTURES, PICTURES_MEAN)


@torch.no_grad()
def test_intermediates_match(network: FOMM, io: dict[str, torch.Tensor]) -> None:
    generator, dense = network.generator, network.generator.dense_motion_network
    close(dense.small(io["source"]), io["inter.dm_down"], COORDINATES)
    close(generator.first(io["source"]), io["inter.first"], PICTURES, PICTURES_MEAN)
    features = generator.encode(io["source"])
    close(features, io["inter.encoded"], PICTURES, PICTURES_MEAN)
    _, motion = _run(network, io, "relative_adapt")
    one = DenseMotion(*(part[3:4] for part in motion if part is not None))
    close(one.sparse_motion, io["inter.sparse_motion"], COORDINATES)
    moved = generator.moved(features, one)
    close(moved, io["inter.bottleneck_in"], PICTURES, PICTURES_MEAN)
    close(generator.bottleneck(moved), io["inter.bottleneck_out"], PICTURES, 1e-4)


def test_the_sampler_of_later_torch_versions_is_a_property_of_the_weights(
    network: FOMM, io: dict[str, torch.Tensor]
) -> None:
    other = FOMM(replace(network.config, align_corners=False)).eval()
    other.load_state_dict(network.state_dict())
    prediction, motion = _run(other, io, "relative_adapt")
    prefix = "align_corners_false.relative_adapt"
    close(motion.deformation, io[f"{prefix}.deformation"], COORDINATES)
    close(prediction, io[f"{prefix}.prediction"], PICTURES, PICTURES_MEAN)


@torch.no_grad()
def test_a_source_with_its_own_keypoints_stays(network: FOMM, io: dict[str, torch.Tensor]) -> None:
    points = network.kp_detector(io["source"])
    small = network.generator.dense_motion_network.small(io["source"])
    motion = network.generator.dense_motion_network(small, points, points)
    grid = coordinate_grid(*small.shape[-2:], small)
    assert float((motion.sparse_motion - grid).abs().max()) < 1e-4
    assert float((motion.sparse_deformed - small[:, None]).abs().max()) < 1e-3


@torch.no_grad()
def test_many_frames_equal_each_alone(network: FOMM, io: dict[str, torch.Tensor]) -> None:
    together, _ = _run(network, io, "relative")
    source, driving = network.kp_detector(io["source"]), _keypoints(io, "relative.kp_norm")
    assert driving.jacobian is not None
    alone = Keypoints(driving.value[2:3], driving.jacobian[2:3])
    found, _ = network.generator(io["source"], source, alone)
    close(found, together[2:3], 1e-5)


def test_a_fresh_model_has_the_tensors_of_vox_256() -> None:
    manifest = json.loads((folder() / "vox256_state_dict_manifest.json").read_text())
    with torch.device("meta"):
        network = FOMM(FOMMConfig())
    for name in ("generator", "kp_detector"):
        state = getattr(network, name).state_dict()
        assert {k: list(v.shape) for k, v in state.items()} == {
            k: shape for k, (shape, _) in manifest[name].items()
        }
    counts = [sum(p.numel() for p in part.parameters()) for part in
              (network.generator, network.kp_detector)]  # fmt: skip
    assert counts == [45_575_391, 14_215_368]


def test_building_blocks_match() -> None:
    extras = tensors("extras.safetensors")
    close(coordinate_grid(5, 7, torch.zeros(1)), extras["grid.5x7"], 1e-6)
    close(gaussian_maps(extras["gauss.kp"], 12, 20, 0.01), extras["gauss.map_12x20"], 1e-5)
    for scale in (0.5, 0.25, 0.125):
        down = Downsample(3, scale)
        close(down.weight, extras[f"pyramid.kernel_{scale:g}"], 1e-6)
        close(down(extras["pyramid.input"]), extras[f"pyramid.{scale:g}"], 1e-5)
    close(Downsample(3, 0.25)(extras["pyramid.odd_input"]), extras["pyramid.odd_0.25"], 1e-5)


def test_best_frame_matches() -> None:
    extras = tensors("extras.safetensors")
    source, driving = (
        extras[f"bestframe.{name}_landmarks"].numpy() for name in ("source", "driving")
    )
    scores = pose_distances(source, driving)
    np.testing.assert_allclose(scores, extras["bestframe.scores"].numpy(), rtol=1e-4)
    assert int(scores.argmin()) == int(extras["bestframe.index"][0])


def test_the_identity_warp_is_the_identity() -> None:
    picture = torch.rand(1, 3, 16, 20, generator=torch.Generator().manual_seed(0))
    grid = coordinate_grid(16, 20, picture)[None]
    close(sample(picture, grid, align_corners=True), picture, 1e-5)


def test_nearly_singular_matrices_have_finite_inverses() -> None:
    matrix = torch.tensor([[[1.0, 2.0], [2.0, 4.0]], [[2.0, 0.0], [0.0, 4.0]]])
    inverse = inverse_2x2(matrix)
    assert torch.isfinite(inverse).all()
    close(inverse[1], torch.tensor([[0.5, 0.0], [0.0, 0.25]]), 1e-6)


@torch.no_grad()
@pytest.mark.parametrize("jacobian", [True, False])
@pytest.mark.parametrize("occlusion", [True, False])
def test_any_shape_of_model_runs(jacobian: bool, occlusion: bool) -> None:
    config = replace(TINY, jacobian=jacobian, occlusion=occlusion, kp_scale=1.0)
    network = FOMM(config).eval()
    picture = torch.rand(1, 3, 32, 32)
    points = network.kp_detector(picture)
    assert (points.jacobian is not None) == jacobian
    prediction, motion = network.generator(picture, points, points)
    assert prediction.shape == picture.shape
    assert (motion.occlusion is not None) == occlusion
    assert sparse_motions(points, points, 8, 8).shape == (1, 5, 8, 8, 2)
