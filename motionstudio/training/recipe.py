"""Recipes: what a training run is made of, read from TOML and checked."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from motionstudio.core.bounded_text import bounded_text
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.toml_text import parse_toml

WATCHED = "watched clip"
"""What the error of the watched clip is called among figures on held-out sequences."""

KNOWN_TERMS = ("parts", "matrices", "masks", "occlusion")
"""FOMM's losses that compare with the known parts of generated subjects."""


MOST_STEPS, MOST_SEQUENCES, MOST_SEQUENCES_IN_A_BATCH = 10**9, 10**8, 1 << 16
"""What no training needs more of; beyond it stands a slip or malice, and memory would run out."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GeneratorSource(_Strict):
    """Sequences made by one of our generators, each twice: one motion on two subjects."""

    kind: Literal["generator"] = "generator"
    generator: str
    count: int = Field(gt=0, le=MOST_SEQUENCES)
    first_index: int = 0
    weight: float = 1.0
    params: dict[str, Any] = Field(default_factory=dict)


class ClipSource(_Strict):
    """Clips read from files below the data folder.

    Attributes:
        files: paths below the data folder, or absolute ones.
        hold_out: numbers of the files that are never trained on.
        fit: ``crop`` fills the picture with the middle of the frame, ``letterbox`` shows all of
            it and repeats its edges.
        held_back: so many last frames of every clip are never trained on.
    """

    kind: Literal["clips"] = "clips"
    files: tuple[str, ...]
    hold_out: tuple[int, ...] = ()
    fit: Literal["crop", "letterbox"] = "crop"
    held_back: int = Field(default=0, ge=0)
    weight: float = 1.0
    cyclic: bool = False
    licence: str = ""


class ArraySource(_Strict):
    """One array file of many short sequences, frames (N, T, H, W[, 3]).

    Attributes:
        file: path below the data folder.
        subjects_from: arrays of length N that together name the subject of a sequence.
        hold_out: subjects (their indices in sorted order) that are never trained on.
        motion_from: arrays of length N that together name the motion: sequences of equal
            motion and different subjects are partners in the swap stage.
        phases: position of the T frames in the cycle; empty for evenly spaced frames.
    """

    kind: Literal["arrays"] = "arrays"
    file: str
    subjects_from: tuple[str, ...] = ()
    hold_out: tuple[int, ...] = ()
    motion_from: tuple[str, ...] = ()
    phases: tuple[float, ...] = ()
    weight: float = 1.0
    cyclic: bool = False
    licence: str = ""


DataSource = GeneratorSource | ClipSource | ArraySource


class Stage(_Strict):
    """One part of the schedule.

    Attributes:
        steps: optimiser steps; ``batch`` sequences in each.
        rate: peak learning rate, reached after ``warmup`` steps, then a cosine to 5 %.
        decoded: frames per sequence that are decoded and compared in a step.
        frames: least and largest number of frames after the reference.
        drop: probability that a frame is withheld in the Bernoulli pattern.
        complete: share of steps that withhold nothing; ``strided``: share that keep every
            2nd to 8th frame; the rest withhold frames at random.
        swap: share of steps that decode in another pose or on another subject.
        bridge: whether the temporal network is shown interpolated features in the gaps.
        turn, zoom, shift: half ranges of the random similarity: radians, log scale, and share
            of the picture's side.
        losses: weights of FOMM's terms that differ in this stage.
        frozen_norms: FOMM's batch norms use, and keep, their running statistics: what one batch
            happens to hold then no longer changes the colours of a picture.
        detector_alone: FOMM's keypoint detector is trained on known parts, and nothing else:
            many times as many pictures in the same time.
        generator_alone: the reverse: FOMM's detector stays as it is.
        recolour: Visual Dynamics' pairs exchange their colour channels at random.
        rolled: share of batches in which Visual Dynamics starts from the picture that it made of
            the frame before, so that it learns to go on from its own.
    """

    steps: int = Field(gt=0, le=MOST_STEPS)
    batch: int = Field(default=4, gt=0, le=MOST_SEQUENCES_IN_A_BATCH)
    rate: float = 1e-3
    warmup: int = 200
    decoded: int = 6
    frames: tuple[int, int] = (4, 24)
    drop: float = 0.5
    complete: float = 0.25
    strided: float = 0.35
    swap: float = 0.0
    bridge: bool = True
    turn: float = 0.35
    zoom: float = 0.175
    shift: float = 0.08
    flip: bool = True
    losses: dict[str, float] = Field(default_factory=dict)
    frozen_norms: bool = False
    detector_alone: bool = False
    generator_alone: bool = False
    recolour: bool = False
    rolled: float = 0.0


class Recipe(_Strict):
    """Everything that determines a run; the same recipe gives the same losses.

    Attributes:
        family: heading under which people find the model among others; empty: none.
        baseline: checkpoint whose likelihood is shown beside its own; empty: none.
        gaps: distances, in frames, of the triples that the in-betweening VAE is trained on, and of
            the windows of the spatio-temporal autoencoder.
        preset: sizes of GenLMM's networks; ``model`` overrides single fields of them.
        split: what is held out of training, for the card.
        similarity: ``lcc``, ``mse`` or ``mixed``; ``kl_weight`` times KL / T is added.
        field_weight: adds the end-point error, in pixels, to the known fields of generated
            sequences; 0 trains on pictures alone, as the paper does.
        kl_warmup: share of the first stage over which the KL weight rises from 0.
        average: decay of the running mean of the weights that is shipped.
        losses: weights of FOMM's terms by name, see ``fomm_objective.LossWeights``;
            ``adversarial`` above 0 trains a discriminator against the generator.
        discriminator: its shape, see ``fomm_discriminator.DiscriminatorConfig``.
        features: what FOMM's pictures are compared by: ``random`` filters, or a file of VGG19
            weights, such as ``vgg19-dcbb9e9d.pth``, as it is or below the data folder.
        start_from: checkpoint whose weights it begins with; empty: random ones.
        watch_every: steps between two pictures of one clip as the weights make it again; 0: none.
        validate_every: steps between two measurements on held-out sequences.
        patience: measurements without improvement after which a run ends, and its best weights
            are shipped; 0: it goes on to the last step, whose weights are shipped.
        stop_by: the figure that improves: one of the system's figures on held-out sequences, or
            ``watched clip``; empty: the first figure there is, else the watched clip.
        precision: of convolutions and products of matrices; sums, coordinates, weights and the
            optimiser stay in float32. ``float16`` scales losses so that gradients do not vanish.
        compile: let torch.compile fuse each part of the network; takes minutes at the start.
        deterministic: use only operations that give the same bits every time, also on a GPU.
        accumulate: parts in which a batch is computed one after another, to save memory.
        workers: processes that draw batches ahead; never influences the losses.
    """

    name: str
    system: Literal[
        "genlmm",
        "fomm",
        "draw",
        "vae",
        "inbetween",
        "vpn",
        "visual_dynamics",
        "recomposing",
        "stae",
    ] = "genlmm"
    title: str
    summary: str = ""
    family: str = ""
    baseline: str = ""
    preset: Literal["tiny", "base", "large"] = "base"
    model: dict[str, Any] = Field(default_factory=dict)
    seed: int = 1
    cyclic: bool = True
    split: str = ""
    similarity: Literal["lcc", "mse", "mixed"] = "lcc"
    stride: int = 2
    kl_weight: float = 2e-4
    field_weight: float = 0.0
    kl_warmup: float = 0.2
    average: float = 0.999
    losses: dict[str, float] = Field(default_factory=dict)
    discriminator: dict[str, Any] = Field(default_factory=dict)
    features: str = "random"
    gaps: tuple[int, ...] = (1,)
    start_from: str = ""
    watch_every: int = Field(default=0, ge=0)
    validate_every: int = Field(default=1000, gt=0)
    patience: int = Field(default=0, ge=0)
    stop_by: str = ""
    precision: Literal["float32", "bfloat16", "float16"] = "float32"
    compile: bool = False
    deterministic: bool = False
    accumulate: int = Field(default=1, gt=0)
    workers: int = Field(default=0, ge=0, le=256)
    data: tuple[DataSource, ...]
    stages: tuple[Stage, ...]

    @property
    def wants_parts(self) -> bool:
        """Whether a loss compares with the known parts of generated subjects."""
        weights = (self.losses, *(stage.losses for stage in self.stages))
        return any(found.get(name, 0.0) > 0 for found in weights for name in KNOWN_TERMS)

    @property
    def steps(self) -> int:
        """Optimiser steps of all stages."""
        return sum(stage.steps for stage in self.stages)

    def stage_at(self, step: int) -> tuple[Stage, int]:
        """The stage that ``step`` belongs to, and the step's number inside it."""
        for stage in self.stages:
            if step < stage.steps:
                return stage, step
            step -= stage.steps
        raise ValueError(f"Recipe.stage_at: step lies {step} steps beyond the last stage")

    def kl_ramp(self, steps: int) -> float:
        """Share of the KL weight, in [0, 1], that counts after ``steps`` steps."""
        ramp = self.kl_warmup * self.stages[0].steps
        return min(1.0, steps / ramp) if ramp else 1.0


def read_recipe(path: Path, overrides: dict[str, str] | None = None) -> Recipe:
    """Read and check a recipe; ``overrides`` are ``a.b.0.c = TOML value`` pairs.

    Raises:
        MotionStudioError: the file is missing, is not TOML, or a value does not fit.
    """
    try:
        plain = parse_toml(bounded_text(path, pipes=True))
    except OSError as error:
        raise MotionStudioError(f"The recipe {path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MotionStudioError(f"The recipe {path.name} is not valid TOML: {error}.") from error
    for key, text in (overrides or {}).items():
        _override(plain, key, text)
    try:
        return Recipe.model_validate(plain)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part)[:80] for part in first["loc"])
        raise MotionStudioError(
            f"The recipe {path.name} does not fit at {where}: {first['msg'][:200]}.",
            "Compare it with checkpoints/heart/recipe.toml.",
        ) from error


def _override(plain: dict[str, Any], key: str, text: str) -> None:
    try:
        value = parse_toml(f"value = {text}")["value"]
    except (tomllib.TOMLDecodeError, RecursionError):
        value = text
    *path, last = key.split(".")
    place: Any = plain
    try:
        for part in path:
            place = place[int(part)] if isinstance(place, list) else place.setdefault(part, {})
        if isinstance(place, list):
            place[int(last)] = value
        else:
            place[last] = value
    except (ValueError, IndexError, AttributeError, TypeError) as error:
        raise MotionStudioError(f"--set {key} names no place in the recipe.") from error
