"""TOML from files that others wrote: bounded, because some short texts take hours to parse."""

from __future__ import annotations

import re
import tomllib
from typing import Any

MAX_CHARACTERS = 4 << 20
_MOST_PARTS = 64
_NO_KEYS = re.compile(r'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*|\d[\d_]*\.\d')
"""Strings, comments and numbers; the dots of a line that are left join the parts of its keys."""


def parse_toml(text: str) -> dict[str, Any]:
    """The tables of a text.

    Time grows with the square of the parts of a key, so keys of many parts are refused.

    Raises:
        tomllib.TOMLDecodeError: it is no TOML, too long, or has a key of too many parts.
        RecursionError: its lists are nested too deeply.
    """
    if len(text) > MAX_CHARACTERS:
        raise tomllib.TOMLDecodeError(f"it is longer than {MAX_CHARACTERS:,} characters")
    for number, line in enumerate(text.splitlines(), 1):
        if line.count(".") > _MOST_PARTS and _NO_KEYS.sub("", line).count(".") > _MOST_PARTS:
            raise tomllib.TOMLDecodeError(f"a key of too many parts (at line {number})")
    return tomllib.loads(text)
