"""The clip that drives a subject: found in the project, shown beside the result, and heard."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from motionstudio.cli.export_flags import ExportFlags, options_of
from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.motion import Motion, Rendered, RowKind
from motionstudio.core.picture import Transform
from motionstudio.core.upsampling import Positions
from motionstudio.document.carried import Carried
from motionstudio.document.subject import Framing, MediaRef, Subject
from motionstudio.engine.requests import Picture
from motionstudio.export import ExportKind, ExportOptions, Panel
from motionstudio.export.command import flags
from motionstudio.export.driver import driver_of, no_driver, sound_of, why_silent
from motionstudio.export.film import GAP, Material, crop_of, film
from motionstudio.export.of_subject import export_of
from tests.gui.small_model import small_card
from tests.io.test_sound import COUNT, FPS, beeping

SIZE = (16, 16)
FILM = ExportOptions(ExportKind.MP4, Path("out.mp4"))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return beeping(tmp_path_factory.mktemp("driver") / "beep.mp4")


def subject(name: str, count: int = COUNT, path: str = "", fps: float = FPS) -> Subject:
    frames = (
        np.full((count, *SIZE, 1), 50, np.uint8)
        + np.arange(count, dtype=np.uint8)[:, None, None, None]
    )
    clip = Clip(frames, uniform_times(count, fps), name)
    kept = np.ones(count, np.bool_)
    return Subject(name, name, clip, MediaRef(path=path), Framing(), kept, model="small")


def moving(one: Subject) -> Subject:
    """The subject with a motion of its own."""
    count, times = len(one.clip), one.clip.times
    motion = Motion(
        np.zeros((count, 8), np.float32), None, one.kept, times, RowKind.FRAME,
        np.stack([times, times], 1), np.zeros(count, np.bool_), model="small",
    )  # fmt: skip
    track = LatentTrack.unedited(motion, 0)
    return replace(one, track=track, encoded_with=one.encoding_key)


def carrying(one: Subject, driver: Subject) -> Subject:
    rows = np.zeros((len(driver.clip), 8), np.float32)
    carried = Carried(driver.name, rows, driver.clip.times, source=driver.id)
    return replace(one, carried=carried)


def test_a_clip_with_its_own_motion_drives_itself(path: Path) -> None:
    own = subject("talk", path=str(path))
    driver = driver_of(own, ())
    assert driver is not None
    assert driver.rows.tolist() == list(range(COUNT))
    assert why_silent(own, driver, FILM) == ""


def test_the_driver_is_found_by_what_was_carried(path: Path) -> None:
    talk, face = subject("talk", path=str(path)), subject("face", path="")
    carried = carrying(face, talk)
    driver = driver_of(carried, (face, talk))
    assert driver is not None
    assert driver.name == "talk"
    assert driver_of(carried, (face,)) is None
    assert "talk" in no_driver(carried)
    assert why_silent(carried, None, FILM) == no_driver(carried)


def test_a_slower_result_has_no_sound_and_says_why(path: Path) -> None:
    talk = subject("talk", path=str(path))
    slow = carrying(subject("face", fps=FPS / 2), talk)
    driver = driver_of(slow, (talk,))
    assert why_silent(slow, driver, FILM) == "face does not keep the time of talk."
    assert sound_of(slow, driver, FILM, 1.0) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": ExportKind.GIF}, "Only MP4"),
        ({"ping_pong": True}, "backwards"),
        ({"fps": 30.0}, "another rate"),
    ],
)
def test_every_reason_for_silence_is_said(
    path: Path, change: dict[str, object], words: str
) -> None:
    own = subject("talk", path=str(path))
    options = replace(FILM, **change)  # type: ignore[arg-type]
    assert words in why_silent(own, driver_of(own, ()), options)
    mute = subject("mute")
    assert why_silent(mute, driver_of(mute, ()), FILM) == "mute has no sound."


def test_the_sound_begins_with_the_first_frame_that_is_exported(path: Path) -> None:
    own = subject("talk", path=str(path))
    options = replace(FILM, first=5, last=9, plays=3)
    found = sound_of(own, driver_of(own, ()), options, 0.5)
    assert found is not None
    assert (found.start, found.length, found.plays) == (0.5, 0.5, 3)
    later = replace(own, media=replace(own.media, start=4))
    found = sound_of(later, driver_of(later, ()), options, 0.5)
    assert found is not None
    assert found.start == pytest.approx(0.9)
    assert sound_of(own, driver_of(own, ()), replace(options, sound=False), 0.5) is None


def test_an_export_takes_the_driver_along(path: Path) -> None:
    talk = moving(subject("talk", path=str(path)))
    frame = np.asarray(talk.clip.frames[0])
    transform = Transform.fit(SIZE, 48, mode="letterbox")
    options = replace(FILM, panels=(Panel.DRIVER, Panel.GENERATED), first=2, last=5)
    made = export_of(talk, small_card("small"), Picture("k", frame), transform, options).export
    assert made.driver is talk.clip
    assert made.sound is not None
    assert made.sound.start == pytest.approx(0.2)
    assert made.sound.length == pytest.approx(0.4)
    still = moving(replace(subject("still", count=3), held=True))
    with pytest.raises(MotionStudioError, match="was not taken from a clip"):
        export_of(still, small_card("small"), Picture("k", frame), transform, options)


def material(driver: Clip) -> Material:
    rendered = Rendered(np.full((3, 20, 40, 1), 200, np.uint8), uniform_times(3, 10))
    transform = Transform.fit((20, 40), 16, crop=(4, 10, 12, 12))
    kept = np.ones(3, np.bool_)
    return Material(
        rendered, Positions(3), range(3), kept, transform, None, rendered.frames[0], driver,
        np.array([0, 4, 8]),
    )  # fmt: skip


def test_the_driver_stands_beside_the_result_without_being_squeezed() -> None:
    driver = subject("talk").clip
    options = replace(FILM, panels=(Panel.DRIVER, Panel.GENERATED))
    picture = film(material(driver), options).frames[1]
    assert picture.shape == (20, 80 + GAP, 1)
    assert (picture[:, 10:30] == 54).all()
    assert (picture[:, :10] == 0).all()
    assert (picture[:, 40 + GAP :] == 200).all()


def test_only_the_crop_is_written_where_that_is_wanted() -> None:
    options = replace(FILM, panels=(Panel.SOURCE, Panel.GENERATED), crop_only=True)
    assert film(material(subject("talk").clip), options).frames[0].shape == (12, 24 + GAP, 1)
    gradient = np.tile(np.arange(40, dtype=np.uint8), (20, 1))[..., np.newaxis]
    straight = Transform.fit((20, 40), 16, crop=(4, 10, 12, 12))
    np.testing.assert_array_equal(crop_of(gradient, straight)[0, :, 0], np.arange(10, 22))
    turned = Transform.fit((20, 40), 16, crop=(4, 10, 12, 12), angle=90)
    np.testing.assert_array_equal(crop_of(gradient, turned)[:, 0, 0], np.arange(21, 9, -1))


def test_titles_and_the_mark_are_burnt_in() -> None:
    plain = film(material(subject("talk").clip), FILM).frames[0]
    titled = film(material(subject("talk").clip), replace(FILM, titles=True)).frames[0]
    marked = film(material(subject("talk").clip), replace(FILM, show_ai=True)).frames[0]
    assert (titled[:8] != plain[:8]).any()
    assert np.array_equal(titled[18:], plain[18:])
    assert (marked[-8:] != plain[-8:]).any()


def test_the_command_line_says_the_same() -> None:
    options = replace(
        FILM, panels=(Panel.DRIVER, Panel.GENERATED), titles=True, show_ai=True, crop_only=True,
        sound=False,
    )  # fmt: skip
    words = flags(options)
    for word in ("--titles", "--burn-ai", "--crop-only", "--no-sound", "driver,generated"):
        assert word in words
    typed = ExportFlags(
        panels="driver,generated", titles=True, burn_ai=True, crop_only=True, sound=False
    )
    assert options_of(typed, Path("out.mp4")) == options
