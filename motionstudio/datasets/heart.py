"""The heart phantom: a short-axis cine sequence with exact motion.

Anatomy, motion and appearance are drawn apart, so that the motion of one subject can be rendered
exactly on another: the truth for transport.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.datasets.fields import pixel_grid
from motionstudio.datasets.heart_anatomy import Anatomy, draw_anatomy
from motionstudio.datasets.heart_motion import HeartMotion, Kinematics, Polar, States, draw_motion
from motionstudio.datasets.heart_picture import (
    Appearance,
    Disturbance,
    RestPicture,
    draw_appearance,
    paint_rest,
    rv_distance,
)
from motionstudio.datasets.sample import Sample, SampleMeta

Float = NDArray[np.float32]
Double = NDArray[np.float64]
Generator = np.random.Generator

VERSION = 1
LABELS = ("background", "left ventricle", "myocardium", "right ventricle")
FACTORS = ("tau", "activation", "stretch", "ejected area", "twist", "shift x", "shift y")
PARAMS = frozenset(
    ("size", "frames", "taus", "cyclic", "frames_only", "anatomy", "motion", "appearance")
)
_CHUNK = 2  # frames computed together: their temporaries stay in the processor's cache

anatomy = draw_anatomy
motion = draw_motion
appearance = draw_appearance


def make(name: str, params: Mapping[str, object], seed: int, index: int) -> Sample:
    """Sample ``index`` of the data set ``seed``: a pure function of its arguments.

    Args:
        name: "heart".
        params: any of ``size`` (pixels, 128), ``frames`` (drawn from 16 to 30), ``taus`` (T,)
            positions in the beat instead of ``frames``, ``cyclic`` (True; False gives a part of
            a beat with breathing), ``frames_only`` (False; True leaves ``inverse`` and
            ``labels`` out), and ``anatomy``, ``motion``, ``appearance``: fields to override.
        seed: seed of the data set, >= 0.
        index: index of the sample, >= 0.

    Raises:
        ValueError: for an unknown parameter or field.
    """
    return _Recipe(name, params, seed, index).sample(0)


def make_pair(
    name: str, params: Mapping[str, object], seed: int, index: int
) -> tuple[Sample, Sample]:
    """Two subjects with one motion and one set of times; the first is ``make``'s."""
    recipe = _Recipe(name, params, seed, index)
    return recipe.sample(0), recipe.sample(1)


class _Recipe:
    """The draws of one sample, in independent streams: overriding one leaves the others."""

    def __init__(self, name: str, params: Mapping[str, object], seed: int, index: int) -> None:
        unknown = set(params) - PARAMS
        if unknown:
            raise ValueError(f"heart: unknown parameters {sorted(unknown)}; known {sorted(PARAMS)}")
        known: Mapping[str, Any] = params
        self.params = known
        self.size = int(self.params.get("size", 128))
        self.cyclic = bool(self.params.get("cyclic", True))
        streams = np.random.default_rng([seed, index]).spawn(8)
        self.taus = self._taus(streams[0])
        drawn = draw_motion(streams[1], self.cyclic)
        self.motion = replace(drawn, **self.params.get("motion", {}))
        self.streams = (streams[2:5], streams[5:8])
        self.meta = SampleMeta(name, dict(params), seed, index, VERSION, {})

    def _taus(self, rng: Generator) -> Double:
        if "taus" in self.params:
            return np.asarray(self.params["taus"], dtype=np.float64)
        count = int(self.params.get("frames", rng.integers(16, 31)))
        if self.cyclic:
            return np.arange(count) / count
        first, last = rng.uniform(0.0, 0.3), rng.uniform(0.55, 1.0)
        return np.linspace(first, last, count)

    def sample(self, subject: int) -> Sample:
        build, look, noise = self.streams[subject]
        sample = render(
            replace(draw_anatomy(build), **self.params.get("anatomy", {})),
            self.motion,
            replace(draw_appearance(look), **self.params.get("appearance", {})),
            self.taus,
            self.size,
            noise,
            frames_only=bool(self.params.get("frames_only", False)),
        )
        facts = {**sample.meta.subject, "of pair": subject}
        return replace(sample, cyclic=self.cyclic, meta=replace(self.meta, subject=facts))


def render(
    anatomy: Anatomy,
    motion: HeartMotion,
    appearance: Appearance,
    taus: Double,
    size: int,
    noise_rng: Generator,
    *,
    frames_only: bool = False,
) -> Sample:
    """The motion of anyone on the anatomy of anyone, exactly.

    Args:
        anatomy: how the subject is built.
        motion: how it moves.
        appearance: how it looks.
        taus: (T,) positions in the beat, increasing; 0 is end-diastole, 1 the next one.
        size: side of the frames in pixels.
        noise_rng: randomness of noise and of what passes the slice.
        frames_only: leave ``inverse`` and ``labels`` out, which is faster.

    Returns:
        A sample of T frames (T, 1, size, size); ``displacement`` is always there.
    """
    scene = _Scene(anatomy, motion, appearance, taus, size, noise_rng)
    out = scene.arrays(full=not frames_only)
    return Sample(
        frames=out.frames[:, None],
        clean=out.clean[:, None],
        times=(taus - taus[0]) * motion.period,
        displacement=out.displacement,
        inverse=out.inverse,
        valid=scene.inside(out.displacement),
        labels=out.labels,
        label_names=LABELS,
        factors=scene.factors(),
        factor_names=FACTORS,
        cyclic=bool(taus[0] == 0.0 and float(motion.breath).is_integer()),
        meta=SampleMeta("heart", {}, 0, 0, VERSION, _facts(anatomy, motion, appearance)),
    )


def _facts(*parts: Anatomy | HeartMotion | Appearance) -> Mapping[str, object]:
    return {
        f.name: getattr(part, f.name)
        for part in parts
        for f in fields(part)
        if f.name not in ("torso", "texture_seed")
    }


@dataclass(frozen=True, slots=True)
class _Arrays:
    frames: Float
    clean: Float
    displacement: Float
    inverse: Float | None
    labels: NDArray[np.uint8] | None

    @classmethod
    def empty(cls, count: int, size: int, *, full: bool) -> _Arrays:
        shape = (count, size, size)
        field = (count, 2, size, size)
        return cls(
            np.empty(shape, np.float32),
            np.empty(shape, np.float32),
            np.empty(field, np.float32),
            np.empty(field, np.float32) if full else None,
            np.empty(shape, np.uint8) if full else None,
        )


class _Scene:
    """One subject, one motion, one look at one size, ready to be rendered moment by moment."""

    def __init__(
        self,
        anatomy: Anatomy,
        motion: HeartMotion,
        appearance: Appearance,
        taus: Double,
        size: int,
        rng: Generator,
    ) -> None:
        self.kinematics = Kinematics(anatomy, motion, size)
        self.taus = taus
        self.states = motion.states(taus)
        self.first = self.states.at(slice(0, 1))
        self.moved = bool(np.any(np.abs(np.concatenate(_flat(self.first))) > 1e-7))
        self.picture: RestPicture = paint_rest(self.kinematics, appearance)
        self.disturbance = Disturbance(anatomy, appearance, size, rng)
        x, y = pixel_grid(size, size)
        self.x = np.broadcast_to(x, (1, size, size)).copy()
        self.y = np.broadcast_to(y, (1, size, size)).copy()
        self.start: Polar = self.kinematics.to_material(self.x, self.y, self.first)
        steps = np.linspace(0.0, 1.0, len(taus), dtype=np.float32)
        self.progress = steps[:, None, None]

    def arrays(self, *, full: bool) -> _Arrays:
        """All moments; ``full`` with the inverse and the labels."""
        count = len(self.taus)
        out = _Arrays.empty(count, int(self.kinematics.size), full=full)
        for start in range(0, count, _CHUNK):
            self.fill(out, slice(start, min(start + _CHUNK, count)))
        return out

    def fill(self, out: _Arrays, part: slice) -> None:
        """Render the moments of ``part`` into ``out``."""
        state = self.states.at(part)
        point = self.kinematics.to_material(self.x, self.y, state)
        x, y = self.kinematics.place(point)
        clean = self.picture.sample(x, y)
        heart = np.clip(np.float32(self.kinematics.outer) - point.radius, 0.0, 1.0)
        out.clean[part] = clean
        out.frames[part] = self.disturbance.apply(clean, heart, state, self.progress[part])
        if self.moved:
            x, y = self.kinematics.to_picture(point, self.first)
        np.subtract(x, self.x, out=out.displacement[part, 0])
        np.subtract(y, self.y, out=out.displacement[part, 1])
        if out.inverse is not None:
            x, y = self.kinematics.to_picture(self.start, state)
            np.subtract(x, self.x, out=out.inverse[part, 0])
            np.subtract(y, self.y, out=out.inverse[part, 1])
        if out.labels is not None:
            out.labels[part] = self._labels(point)

    def _labels(self, point: Polar) -> NDArray[np.uint8]:
        u, v = point.radius * np.cos(point.angle), point.radius * np.sin(point.angle)
        right = rv_distance(u, v, self.kinematics) < 0.0
        labels = np.where(right, np.uint8(3), np.uint8(0))
        labels[point.radius < self.kinematics.outer] = 2
        labels[point.radius < self.kinematics.inner] = 1
        return labels

    def inside(self, displacement: Float) -> NDArray[np.bool_]:
        """Where frame 0 shows the material at all, (T, H, W)."""
        slack = np.float32(0.01)  # what is left of the iterated maps
        last = np.float32(self.kinematics.size - 1.0) + slack
        x, y = displacement[:, 0] + self.x, displacement[:, 1] + self.y
        return np.asarray((x >= -slack) & (x <= last) & (y >= -slack) & (y <= last))

    def factors(self) -> Float:
        inner, _ = self.kinematics.radii(self.states)
        active, twist, breath = (values[:, 0, 0] for values in _flat(self.states))
        stretch = inner[:, 0, 0] / np.float32(self.kinematics.inner)
        shift = self.kinematics.motion.shift
        size = self.kinematics.size
        columns = (
            self.taus,
            active,
            stretch,
            1.0 - stretch**2,
            twist,
            breath * (shift[0] * size),
            breath * (shift[1] * size),
        )
        return np.stack(columns, axis=1).astype(np.float32)


def _flat(states: States) -> tuple[Float, Float, Float]:
    return states.active, states.twist, states.breath
