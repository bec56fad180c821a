"""Every kind of file that the program reads, how to make one, and how to damage it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch

from motionstudio.core.errors import MotionStudioError
from motionstudio.document.direction import Direction
from motionstudio.document.direction_file import read_directions, write_directions
from motionstudio.document.project_file import read_project, write_project
from motionstudio.document.view import ViewState
from motionstudio.io import load_motion, probe, read_clip, save_motion
from motionstudio.io.template_file import Template, load_template, save_template
from motionstudio.models.checkpoint import CARD, WEIGHTS, write_checkpoint
from motionstudio.models.fomm import FOMM
from motionstudio.models.fomm_files import read_official
from motionstudio.models.registry import load_model
from motionstudio.training.recipe import read_recipe
from tests.document.builders import encode, subject
from tests.document.test_project_file import two_subjects
from tests.io.samples import MAKERS
from tests.models import tiny
from tests.models.test_fomm import TINY
from tests.robustness import session_targets as kept
from tests.robustness.damage import Damage, blind, of_gzip, of_header, of_members, of_text

RECIPES = Path(__file__).parents[2] / "checkpoints"


@dataclass(frozen=True, slots=True)
class Target:
    """A kind of file.

    Attributes:
        make: writes a good one into an empty folder; returns what is damaged.
        read: reads it as the program does; raises ``MotionStudioError`` for what is wrong.
        damage: how it is damaged.
        forgives: whether what is damaged is left out, and nothing is ever refused.
    """

    make: Callable[[Path], Path]
    read: Callable[[Path], object]
    damage: Damage = blind
    forgives: bool = False


def _clip(name: str, folder: Path) -> Path:
    path = folder / name
    MAKERS[name](path)
    return path


def _damage_of(name: str) -> Damage:
    """Inside the parts of what is packed: a checksum would betray every other change."""
    return of_members if name.endswith(".npz") else of_gzip if name.endswith(".gz") else blind


def read_frames(path: Path) -> None:
    """Look into a clip as opening does, and at its first, middle and last picture."""
    probe(path)
    clip = read_clip(path)
    for index in {0, len(clip) // 2, len(clip) - 1}:
        if clip.frames[index].shape != clip.frames.shape[1:]:
            raise ValueError(f"expected {clip.frames.shape[1:]}, got {clip.frames[index].shape}")
    if not np.isfinite(clip.times).all():
        raise ValueError("expected finite times")


def _project(folder: Path) -> Path:
    path = folder / "first.motion"
    write_project(two_subjects(folder).state, path, view=ViewState("a", 3))
    return path


def _read_project(path: Path) -> None:
    outside = set(path.parent.parent.iterdir())
    read_project(path, shelf=path.parent / "shelf")
    if set(path.parent.parent.iterdir()) != outside:
        raise RuntimeError("something was written outside the folder of the project")


def _template(suffix: str, folder: Path) -> Path:
    return save_template(Template("A wave", encode(subject("a"))), folder / f"wave{suffix}")


def _motion(folder: Path) -> Path:
    path = folder / "motion.npz"
    save_motion(encode(subject("a")), path)
    return path


def _directions(folder: Path) -> Path:
    path = folder / "presets.json"
    vector = tuple(np.linspace(-1, 1, 6).tolist())
    write_directions([Direction("open", "heart", "0" * 16, vector)], path)
    return path


def _weights(name: str, folder: Path) -> Path:
    write_checkpoint(folder / "tiny", tiny.card(), tiny.weights())
    return folder / "tiny" / name


def _official(folder: Path) -> Path:
    torch.manual_seed(0)
    network = FOMM(replace(TINY))
    path = folder / "tiny-cpk.pth.tar"
    parts = ("generator", "kp_detector")
    torch.save({name: getattr(network, name).state_dict() for name in parts}, path)
    return path


def _recipe(folder: Path) -> Path:
    path = folder / "recipe.toml"
    path.write_bytes((RECIPES / "heart" / "recipe.toml").read_bytes())
    return path


TARGETS: Mapping[str, Target] = {
    **{
        f"clip {name}": Target(partial(_clip, name), read_frames, _damage_of(name))
        for name in MAKERS
    },
    "project": Target(_project, _read_project, of_members),
    "template .json": Target(partial(_template, ".json"), load_template, of_text),
    "template .safetensors": Target(partial(_template, ".safetensors"), load_template, of_header),
    "template .npz": Target(partial(_template, ".npz"), load_template, of_members),
    "motion": Target(_motion, load_motion, of_members),
    "directions": Target(_directions, read_directions, of_text),
    "card": Target(partial(_weights, CARD), lambda path: load_model(path.parent), of_text),
    "weights": Target(partial(_weights, WEIGHTS), lambda path: load_model(path.parent), of_header),
    "official weights": Target(_official, read_official, of_members),
    "recipe": Target(_recipe, read_recipe, of_text),
    "study": Target(kept.study, kept.read_whole_study, of_text),
    "settings": Target(kept.settings, kept.read_settings, of_text),
    "autosave": Target(kept.autosaved, kept.read_autosaved, of_text, forgives=True),
    "training events": Target(kept.events, kept.read_events, of_text, forgives=True),
    "training state": Target(kept.state, kept.read_state, of_members),
    "batch result": Target(kept.result, kept.read_result, of_text, forgives=True),
    "remote answer": Target(kept.answer, kept.read_answer),
}
"""By the name under which counts are printed."""


def outcome(target: Target, path: Path) -> str:
    """Read a damaged file: "opened" or "refused".

    Raises:
        AssertionError: it was refused in something else than one plain sentence.
    """
    try:
        target.read(path)
    except MotionStudioError as error:
        sentence = error.message
        assert sentence.endswith("."), sentence
        assert "\n" not in sentence, sentence
        assert "Traceback" not in sentence, sentence
        assert len(sentence) < 400, sentence
        return "refused"
    return "opened"


def damaged(target: Target, good: bytes, seed: int) -> bytes:
    """One of the many damaged forms of a good file."""
    return target.damage(good, random.Random(seed))
