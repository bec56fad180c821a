"""What pictures are compared by: features of a fixed network at several sizes.

The paper uses VGG19. Its weights do not come with the program; who has torchvision's file names
it in the recipe. Otherwise a fixed random network serves.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.fomm_layers import Downsample
from motionstudio.models.torch_archive import load_tensors

_CHANNELS = (64, 64, 0, 128, 128, 0, 256, 256, 256, 256, 0, 512, 512, 512, 512, 0, 512)
_COMPARED = (0, 3, 6, 11, 16)
_MEAN, _SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Features(Protocol):
    """Maps (B, C, H, W) pictures to layers of features: what *perceptual* means.

    Attributes:
        smallest: least side of a picture that it can look at.
        pixels: weight that the plain difference of pixels has beside it.
    """

    smallest: int
    pixels: float

    def __call__(self, pictures: Tensor) -> list[Tensor]:
        """One (B, F, h, w) for each layer."""


class RandomFeatures(nn.Module):
    """Features of a fixed random network: where VGG weights are not at hand.

    Random filters tell edges and textures apart at several sizes; what they miss is meaning,
    which small pictures of figures hardly have.

    Args:
        channels: of the pictures. ``seed``: equal seeds give equal features.
    """

    smallest = 16
    # Random features need it; VGG's do not.
    pixels = 4.0

    def __init__(
        self, channels: int, seed: int = 0, widths: tuple[int, ...] = (24, 48, 64)
    ) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        layers = []
        for width in widths:
            layer = nn.Conv2d(channels, width, 3, padding=1)
            scale = (2 / (9 * channels)) ** 0.5
            # Filters that sum to zero answer to structure, not to brightness.
            weight = torch.randn(layer.weight.shape, generator=generator)
            weight = weight - 0.8 * weight.mean((1, 2, 3), keepdim=True)
            layer.weight = nn.Parameter(weight * scale, requires_grad=False)
            layer.bias = nn.Parameter(torch.zeros(width), requires_grad=False)
            layers.append(layer)
            channels = width
        self.layers = nn.ModuleList(layers)

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """One map for each layer, each half the size of the one before."""
        found, x = [], (pictures - 0.5) * 4
        for number, layer in enumerate(self.layers):
            x = F.relu(layer(F.avg_pool2d(x, 2) if number else x))
            found.append(x)
        return found


class VGGFeatures(nn.Module):
    """relu1_1, relu2_1, relu3_1, relu4_1 and relu5_1 of VGG19 (Simonyan and Zisserman 2015).

    Args:
        state: torchvision's state dict; ``features.N.weight`` and ``features.N.bias`` are used.

    Raises:
        KeyError: an array is missing or of another shape; its argument is the name.
    """

    smallest = 16
    pixels = 0.0
    mean: Tensor
    spread: Tensor

    def __init__(self, state: dict[str, Tensor]) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        compared, before = [], 3
        for number, width in enumerate(_CHANNELS):
            if not width:
                layers.append(nn.MaxPool2d(2))
                continue
            if number in _COMPARED:
                compared.append(len(layers) + 1)
            layers += [nn.Conv2d(before, width, 3, padding=1), nn.ReLU()]
            before = width
        self.features = nn.Sequential(*layers)
        self._compared = tuple(compared)
        for name, wanted in self.state_dict().items():
            if name not in state or state[name].shape != wanted.shape:
                raise KeyError(name)
        self.load_state_dict({name: state[name].float() for name in self.state_dict()})
        self.requires_grad_(False)
        self.register_buffer("mean", torch.tensor(_MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("spread", torch.tensor(_SPREAD).view(1, 3, 1, 1), persistent=False)

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """Five maps; grey pictures are looked at as coloured ones."""
        x, found = (pictures.expand(-1, 3, -1, -1) - self.mean) / self.spread, []
        for number, layer in enumerate(self.features):
            x = layer(x)
            if number in self._compared:
                found.append(x)
        return found


def read_vgg(path: Path) -> VGGFeatures:
    """VGG19's features from a file of torchvision's, such as ``vgg19-dcbb9e9d.pth``.

    Nothing in the file is executed.

    Raises:
        MotionStudioError: it cannot be read, or is no VGG19.
    """
    try:
        state = load_tensors(path)
    except OSError as error:
        raise MotionStudioError(f"{path.name} cannot be read: {error.strerror}.") from error
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, LookupError, TypeError,
            AttributeError, AssertionError) as error:  # fmt: skip
        raise MotionStudioError(
            f"{path.name} is damaged or holds more than tensors; nothing of it was run."
        ) from error
    if not isinstance(state, dict) or not all(isinstance(v, Tensor) for v in state.values()):
        raise MotionStudioError(f"{path.name} is no file of VGG19 weights.")
    try:
        return VGGFeatures(state)
    except KeyError as error:
        raise MotionStudioError(
            f"{path.name} is no file of VGG19 weights: {error.args[0]} is missing or misfits.",
            "It takes torchvision's vgg19-dcbb9e9d.pth.",
        ) from error


class PerceptualLoss(nn.Module):
    """Mean absolute difference of features at several sizes of the picture, and of the pixels.

    Args:
        features: the feature network. ``channels``: of the pictures.
        scales: sizes of the picture; those that the network cannot look at are left out.
    """

    def __init__(
        self,
        features: Features,
        channels: int,
        scales: tuple[float, ...] = (1.0, 0.5, 0.25, 0.125),
    ) -> None:
        super().__init__()
        self.features = features
        self.downs = nn.ModuleList(
            nn.Identity() if scale == 1 else Downsample(channels, scale) for scale in scales
        )

    def forward(self, prediction: Tensor, target: Tensor) -> Tensor:
        """A scalar; the target gives no gradient."""
        total = prediction.new_zeros(())
        for down in self.downs:
            small, goal = down(prediction), down(target).detach()
            if min(small.shape[-2:]) < self.features.smallest:
                continue
            total = total + self.features.pixels * (small - goal).abs().mean()
            for a, b in zip(self.features(small), self.features(goal), strict=True):
                total = total + (a - b.detach()).abs().mean()
        return total
