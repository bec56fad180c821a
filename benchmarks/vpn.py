"""Drawing a frame pixel by pixel: kept layers against the whole decoder for each value.

Both run in one process on one thread, so their ratio can be trusted on a busy machine. Run
``python -m benchmarks.vpn``.
"""

from __future__ import annotations

import sys

import torch

from motionstudio.evaluation.vpn_measures import drawing_speed
from motionstudio.models.registry import load_model
from motionstudio.models.vpn_model import VPNModel

NAMES = ("digits_vpn", "shapes_vpn_rgb")
SIZES = (16, 32)


def main() -> int:
    """Print the table."""
    torch.set_num_threads(1)
    sys.stdout.write("model, side, kept layers CPU s/frame, whole decoder, ratio, same levels\n")
    for name in NAMES:
        model = load_model(name)
        if not isinstance(model, VPNModel):
            raise TypeError(f"{name}: expected a Video Pixel Network")
        for size in SIZES:
            found = drawing_speed(model.network, size)
            sys.stdout.write(
                f"{name}, {size}, {found.cached:.2f}, {found.naive:.2f}, {found.ratio:.1f}, "
                f"{found.equal}\n"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
