"""One driving frame of FOMM at 256 x 256: ours against a plain implementation.

``python -m benchmarks.fomm``: processor time on one thread, all variants in turn within each
round, median of the rounds, as ratios to the plain one. Weights are random (none are ours to
ship); the arithmetic is that of vox-256.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from motionstudio.models.fomm import FOMM, FOMMConfig, Keypoints
from motionstudio.models.fomm_fast import RoughDecoder, bfloat16_pays, quickened

ROUNDS = 5


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    network = with_statistics(FOMM(FOMMConfig()).eval())
    pictures = torch.rand(2, 3, 256, 256)
    variants = build(network, pictures[:1])
    with torch.inference_mode():
        plain = variants["plain (source encoded again)"](pictures[1:])
        differences = {name: (run(pictures[1:]) - plain).abs() for name, run in variants.items()}
        times: dict[str, list[float]] = {name: [] for name in variants}
        for _ in range(ROUNDS):
            for name, run in variants.items():
                start = time.process_time()
                run(pictures[1:])
                times[name].append(time.process_time() - start)
    medians = {name: float(np.median(values)) for name, values in times.items()}
    base = medians["plain (source encoded again)"]
    print(f"{'variant':44} {'ratio':>6} {'ms':>7} {'largest':>9} {'mean':>9}")
    for name, seconds in medians.items():
        most, mean = float(differences[name].max()), float(differences[name].mean())
        print(f"{name:44} {base / seconds:6.2f} {1000 * seconds:7.0f} {most:9.1e} {mean:9.1e}")


def build(network: FOMM, source: Tensor) -> dict[str, Callable[[Tensor], Tensor]]:
    """Each variant makes the picture of a driving frame (1, 3, 256, 256)."""
    generator = network.generator
    with torch.inference_mode():
        start = network.kp_detector(source)

    def plain(driving: Tensor) -> Tensor:
        return generator(source, start, network.kp_detector(driving))[0]

    variants = {"plain (source encoded again)": plain}
    quick = quickened(network)
    variants["ours, float32"] = ours(quick, quick.generator.decode, source, start)
    if bfloat16_pays():
        rough = RoughDecoder(quick.generator)
        variants["ours, decoder in bfloat16"] = ours(quick, rough, source, start)
    return variants


def ours(
    network: FOMM, decode: Callable[[Tensor], Tensor], source: Tensor, start: Keypoints
) -> Callable[[Tensor], Tensor]:
    with torch.inference_mode():
        features = network.generator.encode(source)
        small = network.generator.dense_motion_network.small(source)

    def run(driving: Tensor) -> Tensor:
        goal = network.kp_detector(driving)
        motion = network.generator.dense_motion_network(small, start, goal)
        return decode(network.generator.moved(features, motion))

    return run


def with_statistics(network: FOMM) -> FOMM:
    """Batch statistics as training would leave them, so that folding them is really tested."""
    generator = torch.Generator().manual_seed(1)
    for norm in (m for m in network.modules() if isinstance(m, nn.BatchNorm2d)):
        assert norm.running_mean is not None
        assert norm.running_var is not None
        norm.running_mean.copy_(torch.randn(norm.num_features, generator=generator) * 0.1)
        norm.running_var.copy_(0.5 + torch.rand(norm.num_features, generator=generator))
    return network


if __name__ == "__main__":
    main()
