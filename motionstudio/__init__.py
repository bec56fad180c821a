"""MotionStudio: see and shape motion in the latent space of generative models.

For scripts and notebooks::

    import motionstudio as ms

    clip = ms.read_clip("heart.npz")
    model = ms.load_model("heart")
    motion = ms.encode(model, clip)
    out = ms.render(model, motion, source=clip)
    ms.write_clip(out, "out.mp4")

The names are imported when first used, so that importing the package loads no torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from motionstudio.api import (
        encode,
        load_model,
        load_project,
        read_clip,
        render,
        save_project,
        write_clip,
    )
    from motionstudio.core.clip import Clip
    from motionstudio.core.errors import MotionStudioError
    from motionstudio.core.motion import Motion, Rendered

_HOME = {
    "Clip": "motionstudio.core.clip",
    "Motion": "motionstudio.core.motion",
    "MotionStudioError": "motionstudio.core.errors",
    "Rendered": "motionstudio.core.motion",
    "encode": "motionstudio.api",
    "load_model": "motionstudio.api",
    "load_project": "motionstudio.api",
    "read_clip": "motionstudio.api",
    "render": "motionstudio.api",
    "save_project": "motionstudio.api",
    "write_clip": "motionstudio.api",
}

__all__ = [
    "Clip",
    "Motion",
    "MotionStudioError",
    "Rendered",
    "encode",
    "load_model",
    "load_project",
    "read_clip",
    "render",
    "save_project",
    "write_clip",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
