"""States of runs: older ones go on, damaged and foreign ones are refused in plain words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from torch import nn

from motionstudio.core.errors import MotionStudioError
from motionstudio.training.state import fresh_state, load_state, save_state
from tests.training import small

NEWER = ("family", "discriminator", "features", "gaps", "start_from", "watch_every")
"""What recipes did not have yet when the first states were saved."""


def _saved(folder: Path, recipe_text: str) -> Path:
    state = fresh_state(nn.Linear(2, 3))
    state.step = 4
    save_state(state, folder / "state.pt", recipe_text)
    return folder / "state.pt"


def _text(folder: Path) -> str:
    return small.recipe(folder).model_dump_json()


def test_a_state_of_an_older_version_goes_on(tmp_path: Path) -> None:
    old = json.loads(_text(tmp_path))
    for name in NEWER:
        del old[name]
    for stage in old["stages"]:
        for name in ("losses", "frozen_norms", "detector_alone", "generator_alone"):
            del stage[name]
    path = _saved(tmp_path, json.dumps(old))
    stored = torch.load(path, weights_only=True)
    del stored["slowed"]
    torch.save(stored, path)
    state = fresh_state(nn.Linear(2, 3))
    load_state(state, path, _text(tmp_path))
    assert (state.step, state.slowed) == (4, 0)
    assert torch.equal(state.model.state_dict()["weight"], stored["model"]["weight"])
    assert torch.equal(state.averaged["bias"], stored["averaged"]["bias"])


@pytest.mark.parametrize("content", [b"", b"junk\n", b"no state at all", b"PK\x03\x04" + bytes(60)])
def test_a_damaged_state_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "state.pt").write_bytes(content)
    with pytest.raises(MotionStudioError, match=r"state\.pt is damaged"):
        load_state(fresh_state(nn.Linear(2, 3)), tmp_path / "state.pt", _text(tmp_path))


def test_a_file_of_something_else_is_a_damaged_state(tmp_path: Path) -> None:
    torch.save({"weights": torch.zeros(2)}, tmp_path / "state.pt")
    with pytest.raises(MotionStudioError, match="is damaged"):
        load_state(fresh_state(nn.Linear(2, 3)), tmp_path / "state.pt", _text(tmp_path))


def test_a_state_of_other_networks_is_refused(tmp_path: Path) -> None:
    path = _saved(tmp_path, _text(tmp_path))
    with pytest.raises(MotionStudioError, match="does not fit the networks of this version"):
        load_state(fresh_state(nn.Linear(2, 4)), path, _text(tmp_path))
    alone = fresh_state(nn.Linear(2, 3), opponent=nn.Linear(1, 1))
    with pytest.raises(MotionStudioError, match="does not fit the networks of this version"):
        load_state(alone, path, _text(tmp_path))
