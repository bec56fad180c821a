"""What can be asked of the engine: frozen, picklable values that carry all they need."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Clip
from motionstudio.core.draws import Draws
from motionstudio.core.motion import Float, Motion, RowKind
from motionstudio.core.picture import Transform
from motionstudio.core.rendering import SOFT, Rendering

_ids = itertools.count(1)


class Lane(IntEnum):
    """Where a request waits; smaller numbers are served first and interrupt larger ones.

    In SCRUB, PREVIEW, REFINE, EXPLORE and ANALYSIS a new request replaces the one before it of
    the same topic; in ENCODE it replaces the one of the same subject; FIT and EXPORT are queues.
    """

    SCRUB = 0
    PREVIEW = 1
    ENCODE = 2
    REFINE = 3
    EXPLORE = 4
    ANALYSIS = 5
    FIT = 6
    EXPORT = 7

    @property
    def queued(self) -> bool:
        """True where every request is served in turn, False where the latest wins."""
        return self in (Lane.FIT, Lane.EXPORT)


class Scale(Enum):
    """The size of a picture: the source's own, half of it, or what fits 33 ms.

    Responses say FULL or HALF, never AUTO.
    """

    FULL = "full"
    HALF = "half"
    AUTO = "auto"


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """The picture that is animated.

    Attributes:
        key: names the content (``keys.content_key(frame)``): equal keys mean equal pixels.
        frame: (H, W, C) in the source's own dtype.
    """

    key: str
    frame: NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Request:
    """What every request carries.

    Attributes:
        topic: of the kind of request: where the latest wins, it wins within its topic.
        lane: where it waits.
        subject: id of the subject it is about, or empty.
        revision: the document's revision that it was made from.
        model: name of the checkpoint.
        id: rises with every request made in this process.
    """

    topic: ClassVar[str] = ""
    lane: Lane
    subject: str
    revision: int
    model: str
    id: int = field(default_factory=lambda: next(_ids))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LoadRequest(Request):
    """Load the checkpoint ``model``; answered by ``ModelReady``."""

    lane: Lane = Lane.ENCODE
    subject: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EncodeRequest(Request):
    """Encode a clip into a latent motion matrix; answered by ``Encoded``.

    Attributes:
        clip_key: names the content of ``clip.frames``: equal keys mean equal frames.
        clip: T frames and their times.
        transform: from the clip's frames to the model's picture.
        kept: (T,) bool, False where the frame is withheld from the model.
        reference: index of the frame that the motion starts from; must be kept.
        cyclic: whether the sequence is one closed period.
        period: seconds of the whole cycle or clip where the times do not tell, or None.
        refined: a refined motion of the same clip whose findings for kept frames are to be
            carried over, or None.
    """

    lane: Lane = Lane.ENCODE
    clip_key: str
    clip: Clip
    transform: Transform
    kept: NDArray[np.bool_]
    reference: int = 0
    cyclic: bool = False
    period: float | None = None
    refined: Motion | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DecodeRequest(Request):
    """Make pictures of frames of a motion; answered by one ``FrameReady`` each, then ``Done``.

    Attributes:
        motion: what to decode, edits applied.
        source: the picture that is animated; ``transform`` belongs to it.
        frames: indices into the rows of ``motion``, the most needed first.
        scale: FULL for pictures to keep; HALF or AUTO for previews.
        fields: whether ``displacement`` comes along.
        inverse: whether ``inverse`` comes along.
        rendering: how pictures are made at full size where the model draws them itself.
    """

    motion: Motion
    source: Picture
    transform: Transform
    frames: tuple[int, ...]
    scale: Scale = Scale.FULL
    fields: bool = True
    inverse: bool = False
    rendering: Rendering = SOFT


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RefineRequest(Request):
    """Fit a motion to the kept frames of its clip; answered by ``Progress`` and ``Refined``.

    Attributes:
        motion: (T rows) where to start; its ``kept`` and ``cyclic`` hold.
        clip_key, clip, transform, reference: as in ``EncodeRequest``.
        steps: gradient steps.
        frames: the frames to fit, the first one first; None: all that are kept.
    """

    lane: Lane = Lane.FIT
    motion: Motion
    clip_key: str
    clip: Clip
    transform: Transform
    reference: int = 0
    steps: int = 60
    frames: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SampleRequest(Request):
    """Draw a new motion for a picture; answered by ``Sampled``.

    Attributes:
        source: the picture that is to move; ``transform`` belongs to it.
        times: (T,) seconds.
        seed: equal seeds give equal motions.
        temperature: 1 for the spread that was learned, 0 for the mean motion.
        mode: ``learned`` or ``prior``.
        reference: index of the frame that ``source`` is; its row is zero.
        cyclic: whether the motion closes.
        period: seconds of the whole cycle or clip where the times do not tell, or None.
        varied: further draws, each of which moves the motion by its own deviation.
    """

    lane: Lane = Lane.FIT
    source: Picture
    transform: Transform
    times: NDArray[np.float64]
    seed: int
    reference: int = 0
    temperature: float = 1.0
    mode: str = "learned"
    cyclic: bool = False
    period: float | None = None
    varied: Draws = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CompareRequest(Request):
    """Hold generated frames against the true ones; answered by one ``FrameError`` each.

    Attributes:
        motion, source, transform: as in ``DecodeRequest``.
        clip: the true frames, withheld ones included; same size as ``source``.
        frames: indices, the most needed first.
        rendering: as in ``DecodeRequest``.
    """

    lane: Lane = Lane.ANALYSIS
    motion: Motion
    source: Picture
    transform: Transform
    clip: Clip
    frames: tuple[int, ...]
    rendering: Rendering = SOFT


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ThumbnailRequest(Request):
    """Make small pictures of latent rows; answered by one ``Thumbnail`` each, then ``Done``.

    Attributes:
        rows: (n, D) float32 latent rows, of any motion or of none; for models whose rows are
            frames.
        source, transform: as in ``DecodeRequest``.
        side: the longer side of the pictures in pixels, at most; the model's size bounds it too.
        model_hash: of the weights that the rows belong to, or empty.
        state: arrays that decoding needs beside the rows, as ``Motion.state``.
        kind: what the rows are; others than frames are all those of one motion, in order.
    """

    lane: Lane = Lane.EXPLORE
    rows: Float
    source: Picture
    transform: Transform
    side: int
    model_hash: str = ""
    state: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)
    kind: RowKind = RowKind.FRAME
