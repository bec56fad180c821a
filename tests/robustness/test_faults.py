"""Full disks, forbidden places, devices and processes that go, and clocks that jump."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from itertools import accumulate, cycle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from motionstudio.batch import results
from motionstudio.batch.task import Outcome
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.playback import Loop, PlaybackClock
from motionstudio.document.autosave import Autosave
from motionstudio.engine import responses
from motionstudio.engine.device import LOST
from motionstudio.engine.remote_link import LinkLost
from motionstudio.engine.remote_process import ProcessLink
from motionstudio.engine.requests import Request
from motionstudio.engine.runner import Runner
from motionstudio.export.time_left import TimeLeft
from motionstudio.gui.settings import SettingsStore
from motionstudio.models.base import MotionModel
from motionstudio.models.checkpoint import CARD, WEIGHTS, read_card, write_checkpoint
from motionstudio.models.device import DeviceChoice
from motionstudio.models.fomm_import import import_official
from motionstudio.models.registry import list_models
from tests.document.builders import HandClock
from tests.engine.fakes import FakeModel, clip_of, decode_request, encode_request, motion_of
from tests.models import tiny
from tests.robustness.targets import TARGETS

FULL = OSError(errno.ENOSPC, "No space left on device")
DENIED = PermissionError(errno.EACCES, "Permission denied")
FAULTS = pytest.mark.parametrize("fault", [FULL, DENIED], ids=["full", "denied"])


def raising(error: Exception) -> Callable[..., Any]:
    def fail(*_words: Any, **_named: Any) -> Any:
        raise error

    return fail


class TestDisk:
    @FAULTS
    def test_settings_live_on_and_say_so(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: OSError
    ) -> None:
        store = SettingsStore(tmp_path / "settings.json")
        store.update(theme="light")
        monkeypatch.setattr(Path, "write_text", raising(fault))
        store.update(theme="dark")
        assert store.value.theme == "dark"
        assert store.problem == f"The settings could not be saved: {fault.strerror}."
        monkeypatch.undo()
        assert SettingsStore(tmp_path / "settings.json").value.theme == "light"

    @FAULTS
    def test_an_imported_checkpoint_is_whole_or_not_there(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: OSError
    ) -> None:
        official = TARGETS["official weights"].make(tmp_path)
        pictures = np.zeros((1, 3, 64, 64), np.float32)
        folder = tmp_path / "mine"
        write_bytes = Path.write_bytes

        def some(path: Path, content: bytes) -> int:
            if path.name.startswith(CARD):  # The weights still fit.
                raise fault
            return write_bytes(path, content)

        monkeypatch.setattr(Path, "write_bytes", some)
        with pytest.raises(MotionStudioError, match=f"mine could not be written: {fault.strerror}"):
            import_official(official, folder, "mine", pictures, None, 64)
        assert not folder.exists()

    @FAULTS
    def test_a_checkpoint_that_cannot_be_replaced_stays(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: OSError
    ) -> None:
        folder = tmp_path / "fresh"
        write_checkpoint(folder, tiny.card(), tiny.weights())
        before = (folder / WEIGHTS).read_bytes()
        monkeypatch.setattr(Path, "replace", raising(fault))
        with pytest.raises(OSError, match=str(fault.strerror)):
            write_checkpoint(folder, tiny.card(), {})
        assert (folder / WEIGHTS).read_bytes() == before
        assert sorted(path.name for path in folder.iterdir()) == [CARD, WEIGHTS]

    @FAULTS
    def test_results_of_a_study_that_do_not_fit_leave_the_old_ones(
        self, tmp_path: Path, fault: OSError
    ) -> None:
        folder = tmp_path / "heart" / "a"
        with results.making(folder) as part:
            results.note(part, Outcome("old", {}, (), (), 0.0))
        with (
            pytest.raises(MotionStudioError, match=f"a could not be written: {fault.strerror}"),
            results.making(folder),
        ):
            raise fault
        assert results.done(folder, "old") is not None
        assert [path.name for path in folder.parent.iterdir()] == ["a"]

    def test_a_place_that_is_no_folder_is_said_by_autosave(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        autosave = Autosave(tmp_path / "file" / "autosave")
        with pytest.raises(MotionStudioError, match="could not be autosaved: Not a directory"):
            autosave.write(lambda path: path.write_text("x"), None, "heart")
        assert autosave.versions() == ()
        assert list(autosave.abandoned()) == []

    def test_names_that_are_no_text_are_not_remembered(self, tmp_path: Path) -> None:
        store = SettingsStore(tmp_path / "settings.json")
        store.remember(tmp_path / "plain.mp4")
        store.remember(tmp_path / "odd\udcff.mp4")
        store.update(open_folder="\udcff", theme="light")
        again = SettingsStore(tmp_path / "settings.json")
        assert again.problem == ""
        assert again.value.theme == "light"
        assert [Path(path).name for path in again.value.recent] == ["plain.mp4"]


class TestDevice:
    def _runner(self, models: dict[str, FakeModel]) -> Runner:
        def load(_name: str, device: str) -> MotionModel:
            return models[device]

        return Runner(load=load, device=DeviceChoice("cuda", "pretended"))

    @pytest.mark.parametrize(
        "words", ["CUDA error: unspecified launch failure", "cuDNN error: CUDNN_STATUS_FAILED"]
    )
    def test_a_lost_device_is_left_and_the_answer_comes_from_the_cpu(self, words: str) -> None:
        models = {"cuda": FakeModel(), "cpu": FakeModel()}
        runner, clip, motion = self._runner(models), clip_of(6), motion_of(6)
        models["cuda"].fails = [RuntimeError(words)]
        out = _answers(runner, decode_request(motion, clip, [1]))
        assert [type(each).__name__ for each in out] == ["Notice", "FrameReady", "Done"]
        assert isinstance(out[0], responses.Notice)
        assert out[0].text == LOST
        assert runner.device == ("cpu", "the GPU stopped computing")
        assert isinstance(_answers(runner, encode_request(clip))[-1], responses.Encoded)
        assert not models["cuda"].encoded

    def test_the_same_words_on_the_cpu_are_an_error(self) -> None:
        models = {"cuda": FakeModel(), "cpu": FakeModel()}
        runner = self._runner(models)
        for model in models.values():
            model.fails = [RuntimeError("CUDA error: device-side assert triggered")]
        out = _answers(runner, decode_request(motion_of(6), clip_of(6), [1]))
        assert isinstance(out[-1], responses.Failed)
        assert isinstance(
            _answers(runner, decode_request(motion_of(6), clip_of(6), [1]))[-1], responses.Done
        )


def _answers(runner: Runner, request: Request) -> list[responses.Response]:
    out: list[responses.Response] = []
    runner.handle(request, out.append, lambda: False)
    return out


_GARBLED = (
    "import sys; sys.stdin.buffer.read(1); sys.stdout.buffer.write(b'{}'); sys.stdout.flush()"
)


class TestProcesses:
    @pytest.mark.parametrize("said", ["cno_such_module\\nx\\n.", "no pickle", "\\x80\\x05N"])
    def test_a_gateway_that_talks_nonsense_is_a_lost_engine(self, said: str) -> None:
        link = ProcessLink([sys.executable, "-c", _GARBLED.format(said)], short=60)
        try:
            with pytest.raises(LinkLost):
                link.call("ping")
        finally:
            link.close()


class TestPlaces:
    @pytest.mark.parametrize("name", ["../outside", "/outside", "..", "", "a\\b", "C:x", ".hidden"])
    def test_a_card_whose_name_leads_elsewhere_is_refused(
        self, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_checkpoint(tmp_path / "evil", tiny.card(), tiny.weights())
        text = (tmp_path / "evil" / CARD).read_text(encoding="utf-8")
        old = next(line for line in text.splitlines() if line.startswith("name = "))
        (tmp_path / "evil" / CARD).write_text(
            text.replace(old, f"name = {name!r}"), encoding="utf-8"
        )
        with pytest.raises(MotionStudioError, match="no name of a folder"):
            read_card(tmp_path / "evil")
        monkeypatch.setenv("MOTIONSTUDIO_CHECKPOINTS", str(tmp_path))
        assert "evil" not in {card.path.name for card in list_models() if card.path is not None}

    def test_a_study_replaces_nothing_but_results(self, tmp_path: Path) -> None:
        (tmp_path / "a").mkdir()
        (tmp_path / "a" / "thesis.txt").write_text("years of work")
        with (
            pytest.raises(MotionStudioError, match="no result of a study"),
            results.making(tmp_path / "a"),
        ):
            pytest.fail("nothing may be made")
        assert (tmp_path / "a" / "thesis.txt").read_text() == "years of work"

    def test_sweeping_goes_no_deeper_than_results_lie(self, tmp_path: Path) -> None:
        for place in ("heart/.making-1", "heart/a/b/.making-2"):
            (tmp_path / place).mkdir(parents=True)
        results.sweep(tmp_path)
        assert not (tmp_path / "heart" / ".making-1").exists()
        assert (tmp_path / "heart" / "a" / "b" / ".making-2").exists()


JUMPS = (0.01, -3600.0, 0.3, 86400.0, -86400.0, 0.02, 1e9, -2e9)


class TestClocks:
    @pytest.mark.parametrize("loop", list(Loop))
    def test_playback_shows_frames_of_its_range_whatever_the_clock_does(self, loop: Loop) -> None:
        clock = HandClock()
        playback = PlaybackClock(np.arange(7) / 10, now=clock)
        playback.loop = loop
        playback.play()
        for jump in JUMPS:
            clock.time += jump
            playback.tick()
            assert 0 <= playback.frame < 7

    def test_time_left_is_a_length_of_time_or_nothing(self) -> None:
        clock = HandClock()
        left = TimeLeft(clock)
        for done, now in zip(cycle((0.1, 0.5, 0.9)), accumulate(JUMPS), strict=False):
            clock.time = now
            assert "-" not in left.text(done)

    def test_versions_stay_the_newest_first(self, tmp_path: Path) -> None:
        clock = HandClock(1_000_000.0)
        autosave = Autosave(tmp_path, clock)
        for number, jump in enumerate((0.0, -500_000.0, 900_000.0, -1_000_000.0)):
            clock.time += jump
            autosave.write(_writing(f"v{number}"), None, "heart")
        assert [each.path.read_text() for each in autosave.versions()] == ["v3", "v2", "v1"]
        autosave.clear()


def _writing(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text)
