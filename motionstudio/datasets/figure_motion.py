"""How figures move: joint angles of gaits over one cycle, the same for every subject."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Double = NDArray[np.float64]
Generator = np.random.Generator


@dataclass(frozen=True, slots=True)
class FigureMotion:
    """One movement, relative to any body.

    Attributes:
        gait: key of ``GAITS``.
        amplitude: factor of all angles that oscillate, about 1.
        arms: factor of the arms' angles, about 1.
        lean: constant lean of the torso in radians.
        cycles: cycles of the gait over tau from 0 to 1.
        phase: where the cycle starts, in [0, 1).
        mirror: whether the figure faces left.
        travel: way that the root goes per unit of tau, fraction of the side; 0 stays in place.
        period: seconds per unit of tau.
    """

    gait: str
    amplitude: float
    arms: float
    lean: float
    cycles: float
    phase: float
    mirror: bool
    travel: float
    period: float

    def pose(self, taus: Double) -> Pose:
        """The pose at ``taus`` (T,)."""
        return GAITS[self.gait](2.0 * np.pi * (self.cycles * taus + self.phase), self)


@dataclass(frozen=True, slots=True)
class Pose:
    """Joint angles (T,) in radians; 0 hangs down, positive swings forward (to the right).

    Attributes:
        lean: torso forward.
        shoulders: upper arms, near and far, against the torso's own axis.
        elbows: forearms against upper arms.
        hips: thighs, near and far, against the vertical.
        knees: shins against thighs.
        lift: height of the lower foot above the ground in lengths of a leg, >= 0.
        frontal: seen from the front, so that shoulders and hips lie side by side.
    """

    lean: Double
    shoulders: tuple[Double, Double]
    elbows: tuple[Double, Double]
    hips: tuple[Double, Double]
    knees: tuple[Double, Double]
    lift: Double
    frontal: bool = False


def draw_figure_motion(
    rng: Generator, gaits: tuple[str, ...] = (), cyclic: bool = True
) -> FigureMotion:
    """A movement out of ``gaits``, or of all where that is empty; ``cyclic`` stays in place."""
    names = gaits or tuple(GAITS)
    gait = str(names[int(rng.integers(len(names)))])
    return FigureMotion(
        gait=gait,
        amplitude=float(rng.uniform(0.7, 1.25)),
        arms=float(rng.uniform(0.6, 1.3)),
        lean=float(rng.normal(0.0, 0.06)),
        cycles=1.0 if cyclic else float(rng.uniform(0.7, 1.6)),
        phase=float(rng.random()),
        mirror=bool(rng.random() < 0.5),
        travel=0.0 if cyclic else float(rng.uniform(0.0, 0.25)),
        period=float(rng.uniform(0.6, 1.4)),
    )


def _bent(phase: Double) -> Double:
    """Half a cycle of smooth bending, 0 in the other half."""
    return np.asarray(np.maximum(np.sin(phase), 0.0) ** 1.5)


def _walk(phase: Double, motion: FigureMotion) -> Pose:
    swing, arm = 0.5 * motion.amplitude, 0.5 * motion.amplitude * motion.arms
    bend = 0.7 * motion.amplitude
    forward = np.sin(phase)
    return Pose(
        lean=motion.lean + 0.03 * np.sin(2.0 * phase),
        shoulders=(-arm * forward, arm * forward),
        elbows=(0.3 - 0.25 * arm * forward, 0.3 + 0.25 * arm * forward),
        hips=(swing * forward, -swing * forward),
        knees=(-bend * _bent(phase + 0.5 * np.pi), -bend * _bent(phase - 0.5 * np.pi)),
        lift=np.zeros_like(phase),
    )


def _run(phase: Double, motion: FigureMotion) -> Pose:
    swing, arm = 0.8 * motion.amplitude, 0.8 * motion.amplitude * motion.arms
    bend = 1.5 * motion.amplitude
    forward = np.sin(phase)
    return Pose(
        lean=motion.lean + 0.2 + 0.05 * np.sin(2.0 * phase),
        shoulders=(-arm * forward, arm * forward),
        elbows=(1.3 - 0.3 * forward, 1.3 + 0.3 * forward),
        hips=(0.15 + swing * forward, 0.15 - swing * forward),
        knees=(
            -0.15 - bend * _bent(phase + 0.6 * np.pi),
            -0.15 - bend * _bent(phase - 0.4 * np.pi),
        ),
        lift=0.12 * motion.amplitude * np.cos(phase) ** 2,
    )


def _wave(phase: Double, motion: FigureMotion) -> Pose:
    still = np.zeros_like(phase)
    swing = np.sin(phase)
    return Pose(
        lean=motion.lean + 0.04 * swing,
        shoulders=(1.9 + 0.4 * motion.arms + 0.25 * motion.amplitude * swing, -0.2 + still),
        elbows=(0.5 + 0.75 * motion.amplitude * swing, -0.1 + 0.05 * swing),
        hips=(0.12 - 0.04 * swing, -0.12 - 0.04 * swing),
        knees=(still, still),
        lift=still,
        frontal=True,
    )


def _crouched(depth: Double, motion: FigureMotion, arms: Double, lift: Double) -> Pose:
    """Both knees bent by ``depth`` in [0, 1], feet below the hips."""
    thigh = 1.1 * motion.amplitude * depth
    return Pose(
        lean=motion.lean + 0.45 * depth,
        shoulders=(arms, arms - 0.15),
        elbows=(0.2 + 0.3 * depth, 0.3 + 0.3 * depth),
        hips=(thigh + 0.04, thigh - 0.06),
        knees=(-2.0 * thigh, -1.95 * thigh),
        lift=lift,
    )


def _squat(phase: Double, motion: FigureMotion) -> Pose:
    depth = 0.5 - 0.5 * np.cos(phase)
    return _crouched(depth, motion, 1.4 * motion.arms * depth, np.zeros_like(phase))


def _jump(phase: Double, motion: FigureMotion) -> Pose:
    air = np.maximum(np.sin(phase), 0.0)
    depth = 0.75 * _bent(phase + np.pi) + 0.25 * air
    arms = motion.arms * (1.2 * air - 0.9 * _bent(phase + np.pi))
    return _crouched(depth, motion, arms, 0.40 * motion.amplitude * air)


def _kick(phase: Double, motion: FigureMotion) -> Pose:
    strike = np.exp(3.0 * (np.cos(phase - 2.2) - 1.0))
    back = np.exp(3.0 * (np.cos(phase - 0.8) - 1.0))
    leg = motion.amplitude * (1.35 * strike - 0.6 * back)
    return Pose(
        lean=motion.lean - 0.25 * strike + 0.1 * back,
        shoulders=(-0.7 * motion.arms * strike, 0.8 * motion.arms * strike - 0.2),
        elbows=(0.5 + 0.0 * leg, 0.5 + 0.3 * strike),
        hips=(leg, -0.08 + 0.05 * strike),
        knees=(-1.1 * back, -0.08 - 0.1 * back),
        lift=np.zeros_like(phase),
    )


def _jumping_jack(phase: Double, motion: FigureMotion) -> Pose:
    spread = 0.5 - 0.5 * np.cos(phase)
    arm = 0.2 + 2.4 * np.clip(motion.arms, 0.0, 1.1) * spread
    leg = 0.06 + 0.42 * motion.amplitude * spread
    still = np.zeros_like(phase)
    return Pose(
        lean=motion.lean + still,
        shoulders=(arm, -arm),
        elbows=(0.15 * spread, -0.15 * spread),
        hips=(leg, -leg),
        knees=(still, still),
        lift=0.12 * motion.amplitude * np.sin(phase) ** 2,
        frontal=True,
    )


GAITS: Mapping[str, Callable[[Double, FigureMotion], Pose]] = {
    "walk": _walk,
    "run": _run,
    "wave": _wave,
    "jump": _jump,
    "squat": _squat,
    "kick": _kick,
    "jumping jack": _jumping_jack,
}
