"""Python's search for garbage, which many small objects would set off again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_NEW_OBJECTS = 1_000_000


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for cycles of objects seldom, while records are made and dropped by the thousand.

    Records hold no cycles, and go when nobody names them any more.
    """
    usual = gc.get_threshold()
    gc.set_threshold(_NEW_OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
