"""The one protocol of all generative motion models, and the card of a checkpoint.

numpy at the boundary, torch inside. Nobody outside ``models`` asks for a class or a name: they
ask ``capability in model.card.capabilities``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Flag, auto
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, field_serializer, field_validator

from motionstudio.core.errors import Cancelled
from motionstudio.core.handles import HandleGoals, HandleSolution
from motionstudio.core.motion import Decoded, Float, Motion, OverlayName, RowKind

Tick = Callable[[float], bool]
"""Called with progress in [0, 1]; False asks the call to stop (it raises ``Cancelled``)."""


def always(_progress: float) -> bool:
    """The tick of a caller who neither watches nor cancels."""
    return True


@dataclass(frozen=True, slots=True, eq=False)
class Iterate:
    """Where a fit is.

    Attributes:
        motion: as it is now.
        row: the row that is being fitted.
        error: mean squared difference of that row's picture to its frame, intensities in [0, 1].
    """

    motion: Motion
    row: int
    error: float


Watch = Callable[[Iterate], None]
"""Called a few times for every row that is fitted."""


def unwatched(_iterate: Iterate) -> None:
    """The watch of a caller who only wants the result."""


def advance(tick: Tick, progress: float) -> None:
    """Tell ``tick`` of the progress.

    Raises:
        Cancelled: it asks to stop.
    """
    if not tick(progress):
        raise Cancelled


class Capability(Flag):
    """What a checkpoint can do; a control whose capability is missing is disabled.

    ``KEYPOINTS``: rows are motion of keypoints relative to rest, ``p - p_0`` in [-1, 1] and the
    matrix ``A - I`` by which material around them is stretched; the card's ``groups`` say which
    dimensions they are, and decoding gives them as the overlay ``keypoints`` (n, K, 2), in
    [-1, 1] of the model's square, and at rest as ``rest`` of the same shape.
    """

    NONE = 0
    ENCODE = auto()
    DECODE = auto()
    EDIT = auto()
    SAMPLE = auto()
    INBETWEEN = auto()
    TRANSPORT = auto()
    PREDICT = auto()
    LIKELIHOOD = auto()
    DISPLACEMENT = auto()
    INVERSE = auto()
    EMBED = auto()
    COMPOSE = auto()
    REFINE = auto()
    CYCLIC = auto()
    HANDLES = auto()
    FRAMEWISE = auto()
    KEYPOINTS = auto()


class Unsupported(Exception):
    """A capability was asked of a checkpoint that does not have it."""

    def __init__(self, capability: Capability, model: str) -> None:
        super().__init__(f"{model} has no capability {capability.name}")
        self.capability = capability
        self.model = model


class ModelCard(BaseModel):
    """What a checkpoint is, made from, and able to do: the content of ``card.toml``.

    Attributes:
        name: folder name of the checkpoint.
        system: key of the system in the registry, e.g. ``genlmm``.
        title: how it presents itself to people.
        family: heading under which it stands in lists of many models; empty: none.
        capabilities: what it can do.
        rows: what one row of its motion matrix is.
        channels, size: C and side S of the square picture (C, S, S) that the network sees.
        dims: D. ``dim_names`` names the dimensions, or is empty.
        groups: dimensions that belong together, by the name of their group, in its order. With
            ``KEYPOINTS`` every group is a keypoint: x, y and, where it has a matrix, J11 to J22.
        overlays: maps that it can lay over its pictures, see ``OverlayModel``.
        draws: whether it draws its pictures instead of bending the source; where it gives a
            displacement as well, that can move the source at full resolution instead.
        glimpses: rows of each picture where rows are glimpses; 0 elsewhere.
        filling: how rows of dropped frames come about where it fills them: ``learned`` by the
            model, or ``linear`` in time between the rows of kept frames.
        frames_min, frames_max: how many frames a sequence may have (max 0: no limit).
        context: frames that it must be shown to continue a sequence; 0: ``frames_min``.
        one_future: nothing is left to chance when it continues a sequence: one future, no seed.
        baseline: checkpoint whose likelihood is shown beside its own; empty: none.
        config: the system's own configuration, as its dataclass takes it.
        data, licence, split, seed, steps, hardware: where it came from, for people.
        metrics: measured figures, name to value, with the command that made them in ``measured``.
        hash: first 16 hex digits of the SHA-256 of the weights; filled in on load.
    """

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, frozen=True)

    name: str
    system: str
    title: str
    summary: str = ""
    family: str = ""
    capabilities: Capability
    rows: RowKind
    channels: int
    size: int
    dims: int
    dim_names: tuple[str, ...] = ()
    groups: dict[str, tuple[int, ...]] = Field(default_factory=dict)
    overlays: tuple[OverlayName, ...] = ()
    draws: bool = False
    glimpses: int = 0
    filling: Literal["learned", "linear"] = "learned"
    frames_min: int = 2
    frames_max: int = 0
    context: int = 0
    one_future: bool = False
    baseline: str = ""
    config: dict[str, Any] = Field(default_factory=dict)
    data: str = ""
    licence: str = ""
    split: str = ""
    seed: int = 0
    steps: int = 0
    hardware: str = ""
    metrics: dict[str, float] = Field(default_factory=dict)
    measured: str = ""
    hash: str = ""
    path: Path | None = Field(default=None, exclude=True)

    @property
    def context_needed(self) -> int:
        """Frames that it must be shown to continue a sequence."""
        return self.context or self.frames_min

    @field_validator("capabilities", mode="before")
    @classmethod
    def _read_capabilities(cls, value: object) -> object:
        if not isinstance(value, Sequence) or isinstance(value, str):
            return value
        flags = Capability.NONE
        for name in value:
            flags |= Capability[str(name).upper()]
        return flags

    @field_serializer("capabilities")
    def _write_capabilities(self, value: Capability) -> list[str]:
        return [str(flag.name).lower() for flag in value]

    @field_serializer("rows")
    def _write_rows(self, value: RowKind) -> str:
        return value.value


@runtime_checkable
class MotionModel(Protocol):
    """A checkpoint, loaded and ready.

    Calls outside the card's capabilities raise ``Unsupported``. A call that was told to stop by
    its tick raises ``core.errors.Cancelled``. Stochastic calls take a seed and repeat exactly.
    """

    @property
    def card(self) -> ModelCard:
        """What the checkpoint is and can do."""
        ...

    def to(self, device: str) -> None:
        """Move the weights to ``device`` (``cpu``, ``cuda``, ``mps``)."""

    def encode(
        self,
        frames: Float,
        kept: NDArray[np.bool_],
        times: NDArray[np.float64],
        *,
        cyclic: bool = False,
        period: float | None = None,
        tick: Tick = always,
    ) -> Motion:
        """Latent motion of a sequence whose first frame is the reference.

        Args:
            frames: (T, C, S, S) float32 in [0, 1]; pixels of dropped frames are ignored.
            kept: (T,) bool; ``kept[0]`` must be True.
            times: (T,) float64 seconds, strictly increasing.
            cyclic: one closed period (only with ``Capability.CYCLIC``).
            period: seconds of the whole clip or cycle, where the times do not tell; see
                ``core.phase.phases``.
            tick: progress and cancellation.

        Raises:
            MotionStudioError: fewer frames than the model needs.
            ValueError: shapes that do not fit, or the reference is dropped.
        """

    def decode(
        self,
        motion: Motion,
        source: Float,
        rows: Sequence[int],
        *,
        inverse: bool = False,
        fast: bool = False,
        tick: Tick = always,
    ) -> Decoded:
        """Decode ``rows`` of ``motion`` on the picture ``source`` (C, S, S) float32 in [0, 1].

        A row decoded alone equals the same row decoded with others, bit for bit. ``fast``
        permits a preview of lower precision, never to be kept as a final picture. ``inverse``
        also gives the inverse displacement, of models that give one.

        Raises:
            ValueError: a source of another shape.
        """

    def sample(
        self,
        source: Float,
        times: NDArray[np.float64],
        *,
        seed: int,
        temperature: float = 1.0,
        mode: str = "learned",
        cyclic: bool = False,
        period: float | None = None,
    ) -> Motion:
        """A new motion for ``source``: ``learned`` (PCA of training motions) or ``prior``.

        ``source`` and ``period`` as in ``encode``, ``times`` (T,) seconds; temperature 0 gives
        the mean motion of the mode.

        Raises:
            ValueError: another mode, or a source of another shape.
        """

    def refine(
        self,
        motion: Motion,
        frames: Float,
        *,
        steps: int = 60,
        rows: Sequence[int] | None = None,
        watch: Watch = unwatched,
        tick: Tick = always,
    ) -> Motion:
        """Fit ``motion.mean`` to ``frames`` (T, C, S, S), kept frames only, by gradient descent.

        Args:
            motion: where to start.
            frames: (T, C, S, S) float32 in [0, 1], the reference first.
            steps: of the optimiser, for each row.
            rows: rows of kept frames to fit, in this order; None: all of them. The pictures of
                other kept frames stay exactly as they are.
            watch: shown what is reached, a few times for every row.
            tick: progress and cancellation.
        """


@runtime_checkable
class HandleModel(MotionModel, Protocol):
    """A model whose rows can be solved for from points of the picture (``HANDLES``)."""

    def solve(
        self,
        motion: Motion,
        source: Float,
        row: int,
        goals: HandleGoals,
        *,
        start: Float | None = None,
        dims: Sequence[int] | None = None,
        steps: int = 8,
        prior_weight: float = 0.05,
        tick: Tick = always,
    ) -> HandleSolution:
        """The values of ``row`` that bring points of the material where they are wanted.

        Minimises the weighted squared distances plus the squared distance of the row to
        ``motion.mean[row]`` in standard deviations of learned motions.

        Args:
            motion: the motion as it was before the gesture.
            source: (C, S, S) float32 in [0, 1].
            row: the row of the frame in which the points are dragged; not the reference's.
            goals: points of the source and where they are to be.
            start: (D,) where to start, e.g. the last solution; None: ``motion.mean[row]``.
            dims: dimensions that may change; None: all.
            steps: at most this many.
            prior_weight: pixels squared that one standard deviation of learned motions costs.
            tick: progress and cancellation.
        """


@runtime_checkable
class RefinementKeeper(Protocol):
    """A model that can move what refining found to a new encoding of the same clip."""

    def leaves_out(self, motion: Motion, source: Float) -> bool:
        """Whether ``motion`` was refined on another picture, so that this part is left out.

        Args:
            motion: any motion of this model.
            source: (C, S, S) float32 in [0, 1], the picture that is animated.
        """
        ...

    def keep_refinement(self, encoded: Motion, refined: Motion) -> Motion:
        """``encoded`` with what ``refined`` found for frames that are kept in both.

        Nothing that was found from a frame which is dropped in ``encoded`` is used.
        """


@runtime_checkable
class OverlayModel(MotionModel, Protocol):
    """A model that can show what it finds on its way to a picture (``card.overlays``)."""

    def overlays(
        self,
        motion: Motion,
        source: Float,
        row: int,
        names: Sequence[str],
        *,
        frame: Float | None = None,
    ) -> dict[str, Float]:
        """Maps by name; only what is asked for is computed.

        Args:
            motion: as in ``decode``.
            source: (C, S, S) float32 in [0, 1].
            row: of the motion.
            names: some of ``card.overlays``.
            frame: (C, S, S) in which heat maps are looked for; None: the picture of the row.

        Returns:
            Arrays over the model's square, of any height and width; what they hold is said in
            ``core.keypoint_maps``.
        """


ModelFactory = Callable[[ModelCard, Mapping[str, NDArray[Any]]], MotionModel]
"""Makes a model from its card and its weights by name."""
