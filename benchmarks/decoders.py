"""The arithmetic of decoding rows, system by system, as modules of tensors alone.

What the program looks up or keeps (features of the source, what was made before a step) is held
by the module; what is left is what every edited row costs. These can be compiled and exported;
``benchmarks.forms`` does so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from motionstudio.core.motion import Float, Motion
from motionstudio.models.base import MotionModel
from motionstudio.models.draw_model import DrawModel
from motionstudio.models.fomm import Keypoints
from motionstudio.models.fomm_model import FOMMModel
from motionstudio.models.genlmm_model import GenLMMModel
from motionstudio.models.stae import spread_memory
from motionstudio.models.stae_flow import filled, joined, texture
from motionstudio.models.stae_model import STAEModel
from motionstudio.models.vae_model import VAEModel
from motionstudio.models.visual_dynamics_model import VisualDynamicsModel

WHY_NOT = {
    "recomposing": "rows say what moved and are never made into pictures",
    "vpn": "it has no rows that make pictures; frames are sampled pixel by pixel",
}
"""Why a system is not here."""


@dataclass(frozen=True, slots=True)
class RowDecoder:
    """Decoding of B edited rows at once.

    Attributes:
        module: tensors (B, ...) to a picture or a displacement (B, ...).
        example: (1, ...) what it is given for one row.
        what: what a row becomes, in words.
    """

    module: nn.Module
    example: tuple[Tensor, ...]
    what: str

    def inputs(self, count: int) -> tuple[Tensor, ...]:
        """What it is given for ``count`` rows, no two alike."""
        generator = torch.Generator().manual_seed(count)
        made = []
        for one in self.example:
            noise = torch.randn((count, *one.shape[1:]), generator=generator)
            made.append(one + 0.05 * noise.to(one.device))
        return tuple(made)


def row_decoder(model: MotionModel, motion: Motion, source: Float, device: str) -> RowDecoder:
    """What decodes rows of ``motion`` on ``source`` (C, S, S).

    Raises:
        KeyError: the system decodes no rows, see ``WHY_NOT``.
    """
    model.to(device)
    make = _MAKERS.get(type(model))
    if make is None:
        raise KeyError(model.card.system)
    with torch.no_grad():
        made = make(model, motion, source, torch.device(device))
    made.module.eval().requires_grad_(False)
    return made


class _Fields(nn.Module):
    """GenLMM: a row to a displacement, the source's features known."""

    def __init__(self, model: GenLMMModel, source: Float) -> None:
        super().__init__()
        known = model._source(source)
        self.network = model.network
        self.anatomy, self.rest = known.anatomy, known.rest[:1]

    def forward(self, rows: Tensor) -> Tensor:
        velocity = self.network.decoder(rows, self.anatomy, rows.shape[0]) - self.rest
        return self.network.displacement(velocity)


class _Keypoints(nn.Module):
    """FOMM: keypoints and their matrices to a picture, the source's features known."""

    def __init__(self, model: FOMMModel, source: Float) -> None:
        super().__init__()
        known = model._source(source)
        self.generator = model.network.generator
        self.features, self.small = known.features, known.small
        points = model._points(known.points)
        self.value, self.jacobian = points.value, points.jacobian

    def forward(self, value: Tensor, jacobian: Tensor) -> Tensor:
        start = Keypoints(self.value, self.jacobian)
        motion = self.generator.dense_motion_network(self.small, start, Keypoints(value, jacobian))
        found: Tensor = self.generator.decode(self.generator.moved(self.features, motion))
        return found


class _Pictures(nn.Module):
    """VAE and in-betweening: a latent to a picture."""

    def __init__(self, model: VAEModel) -> None:
        super().__init__()
        self.network = model.network

    def forward(self, rows: Tensor) -> Tensor:
        return self.network.pictures(rows)


class _Stroke(nn.Module):
    """DRAW: one glimpse's latent to the canvas after its stroke, the drawing before it known."""

    def __init__(self, model: DrawModel) -> None:
        super().__init__()
        self.network = model.network

    def forward(self, rows: Tensor) -> Tensor:
        before, _ = self.network.begin(rows.shape[0])
        return torch.sigmoid(self.network.draw(before, rows).canvas)


class _Flow(nn.Module):
    """ST-AE: a pair's row to the displacement up to it, what came before known."""

    def __init__(self, model: STAEModel, motion: Motion, row: int) -> None:
        super().__init__()
        self.network, self.config = model.network, model.config
        self.basis = model.space.basis * model.space.scale[:, None]
        self.own = model.hidden_of(motion, row)
        frame = model.taken(motion, row)
        assert frame is not None
        names = model._names.of(motion, row - 1)
        self.frame, self.before = frame, model._displacement(motion, row - 1, names)

    def forward(self, change: Tensor) -> Tensor:
        hidden = self.own + spread_memory(change @ self.basis, self.config)
        flow = self.network.displacement(self.network.flow(hidden))
        count = (change.shape[0], -1, -1, -1)
        bent = self.network.bent(self.frame.expand(count), flow, flow)
        return joined(self.before.expand(count), filled(flow, texture(bent), self.config.spread))


class _Step(nn.Module):
    """Visual Dynamics: a picture and a row to the picture after it."""

    def __init__(self, model: VisualDynamicsModel) -> None:
        super().__init__()
        self.network = model.network

    def forward(self, rows: Tensor, pictures: Tensor) -> Tensor:
        change: Tensor = self.network(pictures, rows)
        return (pictures + change).clamp(0, 1)


def _row(motion: Motion, device: torch.device) -> Tensor:
    middle = len(motion.mean) // 2
    return torch.from_numpy(np.ascontiguousarray(motion.mean[middle : middle + 1])).to(device)


def _genlmm(model: GenLMMModel, motion: Motion, source: Float, device: torch.device) -> RowDecoder:
    return RowDecoder(_Fields(model, source), (_row(motion, device),), "displacement")


def _fomm(model: FOMMModel, motion: Motion, source: Float, device: torch.device) -> RowDecoder:
    module = _Keypoints(model, source)
    assert module.jacobian is not None
    return RowDecoder(module, (module.value.clone(), module.jacobian.clone()), "picture")


def _vae(model: VAEModel, motion: Motion, source: Float, device: torch.device) -> RowDecoder:
    return RowDecoder(_Pictures(model), (_row(motion, device),), "picture")


def _draw(model: DrawModel, motion: Motion, source: Float, device: torch.device) -> RowDecoder:
    return RowDecoder(_Stroke(model), (_row(motion, device),), "canvas after one glimpse")


def _stae(model: STAEModel, motion: Motion, source: Float, device: torch.device) -> RowDecoder:
    row = len(motion.mean) // 2
    still = torch.zeros(1, model.config.dims, device=device)
    return RowDecoder(_Flow(model, motion, row), (still,), "displacement, one step")


def _dynamics(
    model: VisualDynamicsModel, motion: Motion, source: Float, device: torch.device
) -> RowDecoder:
    picture = torch.from_numpy(np.ascontiguousarray(source[None])).to(device)
    return RowDecoder(_Step(model), (_row(motion, device), picture), "picture, one step")


_MAKERS: dict[type, Callable[..., RowDecoder]] = {
    GenLMMModel: _genlmm, FOMMModel: _fomm, VAEModel: _vae, DrawModel: _draw,
    STAEModel: _stae, VisualDynamicsModel: _dynamics,
}  # fmt: skip
