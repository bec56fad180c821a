"""Files that were made to do harm are refused in one plain sentence, or do none."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest

from motionstudio.core.toml_text import parse_toml
from motionstudio.export import ExportKind, ExportOptions, command_line
from motionstudio.models.build_limit import BuildLimit
from tests.robustness.attack_list import ATTACKS, answer
from tests.robustness.attacks import mark_of

SLOW = ("300,000", "512 MiB", "100,000 parts", "20,000 frames", "deflated from", "256 MiB")
"""A second or more each."""

COUNTED_ONLY = ("100,000 files", "65,000 frames")
"""Several seconds each: `python -m benchmarks.results --only robustness/malicious` tries them."""


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow) if any(word in name for word in SLOW) else name
        for name in ATTACKS
        if not any(word in name for word in COUNTED_ONLY)
    ],
)
def test_an_attack_is_refused_in_a_sentence_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    attack, inner = ATTACKS[name], tmp_path / "inside"
    inner.mkdir()
    path = attack.make(inner)
    said = answer(attack, path)
    assert bool(said) == bool(attack.words), said
    assert re.search(attack.words, said), said
    if said:
        assert said.endswith(".")
        assert "\n" not in said
        assert "Traceback" not in said
        assert len(said) < 400
    # Of what has no possible path, os.path says that it is not there.
    assert not os.path.exists(mark_of(inner))
    assert not os.path.exists(mark_of(path))


@pytest.mark.parametrize(
    "name",
    ["$(touch owned).gif", "a; touch owned", "`touch owned`", "$HOME", "a b'\"c", "-rf", "\n"],
)
def test_names_of_files_run_nothing_in_a_shell(name: str) -> None:
    options = ExportOptions(ExportKind.GIF, Path("out") / name)
    words = shlex.split(command_line(options, Path("a") / name, name))
    project, out = str(Path("a") / name), str(Path("out") / name)
    assert words[:7] == ["motionstudio", "render", project, "--out", out, "--subject", name]


def test_keys_of_a_few_parts_and_long_lines_of_anything_else_are_read() -> None:
    files = ", ".join(f'"a.b.c{n}.npz"' for n in range(200))
    times = ", ".join(f"{n}.25" for n in range(200))
    held = parse_toml(f"a.b.'c.d' = 1\nfiles = [{files}]\ntimes = [{times}] # {'.' * 99}\n")
    assert held["a"] == {"b": {"c.d": 1}}
    assert len(held["files"]) == len(held["times"]) == 200


def test_the_limit_counts_tensors_of_every_kind_of_size() -> None:
    import torch

    with BuildLimit(100):
        torch.nn.Linear(4, 5)
        torch.zeros(10)
        torch.ones((2, 5))
        torch.empty(size=(5, 5))
        with pytest.raises(ValueError, match="more than 100 numbers"):
            torch.zeros(1 << 60)
    torch.zeros(200)
