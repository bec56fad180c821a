"""Every export, written and read back with our own readers; what each file says about itself."""

from __future__ import annotations

import csv
import json
import shlex
from pathlib import Path

import av
import nibabel
import numpy as np
import pytest
from PIL import Image
from safetensors import safe_open

from motionstudio.core.clip import uniform_times
from motionstudio.core.errors import Cancelled
from motionstudio.core.motion import Motion, Rendered, RowKind
from motionstudio.core.picture import Transform
from motionstudio.core.upsampling import Positions, positions_of, upsample_motion
from motionstudio.core.warp import jacobian_determinant
from motionstudio.export import (
    Export,
    ExportKind,
    ExportOptions,
    Panel,
    command_line,
    why_not,
    write_export,
)
from motionstudio.export.estimate import estimate
from motionstudio.export.fields import SUMMARY_COLUMNS
from motionstudio.export.film import GAP
from motionstudio.export.time_left import TimeLeft
from motionstudio.io import load_motion, read_clip
from motionstudio.io.provenance import XMP_KEY, Provenance, sidecar_of

COUNT, HEIGHT, WIDTH = 5, 24, 32
NAMES = ("squeeze", "turn", "z2")
PROVENANCE = Provenance(
    "MotionStudio 1.2", "heart", "abcd", "0123456789abcdef", "motionstudio render p.motion"
)


def motion() -> Motion:
    times = uniform_times(COUNT, 10)
    return Motion(
        mean=np.arange(COUNT * 3, dtype=np.float32).reshape(COUNT, 3),
        std=np.full((COUNT, 3), 0.25, np.float32),
        kept=np.array([True, False, True, True, True]),
        times=times,
        rows=RowKind.FRAME,
        row_times=np.stack([times, times], 1),
        filled=np.array([False, True, False, False, False]),
        model="heart",
        model_hash="abcd",
        state={"refined": np.ones((2, 2), np.float32)},
    )


def rendered(count: int = COUNT, channels: int = 3, fps: float = 10) -> Rendered:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    frames = np.stack([
        np.stack([(4 * x + 9 * t + 40 * c + y) % 256 for c in range(channels)], -1)
        for t in range(count)
    ]).astype(np.uint8)  # fmt: skip
    field = np.stack([np.stack([0.01 * t * x, -0.02 * t * y]) for t in range(count)])
    return Rendered(
        frames=frames,
        times=uniform_times(count, fps),
        displacement=-field.astype(np.float32),
        inverse=field.astype(np.float32),
    )


def export(options: ExportOptions, **others: object) -> Export:
    transform = Transform.fit((HEIGHT, WIDTH), 16, mode="letterbox")
    given = {"provenance": PROVENANCE, "names": NAMES, **others}
    return Export(options, motion(), transform, **given)  # type: ignore[arg-type]


def always(_fraction: float) -> bool:
    return True


def write(tmp_path: Path, kind: ExportKind, channels: int = 3, **choices: object) -> Path:
    options = ExportOptions(kind, tmp_path / f"a{kind.suffix}", **choices)  # type: ignore[arg-type]
    whole = export(options)
    return write_export(whole, rendered(len(whole.positions), channels), always)


FILMS = [ExportKind.MP4, ExportKind.WEBM, ExportKind.GIF, ExportKind.APNG]


@pytest.mark.parametrize("kind", [*FILMS, ExportKind.PNG])
def test_films_come_back_with_their_pictures_and_times(tmp_path: Path, kind: ExportKind) -> None:
    assert why_not(kind) == ""
    clip = read_clip(write(tmp_path, kind))
    assert (len(clip), clip.size) == (COUNT, (HEIGHT, WIDTH))
    true = rendered().frames.astype(float)
    error = np.abs(np.asarray(clip.frames[:]).astype(float) - true).mean()
    assert error <= {ExportKind.APNG: 0, ExportKind.PNG: 0, ExportKind.GIF: 6}.get(kind, 12)
    if kind.is_film:
        np.testing.assert_allclose(np.diff(clip.times), 0.1, atol=1e-6)


@pytest.mark.parametrize("kind", FILMS)
def test_ping_pong_appends_the_way_back_at_the_rate(tmp_path: Path, kind: ExportKind) -> None:
    clip = read_clip(write(tmp_path, kind, ping_pong=True, fps=5.0))
    assert len(clip) == COUNT + COUNT - 2
    np.testing.assert_allclose(np.diff(clip.times), 0.2, atol=1e-6)
    frames = np.asarray(clip.frames[:]).astype(float)
    assert np.abs(frames[3] - frames[5]).mean() < np.abs(frames[3] - frames[4]).mean()


def test_true_times_last_as_long_on_the_way_back(tmp_path: Path) -> None:
    options = ExportOptions(ExportKind.MP4, tmp_path / "a.mp4", ping_pong=True)
    uneven = rendered()
    object.__setattr__(uneven, "times", np.array([0.0, 0.1, 0.4, 0.5, 0.6]))
    clip = read_clip(write_export(export(options), uneven, always))
    np.testing.assert_allclose(np.diff(clip.times), [0.1, 0.3, 0.1, 0.1, 0.1, 0.1, 0.1], atol=1e-3)


@pytest.mark.parametrize(("plays", "expected"), [(0, 5), (1, 5), (3, 15)])
def test_films_repeat_frames_and_loops_are_said_where_the_format_can(
    tmp_path: Path, plays: int, expected: int
) -> None:
    assert len(read_clip(write(tmp_path, ExportKind.MP4, plays=plays))) == expected
    with Image.open(write(tmp_path, ExportKind.GIF, plays=plays)) as gif:
        assert gif.n_frames == COUNT
        assert gif.info.get("loop") == {0: 0, 1: None, 3: 2}[plays]
    with Image.open(write(tmp_path, ExportKind.APNG, plays=plays)) as apng:
        assert apng.n_frames == COUNT
        assert apng.info["loop"] == plays


@pytest.mark.parametrize("scale", [25, 50, 150, 400])
def test_sizes(tmp_path: Path, scale: int) -> None:
    clip = read_clip(write(tmp_path, ExportKind.PNG, scale=scale))
    assert clip.size == (HEIGHT * scale // 100, WIDTH * scale // 100)


def test_a_gif_keeps_grey_exact_and_colours_near(tmp_path: Path) -> None:
    grey = read_clip(write(tmp_path, ExportKind.GIF, channels=1))
    assert np.array_equal(np.asarray(grey.frames[:])[..., :1], rendered(channels=1).frames)
    path = tmp_path / "few.gif"
    options = ExportOptions(ExportKind.GIF, path)
    pictures = rendered()
    flat = np.where(pictures.frames > 127, 200, 50).astype(np.uint8)
    few = Rendered(flat, pictures.times)
    assert np.array_equal(
        np.asarray(read_clip(write_export(export(options), few, always)).frames[:]), flat
    )


def test_panels_stand_side_by_side(tmp_path: Path) -> None:
    truth = np.full((COUNT, HEIGHT, WIDTH, 3), 90, np.uint8)
    panels = (Panel.ORIGINAL, Panel.GENERATED, Panel.JACOBIAN, Panel.GRID, Panel.MAGNITUDE,
              Panel.DIFFERENCE, Panel.SOURCE)  # fmt: skip
    options = ExportOptions(ExportKind.PNG, tmp_path / "a", panels=panels)
    whole = export(options, truth=truth, source=np.full((HEIGHT, WIDTH, 3), 10, np.uint8))
    frames = np.asarray(read_clip(write_export(whole, rendered(), always)).frames[:])
    step = WIDTH + GAP
    assert frames.shape[1:3] == (HEIGHT, 7 * step - GAP)
    assert (frames[:, :, :WIDTH] == 90).all()
    assert np.array_equal(frames[:, :, step : step + WIDTH], rendered().frames)
    assert (frames[:, :, 6 * step :] == 10).all()
    assert len({frames[:, :, i * step : i * step + WIDTH].tobytes() for i in range(7)}) == 7


def test_numbers_and_drop_marks_are_burnt_in_where_they_belong(tmp_path: Path) -> None:
    plain = np.asarray(read_clip(write(tmp_path, ExportKind.PNG)).frames[:])
    for name, choices in (("n", {"number": True}), ("d", {"drops": True})):
        options = ExportOptions(ExportKind.PNG, tmp_path / name, **choices)
        marked = read_clip(write_export(export(options), rendered(), always)).frames
        changed = [bool((np.asarray(marked[t]) != plain[t]).any()) for t in range(COUNT)]
        assert changed == ([True] * COUNT if name == "n" else [False, True, False, False, False])
        assert np.array_equal(np.asarray(marked[2])[: HEIGHT // 3], plain[2][: HEIGHT // 3])


def test_pictures_in_between_are_counted_and_timed(tmp_path: Path) -> None:
    options = ExportOptions(ExportKind.MP4, tmp_path / "a.mp4", first=1, last=3, upsampling=4)
    finer = upsample_motion(motion(), 4)
    whole = Export(
        options, finer, Transform.fit((HEIGHT, WIDTH), 16, mode="letterbox"),
        places=positions_of(motion(), 4), original=motion(),
    )  # fmt: skip
    assert whole.positions == range(4, 13)
    clip = read_clip(write_export(whole, rendered(9, fps=40), always))
    np.testing.assert_allclose(np.diff(clip.times), 0.025, atol=1e-4)


def test_one_frame_becomes_one_picture(tmp_path: Path) -> None:
    path = write(tmp_path, ExportKind.STILL, first=2, last=2)
    assert read_clip(path).size == (HEIGHT, WIDTH)


def test_displacement_and_jacobian_as_arrays(tmp_path: Path) -> None:
    arrays = np.load(write(tmp_path, ExportKind.FIELDS))
    true = rendered()
    assert np.array_equal(arrays["displacement"], true.displacement)
    assert np.array_equal(arrays["inverse"], true.inverse)
    assert np.array_equal(arrays["jacobian"], jacobian_determinant(true.inverse))
    assert json.loads(str(arrays["provenance"]))["model_hash"] == "abcd"


def test_fields_as_nifti_carry_intent_spacing_and_a_description(tmp_path: Path) -> None:
    for kind in (ExportKind.NIFTI, ExportKind.JACOBIAN):
        options = ExportOptions(kind, tmp_path / f"{kind.value}.nii.gz")
        write_export(export(options, spacing=(2.0, 0.5)), rendered(), always)
    field = nibabel.load(tmp_path / "nifti.nii.gz")
    assert field.header.get_intent()[0] == "displacement vector"
    assert np.allclose(np.diag(field.affine)[:2], [0.5, 2.0])
    assert field.shape == (WIDTH, HEIGHT, 1, COUNT, 2)
    assert b"AI-generated" in field.header["descrip"].tobytes()
    change = nibabel.load(tmp_path / "jacobian.nii.gz")
    assert change.header.get_intent()[2] == "Jacobian"
    expected = jacobian_determinant(rendered().inverse)
    assert np.allclose(change.get_fdata()[:, :, 0, 3].T, expected[3])
    assert np.array_equal(read_clip(tmp_path / "jacobian.nii.gz").frames[3][..., 0], expected[3])


def test_the_summary_has_one_line_a_frame_and_a_file_beside_it(tmp_path: Path) -> None:
    path = write(tmp_path, ExportKind.SUMMARY)
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert tuple(rows[0]) == SUMMARY_COLUMNS
    assert [row["frame"] for row in rows] == ["0", "1", "2", "3", "4"]
    assert [row["kept"] for row in rows] == ["1", "0", "1", "1", "1"]
    change = jacobian_determinant(rendered().inverse)[3]
    assert float(rows[3]["jacobian_median"]) == pytest.approx(float(np.median(change)), rel=1e-4)
    assert float(rows[3]["folded_percent"]) == 0.0
    beside = json.loads(sidecar_of(path).read_text())
    assert (beside["file"], beside["project_hash"]) == ("a.csv", "0123456789abcdef")


def test_folds_are_counted_exactly(tmp_path: Path) -> None:
    _, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    field = np.zeros((1, 2, HEIGHT, WIDTH), np.float32)
    field[0, 0] = np.where(x < 8, -2 * x, -16)
    folded = (jacobian_determinant(field[0]) <= 0).mean()
    options = ExportOptions(ExportKind.SUMMARY, tmp_path / "f.csv", first=0, last=0)
    one = Rendered(rendered(1).frames, np.zeros(1), -field, field)
    rows = list(csv.DictReader(write_export(export(options), one, always).read_text().splitlines()))
    assert folded > 0
    assert float(rows[0]["folded_percent"]) == pytest.approx(100 * folded, rel=1e-5)


def test_tracked_points_move_with_the_material(tmp_path: Path) -> None:
    rows = list(csv.DictReader(write(tmp_path, ExportKind.TRACKS).read_text().splitlines()))
    assert {row["frame"] for row in rows} == {"0", "1", "2", "3", "4"}


def test_the_matrix_comes_back_from_npz_and_safetensors(tmp_path: Path) -> None:
    true = motion()
    named = write(tmp_path, ExportKind.LATENTS)
    back = load_motion(named)
    assert np.load(named)["dim_names"].tolist() == list(NAMES)
    assert (back.model, back.model_hash, back.rows) == ("heart", "abcd", RowKind.FRAME)
    with safe_open(write(tmp_path, ExportKind.SAFETENSORS), framework="numpy") as file:
        header = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    assert tuple(json.loads(header["dim_names"])) == NAMES
    assert [header[key] for key in ("model", "model_hash", "rows")] == ["heart", "abcd", "frame"]
    own = {"mean": back.mean, "std": back.std, "kept": back.kept}
    for found in (own | {"state/refined": back.state["refined"]}, tensors):
        assert np.array_equal(found["mean"], true.mean)
        assert np.array_equal(found["std"], true.std)
        assert np.array_equal(found["kept"], true.kept)
        assert np.array_equal(found["state/refined"], true.state["refined"])


def said_by(path: Path) -> str:
    """What a file says about itself."""
    if path.suffix in (".mp4", ".webm"):
        with av.open(str(path)) as container:
            found = {name.lower(): text for name, text in container.metadata.items()}
            return found.get("comment", "")
    if path.is_dir():
        path = sorted(path.iterdir())[0]
    with Image.open(path) as image:
        image.load()
        text = image.info.get("comment", b"").decode() or image.info.get("Comment", "")
        return text + image.info.get(XMP_KEY, "")


@pytest.mark.parametrize("kind", [*FILMS, ExportKind.PNG])
def test_files_say_that_they_are_generated_and_how(tmp_path: Path, kind: ExportKind) -> None:
    text = said_by(write(tmp_path, kind))
    assert "AI-generated with MotionStudio 1.2, model heart (abcd)" in text
    assert "0123456789abcdef" in text
    assert "compositeWithTrainedAlgorithmicMedia" in text
    if kind in (ExportKind.PNG, ExportKind.APNG):
        assert "<Iptc4xmpExt:DigitalSourceType>http://cv.iptc.org" in text


@pytest.mark.parametrize("kind", [*FILMS, ExportKind.PNG])
def test_the_mark_can_be_switched_off(tmp_path: Path, kind: ExportKind) -> None:
    options = ExportOptions(kind, tmp_path / f"a{kind.suffix}", mark_ai=False)
    made = Provenance("MotionStudio 1.2", "heart", "abcd", ai=False)
    text = said_by(write_export(export(options, provenance=made), rendered(), always))
    assert "Made with MotionStudio 1.2, model heart (abcd)" in text
    for word in ("AI-generated", "ai_generated", "trainedAlgorithmicMedia"):
        assert word not in text


@pytest.mark.parametrize("kind", [kind for kind in ExportKind if kind.has_pictures])
def test_cancelling_leaves_nothing_of_any_kind(tmp_path: Path, kind: ExportKind) -> None:
    options = ExportOptions(kind, tmp_path / f"a{kind.suffix}", first=0, last=0)
    with pytest.raises(Cancelled):
        write_export(export(options), rendered(1), lambda _fraction: False)
    assert list(tmp_path.iterdir()) == []


def test_impossible_choices_are_refused() -> None:
    for choices in ({"scale": 10}, {"upsampling": 3}, {"plays": -1}, {"panels": ()}):
        with pytest.raises(ValueError, match="ExportOptions"):
            ExportOptions(ExportKind.MP4, Path("a.mp4"), **choices)  # type: ignore[arg-type]


def test_the_command_says_what_differs() -> None:
    options = ExportOptions(
        ExportKind.GIF, Path("my film.gif"), first=2, last=9, scale=50, ping_pong=True,
        upsampling=4, panels=(Panel.ORIGINAL, Panel.GENERATED), number=True, mark_ai=False, fps=12,
    )  # fmt: skip
    words = shlex.split(command_line(options, Path("p.motion"), "sax 05", count=25))
    assert words[:3] == ["motionstudio", "render", "p.motion"]
    for pair in (("--out", "my film.gif"), ("--subject", "sax 05"), ("--frames", "2-9"),
                 ("--scale", "50"), ("--upsample", "4"), ("--panels", "original,generated"),
                 ("--fps", "12")):  # fmt: skip
        assert words[words.index(pair[0]) + 1] == pair[1]
    assert {"--ping-pong", "--burn-number", "--no-ai-mark"} <= set(words)
    plain = ExportOptions(ExportKind.MP4, Path("a.mp4"), last=24)
    assert command_line(plain, Path("p.motion"), count=25).endswith("--kind mp4")


def test_estimates_count_pictures_and_length() -> None:
    options = ExportOptions(ExportKind.MP4, Path("a.mp4"), ping_pong=True, scale=50, upsampling=2)
    ahead = estimate(options, Positions(10, 2), (200, 100), 0.5, 10.0, pace=1.0)
    assert (ahead.rendered, ahead.written, ahead.size) == (19, 36, (100, 50))
    assert ahead.seconds == pytest.approx(36 / 20)
    assert ahead.wait == pytest.approx(19 * 0.02)
    assert "36 pictures of 50 × 100, 1.8 s" in ahead.text()


def test_time_left_is_guessed_from_what_is_done() -> None:
    now = [100.0]
    left = TimeLeft(lambda: now[0])
    assert left.text(0.5) == ""
    now[0] += 10
    assert left.text(0.25) == "about 30 s left"
    assert left.text(0.01) == ""
    assert left.text(1.0) == ""
