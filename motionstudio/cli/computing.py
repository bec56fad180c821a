"""Makes torch ready for one command."""

from __future__ import annotations

from motionstudio.cli.output import say
from motionstudio.core.errors import MotionStudioError

_DEVICES = ("cpu", "cuda", "mps")


def ready_device(named: str | None = None) -> str:
    """Choose the device and, on small machines, one thread; imports torch.

    Args:
        named: what ``--device`` says; None: the best one that computes.

    Returns:
        ``cpu``, ``cuda`` or ``mps``; the reason for the CPU is said where none was named.

    Raises:
        MotionStudioError: there is no such device, or it does not compute.
    """
    if named is not None and named not in _DEVICES:
        raise MotionStudioError(f"There is no device {named}.", f"There are {', '.join(_DEVICES)}.")
    import torch

    from motionstudio.models.device import choose_device, thread_count

    torch.set_num_threads(min(thread_count(), torch.get_num_threads()))
    if named == "cpu":
        return named
    choice = choose_device()
    if named is not None and choice.name != named:
        raise MotionStudioError(
            f"The device {named} cannot be used: {choice.reason}.", "Leave --device out."
        )
    say(f"device: {choice.name} ({choice.reason})")
    return choice.name
