"""The discriminator against the reference tensors, and the game that it plays."""

from __future__ import annotations

import json

import pytest
import torch
from safetensors import safe_open

from motionstudio.models.fomm_discriminator import (
    Discriminator,
    DiscriminatorConfig,
    adversary_terms,
    discriminator_loss,
)
from tests.models.fomm_reference import close, folder, tensors

SMALL = DiscriminatorConfig(expansion=4, features=8, blocks=2)


@pytest.mark.parametrize("kind", ["sn", "kp"])
def test_every_tensor_matches(kind: str) -> None:
    name = f"disc_{kind}.safetensors"
    with safe_open(folder() / name, "pt") as file:
        said = json.loads(file.metadata()["config"])
    known = tensors(name)
    config = DiscriminatorConfig(
        tuple(said["scales"]), said["block_expansion"], said["max_features"],
        said["num_blocks"], said["sn"], said["use_kp"],
    )  # fmt: skip
    network = Discriminator(config, said["num_channels"], said["num_kp"]).eval()
    prefix = "state."
    network.load_state_dict(
        {key.removeprefix(prefix): v for key, v in known.items() if key.startswith(prefix)}
    )
    with torch.no_grad():
        (verdict,) = network(known["input"], known["kp.value"])
    for number, features in enumerate(verdict.features):
        close(features, known[f"scale_1.feature_{number}"], 1e-4)
    close(verdict.patches, known["scale_1.prediction_map"], 1e-4)


@pytest.mark.parametrize(("keypoints", "count"), [(False, 2_758_849), (True, 2_769_089)])
def test_parameters_are_those_of_the_published_models(keypoints: bool, count: int) -> None:
    network = Discriminator(DiscriminatorConfig(keypoints=keypoints), 3, 10)
    assert sum(p.numel() for p in network.parameters()) == count


def test_smaller_scales_have_names_without_points() -> None:
    network = Discriminator(DiscriminatorConfig((1.0, 0.5), 4, 8, 2), 3, 2)
    assert list(network.discs) == ["1", "0-5"]
    verdicts = network(torch.rand(2, 3, 64, 64), torch.zeros(2, 2, 2))
    assert verdicts[0].patches.shape[-1] > verdicts[1].patches.shape[-1] > 0


def test_the_keypoints_are_seen_but_not_moved() -> None:
    torch.manual_seed(0)
    network = Discriminator(SMALL, 3, 2)
    pictures = torch.rand(2, 3, 32, 32)
    points = torch.zeros(2, 2, 2, requires_grad=True)
    near, far = network(pictures, points)[0].patches, network(pictures, points + 0.7)[0].patches
    assert float((near - far).detach().abs().max()) > 1e-4
    made = pictures.clone().requires_grad_()
    terms = adversary_terms(network, made, pictures, points)
    torch.stack(list(terms.values())).sum().backward()  # type: ignore[no-untyped-call]
    assert made.grad is not None
    assert points.grad is None


def test_it_learns_to_tell_and_the_made_learns_to_pass() -> None:
    torch.manual_seed(0)
    network = Discriminator(SMALL, 3, 2)
    real, points = torch.rand(4, 3, 32, 32), torch.zeros(4, 2, 2)
    made = torch.full_like(real, 0.5).requires_grad_()
    own = torch.optim.Adam(network.parameters(), 1e-2)
    first = float(discriminator_loss(network, made, real, points).detach())
    for _ in range(60):
        loss = discriminator_loss(network, made, real, points)
        own.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        own.step()
    assert float(loss.detach()) < 0.5 * first
    assert made.grad is None
    other = torch.optim.Adam([made], 2e-2)
    terms = adversary_terms(network, made, real, points)
    for _ in range(60):
        now = adversary_terms(network, made, real, points)
        other.zero_grad()
        (now["adversarial"] + 10 * now["feature_matching"]).backward()  # type: ignore[no-untyped-call]
        other.step()
    assert float(now["adversarial"].detach()) < float(terms["adversarial"].detach())
    assert float(now["feature_matching"].detach()) < float(terms["feature_matching"].detach())
