"""Generated test subjects of each kind: their labels, the regions that count, what is measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.metrics import (
    dice,
    endpoint_error,
    folded_share,
    hausdorff,
    jacobian_gradient,
    rmse,
    ssim,
)
from motionstudio.core.motion import Float
from motionstudio.core.warp import warp, warp_labels
from motionstudio.datasets import Sample, make, make_pair
from motionstudio.evaluation.columns import DICE, FOLDED, GRADIENT, HD95, RMSE, SSIM
from motionstudio.evaluation.table import Column
from motionstudio.models.base import ModelCard
from motionstudio.training.recipe import GeneratorSource, read_recipe

Mask = NDArray[np.bool_]

SEED = 1
FIRST_TEST = 2_000_000
"""Recipes train on indices below 1,000,000 and watch a few from there; tests begin here."""


@dataclass(frozen=True, slots=True)
class Domain:
    """One kind of generated subject.

    Attributes:
        generator: name in ``motionstudio.datasets``.
        organ: labels of what moves; the end-point error counts there, ``margin`` px around it
            included.
        groups: label groups that Dice and HD95 are taken of, by heading.
        focus: heading of the group whose own end-point error is reported, or empty.
        extreme: factor whose largest value marks the frame that is looked at besides others.
    """

    generator: str
    organ: tuple[int, ...]
    margin: int
    groups: Mapping[str, tuple[int, ...]]
    focus: str = ""
    extreme: str = ""


DOMAINS: Mapping[str, Domain] = {
    "heart": Domain(
        "heart", (1, 2, 3), 3, {"LV": (1,), "MYO": (2,), "RV": (3,)}, "MYO", "ejected area"
    ),
    "figures": Domain("figures", tuple(range(1, 11)), 0, {"figure": tuple(range(1, 11))}),
}


def domain_of(card: ModelCard) -> Domain:
    """The kind of subject that a checkpoint was trained on: its recipe says, else its pictures.

    Raises:
        MotionStudioError: no kind of test subject fits the checkpoint.
    """
    if card.path is not None and (card.path / "recipe.toml").exists():
        for source in read_recipe(card.path / "recipe.toml").data:
            if isinstance(source, GeneratorSource) and source.generator in DOMAINS:
                return DOMAINS[source.generator]
    if card.channels == 1:
        return DOMAINS["heart"]
    if card.channels == 3:
        return DOMAINS["figures"]
    raise MotionStudioError(f"There are no test subjects for {card.name}.")


def subjects(domain: Domain, size: int, count: int) -> Iterator[Sample]:
    """``count`` test subjects on pictures of ``size`` pixels."""
    for index in range(FIRST_TEST, FIRST_TEST + count):
        yield make(domain.generator, {"size": size}, SEED, index)


def case_of(sample: Sample) -> str:
    """The name of a test subject among the cases of a table."""
    return f"{sample.meta.name} {sample.meta.index}"


def pairs(domain: Domain, size: int, count: int) -> Iterator[tuple[Sample, Sample]]:
    """``count`` pairs of test subjects that make one motion at the same times."""
    for index in range(FIRST_TEST, FIRST_TEST + count):
        yield make_pair(domain.generator, {"size": size}, SEED, index)


def looked_at(domain: Domain, sample: Sample, others: int = 4) -> list[int]:
    """The extreme frame (end-systole) first, then ``others`` frames spread over the rest."""
    count = len(sample.frames)
    extreme = count // 2
    if domain.extreme:
        extreme = int(np.argmax(sample.factors[:, sample.factor_names.index(domain.extreme)]))
        extreme = max(1, extreme)
    spread = np.linspace(1, count - 1, others + 2).round().astype(int)[1:-1]
    chosen = [int(t) for t in spread if t != extreme]
    return [extreme, *dict.fromkeys(chosen)]


def columns(domain: Domain) -> tuple[Column, ...]:
    """Headings of everything that ``measure`` gives."""
    groups = [Column(f"dice {name}", name, better="more") for name in domain.groups]
    extreme = "Dice at ES" if domain.generator == "heart" else "Dice mid"
    return (
        DICE,
        *(groups if len(groups) > 1 else []),
        Column("dice extreme", extreme, better="more"),
        HD95,
        replace(RMSE, with_error=False),
        Column("rmse near", f"RMSE near {domain.generator}", 4, better="less"),
        Column("rmse clean", "RMSE clean", 4, better="less"),
        SSIM,
        Column("epe", f"EPE {domain.generator} px", 3, True, "px", "less"),
        Column("epe focus", f"EPE {domain.focus} px", unit="px", better="less"),
        Column("epe picture", "EPE picture px", unit="px", better="less"),
        FOLDED,
        GRADIENT,
    )


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known about frame t of a subject: shapes as in ``Sample``, without the T axis."""

    domain: Domain
    source: Float
    source_clean: Float
    source_labels: NDArray[np.uint8]
    frame: Float
    clean: Float
    labels: NDArray[np.uint8]
    displacement: Float
    valid: Mask

    @classmethod
    def of(cls, domain: Domain, sample: Sample, t: int) -> Truth:
        """Frame ``t`` of ``sample``, which must carry labels."""
        if sample.labels is None:
            raise ValueError("Truth.of: expected a sample with labels, got one without")
        return cls(
            domain,
            sample.frames[0],
            sample.clean[0],
            sample.labels[0],
            sample.frames[t],
            sample.clean[t],
            sample.labels[t],
            sample.displacement[t],
            sample.valid[t],
        )

    @property
    def region(self) -> Mask:
        """(H, W) where the end-point error counts: the organ and its margin, seen in frame 0."""
        organ = np.isin(self.labels, self.domain.organ).astype(np.uint8)
        if self.domain.margin:
            width = 2 * self.domain.margin + 1
            disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
            organ = np.asarray(cv2.dilate(organ, disc), np.uint8)
        return np.asarray((organ > 0) & self.valid)

    @property
    def surroundings(self) -> Mask:
        """(H, W) the organ where it was and where it is, with 3 pixels around both."""
        organ = np.isin(self.labels, self.domain.organ) | np.isin(
            self.source_labels, self.domain.organ
        )
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
        return np.asarray(cv2.dilate(organ.astype(np.uint8), disc) > 0)

    def measure(self, u: Float, *, outlines: bool = True) -> dict[str, float]:
        """Every measure of the displacement ``u`` (2, H, W); HD95 only with ``outlines``."""
        warped = warp_picture(self.source, u)
        out = {
            "rmse": rmse(warped, self.frame),
            "rmse near": rmse(warped, self.frame, self.surroundings),
            "rmse clean": rmse(warp_picture(self.source_clean, u), self.clean),
            "ssim": ssim(warped, self.frame),
            "epe": endpoint_error(u, self.displacement, self.region),
            "epe picture": endpoint_error(u, self.displacement, self.valid),
            "folds": 100 * folded_share(u),
            "gradient": jacobian_gradient(u),
        }
        if self.domain.focus:
            focus = np.isin(self.labels, self.domain.groups[self.domain.focus]) & self.valid
            out["epe focus"] = endpoint_error(u, self.displacement, focus)
        return {**out, **self._overlaps(u, outlines)}

    def _overlaps(self, u: Float, outlines: bool) -> dict[str, float]:
        moved = warp_labels(self.source_labels, u)
        out = {
            f"dice {name}": dice(moved, self.labels, labels)
            for name, labels in self.domain.groups.items()
        }
        out["dice"] = float(np.mean(list(out.values())))
        if outlines:
            distances = [
                hausdorff(np.isin(moved, labels), np.isin(self.labels, labels))
                for labels in self.domain.groups.values()
            ]
            out["hd95"] = (
                float(np.nanmean(distances)) if not np.all(np.isnan(distances)) else float("nan")
            )
        return out


def warp_picture(picture: Float, u: Float) -> Float:
    """(C, H, W) sampled at p + u(p), border repeated."""
    planes = np.ascontiguousarray(np.moveaxis(picture, 0, -1))
    return np.ascontiguousarray(np.moveaxis(warp(planes, u), -1, 0))
