"""Exports from the window: several at once, pictures in between, cancelling, what is remembered."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.errors import MotionStudioError
from motionstudio.document.commands import EditLatent
from motionstudio.engine.requests import Lane, Request
from motionstudio.export import ExportKind, ExportOptions, Panel
from motionstudio.gui.dialogs.export_choices import PRESETS, from_plain, from_preset, to_plain
from motionstudio.gui.dialogs.export_names import exportable
from motionstudio.gui.dialogs.export_options import ExportContext, ExportDialog
from motionstudio.gui.main_window import MainWindow
from motionstudio.io import read_clip, write_clip
from tests.gui.conftest import MakeWindow
from tests.gui.small_model import SmallModel, small_card
from tests.io.test_sound import beeping
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, generated, open_clip, settle

COUNT = 8


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    made = []
    for name in ("one", "two"):
        path = tmp_path / f"{name}.npz"
        write_clip(Clip(blob_frames(COUNT, 40), uniform_times(COUNT, 10), cyclic=True), path)
        made.append(path)
    return made


@pytest.fixture
def window(qtbot: Any, make_window: MakeWindow, paths: list[Path]) -> MainWindow:
    made = make_window()
    for path in paths:
        open_clip(qtbot, made, path)
    return made


def run(qtbot: Any, window: MainWindow, wanted: Any) -> Any:
    exporting = window.presenters.exporting
    with qtbot.waitSignal(exporting.finished, timeout=30_000) as ended:
        exporting.start_all(wanted)
    return ended.args[0]


def test_all_open_subjects_are_written_one_by_one(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    first, second = exportable(window.session.project.subjects)
    dialog = ExportDialog(
        second, None, str(tmp_path), context=ExportContext(small_card("heart"), (first,))
    )
    qtbot.addWidget(dialog)
    dialog.form.everyone.setChecked(True)
    wanted = dialog.wanted()
    assert [options.path.name for _, options in wanted] == ["two_motion.mp4", "one_motion.mp4"]
    told: list[str] = []
    window.presenters.exporting.progressed.connect(lambda _, text: told.append(text))
    assert run(qtbot, window, wanted) == tmp_path / "one_motion.mp4"
    for _, options in wanted:
        assert len(read_clip(options.path)) == COUNT
    assert any("1 of 2" in text for text in told)
    assert any("2 of 2" in text for text in told)


def test_cancelling_several_keeps_the_finished_and_writes_no_half(
    qtbot: Any, window: MainWindow, tmp_path: Path, small_models: dict[str, SmallModel]
) -> None:
    subjects = exportable(window.session.project.subjects)
    wanted = [(s, ExportOptions(ExportKind.GIF, tmp_path / f"{s.name}.gif")) for s in subjects]
    exporting, gate = window.presenters.exporting, small_models["heart"].gate
    target = subjects[1]
    rows = tuple(range(1, COUNT))
    push = EditLatent(target.id, rows, (0,), np.full((len(rows), 1), 0.4, np.float32))
    window.session.push(push)
    window.session.show(subjects[0].id)
    settle(qtbot, window)
    wanted[1] = (window.session.project.subject(target.id), wanted[1][1])

    def stop(_fraction: float, text: str) -> None:
        if "2 of 2" in text and not gate.is_set():
            return
        if "2 of 2" in text:
            exporting.cancel()

    exporting.progressed.connect(stop)
    assert run(qtbot, window, wanted) is None
    assert (tmp_path / f"{subjects[0].name}.gif").is_file()
    assert not (tmp_path / f"{subjects[1].name}.gif").exists()
    assert not list(tmp_path.glob(".writing-*"))


def test_pictures_in_between_are_those_on_screen(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    window.presenters.playback.set_upsampling(2)
    window.session.view.update(playhead=3, part=1)
    settle(qtbot, window)
    seen = generated(window).copy()
    options = ExportOptions(ExportKind.PNG, tmp_path / "pictures", upsampling=2)
    run(qtbot, window, ((active(window), options),))
    clip = read_clip(tmp_path / "pictures")
    assert len(clip) == 2 * COUNT
    assert np.array_equal(np.asarray(clip.frames[7])[..., :1], seen)


def test_the_project_and_the_model_are_named_in_the_file(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    said = []
    for name in ("a.png", "b.png"):
        options = ExportOptions(ExportKind.STILL, tmp_path / name, first=2, last=2)
        run(qtbot, window, ((active(window), options),))
        with Image.open(tmp_path / name) as image:
            said.append(json.loads(image.info["Comment"].splitlines()[1]))
        row = np.array([[0.5]], np.float32)
        window.session.push(EditLatent(active(window).id, (1,), (0,), row))
    assert said[0]["model"] == "heart"
    assert said[0]["ai_generated"] == "true"
    assert said[0]["project_hash"] != said[1]["project_hash"]
    assert str(tmp_path) not in json.dumps(said)


def test_choices_are_remembered_and_damage_is_forgiven() -> None:
    options = ExportOptions(
        ExportKind.GIF, Path("x.gif"), scale=50, ping_pong=True, upsampling=4, plays=3,
        panels=(Panel.ORIGINAL, Panel.GENERATED), number=True, mark_ai=False, fps=12.0,
    )  # fmt: skip
    plain = json.loads(json.dumps(to_plain(options)))
    back = from_plain(plain)
    assert to_plain(back) == to_plain(options)
    odd = from_plain({"kind": "hologram", "scale": "big", "panels": ["nothing"], "plays": 2})
    assert (odd.kind, odd.scale, odd.panels, odd.plays) == (
        ExportKind.MP4, 100, (Panel.GENERATED,), 2,
    )  # fmt: skip


@pytest.mark.parametrize("number", range(len(PRESETS)))
def test_every_preset_sets_the_dialog(
    qtbot: Any, window: MainWindow, tmp_path: Path, number: int
) -> None:
    dialog = ExportDialog(
        active(window), None, str(tmp_path), context=ExportContext(small_card("heart"))
    )
    qtbot.addWidget(dialog)
    dialog.form.preset.setCurrentIndex(number + 1)
    dialog.form.preset.activated.emit(number + 1)
    chosen, preset = dialog.options(), from_preset(PRESETS[number])
    for name in ("kind", "scale", "ping_pong", "upsampling", "panels", "number", "drops"):
        assert getattr(chosen, name) == getattr(preset, name)
    assert dialog.form.outlook.text()
    assert dialog.go.isEnabled()


def test_the_dialog_says_what_will_be_written_and_the_command(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    subject = active(window)
    dialog = ExportDialog(subject, (1, 5), str(tmp_path), context=ExportContext(
        small_card("heart"), project=tmp_path / "p.motion", playhead=3))  # fmt: skip
    qtbot.addWidget(dialog)
    form = dialog.form
    form.scale.setValue(50)
    form.ping_pong.setChecked(True)
    assert form.outlook.text().startswith("8 pictures of 20 × 20, 0.8 s")
    form.copy.click()
    command = QApplication.clipboard().text()
    assert command.startswith("motionstudio render")
    for part in ("--subject two", "--frames 1-5", "--scale 50", "--ping-pong"):
        assert part in command
    form.kind.setCurrentIndex(form.kind.findData(ExportKind.STILL.value))
    assert (dialog.options().first, dialog.options().last) == (3, 3)
    form.kind.setCurrentIndex(form.kind.findData(ExportKind.SUMMARY.value))
    assert ".json" in form.outlook.text()


def test_unsaved_projects_and_models_without_fields_say_so(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    from motionstudio.models.base import Capability

    plain = small_card("heart", capabilities=Capability.ENCODE | Capability.DECODE)
    dialog = ExportDialog(active(window), None, str(tmp_path), context=ExportContext(plain))
    qtbot.addWidget(dialog)
    form = dialog.form
    assert not form.copy.isEnabled()
    assert "Save the project" in form.copy.toolTip()
    index = form.kind.findData(ExportKind.JACOBIAN.value)
    assert not form.kind.model().item(index).isEnabled()
    assert "displacement" in form.kind.itemData(index, 3)


def test_what_a_model_cannot_give_is_not_chosen_because_it_was_last_time(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    from motionstudio.models.base import Capability

    plain = small_card("heart", capabilities=Capability.ENCODE | Capability.DECODE)
    last = ExportOptions(
        ExportKind.FIELDS, Path(), panels=(Panel.MAGNITUDE, Panel.ORIGINAL, Panel.GENERATED)
    )
    dialog = ExportDialog(
        active(window), None, str(tmp_path), context=ExportContext(plain, chosen=last)
    )
    qtbot.addWidget(dialog)
    options = dialog.options()
    assert not options.kind.needs_field
    dialog.form.kind.setCurrentIndex(dialog.form.kind.findData(ExportKind.GIF.value))
    assert dialog.options().panels == (Panel.ORIGINAL, Panel.GENERATED)
    assert run(qtbot, window, dialog.wanted()) is not None


def test_sound_says_beside_its_switch_why_there_is_none(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    own = active(window)
    heard = replace(own, media=replace(own.media, path=str(beeping(tmp_path / "beep.mp4"))))
    context = ExportContext(small_card("heart"))
    silent, dialog = (ExportDialog(s, None, str(tmp_path), context=context) for s in (own, heard))
    for one in (silent, dialog):
        qtbot.addWidget(one)
    assert not silent.form.sound.isEnabled()
    assert silent.form.silence.text() == f"{own.name} has no sound."
    form = dialog.form
    assert form.sound.isEnabled()
    assert form.silence.text() == ""
    form.ping_pong.setChecked(True)
    assert "backwards" in form.silence.text()
    form.kind.setCurrentIndex(form.kind.findData(ExportKind.GIF.value))
    assert form.silence.text() == ""
    assert not form.sound.isEnabled()


def test_three_pictures_stand_side_by_side_with_titles(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    context = ExportContext(small_card("heart"))
    dialog = ExportDialog(active(window), None, str(tmp_path), context=context)
    qtbot.addWidget(dialog)
    three = (Panel.DRIVER, Panel.SOURCE, Panel.GENERATED)
    wanted = ExportOptions(
        ExportKind.MP4, Path(), panels=three, titles=True, show_ai=True, crop_only=True,
        sound=False,
    )  # fmt: skip
    dialog.show_options(wanted)
    chosen = dialog.options()
    for name in ("panels", "titles", "show_ai", "crop_only", "sound"):
        assert getattr(chosen, name) == getattr(wanted, name)


def test_an_export_that_cannot_begin_ends_all_the_same(
    qtbot: Any, window: MainWindow, tmp_path: Path
) -> None:
    exporting, tasks = window.presenters.exporting, window.presenters.tasks
    taken = tmp_path / "pictures"
    taken.mkdir()
    (taken / "old.png").write_bytes(b"mine")
    options = ExportOptions(ExportKind.PNG, taken)
    assert run(qtbot, window, ((active(window), options),)) is None
    assert not exporting.running
    assert "export" not in tasks.running
    assert window.actions_.why_not("file.export") == ""


def test_the_last_of_several_that_cannot_begin_leaves_no_task_behind(
    qtbot: Any, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = window.session.project.subjects
    wanted = [(s, ExportOptions(ExportKind.CSV, tmp_path / f"{s.name}.csv"))
              for s in (first, second)]  # fmt: skip
    facts = window.session.media.facts
    monkeypatch.setattr(
        window.session.media, "facts", lambda s: None if s.id == second.id else facts(s)
    )
    assert run(qtbot, window, wanted) == tmp_path / "one.csv"
    assert not (tmp_path / "two.csv").exists()
    assert "export" not in window.presenters.tasks.running


def test_a_bridge_that_takes_no_request_ends_the_export(
    qtbot: Any, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = window.session.engine.post

    def refuse(request: Request) -> None:
        # Pictures of the window are asked for all the while, and nobody expects a refusal there.
        if request.lane is Lane.EXPORT:
            raise MotionStudioError("The engine takes no work.")
        post(request)

    monkeypatch.setattr(window.session.engine, "post", refuse)
    options = ExportOptions(ExportKind.GIF, tmp_path / "a.gif")
    assert run(qtbot, window, ((active(window), options),)) is None
    assert not window.presenters.exporting.running
    assert "export" not in window.presenters.tasks.running
    assert not (tmp_path / "a.gif").exists()
