"""How fast a picture is driven live: rates, latency, lag, and what it costs the window's thread.

    python -m benchmarks.live [MODEL] [--rate 30] [--seconds 10] [--fast]

A made-up camera gives pictures at an even rate to the real window with two engine threads.
Latency is from the moment at which a picture of the driver was there to that at which the source's
picture was painted. *Lag* counts the pictures that had come since, once when the picture went to
the detector (never more than one: no queue) and once when the result was on screen (latency times
rate). Without a MODEL a FOMM of 64 x 64 with random weights stands in, the size of figures_fomm:
its arithmetic is the same. Stages are wall time and need a quiet
machine; the window's own share is processor time.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from motionstudio.gui.live.figures import Figures
    from motionstudio.models.base import MotionModel

Image = NDArray[np.uint8]
_SIZE = (480, 640)


class MadeUpCamera:
    """A bright square that wanders over 640 x 480 pixels at an even rate."""

    position = None
    spent = 0.0

    def __init__(self, rate: float) -> None:
        self._step, self._number, self._stopped = 1 / rate, 0, False
        self._next = time.perf_counter()

    def read(self) -> Image | None:
        """The next picture, when its time has come."""
        self._next = max(self._next + self._step, time.perf_counter() - self._step)
        time.sleep(max(0.0, self._next - time.perf_counter()))
        if self._stopped:
            return None
        found = np.full((*_SIZE, 3), 40, np.uint8)
        x = 200 + round(80 * np.sin(self._number / 12))
        found[160:320, x : x + 160] = (230, 190, 160)
        self._number += 1
        return found

    def stop(self) -> None:
        """Give no more."""
        self._stopped = True

    def close(self) -> None:
        """Nothing to give back."""


@dataclass
class Series:
    """What was seen of every picture."""

    latency: list[float] = field(default_factory=list)
    begun: list[int] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)
    window: list[float] = field(default_factory=list)

    def clear(self) -> None:
        """Forget it."""
        for each in (self.latency, self.begun, self.shown, self.window):
            each.clear()


def load(name: str) -> MotionModel:
    """A checkpoint, or a FOMM with random weights where ``name`` is empty."""
    from motionstudio.models.registry import load_model

    if name:
        return load_model(name)
    import torch

    from motionstudio.models.fomm import FOMM, FOMMConfig
    from motionstudio.models.fomm_model import FOMMModel, card_of

    torch.manual_seed(0)
    config = FOMMConfig(
        size=64, kp_expansion=16, kp_features=128, kp_blocks=3, kp_scale=0.5, expansion=32,
        features=64, down_blocks=1, bottleneck_blocks=3, motion_expansion=16, motion_features=128,
        motion_blocks=3, motion_scale=1.0,
    )  # fmt: skip
    weights = {key: value.numpy() for key, value in FOMM(config).state_dict().items()}
    made: Any = FOMMModel(card_of("random", config), weights)
    return made  # type: ignore[no-any-return]


class Bench:
    """A live window between two engines with threads of their own, and what was seen of them."""

    def __init__(self, name: str, series: Series, *, fast: bool) -> None:
        from motionstudio.gui.engine_bridge import EngineBridge
        from motionstudio.gui.live.choices import LiveChoices
        from motionstudio.gui.live.loop import LiveLoop
        from motionstudio.gui.live.showing import Showing
        from motionstudio.gui.live.window import LiveWindow

        self._name, self._series = name, series
        self._newest: list[Any] = []
        self.bridge = EngineBridge(make_handler=self._handler)
        self.detector = self.bridge.twin()
        self.window, self.loop = LiveWindow(), LiveLoop(self.detector, self.bridge)
        self.loop.fast = fast
        self.showing = Showing(
            self.loop, self.window, LiveChoices, time.perf_counter, self.loop
        )  # fmt: skip
        self.loop.pictured.connect(self._newest.append)
        self.window.result.painted.connect(self._note)
        self._watch_posts()
        self.window.resize(1180, 664)

    def begin(self) -> None:
        """Start the threads and load the source."""
        from motionstudio.core.picture import Transform
        from motionstudio.engine.keys import content_key
        from motionstudio.engine.requests import Picture
        from motionstudio.gui.live.loop import LiveSource

        for engine in (self.bridge, self.detector):
            engine.start()
        self.window.show()
        card = load(self._name).card
        frame = np.random.default_rng(0).integers(0, 255, (256, 256, card.channels), np.uint8)
        transform = Transform.fit((256, 256), card.size)
        picture = Picture(content_key(frame), frame)
        source = LiveSource("s", 1, self._name, picture, transform, (256, 256))
        self.loop.set_source(source)

    def end(self) -> None:
        """Stop everything."""
        self.loop.shutdown()
        for engine in (self.bridge, self.detector):
            engine.shutdown()
        self.window.close()

    def _handler(self, gallery: Any) -> Any:
        from motionstudio.engine.runner import Runner

        return Runner(
            load=lambda _n, device: _on(load(self._name), device), gallery=gallery, threads=1
        )

    def _note(self) -> None:
        if self._newest:
            made = self._newest[-1]
            self._series.latency.append(1000 * (time.perf_counter() - made.moment))
            self._series.shown.append(self.loop.newest - made.number)
            self._newest.clear()

    def _watch_posts(self) -> None:
        """Note how many pictures have come since the one that goes to the detector."""
        post: Any = self.detector.post

        def noted(request: Any) -> None:
            if hasattr(request, "number"):
                self._series.begun.append(self.loop.newest - request.number)
            post(request)

        self.detector.post = noted  # type: ignore[method-assign]


def measure(name: str, rate: float, seconds: float, *, fast: bool) -> tuple[Series, Figures]:
    """Drive for some seconds, after two that warm everything up, and note every picture."""
    from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
    from PySide6.QtWidgets import QApplication

    series = Series()

    class Timed(QApplication):
        """Notes the processor time of every event."""

        def notify(self, receiver: QObject, event: QEvent) -> bool:
            before = time.thread_time()
            done = super().notify(receiver, event)
            series.window.append(1000 * (time.thread_time() - before))
            return done

    app = Timed([])
    bench, events = Bench(name, series, fast=fast), QEventLoop(app)
    bench.loop.ready.connect(events.quit)
    bench.begin()
    events.exec()
    bench.loop.start(lambda: MadeUpCamera(rate))
    for wait in (2.0, seconds):
        series.clear()
        QTimer.singleShot(round(1000 * wait), events.quit)
        events.exec()
    figures = bench.loop.figures.now
    bench.end()
    return series, figures


def _on(model: Any, device: str) -> MotionModel:
    model.to(device)
    return model  # type: ignore[no-any-return]


def table(series: Series, figures: Figures) -> list[str]:
    """Lines for people."""
    latency, window = (np.array(values or [0.0]) for values in (series.latency, series.window))
    stages = ", ".join(f"{name} {ms:.1f}" for name, ms in figures.stages.items())
    return [
        f"driver {figures.capture:.1f}, keypoints {figures.poses:.1f}, "
        f"result {figures.pictures:.1f} a second; {figures.skipped} pictures skipped",
        f"stages (ms): {stages}",
        f"latency (ms): median {np.median(latency):.0f}, 95 % {np.percentile(latency, 95):.0f}",
        f"lag when its turn came (pictures): most {max(series.begun, default=0)}",
        f"lag when shown (pictures): median {np.median(series.shown or [0]):.0f}, "
        f"most {max(series.shown, default=0)}",
        f"window's thread (ms of processor time an event): 99 % "
        f"{np.percentile(window, 99):.1f}, most {window.max():.1f}",
    ]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="?", default="")
    parser.add_argument("--rate", type=float, default=30)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--fast", action="store_true")
    args = parser.parse_args()
    series, figures = measure(args.model, args.rate, args.seconds, fast=args.fast)
    print("\n".join(table(series, figures)))


if __name__ == "__main__":
    main()
