"""What is measured of a clip: how near its pictures are, how smooth its fields, where labels go."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Clip
from motionstudio.core.metrics import dice, folded_share, psnr, rmse, ssim, temporal_jitter
from motionstudio.core.motion import Float, Rendered
from motionstudio.core.picture import as_shown
from motionstudio.core.warp import warp_labels

FRAMES = "frames.csv"
_SSIM_SIDE = 11


@dataclass(frozen=True, slots=True)
class FrameRow:
    """One frame against the true one, intensities in [0, 1] at the source's own size.

    Attributes:
        frame: number.
        rmse, psnr, ssim: see ``core.metrics``; SSIM is NaN where a side is below 11 pixels.
        still: RMSE of the reference frame, held still, against the true one.
    """

    frame: int
    rmse: float
    psnr: float
    ssim: float
    still: float


def of_frames(
    clip: Clip, made: Rendered, range_: tuple[float, float], reference: int
) -> list[FrameRow]:
    """A row for each frame of ``clip``, T of them as in ``made``.

    Raises:
        ValueError: the pictures have another shape than the clip's frames.
    """
    rows = []
    held = _unit(as_shown(np.asarray(clip.frames[reference]), range_))
    for t in range(len(clip)):
        truth = _unit(as_shown(np.asarray(clip.frames[t]), range_))
        picture = _unit(made.frames[t])
        if truth.shape != picture.shape:
            raise ValueError(f"of_frames: expected {truth.shape}, got {picture.shape}")
        error = rmse(picture, truth)
        rows.append(
            FrameRow(t, error, psnr(picture, truth), _ssim(picture, truth), rmse(held, truth))
        )
    return rows


def reconstruction(
    rows: Sequence[FrameRow], kept: NDArray[np.bool_], reference: int
) -> dict[str, float]:
    """Means over the frames that the model saw, the reference left out; and of dropped ones."""
    seen = [row for row in rows if kept[row.frame] and row.frame != reference]
    dropped = [row for row in rows if not kept[row.frame]]
    found = _means(seen, "")
    return found | _means(dropped, "dropped ")


def between(rows: Sequence[FrameRow], kept: NDArray[np.bool_]) -> dict[str, float]:
    """Means over the frames that were dropped to be filled in."""
    found = _means([row for row in rows if not kept[row.frame]], "in between ")
    return {name: value for name, value in found.items() if "still" not in name}


def of_fields(u: Float | None, cyclic: bool) -> dict[str, float]:
    """Folds in per cent, mean length and jitter in pixels, of displacements (T, 2, H, W)."""
    if u is None:
        return {}
    lengths = [float(np.hypot(field[0], field[1]).mean()) for field in u]
    found = {
        "folded %": 100 * float(np.mean([folded_share(np.asarray(field)) for field in u])),
        "displacement px": float(np.mean(lengths)),
        "largest displacement px": float(max(np.hypot(f[0], f[1]).max() for f in u)),
    }
    if len(u) > 2:
        found["jitter px"] = temporal_jitter(np.asarray(u), cyclic=cyclic)
    return _finite(found)


def of_labels(clip: Clip, u: Float | None, reference: int) -> tuple[dict[str, float], str]:
    """Dice of labels carried from the reference to each labelled frame, and why there is none.

    Labels are compared one by one; ``dice`` is their mean over labels and frames.
    """
    if clip.masks is None or clip.mask_valid is None or not clip.mask_valid[reference]:
        return {}, "labels: the reference frame has none; left out."
    if u is None:
        return {}, "labels: the model gives no displacement; left out."
    start = clip.masks[reference]
    targets = [int(t) for t in np.flatnonzero(clip.mask_valid) if t != reference]
    names = [int(label) for label in np.unique(start) if label]
    if not targets or not names:
        return {}, "labels: no other frame has any; left out."
    scores: dict[int, list[float]] = {label: [] for label in names}
    still: list[float] = []
    for t in targets:
        carried = warp_labels(start, np.asarray(u[t]))
        for label in names:
            scores[label].append(dice(carried, clip.masks[t], label))
            still.append(dice(start, clip.masks[t], label))
    found = {f"dice {label}": float(np.mean(values)) for label, values in scores.items()}
    every = [value for values in scores.values() for value in values]
    mean = {"dice": float(np.mean(every)), "still dice": float(np.mean(still))}
    return _finite(mean | (found if len(names) > 1 else {})), ""


def write_rows(rows: Sequence[FrameRow], kept: NDArray[np.bool_], path: Path) -> None:
    """One line a frame as CSV; what is not finite stays empty."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["frame", "kept", "rmse", "psnr", "ssim", "still rmse"])
        for row in rows:
            values = (row.rmse, row.psnr, row.ssim, row.still)
            shown = [f"{value:.6g}" if np.isfinite(value) else "" for value in values]
            writer.writerow([row.frame, int(kept[row.frame]), *shown])


def _means(rows: Sequence[FrameRow], prefix: str) -> dict[str, float]:
    if not rows:
        return {}
    return _finite(
        {
            f"{prefix}rmse": float(np.mean([row.rmse for row in rows])),
            f"{prefix}psnr": float(np.mean([row.psnr for row in rows])),
            f"{prefix}ssim": float(np.mean([row.ssim for row in rows])),
            f"{prefix}still rmse": float(np.mean([row.still for row in rows])),
        }
    )


def _finite(found: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in found.items() if np.isfinite(value)}


def _ssim(a: Float, b: Float) -> float:
    return ssim(a, b) if min(a.shape[-2:]) >= _SSIM_SIDE else float("nan")


def _unit(picture: NDArray[np.uint8]) -> Float:
    """(C, H, W) float32 in [0, 1]."""
    return np.moveaxis(np.asarray(picture.astype(np.float32) / 255, np.float32), -1, 0)
