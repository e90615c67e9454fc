"""The tokens alone of what is sampled."""

from __future__ import annotations

from typing import Any

from seqtasks.decoding import sample


def generate(*model: Any, **options: Any) -> list[list[int]]:
    """One continuation a row; arguments of `sample`."""
    return [found.tokens for found in sample(*model, **options)]


def greedy(*model: Any, **options: Any) -> list[list[int]]:
    return generate(*model, temperature=0.0, **options)
