"""The five functions for notebooks, on a real model with random weights."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import platformdirs
import pytest

import motionstudio as ms
from motionstudio.core.clip import uniform_times
from motionstudio.engine import gather
from motionstudio.models.genlmm_model import GenLMMModel
from tests.engine.real_model import random_genlmm

COUNT, HEIGHT, WIDTH = 6, 40, 56


@pytest.fixture(scope="module")
def model() -> GenLMMModel:
    return random_genlmm()


@pytest.fixture(scope="module")
def clip() -> ms.Clip:
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    discs = [np.hypot(y - 20, x - 28) < 8 + 4 * np.sin(2 * np.pi * t / COUNT) for t in range(COUNT)]
    frames = np.stack(discs)[..., np.newaxis] * 180 + rng.integers(0, 20, (COUNT, HEIGHT, WIDTH, 1))
    return ms.Clip(frames=frames.astype(np.uint8), times=uniform_times(COUNT, 20.0), cyclic=True)


@pytest.fixture(scope="module")
def motion(model: GenLMMModel, clip: ms.Clip) -> ms.Motion:
    return ms.encode(model, clip)


def test_encode_gives_one_row_a_frame(model: GenLMMModel, clip: ms.Clip, motion: ms.Motion) -> None:
    assert motion.mean.shape == (COUNT, model.card.dims)
    assert motion.mean.dtype == np.float32
    assert motion.std is not None
    assert motion.std.shape == motion.mean.shape
    assert motion.cyclic
    assert motion.kept.all()
    assert not motion.filled.any()
    assert (motion.model, motion.model_hash) == ("random", "0123456789abcdef")
    np.testing.assert_array_equal(motion.times, clip.times)
    assert not motion.mean[0].any()
    assert motion.mean[1:].any()


def test_dropped_frames_are_filled_in(model: GenLMMModel, clip: ms.Clip) -> None:
    kept = [True, False, True, True, False, True]
    filled = ms.encode(model, clip, kept=kept)
    assert filled.filled.tolist() == [not k for k in kept]
    scrambled = np.asarray(clip.frames).copy()
    for t in (1, 4):
        scrambled[t] = np.random.default_rng(t).permuted(scrambled[t].ravel()).reshape(40, 56, 1)
    blind = ms.encode(model, replace(clip, frames=scrambled), kept=kept)
    np.testing.assert_array_equal(blind.mean, filled.mean)
    seeing = ms.encode(model, replace(clip, frames=scrambled))
    assert not np.array_equal(seeing.mean, ms.encode(model, clip).mean)


@pytest.mark.parametrize("cyclic", [False, True])
def test_any_frame_can_be_the_reference(model: GenLMMModel, clip: ms.Clip, cyclic: bool) -> None:
    motion = ms.encode(model, clip, reference=3, cyclic=cyclic)
    assert motion.mean.shape[0] == COUNT
    assert np.flatnonzero(~motion.mean.any(axis=1)).tolist() == [3]


def test_dropping_the_reference_is_refused(model: GenLMMModel, clip: ms.Clip) -> None:
    with pytest.raises(ms.MotionStudioError, match="reference and cannot be dropped"):
        ms.encode(model, clip, kept=[False] + [True] * 5)
    with pytest.raises(ValueError, match=r"kept of shape \(6,\)"):
        ms.encode(model, clip, kept=[True])


def test_render_at_native_size(model: GenLMMModel, clip: ms.Clip, motion: ms.Motion) -> None:
    out = ms.render(model, motion, source=np.asarray(clip.frames[0]), size="native")
    assert out.frames.shape == (COUNT, HEIGHT, WIDTH, 1)
    assert out.frames.dtype == np.uint8
    assert out.displacement is not None
    assert out.displacement.shape == (COUNT, 2, HEIGHT, WIDTH)
    assert out.displacement.dtype == np.float32
    assert out.inverse is None
    np.testing.assert_array_equal(out.frames[0], clip.frames[0])
    assert not np.array_equal(out.frames[2], clip.frames[0])


def test_no_edit_is_the_plain_reconstruction_bit_for_bit(
    model: GenLMMModel, clip: ms.Clip, motion: ms.Motion
) -> None:
    plain = ms.render(model, motion, source=clip)
    untouched = replace(motion, mean=motion.mean + np.zeros_like(motion.mean))
    again = ms.render(model, untouched, source=clip)
    np.testing.assert_array_equal(plain.frames, again.frames)
    assert plain.displacement is not None
    assert again.displacement is not None
    np.testing.assert_array_equal(plain.displacement, again.displacement)


def test_an_edit_changes_its_frame_only(
    model: GenLMMModel, clip: ms.Clip, motion: ms.Motion
) -> None:
    mean = motion.mean.copy()
    mean[4, 0] += 3
    plain = ms.render(model, motion, source=clip)
    edited = ms.render(model, replace(motion, mean=mean), source=clip)
    changed = [t for t in range(COUNT) if not np.array_equal(plain.frames[t], edited.frames[t])]
    assert changed == [4]


def test_other_sizes_keep_the_proportions(
    model: GenLMMModel, clip: ms.Clip, motion: ms.Motion
) -> None:
    large = ms.render(model, motion, source=clip, size=(80, 112), inverse=True)
    assert large.frames.shape == (COUNT, 80, 112, 1)
    assert large.inverse is not None
    native = ms.render(model, motion, source=clip)
    assert native.displacement is not None
    assert large.displacement is not None
    peak, large_peak = np.abs(native.displacement).max(), np.abs(large.displacement).max()
    assert large_peak == pytest.approx(2 * peak, rel=0.1)
    seen = ms.render(model, motion, source=clip, size="model", fields=False)
    assert seen.frames.shape == (COUNT, 46, 64, 1)
    assert seen.displacement is None
    with pytest.raises(ms.MotionStudioError, match="would squeeze"):
        ms.render(model, motion, source=clip, size=(80, 80))
    with pytest.raises(ValueError, match="native, model or"):
        ms.render(model, motion, source=clip, size=(0, 80))


def test_a_colour_still_is_animated_in_its_own_colours(
    model: GenLMMModel, motion: ms.Motion
) -> None:
    still = np.random.default_rng(2).integers(90, 140, (30, 30, 3), np.uint8)
    out = ms.render(model, motion, source=still)
    assert out.frames.shape == (COUNT, 30, 30, 3)
    np.testing.assert_array_equal(out.frames[0], still)


def test_grey_stills_and_other_dtypes(model: GenLMMModel, motion: ms.Motion) -> None:
    still = np.linspace(-1000, 3000, 900).reshape(30, 30)
    out = ms.render(model, motion, source=still)
    assert out.frames[0].min() == 0
    assert out.frames[0].max() == 255
    with pytest.raises(ValueError, match=r"source \(H, W\)"):
        ms.render(model, motion, source=np.zeros((2, 30, 30, 3), np.uint8))


def test_long_results_live_in_a_file_and_are_the_same(
    model: GenLMMModel,
    clip: ms.Clip,
    motion: ms.Motion,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    plain = ms.render(model, motion, source=clip)
    monkeypatch.setattr(gather, "IN_MEMORY", 1000)
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda *_, **__: str(tmp_path / "cache"))
    mapped = ms.render(model, motion, source=clip)
    assert isinstance(mapped.frames, np.memmap)
    np.testing.assert_array_equal(plain.frames, mapped.frames)
    assert list((tmp_path / "cache").iterdir()) == []


def test_no_room_for_a_long_result_is_one_sentence(
    model: GenLMMModel,
    clip: ms.Clip,
    motion: ms.Motion,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setattr(gather, "IN_MEMORY", 1000)
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda *_, **__: str(tmp_path / "file"))
    with pytest.raises(ms.MotionStudioError, match="there is no room in"):
        ms.render(model, motion, source=clip)


def test_a_motion_of_other_weights_is_refused(
    model: GenLMMModel, clip: ms.Clip, motion: ms.Motion
) -> None:
    with pytest.raises(ms.MotionStudioError, match="was made by the model random"):
        ms.render(model, replace(motion, model_hash="f" * 16), source=clip)


def test_from_file_to_file(model: GenLMMModel, clip: ms.Clip, tmp_path: Path) -> None:
    np.savez(tmp_path / "in.npz", frames=np.asarray(clip.frames), times=clip.times)
    read = ms.read_clip(tmp_path / "in.npz")
    out = ms.render(model, ms.encode(model, read), source=read)
    ms.write_clip(out, tmp_path / "out.npz")
    with np.load(tmp_path / "out.npz") as archive:
        np.testing.assert_array_equal(archive["frames"].reshape(out.frames.shape), out.frames)


def test_missing_checkpoint_is_one_sentence() -> None:
    with pytest.raises(ms.MotionStudioError, match="There is no checkpoint hart"):
        ms.load_model("hart")


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="no attribute 'decode'"):
        _ = ms.decode  # type: ignore[attr-defined]
    assert {"encode", "render", "Clip"} <= set(dir(ms))


def test_importing_the_package_loads_neither_torch_nor_qt() -> None:
    code = (
        "import sys, motionstudio as ms; ms.Clip; ms.MotionStudioError;"
        "sys.exit(any(name in sys.modules for name in ('torch', 'PySide6')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
