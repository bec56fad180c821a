"""Values of the document as plain data, by what their types say: a new field needs no code here.

Frozen dataclasses become objects, tuples and frozensets lists, enums their values, arrays a name
under which they stand beside the manifest. Reading checks every value against its type; a field
that is missing takes its default, and one that nobody knows is kept and written again.
"""

from __future__ import annotations

import base64
import math
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from enum import Enum
from functools import cache
from pathlib import PurePath
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
Plain = dict[str, Any]
Unknown = Mapping[str, Mapping[str, Any]]
"""By the place of an object (``subjects/ab12``): the keys of it that this program does not know."""

ARRAY, FLOAT, KIND = "array", "float", "kind"
_SCALARS = (bool, int, float, str)


class PlainError(ValueError):
    """Plain data that do not fit; ``place`` says where, the message what was expected."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(message)
        self.place = place


def fields_of(kind: type) -> dict[str, Any]:
    """Name to type of the fields of a dataclass that are stored, in their order."""
    hints = _hints(kind)
    return {f.name: hints[f.name] for f in fields(kind) if f.metadata.get("stored", True)}


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


@dataclass(slots=True)
class PlainWriter:
    """Writes values of known types.

    Attributes:
        unknown: keys to write again, by the place of their object.
        arrays: what was met, by its place; ready for a safetensors file.
    """

    unknown: Unknown = field(default_factory=dict)
    arrays: Arrays = field(default_factory=dict)

    def plain(self, value: Any, hint: Any, place: str) -> Any:
        """``value``, which is of the type ``hint``, as plain data.

        Raises:
            TypeError: a type that cannot be stored; programmers see it in the tests.
        """
        if value is None:
            return None
        if is_dataclass(value) and not isinstance(value, type):
            return self._object(value, hint, place)
        if isinstance(value, Enum):
            return value.value
        if isinstance(value, np.ndarray):
            self.arrays[place] = np.ascontiguousarray(value)
            return {ARRAY: place}
        if isinstance(value, bytes):
            return base64.b64encode(value).decode("ascii")
        if isinstance(value, Mapping):
            return self._mapping(value, hint, place)
        if isinstance(value, tuple | list | frozenset):
            return self._items(value, hint, place)
        return _scalar(value, place)

    def object(self, value: Any, place: str, skipped: tuple[str, ...] = ()) -> Plain:
        """A dataclass as an object of its stored fields but ``skipped``, unknown keys last."""
        made = {
            name: self.plain(getattr(value, name), hint, _below(place, name))
            for name, hint in fields_of(type(value)).items()
            if name not in skipped
        }
        kept = self.unknown.get(place, {})
        return made | {name: kept[name] for name in sorted(kept) if name not in made}

    def _object(self, value: Any, hint: Any, place: str) -> Plain:
        made = self.object(value, place)
        return {KIND: type(value).__name__, **made} if len(_classes(hint)) > 1 else made

    def _mapping(self, value: Mapping[Any, Any], hint: Any, place: str) -> Any:
        key_hint, item_hint = _mapping_hints(hint)
        pairs = [(k, self.plain(v, item_hint, _below(place, k))) for k, v in value.items()]
        if key_hint is str:
            return dict(pairs)
        return [[self.plain(key, key_hint, place), item] for key, item in pairs]

    def _items(self, value: Any, hint: Any, place: str) -> list[Any]:
        ordered = sorted(value) if isinstance(value, frozenset) else value
        hints = _item_hints(hint, len(ordered))
        return [
            self.plain(item, item_hint, _below(place, _name_of(item, i)))
            for i, (item, item_hint) in enumerate(zip(ordered, hints, strict=True))
        ]


@dataclass(slots=True)
class PlainReader:
    """Reads values of known types.

    Attributes:
        arrays: by the place they were written under.
        unknown: filled with the keys that nobody knows.
    """

    arrays: Mapping[str, NDArray[Any]]
    unknown: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def value(self, data: Any, hint: Any, place: str) -> Any:
        """The value of type ``hint`` that ``data`` stand for.

        Raises:
            PlainError: they do not fit.
        """
        options = _options(hint)
        if len(options) > 1:
            return self._one_of(data, options, place)
        if hint is Any or hint is object:
            return data
        if isinstance(hint, type) and is_dataclass(hint):
            return self._made(hint, data, place)
        origin = get_origin(hint) or hint
        read = _READERS.get(origin)
        if read is not None:
            return read(self, data, hint, place)
        if isinstance(origin, type) and issubclass(origin, Enum):
            return _enum(data, origin, place)
        raise PlainError(place, f"a value of the type {hint} cannot be read")

    def object(
        self, kind: type, data: Any, place: str, skipped: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """The fields of ``kind`` that ``data`` hold; what nobody knows goes into ``unknown``."""
        if not isinstance(data, Mapping):
            raise PlainError(place, f"an object was expected, not {_named(data)}")
        known = fields_of(kind)
        strange = {k: v for k, v in data.items() if k not in known and k not in (*skipped, KIND)}
        if strange and not _numbered(place):
            self.unknown[place] = strange
        wanted = {name: hint for name, hint in known.items() if name not in skipped}
        found = {
            name: self.value(data[name], hint, _below(place, name))
            for name, hint in wanted.items()
            if name in data
        }
        for name in wanted:
            if name not in found and _is_needed(kind, name):
                raise PlainError(_below(place, name), "it is missing")
        return found

    def _made(self, kind: type, data: Any, place: str) -> Any:
        found = self.object(kind, data, place)
        try:
            return kind(**found)
        except (ValueError, TypeError, IndexError) as error:
            if isinstance(error, PlainError):
                raise
            raise PlainError(place, str(error)) from error

    def _one_of(self, data: Any, options: tuple[Any, ...], place: str) -> Any:
        if data is None and type(None) in options:
            return None
        rest = tuple(option for option in options if option is not type(None))
        if isinstance(data, Mapping) and KIND in data:
            named = [o for o in rest if getattr(o, "__name__", "") == data[KIND]]
            if not named:
                raise PlainError(place, f"the kind '{data[KIND]}' is not known")
            rest = tuple(named)
        problems = []
        for option in rest:
            try:
                return self.value(data, option, place)
            except PlainError as error:
                problems.append(error)
        raise problems[0]

    def _array(self, data: Any, hint: Any, place: str) -> NDArray[Any]:
        name = data.get(ARRAY) if isinstance(data, Mapping) else None
        if not isinstance(name, str):
            raise PlainError(place, f"the name of an array was expected, not {_named(data)}")
        found = self.arrays.get(name)
        if found is None:
            raise PlainError(place, f"the values '{name}' are missing")
        wanted = _dtype(hint)
        if wanted is not None and found.dtype != wanted:
            raise PlainError(place, f"values of type {wanted} were expected, not {found.dtype}")
        return found

    def _tuple(self, data: Any, hint: Any, place: str) -> tuple[Any, ...]:
        if not isinstance(data, list):
            raise PlainError(place, f"a list was expected, not {_named(data)}")
        args = get_args(hint)
        if args and args[-1] is not Ellipsis and len(args) != len(data):
            raise PlainError(place, f"{len(args)} values were expected, not {len(data)}")
        hints = _item_hints(hint, len(data))
        return tuple(
            self.value(item, item_hint, _below(place, _name_in(item, i)))
            for i, (item, item_hint) in enumerate(zip(data, hints, strict=True))
        )

    def _set(self, data: Any, hint: Any, place: str) -> frozenset[Any]:
        return frozenset(self._tuple(data, hint, place))

    def _mapping(self, data: Any, hint: Any, place: str) -> dict[Any, Any]:
        key_hint, item_hint = _mapping_hints(hint)
        if key_hint is str:
            if not isinstance(data, Mapping):
                raise PlainError(place, f"an object was expected, not {_named(data)}")
            return {k: self.value(v, item_hint, _below(place, k)) for k, v in data.items()}
        if not isinstance(data, list) or any(
            not isinstance(pair, list) or len(pair) != 2 for pair in data
        ):
            raise PlainError(place, f"a list of pairs was expected, not {_named(data)}")
        pairs = [(self.value(key, key_hint, place), item) for key, item in data]
        return {key: self.value(item, item_hint, _below(place, key)) for key, item in pairs}

    def _literal(self, data: Any, hint: Any, place: str) -> Any:
        if not isinstance(data, _SCALARS) or data not in get_args(hint):
            raise PlainError(place, f"one of {list(get_args(hint))} was expected, not {data!r:.80}")
        return data

    def _bytes(self, data: Any, _hint: Any, place: str) -> bytes:
        try:
            return base64.b64decode(data, validate=True)
        except (ValueError, TypeError) as error:
            raise PlainError(place, "bytes in base 64 were expected") from error

    def _plain_scalar(self, data: Any, hint: Any, place: str) -> Any:
        if hint is float and isinstance(data, Mapping):
            data = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}.get(str(data.get(FLOAT)))
        fits = isinstance(data, hint) and (hint is bool or not isinstance(data, bool))
        if hint is float and type(data) is int:
            return float(data)
        if not fits:
            raise PlainError(place, f"{_WORDS[hint]} was expected, not {_named(data)}")
        return data

    def _path(self, data: Any, hint: Any, place: str) -> PurePath:
        made: PurePath = hint(self._plain_scalar(data, str, place))
        return made


_WORDS = {bool: "yes or no", int: "a whole number", float: "a number", str: "a text"}
_READERS: dict[Any, Callable[[PlainReader, Any, Any, str], Any]] = {
    np.ndarray: PlainReader._array,
    tuple: PlainReader._tuple,
    frozenset: PlainReader._set,
    dict: PlainReader._mapping,
    Mapping: PlainReader._mapping,
    Literal: PlainReader._literal,
    bytes: PlainReader._bytes,
    **dict.fromkeys(_SCALARS, PlainReader._plain_scalar),
}


def _scalar(value: Any, place: str) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return {FLOAT: str(float(value))}
    if isinstance(value, np.generic) and np.ndim(value) == 0:
        return _scalar(value.item(), place)
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, _SCALARS):
        return value
    raise TypeError(f"{place}: a {type(value).__name__} cannot be stored in a project")


def _enum(data: Any, kind: type[Enum], place: str) -> Enum:
    try:
        return kind(data)
    except ValueError as error:
        raise PlainError(place, f"'{data!s:.80}' is not known here") from error


def _options(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)


def _classes(hint: Any) -> list[Any]:
    return [option for option in _options(hint) if is_dataclass(option)]


def _of(hint: Any, *origins: Any) -> Any:
    """The part of a hint, which may be optional, that is one of ``origins``."""
    return next((o for o in _options(hint) if (get_origin(o) or o) in origins), None)


def _item_hints(hint: Any, count: int) -> tuple[Any, ...]:
    args = get_args(_of(hint, tuple, frozenset, list)) or (Any, ...)
    return (args[0],) * count if len(args) == 1 or args[-1] is Ellipsis else args


def _mapping_hints(hint: Any) -> tuple[Any, Any]:
    args = get_args(_of(hint, dict, Mapping)) or (str, Any)
    return args[0], args[1]


def _dtype(hint: Any) -> np.dtype[Any] | None:
    scalars = get_args(get_args(hint)[1]) if len(get_args(hint)) == 2 else ()
    try:
        return np.dtype(scalars[0]) if scalars and scalars[0] is not np.generic else None
    except TypeError:
        return None


def _is_needed(kind: type, name: str) -> bool:
    found = next(f for f in fields(kind) if f.name == name)
    return found.default is MISSING and found.default_factory is MISSING


def _below(place: str, name: object) -> str:
    return f"{place}/{name}" if place else str(name)


def _numbered(place: str) -> bool:
    """Whether a place is found by counting, which later edits change."""
    return any(part.startswith("#") for part in place.split("/"))


def _name_of(item: Any, index: int) -> str:
    found = getattr(item, "id", None)
    return found if isinstance(found, str) and found else f"#{index}"


def _name_in(item: Any, index: int) -> str:
    found = item.get("id") if isinstance(item, Mapping) else None
    return found if isinstance(found, str) and found else f"#{index}"


_NAMES = {dict: "an object", list: "a list", type(None): "nothing", bool: "yes or no",
          int: "a number", float: "a number", str: "a text"}  # fmt: skip


def _named(data: Any) -> str:
    return _NAMES.get(type(data), type(data).__name__)
