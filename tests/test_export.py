"""Exports: from rendered frames to files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from motionstudio.core.clip import uniform_times
from motionstudio.core.errors import Cancelled, MotionStudioError
from motionstudio.core.motion import Motion, Rendered, RowKind
from motionstudio.core.picture import Transform
from motionstudio.export import (
    Export,
    ExportKind,
    ExportOptions,
    Panel,
    at_model_size,
    write_export,
)
from motionstudio.export.film import GAP, Material, film
from motionstudio.io import read_clip

COUNT, HEIGHT, WIDTH = 5, 24, 32


def motion() -> Motion:
    times = uniform_times(COUNT, 10)
    return Motion(
        mean=np.arange(COUNT * 3, dtype=np.float32).reshape(COUNT, 3),
        std=None,
        kept=np.array([True, False, True, True, True]),
        times=times,
        rows=RowKind.FRAME,
        row_times=np.stack([times, times], 1),
        filled=np.array([False, True, False, False, False]),
    )


def rendered(count: int = COUNT) -> Rendered:
    rng = np.random.default_rng(0)
    return Rendered(
        frames=rng.integers(0, 256, (count, HEIGHT, WIDTH, 1), dtype=np.uint8),
        times=uniform_times(count, 10),
        displacement=np.full((count, 2, HEIGHT, WIDTH), 2.0, np.float32),
        inverse=np.full((count, 2, HEIGHT, WIDTH), -2.0, np.float32),
    )


def export(options: ExportOptions, **others: object) -> Export:
    transform = Transform.fit((HEIGHT, WIDTH), 16, mode="letterbox")
    return Export(options, motion(), transform, **others)


def always(_fraction: float) -> bool:
    return True


def test_arrays_hold_frames_fields_and_motion(tmp_path: Path) -> None:
    pictures = rendered()
    path = write_export(export(ExportOptions(ExportKind.NPZ, tmp_path / "a.npz")), pictures, always)
    arrays = np.load(path)
    assert np.array_equal(arrays["frames"], pictures.frames)
    assert np.array_equal(arrays["displacement"], pictures.displacement)
    assert np.array_equal(arrays["mean"], motion().mean)
    assert np.array_equal(arrays["kept"], motion().kept)


def test_the_table_names_dimensions_and_marks_rows(tmp_path: Path) -> None:
    options = ExportOptions(ExportKind.CSV, tmp_path / "a.csv")
    edited = np.array([False, False, True, False, False])
    write_export(export(options, names=("squeeze", "z1", "z2"), edited=edited), None, always)
    lines = [line.split(",") for line in (tmp_path / "a.csv").read_text().splitlines()]
    assert "squeeze" in lines[0]
    column = lines[0].index("edited")
    assert [line[column] for line in lines[1:]] == ["0", "0", "1", "0", "0"]


def test_the_models_size_keeps_the_shape_and_scales_fields() -> None:
    small = at_model_size(rendered(), Transform.fit((HEIGHT, WIDTH), 16, mode="letterbox"))
    assert small.frames.shape == (COUNT, 12, 16, 1)
    assert small.displacement is not None
    assert np.allclose(small.displacement, 1.0)


def pictures_of(options: ExportOptions, count: int = COUNT, **others: object) -> np.ndarray:
    whole = export(options, **others)
    material = Material(
        rendered(count), whole.layout, whole.positions, motion().kept, whole.transform,
        whole.truth, whole.source,
    )  # fmt: skip
    clip = film(material, options)
    return np.stack([clip.frames[index] for index in range(len(clip))])


def test_side_by_side_puts_the_truth_to_the_left() -> None:
    truth = np.full((COUNT, HEIGHT, WIDTH, 1), 77, np.uint8)
    both = (Panel.ORIGINAL, Panel.GENERATED)
    frames = pictures_of(ExportOptions(ExportKind.PNG, Path("unused"), panels=both), truth=truth)
    assert frames.shape == (COUNT, HEIGHT, 2 * WIDTH + GAP, 1)
    assert (frames[:, :, :WIDTH] == 77).all()
    assert np.array_equal(frames[:, :, -WIDTH:], rendered().frames)


def test_only_the_chosen_frames_are_compared() -> None:
    truth = np.arange(COUNT, dtype=np.uint8)[:, None, None, None] * np.ones(
        (1, HEIGHT, WIDTH, 1), np.uint8
    )
    options = ExportOptions(
        ExportKind.PNG, Path("unused"), first=2, last=3, panels=(Panel.ORIGINAL,)
    )
    assert pictures_of(options, 2, truth=truth)[:, 0, 0, 0].tolist() == [2, 3]


@pytest.mark.parametrize("kind", [ExportKind.PNG, ExportKind.MP4, ExportKind.GIF])
def test_pictures_come_back(tmp_path: Path, kind: ExportKind) -> None:
    options = ExportOptions(kind, tmp_path / f"a{kind.suffix}")
    clip = read_clip(write_export(export(options), rendered(), always))
    assert len(clip) == COUNT
    assert clip.size == (HEIGHT, WIDTH)


def test_fields_become_nifti(tmp_path: Path) -> None:
    import nibabel

    options = ExportOptions(ExportKind.NIFTI, tmp_path / "a.nii.gz")
    path = write_export(export(options, spacing=(2.0, 0.5)), rendered(), always)
    values = nibabel.load(path).get_fdata()
    assert np.allclose(values[..., 0], 1.0)
    assert np.allclose(values[..., 1], 4.0)


@pytest.mark.parametrize("kind", [ExportKind.MP4, ExportKind.NPZ, ExportKind.PNG])
def test_cancelling_leaves_nothing(tmp_path: Path, kind: ExportKind) -> None:
    options = ExportOptions(kind, tmp_path / f"a{kind.suffix}")
    with pytest.raises(Cancelled):
        write_export(export(options), rendered(), lambda _fraction: False)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_range_is_refused() -> None:
    with pytest.raises(MotionStudioError, match="no frame"):
        ExportOptions(ExportKind.GIF, Path("a.gif"), first=9).frames(COUNT)


def test_pictures_must_be_there() -> None:
    with pytest.raises(ValueError, match="rendered frames"):
        write_export(export(ExportOptions(ExportKind.GIF, Path("a.gif"))), None, always)
