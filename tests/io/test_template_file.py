"""Motion templates: every bit comes back, nothing is executed, and other files are told apart."""

from __future__ import annotations

import json
import os
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.keypoints import rest_state
from motionstudio.core.motion import Motion
from motionstudio.io import load_motion, save_motion, write_clip
from motionstudio.io.latents_write import write_latents_safetensors
from motionstudio.io.template_file import Template, is_template, load_template, save_template
from tests.core.test_keypoints import track
from tests.document.builders import encode, subject

SUFFIXES = (".safetensors", ".json", ".npz")


def motion(seed: int = 0, **fields: Any) -> Motion:
    base = encode(subject("a"))
    mean = np.random.default_rng(seed).normal(size=base.mean.shape).astype(np.float32)
    mean[2] = 0
    return replace(base, mean=mean, state=rest_state(track(seed, 1)), **fields)


def same(one: Motion, other: Motion) -> bool:
    for name in ("mean", "std", "kept", "times", "row_times", "filled"):
        before, after = getattr(one, name), getattr(other, name)
        if (before is None) != (after is None):
            return False
        if before is not None and (before.dtype, before.tobytes()) != (
            after.dtype,
            after.tobytes(),
        ):
            return False
    texts = ("rows", "cyclic", "model", "model_hash")
    alike = all(getattr(one, name) == getattr(other, name) for name in texts)
    states = one.state.keys() == other.state.keys() and all(
        value.tobytes() == other.state[name].tobytes() for name, value in one.state.items()
    )
    return alike and states


@given(
    st.integers(0, 999), st.sampled_from(SUFFIXES), st.booleans(), st.booleans(),
    st.one_of(st.none(), st.floats(0.1, 10)),
)  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_a_template_comes_back_bit_for_bit(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    suffix: str,
    cyclic: bool,
    std: bool,
    period: float | None,
) -> None:
    path = tmp_path_factory.mktemp("t") / f"wave{suffix}"
    made = motion(seed, cyclic=cyclic, model_hash="ab12")
    made = made if std else replace(made, std=None)
    names = ("a", "b", "c", "d")
    saved = Template("A wave", made, 2, period, names)
    assert is_template(save_template(saved, path))
    found = load_template(path)
    assert same(found.motion, made)
    assert found.reference == 2
    if suffix != ".npz":
        assert (found.name, found.period, found.names) == ("A wave", period, names)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_saving_a_motion_under_that_name_makes_a_template(tmp_path: Path, suffix: str) -> None:
    path = save_motion(motion(), tmp_path / f"walk{suffix}")
    assert same(load_motion(path), motion())
    found = load_template(path)
    assert (found.name, found.reference) == ("walk", 2)


def test_the_matrix_of_an_export_serves_as_well(tmp_path: Path) -> None:
    path = write_latents_safetensors(motion(), tmp_path / "m.safetensors")
    found = load_template(path)
    assert same(found.motion, motion())
    assert (found.reference, found.names[:2]) == (2, ("z0", "z1"))


def test_other_files_are_told_apart(tmp_path: Path) -> None:
    clip = tmp_path / "clip.npz"
    frames = np.zeros((3, 8, 8, 1), np.uint8)
    write_clip(Clip(frames, uniform_times(3, 10.0)), clip)
    words = {"notes.json": '{"a": 1}', "x.safetensors": "short", "y.npz": "no", "z.txt": "z"}
    for name, text in words.items():
        (tmp_path / name).write_text(text)
    for name in (*words, "clip.npz", "missing.json"):
        assert not is_template(tmp_path / name)
    for name in ("notes.json", "x.safetensors", "y.npz"):
        with pytest.raises(MotionStudioError):
            load_template(tmp_path / name)
    with pytest.raises(MotionStudioError, match="cannot be written"):
        save_template(Template("a", motion()), tmp_path / "a.mp4")


class Bomb:
    def __reduce__(self) -> tuple[Any, ...]:
        return (pytest.fail, ("a pickle was executed",))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_nothing_in_a_file_is_executed(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"bomb{suffix}"
    path.write_bytes(pickle.dumps(Bomb()))
    assert not is_template(path)
    with pytest.raises(MotionStudioError):
        load_template(path)
    np.savez(tmp_path / "bomb.npz", mean=np.array([Bomb()], object), row_times=np.zeros(1))
    assert not is_template(tmp_path / "bomb.npz")


def test_damage_is_one_sentence(tmp_path: Path) -> None:
    path = save_template(Template("a", motion(), 2), tmp_path / "a.json")
    held = json.loads(path.read_text())
    for change in ({"reference": "9"}, {"arrays": {}}, {"rows": "wheel"}, {"arrays": 3}):
        path.write_text(json.dumps({**held, **change}))
        with pytest.raises(MotionStudioError):
            load_template(path)
    path.write_text(json.dumps({**held, "motion_format": "99"}))
    with pytest.raises(MotionStudioError, match="later version"):
        load_template(path)


def test_a_template_says_nothing_of_where_it_came_from(tmp_path: Path) -> None:
    path = save_template(Template("wave", motion(), 2), tmp_path / "a.json")
    assert str(tmp_path) not in path.read_text()


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_exported_matrices_can_be_read_by_whom_other_files_can(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.touch()
    latents = write_latents_safetensors(motion(), tmp_path / "z.safetensors")
    template = save_template(Template("beat", motion(), 0), tmp_path / "t.safetensors")
    assert {path.stat().st_mode for path in (latents, template)} == {plain.stat().st_mode}
