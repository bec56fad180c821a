"""``motionstudio import-checkpoint``: official files become checkpoints that load and encode."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.checkpoint import read_card
from motionstudio.models.fomm import FOMM
from motionstudio.models.fomm_import import SamplerCheck, read_params
from motionstudio.models.registry import load_model
from tests.cli.conftest import Cli
from tests.models.fomm_reference import folder, tensors
from tests.models.test_fomm import TINY


@pytest.fixture
def official(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    network = FOMM(TINY)
    path = tmp_path / "tiny-cpk.pth.tar"
    parts = {name: getattr(network, name).state_dict() for name in ("generator", "kp_detector")}
    torch.save(parts, path)
    return path


def test_an_official_file_becomes_a_model(cli: Cli, official: Path, tmp_path: Path) -> None:
    done = cli("import-checkpoint", official, "--name", "tiny", "--size", 64, "--out", tmp_path)
    assert done.code == 0, done.err
    assert "Corners of the sampler" in done.err
    card = read_card(tmp_path / "tiny")
    assert (card.system, card.dims, card.size) == ("fomm", 24, 64)
    assert card.dim_names[:3] == ("kp0.x", "kp0.y", "kp0.J11")
    frames = np.random.default_rng(0).random((3, 3, 64, 64), np.float32)
    motion = load_model(tmp_path / "tiny").encode(frames, np.ones(3, bool), np.arange(3.0))
    assert not motion.mean[0].any()
    assert motion.mean[1].any()


def test_the_reference_file_gives_the_reference_frames(cli: Cli, tmp_path: Path) -> None:
    done = cli(
        "import-checkpoint", folder() / "a-cpk.pth.tar", "--name", "a", "--size", 64,
        "--config", folder() / "a-config.yaml", "--out", tmp_path,
    )  # fmt: skip
    assert done.code == 0, done.err
    model = load_model(tmp_path / "a")
    if not model.card.config["align_corners"]:
        pytest.skip("random weights tell nothing about corners")
    io = tensors("a_io.safetensors")
    motion = model.encode(io["driving"].numpy(), np.ones(6, bool), np.arange(6.0))
    made = model.decode(motion, io["source"][0].numpy(), range(6)).frames
    assert made is not None
    assert np.abs(made - io["relative.prediction"].numpy()).max() < 2e-3


def test_what_the_user_can_mend(cli: Cli, official: Path, tmp_path: Path) -> None:
    words = ("import-checkpoint", official, "--size", 64, "--out", tmp_path)
    assert cli(*words).code == 0
    again = cli(*words)
    assert (again.code, "already" in again.err) == (2, True)
    assert "no multiple" not in cli(*words[:2], "--size", 64, "--name", "ok", *words[4:]).err
    odd = cli("import-checkpoint", official, "--name", "../up", "--out", tmp_path)
    assert (odd.code, "folder" in odd.err) == (2, True)
    (tmp_path / "text.pth.tar").write_text("hello")
    assert "text.pth.tar" in cli("import-checkpoint", tmp_path / "text.pth.tar").err


def test_the_published_sampler_is_taken_in_doubt() -> None:
    assert SamplerCheck(0.1, 0.1).align_corners
    assert SamplerCheck(0.1, 0.099).align_corners
    assert not SamplerCheck(0.1, 0.08).align_corners


@pytest.mark.parametrize("text", ["a: [", "just text", "model_params: 3", "!!python/object:x {}"])
def test_odd_yaml_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(text)
    with pytest.raises(MotionStudioError, match=r"odd\.yaml"):
        read_params(path)
