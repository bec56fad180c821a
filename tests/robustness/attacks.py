"""Files that were made to do harm: how to make each, and how the program meets it."""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import tomllib
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import tomli_w
import torch

from motionstudio.core.errors import MotionStudioError
from motionstudio.document.project_file import read_project
from motionstudio.document.project_zip import LATENTS, MANIFEST
from motionstudio.models.checkpoint import CARD, WEIGHTS, write_checkpoint
from motionstudio.models.genlmm import GenLMM
from motionstudio.training import loop
from motionstudio.training.configuration import configuration
from motionstudio.training.recipe import read_recipe
from motionstudio.training.state import load_state
from tests.models import tiny
from tests.robustness import by_hand
from tests.robustness import session_targets as kept
from tests.robustness.targets import TARGETS

Make = Callable[[Path], Path]


def mark_of(path: Path) -> Path:
    """What a hostile pickle in this folder, or in a file there, would leave behind."""
    return (path if os.path.isdir(path) else path.parent) / "executed"


class _Evil:
    """Unpickling it leaves a folder behind."""

    def __init__(self, folder: Path) -> None:
        self._mark = str(folder / "executed")

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (self._mark,)


# --- projects --------------------------------------------------------------------------------


def many_members(name: str, count: int) -> Make:
    """An archive of so many empty members."""
    members = (by_hand.Member(f"media/{n}") for n in range(count))
    return lambda folder: by_hand.archive(folder / name, members)


def project_bomb(member: str, mebibytes: int, said: int | None = None) -> Make:
    """A project one member of which unpacks into so many MiB."""
    bomb = by_hand.bomb(member, mebibytes, said=said)
    others = [by_hand.Member(name) for name in (MANIFEST, LATENTS) if name != member]
    return lambda folder: by_hand.archive(folder / "bomb.motion", [*others, bomb])


def with_member(name: str, *, link: bool = False) -> Make:
    """A good project with one more member."""

    def make(folder: Path) -> Path:
        path, info = TARGETS["project"].make(folder), zipfile.ZipInfo(name)
        if link:
            info.create_system, info.external_attr = 3, 0o120777 << 16
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(info, b"/etc/hostname" if link else b"evil")
        return path

    return make


def with_manifest(change: Callable[[dict[str, Any]], object]) -> Make:
    """A good project whose manifest was changed."""

    def make(folder: Path) -> Path:
        path = TARGETS["project"].make(folder)
        with zipfile.ZipFile(path) as archive:
            held = {name: archive.read(name) for name in archive.namelist()}
        manifest = json.loads(held.pop(MANIFEST))
        change(manifest)
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(MANIFEST, json.dumps(manifest), zipfile.ZIP_DEFLATED)
            for name, content in held.items():
                archive.writestr(name, content)
        return path

    return make


def nested_project(folder: Path) -> Path:
    """A project whose manifest is a list in a list in a list and so on."""
    path = folder / "nested.motion"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, "[" * 5_000_000)
        archive.writestr(LATENTS, b"", zipfile.ZIP_STORED)
    return path


def media_at(place: str) -> Make:
    """A project whose first clip is said to lie somewhere; ``FIFO``: a pipe beside it."""

    def make(folder: Path) -> Path:
        if place == "FIFO":
            os.mkfifo(folder / "pipe.npz")

        def change(manifest: dict[str, Any]) -> None:
            manifest["subjects"][0]["media"]["path"] = place.replace("FIFO", "pipe.npz")

        return with_manifest(change)(folder)

    return make


def open_project(path: Path) -> None:
    """Open a project as the window does; nothing may be written beside its folder."""
    outside = set(path.parent.parent.iterdir())
    opened = read_project(path, shelf=path.parent / "shelf")
    if set(path.parent.parent.iterdir()) != outside:
        raise RuntimeError("something was written outside the folder of the project")
    problem = opened.state.subjects[0].media_problem
    if problem:
        raise MotionStudioError(problem)


# --- arrays ----------------------------------------------------------------------------------


def npy(shape: tuple[int, ...], body: bytes = b"", descr: str = "|u1") -> bytes:
    """An array file with this header, whatever follows."""
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        stream, {"descr": descr, "fortran_order": False, "shape": shape}
    )
    return stream.getvalue() + body


def npz_bomb(member: str, said: int | None = None) -> Make:
    """An .npz one array of which unpacks into 3 GiB; it says so, or ``said`` bytes."""

    def make(folder: Path) -> Path:
        bomb = by_hand.bomb(f"{member}.npy", 3072, npy((3072, 1024, 1024)), said)
        return by_hand.archive(folder / "bomb.npz", [bomb])

    return make


def motion_bomb(folder: Path) -> Path:
    """A motion file whose means are 3 GiB of zeros."""
    path = TARGETS["motion"].make(folder)
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist() if name != "mean.npy"}
    members = [by_hand.Member(name, body, len(body)) for name, body in held.items()]
    return by_hand.archive(path, [*members, by_hand.bomb("mean.npy", 3072)])


def objects(name: str, member: str = "frames") -> Make:
    """Arrays of Python objects, as a pickle that does something."""

    def make(folder: Path) -> Path:
        path, evil = folder / name, np.array([_Evil(folder)], dtype=object)
        if name.endswith(".npy"):
            np.save(path, evil)
        else:
            np.savez(path, **{member: evil})
        return path

    return make


def file_of(name: str, content: bytes) -> Make:
    """A file with this content."""

    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


NESTED_NPY = b"\x93NUMPY\x01\x00" + struct.pack("<H", 65_000) + b"(" * 65_000


# --- checkpoints -----------------------------------------------------------------------------


def _checkpoint(folder: Path) -> Path:
    write_checkpoint(folder / "evil", tiny.card(), tiny.weights())
    return folder / "evil"


def weights(content: bytes) -> Make:
    """A checkpoint with these bytes as its weights."""

    def make(folder: Path) -> Path:
        path = _checkpoint(folder) / WEIGHTS
        path.write_bytes(content)
        return path

    return make


def header(text: bytes, length: int | None = None) -> bytes:
    """The beginning of a safetensors file."""
    return (len(text) if length is None else length).to_bytes(8, "little") + text


HUGE_TENSOR = header(
    json.dumps({"w": {"dtype": "F32", "shape": [1 << 40], "data_offsets": [0, 1 << 42]}}).encode()
)


def card(line: str) -> Make:
    """A checkpoint whose card says something else, or something more."""

    def make(folder: Path) -> Path:
        path = _checkpoint(folder) / CARD
        key, known = line.partition(" = ")[0], path.read_text(encoding="utf-8").splitlines()
        others = [each for each in known if not each.startswith(f"{key} = ")]
        path.write_text("\n".join([line, *others]) + "\n", encoding="utf-8")
        return path

    return make


def configured(**sizes: object) -> Make:
    """A checkpoint whose card gives its network other sizes."""

    def make(folder: Path) -> Path:
        path = _checkpoint(folder) / CARD
        plain = tomllib.loads(path.read_text(encoding="utf-8"))
        plain["config"].update(sizes)
        path.write_text(tomli_w.dumps(plain), encoding="utf-8")
        return path

    return make


def pickled(name: str) -> Make:
    """A pickle that does something."""
    return lambda folder: file_of(name, pickle.dumps(_Evil(folder)))(folder)


def torch_pickled(name: str) -> Make:
    """A torch archive with a pickle that does something."""

    def make(folder: Path) -> Path:
        torch.save({"kp_detector": _Evil(folder)}, folder / name)
        return folder / name

    return make


def broken_pickle(name: str, program: bytes) -> Make:
    """A torch archive with another pickle."""

    def make(folder: Path) -> Path:
        path = folder / name
        torch.save({"generator": {}}, path)
        with zipfile.ZipFile(path) as old:
            held = {member.filename: old.read(member) for member in old.infolist()}
        with zipfile.ZipFile(path, "w") as new:
            for member, body in held.items():
                new.writestr(member, program if member.endswith("data.pkl") else body)
        return path

    return make


EMPTY_STACK, CUT_OFF = b"\x80\x02\x87.", b"\x80\x02X\x10"
"""Pickles that take what nothing put there, and that end in the length of a text."""


def torch_bomb(name: str) -> Make:
    """A torch archive whose one tensor is 3 GiB of zeros in 3 MB."""

    def make(folder: Path) -> Path:
        path = folder / name
        # A tensor of one number that is shown often enough has the wanted storage size.
        torch.save({"recipe": "{}", "generator": {"w": torch.zeros(1 << 20)}}, path)
        with zipfile.ZipFile(path) as old:
            held = {member.filename: old.read(member) for member in old.infolist()}
        members = [
            by_hand.bomb(each, 3072) if each.endswith("data/0")
            else by_hand.Member(each, body, len(body))
            for each, body in held.items()
        ]  # fmt: skip
        return by_hand.archive(path, members)

    return make


def read_state(path: Path) -> None:
    """As a run goes on."""
    load_state(kept._state(), path, kept._RECIPE)


def laughs(folder: Path) -> Path:
    """A YAML file that means a list of a milliard words."""
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    return file_of("laughs.yaml", "\n".join([*lines, "model_params: *a11"]).encode())(folder)


def yaml_object(folder: Path) -> Path:
    """A YAML file that names a function to call."""
    text = f"model_params: !!python/object/apply:os.mkdir ['{mark_of(folder)}']"
    return file_of("object.yaml", text.encode())(folder)


# --- texts -----------------------------------------------------------------------------------


def template(values: str, shape: str, dtype: str = "float32") -> Make:
    """A template in JSON one array of which is this."""

    def make(folder: Path) -> Path:
        path = TARGETS["template .json"].make(folder)
        plain = json.loads(path.read_text(encoding="utf-8"))
        plain["arrays"]["mean"] = "HERE"
        array = f'{{"dtype": "{dtype}", "shape": {shape}, "values": {values}}}'
        path.write_text(json.dumps(plain).replace('"HERE"', array), encoding="utf-8")
        return path

    return make


def recipe(*changes: tuple[str, str]) -> Make:
    """The heart's recipe with lines replaced, or added at its beginning."""

    def make(folder: Path) -> Path:
        path = TARGETS["recipe"].make(folder)
        lines = path.read_text(encoding="utf-8").splitlines()
        for key, value in changes:
            there = any(line.startswith(f"{key} =") for line in lines)
            lines = [f"{key} = {value}" if x.startswith(f"{key} =") else x for x in lines]
            lines = lines if there else [f"{key} = {value}", *lines]
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    return make


def begin(path: Path) -> None:
    """As ``motionstudio train`` begins: the recipe is read and its network is built."""
    config = configuration(read_recipe(path))

    class Network:
        def network(self) -> GenLMM:
            return GenLMM(config)

    loop._built(cast(Any, Network()))


def study(old: str, new: str) -> Make:
    """A good study with a part replaced."""

    def make(folder: Path) -> Path:
        path = kept.study(folder)
        text = path.read_text(encoding="utf-8")
        assert old in text, old
        path.write_text(text.replace(old, new), encoding="utf-8")
        return path

    return make


def read_study(path: Path) -> None:
    """As ``motionstudio batch`` reads it, until its clips are known."""
    kept.read_whole_study(path)


def settings(text: str) -> Make:
    """A settings file."""
    return partial(_written, "settings.json", text)


def _written(name: str, text: str, folder: Path) -> Path:
    return file_of(name, text.encode())(folder)
