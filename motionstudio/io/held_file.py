"""A file that is kept open to be read piece by piece."""

from __future__ import annotations

from pathlib import Path


class HeldFile:
    """Stays readable when its name goes; is closed with the last one who holds it.

    Nothing of it is mapped into memory: where a file is cut off while it is open, or its drive
    goes, systems end a process that looks at mapped pages.

    Args:
        path: the file.

    Raises:
        OSError: it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._stream = path.open("rb", buffering=0)

    def read(self, place: int, count: int) -> bytes:
        """So many bytes from a place; calls must not overlap.

        Raises:
            EOFError: it has become shorter.
            OSError: it cannot be read any more.
        """
        self._stream.seek(place)
        parts, left = [], count
        while left and (part := self._stream.read(left)):
            parts.append(part)
            left -= len(part)
        if left:
            raise EOFError
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def __del__(self) -> None:
        if hasattr(self, "_stream"):
            self._stream.close()
