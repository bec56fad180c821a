"""Official FOMM files: every form of them loads, and what is none says so in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from motionstudio.core.errors import MotionStudioError
from motionstudio.models.fomm import FOMM
from motionstudio.models.fomm_files import read_official
from tests.models.fomm_reference import close, folder
from tests.models.test_fomm import TINY

FILES = ("a-cpk.pth.tar", "a-zip-cpk.pth.tar", "a-full-cuda-cpk.pth.tar", "a_cpk.safetensors")


class Evil:
    """Would write a file when unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return (Path.touch, (self.path,))


def _states(network: FOMM) -> dict[str, dict[str, torch.Tensor]]:
    return {
        "generator": network.generator.state_dict(),
        "kp_detector": network.kp_detector.state_dict(),
    }


def _same(one: FOMM, other: FOMM) -> None:
    assert one.config == other.config
    for key, value in one.state_dict().items():
        close(other.state_dict()[key].float(), value.float(), 0.0)


@pytest.mark.parametrize("name", FILES)
def test_every_form_of_the_same_weights_loads(name: str) -> None:
    _same(read_official(folder() / "a-cpk.pth.tar"), read_official(folder() / name))


@pytest.mark.parametrize("case", ["a", "b"])
def test_shapes_tell_the_configuration(case: str) -> None:
    network = read_official(folder() / f"{case}-cpk.pth.tar")
    known = {"a": (10, False, 0.25, 2), "b": (6, True, 0.5, 3)}[case]
    config = network.config
    found = (config.num_kp, config.single_jacobian_map, config.kp_scale, config.down_blocks)
    assert found == known


def test_parallel_prefix_counters_and_kernels_may_be_odd(tmp_path: Path) -> None:
    network = FOMM(TINY).eval()
    states = {
        part: {
            f"module.{key}": value
            for key, value in state.items()
            if not key.endswith(("num_batches_tracked", "down.weight"))
        }
        for part, state in _states(network).items()
    }
    torch.save({"state_dict": states}, tmp_path / "copy.pth.tar")
    _same(network, read_official(tmp_path / "copy.pth.tar"))


def test_a_file_with_code_is_refused_and_runs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "evil.pth.tar"
    torch.save({"generator": Evil(tmp_path / "touched"), "kp_detector": {}}, path)
    with pytest.raises(MotionStudioError, match="more than tensors"):
        read_official(path)
    assert not (tmp_path / "touched").exists()


def _written(tmp_path: Path, content: object) -> Path:
    path = tmp_path / "file.pth.tar"
    torch.save(content, path)
    return path


def test_what_is_no_fomm_says_what_it_is(tmp_path: Path) -> None:
    tensors = {"a": torch.zeros(1)}
    cases = {
        "lacks kp_detector": {"generator": tensors},
        "thin-plate": {"kp_detector": tensors, "dense_motion_network": tensors,
                       "inpainting_network": tensors},
        "holds no networks": torch.zeros(3),
        "lacks '": {"generator": tensors, "kp_detector": tensors},
    }  # fmt: skip
    for words, content in cases.items():
        with pytest.raises(MotionStudioError, match=words):
            read_official(_written(tmp_path, content))


def test_missing_and_unknown_tensors_are_named(tmp_path: Path) -> None:
    states = _states(FOMM(TINY))
    del states["generator"]["final.bias"]
    with pytest.raises(MotionStudioError, match=r"lacks final\.bias"):
        read_official(_written(tmp_path, states))
    states = _states(FOMM(TINY))
    states["generator"]["extra"] = torch.zeros(1)
    with pytest.raises(MotionStudioError, match="unknown extra"):
        read_official(_written(tmp_path, states))


def test_relatives_are_called_by_their_names_whatever_else_they_hold(tmp_path: Path) -> None:
    states = _states(FOMM(TINY))
    cases = {"face-vid2vid": ("he_estimator",), "MRAA": ("region_predictor", "bg_predictor")}
    for words, keys in cases.items():
        with pytest.raises(MotionStudioError, match=words):
            read_official(_written(tmp_path, {**states, **{key: {} for key in keys}}))


def test_numbers_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    states = _states(FOMM(TINY))
    states["generator"]["final.bias"][1] = torch.nan
    with pytest.raises(MotionStudioError, match=r"not finite, in final\.bias"):
        read_official(_written(tmp_path, states))


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    whole = _written(tmp_path, _states(FOMM(TINY))).read_bytes()
    for name, content in (("cut", whole[: len(whole) // 2]), ("empty", b""), ("text", b"hello")):
        path = tmp_path / f"{name}.pth.tar"
        path.write_bytes(content)
        with pytest.raises(MotionStudioError, match=name):
            read_official(path)
    with pytest.raises(MotionStudioError, match="folder"):
        read_official(tmp_path)
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(b"\x10" + b"\0" * 20)
    with pytest.raises(MotionStudioError, match="safetensors"):
        read_official(broken)


def test_safetensors_go_round(tmp_path: Path) -> None:
    network = FOMM(TINY).eval()
    flat = {
        f"{part}.{key}": value.contiguous()
        for part, state in _states(network).items()
        for key, value in state.items()
    }
    save_file(flat, tmp_path / "one.safetensors")
    _same(network, read_official(tmp_path / "one.safetensors"))
