"""From a clip to motion.npz and back to pictures, as a shell user does it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import motionstudio as ms
from motionstudio import io
from motionstudio.models.checkpoint import write_checkpoint
from tests.cli.conftest import COUNT, Cli
from tests.models import tiny


@pytest.fixture
def motion(cli: Cli, fresh: Path, clip: Path, tmp_path: Path) -> Path:
    path = tmp_path / "motion.npz"
    done = cli("encode", clip, "--model", "fresh", "-o", path)
    assert done.code == 0, done.err
    return path


def _arrays(path: Path) -> dict[str, Any]:
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def test_the_motion_is_that_of_the_notebook(fresh: Path, clip: Path, motion: Path) -> None:
    arrays = _arrays(motion)
    assert {"mean", "std", "kept", "times", "model", "model_hash"} <= set(arrays)
    model = ms.load_model("fresh")
    expected = ms.encode(model, ms.read_clip(clip))
    np.testing.assert_array_equal(arrays["mean"], expected.mean)
    np.testing.assert_array_equal(arrays["std"], expected.std)
    assert (str(arrays["model"]), str(arrays["model_hash"])) == ("fresh", model.card.hash)


def test_dropped_frames(cli: Cli, fresh: Path, clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "m.npz"
    done = cli("encode", clip, "--model", "fresh", "--drop", "3,5-6", "-o", out, "--json")
    record = done.json()
    assert record["dropped"] == record["filled"] == [3, 5, 6]
    assert (record["rows"], record["dims"], record["model"]) == (COUNT, 6, "fresh")
    assert np.flatnonzero(~io.load_motion(out).kept).tolist() == [3, 5, 6]
    text = cli("encode", clip, "--model", "fresh", "--drop", "3,5-6", "-o", out).out
    assert text == f"{out}: 8 rows x 6 dimensions; frames 3, 5, 6 dropped and filled in\n"


def test_range_reference_and_cycle(cli: Cli, fresh: Path, clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "m.npz"
    words = ("encode", clip, "--model", "fresh", "-o", out)
    assert cli(*words, "--range", "1:8:2", "--reference", 2, "--cyclic").code == 0
    motion = io.load_motion(out)
    np.testing.assert_allclose(motion.times, [0, 0.1, 0.2, 0.3])
    assert np.flatnonzero(~motion.mean.any(axis=1)).tolist() == [2]
    assert motion.cyclic
    assert cli(*words, "--open").code == 0
    assert not io.load_motion(out).cyclic


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--drop", "0"], "which is the reference"),
        (["--drop", "3,x"], "'x' is neither a frame nor a range"),
        (["--drop", "9"], "frames are 0 to 7"),
        (["--drop", "6-4"], "runs backwards"),
        (["--range", "2:6", "--drop", "5"], "frames are 0 to 3"),
        (["--reference", "8"], "--reference names frame 8"),
        (["--reference", "-1"], "--reference names frame -1"),
        (["--range", "5:5"], "No frame of disc lies in '5:5'"),
        (["--range", "a:b"], "'a:b' is no range"),
        (["--range", "3"], "'3' is no range"),
        (["--range", "::-1"], "below 1"),
        (["--slice", "4"], "disc"),
        (["--device", "abacus"], "no device abacus"),
        (["--model", "hart"], "no checkpoint hart"),
        (["-o", "nowhere/motion.npz"], "nowhere does not exist"),
    ],
)
def test_what_the_user_can_mend(
    cli: Cli, fresh: Path, clip: Path, tmp_path: Path, words: list[str], said: str
) -> None:
    options = ["--model", "fresh", "-o", str(tmp_path / "m.npz"), *words]
    done = cli("encode", clip, *options)
    assert (done.code, done.out) == (2, "")
    *_, last = done.err.splitlines()
    assert said in last
    assert not (tmp_path / "m.npz").exists()


def test_the_film_and_its_fields(cli: Cli, clip: Path, motion: Path, tmp_path: Path) -> None:
    film, fields = tmp_path / "out.npz", tmp_path / "fields.npz"
    done = cli("render", motion, "--source", clip, "-o", film, "--fields", fields, "--inverse")
    assert done.code == 0, done.err
    assert done.out.splitlines() == [str(film), str(fields)]
    frames, moved = _arrays(film)["frames"], _arrays(fields)
    assert frames.shape == (COUNT, 40, 56, 1)
    assert frames.dtype == np.uint8
    assert moved["displacement"].shape == moved["inverse"].shape == (COUNT, 2, 40, 56)
    assert moved["displacement"].dtype == np.float32
    np.testing.assert_allclose(moved["times"], np.arange(COUNT) / 20)
    expected = ms.render(ms.load_model("fresh"), io.load_motion(motion), ms.read_clip(clip))
    np.testing.assert_array_equal(frames, expected.frames)
    np.testing.assert_array_equal(moved["displacement"], expected.displacement)


def test_a_mean_that_was_edited_with_numpy(
    cli: Cli, clip: Path, motion: Path, tmp_path: Path
) -> None:
    arrays, edited = _arrays(motion), tmp_path / "edited.npz"
    arrays["mean"][4, 0] += 3
    np.savez(edited, **arrays)
    films = []
    for path in (motion, edited):
        out = tmp_path / f"{path.stem}-film.npz"
        assert cli("render", path, "--source", clip, "-o", out).code == 0
        films.append(_arrays(out)["frames"])
    changed = [t for t in range(COUNT) if not np.array_equal(films[0][t], films[1][t])]
    assert changed == [4]


def test_another_picture_moves_the_same_way(cli: Cli, motion: Path, tmp_path: Path) -> None:
    still = np.random.default_rng(1).integers(90, 140, (30, 30, 3), np.uint8)
    Image.fromarray(still).save(tmp_path / "still.png")
    out = tmp_path / "o.npz"
    assert cli("render", motion, "--source", tmp_path / "still.png", "-o", out).code == 0
    frames = _arrays(out)["frames"]
    assert frames.shape == (COUNT, 30, 30, 3)
    np.testing.assert_array_equal(frames[0], still)


def test_a_video_of_another_size(cli: Cli, clip: Path, motion: Path, tmp_path: Path) -> None:
    film = tmp_path / "out.mp4"
    assert cli("render", motion, "--source", clip, "-o", film, "--size", 112).code == 0
    assert (len(ms.read_clip(film)), ms.read_clip(film).size) == (COUNT, (80, 112))
    seen = tmp_path / "seen.npz"
    assert cli("render", motion, "--source", clip, "-o", seen, "--size", "model").code == 0
    assert _arrays(seen)["frames"].shape[1:3] == (23, 32)


def test_the_source_is_the_frame_that_the_motion_starts_from(
    cli: Cli, fresh: Path, clip: Path, tmp_path: Path
) -> None:
    motion, out = tmp_path / "m.npz", tmp_path / "o.npz"
    cli("encode", clip, "--model", "fresh", "--reference", 3, "-o", motion)
    frames = ms.read_clip(clip).frames
    assert cli("render", motion, "--source", clip, "-o", out).code == 0
    np.testing.assert_array_equal(_arrays(out)["frames"][3], frames[3])
    assert cli("render", motion, "--source", clip, "--frame", 5, "-o", out).code == 0
    np.testing.assert_array_equal(_arrays(out)["frames"][3], frames[5])


def test_a_motion_of_other_weights_is_refused_in_one_sentence(
    cli: Cli, clip: Path, motion: Path, tmp_path: Path
) -> None:
    write_checkpoint(tmp_path / "other", tiny.card(), tiny.weights(seed=5))
    out = tmp_path / "o.npz"
    done = cli("render", motion, "--source", clip, "--model", tmp_path / "other", "-o", out)
    assert (done.code, done.out) == (2, "")
    assert "The motion was made by the model fresh (" in done.err.splitlines()[-1]
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--size", "0"], "'0' is no size"),
        (["--size", "huge"], "'huge' is no size"),
        (["--frame", "8"], "--frame names frame 8"),
        (["--inverse"], "Name it with --fields"),
        (["--fields", "fields.nii"], "does not end in .npz"),
        (["--model", "hart"], "no checkpoint hart"),
        (["-o", "film.wmv"], "unknown suffix .wmv"),
    ],
)
def test_what_the_user_can_mend_of_a_rendering(
    cli: Cli, clip: Path, motion: Path, words: list[str], said: str
) -> None:
    done = cli("render", motion, "--source", clip, *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err.splitlines()[-1]


def test_a_clip_is_no_motion(cli: Cli, fresh: Path, clip: Path) -> None:
    done = cli("render", clip, "--source", clip)
    assert done.code == 2
    assert "is no saved motion" in done.err


@pytest.mark.real_data
def test_a_slice_of_a_real_volume(cli: Cli, fresh: Path, real_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "m.npz"
    volume = real_data / "cardiac_cine_human" / "sax_4d.nii.gz"
    assert cli("inspect", volume, "--json").json()["slices"] > 1
    assert cli("encode", volume, "--slice", 2, "--model", "fresh", "-o", out).code == 0
    film = tmp_path / "o.mp4"
    assert cli("render", out, "--source", volume, "--slice", 2, "-o", film).code == 0
    assert len(ms.read_clip(film)) == len(io.load_motion(out).times)
