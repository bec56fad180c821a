"""The transforms and losses of FOMM against the reference tensors."""

from __future__ import annotations

import pytest
import torch

from motionstudio.models.fomm import FOMM, Keypoints
from motionstudio.models.fomm_features import PerceptualLoss, RandomFeatures
from motionstudio.models.fomm_geometry import coordinate_grid
from motionstudio.models.fomm_objective import (
    Judges,
    ThinPlate,
    equivariance,
    objective,
)
from tests.models.fomm_reference import close, tensors
from tests.models.test_fomm import TINY


@pytest.fixture(params=["std", "strong"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _transform(extras: dict[str, torch.Tensor], kind: str) -> ThinPlate:
    return ThinPlate(
        extras[f"tps.{kind}.theta"],
        extras[f"tps.{kind}.control_points"].view(-1, 2),
        extras[f"tps.{kind}.control_params"][:, 0],
    )


def test_the_transform_matches(kind: str) -> None:
    extras = tensors("extras.safetensors")
    transform, points = _transform(extras, kind), extras[f"tps.{kind}.points"]
    close(transform(points), extras[f"tps.{kind}.warped"], 1e-4)
    close(transform.jacobian(points), extras[f"tps.{kind}.jacobian"], 1e-4)
    close(transform.warp(extras["frames"]), extras[f"tps.{kind}.frame"], 2e-3, 2e-5)
    unaligned = transform.warp(extras["frames"], align_corners=False)
    close(unaligned, extras[f"tps.{kind}.frame_align_corners_false"], 2e-3, 2e-5)


def test_equivariance_matches(kind: str) -> None:
    extras = tensors("extras.safetensors")

    def keypoints(name: str) -> Keypoints:
        prefix = f"equiv.{kind}.kp_{name}"
        return Keypoints(extras[f"{prefix}.value"], extras[f"{prefix}.jacobian"])

    value, jacobian = equivariance(
        keypoints("driving"), keypoints("transformed"), _transform(extras, kind)
    )
    close(value[None], extras[f"equiv.{kind}.loss_value_unweighted"], 1e-4)
    close(jacobian[None], extras[f"equiv.{kind}.loss_jacobian_unweighted"], 1e-4)


def test_the_derivative_is_that_of_the_transform() -> None:
    transform = ThinPlate.random(2, torch.Generator().manual_seed(1), affine=0.2, plate=0.05)
    points = torch.rand(2, 6, 2, generator=torch.Generator().manual_seed(2)) * 2 - 1
    step = 1e-3
    for axis in (0, 1):
        shift = torch.zeros(2)
        shift[axis] = step
        slope = (transform(points + shift) - transform(points - shift)) / (2 * step)
        close(slope, transform.jacobian(points)[..., axis], 5e-3)


def test_without_noise_the_transform_is_the_identity() -> None:
    transform = ThinPlate.random(1, torch.Generator(), affine=0, plate=0)
    points = coordinate_grid(3, 4, torch.zeros(1)).view(1, -1, 2)
    close(transform(points), points, 1e-6)
    value, jacobian = equivariance(
        Keypoints(points, torch.eye(2).expand(1, 12, 2, 2)),
        Keypoints(points, torch.eye(2).expand(1, 12, 2, 2)),
        transform,
    )
    assert float(value) + float(jacobian) < 1e-5


def test_random_features_repeat_and_see_structure_more_than_brightness() -> None:
    picture = torch.zeros(1, 3, 16, 16)
    picture[..., 8:] = 1
    one, other = RandomFeatures(3), RandomFeatures(3)
    for a, b in zip(one(picture), other(picture), strict=True):
        close(a, b, 0.0)
    loss = PerceptualLoss(one, 3)
    assert float(loss(picture, picture)) == 0
    moved = picture.roll(3, -1)
    assert float(loss(picture + 0.02, picture)) < float(loss(moved, picture))


def test_a_few_steps_lower_the_objective() -> None:
    torch.manual_seed(0)
    network, loss = FOMM(TINY), PerceptualLoss(RandomFeatures(3), 3)
    pictures = torch.zeros(4, 3, 64, 64)
    for number, picture in enumerate(pictures):
        picture[:, 10 + 6 * number : 24 + 6 * number, 20:40] = 0.8
    transform = ThinPlate.random(2, torch.Generator().manual_seed(0))
    optimiser = torch.optim.Adam(network.parameters(), 2e-3)
    losses = []
    for _ in range(15):
        found = objective(network, Judges(loss), pictures[:2], pictures[2:], transform)
        optimiser.zero_grad()
        found.loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        losses.append(float(found.loss.detach()))
    assert losses[-1] < 0.8 * losses[0]
