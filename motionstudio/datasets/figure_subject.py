"""Who a figure is: proportions, clothes and background, and how its parts are painted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motionstudio.datasets.fields import coverage, pixel_grid, texture_pair
from motionstudio.datasets.layers import Paint

Float = NDArray[np.float32]
Generator = np.random.Generator
Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Looks:
    """How a figure is coloured; colours RGB in [0, 1].

    Attributes:
        skin, hair, shirt, trousers, shoes: colours.
        sleeve: share of the whole arm that is covered, in [0, 1].
        stripes: contrast of the clothes' stripes in [0, 0.35].
        stripe_period: their distance, fraction of the picture's side.
        outline: width of a dark outline in pixels, 0 for none.
    """

    skin: Colour
    hair: Colour
    shirt: Colour
    trousers: Colour
    shoes: Colour
    sleeve: float
    stripes: float
    stripe_period: float
    outline: float


@dataclass(frozen=True, slots=True)
class Backdrop:
    """What is behind a figure.

    Attributes:
        colours: two RGB colours in [0, 1] between which it runs.
        texture: deviation of its texture.
        angle: direction of its gradient in radians.
        texture_seed: seed of its texture.
    """

    colours: tuple[Colour, Colour]
    texture: float
    angle: float
    texture_seed: int


@dataclass(frozen=True, slots=True)
class FigureSubject:
    """A body and its looks. Lengths are fractions of the picture's side.

    Attributes:
        center: x of the root.
        ground: y of the ground.
        thigh, shin, torso, upper_arm, forearm: lengths between joints.
        leg_width, arm_width, torso_width: radii.
        shoulder_width: half distance of the shoulders seen from the front.
        head: half axes (x, y).
        hair_line: where the hair ends, in half axes from the head's centre, up is negative.
        hair_bun: radius of a bun or ponytail, 0 for none.
        looks: how it is coloured.
        backdrop: what is behind it.
        sprite: pixels that one painted pixel becomes, 1 for a smooth figure.
        sigma: deviation of the camera's noise.
    """

    center: float
    ground: float
    thigh: float
    shin: float
    torso: float
    upper_arm: float
    forearm: float
    leg_width: float
    arm_width: float
    torso_width: float
    shoulder_width: float
    head: tuple[float, float]
    hair_line: float
    hair_bun: float
    looks: Looks
    backdrop: Backdrop
    sprite: int
    sigma: float


def draw_subject(rng: Generator, style: str = "") -> FigureSubject:
    """A subject; ``style`` is "smooth", "sprite", or empty for either.

    Raises:
        ValueError: for another style.
    """
    if style not in ("", "smooth", "sprite"):
        raise ValueError(f"figures: expected style smooth or sprite, got {style!r}")
    sprite = style == "sprite" or (not style and rng.random() < 0.3)
    height = float(rng.uniform(0.62, 0.82))
    head, torso, arm, leg, split = _proportions(height, rng)
    torso_width = height * float(rng.uniform(0.05, 0.10))
    return FigureSubject(
        center=0.5 + float(rng.uniform(-0.06, 0.06)),
        ground=0.5 + 0.5 * height + float(rng.uniform(0.0, 0.06)),
        thigh=leg * split,
        shin=leg * (1.0 - split),
        torso=torso,
        upper_arm=arm * 0.5,
        forearm=arm * 0.5,
        leg_width=height * float(rng.uniform(0.026, 0.05)),
        arm_width=height * float(rng.uniform(0.020, 0.038)),
        torso_width=torso_width,
        shoulder_width=torso_width * float(rng.uniform(0.9, 1.15)),
        head=(head * float(rng.uniform(0.85, 1.05)), head),
        hair_line=float(rng.uniform(-0.75, 0.05)),
        hair_bun=head * float(rng.uniform(0.3, 0.6)) if rng.random() < 0.3 else 0.0,
        looks=_looks(rng, sprite),
        backdrop=_backdrop(rng),
        sprite=int(rng.choice([2, 2, 3])) if sprite else 1,
        sigma=float(rng.uniform(0.0, 0.02)) if not sprite else 0.0,
    )


def _proportions(height: float, rng: Generator) -> tuple[float, float, float, float, float]:
    """Half height of the head, torso, arm, leg, and the thigh's share of the leg."""
    childlike = float(rng.uniform(0.0, 1.0))
    head = height * (0.085 + 0.085 * childlike) * float(rng.uniform(0.9, 1.1))
    body = height - 2.0 * head
    leg = body * float(rng.uniform(0.48, 0.58))
    torso = body - leg
    arm = torso * float(rng.uniform(1.0, 1.25))
    return head, torso, arm, leg, float(rng.uniform(0.46, 0.54))


def _looks(rng: Generator, sprite: bool) -> Looks:
    return Looks(
        skin=_skin(rng),
        hair=_colour(rng, 0.10, 0.95),
        shirt=_colour(rng, 0.35, 1.0),
        trousers=_colour(rng, 0.22, 0.95),
        shoes=_colour(rng, 0.15, 0.95),
        sleeve=float(rng.choice([0.2, 0.5, 0.9])),
        stripes=float(rng.uniform(0.1, 0.35)) if rng.random() < 0.5 else 0.0,
        stripe_period=float(rng.uniform(0.05, 0.10)),
        outline=_outline(rng, sprite),
    )


def _backdrop(rng: Generator) -> Backdrop:
    return Backdrop(
        colours=_background(rng),
        texture=float(rng.uniform(0.02, 0.08)) if rng.random() < 0.3 else 0.0,
        angle=float(rng.uniform(-np.pi, np.pi)),
        texture_seed=int(rng.integers(2**31)),
    )


def _colour(rng: Generator, low: float, high: float) -> Colour:
    value = float(rng.uniform(low, high))
    tint = rng.uniform(0.25, 1.0, 3) if rng.random() < 0.8 else np.ones(3)
    tint = value * tint / tint.max()
    return float(tint[0]), float(tint[1]), float(tint[2])


def _outline(rng: Generator, sprite: bool) -> float:
    if rng.random() > 0.45:
        return 0.0
    return float(rng.uniform(0.4, 0.7) if sprite else rng.uniform(0.6, 1.2))


def _skin(rng: Generator) -> Colour:
    light = float(rng.uniform(0.42, 0.98))
    return light, light * float(rng.uniform(0.68, 0.85)), light * float(rng.uniform(0.5, 0.75))


def _background(rng: Generator) -> tuple[Colour, Colour]:
    plain = rng.random() < 0.6
    grey = float(rng.choice([0.0, 0.25, 0.5, 1.0])) if rng.random() < 0.5 else -1.0
    first = (grey, grey, grey) if grey >= 0.0 else _colour(rng, 0.1, 1.0)
    return (first, first) if plain else (first, _colour(rng, 0.1, 1.0))


def limb(
    subject: FigureSubject,
    length: float,
    radius: float,
    colours: tuple[Colour, Colour],
    cut: float,
    size: int,
) -> Paint:
    """A capsule along +y from its origin, in its second colour beyond ``cut`` of its length."""
    reach, thick = np.float32(length * size), np.float32(radius * size)
    edge = np.float32(cut * length * size)
    period = np.float32(2.0 * np.pi / (subject.looks.stripe_period * size))

    def paint(x: Float, y: Float) -> tuple[Float, Sequence[Float]]:
        along = np.clip(y, 0.0, reach)
        off = y - along
        distance: Float = np.sqrt(x * x + off * off) - thick
        shade = 1.0 - np.float32(0.22) * np.clip(x / thick, -1.0, 1.0) ** 2
        if subject.looks.stripes > 0.0:
            shade = shade * (1.0 + np.float32(subject.looks.stripes) * np.sin(period * y))
        tip = coverage(edge - y)
        return distance, _tinted(distance, shade, colours, tip, subject.looks.outline)

    return paint


def head(subject: FigureSubject, size: int, frontal: bool) -> Paint:
    """A head around its origin, facing +x or the viewer."""
    rx, ry = np.float32(subject.head[0] * size), np.float32(subject.head[1] * size)
    bun = np.float32(subject.hair_bun * size)
    line = np.float32(subject.hair_line) * ry
    eyes = (-0.4, 0.4) if frontal else (0.45,)

    def paint(x: Float, y: Float) -> tuple[Float, Sequence[Float]]:
        skull: Float = (np.sqrt((x / rx) ** 2 + (y / ry) ** 2) - np.float32(1.0)) * min(rx, ry)
        behind = np.float32(0.0 if frontal else 0.5) * np.minimum(-x, np.float32(0.6) * ry)
        crown = coverage(y - line - behind)
        distance: Float = skull
        if bun > 0.0:
            side = np.float32(0.0 if frontal else -0.75) * rx
            knot = np.sqrt((x - side) ** 2 + (y + np.float32(0.85) * ry) ** 2) - bun
            distance = np.minimum(skull, knot)
            crown = np.maximum(crown, coverage(knot))
        shade: Float = 1.0 - np.float32(0.15) * np.clip(skull / ry + 1.0, 0.0, 1.0) ** 2
        for at in eyes:
            dot = np.sqrt((x - np.float32(at) * rx) ** 2 + (y - np.float32(0.12) * ry) ** 2)
            shade = shade * (1.0 - np.float32(0.75) * coverage(dot - np.float32(0.16) * ry))
        colours = (subject.looks.skin, subject.looks.hair)
        return distance, _tinted(distance, shade, colours, crown, subject.looks.outline)

    return paint


def _tinted(
    distance: Float, shade: Float, colours: tuple[Colour, Colour], second: Float, outline: float
) -> list[Float]:
    """Planes R, G, B: the first colour, the second where ``second``, dark along the edge."""
    if outline > 0.0:
        shade = shade * (
            np.float32(0.15) + np.float32(0.85) * coverage(distance + np.float32(outline))
        )
    planes = []
    for a, b in zip(*colours, strict=True):
        plane = shade * (np.float32(a) + second * np.float32(b - a))
        planes.append(np.minimum(plane, 1.0))
    return planes


def background(backdrop: Backdrop, size: int) -> Paint:
    """Everything behind the figure, still."""
    x, y = pixel_grid(size, size)
    unit = np.float32(2.0 / size)
    angle = backdrop.angle
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    run: Float = cos * (unit * x - 1.0) + sin * (unit * y - 1.0)
    mix = np.float32(0.5) + np.float32(0.5) * np.clip(run, np.float32(-1.0), np.float32(1.0))
    rng = np.random.default_rng(backdrop.texture_seed)
    grain, _ = texture_pair(size, 0.05 * size, rng)
    grain *= np.float32(backdrop.texture)
    first, second = backdrop.colours
    planes: list[Float] = [
        np.clip(np.float32(a) + mix * np.float32(b - a) + grain, 0.0, 1.0)[None]
        for a, b in zip(first, second, strict=True)
    ]
    everywhere = np.full((1, size, size), np.float32(-size), dtype=np.float32)

    def paint(_x: Float, _y: Float) -> tuple[Float, Sequence[Float]]:
        return everywhere, planes

    return paint
