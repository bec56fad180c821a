"""What fails under the program: each fault is made, and answers with the sentence that is read."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import torch

from motionstudio.batch import results
from motionstudio.core.errors import MotionStudioError
from motionstudio.document.autosave import Autosave
from motionstudio.document.direction import Direction
from motionstudio.document.direction_file import write_directions
from motionstudio.document.project_file import read_project, write_project
from motionstudio.engine.device import LOST
from motionstudio.engine.responses import Encoded, Failed, FrameReady, Notice, Response
from motionstudio.engine.runner import Runner
from motionstudio.gui.settings import SettingsStore
from motionstudio.io import read_clip, save_motion, write_clip, write_latents_csv
from motionstudio.io.template_file import Template, save_template
from motionstudio.models.device import DeviceChoice
from motionstudio.training import loop
from motionstudio.training.state import fresh_state, load_state, save_state
from tests.document.builders import encode, subject
from tests.document.test_project_file import two_subjects
from tests.engine.fakes import FakeModel, clip_of, decode_request, encode_request, motion_of
from tests.io.test_exports import clip_of as film_of
from tests.robustness import session_targets as kept
from tests.robustness.lines import line_recipe, opening
from tests.training.line_task import LineTask

Write = Callable[[Path], object]


# --- disks -----------------------------------------------------------------------------------


def _settings(path: Path) -> None:
    store = SettingsStore(path)
    store.update(theme="light" if store.value.theme == "dark" else "dark")
    if store.problem:
        raise MotionStudioError(store.problem)


def _project(path: Path) -> None:
    # The clips lie elsewhere.
    write_project(two_subjects(path.parent.parent).state, path)


def _autosave(path: Path) -> None:
    autosave = Autosave(path)
    state = two_subjects(path.parent.parent).state
    try:
        autosave.write(partial(write_project, state), None, "heart")
    finally:
        autosave._lock.release()


def _state(path: Path) -> None:
    state = kept._state()
    try:
        save_state(state, path, kept._RECIPE)
    except OSError as error:  # The run goes on and says so.
        raise MotionStudioError(f"The state was not saved, training goes on: {error}") from error


def _result(path: Path) -> None:
    with results.making(path) as part:
        (part / "motion.npz").write_bytes(bytes(4000))


WRITERS: Mapping[str, tuple[str, Write]] = {
    "project": ("a.motion", _project),
    "film": ("a.mp4", lambda path: write_clip(film_of(3), path)),
    "GIF": ("a.gif", lambda path: write_clip(film_of(3), path)),
    "folder of pictures": ("pictures", lambda path: write_clip(film_of(), path)),
    "arrays": ("a.npz", lambda path: write_clip(film_of(), path)),
    "motion": ("m.npz", lambda path: save_motion(encode(subject("a")), path)),
    "table": ("m.csv", lambda path: write_latents_csv(encode(subject("a")), path)),
    "template": ("t.json", lambda path: save_template(Template("t", encode(subject("a"))), path)),
    "directions": (
        "d.json", lambda path: write_directions([Direction("o", "h", "0" * 16, (1.0,) * 9)], path),
    ),
    "settings": ("settings.json", _settings),
    "autosave": ("autosave", _autosave),
    "training state": ("state.pt", _state),
    "result of a study": ("clip", _result),
}  # fmt: skip
"""Everything that is written: a name, and how."""


def can_mount() -> bool:
    """Whether a small disk of its own can be had, as by root on Linux."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as place, mounted(Path(place)) as there:
        return there


@contextmanager
def mounted(place: Path, size: str = "1m") -> Iterator[bool]:
    """A disk of this size at a folder; tells whether that worked."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    good = subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield good
    finally:
        if good:
            subprocess.run(["umount", "-l", str(place)], check=True)


@contextmanager
def full_disk(place: Path) -> Iterator[None]:
    """Nothing more fits: the disk is full, or where none can be had, no file may grow."""
    if os.path.ismount(place):
        filler = place / "filler"
        with filler.open("wb", buffering=0) as stream:
            try:
                while stream.write(bytes(4096)):
                    pass
            except OSError:
                pass
        yield
        filler.unlink()
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def locked_disk(place: Path) -> Iterator[None]:
    """Nothing may be written: a disk that is read only, or for others than root a folder."""
    if not os.path.ismount(place):
        place.chmod(0o500)
        yield
        place.chmod(0o700)
        return
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    yield
    subprocess.run(["mount", "-o", "remount,rw", str(place)], check=True)


def contents(place: Path) -> dict[str, bytes]:
    """Every file below a folder, as it is; locks are of those who hold them."""
    return {
        path.relative_to(place).as_posix(): path.read_bytes()
        for path in sorted(place.rglob("*"))
        if path.is_file() and path.name not in ("filler", "lock.json", ".motionstudio-lock")
    }


ONCE = ("folder of pictures", "result of a study")
"""What is not written a second time over the first."""


def on_a_bad_disk(fault: Callable[[Path], Any], name: str, folder: Path) -> str:
    """Write, let the disk fail, write again: the sentence; what was there must be whole.

    Raises:
        AssertionError: something was lost, or half a file is there.
    """
    file, write = WRITERS[name]
    place = folder / "disk"
    place.mkdir()
    with mounted(place):
        target = place / file
        if name not in ONCE:
            write(target)
        before = contents(place)
        with fault(place):
            try:
                write(target)
            except MotionStudioError as error:
                said = error.message
            else:
                raise AssertionError("expected the write to fail")
            now = contents(place)
        assert now == before, f"left {sorted(set(now) ^ set(before)) or 'other bytes'}"
        write(target)  # Once there is room, everything is as ever.
        return said


def forbidden_reading(name: str, folder: Path) -> str:
    """A file that may not be read; what is said of it."""
    path = folder / name
    if name.endswith(".motion"):
        write_project(two_subjects(folder).state, path)
    else:
        write_clip(film_of(3), path)
    path.chmod(0)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        (read_project if name.endswith(".motion") else read_clip)(path)
    except MotionStudioError as error:
        return error.message
    finally:
        if root:
            os.seteuid(0)
    raise AssertionError("expected the file not to be readable")


# --- processes -------------------------------------------------------------------------------

_EXPORT = """
import os, signal, sys
from pathlib import Path
from motionstudio.io import write_clip
from tests.io.test_exports import clip_of
def tick(done):
    if done > 0.5:
        os.kill(os.getpid(), signal.SIGKILL)
    return True
write_clip(clip_of(3), Path(sys.argv[1]), tick=tick)
"""
_SAVE = """
import os, signal, sys
from pathlib import Path
import torch
from tests.robustness import session_targets as kept
from motionstudio.training.state import save_state
whole = torch.save
def half(stored, path):
    whole(stored, path)
    os.truncate(path, path.stat().st_size // 2)
    os.kill(os.getpid(), signal.SIGKILL)
torch.save = half
save_state(kept._state(), Path(sys.argv[1]), kept._RECIPE)
"""


def _killed(program: str, path: Path) -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program, str(path)], cwd=root, check=False)
    assert done.returncode == -signal.SIGKILL, done.returncode


def killed_export(name: str, folder: Path) -> str:
    """Kill a process half way through an export; the next one cleans up after it."""
    path = folder / name
    _killed(_EXPORT, path)
    assert not path.exists(), "half a file is there under its name"
    for left in folder.glob(".writing-*"):
        then = left.stat().st_mtime - 3600
        os.utime(left, (then, then))
    write_clip(film_of(3), path)
    assert [each.name for each in folder.iterdir()] == [name], "leftovers stay"
    return "(the old file, or none, and nothing half)"


def killed_save(folder: Path) -> str:
    """Kill a run in the middle of saving; the state before is whole, and is gone on from."""
    path = folder / "state.pt"
    before = kept._state()
    before.step = 7
    save_state(before, path, kept._RECIPE)
    _killed(_SAVE, path)
    state = kept._state()
    load_state(state, path, kept._RECIPE)
    assert state.step == 7
    save_state(state, path, kept._RECIPE)
    assert [each.name for each in folder.iterdir()] == ["state.pt"], "leftovers stay"
    return "(goes on from the state before)"


# --- devices ---------------------------------------------------------------------------------

_WORDS = {"lost": "CUDA error: unspecified launch failure", "memory": "CUDA out of memory"}


def failing_engine(what: str, call: str, device: str) -> str:
    """A device that fails in the middle of a call: what is said; the next call must work."""
    models = {"cuda": FakeModel(), "cpu": FakeModel()}

    def load(_name: str, where: str) -> Any:
        return models[where]

    runner, clip = Runner(load=load, device=DeviceChoice(device, "x"), chunk=2), clip_of(6)
    motion = motion_of(6)
    request = encode_request(clip) if call == "encode" else decode_request(motion, clip, [1])
    error: type[RuntimeError] = torch.OutOfMemoryError if what == "memory" else RuntimeError
    # Caches go, then chunks are halved where there are any, then the CPU takes over.
    often = 1 if what == "lost" else 9 if device == "cpu" else 3 if call == "decode" else 2
    models[device].fails = [error(_WORDS[what]) for _ in range(often)]
    first = _answers(runner, request)
    models[device].fails = []
    good = Encoded if call == "encode" else FrameReady
    assert any(isinstance(each, good) for each in _answers(runner, request)), "it is of no more use"
    failed = [each.message for each in first if isinstance(each, Failed)]
    if device == "cuda":
        assert not failed, "expected an answer by the CPU"
        assert any(isinstance(each, good) for each in first)
    notices = [each.text for each in first if isinstance(each, Notice)]
    if what == "lost":
        assert notices == [LOST]
    return " ".join([*failed, *notices[-1:]])


def _answers(runner: Runner, request: Any) -> list[Response]:
    out: list[Response] = []
    runner.handle(request, out.append, lambda: False)
    return out


def failing_training(words: str, folder: Path) -> str:
    """A device that fails in a step; the state that was saved is gone on from."""
    recipe = line_recipe(folder)
    task, work = LineTask(), folder / "work"
    loss, told = task.loss, list[object]()

    def fails(network: Any, step: int) -> Any:
        if step == 5:
            raise RuntimeError(words)
        return loss(network, step)

    task.loss = fails  # type: ignore[method-assign]
    with opening(task):
        try:
            loop.train(recipe, work, folder / "out", tell=told.append, pace=loop.Pace(-1.0))
        except MotionStudioError as error:
            said = f"{error.message} {error.hint}"
        else:
            raise AssertionError("expected the run to end")
    state = fresh_state(LineTask().network())
    load_state(state, work / loop.STATE, recipe.model_dump_json())
    assert state.step == 5, state.step
    whole = LineTask()
    with opening(whole):
        loop.train(recipe, work, folder / "out", tell=told.append)
    assert whole.exported is not None
    assert whole.exported[1] == recipe.steps
    return said


FAULTS: Mapping[str, Callable[[Path], str]] = {
    **{f"disk full: {n}": partial(on_a_bad_disk, full_disk, n) for n in WRITERS},
    **{f"disk read only: {n}": partial(on_a_bad_disk, locked_disk, n) for n in WRITERS},
    **{f"may not be read: {n}": partial(forbidden_reading, n) for n in ("a.motion", "a.mp4")},
    **{f"killed in an export: {n}": partial(killed_export, n) for n in ("a.mp4", "a.gif", "a.npz")},
    "killed while a training state is saved": killed_save,
    **{
        f"{what} in {call} on {device}": (
            lambda _folder, w=what, c=call, d=device: failing_engine(w, c, d)
        )
        for what, call, device in (
            ("lost", "encode", "cuda"), ("lost", "decode", "cuda"),
            ("memory", "encode", "cuda"), ("memory", "decode", "cuda"),
            ("memory", "encode", "cpu"), ("memory", "decode", "cpu"),
        )
    },
    "device lost in training": partial(failing_training, "CUDA error: device-side assert"),
    "out of memory in training": partial(failing_training, "CUDA out of memory"),
}  # fmt: skip
"""By the name under which they are counted; each answers with the sentence that is read."""
