"""What every generator owes: exact fields, labels, factors, and the same sample every time."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from numpy.typing import NDArray

from motionstudio.datasets import GENERATORS, PAIR_GENERATORS, Sample, make, make_pair, to_clip
from motionstudio.datasets.fields import warp

CASES: list[tuple[str, dict[str, object]]] = [
    ("heart", {"frames": 8}),
    ("heart", {"frames": 6, "size": 64}),
    ("heart", {"frames": 6, "cyclic": False}),
    ("figures", {"frames": 8, "style": "smooth"}),
    ("figures", {"frames": 6, "style": "sprite"}),
    ("figures", {"frames": 6, "cyclic": False}),
    ("shapes", {}),
    ("shapes", {"freedom": 1}),
    ("shapes", {"freedom": 2, "gravity": True}),
    ("two_motion", {}),
    ("digits", {}),
    ("digits", {"digits": 2, "motion": "bounce", "height": 0.35}),
    ("stepping", {"height": 7}),
    ("stepping", {"subject": "shape", "size": 12, "height": 6}),
    ("correlated_shapes", {"frames": 6, "size": 64}),
    ("teapot", {}),
    ("teapot", {"freedom": 6, "motion": "straight", "gap": 0.5}),
    ("teapot", {"teapots": 2, "size": 64}),
    ("teapot3d", {"frames": 6, "size": 64}),
    ("teapot3d", {"frames": 5, "freedom": 6, "size": 64, "segments": 6}),
]
CURVED = ("heart", "teapot3d")
NAMES = [f"{name}-{'-'.join(map(str, params.values()))}" for name, params in CASES]
every_case = pytest.mark.parametrize(("name", "params"), CASES, ids=NAMES)

# SHA-256 over three samples of the last frame's 4 x 4 block means as uint8. Block means, because
# float32 sines differ in the last bit between processors; whole frames are compared byte by byte
# only within one process. A new value here needs a new VERSION in the generator.
FINGERPRINTS = {
    "correlated_shapes": "c200672e760328fdadd717241d305495ab02c4da88be19c07894934fa9fd82b6",
    "stepping": "10791f5395c773a7243d35b36127b0fc8a230fa92ea249a89796e5ae42ce4c1e",
    "heart": "37aa83c2145ed13ee6d26bf10ff5383d4adc381fa179eec5f65ecc716e921e86",
    "figures": "d29b9a8f0d45f5f29ab292f367802c029238dfee62d57ca67a895989202b8ac1",
    "shapes": "d2ea77b9081154db703eb2fa0ee67fc2d96337c4e32e99e553a0fc8e3d569aa5",
    "two_motion": "60b6f0069740bdfaf20cb6bf2004a3f437e78bad997438cd542b9090d2a7d47e",
    "digits": "8d6dcf702e14b0aa2c88fed91677e97106764d9de8655910f8263857e273a4df",
    "teapot": "e409fc0c9fada76dc24cd4b345f3478c3f21b92270272df62a9ba27e63536b64",
    "teapot3d": "d26460b57a4937773f1de87cd0743b75274f5abab403cfa88818a7632895916c",
}


def neighbours_agree(sample: Sample, t: int) -> NDArray[np.bool_]:
    """Where all four pixels around the place looked at in frame 0 carry the pixel's label."""
    assert sample.labels is not None
    height, width = sample.labels.shape[1:]
    rows, columns = np.mgrid[:height, :width]
    x = columns + sample.displacement[t, 0]
    y = rows + sample.displacement[t, 1]
    agree = sample.valid[t].copy()
    for turn_x in (np.floor, np.ceil):
        for turn_y in (np.floor, np.ceil):
            column = np.clip(turn_x(x), 0, width - 1).astype(int)
            row = np.clip(turn_y(y), 0, height - 1).astype(int)
            agree &= sample.labels[0, row, column] == sample.labels[t]
    return agree


@every_case
def test_warping_frame_0_reproduces_every_frame(name: str, params: dict[str, object]) -> None:
    for index in range(6):
        sample = make(name, params, 11, index)
        for t in range(len(sample.frames)):
            moved = warp(sample.clean[0], sample.displacement[t])
            error = np.abs(moved - sample.clean[t])[:, sample.valid[t]].mean()
            assert error < 0.03, (index, t)


@every_case
def test_motion_is_needed_to_reproduce_frames(name: str, params: dict[str, object]) -> None:
    moved = still = 0.0
    for index in range(4):
        sample = make(name, params, 12, index)
        t = len(sample.frames) // 2
        # Sprites are compared pixel by painted pixel: within a block there is nothing to move.
        block = int(str(sample.meta.subject.get("sprite", 1)))
        clean, valid = sample.clean[..., ::block, ::block], sample.valid[t, ::block, ::block]
        flow = sample.displacement[t, :, ::block, ::block] / np.float32(block)
        moved += float(np.abs(warp(clean[0], flow) - clean[t])[:, valid].mean())
        still += float(np.abs(clean[0] - clean[t])[:, valid].mean())
    # At that size a limb is one pixel wide, and resampling it blurs it.
    assert moved < (0.9 if params.get("style") == "sprite" else 0.8) * still


@pytest.mark.parametrize(
    ("name", "params"), [c for c in CASES if c[1].get("style") != "sprite" and c[0] not in CURVED]
)
def test_forward_undoes_backward_exactly_within_a_layer(
    name: str, params: dict[str, object]
) -> None:
    smooth = {**params, "style": "smooth"} if name == "figures" else params
    for index in range(4):
        sample = make(name, smooth, 13, index)
        assert sample.inverse is not None
        for t in range(len(sample.frames)):
            inside = neighbours_agree(sample, t)
            back = sample.displacement[t] + warp(sample.inverse[t], sample.displacement[t])
            assert inside.mean() > 0.3
            assert np.abs(back[:, inside]).max() < 0.01


@pytest.mark.parametrize(("name", "params"), [c for c in CASES if c[0] in CURVED])
def test_forward_undoes_backward_in_a_smooth_field(name: str, params: dict[str, object]) -> None:
    for index in range(4):
        sample = make(name, params, 13, index)
        assert sample.inverse is not None
        for t in range(len(sample.frames)):
            inside = neighbours_agree(sample, t)
            back = sample.displacement[t] + warp(sample.inverse[t], sample.displacement[t])
            # Where the spout passes before the body, a pixel interpolates between both.
            assert np.abs(back[:, inside]).mean() < (0.02 if name == "teapot3d" else 0.01)


@every_case
def test_the_same_numbers_give_the_same_bytes(name: str, params: dict[str, object]) -> None:
    first = make(name, params, 5, 3)
    np.random.default_rng(0).standard_normal(100)
    make(name, params, 5, 4)
    again = make(name, params, 5, 3)
    for field in ("frames", "clean", "displacement", "inverse", "labels", "factors", "times"):
        one, other = getattr(first, field), getattr(again, field)
        assert hashlib.sha256(one.tobytes()).digest() == hashlib.sha256(other.tobytes()).digest()


@every_case
def test_index_and_seed_matter(name: str, params: dict[str, object]) -> None:
    frames = [make(name, params, seed, index).frames for seed, index in ((5, 3), (5, 4), (6, 3))]
    assert not np.array_equal(frames[0], frames[1])
    assert not np.array_equal(frames[0], frames[2])


@pytest.mark.parametrize("name", sorted(GENERATORS))
def test_fingerprint_of_three_samples(name: str) -> None:
    digest = hashlib.sha256()
    for index in range(3):
        frame = make(name, {"frames": 4}, 2026, index).frames[-1].mean(axis=0)
        side = frame.shape[0] // 4
        blocks = frame.reshape(4, side, 4, side).mean(axis=(1, 3), dtype=np.float64)
        digest.update(np.rint(blocks * 255).astype(np.uint8).tobytes())
    assert digest.hexdigest() == FINGERPRINTS[name]


@every_case
def test_shapes_and_ranges(name: str, params: dict[str, object]) -> None:
    sample = make(name, params, 2, 0)
    count, _, height, width = sample.frames.shape
    assert sample.frames.dtype == sample.clean.dtype == np.float32
    assert sample.displacement.dtype == np.float32
    assert sample.clean.shape == sample.frames.shape
    assert sample.valid.shape == (count, height, width)
    assert sample.labels is not None
    assert sample.labels.max() < len(sample.label_names)
    assert sample.factors.shape == (count, len(sample.factor_names))
    for values in (sample.frames, sample.clean):
        assert values.min() >= 0.0
        assert values.max() <= 1.0
    assert np.isfinite(sample.displacement).all()
    assert np.isfinite(sample.factors).all()
    assert np.all(np.diff(sample.times) > 0)
    assert sample.times[0] == 0.0
    assert np.abs(sample.displacement[0]).max() < 1e-3
    assert sample.valid[0].all()


@every_case
def test_labels_move_with_the_material(name: str, params: dict[str, object]) -> None:
    sample = make(name, params, 3, 1)
    assert sample.labels is not None
    t = len(sample.frames) // 2
    height, width = sample.labels.shape[1:]
    rows, columns = np.mgrid[:height, :width]
    x = np.clip(np.rint(columns + sample.displacement[t, 0]), 0, width - 1).astype(int)
    y = np.clip(np.rint(rows + sample.displacement[t, 1]), 0, height - 1).astype(int)
    agree = sample.labels[0, y, x] == sample.labels[t]
    assert agree[sample.valid[t]].mean() > 0.97


@every_case
def test_a_clip_carries_frames_times_and_masks(name: str, params: dict[str, object]) -> None:
    sample = make(name, params, 2, 1)
    clip = to_clip(sample)
    assert clip.channels == sample.frames.shape[1]
    assert len(clip) == len(sample.frames)
    frame = np.asarray(clip.frames[1], dtype=np.float64).transpose(2, 0, 1) / 255.0
    assert np.abs(frame - sample.frames[1]).max() <= 0.5 / 255.0 + 1e-6
    assert clip.masks is sample.labels
    assert clip.cyclic is sample.cyclic


@pytest.mark.parametrize("name", sorted(GENERATORS))
def test_unknown_parameters_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="sise"):
        make(name, {"sise": 64}, 0, 0)


def test_unknown_generators_are_refused() -> None:
    with pytest.raises(ValueError, match="kettle"):
        make("kettle", {}, 0, 0)


@pytest.mark.parametrize("name", sorted(PAIR_GENERATORS))
def test_frames_only_leaves_out_without_changing_the_rest(name: str) -> None:
    for index in range(3):
        full = make(name, {"frames": 5}, 1, index)
        fast = make(name, {"frames": 5, "frames_only": True}, 1, index)
        assert fast.inverse is None
        assert fast.labels is None
        assert np.array_equal(fast.frames, full.frames)
        assert np.array_equal(fast.displacement, full.displacement)
        assert np.array_equal(fast.valid, full.valid)


@pytest.mark.parametrize("name", sorted(PAIR_GENERATORS))
def test_pairs_share_motion_but_not_the_subject(name: str) -> None:
    first, second = make_pair(name, {"frames": 6}, 4, 2)
    alone = make(name, {"frames": 6}, 4, 2)
    assert np.array_equal(first.frames, alone.frames)
    assert np.array_equal(first.times, second.times)
    assert not np.array_equal(first.frames, second.frames)
    assert not np.array_equal(first.displacement, second.displacement)
