"""Start of the stand-alone bundle: the program, or one module of it in a process of its own.

The window starts its helpers as ``sys.executable -m MODULE``. In a bundle that is the bundle
itself, which therefore understands these words as Python does.
"""

from __future__ import annotations

import multiprocessing
import runpy
import sys


def main(words: list[str]) -> None:
    """Run what the command line asks for.

    Args:
        words: as after the program's name.
    """
    if words[:1] == ["-P"]:
        words = words[1:]
    if words[:1] == ["-m"] and len(words) > 1 and words[1].partition(".")[0] == "motionstudio":
        sys.argv = words[1:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
        return
    from motionstudio.cli import main as program

    program()


if __name__ == "__main__":
    multiprocessing.freeze_support()
    main(sys.argv[1:])
