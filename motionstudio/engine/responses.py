"""What the engine answers: frozen, picklable values; errors travel as answers too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.motion import Float, Motion
from motionstudio.engine.requests import Lane, Request, Scale
from motionstudio.models.base import ModelCard


@dataclass(frozen=True, slots=True)
class Ticket:
    """Which request a response answers: what ``Request`` carries but the model."""

    id: int
    lane: Lane
    subject: str
    revision: int
    topic: str = ""

    @classmethod
    def of(cls, request: Request) -> Ticket:
        """The ticket of ``request``."""
        return cls(request.id, request.lane, request.subject, request.revision, request.topic)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Response:
    """What every response carries: the ticket of its request, readable as plain attributes."""

    ticket: Ticket

    @property
    def id(self) -> int:
        """Of the request."""
        return self.ticket.id

    @property
    def lane(self) -> Lane:
        """Of the request."""
        return self.ticket.lane

    @property
    def subject(self) -> str:
        """Of the request."""
        return self.ticket.subject

    @property
    def revision(self) -> int:
        """Of the request."""
        return self.ticket.revision


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrameReady(Response):
    """One picture.

    Attributes:
        frame: index into the rows of the motion.
        picture: (H, W, C) uint8 at the source's own size, or (ceil(H/2), ceil(W/2), C) for HALF.
        displacement: (2, H, W) float32, backward, pixels of ``picture``; None where it was not
            asked for or the model does not warp.
        inverse: (2, H, W) float32, pixels of ``picture``: where the source's material goes.
        scale: FULL or HALF.
        preview: True where the picture is of lower quality: keep asking for the final one.
        key: names the content; equal keys mean equal pictures.
        overlays: what the model gives beside the picture, by name, at the model's own size.
    """

    frame: int
    picture: NDArray[np.uint8]
    displacement: Float | None
    inverse: Float | None
    scale: Scale
    preview: bool
    key: str
    overlays: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Thumbnail(Response):
    """One small picture.

    Attributes:
        index: which of the rows that were asked for.
        picture: (h, w, C) uint8.
    """

    index: int
    picture: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Encoded(Response):
    """The latent motion of a clip; ``kept`` (T,) is the mask that it was made from."""

    motion: Motion
    kept: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Refined(Response):
    """A motion fitted to its clip.

    Attributes:
        motion: the fitted motion.
        error_before, error_after: root mean square difference to the kept frames, intensities
            in [0, 1], at the model's size.
    """

    motion: Motion
    error_before: float
    error_after: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sampled(Response):
    """A newly drawn motion."""

    motion: Motion


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrameError(Response):
    """How far the generated frame is from the true one.

    Attributes:
        frame: index.
        rmse: root mean square difference, intensities in [0, 1], at the source's own size.
    """

    frame: int
    rmse: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelReady(Response):
    """A checkpoint is loaded; ``card`` says what it is and can do."""

    card: ModelCard


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Progress(Response):
    """How far a long call is: ``fraction`` in [0, 1] and a few words."""

    fraction: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Done(Response):
    """The last answer to a request that ran to its end."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cancelled(Response):
    """The last answer to a request that was cancelled or replaced by a newer one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Failed(Response):
    """The last answer to a request that could not be served.

    Attributes:
        message: one plain sentence.
        hint: what to do about it, one plain sentence, or empty.
        actions: names of actions that the window may offer beside the message.
        details: for a report to the developers (a traceback), or empty.
    """

    message: str
    hint: str = ""
    actions: tuple[str, ...] = ()
    details: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Notice(Response):
    """Something worth one plain sentence that did not stop the request."""

    text: str
