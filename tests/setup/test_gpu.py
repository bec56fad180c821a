"""GPU and torch build, told apart without importing torch."""

from __future__ import annotations

from pathlib import Path

import pytest

from motionstudio.environment import gpu

CARD = gpu.Gpu("NVIDIA H200", "580.95.05")


def test_query_is_read() -> None:
    assert gpu.parse_query("NVIDIA H200, 580.95.05\nA, 1\n") == [CARD, gpu.Gpu("A", "1")]
    assert gpu.parse_query("No devices were found\n") == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("cuda: Optional[str] = '13.0'", "13.0"),
        ("cuda: Optional[str] = None", None),
        ('cuda = "12.8"', "12.8"),
    ],
)
def test_build_of_torch(tmp_path: Path, line: str, expected: str | None) -> None:
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "version.py").write_text(f"debug = False\n{line}\nhip = None\n")
    assert gpu.torch_cuda(tmp_path) == expected


def test_build_of_the_installed_torch_agrees_with_torch() -> None:
    torch = pytest.importorskip("torch")
    assert gpu.torch_cuda() == torch.version.cuda


def test_no_torch_is_no_cuda(tmp_path: Path) -> None:
    assert gpu.torch_cuda(tmp_path) is None


def test_advice_only_for_an_idle_gpu() -> None:
    assert gpu.advice([], None, "linux") == ""
    assert gpu.advice([CARD], "13.0", "linux") == ""
    assert "NVIDIA H200 is here" in gpu.advice([CARD], None, "linux")
    assert gpu.advice([CARD], None, "linux").endswith("run: python3 main.py setup --gpu")


def test_windows_needs_the_address_of_an_index() -> None:
    said = gpu.advice([gpu.Gpu("", "")], None, "win32")
    assert said.startswith("There is an NVIDIA GPU, but")
    assert "--torch-index ADDRESS" in said
