"""How the heart phantom looks: intensities, the painted picture at rest, and what scanners add."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motionstudio.datasets.fields import bilinear, coverage, over, texture_pair
from motionstudio.datasets.heart_anatomy import Anatomy
from motionstudio.datasets.heart_motion import Kinematics, Polar, States

Float = NDArray[np.float32]
Generator = np.random.Generator

OVERSAMPLING = 2  # pixels of the rest picture per pixel of a frame
MARGIN = 0.10  # rest picture beyond each border, fraction of the side: bulk motion looks there


@dataclass(frozen=True, slots=True)
class Appearance:
    """Contrast and disturbances of one sequence; intensities in [0, 1].

    Attributes:
        blood, muscle, fat, chest, lung: brightness of the tissues.
        gamma: exponent of the contrast curve.
        gain: factor of the brightness.
        softness: width of edges in pixels of a frame.
        texture: deviation of the texture that moves with the tissue.
        speckle: share of the texture that multiplies, as in ultrasound, in [0, 1].
        through_plane: deviation of the texture that changes while tissue passes the slice.
        drift: relative change of brightness over the sequence.
        bias: amplitudes of the coil's slow shading, (x, y, xy).
        sigma: deviation of the Rician noise.
        noise_smooth: whether the noise is correlated between neighbours.
        tag_period: distance of the tag grid's lines in pixels, 0 for none.
        tag_depth: how dark the lines are in [0, 1].
    """

    blood: float
    muscle: float
    fat: float
    chest: float
    lung: float
    gamma: float
    gain: float
    softness: float
    texture: float
    speckle: float
    through_plane: float
    drift: float
    bias: tuple[float, float, float]
    sigma: float
    noise_smooth: bool
    tag_period: float
    tag_depth: float


def draw_appearance(rng: Generator) -> Appearance:
    """A contrast from the whole variety: mostly bright blood, few dark blood or ultrasound."""
    blood, muscle, fat, chest, lung, speckle = _contrast(rng)
    tagged = rng.random() < 0.06
    bias = rng.normal(0.0, 0.18, 3)
    return Appearance(
        blood=blood,
        muscle=muscle,
        fat=fat,
        chest=chest,
        lung=lung,
        gamma=float(np.exp(rng.normal(0.0, 0.22))),
        gain=float(rng.uniform(0.75, 1.1)),
        softness=float(rng.uniform(0.9, 3.2)),
        texture=float(rng.uniform(0.02, 0.11)),
        speckle=speckle,
        through_plane=float(rng.uniform(0.0, 0.07)),
        drift=float(rng.uniform(-0.08, 0.08)),
        bias=(float(bias[0]), float(bias[1]), float(bias[2])),
        sigma=float(rng.uniform(0.01, 0.04)),
        noise_smooth=bool(rng.random() < 0.5),
        tag_period=float(rng.uniform(5.0, 9.0)) if tagged else 0.0,
        tag_depth=float(rng.uniform(0.4, 0.8)),
    )


def _contrast(rng: Generator) -> tuple[float, float, float, float, float, float]:
    kind = rng.random()
    lung = float(rng.uniform(0.02, 0.14) if rng.random() < 0.85 else rng.uniform(0.15, 0.35))
    if kind < 0.93:
        blood = float(rng.uniform(0.55, 0.95))
        muscle = blood * float(rng.uniform(0.22, 0.55))
        fat, chest = float(rng.uniform(0.5, 1.0)), float(rng.uniform(0.15, 0.45))
        return blood, muscle, fat, chest, lung, 0.0
    if kind < 0.97:
        muscle = float(rng.uniform(0.35, 0.6))
        return float(rng.uniform(0.02, 0.1)), muscle, 0.9, 0.4, lung, 0.0
    muscle = float(rng.uniform(0.4, 0.7))
    return float(rng.uniform(0.03, 0.1)), muscle, 0.7, 0.35, 0.2, float(rng.uniform(0.5, 1.0))


@dataclass(frozen=True, slots=True)
class RestPicture:
    """The picture of the material at the start of the beat, wider than a frame.

    Attributes:
        values: (N, N) float32 in [0, 1], ``OVERSAMPLING`` pixels per pixel of a frame.
        margin: pixels of a frame beyond each of its borders.
    """

    values: Float
    margin: float

    def sample(self, x: Float, y: Float) -> Float:
        """Brightness at frame coordinates (x, y) of the start of the beat."""
        scale, shift = np.float32(OVERSAMPLING), np.float32(self.margin)
        return bilinear(self.values, (x + shift) * scale, (y + shift) * scale)


def paint_rest(kinematics: Kinematics, look: Appearance) -> RestPicture:
    """Paint the material of a subject; every texture follows from the anatomy's seed."""
    size = int(kinematics.size)
    margin = round(MARGIN * size)
    count = OVERSAMPLING * (size + 2 * margin)
    axis = np.arange(count, dtype=np.float32) / np.float32(OVERSAMPLING) - np.float32(margin)
    x: Float = axis[None, :]
    y: Float = axis[:, None]
    rng = np.random.default_rng(kinematics.anatomy.texture_seed)
    scale = kinematics.anatomy.texture_scale * size * OVERSAMPLING
    fine, grain = texture_pair(count, scale, rng)
    broad, wave = texture_pair(count, 4.0 * scale, rng)
    canvas = np.full((count, count), np.float32(look.lung), dtype=np.float32)
    _paint_chest(canvas, x, y, kinematics, look, wave)
    _paint_heart(canvas, x, y, kinematics, look, (fine, broad))
    mixed = np.float32(look.texture) * (0.7 * grain + 0.3 * broad + 0.5 * fine)
    canvas += mixed * (np.float32(0.35) + canvas) * np.float32(1.0 - look.speckle)
    if look.speckle > 0.0:
        canvas *= 1.0 + np.float32(look.speckle) * (fine * fine - 1.0) * np.float32(0.55)
    if look.tag_period > 0.0:
        _paint_tags(canvas, x, y, look)
    canvas = np.float32(look.gain) * np.clip(canvas, 0.0, 1.2) ** np.float32(look.gamma)
    return RestPicture(np.clip(canvas, 0.0, 1.0), float(margin))


def _paint_chest(
    canvas: Float, x: Float, y: Float, kinematics: Kinematics, look: Appearance, wave: Float
) -> None:
    torso, size = kinematics.anatomy.torso, kinematics.size
    dx = x - np.float32(kinematics.center[0] + torso.offset[0] * size)
    dy = y - np.float32(kinematics.center[1] + torso.offset[1] * size)
    cos, sin = np.float32(np.cos(torso.tilt)), np.float32(np.sin(torso.tilt))
    u = (cos * dx + sin * dy) * np.float32(1.0 / torso.radii[0])
    v = (cos * dy - sin * dx) * np.float32(1.0 / torso.radii[1])
    ribs: Float = (np.sqrt(u * u + v * v) - np.float32(size)) * np.float32(min(torso.radii))
    ribs = ribs + wave * np.float32(0.012 * size)
    soft = look.softness
    for blob in (torso.liver, *torso.vessels):
        if blob.radius > 0.0:
            bx = x - np.float32(kinematics.center[0] + blob.x * size)
            by = y - np.float32(kinematics.center[1] + blob.y * size)
            distance = np.sqrt(bx * bx + by * by) - np.float32(blob.radius * size)
            if blob is torso.liver:
                distance += wave * np.float32(0.015 * size)
            over(canvas, coverage(distance, soft), np.float32(blob.value))
    muscle, fat = torso.muscle * size, torso.fat * size
    over(canvas, coverage(-ribs, soft), np.float32(look.chest))
    over(canvas, coverage(np.float32(muscle) - ribs, soft), np.float32(look.fat))
    over(canvas, coverage(np.float32(muscle + fat) - ribs, soft), np.float32(0.01))


def _paint_heart(
    canvas: Float,
    x: Float,
    y: Float,
    kinematics: Kinematics,
    look: Appearance,
    textures: tuple[Float, Float],
) -> None:
    anatomy, size, soft = kinematics.anatomy, kinematics.size, look.softness
    fine, broad = textures
    point = kinematics.rest(x, y)
    radius, angle = point.radius, point.angle
    u, v = radius * np.cos(angle), radius * np.sin(angle)
    disk = rv_distance(u, v, kinematics)
    heart = np.minimum(radius - np.float32(kinematics.outer), disk - anatomy.rv_wall * size)
    if anatomy.torso.pericardial_fat > 0.0:
        side = 0.5 + 0.5 * np.cos(angle - np.float32(anatomy.torso.fat_angle))
        depth = np.float32(anatomy.torso.pericardial_fat * size) * (side + 0.5 * broad)
        over(canvas, coverage(heart - depth, soft), np.float32(look.fat * 0.9))
    blood = np.float32(look.blood) * (1.0 + np.float32(0.05) * broad)
    over(canvas, coverage(heart, soft), np.float32(look.muscle))
    over(canvas, coverage(disk + fine * np.float32(0.006 * size), soft), blood)
    over(canvas, coverage(radius - np.float32(kinematics.outer), soft), np.float32(look.muscle))
    _paint_cavity(canvas, point, kinematics, look, textures)


def _paint_cavity(
    canvas: Float,
    point: Polar,
    kinematics: Kinematics,
    look: Appearance,
    textures: tuple[Float, Float],
) -> None:
    anatomy, size, soft = kinematics.anatomy, kinematics.size, look.softness
    fine, broad = textures
    u, v = point.radius * np.cos(point.angle), point.radius * np.sin(point.angle)
    blood = np.float32(look.blood) * (1.0 + np.float32(0.05) * broad)
    edge = point.radius - np.float32(kinematics.inner)
    rough = np.maximum(fine, 0.0) + np.maximum(broad, 0.0)
    rough *= np.float32(anatomy.trabeculae * 0.012 * size)
    over(canvas, coverage(edge + rough, soft), blood)
    for reach, at, width in anatomy.papillary:
        r = reach * kinematics.inner
        du, dv = u - np.float32(r * np.cos(at)), v - np.float32(r * np.sin(at))
        blob = np.sqrt(du * du + dv * dv) - np.float32(width * kinematics.inner)
        blob += fine * np.float32(0.25 * width * kinematics.inner)
        over(canvas, coverage(np.maximum(blob, edge), soft), np.float32(look.muscle))


def rv_distance(u: Float, v: Float, kinematics: Kinematics) -> Float:
    """Signed distance of the disk whose part outside the left ventricle is the right one.

    Args:
        u: material position along x from the centre, in the ventricle's own coordinates, pixels.
        v: the same along y.
        kinematics: the subject.
    """
    anatomy, size = kinematics.anatomy, kinematics.size
    if anatomy.rv_radius == 0.0:
        return np.full(u.shape, np.float32(size), dtype=np.float32)
    du = u - np.float32(anatomy.rv_offset * size * np.cos(anatomy.rv_angle))
    dv = v - np.float32(anatomy.rv_offset * size * np.sin(anatomy.rv_angle))
    distance: Float = np.sqrt(du * du + dv * dv) - np.float32(anatomy.rv_radius * size)
    return distance


def _paint_tags(canvas: Float, x: Float, y: Float, look: Appearance) -> None:
    pitch = np.float32(np.pi / look.tag_period)
    diagonal, other = np.abs(np.sin(pitch * (x + y))), np.abs(np.sin(pitch * (x - y)))
    lines = np.clip(2.5 * np.minimum(diagonal, other), 0.0, 1.0)
    canvas *= 1.0 - np.float32(look.tag_depth) * (1.0 - lines)


class Disturbance:
    """What a scanner adds to a clean picture: shading, drift, passing tissue, noise."""

    def __init__(self, anatomy: Anatomy, look: Appearance, size: int, rng: Generator) -> None:
        self._look = look
        self._rng = rng
        self._passing = texture_pair(size, max(anatomy.texture_scale * size, 1.0), rng)
        unit = np.linspace(-1.0, 1.0, size, dtype=np.float32)
        a, b, c = (np.float32(value) for value in look.bias)
        x, y = unit[None, :], unit[:, None]
        self._shading = np.exp(a * x + b * y + c * x * y).astype(np.float32)

    def apply(self, clean: Float, heart: Float, state: States, progress: Float) -> Float:
        """Disturbed frames in [0, 1].

        Args:
            clean: (n, H, W) float32.
            heart: (n, H, W) float32, 1 in the left ventricle, 0 outside.
            state: the n moments.
            progress: (n, 1, 1) float32 in [0, 1], position in the sequence.
        """
        look = self._look
        away, along = self._passing
        strength = np.float32(look.through_plane) * state.active
        passing = strength * (away + np.sin(np.float32(2.0 * np.pi) * progress) * along)
        frames = clean + passing * heart * (np.float32(0.3) + clean)
        frames *= self._shading * (1.0 + np.float32(look.drift) * progress)
        return self._rician(frames)

    def _rician(self, frames: Float) -> Float:
        sigma = np.float32(self._look.sigma)
        real = self._noise(frames.shape) * sigma
        imaginary = self._noise(frames.shape) * sigma
        real += frames
        np.multiply(real, real, out=real)
        real += imaginary * imaginary
        magnitude: Float = np.clip(np.sqrt(real), 0.0, 1.0)
        return magnitude

    def _noise(self, shape: tuple[int, ...]) -> Float:
        noise = self._rng.standard_normal(shape, dtype=np.float32)
        if self._look.noise_smooth:
            noise[..., 1:] += noise[..., :-1] * np.float32(0.6)
            noise[..., 1:, :] += noise[..., :-1, :] * np.float32(0.6)
            noise *= np.float32(1.0 / 1.36)
        return noise
