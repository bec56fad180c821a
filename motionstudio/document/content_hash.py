"""One name for the content of a document: two projects with equal names are equal."""

from __future__ import annotations

import hashlib
import json

import numpy as np

from motionstudio.document.change import ProjectState
from motionstudio.document.schema import to_plain


def content_hash(state: ProjectState) -> str:
    """16 hex digits that name subjects, settings and motions; the view does not count."""
    manifest, arrays = to_plain(state)
    digest = hashlib.blake2b(digest_size=8)
    plain = manifest.model_dump(mode="json")
    digest.update(json.dumps(plain, sort_keys=True, default=str).encode())
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name}{array.dtype.str}{array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()
