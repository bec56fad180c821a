"""The wheel serves somebody who has no checkout."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from tests.setup import new_user
from tests.setup.new_user import REPOSITORY, NewUser

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> NewUser:
    wheel = new_user.build_wheel(tmp_path_factory.mktemp("wheel"))
    return new_user.borrow(wheel, tmp_path_factory.mktemp("far away"))


def good(user: NewUser, *words: str) -> str:
    done = user.run(*words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_the_whole_program_and_not_the_checkout(user: NewUser) -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert good(user, "--version") == f"motionstudio {project['version']}\n"
    place = user.run_python("import motionstudio; print(motionstudio.__file__)").stdout
    assert Path(place.strip()).is_relative_to(user.site)
    cards = {path.parent.name for path in (REPOSITORY / "checkpoints").glob("*/card.toml")}
    report = json.loads(good(user, "doctor", "--json"))
    assert report["broken"] == []
    assert set(report["checkpoints"]) == cards
    assert {card["name"] for card in json.loads(good(user, "models", "--json"))} == cards
    # What its messages refer to.
    for page in ("batch", "evaluation", "remote"):
        assert Path(report["docs"], f"{page}.md").is_file()
    assert "| torch |" in good(user, "doctor", "--licences")


def test_a_clip_is_encoded_rendered_and_studied(user: NewUser) -> None:
    samples = user.bundled / "resources" / "samples"
    good(user, "encode", str(samples / "heart_a.npz"), "-o", "motion.npz")
    source = str(samples / "heart_b.npz")
    good(user, "render", "motion.npz", "--source", source, "-o", "beat.mp4")
    good(user, "render", str(samples / "first_steps.motion"), "-o", "project.gif")
    assert (user.folder / "beat.mp4").stat().st_size > 1000
    assert (user.folder / "project.gif").read_bytes()[:4] == b"GIF8"
    study = f'models = ["heart"]\n[[clips]]\nfiles = ["{samples.as_posix()}/heart_*.npz"]\n'
    (user.folder / "study.toml").write_text(study, encoding="utf-8")
    good(user, "batch", "study.toml", "--workers", "1")
    assert len(list((user.folder / "results" / "heart").glob("*/motion.npz"))) == 2


def test_a_model_is_trained_by_name_and_measured(user: NewUser) -> None:
    stages = "stages=[{steps = 2, batch = 1, frames = [5, 6], rate = 1e-3}]"
    options = ["--set", "preset=tiny", "--set", "data.0.count=1", "--set", stages]
    good(user, "train", "heart", *options, "--out", "mine")
    words = ["evaluate", "mine", "--task", "interpolation", "--subjects", "2", "--json"]
    assert json.loads(good(user, *words))["tables"][0]["rows"]


SCRIPT = """
import motionstudio as ms
clip = ms.read_clip(SAMPLE)
model = ms.load_model("heart")
out = ms.render(model, ms.encode(model, clip), source=clip)
ms.write_clip(out, "out.gif")
"""


def test_a_script_imports_it(user: NewUser) -> None:
    sample = str(user.bundled / "resources" / "samples" / "heart_a.npz")
    done = user.run_python(SCRIPT.replace("SAMPLE", repr(sample)))
    assert done.returncode == 0, done.stderr
    assert (user.folder / "out.gif").stat().st_size > 1000


WINDOW = """
import sys
from PySide6.QtCore import QTimer
from motionstudio.gui import app, main_window

class Watched(main_window.MainWindow):
    def start(self):
        super().start()
        self.presenters.pictures.pictureChanged.connect(self.look)
        self.session.project.changed.connect(self.look)

    def look(self, *what):
        subject = self.session.active
        encoded = subject is not None and not subject.needs_encoding
        if encoded and self.presenters.pictures.shown is not None:
            print("moves", flush=True)
            QTimer.singleShot(0, self, lambda: sys.exit(0))

main_window.MainWindow = Watched
sys.exit(app.main([SAMPLE]))
"""


def test_the_window_opens_and_moves_its_sample(user: NewUser) -> None:
    sample = str(user.bundled / "resources" / "samples" / "heart_a.npz")
    code = WINDOW.replace("SAMPLE", repr(sample))
    done = user.run_python(code, QT_QPA_PLATFORM="offscreen")
    assert "moves" in done.stdout, done.stderr
