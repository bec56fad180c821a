"""Every task on a model whose figures are known, because it knows the truth."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from motionstudio.core.errors import MotionStudioError
from motionstudio.evaluation import TASKS, evaluate
from motionstudio.evaluation.domains import DOMAINS, pairs, subjects
from motionstudio.evaluation.interpolation import (
    FILLED,
    GAPS_LINEAR,
    KEPT_CUBIC,
    KEPT_LINEAR,
    OWN_LINEAR,
    TRUE_LINEAR,
    UNDROPPED,
    interpolation,
    kept_frames,
)
from motionstudio.evaluation.progress import Watch, silent
from motionstudio.evaluation.real import HELD_OUT_PATIENTS, PAIRS, patients, real
from motionstudio.evaluation.refinement import STEPS, refinement
from motionstudio.evaluation.speed import BOTH, speed
from motionstudio.evaluation.table import Row
from motionstudio.evaluation.tracking import CEILING, ENCODED, REFINED, tracking
from motionstudio.evaluation.transport import TRANSPORTED, shuffle_tests, transport
from motionstudio.models.base import Capability
from tests.evaluation.oracle import SIZE, Oracle

HEART = DOMAINS["heart"]


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle(subjects(HEART, SIZE, 2))


def _means(row: Row, *without: str) -> dict[str, float]:
    return {key: figure.mean for key, figure in row.figures.items() if key not in without}


def test_tracking_gives_the_truth_the_figures_of_the_ceiling(oracle: Oracle) -> None:
    said: list[str] = []
    table = tracking(oracle, HEART, 2, said.append)
    ceiling = _means(table.row(CEILING))
    assert _means(table.row(ENCODED), "ms") == ceiling
    assert ceiling["epe"] == 0.0
    assert table.row("identity").figures["epe"].mean > 0.3
    assert table.row("identity").figures["epe"].count == 2
    assert said == ["tracking: subject 1 of 2", "tracking: subject 2 of 2"]


def test_a_table_of_a_run_that_was_stopped_tells_what_was_measured(oracle: Oracle) -> None:
    said: list[str] = []
    watch = Watch(said.append, lambda: bool(said))
    table = tracking(oracle, HEART, 2, watch)
    assert "1 subjects never trained on" in table.title
    assert table.row(ENCODED).figures["epe"].count == 1


def test_tracking_refines_only_what_it_looks_at() -> None:
    model = Oracle(subjects(HEART, SIZE, 1), Capability.REFINE)
    table = tracking(model, HEART, 1, silent)
    assert "epe" in table.row(REFINED).figures
    assert 4 <= model.seen[-1].sum() <= 6
    assert model.seen[-1][0]


def test_peers_that_are_not_installed_are_named(oracle: Oracle) -> None:
    table = tracking(oracle, HEART, 1, silent)
    for row in table.rows:
        assert bool(row.figures) != bool(row.remark)


def test_interpolation_withholds_the_frames_that_it_measures(oracle: Oracle) -> None:
    oracle.seen.clear()
    tables = interpolation(oracle, HEART, 1, silent)
    counts = [int(kept.sum()) for kept in oracle.seen]
    frames = len(oracle.samples[0].frames)
    seen = [-(-frames // stride) for stride in (2, 3, 6, 8)]
    # For every share the clip with gaps, and the kept frames as a clip of nothing else.
    assert counts == [frames, *(count for count in seen for _ in range(2))]
    assert [len(kept) for kept in oracle.seen[2::2]] == seen
    assert len(tables) == 4


def test_interpolation_of_the_truth_is_perfect_and_its_linear_rival_is_not(oracle: Oracle) -> None:
    for table in interpolation(oracle, HEART, 1, silent):
        assert table.row(FILLED).figures["epe"].mean == 0.0
        for name in (OWN_LINEAR, KEPT_LINEAR, GAPS_LINEAR):
            assert _means(table.row(name)) == _means(table.row(TRUE_LINEAR))
        assert _means(table.row(UNDROPPED)) == _means(table.row(FILLED))
    errors = [
        t.row(TRUE_LINEAR).figures["epe"].mean for t in interpolation(oracle, HEART, 1, silent)
    ]
    assert 0 < errors[0] < errors[-1]
    cubic = interpolation(oracle, HEART, 1, silent)[0].row(KEPT_CUBIC).figures["epe"].mean
    assert 0 < cubic < errors[0]


def test_interpolation_sets_rivals_beside_the_model(oracle: Oracle) -> None:
    table = interpolation(oracle, HEART, 1, silent, rivals=[oracle])[0]
    assert _means(table.row("oracle, frames dropped")) == _means(table.row(FILLED))


@pytest.mark.parametrize("stride", [2, 3, 8])
def test_every_nth_frame_from_the_reference_is_kept(stride: int) -> None:
    assert list(np.flatnonzero(kept_frames(20, stride))) == list(range(0, 20, stride))


def test_transport_by_a_model_that_ignores_the_anatomy_is_the_plain_copy() -> None:
    both = [sample for pair in pairs(HEART, SIZE, 2) for sample in pair]
    table = transport(Oracle(both), HEART, 2, silent)
    copied = _means(table.row("copy of A's true field"))
    assert _means(table.row(TRANSPORTED)) == copied
    assert table.row("model, z of B itself on B").figures["epe"].mean == 0.0
    aligned = table.row("copy of A's true field, centres aligned").figures["epe"].mean
    assert aligned < copied["epe"]


def test_shuffling_costs_a_model_that_uses_z_and_not_one_that_ignores_the_anatomy(
    oracle: Oracle,
) -> None:
    table = shuffle_tests(oracle, HEART, 2, silent)
    assert table.row("shuffled z").figures["loss"].mean > 0.005
    assert table.row("another's first frame in the decoder").figures["loss"].mean == 0.0
    own = table.row("own z, own first frame").figures["lcc"].mean
    assert own > table.row("identity").figures["lcc"].mean


def test_refinement_has_a_row_for_every_number_of_steps() -> None:
    model = Oracle(subjects(HEART, SIZE, 1), Capability.REFINE)
    table = refinement(model, HEART, 1, silent)
    assert len(table.rows) == len(STEPS)
    assert "ms" not in table.rows[0].figures
    assert "ms" in table.rows[1].figures


def test_speed_gives_ratios_to_the_model(oracle: Oracle) -> None:
    table = speed(oracle, HEART, 1, silent)
    assert table.row(BOTH).figures["ratio"].mean == pytest.approx(1.0)
    row = table.row("demons (symmetric, diffeomorphic)")
    expected = row.figures["ms"].mean / table.row(BOTH).figures["ms"].mean
    assert row.figures["ratio"].mean == pytest.approx(expected)


def test_figures_are_measured_too() -> None:
    domain = DOMAINS["figures"]
    table = tracking(Oracle(subjects(domain, SIZE, 1)), domain, 1, silent)
    assert table.row(ENCODED).figures["epe"].mean == 0.0
    assert "dice figure" in table.row("identity").figures


def test_real_says_what_is_absent(oracle: Oracle, tmp_path: Path) -> None:
    tables, notes = real(oracle, tmp_path, silent)
    assert tables == ()
    assert len(notes) == 3
    assert all("absent" in note for note in notes)


def _write_pairs(folder: Path, count: int = 8) -> None:
    rng = np.random.default_rng(0)
    masks = np.zeros((count, 2, 64, 64), np.uint8)
    masks[:, :, 20:40, 20:40] = 2
    (folder / PAIRS).parent.mkdir(parents=True)
    np.savez(
        folder / PAIRS,
        frames=rng.integers(0, 256, (count, 2, 64, 64), np.uint8),
        masks=masks,
        subject=np.array([f"P{i:02d}" for i in range(count)]),
    )


def test_only_held_out_patients_are_measured(oracle: Oracle, tmp_path: Path) -> None:
    _write_pairs(tmp_path)
    found = list(patients(oracle, tmp_path))
    assert [item.name for item in found] == ["P03 3", "P07 7"]
    assert {3, 7} <= set(HELD_OUT_PATIENTS)
    assert found[0].frames.shape == (2, 1, SIZE, SIZE)
    assert (found[0].times[1], found[0].period) == (0.35, 1.0)


def test_pairs_without_a_label_are_left_out(oracle: Oracle, tmp_path: Path) -> None:
    _write_pairs(tmp_path)
    with np.load(tmp_path / PAIRS) as arrays:
        plain = dict(arrays)
    plain["masks"][3, 1] = 0
    np.savez(tmp_path / PAIRS, **plain)
    assert [item.name for item in patients(oracle, tmp_path)] == ["P07 7"]


def test_an_unknown_task_names_those_there_are(oracle: Oracle) -> None:
    with pytest.raises(MotionStudioError, match="tracking, interpolation") as error:
        evaluate(oracle, "juggling")
    assert "juggling" in error.value.message


def test_no_subjects_and_no_displacement_are_refused(oracle: Oracle) -> None:
    with pytest.raises(MotionStudioError, match="At least one subject"):
        evaluate(oracle, "speed", subjects=0)
    blind = Oracle(oracle.samples)
    blind.card = blind.card.model_copy(update={"capabilities": Capability.ENCODE})
    with pytest.raises(MotionStudioError, match="no displacement"):
        evaluate(blind, "tracking")


def test_what_cannot_be_measured_is_said_and_not_skipped_in_silence(oracle: Oracle) -> None:
    report = evaluate(oracle, ("real", "tracking"), subjects=1)
    assert [table.task for table in report.tables] == ["tracking"]
    assert "--data" in report.notes[0]
    with pytest.raises(MotionStudioError, match="Nothing was measured") as told:
        evaluate(oracle, "refine", subjects=1)
    assert "refine" in told.value.hint


def test_a_report_is_text_markdown_and_json(oracle: Oracle) -> None:
    report = evaluate(oracle, "tracking", subjects=1)
    assert report.text().count("model, as encoded") == 1
    assert "| model, as encoded |" in report.markdown()
    assert json.loads(report.json())["tables"][0]["task"] == "tracking"
    names = "tracking interpolation transport simulation reconstruction prediction likelihood"
    assert set(TASKS) == {*names.split(), "factors", "real", "refine", "speed"}


@pytest.mark.real_data
def test_real_clips_are_turned_so_that_end_diastole_comes_first(
    oracle: Oracle, real_data: Path
) -> None:
    from motionstudio.evaluation.real import human, pig

    for sequence in [*human(oracle, real_data), *pig(oracle, real_data)]:
        assert sequence.times[0] == 0.0
        assert bool(np.all(np.diff(sequence.times) > 0))
        assert sequence.times[-1] < sequence.period
        at_rest = (sequence.labels[0] == 2).sum()
        assert (sequence.labels[sequence.extreme] == 2).sum() < at_rest
        assert sequence.spacing is not None
    assert len(list(human(oracle, real_data))) == 2
    assert len(list(patients(oracle, real_data))) > 20
