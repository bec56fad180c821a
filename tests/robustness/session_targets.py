"""What the program keeps for itself between starts and between processes, to be damaged."""

from __future__ import annotations

import pickle
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import nn

from motionstudio.batch import results
from motionstudio.batch.planning import plan
from motionstudio.batch.study import read_study
from motionstudio.batch.task import Outcome
from motionstudio.core.errors import MotionStudioError
from motionstudio.document.autosave import Autosave
from motionstudio.engine.gallery import Gallery
from motionstudio.engine.remote_client import RemoteEngine
from motionstudio.engine.remote_link import LinkLost
from motionstudio.engine.remote_source import source_key
from motionstudio.engine.requests import LoadRequest
from motionstudio.engine.responses import Notice, Ticket
from motionstudio.gui.settings import SavedLayout, SettingsStore
from motionstudio.gui.training.progress import Progress
from motionstudio.models.checkpoint import write_checkpoint
from motionstudio.training.events import Failed, Said, Saved, Stepped, Validated, Watched, to_line
from motionstudio.training.run_folder import RunFolder
from motionstudio.training.state import RunState, fresh_state, load_state, save_state
from tests.models import tiny

_RECIPE = """{"name": "x", "title": "x", "data": [], "stages": []}"""


def study(folder: Path) -> Path:
    """A study of one clip with the smallest model beside it."""
    write_checkpoint(folder / "fresh", tiny.card(), tiny.weights())
    np.savez(folder / "a.npz", frames=np.zeros((3, 32, 32), np.uint8))
    path = folder / "study.toml"
    path.write_text(
        'name = "one"\noutput = "results"\nmodels = ["fresh"]\nfit = "letterbox"\n'
        'measure = ["reconstruction"]\nworkers = 1\nretries = 2\ndevice = "cpu"\n'
        '[render]\nformats = ["mp4"]\nscale = 100\nfps = 10.0\n'
        '[[clips]]\nfiles = ["a.npz"]\nslices = "one"\nrange = "0:3"\nreference = 0\n',
        encoding="utf-8",
    )
    return path


def read_whole_study(path: Path) -> None:
    """As ``motionstudio batch --dry-run`` reads it."""
    plan(read_study(path), path.parent / "results", [path.parent])


def settings(folder: Path) -> Path:
    path = folder / "settings.json"
    store = SettingsStore(path)
    layout = SavedLayout(docks="AAAA/w==", parts=(10, 20, 30))
    store.update(theme="light", recent=("a.mp4",), keys={"file.open": ("Ctrl+O",)})
    store.update(layouts={"mine": layout}, live={"camera": "0"}, autosave_seconds=30)
    return path


def read_settings(path: Path) -> None:
    """As a start reads them; what was wrong is told, and they can be written again."""
    store = SettingsStore(path)
    said = store.problem
    store.update(theme="light")
    again = SettingsStore(path)
    if again.problem or again.value != store.value:
        raise ValueError("expected settings that were mended to be there again")
    if said:
        raise MotionStudioError(said)


def autosaved(folder: Path) -> Path:
    autosave = Autosave(folder / "autosave")
    autosave.write(lambda path: path.write_bytes(b"kept"), folder / "heart.motion", "heart")
    autosave._lock.release()  # As when the process ends.
    return autosave.folder / "document.json"


def read_autosaved(path: Path) -> None:
    """As the next start offers it: the version is there whatever else is damaged."""
    (left,) = Autosave(path.parent.parent).abandoned()
    try:
        (version,) = left.versions
        if version.path.read_bytes() != b"kept" or not version.name:
            raise ValueError("expected the version that was kept, under some name")
    finally:
        left.leave()


def events(folder: Path) -> Path:
    told = (
        Said("Preparing."),
        Stepped(10, 100, {"lcc": 0.5, "kl": 2.0}, 1e-3, 3.5, 25.7, 0.1),
        Validated(10, {"RMSE": 0.05}),
        Watched(10, "step-10.png", 0.1, 0.2, True, "walk"),
        Saved(10, "state.pt"),
        Failed("The disk is full.", "Make room."),
    )
    run = RunFolder(folder)
    run.events.write_text("".join(to_line(event) + "\n" for event in told), encoding="utf-8")
    return run.events


def read_events(path: Path) -> None:
    """As the Train window follows a run."""
    run, progress = RunFolder(path.parent), Progress()
    found, _ = run.read()
    for event in found:
        progress.take(event)
    for points in (*progress.losses.values(), *progress.held_out.values()):
        for step, value in points:
            if not isinstance(step, int) or not isinstance(value, int | float):
                raise TypeError(f"expected points of a curve, got {step!r}, {value!r}")
    for look in progress.looks:
        if (path.parent / look.picture).parent != path.parent:
            raise ValueError(f"expected a picture of the run, got {look.picture}")
    _ = f"{progress.words} {progress.hint} {progress.left:.1f} {progress.speed:.1f}"


def _state() -> RunState:
    torch.manual_seed(0)
    return fresh_state(nn.Linear(3, 2))


def state(folder: Path) -> Path:
    kept, path = _state(), folder / "state.pt"
    kept.model(torch.ones(1, 3)).sum().backward()
    kept.optimiser.step()
    save_state(kept, path, _RECIPE)
    return path


def read_state(path: Path) -> None:
    """As a run goes on from it."""
    load_state(_state(), path, _RECIPE)


def result(folder: Path) -> Path:
    outcome = Outcome("key", {"RMSE": 0.1}, (), ("a note",), 1.5)
    results.note(folder, outcome)
    return folder / results.RESULT


def read_result(path: Path) -> None:
    """As a study looks what is done: what is damaged is made again."""
    results.done(path.parent, "key")


_ASKED = LoadRequest(model="")


def answer(folder: Path) -> Path:
    path = folder / "answer"
    path.write_bytes(pickle.dumps(Notice(ticket=Ticket.of(_ASKED), text="on the CPU"), protocol=5))
    return path


class _Link:
    """Answers every question with the same bytes."""

    def __init__(self, blob: bytes) -> None:
        self._blob = blob

    def call(self, method: str, *_values: object) -> object:
        served = [self._blob], True
        known: dict[str, object] = {
            "hello": {"source": source_key(), "device": "cpu", "reason": "test"},
            "ask": ((), served),
            "answers": served,
        }
        return known.get(method, True)

    def close(self) -> None:
        return


def read_answer(path: Path) -> None:
    """As the studio takes an answer of a remote engine; else it computes here."""
    engine = RemoteEngine(_Link(path.read_bytes()), Gallery(0))
    try:
        engine.handle(_ASKED, lambda _response: None, partial(bool, False))
    except LinkLost as lost:
        raise MotionStudioError(f"The engine is lost: {lost}.") from lost
