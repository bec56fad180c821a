"""Checkpoints that travel: named by the hash of their weights, sent where they are missing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path

from motionstudio.core.errors import MotionStudioError
from motionstudio.engine.requests import Request
from motionstudio.models.base import MotionModel
from motionstudio.models.checkpoint import CARD, WEIGHTS
from motionstudio.models.registry import find_checkpoint, list_models, load_model


@dataclass(frozen=True, slots=True)
class Identity:
    """What a checkpoint is, wherever it lies: equal keys mean equal card and weights."""

    name: str
    folder: Path
    key: str

    @classmethod
    def of(cls, name: str) -> Identity:
        """The checkpoint ``name`` on this machine.

        Raises:
            MotionStudioError: there is none, or its files cannot be read.
        """
        folder = find_checkpoint(name)
        return cls(name, folder, folder_key(folder))

    def files(self) -> dict[str, bytes]:
        """Card and weights by file name."""
        return {part: (self.folder / part).read_bytes() for part in (CARD, WEIGHTS)}


def folder_key(folder: Path) -> str:
    """32 hex digits of card and weights.

    Raises:
        MotionStudioError: a file cannot be read.
    """
    digest = hashlib.blake2b(digest_size=16)
    try:
        for part in (CARD, WEIGHTS):
            content = (folder / part).read_bytes()
            digest.update(len(content).to_bytes(8, "little"))
            digest.update(content)
    except OSError as error:
        raise MotionStudioError(
            f"The model {folder.name} cannot be read: {error.strerror or error}."
        ) from error
    return digest.hexdigest()


def models_of(request: Request) -> tuple[str, ...]:
    """Names of all checkpoints that ``request``, and requests in it, name."""
    return tuple(dict.fromkeys(name for name in _names(request) if name))


def _names(value: object) -> Iterator[str]:
    if isinstance(value, Request):
        yield value.model
    if isinstance(value, tuple):
        for part in value:
            yield from _names(part)
    elif is_dataclass(value) and isinstance(value, Request):
        for one in fields(value):
            part = getattr(value, one.name)
            if isinstance(part, tuple | Request):
                yield from _names(part)


class ModelShelf:
    """The checkpoints of a remote engine: its own, and those that were sent to it.

    Args:
        folder: where sent ones are kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._places: dict[str, Path] = {}
        self._names: dict[str, str] = {}

    def has(self, name: str, key: str) -> bool:
        """Whether the checkpoint ``key`` is here; ``name`` is what requests call it."""
        self._names[name] = key
        return self._place(key) is not None

    def take(self, key: str, files: dict[str, bytes]) -> None:
        """Keep a checkpoint that was sent.

        Raises:
            ValueError: the files are not those of ``key``.
        """
        folder = self._folder / key
        folder.mkdir(parents=True, exist_ok=True)
        for part in (CARD, WEIGHTS):
            temporary = folder / f"{part}.part"
            temporary.write_bytes(files[part])
            temporary.replace(folder / part)
        if folder_key(folder) != key:
            raise ValueError(f"ModelShelf.take: expected files of {key}, got others")
        self._places[key] = folder

    def load(self, name: str, device: str) -> MotionModel:
        """The checkpoint that requests call ``name``.

        Raises:
            MotionStudioError: it was never sent, or is damaged.
        """
        place = self._place(self._names.get(name, ""))
        if place is None:
            raise MotionStudioError(f"The model {name} is not on the remote machine.")
        return load_model(place, device)

    def _place(self, key: str) -> Path | None:
        if key in self._places:
            return self._places[key]
        own = [card.path for card in list_models() if card.path is not None]
        for folder in (self._folder / key, *own):
            if key and (folder / CARD).is_file() and folder_key(folder) == key:
                self._places[key] = folder
                return folder
        return None
