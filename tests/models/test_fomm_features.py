"""Feature networks: VGG19 from a file of the user's, checked; random ones otherwise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.fomm_features import PerceptualLoss, RandomFeatures, read_vgg

# torchvision's vgg19, "E": convolutions at these places of ``features``, with these channels.
_PLACES = {
    0: (3, 64), 2: (64, 64), 5: (64, 128), 7: (128, 128), 10: (128, 256), 12: (256, 256),
    14: (256, 256), 16: (256, 256), 19: (256, 512), 21: (512, 512), 23: (512, 512),
    25: (512, 512), 28: (512, 512), 30: (512, 512), 32: (512, 512), 34: (512, 512),
}  # fmt: skip
State = dict[str, Tensor]


@pytest.fixture(scope="module")
def state() -> State:
    generator = torch.Generator().manual_seed(0)
    found: State = {"classifier.0.bias": torch.zeros(4)}
    for place, (ins, outs) in _PLACES.items():
        scale = (2 / (9 * ins)) ** 0.5
        weight = torch.randn(outs, ins, 3, 3, generator=generator) * scale
        found |= {f"features.{place}.weight": weight, f"features.{place}.bias": torch.zeros(outs)}
    return found


def test_vgg_gives_the_five_layers_of_the_paper(state: State, tmp_path: Path) -> None:
    torch.save(state, tmp_path / "vgg19.pth")
    network = read_vgg(tmp_path / "vgg19.pth")
    picture = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    found = network(picture)
    shapes = [(64, 32), (128, 16), (256, 8), (512, 4), (512, 2)]
    assert [(f.shape[1], f.shape[2]) for f in found] == shapes
    mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
    spread = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
    x = (picture - mean) / spread
    first = torch.nn.functional.conv2d(x, state["features.0.weight"], padding=1).relu()
    assert torch.allclose(found[0], first, atol=1e-5)
    assert not any(p.requires_grad for p in network.parameters())
    grey = network(picture[:, :1])
    assert [f.shape for f in grey] == [f.shape for f in found]


def test_vgg_compares_pictures(state: State, tmp_path: Path) -> None:
    torch.save(state, tmp_path / "vgg19.pth")
    loss = PerceptualLoss(read_vgg(tmp_path / "vgg19.pth"), 3)
    picture = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    made = (picture * 0.5).requires_grad_()
    assert float(loss(picture, picture)) == 0
    loss(made, picture).backward()
    assert made.grad is not None
    assert float(made.grad.abs().sum()) > 0


def _without(key: str) -> Callable[[State], object]:
    return lambda state: {k: v for k, v in state.items() if k != key}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_without("features.28.bias"), "features.28.bias is missing"),
        (lambda s: {**s, "features.5.weight": torch.zeros(2)}, "features.5.weight is missing"),
        (lambda s: list(s.values())[:1], "no file of VGG19"),
        (lambda _s: Path("x"), "nothing of it was run"),
    ],
)
def test_what_is_no_vgg_is_refused(
    change: Callable[[State], object], said: str, state: State, tmp_path: Path
) -> None:
    torch.save(change(state), tmp_path / "file.pth")
    with pytest.raises(MotionStudioError, match=said):
        read_vgg(tmp_path / "file.pth")


def test_sizes_that_a_network_cannot_look_at_are_left_out() -> None:
    a, b = torch.zeros(1, 3, 32, 32), torch.ones(1, 3, 32, 32)
    features = RandomFeatures(3)
    whole = PerceptualLoss(features, 3, (1.0, 0.5))(a, b)
    assert torch.equal(PerceptualLoss(features, 3, (1.0, 0.5, 0.25))(a, b), whole)
    assert not torch.equal(PerceptualLoss(features, 3, (1.0,))(a, b), whole)
