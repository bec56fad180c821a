"""What ``main.py`` does once the Python that runs it is new enough.

Standard library only. The first start makes ``.venv`` from ``requirements.lock``; later ones read
its stamp and hand over at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from motionstudio.environment import stamp
from motionstudio.environment.errors import SetupError

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COMMANDS = (
    "studio",
    "tour",
    "models",
    "encode",
    "render",
    "train",
    "evaluate",
    "animate",
    "batch",
    "import-checkpoint",
    "inspect",
    "doctor",
)
OWN = ("test", "check", "setup")
"""Commands that the program itself does not know."""
USAGE = """\
python3 main.py [COMMAND ...]

  studio [CLIP]        the window (what runs without a command)
  tour [CLIP]          the window's main job without a screen; pictures and a film into tour/
  models, encode, render, train, evaluate, inspect, animate, batch,
  import-checkpoint
                       the same work from a shell; COMMAND --help tells more
  doctor [--json]      what is installed, which GPU there is, what is amiss
  test [--slow] [...]  the tests; further words go to pytest
  check                lint, formatting, types and layers
  setup [--gpu [--torch-index ADDRESS]]
                       check and repair .venv; --gpu installs a torch that can use an NVIDIA GPU
"""
# No restart: with a file per worker, xdist waits for ever for a worker that crashed late.
TEST_OPTIONS = (
    "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "--max-worker-restart", "0",
)  # fmt: skip
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as run; run()"
CHECKS = (
    ("-m", "ruff", "check", "."),
    ("-m", "ruff", "format", "--check", "."),
    ("-m", "mypy", "--strict"),
    ("-m", "mypy", "--strict", "main.py"),
    ("-c", LINT_IMPORTS),
)


class Plan(NamedTuple):
    """What to hand over to: the interpreter's arguments, and what must be there first.

    ``environ`` is set where the caller's environment does not set it already; ``libraries`` names
    the groups of system libraries that Qt needs for it.
    """

    arguments: tuple[str, ...]
    tools: bool = False
    libraries: frozenset[str] = frozenset()
    environ: tuple[tuple[str, str], ...] = ()
    notice: str = ""


def has_display(environ: Mapping[str, str], platform: str) -> bool:
    """Tell whether a window can be shown; a Qt platform chosen by hand counts as a display."""
    if not platform.startswith("linux"):
        return True
    chosen = environ.get("QT_QPA_PLATFORM", "")
    if chosen:
        return chosen.partition(":")[0] not in ("offscreen", "minimal")
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def plan_tests(words: Sequence[str]) -> Plan:
    """Return the plan for ``test``: without ``--slow`` the slow tests stay out."""
    chosen = () if "--slow" in words else ("-m", "not slow")
    rest = tuple(word for word in words if word != "--slow")
    environ = (("QT_QPA_PLATFORM", "offscreen"), ("OMP_NUM_THREADS", "1"))
    arguments = ("-m", "pytest", *TEST_OPTIONS, *chosen, *rest)
    return Plan(arguments, True, frozenset({"offscreen"}), environ)


def plan_window(words: Sequence[str], environ: Mapping[str, str], platform: str) -> Plan:
    """Return the plan for the studio, which becomes the tour where there is no display."""
    if has_display(environ, platform):
        shown = "x11" if environ.get("DISPLAY") else "wayland"
        chosen = environ.get("QT_QPA_PLATFORM")
        wanted = frozenset({"offscreen"} if chosen else {"offscreen", shown})
        return Plan(("-m", "motionstudio", "studio", *words), libraries=wanted)
    notice = "There is no display: running the tour instead, which writes its pictures to tour/."
    return plan_tour(words)._replace(notice=notice)


def plan_tour(words: Sequence[str]) -> Plan:
    """Return the plan for the tour, which never needs a display."""
    environ = (("QT_QPA_PLATFORM", "offscreen"),)
    arguments = ("-m", "motionstudio", "tour", *words)
    return Plan(arguments, libraries=frozenset({"offscreen"}), environ=environ)


def plan(words: Sequence[str], environ: Mapping[str, str], platform: str) -> Plan:
    """Turn the command line into a plan.

    Args:
        words: the command line after ``main.py``; a file alone means the studio with it.
        environ: the environment, which tells of displays.
        platform: as ``sys.platform``.
    """
    name, rest = (words[0], words[1:]) if words else ("studio", ())
    if name == "test":
        return plan_tests(rest)
    if name == "doctor":
        # Not through the command line of the program, which needs its packages.
        return Plan(("-m", "motionstudio.doctor", *rest))
    if name == "tour":
        return plan_tour(rest)
    if name == "studio" and not {"-h", "--help"} & set(rest):
        return plan_window(rest, environ, platform)
    if name not in COMMANDS and os.path.exists(name):
        return plan_window(words, environ, platform)
    return Plan(("-m", "motionstudio", *words))


def tell(line: str) -> None:
    """Say a line to the person without disturbing what the program prints."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def child_environ(chosen: Plan, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for the program: the plan's settings, and this checkout importable."""
    paths = [ROOT, *filter(None, [environ.get("PYTHONPATH")])]
    kept = {key: value for key, value in environ.items() if key != "PYTHONHOME"}
    return {**dict(chosen.environ), **kept, "PYTHONPATH": os.pathsep.join(paths)}


def hand_over(python: str, chosen: Plan) -> int:
    """Become the program where the system allows it; elsewhere run it and return its exit code."""
    # -P: a file in the current folder must not stand in for a module of the same name.
    command = [python, "-P", *chosen.arguments]
    environ = child_environ(chosen, os.environ)
    if os.name == "posix":
        os.execve(python, command, environ)
    import subprocess

    return subprocess.run(command, env=environ, check=False).returncode


def libraries_ready(groups: frozenset[str]) -> bool:
    """Tell whether Qt will find its system libraries, installing or naming what is missing."""
    if not groups or stamp.libraries_checked(ROOT, set(groups)):
        return True
    from motionstudio.environment import qt_libraries

    missing = qt_libraries.ensure(groups, tell)
    if not missing:
        stamp.mark_libraries(ROOT, set(groups))
        return True
    names = ", ".join(item.library for item in missing)
    tell(f"The window needs system parts that are missing: {names}.")
    tell(f"Run: {qt_libraries.advice(missing)}")
    return all(item.library == qt_libraries.FONTS for item in missing)


def run_checks(python: str) -> int:
    """Run every check, also after one has failed, and return the number of those that failed."""
    import subprocess

    failed = 0
    for arguments in CHECKS:
        tell("check: " + " ".join(arguments))
        done = subprocess.run([python, *arguments], cwd=ROOT, check=False)
        failed += done.returncode != 0
    return failed


def set_up(words: Sequence[str]) -> int:
    """Check and repair the environment; with ``--gpu`` give it a torch that can use the GPU."""
    import argparse

    from motionstudio.environment import prepare

    parser = argparse.ArgumentParser(prog="python3 main.py setup")
    parser.add_argument("--gpu", action="store_true", help="a torch that can use an NVIDIA GPU")
    parser.add_argument("--torch-index", metavar="ADDRESS", help="the package index for that torch")
    options = parser.parse_args(words)
    tools = stamp.stamped_tools(ROOT)
    stamp.discard(ROOT)
    python = prepare.repaired_python(ROOT, tools, tell)
    if options.gpu:
        prepare.install_gpu_torch(ROOT, options.torch_index, tell)
    tell(f"Everything is in place: {python}")
    return 0


def ready_python(tools: bool) -> str:
    """Return an interpreter with everything needed; what is current costs no further import."""
    if stamp.is_current(ROOT, tools):
        return stamp.environment_python(ROOT)
    from motionstudio.environment import prepare

    return prepare.ready_python(ROOT, tools, tell)


def meant(word: str) -> str | None:
    """Return the command that a word which is neither command nor file was meant to be, if any."""
    known = (*COMMANDS, *OWN)
    if word in known or word.startswith("-") or {".", "/", os.sep} & set(word):
        return None
    if os.path.exists(word):
        return None
    import difflib

    return next(iter(difflib.get_close_matches(word.lower(), known, 1, 0.7)), None)


def start(words: Sequence[str]) -> int:
    """Make the environment ready and start what ``words`` ask for."""
    if words and (close := meant(words[0])):
        # Before anything is installed for a slip of the finger.
        tell(f"There is no command and no file {words[0]}. Did you mean {close}?")
        return 2
    if words and words[0] == "setup":
        return set_up(words[1:])
    if words and words[0] == "check":
        return run_checks(ready_python(True))
    chosen = plan(words, os.environ, sys.platform)
    if chosen.notice:
        tell(chosen.notice)
    python = ready_python(chosen.tools)
    if not libraries_ready(chosen.libraries):
        return 1
    if chosen.tools:
        os.chdir(ROOT)
    return hand_over(python, chosen)


def doctor_after_failure(words: Sequence[str]) -> int:
    """Let the doctor look at the environment as it is, or at this interpreter if it has none."""
    from motionstudio.environment import interpreter

    works = interpreter.ask(ROOT) is not None
    python = stamp.environment_python(ROOT) if works else sys.executable
    return hand_over(python, plan(["doctor", *words], os.environ, sys.platform))


def main(words: Sequence[str]) -> int:
    """Run the launcher and return its exit code, where it has not become the program."""
    if words and words[0] in ("-h", "--help"):
        sys.stdout.write(USAGE)
        return 0
    try:
        return start(words)
    except SetupError as error:
        tell(str(error))
        return doctor_after_failure(words[1:]) if words and words[0] == "doctor" else 1
    except KeyboardInterrupt:
        tell("Stopped. The same command goes on where this one was.")
        return 130
