"""A projection as files that hold everything it takes to compute the same points again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.embedding import Embedding
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Float
from motionstudio.core.pca import Double
from motionstudio.core.projection import Projection
from motionstudio.io.atomic import whole_file
from motionstudio.io.table_write import write_table

SUFFIXES = (".csv", ".npz", ".json")


@dataclass(frozen=True, slots=True, eq=False)
class ProjectedMotion:
    """One subject of an exported projection.

    Attributes:
        name: for people.
        frames: (R,) frame that each row stands for.
        times: (R,) seconds.
        rows: (R, D) latent values that were projected.
        fitted: (R,) bool, True where the row took part in the fit.
        mapped: (R, 2) where the rows lie in the map, or None where they are not in it.
    """

    name: str
    frames: NDArray[np.intp]
    times: NDArray[np.float64]
    rows: Float
    fitted: NDArray[np.bool_]
    mapped: Double | None = None


def write_projection(
    path: Path,
    projection: Projection,
    motions: Sequence[ProjectedMotion],
    *,
    model: str,
    model_hash: str,
    software: str = "MotionStudio",
    embedding: Embedding | None = None,
) -> None:
    """Write points and parameters; the suffix chooses the format.

    .csv holds the points (subject, frame, time, in_fit, pc1, ...) with the parameters beside it
    in a .json of the same name; .json holds parameters and points; .npz holds both as arrays,
    with the latent rows as well. With a map its coordinates (umap1, umap2) and settings are added.

    Args:
        path: .csv, .npz or .json.
        projection: the components.
        motions: what was projected.
        model: name of the checkpoint.
        model_hash: of its weights.
        software: program and version that wrote it.
        embedding: the map that ``mapped`` of the motions belongs to, or None.

    Raises:
        MotionStudioError: another suffix, or the place cannot be written to.
    """
    facts = {"program": software, **parameters(projection, model, model_hash)}
    if embedding is not None:
        facts["map"] = map_parameters(embedding)
    suffix = path.suffix.lower()
    if suffix == ".csv":
        _write_points(path, projection, motions)
        _write_json(path.with_suffix(".json"), facts)
    elif suffix == ".json":
        points = [_plain_motion(projection, motion) for motion in motions]
        _write_json(path, {**facts, "motions": points})
    elif suffix == ".npz":
        with whole_file(path) as temporary:
            arrays: dict[str, Any] = _arrays(projection, motions, facts)
            np.savez_compressed(temporary, **arrays)
    else:
        raise MotionStudioError(
            f"{path.name} has the unknown suffix {path.suffix}.",
            f"Known are {', '.join(SUFFIXES)}.",
        )


def parameters(projection: Projection, model: str, model_hash: str) -> dict[str, Any]:
    """Everything that turns latent rows into scores: ``(rows - mean) @ components.T / unit``."""
    options = projection.options
    return {
        "kind": "motionstudio projection",
        "method": "PCA",
        "model": model,
        "model_hash": model_hash,
        "fit": {
            "scope": options.scope,
            "reference_rows": options.reference,
            "centre": options.centre,
            "whiten": options.whiten,
            "rows": projection.count,
        },
        "formula": "scores = (rows - mean) @ components.T / unit",
        "sign": "the entry of largest size in each component is positive",
        "mean": projection.axes.mean.tolist(),
        "components": projection.axes.components.tolist(),
        "unit": projection.unit.tolist(),
        "variance": projection.axes.variance.tolist(),
        "explained_share": projection.axes.share.tolist(),
    }


def map_parameters(embedding: Embedding) -> dict[str, Any]:
    """What the map was made with, in the words of umap-learn."""
    options = embedding.options
    return {
        "method": embedding.method,
        "n_neighbors": options.neighbours,
        "min_dist": options.min_dist,
        "random_state": options.seed,
        "metric": "euclidean",
        "n_components": 2,
        "rows": len(embedding.points),
        "note": "made of the latent rows as written, reference rows included; no inverse",
    }


def _write_points(path: Path, projection: Projection, motions: Sequence[ProjectedMotion]) -> None:
    head = ["subject", "frame", "time_s", "in_fit"]
    head += [f"pc{component + 1}" for component in range(projection.components)]
    with_map = any(motion.mapped is not None for motion in motions)
    head += ["umap1", "umap2"] * with_map
    lines: list[list[object]] = []
    for motion in motions:
        for place, scores in enumerate(projection.scores(motion.rows.astype(np.float64))):
            first = [motion.name, int(motion.frames[place]), float(motion.times[place])]
            line = [*first, int(motion.fitted[place]), *(float(s) for s in scores)]
            if with_map:
                line += [float(value) for value in _on_map(motion)[place]]
            lines.append(line)
    write_table(path, head, lines)


def _write_json(path: Path, facts: dict[str, Any]) -> None:
    with whole_file(path) as temporary:
        temporary.write_text(json.dumps(facts, indent=1), encoding="utf-8")


def _on_map(motion: ProjectedMotion) -> Double:
    """(R, 2), NaN where the motion is not in the map."""
    return np.full((len(motion.rows), 2), np.nan) if motion.mapped is None else motion.mapped


def _plain_motion(projection: Projection, motion: ProjectedMotion) -> dict[str, Any]:
    placed = {} if motion.mapped is None else {"umap": motion.mapped.tolist()}
    return placed | {
        "subject": motion.name,
        "frames": motion.frames.tolist(),
        "times_s": motion.times.tolist(),
        "in_fit": motion.fitted.tolist(),
        "scores": projection.scores(motion.rows.astype(np.float64)).tolist(),
    }


def _arrays(
    projection: Projection, motions: Sequence[ProjectedMotion], facts: dict[str, Any]
) -> dict[str, NDArray[Any]]:
    rows = np.concatenate([motion.rows for motion in motions])
    counts = [len(motion.rows) for motion in motions]
    numbers = ("mean", "components", "unit", "variance", "explained_share")
    words = {key: value for key, value in facts.items() if key not in numbers}
    arrays: dict[str, NDArray[Any]] = {key: np.asarray(facts[key]) for key in numbers}
    if "map" in facts:
        arrays["umap"] = np.concatenate([_on_map(motion) for motion in motions])
    return arrays | {
        "parameters": np.array(json.dumps(words)),
        "subject": np.repeat([motion.name for motion in motions], counts),
        "frame": np.concatenate([motion.frames for motion in motions]),
        "time_s": np.concatenate([motion.times for motion in motions]),
        "in_fit": np.concatenate([motion.fitted for motion in motions]),
        "rows": rows,
        "scores": projection.scores(rows.astype(np.float64)),
    }
