"""What would mislead about people's own clips: padding, lost labels, means of different clips."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from motionstudio.evaluation import evaluate
from motionstudio.evaluation.clip_tracking import TRACKING
from motionstudio.evaluation.clip_transport import BACK, OTHER
from motionstudio.evaluation.domains import DOMAINS, subjects
from motionstudio.evaluation.material import Material
from motionstudio.evaluation.on_clips import measure_on
from motionstudio.evaluation.own_clips import read_own
from motionstudio.evaluation.peers import PEERS, identity
from motionstudio.evaluation.progress import silent
from motionstudio.evaluation.table import MODEL
from motionstudio.evaluation.tracking import ENCODED
from motionstudio.models.base import Capability
from tests.evaluation.oracle import SIZE, Oracle
from tests.models import tiny_stae, tiny_vae

CARD = Oracle(subjects(DOMAINS["heart"], SIZE, 1)).card


@pytest.fixture(autouse=True)
def quick_peers(monkeypatch: pytest.MonkeyPatch) -> None:
    few = tuple(peer for peer in PEERS if peer.register is identity)
    monkeypatch.setattr("motionstudio.evaluation.clip_tracking.PEERS", few)


def _pictures(name: str, count: int = 4, side: int = SIZE) -> Material:
    frames = np.random.default_rng(len(name)).random((count, 1, side, side), np.float32)
    return Material(name, frames, np.arange(count) / 10)


def test_motion_is_put_on_another_clip_by_models_whose_rows_are_steps() -> None:
    model = tiny_stae.fresh()
    items = [_pictures("a", side=model.card.size), _pictures("longer", 5, model.card.size)]
    found = measure_on("transport", model, items, "t", silent)
    assert found.problems == ()
    (table,) = found.tables
    assert table.row(BACK).figures["rmse"].count == 2
    assert table.row(OTHER).figures["folds"].count == 2


class _Folding(Oracle):
    """Folds everything, but only in the upper third of its picture."""

    def encode(self, frames, kept, times, **_):  # type: ignore[no-untyped-def]
        return super().encode(np.repeat(self.samples[0].frames[:1], len(frames), 0), kept, times)

    def decode(self, motion, source, rows, **_):  # type: ignore[no-untyped-def]
        found = super().decode(motion, source, [0] * len(rows))
        field = np.zeros((len(rows), 2, SIZE, SIZE), np.float32)
        field[:, 0, : SIZE // 3] = -2 * np.arange(SIZE)
        return type(found)(None, field)


@pytest.mark.parametrize(("top", "folded"), [(0, True), (SIZE // 3 + 1, False)])
def test_folds_in_the_padding_do_not_count(top: int, folded: bool) -> None:
    model = _Folding(subjects(DOMAINS["heart"], SIZE, 1))
    item = replace(_pictures("m"), content=(top, 0, SIZE - top, SIZE))
    (table,) = measure_on("tracking", model, [item], "t", silent).tables
    share = table.row(ENCODED).figures["folds"].mean
    assert (share > 20) if folded else (share == 0)


def test_labels_that_vanish_at_the_models_size_are_no_labels(tmp_path: Path) -> None:
    frames = np.random.default_rng(0).integers(0, 255, (3, 200, 200), np.uint8)
    masks = np.zeros((3, 200, 200), np.uint8)
    masks[:, 100, 100] = 1
    masks[0, 40:160, 40:160] = 1
    np.savez(tmp_path / "dots.npz", frames=frames, masks=masks, fps=10)
    found = read_own(tmp_path, CARD, None)
    assert found.items[0].labelled is not None
    assert found.items[0].labelled.tolist() == [True, False, False]
    assert any("labels of 2 frames are too small" in note for note in found.notes)
    masks[0, 40:160, 40:160] = 0
    np.savez(tmp_path / "dots.npz", frames=frames, masks=masks, fps=10)
    assert read_own(tmp_path, CARD, None).items[0].labels is None


def test_thin_clips_and_what_many_clips_have_in_common_are_said(tmp_path: Path) -> None:
    frames = np.random.default_rng(0).integers(0, 255, (3, 20, 400), np.uint8)
    for name in "abcdef":
        np.savez(tmp_path / f"{name}.npz", frames=frames)
    notes = read_own(tmp_path, CARD, None).notes
    assert notes[0].startswith("a: only 2 x 48 of the model's 48 x 48 pixels are its own")
    (common,) = [note for note in notes if "no frame times" in note]
    assert common.startswith("a, b, c, d and 2 more: ")


def test_means_of_fewer_sequences_than_the_title_says_are_named() -> None:
    flat = Material("flat", np.full((3, 1, 32, 32), 0.5, np.float32), np.arange(3.0))
    single = _pictures("single", 1, 32)
    items = [_pictures("a", 3, 32), _pictures("bb", 3, 32), flat, single, replace(single, name="2")]
    (table,) = measure_on("reconstruction", tiny_vae.fresh(), items, "t", silent).tables
    assert table.title.endswith("(t, 5 sequences)")
    assert "Means over fewer than the 5 sequences: first frame held 3" in table.note
    (table,) = measure_on("reconstruction", tiny_vae.fresh(), items[:2], "t", silent).tables
    assert "fewer" not in table.note


def test_a_single_picture_is_no_success_of_a_model_that_bends_it() -> None:
    model = Oracle(subjects(DOMAINS["heart"], SIZE, 1))
    found = measure_on("reconstruction", model, [_pictures("one", 1)], "t", silent)
    assert found.tables == ()
    assert "too few frames" in found.notes[0]
    drawing = tiny_vae.fresh()
    assert Capability.DISPLACEMENT not in drawing.card.capabilities
    one = _pictures("one", 1, drawing.card.size)
    assert measure_on("reconstruction", drawing, [one], "t", silent).tables[0].row(MODEL)


def test_nats_are_said_to_be_of_the_padding_too() -> None:
    model = tiny_vae.fresh()
    square = _pictures("s", 2, model.card.size)
    wide = replace(square, name="w", content=(8, 0, 16, model.card.size))
    (table,) = measure_on("likelihood", model, [square, wide], "t", silent).tables
    assert "1 sequence is not square" in table.note
    assert "square" not in measure_on("likelihood", model, [square], "t", silent).tables[0].note


def test_the_grid_that_figures_are_of_is_said(tmp_path: Path) -> None:
    for name, side in (("a", 96), ("b", 144)):
        frames = np.random.default_rng(0).integers(0, 255, (3, side, side), np.uint8)
        np.savez(tmp_path / f"{name}.npz", frames=frames, fps=10)
    report = evaluate(_Folding(subjects(DOMAINS["heart"], SIZE, 1)), TRACKING.name, clips=tmp_path)
    assert "48 x 48 grey" in report.notes[0]
    assert "1 px in the tables is 2 to 3 px" in report.notes[0]
    assert [clip.pixel for clip in report.clips] == [2, 3]
