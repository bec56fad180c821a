"""Looking for a motion: processor milliseconds for each clip of 64 frames, cold and known.

Cold: every window of three tempos is embedded; known: what the windows became is at hand, as in a
second search. Run with one thread: ``python -m benchmarks.recomposing``.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import torch

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.motion_windows import Span
from motionstudio.core.picture import Transform
from motionstudio.engine.runner import Runner
from motionstudio.engine.search_requests import Phrase, Searched, SearchRequest
from motionstudio.models.device import DeviceChoice
from motionstudio.models.registry import load_model

NAMES = ("digits_recomposing", "motion_search")
FRAMES, CLIPS = 64, 8


def searched(number: int, size: int) -> Searched:
    """A clip of smooth noise that drifts."""
    rng = np.random.default_rng(number)
    field = rng.random((160, 160))
    frames = np.stack([field[t : t + 96, t : t + 96, None] for t in range(FRAMES)])
    clip = Clip((frames * 255).astype(np.uint8), uniform_times(FRAMES, 20), name=f"clip {number}")
    transform = Transform.fit(clip.size, size, range=(0.0, 255.0))
    return Searched(str(number), f"benchmark {number}", clip, transform)


def spent(runner: Runner, request: SearchRequest) -> float:
    """Processor milliseconds for each clip of the pool."""
    start = time.process_time()
    runner.run(request, lambda _response: None, lambda: False)
    return (time.process_time() - start) * 1e3 / CLIPS


def main() -> int:
    """Print the table."""
    torch.set_num_threads(1)
    sys.stdout.write("model, CPU ms a clip cold, known\n")
    for name in NAMES:
        size = load_model(name).card.size
        pool = tuple(searched(number, size) for number in range(CLIPS))
        runner = Runner(device=DeviceChoice("cpu", "benchmark"))

        def request(model: str = name, clips: tuple[Searched, ...] = pool) -> SearchRequest:
            phrase = Phrase(clips[0], (Span(10, 24),))
            return SearchRequest(subject="", revision=0, model=model, phrase=phrase, pool=clips)

        cold = spent(runner, request())
        sys.stdout.write(f"{name}, {cold:.1f}, {spent(runner, request()):.1f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
