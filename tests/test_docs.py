"""What the pages name exists: files, modules, commands, options and entries of menus."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from motionstudio.cli.app import app
from motionstudio.gui.actions.table import SPECS

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    path for pattern in ("*.md", "docs/**/*.md") for path in ROOT.glob(pattern) if path.is_file()
)
FOLDERS = ("motionstudio", "benchmarks", "tests", "docs", "resources", "checkpoints", ".ci")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
INTO = re.compile(r"\]\((?!https?:)([^)#\s]*\.md#[^)\s]+|#[^)\s]+)\)")
RUN = re.compile(
    r"(?<!import )(?:python3? main\.py|\bmotionstudio) +([a-z][a-z-]*)\b(?![./=])([^\n`|;&]*)"
)
MODULE = re.compile(r"(?<![\w/.])((?:motionstudio|benchmarks|tests)(?:\.[a-z_0-9]+)+)")
MENU = re.compile(r"\*([A-Z][^*\n>›]*(?: [>›] [^*\n>›]+)+)\*")
ELSEWHERE = frozenset(("motionstudio.readers", "motionstudio/_bundled"))
"""An entry-point group that other packages fill, and a folder that only the wheel has."""
LAUNCHER = frozenset(("test", "check", "setup"))
"""Commands of ``main.py`` that the program itself does not know."""
GROUP = typer.main.get_command(app)


def ids(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def code_of(page: Path) -> Iterator[str]:
    yield from CODE.findall(page.read_text(encoding="utf-8"))


def headings_of(page: Path) -> frozenset[str]:
    """What a link says behind its ``#``: letters, digits and hyphens of a heading."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads)


@pytest.fixture(scope="module")
def entries() -> frozenset[str]:
    """Paths to entries of menus, as ``File > Open``."""
    return frozenset(f"{spec.menu.replace('/', ' > ')} > {spec.text.rstrip('…')}" for spec in SPECS)


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_links_lead_to_files(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_links_into_pages_lead_to_headings(page: Path) -> None:
    links = [link.partition("#") for link in INTO.findall(page.read_text(encoding="utf-8"))]
    pages = {path: (page.parent / path).resolve() if path else page for path, _, _ in links}
    known = {path: headings_of(target) for path, target in pages.items()}
    assert [f"{path}#{name}" for path, _, name in links if name not in known[path]] == []


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_files_that_are_named_are_there(page: Path) -> None:
    missing = []
    for code in code_of(page):
        for word in re.split(r"[\s`,;()'\"]+", code):
            path = word.rstrip("/.:")
            ours = path not in ELSEWHERE and path.startswith(tuple(f"{name}/" for name in FOLDERS))
            if ours and not re.search(r"[A-Z]{3}|[<>{}|$=]|NNN", path) and not _is_there(path):
                missing.append(path)
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_modules_that_are_named_are_there(page: Path) -> None:
    names = {name for code in code_of(page) for name in MODULE.findall(code)}
    assert sorted(name for name in names - ELSEWHERE if not _is_module(name)) == []


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_commands_and_their_options_are_there(page: Path) -> None:
    odd = []
    for code in code_of(page):
        for name, rest in RUN.findall(code.replace("\\\n", " ")):
            command = GROUP.commands.get(name)  # type: ignore[attr-defined]
            if command is None:
                odd += [name] * (name not in LAUNCHER)
                continue
            known = {
                option for one in command.params for option in (*one.opts, *one.secondary_opts)
            }
            odd += [
                f"{name} {option}"
                for option in re.findall(r"(?<!\S)--[a-z][a-z-]*", rest)
                if option not in known and option != "--help"
            ]
    assert odd == []


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_entries_of_menus_are_there(page: Path, entries: frozenset[str]) -> None:
    named = MENU.findall(page.read_text(encoding="utf-8"))
    tops = {entry.partition(" > ")[0] for entry in entries}
    paths = [path.replace("›", ">").rstrip("….") for path in named]
    wanted = [path for path in paths if path.partition(" > ")[0] in tops]
    assert [path for path in wanted if not _stands_in(path, entries)] == []


def _stands_in(path: str, entries: frozenset[str]) -> bool:
    """A menu, an entry, or a place in the dialog that an entry opens."""
    return any(
        path == entry or entry.startswith(f"{path} > ") or path.startswith(f"{entry} > ")
        for entry in entries
    )


def _is_there(path: str) -> bool:
    return (ROOT / path).exists() or any(ROOT.glob(path))


def _is_module(name: str) -> bool:
    """A module, or a name that stands in one."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        place = ROOT.joinpath(*parts[:count])
        sources = [
            path for path in (place.with_suffix(".py"), place / "__init__.py") if path.exists()
        ]
        if sources:
            text = sources[0].read_text(encoding="utf-8")
            return all(re.search(rf"\b{part}\b", text) for part in parts[count:])
    return False


DECISIONS = ROOT / "docs/decisions"
LISTED = re.findall(
    r"^\| (\d{3}) \| \[(.+)\]\((\S+)\)", (DECISIONS / "README.md").read_text(encoding="utf-8"), re.M
)


@pytest.mark.parametrize(("number", "title", "name"), LISTED, ids=[row[0] for row in LISTED])
def test_a_decision_says_its_number_and_standing(number: str, title: str, name: str) -> None:
    head, _, standing = (DECISIONS / name).read_text(encoding="utf-8").split("\n")[:3]
    assert name.startswith(f"{number}-")
    assert head == f"# {number} {title}"
    assert re.match(r"\*(Decided|Superseded by \[?\d{3})\b", standing)
