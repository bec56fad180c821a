"""What moves by itself: the first start of all, time lapses; and what waits for an answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from motionstudio.core.clip import Clip
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.viewing_rate import LAPSE, viewing_rate
from motionstudio.export import ExportKind
from motionstudio.gui import project_commands
from motionstudio.gui.dialogs.export_options import ExportDialog
from motionstudio.gui.notifications import Notice
from motionstudio.gui.toasts import Toast
from motionstudio.io import write_clip
from tests.gui.conftest import MakeWindow
from tests.stories.conftest import blob_frames
from tests.stories.steps import LONG, active, open_clip


@pytest.mark.parametrize("calm", [False, True])
def test_the_first_start_of_all_shows_something_that_moves_and_says_what_to_do(
    qtbot: Any, make_window: MakeWindow, calm: bool
) -> None:
    window = make_window()
    window.session.settings.update(toured=False, reduced_motion=calm)
    window.onboarding.begin([])
    qtbot.waitUntil(lambda: window.session.active is not None, timeout=LONG)
    assert window.session.view.state.playing is not calm
    assert "plays" in window.status.read_out.text()
    window.presenters.playback.toggle(False)
    with qtbot.waitSignal(window.presenters.loading.loaded, timeout=LONG):
        window.actions_["file.sample_project"].trigger()
    assert not window.session.view.state.playing, "only the first one plays by itself"


def test_a_time_lapse_is_shown_at_a_rate_that_one_can_watch(
    qtbot: Any, make_window: MakeWindow, tmp_path: Path
) -> None:
    path = tmp_path / "radar.npz"
    write_clip(Clip(blob_frames(6, 32), np.arange(6) * 300.0), path)
    window = make_window()
    subject = open_clip(qtbot, window, path)
    clock = window.presenters.playback.clock
    assert clock is not None
    assert clock.fps == LAPSE
    assert active(window).clip.times[-1] == 1500, "the ruler keeps the true times"
    dialog = ExportDialog(subject, None, str(tmp_path))
    qtbot.addWidget(dialog)
    assert dialog.options().fps == LAPSE
    assert "0.6 s" in dialog.form.outlook.text()
    dialog.form.true_times.setChecked(True)
    assert dialog.options().fps is None
    assert dialog.options().kind is ExportKind.MP4


@pytest.mark.parametrize("own", [0.5, 1.0, 5.0, 21.1, 250.0])
def test_other_clips_keep_their_own_rate(own: float) -> None:
    assert viewing_rate(own) == own


def test_an_offer_stays_longer_than_news(qtbot: Any, make_window: MakeWindow) -> None:
    window = make_window()
    toast = Toast(window, window.actions_.find)
    toast.show_notice(Notice("Saved."))
    news = toast._timer.interval()
    toast.show_notice(Notice("New here?", actions=("help.tour",)))
    assert toast._timer.interval() > 2 * news


def test_what_was_exported_can_be_shown_only_once_there_is_something(
    make_window: MakeWindow,
) -> None:
    window = make_window()
    assert window.actions_.why_not("file.show_exported") == "Nothing was exported yet."
    window.presenters.exporting.last = Path("/somewhere/film.mp4")
    assert window.actions_.why_not("file.show_exported") == ""


@pytest.mark.parametrize("how", ["gone", "damaged"])
def test_where_the_first_sample_fails_the_next_project_waits_for_somebody(
    qtbot: Any, make_window: MakeWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    window = make_window()
    window.session.settings.update(toured=False)
    loading = window.presenters.loading
    with monkeypatch.context() as patch:
        broken = tmp_path / "broken.motion"
        broken.write_bytes(b"no project")
        if how == "gone":
            patch.setattr(project_commands, "resources_dir", _nowhere)
            window.onboarding.begin([])
        else:
            patch.setattr(project_commands, "resources_dir", lambda: tmp_path)
            patch.setattr(project_commands, "SAMPLE_PROJECT", Path(broken.name))
            with qtbot.waitSignal(loading.failed, timeout=LONG):
                window.onboarding.begin([])
    with qtbot.waitSignal(loading.loaded, timeout=LONG):
        window.actions_["file.sample_project"].trigger()
    assert window.session.active is not None
    assert not window.session.view.state.playing


def _nowhere() -> Path:
    raise MotionStudioError("The samples are not there.")
