"""How the heart phantom moves: exact maps between the start of the beat and any moment.

A material point goes through three maps: contraction, twist and the right ventricle's own motion
in polar coordinates of the left ventricle; a swing of the heart in the chest; a rigid motion of
the whole picture. At tau = 0 all are the identity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motionstudio.datasets.heart_anatomy import Anatomy

Float = NDArray[np.float32]
Double = NDArray[np.float64]
Generator = np.random.Generator

_REACH = 0.15  # decay length of the outward motion, fraction of the side
_NEWTON_STEPS = 6
_SWING_STEPS = 5
_ANGLE_STEPS = 5


@dataclass(frozen=True, slots=True)
class HeartMotion:
    """A beat, relative to any anatomy. Lengths are fractions of the side, angles radians.

    Attributes:
        contraction: fraction by which the endocardial radius shrinks, 0.08 to 0.45.
        knots: (tau, activation) through which the activation runs, from (0, 0) to (1, 0).
        twist: rotation of the endocardium at full activation.
        twist_lag: delay of the twist, fraction of the beat.
        rv_contraction: motion of the right ventricle's free wall over its depth.
        defect: fraction of the contraction missing in a sector, 0 for a healthy heart.
        defect_angle: middle of the sector, from the direction of the right ventricle.
        defect_width: half width of the sector.
        swing: (x, y) by which the heart moves in the chest at full activation.
        shift: (x, y) amplitude of the motion of the whole picture.
        rotation: amplitude of its rotation.
        breath: cycles of that motion per beat, an integer for a closed period.
        breath_phase: its phase.
        period: seconds per beat.
    """

    contraction: float
    knots: tuple[tuple[float, float], ...]
    twist: float
    twist_lag: float
    rv_contraction: float
    defect: float
    defect_angle: float
    defect_width: float
    swing: tuple[float, float]
    shift: tuple[float, float]
    rotation: float
    breath: float
    breath_phase: float
    period: float

    def activation(self, taus: Double) -> Double:
        """Activation in [0, 1] at ``taus`` (T,), periodic with 1 and C1."""
        phase = np.mod(taus, 1.0)
        at, value = np.array(self.knots).T
        i = np.clip(np.searchsorted(at, phase, side="right") - 1, 0, len(at) - 2)
        x = (phase - at[i]) / (at[i + 1] - at[i])
        ease = 0.5 - 0.5 * np.cos(np.pi * x)
        return np.asarray(value[i] + (value[i + 1] - value[i]) * ease)

    def states(self, taus: Double) -> States:
        """What moves at each of ``taus`` (T,), as (T, 1, 1) float32."""
        active = self.activation(taus)
        lag = np.array([-self.twist_lag])
        turn = self.activation(taus + lag) - self.activation(lag)
        swing = 2.0 * np.pi * self.breath * taus + self.breath_phase
        breath = np.sin(swing) - np.sin(self.breath_phase)
        return States(_column(active), _column(self.twist * turn), _column(breath))


@dataclass(frozen=True, slots=True)
class States:
    """Activation, twist angle and breath at each moment, (T, 1, 1) float32 each."""

    active: Float
    twist: Float
    breath: Float

    def at(self, part: slice) -> States:
        """The moments of ``part``."""
        return States(self.active[part], self.twist[part], self.breath[part])


def draw_motion(rng: Generator, cyclic: bool = True) -> HeartMotion:
    """A beat from the whole variety of the phantom; ``cyclic`` closes the bulk motion."""
    peak = float(rng.uniform(0.28, 0.45))
    direction = float(rng.uniform(-np.pi, np.pi))
    swing = float(rng.uniform(0.0, 0.022))
    shift = rng.uniform(-1.0, 1.0, 2) * rng.choice([0.0, 0.002, 0.005, 0.010, 0.018])
    diseased = rng.random() < 0.25
    return HeartMotion(
        contraction=float(rng.uniform(0.08, 0.45)),
        knots=_knots(peak, rng),
        twist=float(rng.uniform(-0.25, 0.25)),
        twist_lag=float(rng.uniform(0.0, 0.06)),
        rv_contraction=float(rng.uniform(0.05, 0.32)),
        defect=float(rng.uniform(0.4, 0.9)) if diseased else 0.0,
        defect_angle=float(rng.uniform(-np.pi, np.pi)),
        defect_width=float(rng.uniform(0.45, 1.1)),
        swing=(swing * float(np.cos(direction)), swing * float(np.sin(direction))),
        shift=(float(shift[0]), float(shift[1])),
        rotation=float(rng.normal(0.0, 0.008)),
        breath=1.0 if cyclic else float(rng.uniform(0.2, 0.45)),
        breath_phase=float(rng.uniform(-np.pi, np.pi)),
        period=float(rng.uniform(0.55, 1.2)),
    )


def _knots(peak: float, rng: Generator) -> tuple[tuple[float, float], ...]:
    """Smooth relaxation, or early filling, a plateau and the kick of the atrium."""
    if rng.random() < 0.35:
        return ((0.0, 0.0), (peak, 1.0), (1.0, 0.0))
    filled = peak + float(rng.uniform(0.18, 0.30))
    level = float(rng.uniform(0.10, 0.35))
    kick = float(rng.uniform(max(filled + 0.06, 0.72), 0.88))
    plateau = level * float(rng.uniform(0.75, 1.0))
    return ((0.0, 0.0), (peak, 1.0), (filled, level), (kick, plateau), (1.0, 0.0))


def _column(values: Double) -> Float:
    return values.astype(np.float32)[:, None, None]


@dataclass(frozen=True, slots=True)
class Polar:
    """Points in the left ventricle's own polar coordinates: radius in pixels, angle."""

    radius: Float
    angle: Float


class Kinematics:
    """Maps of one motion on one anatomy at one picture size; all lengths in pixels."""

    def __init__(self, anatomy: Anatomy, motion: HeartMotion, size: int) -> None:
        self.size = float(size)
        self.anatomy = anatomy
        self.motion = motion
        self.center = (anatomy.center[0] * size, anatomy.center[1] * size)
        self.inner = anatomy.endocardium * size
        self.outer = anatomy.epicardium * size
        self.reach = _REACH * size
        depth = anatomy.rv_offset + anatomy.rv_radius - anatomy.epicardium
        self.rv_depth = max(depth, 0.08) * size
        self.rv_amount = motion.rv_contraction * self.rv_depth if anatomy.rv_radius > 0 else 0.0
        self.swing_width = size * (anatomy.epicardium * anatomy.aspect + 0.14)
        cos, sin, root = np.cos(anatomy.angle), np.sin(anatomy.angle), np.sqrt(anatomy.aspect)
        turn = np.array([[cos, -sin], [sin, cos]])
        self._to_picture = (turn @ np.diag([root, 1.0 / root]) @ turn.T).astype(np.float32)
        self._to_heart = np.linalg.inv(self._to_picture).astype(np.float32)

    def to_material(self, x: Float, y: Float, state: States) -> Polar:
        """Material coordinates of what lies at pixel (x, y) at the moments of ``state``."""
        x, y = self._rigid(x, y, state, -1.0)
        x, y = self._unswing(x, y, state)
        return self._relax(self._polar(x, y), state)

    def to_picture(self, point: Polar, state: States) -> tuple[Float, Float]:
        """Pixel position of material ``point`` at the moments of ``state``."""
        x, y = self.place(self._contract(point, state))
        weight = self._swing_weight(x, y) * state.active
        swing = self.motion.swing
        x = x + np.float32(swing[0] * self.size) * weight
        y = y + np.float32(swing[1] * self.size) * weight
        return self._rigid(x, y, state, 1.0)

    def rest(self, x: Float, y: Float) -> Polar:
        """Material coordinates of pixel (x, y) at the start of the beat."""
        return self._polar(x, y)

    def place(self, point: Polar) -> tuple[Float, Float]:
        """Pixel position of ``point`` at the start of the beat."""
        k, phase = np.float32(self.anatomy.triangle), np.float32(self.anatomy.triangle_phase)
        angle = point.angle + k * np.sin(3.0 * point.angle + phase)
        radius = point.radius / np.sqrt(1.0 + 3.0 * k * np.cos(3.0 * point.angle + phase))
        u, v = radius * np.cos(angle), radius * np.sin(angle)
        m = self._to_picture
        x = m[0, 0] * u + m[0, 1] * v + np.float32(self.center[0])
        y = m[1, 0] * u + m[1, 1] * v + np.float32(self.center[1])
        return x, y

    def radii(self, state: States) -> tuple[Float, Float]:
        """Endocardial and epicardial radius without defect at each moment, (T, 1, 1) pixels."""
        inner = self.inner * (1.0 - self.motion.contraction * state.active)
        outer = np.sqrt(self.outer**2 + inner**2 - self.inner**2)
        return inner.astype(np.float32), outer.astype(np.float32)

    def _polar(self, x: Float, y: Float) -> Polar:
        x, y = x - np.float32(self.center[0]), y - np.float32(self.center[1])
        m = self._to_heart
        u, v = m[0, 0] * x + m[0, 1] * y, m[1, 0] * x + m[1, 1] * y
        k, phase = np.float32(self.anatomy.triangle), np.float32(self.anatomy.triangle_phase)
        seen = np.arctan2(v, u)
        angle = seen
        for _ in range(_ANGLE_STEPS):
            angle = seen - k * np.sin(3.0 * angle + phase)
        radius = np.sqrt((u * u + v * v) * (1.0 + 3.0 * k * np.cos(3.0 * angle + phase)))
        return Polar(radius, angle)

    def _rigid(self, x: Float, y: Float, state: States, sign: float) -> tuple[Float, Float]:
        middle = np.float32(0.5 * (self.size - 1.0))
        angle = np.float32(self.motion.rotation) * state.breath
        cos, sin = np.cos(angle), np.float32(sign) * np.sin(angle)
        dx = np.float32(self.motion.shift[0] * self.size) * state.breath
        dy = np.float32(self.motion.shift[1] * self.size) * state.breath
        if sign < 0:
            x, y = x - middle - dx, y - middle - dy
            return cos * x - sin * y + middle, sin * x + cos * y + middle
        x, y = x - middle, y - middle
        return cos * x - sin * y + middle + dx, sin * x + cos * y + middle + dy

    def _swing_weight(self, x: Float, y: Float) -> Float:
        """1 in the heart, falling to 0 in the chest: the heart swings as a whole."""
        x, y = x - np.float32(self.center[0]), y - np.float32(self.center[1])
        square = (x * x + y * y) * np.float32(1.0 / self.swing_width**2)
        return 1.0 / (1.0 + square * square * square)

    def _unswing(self, x: Float, y: Float, state: States) -> tuple[Float, Float]:
        dx = np.float32(self.motion.swing[0] * self.size) * state.active
        dy = np.float32(self.motion.swing[1] * self.size) * state.active
        px, py = x, y
        for _ in range(_SWING_STEPS):
            weight = self._swing_weight(px, py)
            px, py = x - dx * weight, y - dy * weight
        return px, py

    def _boundaries(self, angle: Float, state: States) -> tuple[Float, Float]:
        """Endocardial and epicardial radius now, at a material angle."""
        if self.motion.defect == 0.0:
            return self.radii(state)
        middle = self.anatomy.rv_angle + self.motion.defect_angle
        sharp = np.float32(2.0 / self.motion.defect_width**2)
        sector = np.exp(sharp * (np.cos(angle - np.float32(middle)) - 1.0))
        strength = np.float32(self.motion.contraction) * state.active
        inner = self.inner * (1.0 - strength * (1.0 - np.float32(self.motion.defect) * sector))
        inner = inner.astype(np.float32, copy=False)
        outer = np.sqrt(np.float32(self.outer**2 - self.inner**2) + inner * inner)
        return inner, outer

    def _twist_weight(self, radius: Float) -> Float:
        wall = (radius - np.float32(self.inner)) * np.float32(0.7 / (self.outer - self.inner))
        inside = 1.0 - np.clip(wall, 0.0, 0.7)
        beyond = np.maximum(radius - np.float32(self.outer), 0.0)
        decay: Float = np.exp(beyond * np.float32(-1.0 / self.reach))
        weight: Float = inside * decay
        return weight

    def _rv_push(self, angle: Float, state: States) -> Float | None:
        """How far the right ventricle's free wall moves inward, by material angle."""
        if self.rv_amount == 0.0:
            return None
        window: Float = np.exp(2.0 * (np.cos(angle - np.float32(self.anatomy.rv_angle)) - 1.0))
        push: Float = np.float32(self.rv_amount) * state.active * window
        return push

    def _outside(self, radius: Float, shift: Float, push: Float | None) -> tuple[Float, Float]:
        """Where material beyond the epicardium goes, and the derivative by its radius."""
        beyond = np.maximum(radius - np.float32(self.outer), 0.0)
        pull = shift * np.exp(beyond * np.float32(-1.0 / self.reach))
        now, slope = radius + pull, 1.0 - pull * np.float32(1.0 / self.reach)
        if push is not None:
            deep = beyond * np.float32(1.0 / self.rv_depth)
            wave = push * deep * np.exp(2.0 - 2.0 * deep)
            now -= wave * deep
            slope -= wave * (1.0 - deep) * np.float32(2.0 / self.rv_depth)
        return now, slope

    def _contract(self, point: Polar, state: States) -> Polar:
        radius, angle = point.radius, point.angle
        inner, outer = self._boundaries(angle, state)
        cavity = radius * (inner * np.float32(1.0 / self.inner))
        square = radius * radius + (inner * inner - np.float32(self.inner**2))
        wall = np.sqrt(np.maximum(square, 0.0))
        shift, push = outer - np.float32(self.outer), self._rv_push(angle, state)
        beyond, _ = self._outside(radius, shift, push)
        now = np.where(radius < self.inner, cavity, np.where(radius < self.outer, wall, beyond))
        return Polar(now, angle + state.twist * self._twist_weight(radius))

    def _relax(self, point: Polar, state: States) -> Polar:
        """Inverse of ``_contract``: Newton outside, closed form inside, alternating with twist."""
        now, seen = point.radius, point.angle
        radius = now
        for step in range(_NEWTON_STEPS):
            angle = seen - state.twist * self._twist_weight(radius)
            inner, outer = self._boundaries(angle, state)
            shift = outer - np.float32(self.outer)
            if step == 0:
                radius = np.maximum(now - shift, np.float32(self.outer))
            ahead, slope = self._outside(radius, shift, self._rv_push(angle, state))
            beyond = np.maximum(radius - (ahead - now) / slope, np.float32(self.outer))
            square = now * now + (np.float32(self.inner**2) - inner * inner)
            wall = np.sqrt(np.maximum(square, 0.0))
            cavity = now * (np.float32(self.inner) / inner)
            radius = np.where(now < inner, cavity, np.where(now < outer, wall, beyond))
        return Polar(radius, seen - state.twist * self._twist_weight(radius))
