"""Statement 24 for checkpoints: one plain sentence, whatever is wrong with the folder."""

from __future__ import annotations

import json
import pickle
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.checkpoint import CARD, WEIGHTS, write_checkpoint
from motionstudio.models.registry import load_model
from tests.models import tiny


def _weights(content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / WEIGHTS).write_bytes(content)


def _card(old: str, new: str) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        text = (folder / CARD).read_text()
        assert old in text
        (folder / CARD).write_text(text.replace(old, new))

    return change


def _with(**arrays: np.ndarray) -> Callable[[Path], object]:
    return lambda folder: write_checkpoint(folder, tiny.card(), {**tiny.weights(), **arrays})


def _header(plain: object, size: int | None = None) -> bytes:
    text = json.dumps(plain).encode()
    return struct.pack("<Q", len(text) if size is None else size) + text


DAMAGE: dict[str, Callable[[Path], object]] = {
    "nothing in it": _weights(b""),
    "a pickle": _weights(pickle.dumps({"weights": [1, 2, 3]})),
    "a text": _weights(b"These are no weights."),
    "a header without end": _weights(_header({}, 2**60)),
    "a header that is no JSON": _weights(struct.pack("<Q", 4) + b"{{{{"),
    "arrays beyond the end": _weights(
        _header({"a": {"dtype": "F32", "shape": [9], "data_offsets": [0, 36]}})
    ),
    "arrays that overlap": _weights(
        _header(
            {
                "a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]},
                "b": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]},
            }
        )
        + bytes(4)
    ),
    "a number type nobody knows": _weights(
        _header({"a": {"dtype": "X9", "shape": [1], "data_offsets": [0, 4]}}) + bytes(4)
    ),
    "a card that is no text": lambda folder: (folder / CARD).write_bytes(b"\xff\xfe\x00\x01"),
    "an empty card": lambda folder: (folder / CARD).write_bytes(b""),
    "other dimensions than the card says": _card("dims = 6\n", "dims = 7\n"),
    "another size than the card says": _card("channels = 1\n", "channels = 3\n"),
    "an array of another shape": _with(**{"decoder.head.bias": np.zeros(5, np.float32)}),
    "a folder in place of the weights": lambda folder: (
        (folder / WEIGHTS).unlink(),
        (folder / WEIGHTS).mkdir(),
    ),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_statement_24_a_damaged_checkpoint_is_named_in_one_sentence(
    tmp_path: Path, kind: str
) -> None:
    folder = tmp_path / "fresh"
    write_checkpoint(folder, tiny.card(), tiny.weights())
    DAMAGE[kind](folder)
    with pytest.raises(MotionStudioError) as caught:
        load_model(folder)
    message = caught.value.message
    assert "fresh" in message or "checkpoint" in message
    assert message.endswith(".")
    assert "\n" not in message
    assert len(message) < 300
    assert message.count(". ") == 0
    assert "Traceback" not in message
