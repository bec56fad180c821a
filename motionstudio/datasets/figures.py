"""Articulated figures: ten parts by forward kinematics, RGB, with exact flow per visible part.

Subject and motion are drawn apart, so that one movement can be rendered exactly on any body.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.datasets.figure_motion import (
    GAITS,
    FigureMotion,
    Pose,
    draw_figure_motion,
)
from motionstudio.datasets.figure_subject import (
    FigureSubject,
    background,
    draw_subject,
    head,
    limb,
)
from motionstudio.datasets.layers import Composition, Layer, Paint, compose, rigid, still
from motionstudio.datasets.sample import Sample, SampleMeta

Float = NDArray[np.float32]
Double = NDArray[np.float64]
Generator = np.random.Generator

VERSION = 1
LABELS = (
    "background",
    "head",
    "torso",
    "near upper arm",
    "near forearm",
    "far upper arm",
    "far forearm",
    "near thigh",
    "near shin",
    "far thigh",
    "far shin",
)
FACTORS = (
    "root x",
    "root y",
    "lean",
    "near shoulder",
    "far shoulder",
    "near elbow",
    "far elbow",
    "near hip",
    "far hip",
    "near knee",
    "far knee",
    "lift",
)
PARAMS = frozenset(
    (
        "size",
        "frames",
        "taus",
        "cyclic",
        "gaits",
        "style",
        "subject",
        "motion",
        "flow_next",
        "frames_only",
    )
)

subject = draw_subject
motion = draw_figure_motion


def make(name: str, params: Mapping[str, object], seed: int, index: int) -> Sample:
    """Sample ``index`` of the data set ``seed``: a pure function of its arguments.

    Args:
        name: "figures".
        params: any of ``size`` (pixels, 64), ``frames`` (drawn from 8 to 24), ``taus`` (T,)
            positions in the movement instead, ``cyclic`` (True; False gives any number of
            cycles, and the figure may walk away), ``gaits`` (names to draw from), ``style``
            ("smooth" or "sprite"), ``flow_next`` (False), ``frames_only`` (False; True leaves
            ``inverse`` and ``labels`` out), and ``subject``, ``motion``: fields to override.
        seed: seed of the data set, >= 0.
        index: index of the sample, >= 0.

    Raises:
        ValueError: for an unknown parameter, field, gait or style.
    """
    return _Recipe(name, params, seed, index).sample(0)


def make_pair(
    name: str, params: Mapping[str, object], seed: int, index: int
) -> tuple[Sample, Sample]:
    """Two subjects with one movement and one set of times; the first is ``make``'s."""
    recipe = _Recipe(name, params, seed, index)
    return recipe.sample(0), recipe.sample(1)


class _Recipe:
    """The draws of one sample, in independent streams: overriding one leaves the others."""

    def __init__(self, name: str, params: Mapping[str, object], seed: int, index: int) -> None:
        unknown = set(params) - PARAMS
        if unknown:
            raise ValueError(
                f"figures: unknown parameters {sorted(unknown)}; known {sorted(PARAMS)}"
            )
        known: Mapping[str, Any] = params
        self.params = known
        self.cyclic = bool(known.get("cyclic", True))
        gaits = tuple(known.get("gaits", ()))
        if not set(gaits) <= set(GAITS):
            raise ValueError(f"figures: expected gaits of {sorted(GAITS)}, got {gaits}")
        streams = np.random.default_rng([seed, index]).spawn(6)
        self.taus = self._taus(streams[0])
        drawn = draw_figure_motion(streams[1], gaits, self.cyclic)
        self.motion = replace(drawn, **known.get("motion", {}))
        self.streams = (streams[2:4], streams[4:6])
        self.meta = SampleMeta(name, dict(params), seed, index, VERSION, {})

    def _taus(self, rng: Generator) -> Double:
        if "taus" in self.params:
            return np.asarray(self.params["taus"], dtype=np.float64)
        count = int(self.params.get("frames", rng.integers(8, 25)))
        return np.arange(count) / count

    def sample(self, who: int) -> Sample:
        build, noise = self.streams[who]
        drawn = draw_subject(build, str(self.params.get("style", "")))
        sample = render(
            replace(drawn, **self.params.get("subject", {})),
            self.motion,
            self.taus,
            int(self.params.get("size", 64)),
            noise,
            frames_only=bool(self.params.get("frames_only", False)),
        )
        following = sample.flow_next if self.params.get("flow_next", False) else None
        facts = {**sample.meta.subject, "of pair": who}
        meta = replace(self.meta, subject=facts)
        return replace(sample, cyclic=self.cyclic, meta=meta, flow_next=following)


def render(
    subject: FigureSubject,
    motion: FigureMotion,
    taus: Double,
    size: int,
    noise_rng: Generator,
    *,
    frames_only: bool = False,
) -> Sample:
    """The movement of anyone on the body of anyone, exactly.

    Args:
        subject: who moves.
        motion: how.
        taus: (T,) positions in the movement, increasing.
        size: side of the frames in pixels, a multiple of ``subject.sprite`` or cut off.
        noise_rng: randomness of the camera's noise.
        frames_only: leave ``inverse``, ``labels`` and ``flow_next`` out, which is faster.

    Returns:
        A sample of T frames (T, 3, size, size); ``displacement`` is always there.
    """
    coarse = -(-size // subject.sprite)
    skeleton = _Skeleton(subject, motion, taus, coarse)
    composed = compose(skeleton.layers(), coarse, 3, frames_only=frames_only)
    picture = _enlarge(composed, subject.sprite, size)
    noise = noise_rng.standard_normal(picture.clean.shape, dtype=np.float32)
    noisy = picture.clean + np.float32(subject.sigma) * noise
    facts = {f.name: getattr(part, f.name) for part in (subject, motion) for f in fields(part)}
    return Sample(
        frames=np.clip(noisy, 0.0, 1.0),
        clean=picture.clean,
        times=(taus - taus[0]) * motion.period,
        displacement=picture.displacement,
        inverse=picture.inverse,
        valid=picture.valid,
        labels=None if frames_only else picture.labels,
        label_names=LABELS,
        factors=skeleton.factors() * np.array([subject.sprite] * 2 + [1] * 10, dtype=np.float32),
        factor_names=FACTORS,
        cyclic=motion.travel == 0.0 and float(motion.cycles).is_integer(),
        meta=SampleMeta("figures", {}, 0, 0, VERSION, facts),
        flow_next=picture.flow_next,
        parts=_enlarged_parts(skeleton.parts(), subject.sprite),
    )


def _enlarged_parts(parts: Float, factor: int) -> Float:
    """Axes and centres (T, 10, 2, 3) when every pixel becomes a block of ``factor``."""
    grown = parts * np.float32(factor)
    grown[..., 2] += np.float32((factor - 1) / 2)
    return grown


def _enlarge(picture: Composition, factor: int, size: int) -> Composition:
    """Every pixel as a block of ``factor``; fields are constant in a block and grow with it."""
    if factor == 1:
        return picture

    def blocks(values: NDArray[Any]) -> NDArray[Any]:
        tall = values.repeat(factor, axis=-2)[..., :size, :]
        return tall.repeat(factor, axis=-1)[..., :size]

    def field(flow: Float | None) -> Float | None:
        return None if flow is None else blocks(flow) * np.float32(factor)

    return Composition(
        clean=blocks(picture.clean),
        displacement=blocks(picture.displacement) * np.float32(factor),
        inverse=field(picture.inverse),
        flow_next=field(picture.flow_next),
        valid=blocks(picture.valid),
        labels=blocks(picture.labels),
    )


@dataclass(frozen=True, slots=True)
class _Joint:
    """A place in the body: origin (T, 2) in pixels, world angle (T,) of the part that hangs."""

    origin: Double
    angle: Double

    def end(self, length: float) -> Double:
        """Where a part of ``length`` pixels that hangs here ends, (T, 2)."""
        return self.origin + length * np.stack([np.sin(self.angle), np.cos(self.angle)], 1)


class _Skeleton:
    """Joints of one subject in one movement at one picture size."""

    def __init__(
        self, subject: FigureSubject, motion: FigureMotion, taus: Double, size: int
    ) -> None:
        self.subject, self.motion, self.size = subject, motion, size
        self.pose: Pose = motion.pose(taus)
        self.root = self._root(taus)
        apart = subject.shoulder_width * size if self.pose.frontal else 0.0
        up = np.stack([np.sin(self.pose.lean), -np.cos(self.pose.lean)], 1)
        side = np.stack([np.cos(self.pose.lean), np.sin(self.pose.lean)], 1)
        self.neck = self.root + up * (subject.torso * size)
        shoulders = self.root + up * (0.90 * subject.torso * size)
        self.crown = self.neck + up * (0.85 * subject.head[1] * size)
        self.arms = (
            self._limb(shoulders + apart * side, self.pose.shoulders[0], self.pose.elbows[0], True),
            self._limb(shoulders - apart * side, self.pose.shoulders[1], self.pose.elbows[1], True),
        )
        hip = np.array([0.55 * apart, 0.0])
        self.legs = (
            self._limb(self.root + hip, self.pose.hips[0], self.pose.knees[0], False),
            self._limb(self.root - hip, self.pose.hips[1], self.pose.knees[1], False),
        )

    def _root(self, taus: Double) -> Double:
        """Hips so high that the lower foot stands on the ground, or ``lift`` above it."""
        subject, pose = self.subject, self.pose
        feet = [
            subject.thigh * np.cos(hip) + subject.shin * np.cos(hip + knee)
            for hip, knee in zip(pose.hips, pose.knees, strict=True)
        ]
        leg = subject.thigh + subject.shin
        height = np.maximum(feet[0], feet[1]) + pose.lift * leg
        x = subject.center + self.motion.travel * taus
        return np.stack([x, subject.ground - subject.leg_width - height], 1) * self.size

    def _limb(self, at: Double, first: Double, bend: Double, arm: bool) -> tuple[_Joint, _Joint]:
        subject = self.subject
        length = (subject.upper_arm if arm else subject.thigh) * self.size
        upper = _Joint(at, first - self.pose.lean if arm else first)
        return upper, _Joint(upper.end(length), upper.angle + bend)

    def layers(self) -> list[Layer]:
        """Background, far limbs, torso, head, near limbs."""
        subject = self.subject
        linear, origin = still(len(self.root))
        back = Layer(linear, origin, background(subject.backdrop, self.size), 0)
        far = [*self._leg(1, 9), *self._arm(1, 5)]
        near = [*self._leg(0, 7), *self._torso(), *self._arm(0, 3)]
        return [back, *far, *near]

    def _torso(self) -> list[Layer]:
        subject = self.subject
        shirt = (subject.looks.shirt, subject.looks.trousers)
        body = limb(subject, subject.torso, subject.torso_width, shirt, 0.88, self.size)
        face = head(subject, self.size, self.pose.frontal)
        lean = -self.pose.lean
        return [
            self._layer(_Joint(self.neck, lean), body, 2),
            self._layer(_Joint(self.crown, lean), face, 1),
        ]

    def _arm(self, side: int, label: int) -> list[Layer]:
        subject, (upper, lower) = self.subject, self.arms[side]
        cloth = (subject.looks.shirt, subject.looks.skin)
        width, covered = subject.arm_width, subject.looks.sleeve
        top = limb(subject, subject.upper_arm, width, cloth, min(2.0 * covered, 2.0), self.size)
        low = limb(subject, subject.forearm, width, cloth, 2.0 * covered - 1.0, self.size)
        return [self._layer(upper, top, label), self._layer(lower, low, label + 1)]

    def _leg(self, side: int, label: int) -> list[Layer]:
        subject, (upper, lower) = self.subject, self.legs[side]
        cloth, width = (subject.looks.trousers, subject.looks.shoes), subject.leg_width
        top = limb(subject, subject.thigh, width * 1.1, cloth, 2.0, self.size)
        low = limb(subject, subject.shin, width, cloth, 0.8, self.size)
        return [self._layer(upper, top, label), self._layer(lower, low, label + 1)]

    def _layer(self, joint: _Joint, paint: Paint, label: int) -> Layer:
        linear, origin = rigid(-joint.angle), joint.origin
        if self.motion.mirror:
            linear = np.array([[-1.0, 0.0], [0.0, 1.0]]) @ linear
            across = 2.0 * self.subject.center * self.size - origin[:, 0]
            origin = np.stack([across, origin[:, 1]], 1)
        return Layer(linear, origin, paint, label)

    def parts(self) -> Float:
        """(T, 10, 2, 3) axes and centres in the order of ``LABELS``; see ``Sample.parts``."""
        subject, size = self.subject, self.size
        lengths = (0.0, subject.torso, *([subject.upper_arm, subject.forearm] * 2),
                   *([subject.thigh, subject.shin] * 2))  # fmt: skip
        body = (subject.torso + subject.thigh + subject.shin) * size
        placed = sorted(self.layers()[1:], key=lambda layer: layer.label)
        found = []
        for layer, length in zip(placed, lengths, strict=True):
            along = layer.linear[:, :, 1]
            centre = layer.origin + along * (0.5 * length * size)
            # Turned, not mirrored: which side of a body is seen cannot be told from a limb.
            across = np.stack([along[:, 1], -along[:, 0]], 1)
            found.append(np.stack([across * body, along * body, centre], -1))
        return np.stack(found, 1).astype(np.float32)

    def factors(self) -> Float:
        """(T, 12) in the order of ``FACTORS``."""
        pose = self.pose
        joints = (*pose.shoulders, *pose.elbows, *pose.hips, *pose.knees)
        columns = (self.root[:, 0], self.root[:, 1], pose.lean, *joints, pose.lift)
        return np.stack(columns, axis=1).astype(np.float32)
