"""Ways to damage a file: blindly, or inside the parts that it is made of."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from collections.abc import Callable

Damage = Callable[[bytes, random.Random], bytes]

_HEAD = 400
"""Headers decide most, so that half of all changes fall into this many first bytes."""


def blind(data: bytes, rng: random.Random) -> bytes:
    """``data`` cut, with bytes changed, removed, repeated or added."""
    if not data:
        return rng.randbytes(8)
    out = bytearray(data)
    place = rng.randrange(min(len(out), rng.choice([64, _HEAD, len(out)])))
    kind = rng.choice(["cut", "flip", "flip", "flip", "drop", "add", "repeat"])
    if kind == "cut":
        return bytes(out[:place])
    if kind == "drop":
        del out[place : place + rng.randrange(1, 64)]
    elif kind == "add":
        out[place:place] = rng.randbytes(rng.randrange(1, 64))
    elif kind == "repeat":
        out[place:place] = out[place : place + rng.randrange(1, 256)]
    else:
        _flip(out, rng)
    return bytes(out)


def _flip(out: bytearray, rng: random.Random) -> None:
    for _ in range(rng.choice([1, 2, 8, 40])):
        where = rng.randrange(min(len(out), rng.choice([64, _HEAD, len(out)])))
        out[where] = rng.choice([0, 255, 127, 128, rng.randrange(256)])


_WORDS = (
    b"0", b"-1", b"1e308", b"-1e308", b"NaN", b"Infinity", b"999999999999999999999", b"null",
    b"true", b'""', b"[]", b"{}", b'"../../outside"', b'"/etc/hostname"', b'"\\u0000"',
    b'"' + b"a" * 5000 + b'"', b"[" * 2000, b"'", b"\n", b"=", b"]]", b"0x7fffffffffffffff",
)  # fmt: skip


def of_text(data: bytes, rng: random.Random) -> bytes:
    """``data``, a text of JSON, TOML or YAML, with a value or a line replaced, or blindly."""
    if rng.random() < 0.3:
        return blind(data, rng)
    parts = data.split(b"\n")
    line = rng.randrange(len(parts))
    choice = rng.random()
    if choice < 0.2:
        parts[line:line] = [parts[rng.randrange(len(parts))]]
    elif choice < 0.4:
        del parts[line]
    else:
        mark = next((m for m in (b"=", b":") if m in parts[line]), b"")
        head, _, tail = parts[line].partition(mark) if mark else (b"", b"", parts[line])
        end = b"," if tail.rstrip().endswith(b",") else b""
        parts[line] = head + mark + b" " + rng.choice(_WORDS) + end
    return b"\n".join(parts)


def of_members(data: bytes, rng: random.Random) -> bytes:
    """``data``, a zip, with one of its members damaged, renamed or gone, or blindly."""
    if rng.random() < 0.25:
        return blind(data, rng)
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        held = {member.filename: (member.compress_type, old.read(member)) for member in
                old.infolist()}  # fmt: skip
    name = rng.choice(sorted(held))
    kind, content = held.pop(name)
    fate = rng.random()
    if fate < 0.6:
        texts = name.endswith((".json", ".toml", ".txt"))
        held[name] = (kind, (of_text if texts else blind)(content, rng))
    elif fate < 0.8:
        other = rng.choice(("../" + name, "/" + name, name + "x", "a/../../" + name, "C:" + name))
        held[other] = (kind, content)
    elif fate < 0.9:
        held[name] = (zipfile.ZIP_DEFLATED, bytes(rng.choice((10, 50_000_000))))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as new:
        for member, (how, body) in held.items():
            new.writestr(member, body, how)
    return made.getvalue()


def of_gzip(data: bytes, rng: random.Random) -> bytes:
    """``data``, a gzip, with what is packed in it damaged, or blindly."""
    if rng.random() < 0.3:
        return blind(data, rng)
    return gzip.compress(blind(gzip.decompress(data), rng), 1, mtime=0)


def of_header(data: bytes, rng: random.Random) -> bytes:
    """``data``, a safetensors file, with its JSON header or the length of that damaged."""
    if rng.random() < 0.3 or len(data) < 8:
        return blind(data, rng)
    size = int.from_bytes(data[:8], "little")
    header, body = data[8 : 8 + size], data[8 + size :]
    if rng.random() < 0.2:
        wrong = rng.choice([0, 1, size - 1, size + 1, 2**31, 2**63, 2**64 - 1])
        return wrong.to_bytes(8, "little") + header + body
    pieces = header.replace(b",", b",\n").replace(b":", b": ")
    damaged = of_text(pieces, rng)
    return len(damaged).to_bytes(8, "little") + damaged + body
