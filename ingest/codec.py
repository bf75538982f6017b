"""Facts ⇄ JSON, by the type hints of the dataclasses in `ingest.facts`.

`dump` gives plain JSON values (dict, list, str, int, float, bool, None); `load` checks every value against
its hint and refuses what does not fit, because the other side may be a child process that a hostile file
took over. Unknown keys are refused, missing ones take the dataclass's default, so facts that were stored
before a field was added can still be read.
"""

from __future__ import annotations

import dataclasses
import json
import math
import types
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
Decoder = Callable[[Any], Any]
Encoder = Callable[[Any], Any]


class CodecError(ValueError):
    """A value does not fit the hint of its place; the message names the place."""


def dumps(value: Any) -> bytes:
    """A dataclass of `ingest.facts` as UTF-8 JSON."""
    return json.dumps(dump(value), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def loads(kind: type[T], data: bytes | str) -> T:
    """The dataclass `kind` from UTF-8 JSON. CodecError: not JSON, or not of this shape."""
    try:
        return load(kind, json.loads(data))
    except (ValueError, RecursionError) as error:
        raise error if isinstance(error, CodecError) else CodecError(str(error)[:200]) from error


def dump(value: Any) -> Any:
    """A dataclass as JSON values."""
    kind: Any = type(value)
    return _encoder(kind)(value)


def load(kind: type[T], value: Any) -> T:
    """The dataclass `kind` from JSON values. CodecError: a value does not fit."""
    hint: Any = kind
    result: T = _decoder(hint)(value)
    return result


# --- writing
# -------------------------------------------------------------------------------------------------


@cache
def _encoder(hint: Any) -> Encoder:
    origin = get_origin(hint)
    if dataclasses.is_dataclass(hint):
        return _encode_dataclass(hint)
    if origin is tuple:
        return _encode_tuple(get_args(hint))
    if origin in (Union, types.UnionType):
        inner = _encoder(_only(hint))
        return lambda value: None if value is None else inner(value)
    if hint is date:
        return date.isoformat
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return str
    if origin is not None and issubclass(origin, Mapping):
        return dict
    return _same


def _same(value: Any) -> Any:
    return value


def _encode_tuple(args: tuple[Any, ...]) -> Encoder:
    if len(args) == 2 and args[1] is Ellipsis:
        inner = _encoder(args[0])
        return lambda value: [inner(item) for item in value]
    inners = [_encoder(arg) for arg in args]
    return lambda value: [inner(item) for inner, item in zip(inners, value, strict=True)]


def _encode_dataclass(kind: Any) -> Encoder:
    fields = [(f.name, _encoder(_hints(kind)[f.name])) for f in dataclasses.fields(kind)]
    return lambda value: {name: encode(getattr(value, name)) for name, encode in fields}


# --- reading
# -------------------------------------------------------------------------------------------------


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _only(hint: Any) -> Any:
    (inner,) = (arg for arg in get_args(hint) if arg is not type(None))
    return inner


@cache
def _decoder(hint: Any) -> Decoder:
    origin = get_origin(hint)
    if dataclasses.is_dataclass(hint):
        return _decode_dataclass(hint)
    if origin is tuple:
        return _decode_tuple(get_args(hint))
    if origin in (Union, types.UnionType):
        inner = _decoder(_only(hint))
        return lambda value: None if value is None else inner(value)
    if hint is date:
        return _decode_date
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _decode_enum(hint)
    if origin is not None and issubclass(origin, Mapping):
        return _decode_mapping
    return _decode_plain(hint)


def _decode_plain(kind: type) -> Decoder:
    def decode(value: Any) -> Any:
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind or (isinstance(value, float) and not math.isfinite(value)):
            raise CodecError(f"{kind.__name__} expected, got {type(value).__name__}")
        return value

    return decode


def _decode_date(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise CodecError(f"not a day: {str(value)[:40]!r}") from error


def _decode_enum(kind: type[StrEnum]) -> Decoder:
    def decode(value: Any) -> Any:
        try:
            return kind(value)
        except ValueError as error:
            raise CodecError(f"not a {kind.__name__}: {str(value)[:40]!r}") from error

    return decode


def _decode_mapping(value: Any) -> dict[str, str]:
    if type(value) is not dict or not all(type(v) is str for v in value.values()):
        raise CodecError("a mapping of texts expected")
    return value


def _decode_tuple(args: tuple[Any, ...]) -> Decoder:
    if len(args) == 2 and args[1] is Ellipsis:
        inner = _decoder(args[0])

        def decode_many(value: Any) -> Any:
            if type(value) is not list:
                raise CodecError(f"list expected, got {type(value).__name__}")
            return tuple(inner(item) for item in value)

        return decode_many
    inners = [_decoder(arg) for arg in args]

    def decode_fixed(value: Any) -> Any:
        if type(value) is not list or len(value) != len(inners):
            raise CodecError(f"list of {len(inners)} expected")
        return tuple(inner(item) for inner, item in zip(inners, value, strict=True))

    return decode_fixed


def _decode_dataclass(kind: Any) -> Decoder:
    decoders = {f.name: _decoder(_hints(kind)[f.name]) for f in dataclasses.fields(kind)}

    def decode(value: Any) -> Any:
        if type(value) is not dict:
            raise CodecError(f"{kind.__name__}: object expected, got {type(value).__name__}")
        try:
            return kind(**{name: decoders[name](item) for name, item in value.items()})
        except CodecError as error:
            raise CodecError(f"{kind.__name__}: {error}") from error
        except KeyError as error:
            raise CodecError(f"{kind.__name__}: unknown key {str(error)[:40]}") from error
        except TypeError as error:
            raise CodecError(f"{kind.__name__}: {str(error)[:100]}") from error

    return decode
