"""Ejection fraction and groups, from pairs whose motion is known."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from motionstudio.core.agreement import ejection_fraction
from motionstudio.core.clip import Clip
from motionstudio.core.picture import Transform
from motionstudio.evaluation.area_curves import area_curves, curve_table
from motionstudio.evaluation.domains import DOMAINS, subjects
from motionstudio.evaluation.patient_groups import (
    BEYOND,
    ROWS,
    component_table,
    components_of,
    group_table,
)
from motionstudio.evaluation.patients import (
    EXPERT,
    FLOW,
    GROUPS,
    MODEL,
    Patients,
    fraction_table,
    group_of,
    read_patients,
)
from motionstudio.evaluation.progress import silent
from motionstudio.evaluation.real import PAIRS, RealSequence, _from_clip, human, pig
from motionstudio.models.registry import load_model
from tests.evaluation.oracle import SIZE, Oracle

COUNT = 12


class _Still(Oracle):
    """Finds no motion; its rows say how much darker the second frame is."""

    def encode(self, frames: np.ndarray, kept: np.ndarray, times: np.ndarray, **_: object):  # type: ignore[no-untyped-def,override]
        self.samples = self.samples[:1]
        motion = super().encode(self.samples[0].frames[: len(frames)], kept, times)
        motion.mean[1] = [frames[1].mean() - frames[0].mean(), 0]
        return motion

    def decode(self, motion, source, rows, **_):  # type: ignore[no-untyped-def,override]
        found = super().decode(motion, source, [0] * len(rows))
        return type(found)(None, np.zeros((len(rows), 2, SIZE, SIZE), np.float32))


def _write(folder: Path) -> None:
    """Healthy hearts shrink from radius 16 to 8, failing ones to 14; two slices each."""
    y, x = np.mgrid[:64, :64]
    frames, masks, names = [], [], []
    for patient in range(COUNT):
        failing = patient % 2
        for _ in range(2):
            radii = (16, 14 if failing else 8)
            inside = np.stack([np.hypot(y - 32, x - 32) < r for r in radii])
            frames.append((40 + 150 * inside + (x % 4) * 5).astype(np.uint8))
            masks.append(2 * inside.astype(np.uint8))
            names.append(f"SC-{'HF-I' if failing else 'N'}-{patient:02d}")
    (folder / PAIRS).parent.mkdir(parents=True)
    np.savez(folder / PAIRS, frames=np.stack(frames), masks=np.stack(masks),
             subject=np.array(names))  # fmt: skip


@pytest.fixture(scope="module")
def model() -> Oracle:
    return _Still(subjects(DOMAINS["heart"], SIZE, 1))


def test_fractions_of_known_discs(model: Oracle, tmp_path: Path) -> None:
    _write(tmp_path)
    found = read_patients(model, tmp_path, silent)
    assert found is not None
    assert len(found.names) == COUNT
    healthy = np.array([group == "SC-N" for group in found.groups])
    assert found.fractions[EXPERT][healthy] == pytest.approx(75, abs=2)
    assert found.fractions[EXPERT][~healthy] == pytest.approx(23.4, abs=3)
    assert (found.fractions[MODEL] == 0).all()
    assert found.fractions[FLOW][healthy].mean() > 30
    table = fraction_table(found)
    row = table.row(f"{MODEL}; all patients").figures
    assert row["bias"].mean == pytest.approx(-found.fractions[EXPERT].mean())
    assert "r" not in row
    assert row["n"].mean == COUNT


def test_groups_that_move_differently_are_told_apart(model: Oracle, tmp_path: Path) -> None:
    _write(tmp_path)
    found = read_patients(model, tmp_path, silent)
    assert found is not None
    table, tests = group_table(found, permutations=99)
    told = tests[f"failing or not: {ROWS}"]
    assert told.accuracy == 1.0
    assert told.p == pytest.approx(0.01)
    assert told.interval[0] > 0.6
    assert told.explained > 0.99
    assert table.row(f"failing or not: {ROWS}").figures["n"].mean == COUNT
    # The rows are a straight line of the area ejected: beyond it nothing is left.
    assert tests[f"failing or not: {BEYOND}"].accuracy < 0.8
    assert "12 patients" not in table.note
    assert "6 heart failure with infarct" in table.note


def test_absent_pairs_are_none_and_unknown_names_refused(model: Oracle, tmp_path: Path) -> None:
    assert read_patients(model, tmp_path, silent) is None
    assert {group_of(f"{group}-07") for group in GROUPS} == set(GROUPS)
    with pytest.raises(ValueError, match="in front"):
        group_of("XX-1")


def test_slices_without_a_cavity_and_patients_without_slices_are_left_out_and_counted(
    model: Oracle, tmp_path: Path
) -> None:
    _write(tmp_path)
    with np.load(tmp_path / PAIRS) as arrays:
        frames, masks, subject = arrays["frames"], arrays["masks"], arrays["subject"]
    masks[0, 1] = 0  # one of two slices of the first patient, at ES
    masks[2:4, 0] = 0  # both slices of the second
    np.savez(tmp_path / PAIRS, frames=frames, masks=masks, subject=subject)
    found = read_patients(model, tmp_path, silent)
    assert found is not None
    assert len(found.names) == COUNT - 1
    assert found.left_out == 3
    assert sorted(found.picture[:, 3].tolist()) == [1.0] + [2.0] * (COUNT - 2)
    assert "3 slices show no cavity" in fraction_table(found).note


def test_components_keep_distances_and_say_what_they_do(model: Oracle) -> None:
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((10, 2)) * [3.0, 1.0]
    scores, _, share = components_of(rows)
    apart = np.linalg.norm(rows[:, None] - rows, axis=-1)
    assert np.linalg.norm(scores[:, None] - scores, axis=-1) == pytest.approx(apart)
    assert share.sum() == pytest.approx(1)
    found = Patients(
        tuple(f"SC-N-{n}" for n in range(10)), np.ones(10, bool), ("SC-N",) * 10,
        {}, rows, scores[:, :1] * -2 + 5, np.zeros((10, 40)), np.zeros((10, 4)),
    )  # fmt: skip
    table = component_table(model, found)
    assert table.row("component 0").figures["r"].mean == pytest.approx(-1)
    assert table.row("component 0").figures["ejected more"].mean == 0  # it finds no motion


def test_areas_of_a_disc_that_shrinks(model: Oracle) -> None:
    y, x = np.mgrid[:SIZE, :SIZE]
    radii = (12.0, 9.0, 6.0, 9.0)
    labels = np.stack([2 * (np.hypot(y - 24, x - 24) < r) for r in radii]).astype(np.uint8)
    frames = (0.2 + 0.3 * labels[:, None] + 0.02 * (x % 3)).astype(np.float32)
    sequence = RealSequence("disc", frames, np.arange(4) / 4, 1.0, labels, (1, 2, 3), 2, (2.0, 0.5))
    found = area_curves(model, sequence)
    assert found.contours == pytest.approx((1, 0.5625, 0.25, 0.5625), abs=0.03)
    assert found.first == pytest.approx(np.pi * 144, rel=0.04)
    assert found.curves[MODEL] == pytest.approx((1, 1, 1, 1))
    assert found.curves[FLOW][2] < 0.6
    row = curve_table([found]).row(f"disc, {MODEL}").figures
    assert row["error"].mean == pytest.approx(100 * (0.4375 + 0.75 + 0.4375) / 3, abs=2)
    assert row["truth"].mean == pytest.approx(75, abs=2)


@pytest.mark.parametrize("target", [64, 96])
def test_a_known_disc_keeps_its_area_in_square_millimetres(model: Oracle, target: int) -> None:
    y, x = np.mgrid[:120, :100]
    spacing, radius = (1.5, 0.8), 30.0
    disc = np.hypot((y - 60) * spacing[0], (x - 50) * spacing[1]) < radius
    masks = np.stack([2 * disc, 2 * disc]).astype(np.uint8)
    frames = np.repeat((50 + 100 * disc).astype(np.uint8)[None, ..., None], 2, 0)
    clip = Clip(frames=frames, times=np.array([0.0, 0.1]), name="disc", spacing=spacing,
                masks=masks)  # fmt: skip
    card = model.card.model_copy(update={"size": target})
    found = _from_clip(SimpleNamespace(card=card), clip, "disc", 0, (1,))  # type: ignore[arg-type]
    assert found.spacing is not None
    area = float((found.labels[0] == 2).sum()) * found.spacing[0] * found.spacing[1]
    assert area == pytest.approx(np.pi * radius**2, rel=0.02)
    rows, columns = (np.ptp(axis) + 1 for axis in np.nonzero(found.labels[0] == 2))
    assert rows * found.spacing[0] == pytest.approx(2 * radius, rel=0.05)
    assert columns * found.spacing[1] == pytest.approx(2 * radius, rel=0.05)


@pytest.mark.real_data
def test_two_patients_counted_by_hand(real_data: Path) -> None:
    """Pixels of the cavity in the file, added on paper: 5227 to 2141, and 11273 to 10054."""
    with np.load(real_data / PAIRS, allow_pickle=False) as arrays:
        subject = arrays["subject"]
        chosen = np.isin(subject, ("SC-HYP-06", "SC-HF-I-11"))
        masks = arrays["masks"][chosen]
    transform = Transform.fit((128, 128), 128, range=(0.0, 255.0))
    for name, ed, es in (("SC-HYP-06", 5227, 2141), ("SC-HF-I-11", 11273, 10054)):
        labels = transform.mask_to_model(masks[subject[chosen] == name].reshape(-1, 128, 128))
        areas = (labels == 2).sum((1, 2)).reshape(-1, 2)
        assert areas.sum(0).tolist() == [ed, es]
        assert ejection_fraction(areas.astype(float)) == pytest.approx(100 * (ed - es) / ed)


@pytest.mark.real_data
def test_the_human_and_the_pig_are_as_large_as_their_files_say(real_data: Path) -> None:
    card = SimpleNamespace(card=load_model("heart").card)
    for kind, folder, pixel in (
        (human, "cardiac_cine_human", 1.367),
        (pig, "cardiac_cine_pig", 0.82),
    ):
        sequence = next(kind(card, real_data))  # type: ignore[arg-type]
        with np.load(real_data / folder / f"{sequence.name.split()[1]}.npz") as arrays:
            first = 19 if kind is human else 0
            true = (arrays["masks"][first] == 2).sum() * pixel**2
        assert sequence.spacing is not None
        found = (sequence.labels[0] == 2).sum() * float(np.prod(sequence.spacing))
        assert found == pytest.approx(true, rel=0.03)
        assert (sequence.labels[0] == 2).sum() > (sequence.labels[sequence.extreme] == 2).sum()
