"""Saved models of random weights that the rows of several tables damage, ask and look into."""

from __future__ import annotations

import atexit
import copy
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import saved
from small import SMALL

from seqtasks import bundle

PLACE = tempfile.TemporaryDirectory(prefix="seqtasks-refusals-")
atexit.register(PLACE.cleanup)

FILES = ("data=lines", f"data.train={PLACE.name}/labelled.txt")
"""Data of texts with labels, of which files alone can be conditions."""

Path(PLACE.name, "labelled.txt").write_text("good a b c\nbad c b a\n" * 30, encoding="utf-8")

TAGGING = ("task=tagging",)
RAW_TAGGING = ("task=tagging", "data.tokens.column=source")
LETTERS = ("task=generation", "data.tokens.level=character")
TRANSLATION = ("task=translation",)
CLASSIFICATION = ("task=classification",)


@cache
def folder(*options: str) -> Path:
    """Where the bundle of some options is."""
    place = Path(PLACE.name) / str(len([*Path(PLACE.name).iterdir()]))
    saved.save(place, *options, sizes=SMALL[:3] * (FILES[0] not in options) + SMALL[3:4])
    return place


@cache
def _loaded(*options: str) -> bundle.Bundle:
    return bundle.load(folder(*options))


def loaded(*options: str) -> Any:
    """A bundle that a row may change."""
    return copy.deepcopy(_loaded(*options))


def damaged(change: Callable[[Path], object], seal: bool = True, *options: str) -> bundle.Bundle:
    """Load a copy of a bundle, ``bundle`` in the working folder, in which something is changed."""
    place = Path("bundle")
    shutil.copytree(folder(*(options or TAGGING)), place)
    change(place)
    if seal:
        saved.reseal(place)
    return bundle.load(place)


def written(name: str, content: str) -> Callable[[Path], object]:
    """A change that writes a file."""
    return lambda place: (place / name).write_text(content, encoding="utf-8")


def replaced(name: str, old: str, new: str) -> Callable[[Path], object]:
    """A change of a part of a file."""

    def change(place: Path) -> None:
        text = (place / name).read_text(encoding="utf-8")
        assert old in text
        (place / name).write_text(text.replace(old, new), encoding="utf-8")

    return change
