"""ANTs SyN on pairs of pictures, by itself: this file needs numpy and antspyx and nothing of ours.

antspyx wants an older numpy than ours, so it mostly lives in an environment of its own. Called as
a script there, it writes a line of JSON with versions and then answers pairs until its standard
input ends: a line ``{"shape": [H, W]}`` and float32 bytes of reference and moved picture come in, a
line ``{"ms": processor milliseconds}`` and float32 bytes of the field (2, H, W) go out.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path

# One thread, as everything else that is measured; ITK reads it when it is loaded.
os.environ.setdefault("ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS", "1")

import ants
import numpy as np
from numpy.typing import NDArray


def register(reference: NDArray[np.float32], moved: NDArray[np.float32]) -> NDArray[np.float32]:
    """Backward displacement of one pair, by local cross-correlation.

    Radius 4, flow 3, total 0, at most 40, 20 and 10 iterations: as SyN is usually run.

    Args:
        reference: (H, W) intensities in [0, 1].
        moved: (H, W) likewise.

    Returns:
        (2, H, W) pixels, (dx, dy): ``moved(p) ~ reference(p + u(p))``.
    """
    # ANTs counts x first, and its field leads from the fixed picture to the moving one.
    fixed, moving = (ants.from_numpy(np.ascontiguousarray(p.T)) for p in (moved, reference))
    found = ants.registration(
        fixed,
        moving,
        type_of_transform="SyNOnly",
        initial_transform="Identity",
        syn_metric="CC",
        syn_sampling=4,
        grad_step=0.2,
        flow_sigma=3,
        total_sigma=0,
        reg_iterations=(40, 20, 10),
    )
    field = ants.image_read(found["fwdtransforms"][0]).numpy()
    for path in {*found["fwdtransforms"], *found["invtransforms"]}:
        # ANTs leaves its results behind in the folder for temporary files.
        Path(path).unlink(missing_ok=True)
    return np.ascontiguousarray(field.transpose(2, 1, 0), np.float32)


def versions() -> dict[str, str]:
    """Of antspyx, numpy and Python."""
    return {
        "antspyx": version("antspyx"),
        "numpy": np.__version__,
        "Python": platform.python_version(),
    }


def serve() -> None:
    """Answer pairs until the input ends."""
    # Libraries may write to the standard output; answers keep a channel of their own.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    answers.write(json.dumps(versions()).encode() + b"\n")
    answers.flush()
    while line := sys.stdin.buffer.readline():
        height, width = json.loads(line)["shape"]
        pair = np.frombuffer(sys.stdin.buffer.read(2 * height * width * 4), np.float32)
        start = time.process_time()
        field = register(*pair.reshape(2, height, width))
        spent = 1000 * (time.process_time() - start)
        answers.write(json.dumps({"ms": spent}).encode() + b"\n" + field.tobytes())
        answers.flush()


if __name__ == "__main__":
    serve()
