"""Which device, and why; how many threads."""

from __future__ import annotations

import pytest
import torch

from motionstudio.engine.device import is_out_of_memory
from motionstudio.models import device
from motionstudio.models.device import choose_device, thread_count


@pytest.fixture(autouse=True)
def _no_wish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MOTIONSTUDIO_DEVICE", raising=False)


def test_a_working_gpu_is_taken_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _index: "Testing GPU")
    monkeypatch.setattr(device, "_trouble", lambda _device: "")
    assert choose_device() == ("cuda", "Testing GPU")


def test_a_gpu_that_cannot_add_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(device, "_trouble", lambda _device: "no kernel image")
    name, reason = choose_device()
    assert name == "cpu"
    assert reason == "the NVIDIA GPU does not compute: no kernel image"


def test_apple_gpu_comes_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(device, "_trouble", lambda _device: "")
    assert choose_device().name == "mps"


def test_the_cpu_comes_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(torch.version, "cuda", None)
    assert choose_device() == ("cpu", "this torch is built for the CPU only")
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    assert choose_device() == ("cpu", "torch finds no GPU with a working driver")


def test_the_cpu_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTIONSTUDIO_DEVICE", "CPU")
    assert choose_device().name == "cpu"


def test_the_small_sum_tells_a_missing_device() -> None:
    assert device._trouble("cpu") == ""
    assert device._trouble("vulkan") != ""


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 1), (4, 1), (6, 3), (8, 4), (64, 4)])
def test_small_machines_use_one_thread(cores: int, threads: int) -> None:
    assert thread_count(cores) == threads


def test_what_counts_as_out_of_memory() -> None:
    assert is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory"))
    assert is_out_of_memory(MemoryError())
    assert is_out_of_memory(RuntimeError("MPS backend out of memory (MPS allocated: 1 GB)"))
    assert is_out_of_memory(RuntimeError("DefaultCPUAllocator: can't allocate memory: 8 bytes"))
    assert not is_out_of_memory(RuntimeError("shapes cannot be multiplied"))
    assert not is_out_of_memory(ValueError("out of memory"))
