"""What there is: models, clips, motions; as text and as JSON."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from motionstudio.cli.inspect import _lines
from tests.cli.conftest import COUNT, Cli


def test_models_as_a_table(cli: Cli, fresh: Path) -> None:
    done = cli("models")
    assert done.code == 0
    head, *rows = done.out.splitlines()
    assert head.split()[:3] == ["NAME", "PICTURES", "DIMS"]
    assert any(row.startswith("fresh") and "32 x 32 grey" in row for row in rows)


def test_models_as_json_are_whole_cards(cli: Cli, fresh: Path) -> None:
    card = next(card for card in cli("models", "--json").json() if card["name"] == "fresh")
    assert card["path"] == str(fresh)
    assert "encode" in card["capabilities"]
    assert card["rows"] == "frame"
    assert len(card["hash"]) == 16


def test_a_folder_of_checkpoints_that_is_none(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MOTIONSTUDIO_CHECKPOINTS", str(tmp_path / "gone"))
    done = cli("models")
    assert done.code == 2
    assert "MOTIONSTUDIO_CHECKPOINTS names" in done.err


def test_inspect_a_clip(cli: Cli, clip: Path) -> None:
    record = cli("inspect", clip, "--json").json()
    assert record["kind"] == "clip"
    assert record["format"] == "numpy archive"
    assert (record["frames"], record["height"], record["width"]) == (COUNT, 40, 56)
    assert (record["channels"], record["dtype"]) == (1, "uint8")
    assert record["fps"] == pytest.approx(20)
    assert record["times"] == pytest.approx([t / 20 for t in range(COUNT)])
    assert record["even_times"] is True
    assert (record["spacing_mm"], record["labels"], record["labelled_frames"]) == (None, None, [])
    assert record["warnings"] == []
    text = cli("inspect", clip).out
    assert "20" in text
    assert "0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35" in text


def test_inspect_labels_spacing_and_uneven_times(cli: Cli, tmp_path: Path) -> None:
    masks = np.zeros((4, 10, 12), np.uint8)
    masks[1, 2:5, 2:5] = 2
    np.savez(
        tmp_path / "a.npz",
        frames=np.zeros((4, 10, 12), np.uint8),
        times=[0, 0.1, 0.5, 0.6],
        masks=masks,
        mask_valid=[False, True, False, True],
        spacing_mm=[1.5, 1.25],
    )
    record = cli("inspect", tmp_path / "a.npz", "--json").json()
    assert record["labels"] == [0, 2]
    assert record["labelled_frames"] == [1, 3]
    assert record["spacing_mm"] == [1.5, 1.25]
    assert record["even_times"] is False


def test_inspect_a_model_by_name_and_by_folder(cli: Cli, fresh: Path) -> None:
    by_name, by_folder = (cli("inspect", x, "--json").json() for x in ("fresh", fresh))
    assert by_name == by_folder
    assert by_name["kind"] == "model"
    assert by_name["config"]["dims"] == 6
    text = cli("inspect", "fresh").out
    assert "32 x 32 grey" in text
    assert "transport" in text


@pytest.mark.parametrize(
    ("name", "said"),
    [("fersh", "no checkpoint fersh"), ("x.gif", "x.gif"), ("a/b", "no such file")],
)
def test_inspect_what_is_not_there(cli: Cli, fresh: Path, name: str, said: str) -> None:
    done = cli("inspect", name)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert done.err.count("\n") == 1


def test_inspect_a_damaged_archive(cli: Cli, clip: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.npz").write_bytes(clip.read_bytes()[:700])
    done = cli("inspect", tmp_path / "cut.npz")
    assert done.code == 2
    assert "cut.npz" in done.err
    assert done.err.count("\n") == 1


def test_long_lists_of_numbers_are_cut_and_sentences_are_not() -> None:
    assert _lines(list(range(30))) == ["0, 1, 2, 3, ..., 28, 29"]
    assert _lines(["a b", "c d"]) == ["a b", "c d"]
    assert _lines([str(i) for i in range(12)]) == [", ".join(str(i) for i in range(12))]
    assert [_lines(v) for v in (None, [], True, False, 0)] == [["-"], ["-"], ["yes"], ["no"], ["0"]]
