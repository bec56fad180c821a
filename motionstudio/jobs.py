"""Many pictures, many motions: every source animated by every driver, resumable frame by frame.

A job writes each frame as it comes into ``NAME.frames`` beside its film; a job that was cancelled
or killed goes on where it stopped, as long as its files and settings are the same. Neither the
length of a driver nor the number of jobs changes how much memory is used: drivers are read in
parts where the model looks at single frames.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.carrying import AS_IT_IS, Transfer
from motionstudio.core.clip import Clip
from motionstudio.core.errors import Cancelled, MotionStudioError
from motionstudio.core.forecast import Forecast
from motionstudio.core.motion import Motion, RowKind
from motionstudio.core.picture import Fit, Transform, intensity_range
from motionstudio.core.rendering import SOFT, Rendering
from motionstudio.engine.keys import content_key
from motionstudio.engine.requests import EncodeRequest, Picture
from motionstudio.engine.responses import Encoded
from motionstudio.engine.sync import SyncEngine
from motionstudio.io import read_clip, write_clip
from motionstudio.io.atomic import whole_file
from motionstudio.io.fingerprint import fingerprint
from motionstudio.io.image_write import write_png
from motionstudio.io.sound import Sound
from motionstudio.io.sound_track import has_sound
from motionstudio.io.template_file import Template, is_template, load_template
from motionstudio.job_transfer import Carry
from motionstudio.models.base import Capability, ModelCard

Tell = Callable[[str], None]
PART = 16
"""Frames of a driver that are looked at together where each is looked at alone anyway."""


@dataclass(frozen=True, slots=True)
class Job:
    """One film: ``source`` animated by ``driver`` (a clip, or a saved motion), to ``film``."""

    source: Path
    driver: Path
    film: Path

    @property
    def frames(self) -> Path:
        """Folder of the frames made so far."""
        return self.film.with_name(f"{self.film.stem}.frames")


@dataclass(frozen=True, slots=True)
class JobSettings:
    """What all jobs of a queue share.

    Attributes:
        reference: frame of the driver that counts as the source's own pose; None: its first, or
            that of a template.
        strength: of the motion; 1 as it is, 0 none.
        how: further options of the transfer, for models with keypoints.
        best: find the driver's frame whose pose is nearest to the source's, in place of a given
            reference.
        fit: how pictures are brought to the model's square.
        keep_frames: leave the folders of frames beside the films.
        sound: let the films be heard where their drivers have sound.
        rendering: how pictures are made at full resolution where the model draws them.
    """

    reference: int | None = None
    strength: float = 1.0
    fit: Fit = "letterbox"
    keep_frames: bool = False
    how: Transfer = AS_IT_IS
    best: bool = False
    sound: bool = True
    rendering: Rendering = SOFT


def plan(sources: Sequence[Path], drivers: Sequence[Path], out: Path) -> list[Job]:
    """Every source with every driver, each to its own film in ``out``.

    Folders, among sources and drivers alike, stand for the files in them.

    Raises:
        MotionStudioError: two films would have the same name, or there is nothing to do.
    """
    pictures = [file for path in sources for file in _expanded(path)]
    motions = [file for path in drivers for file in _expanded(path)]
    jobs = [Job(s, d, out / f"{s.stem} by {d.stem}.mp4") for s in pictures for d in motions]
    names = [job.film.name for job in jobs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise MotionStudioError(
            f"Two films would be called {twice}.", "Give files of different names."
        )
    if not jobs:
        raise MotionStudioError("There is nothing to animate.", "Name pictures and a motion.")
    return jobs


class Animator:
    """Runs jobs one after the other with one model.

    Args:
        engine: loads the model and computes.
        model: name or folder of the checkpoint. ``card``: what it is.
        settings: shared by all jobs.
        tell: receives plain sentences.
        cancelled: asked between frames.
        clock: seconds, for the expected duration.
    """

    def __init__(
        self,
        engine: SyncEngine,
        model: str,
        card: ModelCard,
        settings: JobSettings,
        *,
        tell: Tell,
        cancelled: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine, self._model, self._card = engine, model, card
        self._settings = settings
        self._tell, self._cancelled, self._clock = tell, cancelled, clock
        self._driver: tuple[Path, Template] | None = None

    def run(self, job: Job) -> bool:
        """Make the film of ``job``; tells whether there was anything left to do.

        Raises:
            Cancelled: ``cancelled()`` said so; what was made stays for the next time.
            MotionStudioError: a file cannot be read, or the place not written to.
        """
        key = self._key(job)
        if job.film.is_file() and _noted(job.film.with_suffix(".json")) == key:
            self._tell(f"{job.film.name}: already there")
            return False
        if _noted(job.frames / "job.json") != key:
            shutil.rmtree(job.frames, ignore_errors=True)
        job.frames.mkdir(parents=True, exist_ok=True)
        _note(job.frames / "job.json", key)
        motion = self._make_frames(job, self._motion(job.driver))
        frames = _Frames(job.frames, len(motion.times))
        made = Clip(frames, motion.times, job.film.stem)
        write_clip(made, job.film, sound=self._sound(job, motion.times))
        _note(job.film.with_suffix(".json"), key)
        if not self._settings.keep_frames:
            shutil.rmtree(job.frames)
        self._tell(f"{job.film.name}: {len(motion.times)} frames")
        return True

    def _make_frames(self, job: Job, driver: Template) -> Motion:
        """Make the frames that are not there yet; returns what the source does in the film."""
        clip = read_clip(job.source)
        frame = np.asarray(clip.frames[0])
        transform, picture = self._transform(clip), Picture(content_key(frame), frame)
        how = replace(self._settings.how, strength=self._settings.strength)
        carry = Carry(self._engine, self._model, self._card, how, best=self._settings.best)
        motion = carry.onto(picture, transform, driver)
        missing = [t for t in range(len(motion.times)) if not _frame(job.frames, t).exists()]
        if not missing:
            return motion
        made = self._engine.stream(
            _rows(motion, missing), picture, transform,
            model=self._model, fields=False, cancelled=self._cancelled,
            rendering=self._settings.rendering,
        )  # fmt: skip
        forecast = Forecast(len(missing), self._clock)
        for number, (t, ready) in enumerate(zip(missing, made, strict=True), 1):
            path = _frame(job.frames, t)
            with whole_file(path) as temporary:
                write_png(ready.picture, temporary)
            self._foretell(f"{job.film.name}: {number} of {len(missing)}", forecast, number)
        return motion

    def _sound(self, job: Job, times: NDArray[np.float64]) -> Sound | None:
        """What the driver lets hear, while the film lasts."""
        if not self._settings.sound or job.driver.is_dir() or not has_sound(job.driver):
            return None
        step = float(np.median(np.diff(times))) if len(times) > 1 else 0.1
        return Sound(job.driver, 0.0, float(times[-1] - times[0]) + step)

    def _foretell(self, what: str, forecast: Forecast, done: int) -> None:
        text = forecast.after(done)
        if text is not None:
            self._tell(f"{what}, {text}")

    def _motion(self, path: Path) -> Template:
        """The driver's motion, kept for the next source."""
        if self._driver is None or self._driver[0] != path:
            self._driver = (path, self._read(path))
        return self._driver[1]

    def _read(self, path: Path) -> Template:
        wanted = self._settings.reference
        if is_template(path):
            found = load_template(path)
            self._check(path, found.motion)
            self._check_frame(path, wanted or 0, len(found.motion.mean))
            return found if wanted is None else replace(found, reference=wanted)
        clip = read_clip(path)
        self._check_frame(path, self._first, len(clip))
        everything = np.arange(len(clip))
        framewise = Capability.FRAMEWISE in self._card.capabilities
        encode = self._encode_in_parts if framewise else self._encode
        return Template(path.stem, encode(path, clip, everything), self._first)

    @property
    def _first(self) -> int:
        """The frame that a clip is looked at from."""
        return self._settings.reference or 0

    def _check_frame(self, path: Path, frame: int, count: int) -> None:
        if not 0 <= frame < count:
            raise MotionStudioError(
                f"{path.name} has no frame {frame}; its frames are 0 to {count - 1}."
            )

    def _encode_in_parts(self, path: Path, clip: Clip, everything: NDArray[np.intp]) -> Motion:
        """Rows of all frames; each part is seen together with the reference alone."""
        forecast, transform, parts = Forecast(len(clip), self._clock), self._transform(clip), []
        for start in range(0, len(clip), PART):
            wanted = everything[start : start + PART]
            seen = np.union1d(wanted, [self._first])
            motion = self._encode(path, clip, seen, transform)
            parts.append(_rows(motion, np.flatnonzero(np.isin(seen, wanted))))
            done = start + len(wanted)
            self._foretell(f"{path.name}: looked at {done} of {len(clip)}", forecast, done)
        return _joined(parts, clip.times)

    def _encode(
        self, path: Path, clip: Clip, seen: NDArray[np.intp], transform: Transform | None = None
    ) -> Motion:
        if self._cancelled():
            raise Cancelled
        part = clip.select(seen)
        request = EncodeRequest(
            subject="",
            revision=0,
            model=self._model,
            clip_key=f"{path} {seen[0]} {seen[-1]} {len(seen)}",
            clip=part,
            transform=transform or self._transform(clip),
            kept=np.ones(len(seen), np.bool_),
            reference=int(np.searchsorted(seen, self._first)),
        )
        return self._engine.ask(request, Encoded).motion

    def _check(self, path: Path, motion: Motion) -> None:
        if motion.model and motion.model != self._card.name:
            raise MotionStudioError(
                f"{path.name} was made by the model {motion.model}, not by {self._card.name}.",
                f"Use --model {motion.model}, or the clip itself.",
            )
        if motion.rows is not RowKind.FRAME:
            raise MotionStudioError(f"{path.name} has no row for each frame.")

    def _transform(self, clip: Clip) -> Transform:
        return Transform.fit(
            clip.size, self._card.size, mode=self._settings.fit, range=intensity_range(clip)
        )

    def _key(self, job: Job) -> str:
        facts = {
            "source": fingerprint(job.source),
            "driver": fingerprint(job.driver),
            "model": self._card.hash or self._card.name,
            **asdict(replace(self._settings, keep_frames=False)),
        }
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Frames:
    """The frames of a folder as a frame source, read one at a time."""

    folder: Path
    count: int

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.count, *self[0].shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(np.uint8)

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: Any, /) -> NDArray[Any]:
        if isinstance(index, slice) or np.ndim(index):
            return np.stack([self[int(t)] for t in np.arange(self.count)[index]])
        return np.asarray(read_clip(_frame(self.folder, int(index)), as_stored=True).frames[0])


def _expanded(path: Path) -> Iterator[Path]:
    if not path.exists():
        raise MotionStudioError(f"There is no {path}.")
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.is_file())
        yield from (file for file in files if not file.name.startswith("."))
    else:
        yield path


def _frame(folder: Path, t: int) -> Path:
    return folder / f"{t:06d}.png"


def _rows(motion: Motion, rows: Sequence[int] | NDArray[np.intp]) -> Motion:
    """Some rows of a motion with a row for each frame."""
    chosen = np.asarray(rows, np.intp)
    return replace(
        motion,
        mean=motion.mean[chosen],
        std=None,
        kept=motion.kept[chosen],
        times=motion.times[chosen],
        row_times=motion.row_times[chosen],
        filled=motion.filled[chosen],
    )


def _joined(parts: Sequence[Motion], times: NDArray[np.float64]) -> Motion:
    return replace(
        parts[0],
        mean=np.concatenate([part.mean for part in parts]),
        kept=np.concatenate([part.kept for part in parts]),
        times=times,
        row_times=np.stack([times, times], 1),
        filled=np.concatenate([part.filled for part in parts]),
    )


def _noted(path: Path) -> str:
    """The key that was noted in a file; empty where there is none that can be read."""
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["key"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _note(path: Path, key: str) -> None:
    with whole_file(path) as temporary:
        temporary.write_text(json.dumps({"key": key}), encoding="utf-8")
