"""A subject: one sequence in the project with everything that people decide about it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Clip
from motionstudio.core.draws import Draws
from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.motion import plain_dim_name
from motionstudio.core.picture import Box, Fit
from motionstudio.core.rendering import SOFT, Rendering
from motionstudio.document.carried import Carried
from motionstudio.document.missing import problem_of


@dataclass(frozen=True, slots=True)
class MediaRef:
    """Where the frames of a subject come from, enough to read them again.

    Attributes:
        path: file or folder, or empty when the frames were made in the program.
        slice_index: slice of a volume that was chosen on reading, or None.
        start, stop, stride: frames of the file in use, ``stop`` excluded; None: to the end.
        fps: rate of the file's frames, before ``stride``, that replaces its own times, or None.
        sha256: hex digest of the file, or empty when not computed yet.
        strip: the file is one picture that was cut into frames lying side by side.
        embedded: the project file carries it; ``path`` is then a copy that may be made again.
    """

    path: str = ""
    slice_index: int | None = None
    start: int = 0
    stop: int | None = None
    stride: int = 1
    fps: float | None = None
    sha256: str = ""
    strip: bool = False
    embedded: bool = False


@dataclass(frozen=True, slots=True)
class Framing:
    """How a picture is brought to the square that the model sees; never squeezed.

    Attributes:
        mode: ``crop`` fills the square with the largest centred part of that shape, ``letterbox``
            shows everything and pads.
        crop: (y, x, height, width) in pixels of the frame that ``mode`` applies to, or None: all
            of it. It may leave the frame, whose edge goes on there. ``angle``: degrees by which
            that part is turned in the frame, clockwise. All three go to
            ``core.picture.Transform.fit`` as they are.
    """

    mode: Fit = "letterbox"
    crop: Box | None = None
    angle: float = 0.0

    def __post_init__(self) -> None:
        if not np.isfinite(self.angle):
            raise ValueError(f"Framing: expected a finite angle, got {self.angle}")
        if self.crop is not None and min(self.crop[2:]) < 1:
            raise ValueError(
                f"Framing: expected crop (y, x, height > 0, width > 0), got {self.crop}"
            )


@dataclass(frozen=True, slots=True)
class EncodingKey:
    """Everything an encoding depends on; equal keys have equal encodings.

    Attributes:
        media: the frames. ``framing``, ``reference``, ``cyclic``, ``model`` as in ``Subject``.
        kept: the bytes of the (T,) bool mask.
    """

    media: MediaRef
    framing: Framing
    reference: int
    cyclic: bool
    model: str
    kept: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """One sequence of the project: an immutable value that commands replace.

    Attributes:
        id: unique within the project and stable for its life.
        name: for people.
        clip: the frames in use, after range and stride; read lazily.
        media: where they come from.
        framing: how they are brought to the model's square.
        reference: frame that all motion is relative to; always kept.
        cyclic: whether the sequence is one closed period.
        model: name of the checkpoint, or empty when none is chosen.
        kept: (T,) bool, read-only, False where the frame is dropped.
        track: encoded motion with its edit, or None until the first encoding arrives.
        encoded_with: the settings that ``track.base`` was made with, or None.
        dim_names: names of the latent dimensions, or empty: z0, z1, ...
        notes: plain sentences on how the sequence was opened, for people.
        held: the frames are one picture, held while a motion animates it: they were never
            observed, so nothing is encoded from them and none can be dropped.
        draws: how the motion that was drawn last came about: its seed and what varied it.
        rendering: how its pictures are made at full resolution where the model draws them.
        carried: the motion that it was given last by another subject, or None.
    """

    id: str
    name: str
    clip: Clip
    media: MediaRef
    framing: Framing
    kept: NDArray[np.bool_]
    reference: int = 0
    cyclic: bool = False
    model: str = ""
    track: LatentTrack | None = None
    encoded_with: EncodingKey | None = None
    dim_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    held: bool = False
    draws: Draws = ()
    rendering: Rendering = SOFT
    carried: Carried | None = None

    def __post_init__(self) -> None:
        count = len(self.clip)
        if self.kept.shape != (count,) or self.kept.dtype != np.bool_:
            raise ValueError(
                f"Subject: expected kept of shape ({count},) bool, "
                f"got {self.kept.shape} {self.kept.dtype}"
            )
        if not 0 <= self.reference < count:
            raise ValueError(f"Subject: expected reference in [0, {count}), got {self.reference}")
        if not self.kept[self.reference]:
            raise ValueError(f"Subject: the reference frame {self.reference} must be kept")
        if self.kept.flags.writeable:
            kept = self.kept.copy()
            kept.flags.writeable = False
            object.__setattr__(self, "kept", kept)

    @property
    def encoding_key(self) -> EncodingKey:
        """What an encoding of the subject as it is now depends on."""
        return EncodingKey(
            media=replace(self.media, sha256="", embedded=False),
            framing=self.framing,
            reference=self.reference,
            cyclic=self.cyclic,
            model=self.model,
            kept=self.kept.tobytes(),
        )

    @property
    def media_problem(self) -> str:
        """Why its frames cannot be read, one plain sentence, or empty when they can."""
        return problem_of(self.clip)

    @property
    def needs_encoding(self) -> bool:
        """Whether ``track`` is missing or was made with other settings."""
        if self.held:
            return self.track is None
        return self.track is None or self.encoded_with != self.encoding_key

    @property
    def has_motion(self) -> bool:
        """Whether ``track`` moves the pictures as they are framed and started from now.

        Other dropped frames or another cycle leave it showable until the next encoding; with
        another reference, framing or model it would move the wrong picture.
        """
        made, now = self.encoded_with, self.encoding_key
        if self.track is None or made is None:
            return False
        if self.held:
            return made.model == now.model
        return replace(made, kept=now.kept, cyclic=now.cyclic) == now

    def dim_name(self, dim: int) -> str:
        """The name of dimension ``dim`` for people."""
        return self.dim_names[dim] if dim < len(self.dim_names) else plain_dim_name(dim)
