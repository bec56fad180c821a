"""Which device computes: CUDA, then MPS, then the CPU, with the reason for people."""

from __future__ import annotations

import os
from typing import NamedTuple

import torch


class DeviceChoice(NamedTuple):
    """A device and why it was chosen.

    Attributes:
        name: ``cuda``, ``mps`` or ``cpu``, as torch takes it.
        reason: a few words for people: the name of the GPU, or why it is the CPU.
    """

    name: str
    reason: str


def choose_device() -> DeviceChoice:
    """The best device that really computes: each is tried with a small sum first.

    ``MOTIONSTUDIO_DEVICE=cpu`` keeps the GPU out of it.
    """
    if os.environ.get("MOTIONSTUDIO_DEVICE", "").lower() == "cpu":
        return DeviceChoice("cpu", "MOTIONSTUDIO_DEVICE asks for the CPU")
    if torch.cuda.is_available():
        trouble = _trouble("cuda")
        if not trouble:
            return DeviceChoice("cuda", torch.cuda.get_device_name(0))
        return DeviceChoice("cpu", f"the NVIDIA GPU does not compute: {trouble}")
    if torch.backends.mps.is_available():
        trouble = _trouble("mps")
        if not trouble:
            return DeviceChoice("mps", "Apple GPU")
        return DeviceChoice("cpu", f"the Apple GPU does not compute: {trouble}")
    if torch.version.cuda is None:
        return DeviceChoice("cpu", "this torch is built for the CPU only")
    return DeviceChoice("cpu", "torch finds no GPU with a working driver")


def thread_count(cores: int | None = None) -> int:
    """Threads that torch should use beside a window.

    One on small machines: on two cores a second thread gained a sixth when the machine was quiet
    and cost a factor of six when it was not. A larger machine keeps half its cores free.

    Args:
        cores: number of cores, or None to ask the operating system.
    """
    available = cores if cores is not None else os.cpu_count() or 1
    return 1 if available <= 4 else min(4, available // 2)


def _trouble(device: str) -> str:
    """The first line of what goes wrong in a small sum on ``device``, or empty."""
    try:
        total = float(torch.ones(8, device=device).sum())
    except RuntimeError as error:
        return str(error).splitlines()[0]
    return "" if total == 8 else "a sum came out wrong"
