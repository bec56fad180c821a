"""One name for the content of a document: two projects with equal names are equal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from motionstudio.document.change import ProjectState
from motionstudio.document.schema import to_plain

_PLACES = frozenset({"path", "sha256", "embedded"})
"""Where media lie says nothing about the content, and differs from machine to machine."""


def content_hash(state: ProjectState) -> str:
    """16 hex digits that name subjects, settings and motions; the view does not count."""
    plain, arrays = to_plain(state)
    digest = hashlib.blake2b(digest_size=8)
    digest.update(json.dumps(_without_places(plain), sort_keys=True).encode())
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name}{array.dtype.str}{array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _without_places(plain: Any, key: str = "") -> Any:
    if isinstance(plain, Mapping):
        kept = {k: v for k, v in plain.items() if key != "media" or k not in _PLACES}
        return {name: _without_places(value, name) for name, value in kept.items()}
    if isinstance(plain, list):
        return [_without_places(item) for item in plain]
    return plain
