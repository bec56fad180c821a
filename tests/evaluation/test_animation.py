"""L1, AKD, MKR and AED on pictures whose errors are known."""

from __future__ import annotations

import numpy as np
import pytest

from motionstudio.datasets import Sample, make
from motionstudio.evaluation.animation import animation, measure, reconstruction
from motionstudio.evaluation.domains import DOMAINS, pairs
from tests.evaluation.oracle import SIZE, Oracle

DOMAIN = DOMAINS["figures"]


@pytest.fixture(scope="module")
def subject() -> Sample:
    return make("figures", {"size": 64}, 1, 2_000_000)


def test_the_true_picture_has_no_error(subject: Sample) -> None:
    assert subject.labels is not None
    found = measure(subject.frames[3], subject.frames[3], subject.labels[3])
    assert found["l1"] == found["mkr"] == 0
    assert found["akd"] < 0.05
    assert found["aed"] < 1e-3


def test_a_shift_is_measured_per_coordinate(subject: Sample) -> None:
    assert subject.labels is not None
    made = np.roll(subject.frames[3], 2, axis=2)
    found = measure(made, subject.frames[3], subject.labels[3])
    assert found["akd"] == pytest.approx(1.0, abs=0.4)


def test_other_colours_are_another_identity_and_lost_parts_are_missing(subject: Sample) -> None:
    assert subject.labels is not None
    true, labels = subject.frames[3], subject.labels[3]
    tinted = np.clip(true * np.array([0.8, 1.0, 1.0], np.float32)[:, None, None], 0, 1)
    assert measure(tinted, true, labels)["aed"] > 5 * measure(true, true, labels)["aed"] + 1e-4
    gone = np.broadcast_to(true[:, :1, :1], true.shape).copy()
    assert measure(gone, true, labels)["mkr"] > 0.5


def test_a_model_that_knows_the_truth_reaches_the_ceiling() -> None:
    known = [sample for pair in pairs(DOMAIN, SIZE, 2) for sample in pair]
    model = Oracle(known)
    own = reconstruction(model, DOMAIN, 2, lambda _text: None)
    ceiling, found = own.row("true field (ceiling of warping)"), own.row("model, its own motion")
    assert found.figures == ceiling.figures
    assert found.figures["l1"].mean < own.row("first frame held").figures["l1"].mean
    driven = animation(model, DOMAIN, 2, lambda _text: None)
    copied = driven.row("copy of A's true field")
    assert driven.row("model, driven by A").figures == copied.figures
