"""Text of others, such as names of files, so that all of it is seen and none of it acts."""

from __future__ import annotations

import unicodedata

_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode categories: control characters, halves of pairs, ends of lines and of paragraphs."""

_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of writing, with which a name can hide its ending."""


def visible(text: str, keep: str = "") -> str:
    """A text in which what commands a terminal, breaks lines or turns them is spelt out.

    Args:
        text: any text, undecodable names of files included.
        keep: characters that stay as they are, such as line breaks.

    Returns:
        The same text where it holds nothing of the kind; else with Python's escapes for it.
    """
    if text.isprintable():  # To Python, marks of direction are not.
        return text
    return "".join(each if each in keep else _seen(each) for each in text)


def _seen(character: str) -> str:
    acts = unicodedata.category(character) in _UNSEEN or character in _TURNING
    return ascii(character)[1:-1] if acts else character
