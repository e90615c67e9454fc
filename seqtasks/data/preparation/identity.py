"""What a store is made from, as JSON: equal if and only if the same store would be made."""

from __future__ import annotations

import functools
import json
import re
import sys
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from types import ModuleType
from typing import Any

import tokenizers

from seqtasks.data.vocabulary import Vocabulary

PACKAGE = Path(__file__).parents[2]

FORMAT = 1
"""Changes where stores are written in another way."""


class Unknown(Exception):
    """Something whose identity cannot be told, so that nothing made from it is remembered."""


def described(value: Any) -> Any:
    """A value, an object by its class and attributes, as JSON.

    Raises:
        Unknown: something in it is neither data nor an object of a class in a file.

    >>> described({"level": "word", "sizes": (1, 2)})
    {'level': 'word', 'sizes': [1, 2]}
    """
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Mapping):
        return {str(key): described(one) for key, one in value.items()}
    if isinstance(value, (Sequence, set, frozenset)) and not isinstance(value, bytes):
        listed = [described(one) for one in value]
        return sorted(listed, key=str) if isinstance(value, (set, frozenset)) else listed
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, ModuleType):
        return {"module": value.__name__, "version": getattr(value, "__version__", None)}
    if isinstance(value, re.Pattern):
        return {"pattern": value.pattern, "flags": value.flags}
    if isinstance(value, Vocabulary):
        return {"vocabulary": digest(value.to_json())}
    if hasattr(value, "__dict__") and not callable(value):
        made = type(value)
        return {"class": f"{made.__module__}.{made.__qualname__}", "code": code_of(made)} | {
            name: described(one) for name, one in vars(value).items()
        }
    raise Unknown(f"{type(value).__name__} {value!r}")


def code_of(made: type) -> str:
    """A digest of the code that a class stands in.

    Raises:
        Unknown: it stands in no file.
    """
    path = getattr(sys.modules.get(made.__module__), "__file__", None)
    if path is None:
        raise Unknown(f"the class {made.__qualname__} stands in no file")
    return own_code() if PACKAGE in Path(path).parents else digest(Path(path).read_bytes())


@functools.cache
def own_code() -> str:
    """A digest of everything here that reads and encodes data."""
    files = sorted(path for part in ("data", "schemes") for path in (PACKAGE / part).rglob("*.py"))
    return digest(b"".join(path.read_bytes() for path in files))


def digest(content: str | bytes) -> str:
    """The digest of a text or of bytes.

    >>> digest("a") == digest(b"a")
    True
    """
    data = content.encode() if isinstance(content, str) else content
    return blake2b(data, digest_size=16).hexdigest()


def key_of(*parts: Any) -> str:
    """The name of the store that follows from some parts.

    Raises:
        Unknown: the identity of a part cannot be told.
    """
    versions = {"format": FORMAT, "code": own_code(), "tokenizers": tokenizers.__version__}
    content = json.dumps([versions, *map(described, parts)], sort_keys=True)
    return digest(content)
