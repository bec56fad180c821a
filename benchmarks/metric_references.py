"""Figures of other people's programs for ``tests/core/metric_references.json``.

``python benchmarks/metric_references.py > tests/core/metric_references.json`` in an environment
with scikit-image, scikit-learn, SciPy and MedPy, which nothing else here needs. The tests import
``pictures``, ``regions`` and ``codes``, so that both sides see the same numbers.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from typing import Any

import numpy as np

SIZES = ((24, 31), (40, 40), (17, 64))
SPACINGS = ((1.0, 1.0), (1.5, 0.7), (0.3, 2.0))


def pictures(number: int) -> tuple[Any, Any]:
    """Two pictures in [0, 1] that resemble each other, by sines, which need no seed."""
    height, width = SIZES[number % len(SIZES)]
    y, x = np.mgrid[:height, :width].astype(np.float64)
    a = 0.5 + 0.3 * np.sin(0.37 * x + number) * np.cos(0.23 * y) + 0.15 * np.sin(1.7 * x * y / 40)
    b = a + (0.02 + 0.05 * number) * np.sin(2.3 * x - 1.1 * y + number)
    return np.clip(a, 0, 1), np.clip(b, 0, 1)


def regions(number: int) -> tuple[Any, Any]:
    """Two blobs with holes and far islands."""
    a, b = pictures(number)
    first, second = a > 0.55, np.roll(b > 0.6, number + 1, 1)
    second[-1, -1] = True
    return first, second


def codes(number: int) -> tuple[Any, Any]:
    """Latents (90, 6) and factors (90, 2) that follow some of them."""
    t = np.arange(90, dtype=np.float64)
    z = np.stack([np.sin((0.31 + 0.17 * d) * t + d + number) for d in range(6)], 1)
    wobble = 0.3 * np.cos(np.outer(t, (1.9, 2.7)) + number)
    return z, np.stack([z[:, 0] - 0.5 * z[:, 3], z[:, 2] * 2.0], 1) + wobble


def _of_case(number: int) -> dict[str, float]:
    from medpy.metric import binary
    from scipy import ndimage
    from scipy.spatial.distance import directed_hausdorff
    from skimage.metrics import (
        mean_squared_error,
        peak_signal_noise_ratio,
        structural_similarity,
    )
    from sklearn.linear_model import Lasso
    from sklearn.metrics import mutual_info_score

    a, b = pictures(number)
    p, q = regions(number)
    spacing = SPACINGS[number % len(SPACINGS)]
    z, f = codes(number)
    centred, target = (z - z.mean(0)) / z.std(0), (f - f.mean(0)) / f.std(0)
    fit = Lasso(alpha=0.1, fit_intercept=False, tol=1e-10, max_iter=100_000).fit(centred, target)
    ends = [np.argwhere(one & ~ndimage.binary_erosion(one)) * spacing for one in (p, q)]
    there, back = (
        getattr(binary, "__surface_distances")(*pair, spacing, 1) for pair in ((p, q), (q, p))
    )
    return {
        "rmse": float(np.sqrt(mean_squared_error(a, b))),
        "psnr": float(peak_signal_noise_ratio(a, b, data_range=1.0)),
        "ssim": float(structural_similarity(
            a, b, data_range=1.0, gaussian_weights=True, sigma=1.5, use_sample_covariance=False)),
        "dice": float(binary.dc(p, q)),
        "hausdorff": float(binary.hd(p, q, voxelspacing=spacing, connectivity=1)),
        # MedPy's own hd95 pools both directions; the usual figure is the larger of the two.
        "hd95": float(max(np.percentile(there, 95), np.percentile(back, 95))),
        "directed": [float(directed_hausdorff(*pair)[0]) for pair in (ends, ends[::-1])],
        "lasso": fit.coef_.T.tolist(),
        "information": float(mutual_info_score((4 * a).astype(int).ravel(),
                                               (5 * b).astype(int).ravel())),
    }  # fmt: skip


def main() -> None:
    packages = ("scikit-image", "scikit-learn", "scipy", "medpy", "numpy")
    found = {
        "made by": {name: version(name) for name in packages},
        "cases": [_of_case(number) for number in range(6)],
    }
    json.dump(found, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
