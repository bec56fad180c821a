"""When memory does not suffice: how torch says so, and what a run does about it."""

from __future__ import annotations

import torch

from motionstudio.core.errors import MotionStudioError
from motionstudio.training.task import SharedTask, Task


class TooLarge(MotionStudioError):
    """A step needs more memory than there is, and its batch cannot be halved any more."""


def out_of_memory(error: BaseException) -> bool:
    """Whether ``error`` says that memory does not suffice."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    # On the CPU and on MPS torch has no class of its own for it.
    said = str(error)
    return isinstance(error, RuntimeError) and (
        "allocate memory" in said or "out of memory" in said
    )


_LOST = ("cuda error", "cudnn error", "cublas error", "hip error", "device lost", "ecc error")


def device_lost(error: BaseException) -> bool:
    """Whether ``error`` says that the device computes no more; memory is another matter."""
    said = str(error).lower()
    lost = isinstance(error, RuntimeError) and any(words in said for words in _LOST)
    return lost and not out_of_memory(error)


def too_large(step: int) -> TooLarge:
    """What is said when nothing can be halved any more."""
    return TooLarge(
        f"Step {step} needs more memory than there is.",
        "What was learned so far is saved. Choose a smaller batch or smaller pictures.",
    )


def divide(task: Task, parts: int, rank: int, size: int, number: int) -> None:
    """Let ``task`` see part ``number`` of ``parts`` of what this process sees of a batch.

    Raises:
        TooLarge: the task cannot divide its batches.
        MotionStudioError: the batches of the recipe cannot be divided evenly.
    """
    if not isinstance(task, SharedTask):
        raise TooLarge(
            "Models of this system compute each batch at once, which needs more memory than there "
            "is.",
            "What was learned so far is saved. Choose a smaller batch or smaller pictures.",
        )
    task.share(rank + number * size, size * parts)
