"""What stands in the bytes of a graph, read without making anything of it.

ONNX's format is protobuf (protobuf.dev/programming-guides/encoding): a message is a row of fields,
each a number, a kind and a value. Any field that an export of this project has no use for is
refused, so that no reader can find in the bytes what was not looked at here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

DEEPEST = 24
"""Messages within each other: a graph, its node, an attribute, and the loop in it, four times."""

MOST = 500_000
"""Fields of all messages together."""

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

MESSAGES: dict[str, dict[int, str]] = {
    "model": {
        **{1: "ir_version", 2: "text", 3: "text", 4: "text", 5: "version", 6: "text"},
        **{7: "graph:graph", 8: "opset:opset", 14: "text"},
    },
    "opset": {1: "domain", 2: "version"},
    "graph": {
        **{1: "node:node", 2: "text", 5: "initializer:tensor", 10: "text"},
        **{11: "input:value", 12: "output:value", 13: "text", 16: "text"},
    },
    "node": {
        **{1: "input", 2: "output", 3: "text", 4: "operator", 5: "attribute:attribute"},
        **{6: "text", 7: "domain", 9: "text"},
    },
    "attribute": {
        **{1: "name", 2: "f", 3: "i", 4: "s", 6: "graph:graph", 7: "floats", 8: "ints"},
        **{9: "strings", 13: "text", 20: "type"},
    },
    "tensor": {1: "dims", 2: "data_type", 8: "name", 9: "raw_data", 12: "text", 16: "text"},
    "value": {1: "name", 2: "text", 3: "text", 4: "text"},
}
"""Message → the fields that it may have: a name, and the message that it holds.

What is named ``text`` may be there and is not looked at: names, and shapes that are declared. A
tensor has no field of numbers but ``raw_data``, and none that tells another file.
"""


class Found(NamedTuple):
    """One field.

    Attributes:
        message: what it is a field of.
        field: its name.
        value: a number, bytes, or a memoryview on the message that it is.
        depth: the messages around it.
    """

    message: str
    field: str
    value: Any
    depth: int


class Unusual(ValueError):
    """The bytes are no protobuf, or hold what no export writes."""


def walk(content: bytes) -> Iterator[Found]:
    """Every field of a model and of the messages in it, each message before what it holds.

    Raises:
        Unusual: there is a field that no export has, or the bytes are no such message.
    """
    count = 0
    waiting = [("model", memoryview(content), 0)]
    while waiting:
        message, view, depth = waiting.pop()
        if depth > DEEPEST:
            raise Unusual(f"its parts are nested deeper than {DEEPEST} levels")
        known = MESSAGES[message]
        for number, value in fields(view):
            count += 1
            if count > MOST:
                raise Unusual(f"it has more than {MOST:,} parts")
            if number not in known:
                raise Unusual(f"a {message} of it has the field {number}, which no export writes")
            name, _, kind = known[number].partition(":")
            if kind:
                if not isinstance(value, memoryview):
                    raise Unusual(f"the {name} of a {message} is no message")
                waiting.append((kind, value, depth + 1))
            yield Found(message, name, value, depth)


def fields(view: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """The fields of a message: their numbers and values; numbers of fixed size as bytes."""
    at = 0
    while at < len(view):
        key, at = varint(view, at)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, at = varint(view, at)
            yield number, value
            continue
        if kind == BYTES:
            size, at = varint(view, at)
        elif kind in (FIXED64, FIXED32):
            size = 8 if kind == FIXED64 else 4
        else:
            raise Unusual(f"it has a field of the kind {kind}")
        if size > len(view) - at:
            raise Unusual("it is cut off")
        yield number, view[at : at + size]
        at += size


def varint(view: memoryview, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, the lowest first, and the place behind it."""
    value = 0
    for place in range(10):
        if at + place >= len(view):
            raise Unusual("it is cut off")
        byte = view[at + place]
        value |= (byte & 127) << (7 * place)
        if byte < 128:
            return value, at + place + 1
    raise Unusual("a number of it is too long")


def numbers(value: int | memoryview) -> list[int]:
    """The numbers of a field that may hold several, together or one by one."""
    if isinstance(value, int):
        return [value]
    found, at = [], 0
    while at < len(value):
        one, at = varint(value, at)
        found.append(one)
    return found
