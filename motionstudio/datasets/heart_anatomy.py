"""What a subject of the heart phantom is built like; lengths are fractions of the picture side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Generator = np.random.Generator


@dataclass(frozen=True, slots=True)
class Blob:
    """A round structure: offset from the heart's centre, radius, brightness in [0, 1]."""

    x: float
    y: float
    radius: float
    value: float


@dataclass(frozen=True, slots=True)
class Torso:
    """What surrounds the heart.

    Attributes:
        offset: (x, y) of the rib cage's centre from the heart's centre.
        radii: half axes of the rib cage's inner outline.
        tilt: its rotation in radians.
        muscle: thickness of the chest wall's muscle.
        fat: thickness of the fat below the skin.
        liver: offset and radius of the liver's dome, brightness in [0, 1].
        vessels: aorta, vessels of the lung and the liver.
        pericardial_fat: thickness of the fat on the heart, 0 for none.
        fat_angle: where it is thickest, radians.
    """

    offset: tuple[float, float]
    radii: tuple[float, float]
    tilt: float
    muscle: float
    fat: float
    liver: Blob
    vessels: tuple[Blob, ...]
    pericardial_fat: float
    fat_angle: float


@dataclass(frozen=True, slots=True)
class Anatomy:
    """A heart at the start of the beat. Angles in radians, x to the right, y down.

    Attributes:
        center: (x, y) of the left ventricle, fraction of the side.
        endocardium: radius of the cavity.
        epicardium: outer radius of the left ventricle's wall.
        aspect: half axes are radius times and by its root's value, area kept.
        angle: direction of the long half axis.
        triangle: strength of the three-cornered shape in [0, 0.05], area kept.
        triangle_phase: its direction.
        rv_angle: direction of the right ventricle.
        rv_offset: distance of the disk whose crescent is the right ventricle.
        rv_radius: radius of that disk; 0 where the slice shows no right ventricle.
        rv_wall: thickness of its free wall.
        papillary: papillary muscles: polar radius / endocardium, angle, radius / endocardium.
        trabeculae: roughness of the endocardium's picture in [0, 1].
        torso: what surrounds the heart.
        texture_seed: seed of all its textures.
        texture_scale: correlation length of the tissue's texture, fraction of the side.
    """

    center: tuple[float, float]
    endocardium: float
    epicardium: float
    aspect: float
    angle: float
    triangle: float
    triangle_phase: float
    rv_angle: float
    rv_offset: float
    rv_radius: float
    rv_wall: float
    papillary: tuple[tuple[float, float, float], ...]
    trabeculae: float
    torso: Torso
    texture_seed: int
    texture_scale: float


def draw_anatomy(rng: Generator) -> Anatomy:
    """A subject from the whole variety of the phantom."""
    outer = float(rng.uniform(0.14, 0.30))
    inner = outer * float(rng.uniform(0.52, 0.80))
    rv_angle = float(rng.normal(np.pi, 0.6)) if rng.random() < 0.8 else _angle(rng)
    offset, radius = _right_ventricle(outer, rng)
    return Anatomy(
        center=(0.5 + float(rng.uniform(-0.094, 0.094)), 0.5 + float(rng.uniform(-0.094, 0.094))),
        endocardium=inner,
        epicardium=outer,
        aspect=float(rng.uniform(1.0, 1.28)),
        angle=_angle(rng),
        triangle=float(rng.uniform(0.0, 0.04)),
        triangle_phase=_angle(rng),
        rv_angle=rv_angle,
        rv_offset=offset,
        rv_radius=radius,
        rv_wall=float(rng.uniform(0.006, 0.020)),
        papillary=_papillary(rv_angle, rng),
        trabeculae=float(rng.uniform(0.0, 1.0)),
        torso=_torso(outer, rv_angle, rng),
        texture_seed=int(rng.integers(2**31)),
        texture_scale=float(rng.uniform(0.010, 0.024)),
    )


def _angle(rng: Generator) -> float:
    return float(rng.uniform(-np.pi, np.pi))


def _right_ventricle(outer: float, rng: Generator) -> tuple[float, float]:
    offset = outer * float(rng.uniform(0.50, 1.05))
    radius = outer * float(rng.uniform(0.88, 1.20))
    if rng.random() < 0.06:
        return offset, 0.0
    reach = 0.60 / (offset + radius)
    return (offset, radius) if reach >= 1.0 else (offset * reach, radius * reach)


def _papillary(rv_angle: float, rng: Generator) -> tuple[tuple[float, float, float], ...]:
    count = int(rng.choice([0, 1, 2, 2, 2, 3]))
    spread = np.linspace(-1.0, 1.0, count) if count > 1 else np.zeros(count)
    return tuple(
        (
            float(rng.uniform(0.62, 0.92)),
            rv_angle + np.pi + 1.1 * float(side) + float(rng.normal(0.0, 0.25)),
            float(rng.uniform(0.10, 0.22)),
        )
        for side in spread
    )


def _torso(outer: float, rv_angle: float, rng: Generator) -> Torso:
    turn = rv_angle - np.pi
    across = float(rng.uniform(0.36, 0.62))
    liver_angle = turn + float(rng.uniform(0.55, 0.95)) * np.pi
    reach = float(rng.uniform(1.7, 2.6)) * outer
    liver_radius = float(rng.uniform(0.22, 0.45))
    return Torso(
        offset=(0.10 * float(rng.normal()), float(rng.uniform(-0.02, 0.22))),
        radii=(across * float(rng.uniform(1.0, 1.7)), across),
        tilt=turn * 0.5 + float(rng.normal(0.0, 0.25)),
        muscle=float(rng.uniform(0.02, 0.10)),
        fat=float(rng.uniform(0.015, 0.09)),
        liver=Blob(
            (reach + liver_radius * 0.6) * float(np.cos(liver_angle)),
            (reach + liver_radius * 0.6) * float(np.sin(liver_angle)),
            liver_radius if rng.random() < 0.8 else 0.0,
            float(rng.uniform(0.25, 0.5)),
        ),
        vessels=_vessels(outer, turn, rng),
        pericardial_fat=float(rng.uniform(0.0, 0.035)),
        fat_angle=rv_angle + float(rng.normal(0.0, 0.8)),
    )


def _vessels(outer: float, turn: float, rng: Generator) -> tuple[Blob, ...]:
    blobs = []
    if rng.random() < 0.7:
        angle = turn + float(rng.uniform(0.35, 0.7)) * np.pi
        reach = outer * float(rng.uniform(1.35, 1.9))
        blobs.append(
            Blob(
                reach * float(np.cos(angle)),
                reach * float(np.sin(angle)),
                float(rng.uniform(0.028, 0.055)),
                float(rng.uniform(0.55, 0.95)),
            )
        )
    for _ in range(int(rng.integers(3, 16))):
        angle, reach = _angle(rng), outer * 1.25 + float(rng.uniform(0.02, 0.45))
        blobs.append(
            Blob(
                reach * float(np.cos(angle)),
                reach * float(np.sin(angle)),
                float(rng.uniform(0.005, 0.016)),
                float(rng.uniform(0.15, 0.9)),
            )
        )
    return tuple(blobs)
