"""Places that cannot be used, drives that go while a clip is open, memory and pipes that end."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from motionstudio.core.errors import MotionStudioError
from motionstudio.engine.responses import Encoded, Failed, FrameReady, Notice, Response
from motionstudio.engine.runner import Runner
from motionstudio.io import read_clip, video
from motionstudio.models.device import DeviceChoice
from motionstudio.training import loop
from motionstudio.training.state import fresh_state, load_state
from tests.engine.fakes import FakeModel, clip_of, decode_request, encode_request, motion_of
from tests.io.samples import write_video_file
from tests.robustness.lines import line_recipe, opening
from tests.training.line_task import LineTask

ROOT = Path(__file__).parents[2]

# --- drives that go --------------------------------------------------------------------------


def _array(folder: Path) -> Path:
    np.save(folder / "long.npy", np.ones((200, 64, 64), np.uint8))
    return folder / "long.npy"


def _film(folder: Path) -> Path:
    noise = np.random.default_rng(0).integers(0, 255, (90, 96, 128, 3), dtype=np.uint8)
    return write_video_file(folder / "long.mkv", noise)


def _pictures(folder: Path) -> Path:
    place = folder / "pictures"
    place.mkdir()
    for n in range(8):
        Image.new("RGB", (16, 16), (n * 20, 0, 0)).save(place / f"{n}.png")
    return place


MAKERS = {"array": _array, "film": _film, "folder of pictures": _pictures}


def vanishing(what: str, how: str, folder: Path) -> str:
    """A clip whose file goes, or is cut off, while it plays: what is said, once; it is no crash."""
    path, said, shown = MAKERS[what](folder), "", 0
    with pytest.MonkeyPatch.context() as limits:
        # As if it were one of several minutes, which is streamed.
        limits.setattr(video, "EAGER_BYTES", 0)
        clip = read_clip(path)
    np.asarray(clip.frames[0])
    for each in [*path.iterdir()] if path.is_dir() else [path]:
        if how == "cut off":
            os.truncate(each, each.stat().st_size // 3)
        else:
            each.unlink()
    for frame in range(len(clip)):
        try:
            shown += np.asarray(clip.frames[frame]).shape == clip.frames.shape[1:]
        except MotionStudioError as error:
            said = said or error.message
    if not said:
        assert shown == len(clip)
        return "(plays on: it is in memory, or still held)"
    return f"{said} ({shown} of {len(clip)} frames are still shown)"


# --- memory ----------------------------------------------------------------------------------


def exhausted(call: str, _folder: Path) -> str:
    """Python's own MemoryError in a call of the model; the next call works."""
    model = FakeModel()
    runner = Runner(load=lambda *_: model, device=DeviceChoice("cpu", "x"), chunk=2)
    clip, motion = clip_of(6), motion_of(6)
    request = encode_request(clip) if call == "encode" else decode_request(motion, clip, [1])
    model.fails = [MemoryError() for _ in range(9)]
    first = _answers(runner, request)
    model.fails = []
    good = Encoded if call == "encode" else FrameReady
    assert any(isinstance(each, good) for each in _answers(runner, request)), "it is of no more use"
    said = [each.message for each in first if isinstance(each, Failed)]
    said += [each.text for each in first if isinstance(each, Notice)]
    return " ".join(said)


def _answers(runner: Runner, request: object) -> list[Response]:
    out: list[Response] = []
    runner.handle(request, out.append, lambda: False)  # type: ignore[arg-type]
    return out


def exhausted_training(folder: Path) -> str:
    """Python's own MemoryError in every step; the state that was saved is gone on from."""
    task, loss = LineTask(), LineTask.loss

    def fails(network: object, step: int) -> object:
        if step >= 5:
            raise MemoryError
        return loss(task, network, step)  # type: ignore[arg-type]

    task.loss = fails  # type: ignore[method-assign,assignment]
    recipe = line_recipe(folder)
    places = folder / "work", folder / "out"
    try:
        with opening(task):
            loop.train(recipe, *places, tell=lambda _: None, pace=loop.Pace(save_every=-1.0))
    except MotionStudioError as error:
        said = f"{error.message} {error.hint}"
    else:
        raise AssertionError("expected the run to end")
    state = fresh_state(LineTask().network())
    load_state(state, places[0] / loop.STATE, recipe.model_dump_json())
    assert state.step == 5, state.step
    whole = LineTask()
    with opening(whole):
        loop.train(recipe, *places, tell=lambda _: None)
    assert whole.exported is not None
    assert whole.exported[1] == recipe.steps
    return said


# --- the program's own places and pipes ------------------------------------------------------

_START = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.settings import SettingsStore
app = QApplication([])
settings = SettingsStore()
window = MainWindow(settings)
window.show()
window.start()
for _ in range(50):
    app.processEvents()
settings.update(theme="light", toured=True)
for _ in range(50):
    app.processEvents()
assert settings.value.theme == "light"
said = [f"{each.text}" for each in window.session.notices.recent]
said += [settings.problem]
window.close()
print("SAID", " ".join(dict.fromkeys(filter(None, said))))
"""
_HOMES = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")


def start(how: str, folder: Path) -> str:
    """The window opens though no folder of its own can be written: it says so and works."""
    from tests.robustness.faults import locked_disk, mounted

    place = folder / "home"
    if how == "in the way":
        place.write_text("a file where the folder should be", encoding="utf-8")
        return _started(place)
    place.mkdir()
    with mounted(place), locked_disk(place):
        return _started(place)


def _started(place: Path) -> str:
    words = {name: str(place / name) for name in _HOMES}
    environment = {**os.environ, **words, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", _START], cwd=ROOT, env=environment,
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr[-800:]
    assert "Traceback" not in done.stderr, done.stderr[-800:]
    said = next(line for line in done.stdout.splitlines() if line.startswith("SAID"))
    return said.removeprefix("SAID").strip()


def closed(which: str, folder: Path) -> str:
    """A command whose pipes are closed from the beginning."""
    clip = folder / "a.npz"
    np.savez(clip, frames=np.zeros((3, 16, 16), np.uint8))
    shut = {"input": "<&-", "output": ">&-", "errors": "2>&-", "all of them": "<&- >&- 2>&-"}[which]
    words = f'"{sys.executable}" -m motionstudio inspect "{clip}" {shut}'
    done = subprocess.run(["sh", "-c", words], cwd=ROOT, capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr[-800:]
    assert done.returncode in (0, 1), done.returncode
    if which in ("input", "errors"):
        assert done.returncode == 0
        assert "3" in done.stdout
        return "(tells what it was asked)"
    return done.stderr.strip() or f"(ends quietly, with {done.returncode})"


def emptied_folder(folder: Path) -> str:
    """The folder that a command stands in is removed before it starts."""
    there = folder / "there"
    there.mkdir()
    words = f'cd "{there}" && rm -r "{there}" && "{sys.executable}" -m motionstudio models'
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["sh", "-c", words], env=environment, capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr[-800:]
    assert done.returncode in (0, 1, 2), done.returncode
    return done.stderr.strip().split("\n")[0] or "(works)"


PLACES: Mapping[str, Callable[[Path], str]] = {
    **{
        f"{what} that plays: {word}": partial(vanishing, what, how)
        for what in MAKERS
        for how, word in (("cut off", "its file is cut off"), ("removed", "its file is removed"))
    },
    **{f"MemoryError in {call}": partial(exhausted, call) for call in ("encode", "decode")},
    "MemoryError in training": exhausted_training,
    "start: no folder of its own can be written": partial(start, "read only"),
    "start: files in the place of its folders": partial(start, "in the way"),
    **{
        f"command with {which} closed": partial(closed, which)
        for which in ("input", "output", "errors", "all of them")
    },
    "command in a folder that was removed": emptied_folder,
}
"""By the name under which they are counted."""
