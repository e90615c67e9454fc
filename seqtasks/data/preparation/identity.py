"""What a store is made from, as JSON: equal if and only if the same store would be made."""

from __future__ import annotations

import functools
import json
import re
import sys
import sysconfig
import unicodedata
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import tokenizers

from seqtasks.data.vocabulary import Vocabulary

PACKAGE = Path(__file__).resolve().parents[2]

_LIBRARIES = [PACKAGE] + [
    Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "purelib", "platlib")
]

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
    made = type(value)
    if hasattr(value, "__dict__") and not callable(value) and _all_python(made):
        return {"class": f"{made.__module__}.{made.__qualname__}", "code": code_of(made)} | {
            name: described(one) for name, one in vars(value).items()
        }
    raise Unknown(f"{type(value).__name__} {value!r}")


def _all_python(made: type) -> bool:
    """Whether an object has no more than its attributes, as one of a compiled class may have."""
    files = (_file_of(base.__module__) for base in made.__mro__ if base is not object)
    return all(file is not None and file.suffix == ".py" for file in files)


def code_of(made: type) -> str:
    """A digest of the code that a class stands in, with what of the user's own it imports there.

    Raises:
        Unknown: it stands in no file.
    """
    path = _file_of(made.__module__)
    if path is None:
        raise Unknown(f"the class {made.__qualname__} stands in no file")
    if PACKAGE in path.parents:
        return own_code()
    files: dict[Path, bytes] = {}
    _collect(made.__module__, path, files)
    return digest(b"".join(files[name] for name in sorted(files)))


def _collect(module: str, path: Path, files: dict[Path, bytes]) -> None:
    """Take in a module's file, and those of the modules whose names, classes or functions it has.

    Installed packages and Python's own modules are left out.
    """
    files[path] = path.read_bytes()
    names = {
        value.__name__ if isinstance(value, ModuleType) else value.__module__
        for value in vars(sys.modules[module]).values()
        if isinstance(value, (ModuleType, type, FunctionType))
    }
    for name in names:
        file = _file_of(name)
        if file and file not in files and not any(root in file.parents for root in _LIBRARIES):
            _collect(name, file, files)


def _file_of(module: str) -> Path | None:
    path = getattr(sys.modules.get(module), "__file__", None)
    return None if path is None else Path(path).resolve()


@functools.cache
def own_code() -> str:
    """A digest of everything here that reads and encodes data."""
    found = sorted(path for part in ("data", "schemes") for path in (PACKAGE / part).rglob("*"))
    files = [path for path in found if path.is_file() and path.suffix != ".pyc"]
    return digest(b"".join(path.read_bytes() for path in files))


def digest(content: str | bytes) -> str:
    """The digest of a text or of bytes.

    >>> digest("a") == digest(b"a")
    True
    """
    # The names of files may hold bytes that are no text.
    data = content.encode(errors="surrogatepass") if isinstance(content, str) else content
    return blake2b(data, digest_size=16).hexdigest()


def key_of(*parts: Any) -> str:
    """The name of the store that follows from some parts.

    Raises:
        Unknown: the identity of a part cannot be told.
    """
    versions = {
        "format": FORMAT,
        "code": own_code(),
        "tokenizers": tokenizers.__version__,
        "unicode": unicodedata.unidata_version,
    }
    try:
        content = json.dumps([versions, *map(described, parts)], sort_keys=True)
    except RecursionError:
        raise Unknown("an object that holds itself") from None
    return digest(content)
