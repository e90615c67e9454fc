"""What readers did to files in order to read them: said once, with how often and where first."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

_SHOWN = 3

_log = logging.getLogger(__name__)


@dataclass
class _Places:
    count: int = 0
    first: list[str] = field(default_factory=list)


_held: ContextVar[dict[str, _Places] | None] = ContextVar("held", default=None)


@contextmanager
def told_once() -> Iterator[None]:
    """Hold the remarks that are made meanwhile, and log each kind of them once at the end."""
    held: dict[str, _Places] = {}
    token = _held.set(held)
    try:
        yield
    finally:
        _held.reset(token)
        for what, places in held.items():
            first, *others = places.first
            told = f" ({places.count:,} times)" if places.count > 1 else ""
            also = f"; also at {', '.join(others)}" if others else ""
            _log.warning("%s: %s%s%s", first, what, told, also)


@contextmanager
def unsaid() -> Iterator[None]:
    """Make no remarks meanwhile, of what is read once more."""
    token = _held.set({})
    try:
        yield
    finally:
        _held.reset(token)


def remark(what: str, place: str, count: int = 1) -> None:
    """Say what was done at a place; at once where no `told_once` holds it.

    Args:
        what: was done, and how to have it otherwise.
        place: where it was done first.
        count: how often.
    """
    held = _held.get()
    if held is None:
        _log.warning("%s: %s", place, what)
        return
    places = held.setdefault(what, _Places())
    places.count += count
    if len(places.first) < _SHOWN:
        places.first.append(place)
