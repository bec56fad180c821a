"""Checkpoints on disk: ``weights.safetensors`` beside ``card.toml``. Never pickle."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w
from numpy.typing import NDArray
from pydantic import ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load, save

from motionstudio.core.bounded_text import bounded_text, refuse_endless
from motionstudio.core.dim_groups import groups_by_name
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import OverlayName
from motionstudio.core.toml_text import parse_toml
from motionstudio.models.base import Capability, ModelCard

WEIGHTS = "weights.safetensors"
CARD = "card.toml"
_LONGEST_HEADER = 16 << 20
# Results are put into folders of this name, which must not lead elsewhere.
_NAME = re.compile(r"(?!\.)[^/\\:\x00-\x1f\x7f]{1,200}")


def read_card(folder: Path) -> ModelCard:
    """The card in ``folder``, without its weights.

    Raises:
        MotionStudioError: the card is missing, is not TOML, or a field does not fit.
    """
    path = folder / CARD
    try:
        plain = parse_toml(bounded_text(path))
        card = ModelCard.model_validate(plain)
    except OSError as error:
        raise MotionStudioError(
            f"{folder.name} is no checkpoint: {CARD} cannot be read ({error.strerror})."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MotionStudioError(f"The card of {folder.name} is not valid TOML: {error}.") from error
    except (ValidationError, KeyError) as error:
        raise MotionStudioError(
            f"The card of {folder.name} does not fit: {_first_reason(error)}."
        ) from error
    if not _NAME.fullmatch(card.name):
        raise MotionStudioError(
            f"The card of {folder.name} does not fit: its name is no name of a folder."
        )
    return _completed(card).model_copy(update={"path": folder})


def _completed(card: ModelCard) -> ModelCard:
    """A card that was written before cards named their overlays and keypoints."""
    if card.system == "fomm" and not card.groups:
        found = card.capabilities | Capability.KEYPOINTS
        groups = groups_by_name(card.dim_names)
        card = card.model_copy(update={"capabilities": found, "groups": groups})
    if card.system != "fomm" or card.overlays:
        return card
    names: tuple[OverlayName, ...] = ("heat maps", "sparse motions", "masks")
    hidden: tuple[OverlayName, ...] = ("occlusion",) if card.config.get("occlusion", True) else ()
    return card.model_copy(update={"overlays": (*names, *hidden, "deformed"), "draws": True})


def _first_reason(error: ValidationError | KeyError) -> str:
    if isinstance(error, KeyError):
        return f"unknown capability {str(error)[:80]}"
    first = error.errors()[0]
    return f"{'.'.join(str(part)[:80] for part in first['loc'])}, {first['msg'][:200]}"


def read_weights(folder: Path) -> tuple[dict[str, NDArray[Any]], str]:
    """Arrays by name, and the first 16 hex digits of the file's SHA-256.

    Raises:
        MotionStudioError: the file is missing or damaged.
    """
    path = folder / WEIGHTS
    refuse_endless(path)
    try:
        _check_header(path)
        blob = path.read_bytes()
        arrays = load(blob)
    except OSError as error:
        raise MotionStudioError(
            f"The weights of {folder.name} cannot be read: {error.strerror}."
        ) from error
    except (SafetensorError, ValueError, LookupError, AttributeError, TypeError,
            RecursionError) as error:  # fmt: skip
        raise MotionStudioError(
            f"The weights of {folder.name} are damaged or cut off.", "Copy or train them again."
        ) from error
    return arrays, hashlib.sha256(blob).hexdigest()[:16]


def _check_header(path: Path) -> None:
    """Look at what a file says of itself before all of it is read into memory.

    Raises:
        OSError: it cannot be read.
        ValueError: it does not hold what it says, or more.
    """
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if length > _LONGEST_HEADER:
            raise ValueError(f"a header of {length} bytes")
        held = json.loads(stream.read(length))
    ends = [0, *(part["data_offsets"][1] for name, part in held.items() if name != "__metadata__")]
    if path.stat().st_size != 8 + length + max(ends):
        raise ValueError("it holds less, or more, than its header says")


def write_checkpoint(
    folder: Path, card: ModelCard, weights: Mapping[str, NDArray[Any]]
) -> ModelCard:
    """Write both files, each atomically, and return the card with the weights' hash."""
    folder.mkdir(parents=True, exist_ok=True)
    blob = save({name: np.asarray(value, order="C") for name, value in weights.items()})
    digest = hashlib.sha256(blob).hexdigest()[:16]
    _replace(folder / WEIGHTS, blob)
    return write_card(folder, card.model_copy(update={"hash": digest}))


def write_card(folder: Path, card: ModelCard) -> ModelCard:
    """Write the card alone, atomically, and return it with its folder."""
    plain = card.model_dump(mode="json", exclude={"path"})
    _replace(folder / CARD, tomli_w.dumps(plain, multiline_strings=True).encode())
    return card.model_copy(update={"path": folder})


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_name(path.name + ".part")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
