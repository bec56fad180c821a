"""FOMM's part of training."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from motionstudio.core.errors import MotionStudioError
from motionstudio.datasets import make
from motionstudio.models.base import ModelCard
from motionstudio.models.checkpoint import write_checkpoint
from motionstudio.models.fomm import FOMM, FOMMConfig
from motionstudio.models.fomm_discriminator import (
    Discriminator,
    DiscriminatorConfig,
    discriminator_loss,
)
from motionstudio.models.fomm_features import Features, PerceptualLoss, RandomFeatures, read_vgg
from motionstudio.models.fomm_model import card_of
from motionstudio.models.fomm_objective import Judges, LossWeights, Outcome, Truth, objective
from motionstudio.models.fomm_parts import KnownParts, pose_terms
from motionstudio.training.configuration import of_recipe
from motionstudio.training.export import data_lines, hardware, licences
from motionstudio.training.fomm_batches import PairBatch, PairDrawer
from motionstudio.training.loader import Batches
from motionstudio.training.pool import Sequence as Clip
from motionstudio.training.pool import cached_pool
from motionstudio.training.recipe import GeneratorSource, Recipe, Stage
from motionstudio.training.task import check_share
from motionstudio.training.validation import FIRST_HELD_OUT

_HELD_OUT = 12


class FOMMTask:
    """Pairs of frames, the full objective, and the checkpoint; see ``task.Task``."""

    betas = (0.5, 0.999)

    def __init__(
        self,
        recipe: Recipe,
        data: Path | None,
        work: Path,
        device: str,
        tell: Callable[[str], None],
    ) -> None:
        self._recipe, self._device = recipe, torch.device(device)
        self._config = _config(recipe)
        self._pool = cached_pool(recipe, self._config, data, work, tell)
        _check_parts(recipe, self._config, self._pool)
        self.batches = Batches(PairDrawer(recipe, self._pool).draw)
        self._share: slice | None = None
        features = _features(recipe, self._config.channels, data)
        perceptual = PerceptualLoss(features, self._config.channels).to(self._device)
        self._judges = Judges(perceptual, _weights(recipe), self._discriminator())
        self._stages = [_weights(recipe, stage) for stage in recipe.stages]
        self._made: tuple[Outcome, Tensor] | None = None

    def network(self) -> nn.Module:
        """A fresh FOMM in training mode."""
        network: nn.Module = FOMM(self._config).to(self._device)
        return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]

    def loss(self, network: nn.Module, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        """The generator's objective of the pairs of ``step``."""
        drawn = self.batches(step)
        batch = (drawn if self._share is None else drawn.part(self._share)).to(self._device)
        assert isinstance(network, FOMM)
        stage, _ = self._recipe.stage_at(step)
        weights = self._stages[self._recipe.stages.index(stage)]
        _hold_norms(network, stage.frozen_norms)
        network.kp_detector.requires_grad_(not stage.generator_alone)
        self._made = None
        if stage.detector_alone and batch.parts is not None:
            return _detector_loss(network, batch, batch.parts, weights)
        truth = Truth(batch.known, batch.parts if self._recipe.wants_parts else None)
        found = objective(
            network,
            replace(self._judges, weights=weights),
            batch.source,
            batch.driving,
            batch.transform,
            truth,
            stage.generator_alone,
        )
        self._made = (found, batch.driving)
        return found.loss, found.terms

    def share(self, rank: int, size: int) -> None:
        """Let ``loss`` see every ``size``-th pair of a batch, from ``rank`` on.

        Batch norms then see fewer pictures at once, so losses differ a little.
        """
        if self._judges.discriminator is not None:
            raise MotionStudioError(
                "A recipe with a discriminator computes each batch at once, in one process.",
                "Set losses.adversarial to 0, or choose a smaller batch.",
            )
        check_share(self._recipe, size)
        self._share = slice(rank, None, size)

    def opponent(self) -> nn.Module | None:
        """The discriminator; None where the recipe gives it no weight."""
        return self._judges.discriminator

    def opponent_loss(self) -> Tensor | None:
        """What the discriminator minimises, of the pictures that ``loss`` made last."""
        if self._made is None or self._judges.discriminator is None:
            return None
        found, driving = self._made
        return discriminator_loss(self._judges.discriminator, found.made, driving, found.points)

    @torch.no_grad()
    def validate(self, averaged: Mapping[str, Tensor]) -> dict[str, float]:
        """L1 of held-out clips from their first frame, and of that frame held.

        None where the recipe generates no sequences.
        """
        if not any(isinstance(source, GeneratorSource) for source in self._recipe.data):
            return {}
        network = FOMM(self._config)
        network.load_state_dict(averaged)
        network = network.to(self._device).eval()
        rows = np.array([self._measure(network, index) for index in range(_HELD_OUT)])
        found, still = rows.mean(0)
        return {"L1": float(found), "L1 of a still": float(still)}

    def export(self, averaged: Mapping[str, Tensor], steps: int, folder: Path) -> ModelCard:
        """Write the running mean of the weights and the card."""
        weights: dict[str, NDArray[np.generic]] = {
            name: value.cpu().contiguous().numpy() for name, value in averaged.items()
        }
        recipe, config = self._recipe, self._config
        present = {item.source for item in self._pool}
        card = card_of(
            recipe.name,
            config,
            title=recipe.title,
            summary=recipe.summary,
            data="; ".join(data_lines(recipe, present)),
            licence=", ".join(licences(recipe, present)),
            split=recipe.split,
            seed=recipe.seed,
            steps=steps,
            hardware=hardware(),
        )
        return write_checkpoint(folder, card, weights)

    def _discriminator(self) -> Discriminator | None:
        recipe, config = self._recipe, self._config
        if not recipe.losses.get("adversarial", 0.0):
            return None
        try:
            shape = DiscriminatorConfig.of(recipe.discriminator)
        except KeyError as error:
            raise MotionStudioError(
                f"The recipe sets discriminator.{error.args[0]}, which it does not have."
            ) from error
        with torch.random.fork_rng([]):
            torch.manual_seed(recipe.seed)
            return Discriminator(shape, config.channels, config.num_kp).to(self._device)

    def _measure(self, network: FOMM, index: int) -> tuple[float, float]:
        source = next(s for s in self._recipe.data if isinstance(s, GeneratorSource))
        params = {"size": self._config.size, "frames_only": True, **source.params}
        sample = make(source.generator, params, self._recipe.seed, FIRST_HELD_OUT + index)
        frames = torch.from_numpy(sample.frames).to(self._device)
        first = frames[:1]
        start, goal = network.kp_detector(first), network.kp_detector(frames)
        made, _ = network.generator(first, start, goal)
        return float((made - frames).abs().mean()), float((first - frames).abs().mean())


def _config(recipe: Recipe) -> FOMMConfig:
    config = of_recipe(recipe, FOMMConfig, "FOMM")
    if config.size % config.multiple:
        raise MotionStudioError(
            f"The recipe sets model.size to {config.size}, which is no multiple of "
            f"{config.multiple}, as its halvings need."
        )
    return config


def _check_parts(recipe: Recipe, config: FOMMConfig, pool: Sequence[Clip]) -> None:
    count = max((item.parts.shape[1] for item in pool if item.parts is not None), default=0)
    if recipe.wants_parts and not count:
        raise MotionStudioError(
            "The recipe compares keypoints with known parts, but none of its sequences has parts.",
            "Name the generator figures, or leave losses.parts, matrices and masks out.",
        )
    if count > config.num_kp:
        raise MotionStudioError(
            f"The recipe sets model.num_kp to {config.num_kp}, but its sequences have {count} "
            "parts, each of which needs a keypoint."
        )


def _features(recipe: Recipe, channels: int, data: Path | None) -> Features:
    if recipe.features == "random":
        return RandomFeatures(channels)
    path = Path(recipe.features)
    below = path if data is None or path.exists() else data / path
    return read_vgg(below)


def _weights(recipe: Recipe, stage: Stage | None = None) -> LossWeights:
    known = {item.name for item in fields(LossWeights)}
    given = {**recipe.losses, **(stage.losses if stage is not None else {})}
    for name in given:
        if name not in known:
            raise MotionStudioError(
                f"The recipe sets losses.{name}, which FOMM does not have.",
                f"It has {', '.join(sorted(known))}.",
            )
    return LossWeights(**{"field": recipe.field_weight, **given})


def _detector_loss(
    network: FOMM, batch: PairBatch, parts: KnownParts, weights: LossWeights
) -> tuple[Tensor, dict[str, Tensor]]:
    pictures = torch.cat([batch.source, batch.driving])[parts.seen]
    terms = pose_terms(network.kp_detector(pictures), parts)
    loss = torch.stack([getattr(weights, name) * term for name, term in terms.items()]).sum()
    return loss, {name: term.detach() for name, term in terms.items()}


def _hold_norms(network: FOMM, hold: bool) -> None:
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.train(not hold)
