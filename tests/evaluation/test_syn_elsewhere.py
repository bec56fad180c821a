"""SyN in another environment: its conventions, its refusals, and the time that it takes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from motionstudio.core.errors import MotionStudioError
from motionstudio.evaluation import peers, syn_elsewhere
from motionstudio.evaluation.model_calls import Stopwatch
from tests.evaluation.test_peers import SHIFT, texture

# Stands in for antspyx: images count x first, and the field leads from the fixed picture to the
# moving one. It finds whole shifts by trying them, and prints where it should not.
ANTS = """
import numpy as np

_fields = {}

class Image:
    def __init__(self, array): self.array = array
    def numpy(self): return self.array

def from_numpy(array): return Image(array)

def registration(fixed, moving, **settings):
    print("ITK was here", flush=True)
    shifts = [(x, y) for x in range(-5, 6) for y in range(-5, 6)]
    def left(shift):
        back = [-s for s in shift]
        return np.abs(np.roll(moving.array, back, (0, 1)) - fixed.array)[8:-8, 8:-8].sum()
    found = np.array(min(shifts, key=left), float) * SIGN
    _fields["warp"] = np.broadcast_to(found, (*fixed.array.shape, 2))
    return {"fwdtransforms": ["warp"], "invtransforms": []}

def image_read(path): return Image(_fields[path])
"""


@pytest.fixture
def ants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a fake antspyx for this very Python, which is named as the other one."""
    (tmp_path / "ants.py").write_text(f"SIGN = 1\n{ANTS}")
    (tmp_path / "antspyx-9.9.dist-info").mkdir()
    (tmp_path / "antspyx-9.9.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: antspyx\nVersion: 9.9\n"
    )
    paths = [str(tmp_path), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
    monkeypatch.setenv(syn_elsewhere.VARIABLE, sys.executable)
    syn_elsewhere.worker.cache_clear()
    yield tmp_path
    syn_elsewhere.worker.cache_clear()


def _pair() -> tuple[np.ndarray, np.ndarray]:
    """A picture, and the same one moved by ``SHIFT`` round the edges: moved(p) = it(p + u)."""
    picture = texture()
    return picture, np.roll(picture, (-int(SHIFT[1]), -int(SHIFT[0])), (1, 2))


def test_a_shift_comes_back_as_our_backward_displacement(ants: Path) -> None:
    peer = next(p for p in peers.PEERS if p.name == peers.SYN)
    assert peer.installed
    u = peer.register(*_pair())
    assert u.shape == (2, 80, 112)
    assert u.dtype == np.float32
    np.testing.assert_allclose(u[0], SHIFT[0])
    np.testing.assert_allclose(u[1], SHIFT[1])
    assert "antspyx 9.9" in peers.elsewhere_note()


def test_fields_of_another_convention_are_refused(ants: Path) -> None:
    (ants / "ants.py").write_text(f"SIGN = -1\n{ANTS}")
    with pytest.raises(MotionStudioError, match="where a picture was moved by"):
        peers.syn(*_pair())


def test_a_python_without_antspyx_is_refused_with_what_to_do(
    ants: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (ants / "ants.py").write_text("raise ImportError\n")
    with pytest.raises(MotionStudioError, match="pip install antspyx"):
        peers.syn(*_pair())
    monkeypatch.setenv(syn_elsewhere.VARIABLE, str(ants / "no-such-python"))
    with pytest.raises(MotionStudioError, match="cannot register"):
        peers.syn(*_pair())


def test_time_spent_elsewhere_counts(ants: Path) -> None:
    peers.syn(*_pair())
    before = syn_elsewhere.borrowed_seconds()
    with Stopwatch() as watch:
        peers.syn(*_pair())
    spent = syn_elsewhere.borrowed_seconds() - before
    assert spent > 0
    assert watch.milliseconds >= 1000 * spent


def test_without_it_the_row_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(syn_elsewhere.VARIABLE, raising=False)
    peer = next(p for p in peers.PEERS if p.name == peers.SYN)
    assert syn_elsewhere.VARIABLE in peer.absent
    assert peers.elsewhere_note() == ""
