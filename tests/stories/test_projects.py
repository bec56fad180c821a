"""Projects from end to end: crashes, the command line, the sample that comes along."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from motionstudio.cli import run
from motionstudio.core.locations import resources_dir
from motionstudio.document.project_file import read_project
from motionstudio.document.schema import to_plain
from motionstudio.export import ExportKind, ExportOptions
from motionstudio.gui.dialogs.unsaved import Answer, Questions
from motionstudio.gui.folders import Folders
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.settings import SettingsStore
from motionstudio.io import load_motion
from tests.document.builders import everything
from tests.gui.conftest import MakeWindow
from tests.stories.steps import LONG, active, settle

SAMPLE = resources_dir() / "samples" / "first_steps.motion"


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Copies of carried media go to a folder of the test."""
    shelf = tmp_path / "shelf"
    monkeypatch.setattr("motionstudio.document.project_file.default_shelf", lambda: shelf)
    monkeypatch.setenv("MOTIONSTUDIO_DEVICE", "cpu")


@pytest.fixture
def real_window(qtbot: Any, tmp_path: Path) -> Iterator[MainWindow]:
    """A window with the shipped models."""
    window = MainWindow(
        SettingsStore(tmp_path / "settings.json"),
        questions=Questions(unsaved=lambda *_: Answer.DISCARD),
        folders=Folders(tmp_path / "autosave", tmp_path / "shelf"),
    )
    with qtbot.waitExposed(window):
        window.show()
    window.start()
    yield window
    window.close()
    window.deleteLater()


def open_project(qtbot: Any, window: MainWindow, path: Path) -> None:
    with qtbot.waitSignal(window.presenters.loading.loaded, timeout=LONG):
        window.open_paths([path])
    settle(qtbot, window)


class TestSample:
    def test_the_sample_shows_the_point(self, tmp_path: Path) -> None:
        assert SAMPLE.stat().st_size < 5 * 2**20
        opened = read_project(SAMPLE, shelf=tmp_path / "shelf")
        beating, still = opened.state.subjects
        assert not beating.media_problem
        assert not still.media_problem
        assert int((~beating.kept).sum()) == 2
        assert beating.track is not None
        assert [int(d) for d in np.flatnonzero(beating.track.edited.any(0))] == [
            beating.dim_names.index("contraction")
        ]
        assert not beating.needs_encoding
        assert still.track is None
        assert set(opened.thumbnails) == {"beating", "still"}

    def test_it_opens_from_the_menu(self, qtbot: Any, make_window: MakeWindow) -> None:
        window = make_window()
        with qtbot.waitSignal(window.presenters.loading.loaded, timeout=LONG):
            window.actions_["file.sample_project"].trigger()
        assert active(window).name == "Beating heart"
        assert window.session.project.path is None
        assert not window.presenters.saving.unsaved


class TestRender:
    def test_statement_18_render_equals_the_export_of_the_window(
        self, qtbot: Any, real_window: MainWindow, tmp_path: Path
    ) -> None:
        path = tmp_path / "p.motion"
        shutil.copy(SAMPLE, path)
        open_project(qtbot, real_window, path)
        exporting = real_window.presenters.exporting
        kinds = {ExportKind.NPZ: "out.npz", ExportKind.GIF: "out.gif"}
        for kind, name in kinds.items():
            with qtbot.waitSignal(exporting.finished, timeout=LONG):
                exporting.start(active(real_window), ExportOptions(kind, tmp_path / name))
            words = ["render", path, "--subject", "Beating heart", "--device", "cpu"]
            assert run([str(w) for w in (*words, "--out", tmp_path / f"cli-{name}")]) == 0
        ours, theirs = (dict(np.load(tmp_path / n)) for n in ("out.npz", "cli-out.npz"))
        assert set(ours) == set(theirs)
        for name in set(ours) - {"provenance"}:
            if ours[name].dtype.kind in "buif":
                assert np.array_equal(ours[name], theirs[name], equal_nan=True), name
        assert ours["frames"].shape == (24, 128, 128, 1)
        assert load_motion(tmp_path / "out.npz").kept.tolist().count(False) == 2
        from motionstudio.io import read_clip

        films = [read_clip(tmp_path / name).frames[:] for name in ("out.gif", "cli-out.gif")]
        assert np.array_equal(*films)

    def test_all_subjects_with_a_motion_are_rendered(
        self, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "p.motion"
        shutil.copy(SAMPLE, path)
        out = tmp_path / "motion.csv"
        assert run(["render", str(path), "--out", str(out), "--device", "cpu"]) == 0
        assert out.read_text().count("\n") == 25
        assert "Still heart has no motion" in capfd.readouterr().err

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["--subject", "Nobody"], "Nobody is not in p.motion. Subjects: Beating heart"),
            (["--subject", "Still heart"], "Still heart has no motion"),
            (["--source", "x.png"], "A project has its own pictures"),
            (["--size", "77"], "native or the model's size"),
        ],
    )
    def test_what_cannot_be_done_is_said(
        self, tmp_path: Path, capfd: pytest.CaptureFixture[str], words: list[str], said: str
    ) -> None:
        path = tmp_path / "p.motion"
        shutil.copy(SAMPLE, path)
        assert run(["render", str(path), *words]) == 2
        assert said in capfd.readouterr().err

    def test_inspect_tells_what_is_in_it(
        self, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        import json

        assert run(["inspect", str(SAMPLE), "--json"]) == 0
        record = json.loads(capfd.readouterr().out)
        assert record["kind"] == "project"
        assert record["subject_0"]["dropped"] == [9, 15]
        assert record["subject_0"]["media"] == "in the project"
        assert record["subject_1"]["encoded"] is False

    def test_statement_24_the_command_line_names_what_is_damaged(
        self, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "p.motion"
        path.write_bytes(SAMPLE.read_bytes()[:5000])
        for command in ("render", "inspect"):
            assert run([command, str(path)]) == 2
            said = capfd.readouterr().err
            assert said.startswith("p.motion could not be opened: it is damaged or cut off.")
            assert said.count("\n") == 1


class TestScripts:
    def test_projects_in_scripts(self, tmp_path: Path) -> None:
        import motionstudio as ms

        state = ms.load_project(SAMPLE)
        path = ms.save_project(state, tmp_path / "copy.motion")
        assert everything(ms.load_project(path)) == everything(state)


_EDITING = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
app = QApplication([])
import numpy as np
from motionstudio.document.commands import EditLatent, SetKept
from motionstudio.document.project_file import read_project, write_project
from motionstudio.gui.folders import Folders
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.settings import SettingsStore
root, sample = Path(sys.argv[1]), Path(sys.argv[2])
folders = Folders(root / "autosave", root / "shelf")
window = MainWindow(SettingsStore(root / "settings.json"), folders=folders)
window.show()
saving = window.presenters.saving
saving.set_interval(0.05)

def edit(_opened):
    one = window.session.active
    window.session.push(EditLatent(one.id, (3, 4), (1,), np.full((2, 1), 0.25, np.float32)))
    window.session.push(SetKept(one.id, (5, 6), False))
    write_project(window.session.project.state, root / "expected.motion")

window.presenters.loading.loaded.connect(edit)
saving.autosaved.connect(lambda: print("autosaved", flush=True))
window.open_paths([sample])
app.exec()
"""


class TestCrash:
    def test_statement_10_what_was_edited_survives_kill_9(
        self, qtbot: Any, make_window: MakeWindow, tmp_path: Path
    ) -> None:
        root = tmp_path / "crash"
        root.mkdir()
        sample = root / "work.motion"
        shutil.copy(SAMPLE, sample)
        before = sample.read_bytes()
        process = _started(_EDITING, root, sample)
        assert process.stdout is not None
        assert process.stdout.readline() == "autosaved\n"
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
        process.stdout.close()
        assert sample.read_bytes() == before

        window = make_window(folders=Folders(root / "autosave", tmp_path / "shelf"))
        window.recovery.look()
        assert window.recovery.offered is not None
        assert window.recovery.offered.document == sample
        with qtbot.waitSignal(window.presenters.loading.loaded, timeout=LONG):
            window.recovery.recover()
        expected = read_project(root / "expected.motion", shelf=tmp_path / "shelf").state
        state = window.session.project.state
        assert everything(_unplaced(state)) == everything(_unplaced(expected))
        assert active(window).kept.tolist().count(False) == 4
        assert window.session.project.path == sample
        assert window.presenters.saving.unsaved

    @pytest.mark.slow
    def test_kill_9_while_saving_never_damages_a_file(self, tmp_path: Path) -> None:
        path = tmp_path / "p.motion"
        shutil.copy(SAMPLE, path)
        known = {_edits(path, tmp_path)}
        rng = np.random.default_rng(5)
        for _ in range(12):
            process = _started(_SAVING, path, tmp_path / "shelf")
            assert process.stdout is not None
            assert process.stdout.readline() == "saving\n"
            try:
                process.wait(timeout=float(rng.uniform(0.0, 0.12)))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait(timeout=30)
            process.stdout.close()
            known.add(_edits(path, tmp_path))
        assert len(known) > 1, "nothing was ever saved, so nothing was tested"


_SAVING = """
import sys
from dataclasses import replace
from pathlib import Path
from motionstudio.document.project_file import read_project, write_project
path, shelf = Path(sys.argv[1]), Path(sys.argv[2])
state = read_project(path, shelf=shelf).state
print("saving", flush=True)
number = 0
while True:
    number += 1
    one = replace(state.subjects[0], name=f"saved {number} times")
    write_project(replace(state, subjects=(one, *state.subjects[1:])), path)
"""


def _edits(path: Path, root: Path) -> str:
    """The file opens; what the last save that finished wrote."""
    return read_project(path, shelf=root / "shelf").state.subjects[0].name


def _started(program: str, *arguments: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "MOTIONSTUDIO_DEVICE": "cpu"},
        stdout=subprocess.PIPE,
        text=True,
    )


def _unplaced(state: Any) -> Any:
    """The document without the folders that copies of its media lie in."""
    from dataclasses import replace

    from motionstudio.document.schema import with_media

    return replace(
        state,
        subjects=tuple(
            with_media(s, replace(s.media, path=Path(s.media.path).name)) for s in state.subjects
        ),
    )


def test_plain_values_are_all_that_is_stored() -> None:
    """No value of the sample needs code to be read: numbers, texts, lists and objects only."""

    def visit(value: Any) -> Callable[[], None] | None:
        assert isinstance(value, dict | list | str | int | float | bool | type(None))
        children = value.values() if isinstance(value, dict) else value
        for child in children if isinstance(value, dict | list) else ():
            visit(child)
        return None

    visit(to_plain(read_project(SAMPLE).state)[0])
