"""Tasks on sequences, by small models of each kind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from motionstudio.core.errors import MotionStudioError
from motionstudio.evaluation.clip_interpolation import RIVALS, SEEN
from motionstudio.evaluation.clip_reconstruction import AVERAGE, HELD
from motionstudio.evaluation.compared import differences
from motionstudio.evaluation.domains import DOMAINS, subjects
from motionstudio.evaluation.likelihood import ODD, TRUE
from motionstudio.evaluation.material import Material, generated, of_sample, picture_figures
from motionstudio.evaluation.on_clips import TASKS, measure_on
from motionstudio.evaluation.prediction import BEST, FLOW, MEAN
from motionstudio.evaluation.prediction import HELD as LAST
from motionstudio.evaluation.progress import Watch, silent
from motionstudio.evaluation.simulation import RECORDED
from motionstudio.evaluation.table import MODEL, Table
from motionstudio.models.base import Capability
from motionstudio.models.prediction import Futures
from motionstudio.models.scoring import Score
from tests.evaluation.oracle import SIZE, Oracle
from tests.models import tiny_vae

TEAPOT = {"freedom": 1, "motion": "straight", "gap": 1, "frames": 3}


@pytest.fixture(scope="module")
def teapots() -> list[Material]:
    return list(generated("teapot", TEAPOT, tiny_vae.fresh().card, 4))


@pytest.fixture(scope="module")
def hearts() -> list[Material]:
    oracle = Oracle(subjects(DOMAINS["heart"], SIZE, 2))
    return [of_sample(sample, oracle.card) for sample in oracle.samples]


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle(subjects(DOMAINS["heart"], SIZE, 2), Capability.SAMPLE)


def _mean(table: Table, row: str, key: str) -> float:
    return table.row(row).figures[key].mean


def test_generated_material_is_never_trained_on_and_long_enough(teapots: list[Material]) -> None:
    assert all(item.frames.shape == (13, 1, 32, 32) for item in teapots)
    assert teapots[0].factors is not None
    assert len(teapots[0].factors) == 13
    assert not np.array_equal(teapots[0].frames, teapots[1].frames)


def test_the_true_field_reconstructs_better_than_holding_the_first_frame(
    oracle: Oracle, hearts: list[Material]
) -> None:
    found = measure_on("reconstruction", oracle, hearts, "test", silent)
    (table,) = found.tables
    assert found.notes == ()
    assert _mean(table, MODEL, "rmse") < 0.8 * _mean(table, HELD, "rmse")
    assert _mean(table, MODEL, "ssim") > _mean(table, HELD, "ssim")


def test_withheld_frames_only_are_measured_beside_blending(
    oracle: Oracle, hearts: list[Material]
) -> None:
    tables = measure_on("interpolation", oracle, hearts, "test", silent).tables
    assert len(tables) == 2
    for table in tables:
        assert {row.name for row in table.rows} >= set(RIVALS)
        assert _mean(table, SEEN, "rmse") == _mean(table, "model, frames withheld", "rmse")
    blended = [_mean(table, "linear blending", "rmse") for table in tables]
    assert blended[0] < blended[1]


def test_blending_is_weighted_by_true_times() -> None:
    frames = np.zeros((3, 1, 12, 12), np.float32)
    frames[1], frames[2] = 0.25, 1.0
    item = Material("m", frames, np.array([0.0, 1.0, 4.0]))
    (table,) = measure_on("interpolation", tiny_vae.fresh(), [_small(item)], "t", silent).tables
    assert _mean(table, "linear blending", "rmse") == pytest.approx(0, abs=1e-6)


def _small(item: Material) -> Material:
    return replace(item, frames=np.repeat(np.repeat(item.frames, 3, 2), 3, 3)[..., :32, :32])


def test_drawn_motions_stand_beside_recorded_ones(teapots: list[Material]) -> None:
    (table,) = measure_on("simulation", tiny_vae.fresh(), teapots, "test", silent).tables
    assert [row.name for row in table.rows] == [RECORDED, "drawn, learned", "drawn, prior"]
    assert all(row.figures["variety"].mean > 0 for row in table.rows)


class _Prophet(Oracle):
    """Three futures: the truth, and two that are off by a constant."""

    def __init__(self, item: Material) -> None:
        super().__init__(subjects(DOMAINS["heart"], SIZE, 1), Capability.PREDICT)
        self.item, self.asked = item, (0, 0)

    def predict(
        self, past: np.ndarray, count: int, *, futures: int = 1, seed: int = 0, **_: object
    ) -> Futures:
        self.asked = (len(past), count)
        truth = self.item.frames[len(past) : len(past) + count]
        return Futures(np.stack([truth + 0.1 * k for k in range(3)]))


def test_predictions_are_judged_on_average_and_by_the_best(hearts: list[Material]) -> None:
    model = _Prophet(hearts[0])
    (table,) = measure_on("prediction", model, hearts[:1], "test", silent).tables
    assert model.asked == (len(hearts[0].frames) // 2, 8)
    assert _mean(table, BEST, "rmse") == 0
    assert _mean(table, MEAN, "rmse") == pytest.approx(0.1, abs=1e-5)
    assert _mean(table, LAST, "first") < _mean(table, LAST, "last")
    assert "rmse" in table.row(FLOW).figures


class _Sure(_Prophet):
    """Says the same whatever it is asked for."""

    def predict(self, past: np.ndarray, count: int, *, futures: int = 1, **_: object) -> Futures:
        return Futures(np.repeat(past[None, -1:], futures, 0).repeat(count, 1))


def test_equal_futures_are_not_called_the_best_of_several(hearts: list[Material]) -> None:
    (table,) = measure_on("prediction", _Sure(hearts[0]), hearts[:1], "test", silent).tables
    assert BEST not in {row.name for row in table.rows}
    assert _mean(table, MEAN, "rmse") == _mean(table, LAST, "rmse")


def test_flow_that_goes_on_finds_an_even_shift() -> None:
    y, x = np.mgrid[:48, :48]
    frames = np.stack([
        0.5 + 0.4 * np.exp(-((x - 12 - 2 * t) ** 2 + (y - 24) ** 2) / 60) for t in range(8)
    ]).astype(np.float32)[:, None]  # fmt: skip
    item = Material("shift", frames, np.arange(8.0))
    (table,) = measure_on("prediction", _Prophet(item), [item], "test", silent).tables
    assert _mean(table, FLOW, "rmse") < 0.4 * _mean(table, LAST, "rmse")


def test_models_that_only_fill_in_rows_predict_by_them(teapots: list[Material]) -> None:
    model = tiny_vae.fresh_inbetween()
    if Capability.PREDICT not in model.card.capabilities:
        pytest.fail("the in-betweening VAE is expected to continue sequences")
    (table,) = measure_on("prediction", model, teapots[:2], "test", silent).tables
    assert {MEAN, LAST, FLOW} <= {row.name for row in table.rows}


class _Inky:
    """A fair judge of pictures: the nats of independent pixels of known ink."""

    def __init__(self, ink: np.ndarray) -> None:
        self.ink = np.clip(ink, 0.01, 0.99)
        card = tiny_vae.fresh().card
        self.card = card.model_copy(update={"capabilities": Capability.LIKELIHOOD})

    def score(self, frames: np.ndarray, *, samples: int, seed: int, **_: object) -> Score:
        told = frames * np.log(self.ink) + (1 - frames) * np.log(1 - self.ink)
        nats = told.sum((1, 2, 3)).astype(np.float32)
        return Score(nats, nats, np.zeros_like(nats), samples)


def test_odd_pictures_are_less_likely() -> None:
    y, x = np.mgrid[:12, :12]
    ink = ((y < 5) & (x < 7)).astype(np.float32)[None]
    found = measure_on(
        "likelihood", _Inky(ink), [Material("m", ink[None], np.zeros(1))], "t", silent
    )  # type: ignore[arg-type]
    (table,) = found.tables
    nats = {name: _mean(table, name, "bound") for name in ODD}
    assert min(nats, key=lambda name: nats[name]) == TRUE
    expected = -np.log(0.99) * 144
    assert nats[TRUE] == pytest.approx(expected, rel=1e-3)
    assert _mean(table, TRUE, "bits") == pytest.approx(expected / np.log(2) / 144, rel=1e-3)


def test_likelihood_of_a_model(teapots: list[Material]) -> None:
    (table,) = measure_on("likelihood", tiny_vae.fresh(), teapots[:1], "test", silent).tables
    assert _mean(table, TRUE, "weighted") <= _mean(table, TRUE, "bound") + 1e-3
    found = measure_on(
        "likelihood", Oracle(subjects(DOMAINS["heart"], SIZE, 1)), teapots, "t", silent
    )
    assert "tells no likelihood" in found.notes[0]


def test_transport_there_and_back_needs_two_clips(oracle: Oracle, hearts: list[Material]) -> None:
    found = measure_on("transport", oracle, hearts[:1], "test", silent)
    assert found.tables == ()
    assert "needs 2 sequences, there is 1" in found.notes[0]


@pytest.mark.parametrize("name", list(TASKS))
def test_what_a_model_cannot_do_is_said(name: str, hearts: list[Material]) -> None:
    blind = Oracle(subjects(DOMAINS["heart"], SIZE, 1))
    blind.card = blind.card.model_copy(update={"capabilities": Capability.NONE})
    found = measure_on(name, blind, hearts, "test", silent)
    assert found.tables == ()
    assert found.notes[0].startswith(f"{name}: oracle ")
    assert "Models that can: " in found.notes[0]


def test_single_pictures_are_enough_for_models_that_want_two_frames() -> None:
    rng = np.random.default_rng(0)
    singles = [
        Material(f"{n}", rng.random((1, 1, 32, 32), np.float32), np.zeros(1)) for n in range(3)
    ]
    model = tiny_vae.fresh()
    assert model.card.frames_min > 1
    (table,) = measure_on("reconstruction", model, singles, "test", silent).tables
    assert table.row(MODEL).figures["rmse"].count == 3
    assert AVERAGE in {row.name for row in table.rows}
    (table,) = measure_on("simulation", model, singles, "test", silent).tables
    drawn, known = table.row("drawn, prior"), table.row(RECORDED)
    assert drawn.figures["variety"].mean != known.figures["variety"].mean
    found = measure_on("interpolation", model, singles, "test", silent)
    assert found.tables == ()
    assert "it needs 3 frames" in found.notes[0]
    assert "0 (1), 1 (1), 2 (1)" in found.notes[0]


def test_padding_does_not_count() -> None:
    item = Material("m", np.zeros((1, 1, 16, 16), np.float32), np.zeros(1), content=(2, 0, 12, 16))
    wrong = np.ones((1, 16, 16), np.float32)
    wrong[:, 2:14] = 0
    assert picture_figures(item, wrong, item.frames[0])["rmse"] == 0


class _Brittle(Oracle):
    """Fails on its second and third sequence, in two ways."""

    def encode(self, frames: np.ndarray, *args: object, **options: object):  # type: ignore[no-untyped-def,override]
        if np.array_equal(frames[0], self.samples[1].frames[0]):
            raise MotionStudioError("It is too dark.", "Light a lamp.")
        if np.array_equal(frames[0], self.samples[2].frames[0]):
            raise ValueError("three sides")
        return super().encode(frames, *args, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def brittle() -> tuple[_Brittle, list[Material]]:
    model = _Brittle(subjects(DOMAINS["heart"], SIZE, 4))
    return model, [of_sample(sample, model.card) for sample in model.samples]


def test_a_clip_that_fails_is_listed_and_the_others_are_measured(
    brittle: tuple[_Brittle, list[Material]],
) -> None:
    model, items = brittle
    found = measure_on("reconstruction", model, items, "test", silent)
    (table,) = found.tables
    assert [one.case for one in table.row(MODEL).cases] == [items[0].name, items[3].name]
    assert table.row(HELD).figures["rmse"].count == 2
    dark, fault = found.problems
    assert (dark.clip, dark.reason, dark.trace) == (
        items[1].name,
        "It is too dark. Light a lamp.",
        "",
    )
    assert "fault of the program, ValueError: three sides" in fault.reason
    assert "in encode" in fault.trace
    with pytest.raises(ValueError, match="three sides"):
        measure_on("reconstruction", model, items[2:], "test", silent, go_on=False)


def test_a_person_stops_it_between_two_clips_and_keeps_the_figures(
    oracle: Oracle, hearts: list[Material]
) -> None:
    said: list[str] = []
    watch = Watch(said.append, lambda: any("clip 1" in text for text in said))
    (table,) = measure_on("reconstruction", oracle, hearts, "test", watch).tables
    assert watch.stopped
    assert table.row(MODEL).figures["rmse"].count == 1
    assert table.title == "Frames made again (test, 1 sequence)"


def test_the_time_left_is_told_from_the_time_that_was_spent() -> None:
    said: list[str] = []
    ticks = iter(range(0, 1000, 30))
    list(Watch(said.append, seconds=lambda: next(ticks)).each("abc", 3, "clip"))
    assert said == ["clip 1 of 3, 0:01:00 left", "clip 2 of 3, 0:00:30 left", "clip 3 of 3"]


def test_a_rival_is_measured_alike_and_compared(oracle: Oracle, hearts: list[Material]) -> None:
    rival = Oracle(oracle.samples)
    rival.card = rival.card.model_copy(update={"name": "other"})
    found = measure_on("reconstruction", oracle, hearts, "t", silent, rivals=[rival])
    (table,) = found.tables
    assert _mean(table, "other", "rmse") == _mean(table, MODEL, "rmse")
    same = [one for one in differences(table) if one.rival == "other"]
    assert same[0].interval.count == len(hearts)
    assert same[0].verdict == "no difference beyond noise"


def test_the_worst_the_median_and_the_best_are_shown(
    brittle: tuple[_Brittle, list[Material]],
) -> None:
    model = Oracle(brittle[0].samples)
    found = measure_on("reconstruction", model, brittle[1], "t", silent, pictures=True)
    cases = found.tables[0].row(MODEL).cases
    order = sorted(cases, key=lambda one: -one.figures["rmse"])
    assert [strip.rank for strip in found.strips] == ["worst", "median", "best"]
    assert [strip.clip for strip in found.strips] == [order[k].case for k in (0, 2, 3)]
    assert all(len(frames) == 6 for strip in found.strips for frames in strip.rows.values())
