"""Official FOMM checkpoints: read without executing what a pickle says, and understood by shape.

A ``.pth.tar`` is a torch file, not an archive. ``kp_detector`` and ``generator`` are used, the
rest (optimisers, discriminator) is ignored. What shapes cannot tell is as published:
temperature 0.1, keypoint variance 0.01, samplers with aligned corners.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from motionstudio.core.bounded_text import refuse_endless
from motionstudio.core.errors import MotionStudioError
from motionstudio.models.fomm import FOMM, FOMMConfig
from motionstudio.models.torch_archive import load_tensors

NETWORKS = ("kp_detector", "generator")
_SCALES = {5: 0.5, 13: 0.25, 29: 0.125}
_RELATIVES = {
    "inpainting_network": "a thin-plate spline motion model (TPSMM)",
    "dense_motion_network": "a thin-plate spline motion model (TPSMM)",
    "region_predictor": "a region model (MRAA)",
    "bg_predictor": "a motion model of MRAA or TPSMM",
    "he_estimator": "a face-vid2vid model",
    "depth": "a depth-aware model (DaGAN)",
}
_HINT = "Official FOMM files hold kp_detector and generator, such as vox-cpk.pth.tar."

State = dict[str, Tensor]


def read_official(path: Path, params: Mapping[str, Any] | None = None) -> FOMM:
    """The networks of an official file, ready to run.

    Args:
        path: ``.pth.tar`` of any age, or ``.safetensors`` with keys ``generator.*`` and
            ``kp_detector.*``.
        params: ``model_params`` of the official YAML file, for what shapes cannot tell.

    Raises:
        MotionStudioError: it is no FOMM file, damaged, or holds more than tensors.
    """
    content, stored = _content(path)
    states = {name: _state(path, content, name) for name in NETWORKS}
    config = infer_config(path.name, states)
    config = with_params(config, params if params is not None else stored)
    network = FOMM(config)
    for name in NETWORKS:
        _fill(path, getattr(network, name), states[name])
    return network.eval()


def infer_config(name: str, states: Mapping[str, State]) -> FOMMConfig:
    """The configuration that the shapes of both state dicts tell.

    Raises:
        MotionStudioError: a tensor that FOMM has is missing.
    """
    kp, gen = states["kp_detector"], states["generator"]
    motion = "dense_motion_network."
    try:
        kp_features, kp_blocks, kp_expansion = _hourglass(kp, "predictor.")
        features, blocks, expansion = _hourglass(gen, f"{motion}hourglass.")
        count = kp["kp.weight"].shape[0]
        first = gen["first.conv.weight"]
        matrices = kp["jacobian.weight"].shape[0] // 4 if "jacobian.weight" in kp else 0
        downs = _count(gen, "down_blocks.")
        return FOMMConfig(
            num_kp=count,
            channels=first.shape[1],
            jacobian=matrices > 0,
            single_jacobian_map=matrices == 1 and count > 1,
            kp_expansion=kp_expansion,
            kp_features=kp_features,
            kp_blocks=kp_blocks,
            kp_scale=_scale(kp, "down.weight"),
            expansion=first.shape[0],
            features=gen[f"down_blocks.{downs - 1}.conv.weight"].shape[0] if downs else 1 << 30,
            down_blocks=downs,
            bottleneck_blocks=_count(gen, "bottleneck.r", ""),
            occlusion=f"{motion}occlusion.weight" in gen,
            motion_expansion=expansion,
            motion_features=features,
            motion_blocks=blocks,
            motion_scale=_scale(gen, f"{motion}down.weight"),
        )
    except KeyError as error:
        raise MotionStudioError(
            f"{name} is no FOMM checkpoint: it lacks {error}.", _HINT
        ) from error


def with_params(config: FOMMConfig, params: Mapping[str, Any]) -> FOMMConfig:
    """``config`` with what only an official YAML knows; unknown entries are left alone."""
    detector = params.get("kp_detector_params") or {}
    dense = (params.get("generator_params") or {}).get("dense_motion_params") or {}
    return replace(
        config,
        temperature=float(detector.get("temperature", config.temperature)),
        kp_pad=int(detector.get("pad", config.kp_pad)),
        kp_variance=float(dense.get("kp_variance", config.kp_variance)),
        kp_scale=float(detector.get("scale_factor", config.kp_scale)),
        motion_scale=float(dense.get("scale_factor", config.motion_scale)),
    )


def _content(path: Path) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Everything in the file by name, and the configuration stored beside it."""
    refuse_endless(path)
    if path.is_dir():
        raise MotionStudioError(
            f"{path.name} is a folder: a .pth.tar file is used as it is, not unpacked.", _HINT
        )
    if path.suffix == ".safetensors":
        return _safetensors(path)
    try:
        content = load_tensors(path)
    except OSError as error:
        raise MotionStudioError(f"{path.name} cannot be read: {error.strerror}.") from error
    except pickle.UnpicklingError as error:
        raise MotionStudioError(
            f"{path.name} holds more than tensors, or is no torch file; nothing of it was run.",
            _HINT,
        ) from error
    except (RuntimeError, EOFError, ValueError, LookupError, TypeError, AttributeError,
            AssertionError) as error:  # fmt: skip
        raise MotionStudioError(
            f"{path.name} is damaged or no torch file.", "Download or copy it again."
        ) from error
    if isinstance(content, Mapping) and set(content) == {"state_dict"}:
        content = content["state_dict"]
    if not isinstance(content, Mapping):
        raise MotionStudioError(f"{path.name} holds no networks.", _HINT)
    return content, {}


def _safetensors(path: Path) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    try:
        with safe_open(path, "pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            params = json.loads((file.metadata() or {}).get("config", "{}"))
    except (SafetensorError, OSError, ValueError) as error:
        raise MotionStudioError(
            f"{path.name} is damaged or no safetensors file.", "Download or copy it again."
        ) from error
    parts: dict[str, State] = {}
    for name, tensor in tensors.items():
        network, _, key = name.partition(".")
        parts.setdefault(network, {})[key] = tensor
    return parts, params if isinstance(params, dict) else {}


def _state(path: Path, content: Mapping[str, Any], network: str) -> State:
    found = content.get(network)
    kin = next((what for key, what in _RELATIVES.items() if key in content), "")
    if kin:
        raise MotionStudioError(f"{path.name} is {kin}, not FOMM.", _HINT)
    if not isinstance(found, Mapping) or not all(isinstance(v, Tensor) for v in found.values()):
        raise MotionStudioError(f"{path.name} lacks {network}.", _HINT)
    # Copies that went through DataParallel carry a prefix.
    return {str(key).removeprefix("module."): value for key, value in found.items()}


def _fill(path: Path, network: torch.nn.Module, state: State) -> None:
    expected = network.state_dict()
    # Old files lack counters, some copies the blur: both follow from the configuration.
    spare = {k for k in expected if k.endswith(("num_batches_tracked", "down.weight"))}
    missing = [key for key in expected if key not in state and key not in spare]
    extra = [key for key in state if key not in expected]
    wrong = [
        k for k, v in expected.items() if k in state and k not in missing
        and state[k].shape != v.shape
    ]  # fmt: skip
    for keys, what in ((missing, "lacks"), (extra, "has the unknown"), (wrong, "misfits in")):
        if keys:
            raise MotionStudioError(
                f"{path.name} is no FOMM checkpoint: it {what} {keys[0]}"
                f"{f' and {len(keys) - 1} more' if len(keys) > 1 else ''}.",
                _HINT,
            )
    for key, value in state.items():
        if value.is_floating_point() and not bool(value.isfinite().all()):
            raise MotionStudioError(
                f"{path.name} holds numbers that are not finite, in {key}.",
                "Its training had diverged, or the file is damaged.",
            )
    network.load_state_dict({**expected, **state})


def _hourglass(state: State, prefix: str) -> tuple[int, int, int]:
    """(bound of the features, halvings, expansion) of an hourglass."""
    blocks = _count(state, f"{prefix}encoder.down_blocks.")
    widths = [state[f"{prefix}encoder.down_blocks.{i}.conv.weight"].shape[0] for i in range(blocks)]
    last = state[f"{prefix}decoder.up_blocks.{blocks - 1}.conv.weight"].shape[0]
    return max(widths), blocks, last


def _count(state: State, prefix: str, stop: str = ".") -> int:
    found = {key[len(prefix) :].partition(".")[0] for key in state if key.startswith(prefix)}
    return len(found)


def _scale(state: State, key: str) -> float:
    # Copies may lack the kernel: all published files work at a quarter of the size.
    return _SCALES.get(state[key].shape[-1], 0.25) if key in state else 0.25
