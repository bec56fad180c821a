"""The device and the models on it, and what happens when its memory runs out."""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import TypeVar

import cv2
import torch

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.base import MotionModel
from motionstudio.models.device import DeviceChoice

R = TypeVar("R")
Load = Callable[[str, str], MotionModel]
Tell = Callable[[str], None]

# Rows per call: on the CPU one, so that a call can be cancelled soon and the first picture comes
# first; on a GPU enough to keep it busy.
_CPU_CHUNK = 1
_GPU_CHUNK = 16


NO_MEMORY = (
    "There is not enough memory for this.",
    "Close other programs, or choose fewer or smaller frames.",
)
"""Said when nothing is left to try: what happened, and what to do."""


def is_out_of_memory(error: BaseException) -> bool:
    """True for the errors that torch, numpy and OpenCV raise when memory runs out."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError | cv2.error) and any(
        words in text for words in ("out of memory", "can't allocate memory", "insufficient memory")
    )


_LOST = ("cuda error", "cudnn error", "cublas_status", "hip error", "mps error")
LOST = "The GPU stopped computing: going on with the CPU, more slowly."
"""Said when a device fails in the middle of its work, as after a driver's reset."""


class Device:
    """Loads models and calls them; steps down when memory runs out.

    First the caches are freed, then fewer rows go into one call, then everything moves to the
    CPU; each step is told in one sentence. Only when the CPU too has no memory left, the call
    fails.

    Args:
        choice: where to compute.
        load: (name, device) to a model.
        free: forgets what is cached.
        chunk: rows in one call, or None for what suits the device.
    """

    def __init__(
        self,
        choice: DeviceChoice,
        load: Load,
        free: Callable[[], None],
        chunk: int | None = None,
    ) -> None:
        self.choice = choice
        self.chunk = chunk or (_CPU_CHUNK if choice.name == "cpu" else _GPU_CHUNK)
        self._load = load
        self._free = free
        self._models: dict[str, MotionModel] = {}

    def model(self, name: str, tell: Tell) -> MotionModel:
        """The checkpoint ``name``, loaded on first use.

        Raises:
            MotionStudioError: there is no such checkpoint, or it is damaged.
        """
        model = self._models.get(name)
        if model is None:
            # Weights made in inference mode could never take part in refining.
            model = self.run(
                lambda _: self._load(name, self.choice.name), tell, chunked=False, gradients=True
            )
            self._models[name] = model
        return model

    def run(
        self,
        call: Callable[[int], R],
        tell: Tell,
        *,
        chunked: bool = True,
        gradients: bool = False,
    ) -> R:
        """What ``call(chunk)`` returns, in inference mode unless it needs gradients.

        Args:
            call: a model call of at most ``chunk`` rows; called again after running out of
                memory.
            tell: called with one sentence for each step down.
            chunked: whether a smaller chunk makes the call smaller.
            gradients: record gradients.

        Raises:
            MotionStudioError: there is not enough memory even on the CPU.
        """
        freed = False
        while True:
            # Stepping down happens outside the except block: there the traceback would still
            # hold the tensors that must go.
            try:
                with _mode(gradients):
                    return call(self.chunk)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
            self._step_down(freed, chunked, tell)
            freed = True

    def is_lost(self, error: BaseException) -> bool:
        """True where ``error`` says that the device computes no more; never of the CPU."""
        if self.choice.name == "cpu" or is_out_of_memory(error):
            return False
        text = str(error).lower()
        return isinstance(error, RuntimeError) and any(words in text for words in _LOST)

    def leave(self) -> None:
        """Compute on the CPU from here on; models are loaded again, as theirs is out of reach."""
        self._models.clear()
        self._free()
        self.choice = DeviceChoice("cpu", "the GPU stopped computing")
        self.chunk = _CPU_CHUNK
        gc.collect()

    def make_room(self) -> None:
        """Forget everything that can be made again, on the device as well."""
        self._free()
        gc.collect()
        if self.choice.name == "cuda":
            torch.cuda.empty_cache()
        elif self.choice.name == "mps":
            torch.mps.empty_cache()

    def _step_down(self, freed: bool, chunked: bool, tell: Tell) -> None:
        self.make_room()
        if not freed:
            tell("Memory ran out: cached pictures were dropped to make room.")
        elif chunked and self.chunk > 1:
            self.chunk //= 2
            frames = "one frame" if self.chunk == 1 else f"{self.chunk} frames"
            tell(f"Memory ran out: computing {frames} at a time.")
        elif self.choice.name != "cpu":
            self._move_to_cpu()
            tell("The GPU's memory ran out: computing on the CPU from here on.")
        else:
            raise MotionStudioError(*NO_MEMORY)

    def _move_to_cpu(self) -> None:
        for model in self._models.values():
            model.to("cpu")
        self.choice = DeviceChoice("cpu", "the GPU's memory ran out")
        self.chunk = _CPU_CHUNK


def _mode(gradients: bool) -> AbstractContextManager[object]:
    if not gradients:
        return torch.inference_mode()
    stack = ExitStack()
    stack.enter_context(torch.inference_mode(False))
    stack.enter_context(torch.enable_grad())
    return stack
