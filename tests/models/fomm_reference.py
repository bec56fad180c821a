"""Where the reference tensors are, and how to read them; tests skip where they are absent."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

FOLDER = "MOTIONSTUDIO_FIXTURES"


def folder() -> Path:
    """The folder of FOMM's reference tensors; skips the test where there is none."""
    default = Path(__file__).parents[3] / "shared" / "fixtures"
    found = Path(os.environ.get(FOLDER, default)) / "fomm"
    if not found.is_dir():
        pytest.skip(f"{FOLDER} names no folder with fomm/ in it")
    return found


def tensors(name: str) -> dict[str, torch.Tensor]:
    """All tensors of one reference file."""
    return load_file(folder() / name)


def close(found: torch.Tensor, wanted: torch.Tensor, most: float, mean: float = 1.0) -> None:
    """Largest and mean absolute difference stay within the limits."""
    assert found.shape == wanted.shape
    difference = (found - wanted).abs()
    assert float(difference.max()) <= most
    assert float(difference.mean()) <= mean
    assert np.isfinite(float(wanted.abs().max()))
