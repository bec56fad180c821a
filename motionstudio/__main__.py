"""``python -m motionstudio``: the command line."""

from __future__ import annotations

from motionstudio.cli import main

if __name__ == "__main__":
    main()
