"""The command line: one module per command, ``run`` to serve a line, ``main`` as entry point.

Importing it loads no torch and no Qt; a command imports what it needs when it runs.
"""

from __future__ import annotations

from motionstudio.cli.entry import COMMANDS, main, run

__all__ = ["COMMANDS", "main", "run"]
