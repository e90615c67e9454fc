"""Values against annotations."""

from __future__ import annotations

import enum
import functools
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Optional, Protocol, TypeVar, Union

import numpy as np
import pytest
import pytorch_lightning as pl
import torch

from seqtasks.cli.annotations import Made, expected, fits, parameter_of
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.encoder.stack import RecurrentEncoder

T = TypeVar("T")


class Reads(Protocol):
    def read(self) -> str: ...


class Colour(enum.Enum):
    RED = "red"


class Options(dict):
    """A mapping of one's own."""


@dataclass
class Box:
    size: int


class Base:
    def __init__(self, size: int, *, rate: float = 0.5, name: "Missing" = None) -> None: ...  # noqa: F821, UP037


class Derived(Base):
    def __init__(self, width: int, **rest: Any) -> None: ...


@pytest.mark.parametrize(
    ("annotation", "good", "bad"),
    [
        (int, [0, -3, 2**62], [True, 5.0, "1", None, 2**63, -(2**70), [1]]),
        (float, [1, 0.5, float("inf")], [True, "0.5", float("nan"), 1e300, None]),
        (bool, [True, False], [0, 1, "true", None]),
        (str, ["", "a"], [1, None, ["a"]]),
        (int | None, [1, None], ["a", 1.5]),
        (Optional[Union[int, str]], [1, "a", None], [1.5, True]),  # noqa: UP007, UP045
        (Literal["a", 1], ["a", 1], ["b", True, 1.0, None]),
        (tuple[float, float], [[1, 2.5]], [[1], [1, 2, 3], ["a", "b"], 1]),
        (tuple[int, ...], [[], [1, 2]], [[1.5], "ab"]),
        (Sequence[str], [[], ["a"], "ab"], [[1], {}, None, 1]),
        (Collection[int], [[1]], [["a"], 1]),
        (Mapping[str, float], [{}, {"a": 1}], [{"a": "b"}, [1], "a"]),
        (Callable[..., int], [], [1, "a", None, {}]),
        (Iterable[str], ["ab", ["a"]], [[1], 1, {}]),
        (Sequence[int], [[1]], ["ab", 1]),
        (list[str], [["a"]], ["ab"]),
        (set[str], [["a"]], ["ab"]),
        (Iterator[int], [[1]], []),
        (Path, ["a"], []),
        (Path | None, ["a", None], []),
        (os.PathLike, ["a"], []),
        (os.PathLike[str], ["a"], []),
        (Colour, ["red", 1], []),
        (Decimal, ["1.5", 1], []),
        (date, ["2020-01-01"], []),
        (complex, [1, 0.5], []),
        (bytes, ["a"], []),
        (Options, [{"size": 1}], []),
        (Box, [{"size": 1}, "a", 1], []),
        (torch.device, ["cpu", 0], []),
        (torch.dtype, ["float32"], []),
        (np.float32, [1, 0.5], []),
        (np.int64, [1], []),
        (np.ndarray, [[1, 2], 1], ["a", {}, None]),
        (torch.Tensor, [[[1.5]], 1], ["a", {}, None]),
        (float | torch.Tensor, [0.5, [1.5]], ["a", 1e39, float("nan")]),
        (torch.nn.Module, [], ["a", 1, {}, []]),
        (torch.optim.Optimizer, [], ["a", 1]),
        (pl.Callback, [], ["a", {}]),
        (RecurrentEncoder, [], ["a", 1, {}]),
        (Vocabulary, [], ["a", [], {}]),
        (Reads, [], ["a", 1, {}]),
        (T, [1, "a", None], []),
        (Any, [1, None, {}], []),
    ],
)
def test_what_fits(annotation, good, bad):
    assert [value for value in good if not fits(value, annotation)] == []
    assert [value for value in bad if fits(value, annotation)] == []
    assert expected(annotation)


def test_what_is_made_fits_unless_it_surely_does_not():
    assert fits(Made(), int)
    assert fits(Made(), Reads)
    assert fits(Made(functools.partial), Callable[..., int])
    assert fits(Made(Base), Base | None)
    assert fits(Made(Path), Reads)  # a class of one's own may have it from elsewhere
    assert fits(Made(functools.partial), torch.nn.Module | None)  # it may be called alike
    assert fits(Made(functools.partial), Base)
    for annotation in (int, str | None, Reads, type, RecurrentEncoder):
        assert not fits(Made(functools.partial), annotation)


def test_the_arguments_that_a_class_hands_on_are_those_of_its_base():
    find = parameter_of(Derived)
    assert find("width").annotation is int
    assert find("rate").annotation is float
    assert find("name").annotation is Any  # it cannot be evaluated
    assert find("other") is None
    assert parameter_of(print)("sep").annotation is find("width").empty
    assert parameter_of(dict)("a").annotation is find("width").empty
