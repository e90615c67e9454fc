"""Values against annotations."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Optional, Protocol, TypeVar, Union

import pytest

from seqtasks.cli.annotations import Made, expected, fits, parameter_of

T = TypeVar("T")


class Reads(Protocol):
    def read(self) -> str: ...


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
        (Sequence[str], [[], ["a"]], ["ab", [1], {}, None]),
        (Collection[int], [[1]], [["a"], 1]),
        (Mapping[str, float], [{}, {"a": 1}], [{"a": "b"}, [1], "a"]),
        (Callable[..., int], [], [1, "a", None, {}]),
        (Path, [], ["a", 1]),
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
    for annotation in (int, str | None, Reads, Base):
        assert not fits(Made(functools.partial), annotation)


def test_the_arguments_that_a_class_hands_on_are_those_of_its_base():
    find = parameter_of(Derived)
    assert find("width").annotation is int
    assert find("rate").annotation is float
    assert find("name").annotation is Any  # it cannot be evaluated
    assert find("other") is None
    assert parameter_of(print)("sep").annotation is find("width").empty
    assert parameter_of(dict)("a").annotation is find("width").empty
