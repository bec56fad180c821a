"""Checkpoints on disk: whole, damaged, and of another kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.base import Capability
from motionstudio.models.checkpoint import CARD, WEIGHTS, read_card, write_checkpoint
from motionstudio.models.registry import find_checkpoint, load_model
from tests.models import tiny


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_checkpoint(tmp_path / "fresh", tiny.card(), tiny.weights())
    return tmp_path / "fresh"


def _edit_card(folder: Path, old: str, new: str) -> None:
    text = (folder / CARD).read_text(encoding="utf-8")
    assert old in text
    (folder / CARD).write_text(text.replace(old, new), encoding="utf-8")


def _plain(error: pytest.ExceptionInfo[MotionStudioError]) -> str:
    """The message, which must be one line that names no path of this machine."""
    message = error.value.message
    assert "\n" not in message
    assert message.endswith(".")
    return message


def test_what_is_written_is_loaded_and_decodes_alike(folder: Path) -> None:
    frames = tiny.pictures(4)
    kept, times = np.ones(4, bool), np.arange(4) / 20
    before, after = tiny.fresh(), load_model(folder)
    motion = before.encode(frames, kept, times)
    again = after.encode(frames, kept, times)
    np.testing.assert_array_equal(motion.mean, again.mean)
    np.testing.assert_array_equal(
        before.decode(motion, frames[0], [2]).displacement,
        after.decode(motion, frames[0], [2]).displacement,
    )
    assert again.model_hash == after.card.hash
    assert len(again.model_hash) == 16


def test_the_card_comes_back_whole(folder: Path) -> None:
    card = read_card(folder)
    assert card.capabilities == tiny.card().capabilities
    assert Capability.PREDICT not in card.capabilities
    assert card.config == tiny.card().config
    assert card.path == folder


def test_no_checkpoint_names_those_at_hand() -> None:
    with pytest.raises(MotionStudioError, match="There is no checkpoint nowhere"):
        find_checkpoint("nowhere")


def test_a_cut_off_file_is_damaged(folder: Path) -> None:
    blob = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(blob[: len(blob) // 2])
    with pytest.raises(MotionStudioError) as error:
        load_model(folder)
    assert "damaged" in _plain(error)


def test_weights_of_another_run_do_not_pass_for_those_of_the_card(folder: Path) -> None:
    other = folder.parent / "other"
    write_checkpoint(other, tiny.card(), tiny.weights(seed=1))
    (folder / WEIGHTS).write_bytes((other / WEIGHTS).read_bytes())
    with pytest.raises(MotionStudioError) as error:
        load_model(folder)
    assert "not those that its card describes" in _plain(error)


def test_missing_weights(folder: Path) -> None:
    (folder / WEIGHTS).unlink()
    with pytest.raises(MotionStudioError) as error:
        load_model(folder)
    assert "cannot be read" in _plain(error)


def test_an_array_that_lacks_is_named(tmp_path: Path) -> None:
    arrays = tiny.weights()
    del arrays["decoder.head.bias"]
    write_checkpoint(tmp_path / "x", tiny.card(), arrays)
    with pytest.raises(MotionStudioError) as error:
        load_model(tmp_path / "x")
    assert "decoder.head.bias" in _plain(error)


def test_an_array_of_another_shape_is_named_with_both_shapes(tmp_path: Path) -> None:
    arrays = {**tiny.weights(), "decoder.head.bias": np.zeros(5, np.float32)}
    write_checkpoint(tmp_path / "x", tiny.card(), arrays)
    with pytest.raises(MotionStudioError) as error:
        load_model(tmp_path / "x")
    assert "(5,)" in _plain(error)
    assert "(2,)" in _plain(error)


@pytest.mark.parametrize("damage", ["lacks", "has another shape"])
def test_the_space_of_learned_motions_must_be_whole(tmp_path: Path, damage: str) -> None:
    arrays = tiny.weights()
    if damage == "lacks":
        del arrays["space.mean"]
    else:
        arrays["space.mean"] = np.zeros((3, 6), np.float32)
    write_checkpoint(tmp_path / "x", tiny.card(), arrays)
    with pytest.raises(MotionStudioError) as error:
        load_model(tmp_path / "x")
    assert "space.mean" in _plain(error)


def test_a_setting_of_a_later_version_is_named(folder: Path) -> None:
    _edit_card(folder, "dims = 6\n", "dims = 6\nwings = 2\n")
    with pytest.raises(MotionStudioError) as error:
        load_model(folder)
    assert "wings" in _plain(error)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "fresh"', "name = "),
        ("channels = 1", 'channels = "many"'),
        ('"decode"', '"levitate"'),
        ('rows = "frame"', 'rows = "moon"'),
    ],
)
def test_a_card_that_does_not_fit_gives_one_sentence(folder: Path, old: str, new: str) -> None:
    _edit_card(folder, old, new)
    with pytest.raises(MotionStudioError) as error:
        load_model(folder)
    assert "fresh" in _plain(error)


def test_an_unknown_system_is_named(folder: Path) -> None:
    _edit_card(folder, 'system = "genlmm"', 'system = "telepathy"')
    with pytest.raises(MotionStudioError) as error:
        load_model(folder)
    assert "telepathy" in _plain(error)
