"""A map of rows by UMAP, in a process of its own: ``python -m motionstudio.embed IN.npz OUT.npz``.

UMAP compiles itself at first use and holds the interpreter for half a minute; a process can also
be stopped at any moment. It comes with the extra ``explore`` and is imported nowhere else.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path

import numpy as np

NEEDED = (
    "UMAP needs the package umap-learn: install it into the program's environment with "
    "“python -m pip install umap-learn”."
)


def installed() -> bool:
    """Whether UMAP is at hand; imports nothing."""
    return importlib.util.find_spec("umap") is not None


def main(arguments: list[str]) -> int:
    """Lay out ``rows`` (n, D) of an archive and write ``points`` (n, 2) and ``method``.

    Args:
        arguments: the archive with ``rows``, ``neighbours``, ``min_dist`` and ``seed``, and the
            one to write.

    Returns:
        0.
    """
    source, target = map(Path, arguments)
    umap = importlib.import_module("umap")
    with np.load(source, allow_pickle=False) as held:
        rows = held["rows"]
        made = umap.UMAP(
            n_components=2,
            n_neighbors=min(int(held["neighbours"]), len(rows) - 1),
            min_dist=float(held["min_dist"]),
            random_state=int(held["seed"]),
            metric="euclidean",
            n_jobs=1,  # the seed decides only then
        ).fit_transform(rows)
    points = np.asarray(made, np.float64)
    np.savez(target, points=points, method=np.array(f"UMAP {umap.__version__}"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
