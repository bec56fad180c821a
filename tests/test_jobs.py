"""Queues of films: every picture by every motion, resumed where they stopped, never done twice."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from motionstudio.core.carrying import Transfer
from motionstudio.core.clip import Clip
from motionstudio.core.errors import Cancelled, MotionStudioError
from motionstudio.core.keypoints import from_rows
from motionstudio.core.picture import Transform, intensity_range
from motionstudio.engine.gallery import Gallery
from motionstudio.engine.keys import content_key
from motionstudio.engine.requests import Picture
from motionstudio.engine.runner import Budget, Runner
from motionstudio.engine.sync import SyncEngine
from motionstudio.io import read_clip, save_motion, video, write_clip
from motionstudio.io.sound_track import has_sound
from motionstudio.io.template_file import save_template
from motionstudio.job_transfer import Carry
from motionstudio.jobs import Animator, Job, JobSettings, plan
from motionstudio.models.base import MotionModel
from motionstudio.models.device import DeviceChoice
from tests.io.test_sound import beeping
from tests.models import tiny, tiny_fomm

COUNT = 20


@pytest.fixture(params=["fomm", "genlmm"])
def model(request: pytest.FixtureRequest) -> MotionModel:
    return tiny_fomm.fresh() if request.param == "fomm" else tiny.fresh()


@pytest.fixture
def files(tmp_path: Path) -> Path:
    frames = np.rint(tiny.pictures(COUNT)[:, 0] * 255).astype(np.uint8)
    np.savez(tmp_path / "walk.npz", frames=frames, fps=12.5)
    (tmp_path / "stills").mkdir()
    for name, shade in (("a", 0), ("b", 40)):
        Image.fromarray(frames[0] // 2 + np.uint8(shade)).save(tmp_path / "stills" / f"{name}.png")
    return tmp_path


class Desk:
    """An animator with what it said."""

    def __init__(self, model: MotionModel, settings: JobSettings, stop_after: int = 10**9) -> None:
        self.said: list[str] = []
        self.decoded = 0
        self._left = stop_after
        runner = Runner(
            load=lambda _name, _device: model, device=DeviceChoice("cpu", "test"),
            gallery=Gallery(0), budget=Budget(motions=0, fields=0),
        )  # fmt: skip
        self.animator = Animator(
            SyncEngine(runner), model.card.name, model.card, settings,
            tell=self.said.append, cancelled=self._cancelled, clock=lambda: 0.0,
        )  # fmt: skip

    def _cancelled(self) -> bool:
        self._left -= 1
        return self._left < 0


def _film(job: Job) -> np.ndarray:
    clip = read_clip(job.film)
    return np.stack([clip.frames[t] for t in range(len(clip))])


def test_every_picture_by_every_motion(files: Path, model: MotionModel) -> None:
    jobs = plan([files / "stills"], [files / "walk.npz"], files)
    assert [job.film.name for job in jobs] == ["a by walk.mp4", "b by walk.mp4"]
    desk = Desk(model, JobSettings())
    assert all(desk.animator.run(job) for job in jobs)
    film = _film(jobs[0])
    assert len(film) == COUNT
    assert read_clip(jobs[0].film).fps == pytest.approx(12.5, rel=0.02)
    assert not jobs[0].frames.exists()
    assert any("a second" in text for text in desk.said)


def test_a_finished_film_is_left_alone_until_something_changes(
    files: Path, model: MotionModel
) -> None:
    job = plan([files / "stills" / "a.png"], [files / "walk.npz"], files)[0]
    assert Desk(model, JobSettings()).animator.run(job)
    again = Desk(model, JobSettings())
    assert not again.animator.run(job)
    assert "already there" in again.said[0]
    assert Desk(model, JobSettings(strength=0.5)).animator.run(job)


def test_a_cancelled_job_goes_on_and_ends_like_a_whole_one(files: Path, model: MotionModel) -> None:
    whole, cut = (
        Job(files / "stills" / "a.png", files / "walk.npz", files / f"{name}.mp4")
        for name in ("whole", "cut")
    )
    keep = JobSettings(keep_frames=True)
    Desk(model, keep).animator.run(whole)
    with pytest.raises(Cancelled):
        Desk(model, keep, stop_after=12).animator.run(cut)
    made = sorted(cut.frames.glob("*.png"))
    assert 0 < len(made) < COUNT
    stamps = [path.stat().st_mtime_ns for path in made]
    Desk(model, keep).animator.run(cut)
    assert [path.stat().st_mtime_ns for path in made] == stamps
    for t in range(COUNT):
        name = f"{t:06d}.png"
        assert (cut.frames / name).read_bytes() == (whole.frames / name).read_bytes()


def test_half_made_frames_of_other_settings_are_not_used(files: Path) -> None:
    model = tiny.fresh()
    job = plan([files / "stills" / "a.png"], [files / "walk.npz"], files)[0]
    with pytest.raises(Cancelled):
        Desk(model, JobSettings(keep_frames=True), stop_after=12).animator.run(job)
    stale = sorted(job.frames.glob("*.png"))[-1].read_bytes()
    Desk(model, JobSettings(keep_frames=True, strength=2.0)).animator.run(job)
    assert sorted(job.frames.glob("*.png"))[5].read_bytes() != stale


def test_parts_of_a_long_driver_equal_the_whole(files: Path) -> None:
    model = tiny_fomm.fresh()
    frames = np.load(files / "walk.npz")["frames"].astype(np.float32)[:, None] / 255
    whole = model.encode(frames[[5, *range(COUNT)]], np.ones(COUNT + 1, bool), np.arange(21.0))
    read = Desk(model, JobSettings(reference=5)).animator._read(files / "walk.npz").motion
    np.testing.assert_allclose(read.mean, whole.mean[1:], atol=0.05)
    assert np.abs(read.mean[5]).max() < 1e-5
    assert len(read.times) == COUNT


def test_a_saved_motion_drives_without_its_clip(files: Path, model: MotionModel) -> None:
    desk = Desk(model, JobSettings())
    save_motion(desk.animator._read(files / "walk.npz").motion, files / "template.npz")
    job = plan([files / "stills" / "a.png"], [files / "template.npz"], files)[0]
    assert desk.animator.run(job)
    assert len(_film(job)) == COUNT


def test_memory_does_not_grow_with_the_length_of_a_driver(
    files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Every video counts as long: short ones are read whole.
    monkeypatch.setattr(video, "EAGER_BYTES", 0)
    model, side, rng = tiny_fomm.fresh(), 160, np.random.default_rng(0)

    def most(count: int) -> int:
        frames = rng.integers(0, 255, (count, side, side, 3), np.uint8)
        driver = write_clip(Clip(frames, np.arange(count) / 25), files / f"{count}.mp4")
        del frames
        job = plan([files / "stills" / "a.png"], [driver], files)[0]
        tracemalloc.start()
        Desk(model, JobSettings()).animator.run(job)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(read_clip(job.film)) == count
        return peak

    most(17)  # What the first run loads is not counted.
    short, long = most(40), most(100)
    assert long - short < 60 * side * side * 3 / 4


def test_what_the_user_can_mend(files: Path, model: MotionModel) -> None:
    with pytest.raises(MotionStudioError, match="Two films"):
        plan([files / "stills" / "a.png"] * 2, [files / "walk.npz"], files)
    with pytest.raises(MotionStudioError, match="There is no"):
        plan([files / "none.png"], [files / "walk.npz"], files)
    job = plan([files / "stills" / "a.png"], [files / "walk.npz"], files)[0]
    with pytest.raises(MotionStudioError, match="no frame 99"):
        Desk(model, JobSettings(reference=99)).animator.run(job)


def test_a_template_drives_without_its_clip(files: Path) -> None:
    model = tiny_fomm.fresh()
    still, clip = files / "stills" / "a.png", files / "walk.npz"
    by_clip = Job(still, clip, files / "by_clip.mp4")
    keep = JobSettings(keep_frames=True)
    desk = Desk(model, keep)
    desk.animator.run(by_clip)
    driver = desk.animator._read(clip)
    for suffix in (".safetensors", ".json", ".npz"):
        saved = save_template(driver, files / f"motion{suffix}")
        job = Job(still, saved, files / f"by{suffix}.mp4")
        Desk(model, keep).animator.run(job)
        for t in range(0, COUNT, 5):
            name = f"{t:06d}.png"
            assert (job.frames / name).read_bytes() == (by_clip.frames / name).read_bytes()


def test_absolute_transfer_makes_the_model_see_the_drivers_keypoints(files: Path) -> None:
    model = tiny_fomm.fresh()
    driver = Desk(model, JobSettings()).animator._read(files / "walk.npz")
    clip, still = read_clip(files / "walk.npz"), read_clip(files / "stills" / "b.png")
    frames = np.stack([np.asarray(clip.frames[t]) for t in range(COUNT)])
    seen = model.keypoints(asked(model, clip)[1].apply(frames, 1))
    how = Transfer(relative_positions=False, relative_jacobians=False)
    motion = carry(model, how).onto(*asked(model, still), driver)
    source = asked(model, still)[1].apply(np.asarray(still.frames[0])[None], 1)[0]
    rest = model.keypoints(source[None])
    found = from_rows(motion.mean, rest)
    np.testing.assert_allclose(found.value, seen.value, atol=1e-4)
    np.testing.assert_allclose(found.jacobian, seen.jacobian, atol=1e-3)
    decoded = model.decode(motion, source, range(COUNT))
    np.testing.assert_allclose(decoded.overlays["keypoints"], seen.value, atol=1e-4)


def test_the_best_frame_starts_the_motion(files: Path) -> None:
    model = tiny_fomm.fresh()
    driver = Desk(model, JobSettings()).animator._read(files / "walk.npz")
    frames = np.load(files / "walk.npz")["frames"]
    Image.fromarray(frames[7]).save(files / "seven.png")
    still = read_clip(files / "seven.png")
    motion = carry(model, Transfer(), best=True).onto(*asked(model, still), driver)
    assert not motion.mean[7].any()
    assert motion.mean[3].any()
    again = carry(model, Transfer()).onto(*asked(model, still), replace(driver, reference=7))
    np.testing.assert_array_equal(motion.mean, again.mean)


def test_options_without_keypoints_are_refused() -> None:
    model = tiny.fresh()
    for how, best in ((Transfer(remove_mean=True), False), (Transfer(), True)):
        with pytest.raises(MotionStudioError, match="has no keypoints"):
            carry(model, how, best=best)


def carry(model: MotionModel, how: Transfer, *, best: bool = False) -> Carry:
    engine = SyncEngine(
        Runner(load=lambda _name, _device: model, device=DeviceChoice("cpu", "test"))
    )
    return Carry(engine, model.card.name, model.card, how, best=best)


def asked(model: MotionModel, still: Clip) -> tuple[Picture, Transform]:
    frame = np.asarray(still.frames[0])
    transform = Transform.fit(
        still.size, model.card.size, mode="letterbox", range=intensity_range(still)
    )
    return Picture(content_key(frame), frame), transform


def test_films_are_heard_where_their_drivers_are(files: Path, tmp_path: Path) -> None:
    driver = beeping(tmp_path / "beep.mp4")
    film = tmp_path / "out.mp4"
    times = read_clip(driver).times
    job = Job(files / "stills" / "a.png", driver, film)
    assert Desk(tiny.fresh(), JobSettings(sound=False)).animator._sound(job, times) is None
    animator = Desk(tiny.fresh(), JobSettings()).animator
    assert animator._sound(replace(job, driver=files / "walk.npz"), times) is None
    assert animator.run(job)
    assert has_sound(film)
