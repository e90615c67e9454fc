"""Whether a value of a configuration fits the annotation of an argument."""

from __future__ import annotations

import collections.abc
import functools
import inspect
import math
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Made:
    """What stands for an object that is made from a part of a configuration.

    Attributes:
        kind: its class; None where nobody knows before it is made.
    """

    kind: type | None = None


_WORDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    types.NoneType: "null",
}
_OPEN = (typing.Union, types.UnionType, typing.Annotated)
"""Annotations that say what they ask for by those within."""

_PYTHONS = ("builtins", "collections", "collections.abc")
"""Modules of Python's own types."""

_OF_TEXTS = (
    collections.abc.Sequence,
    collections.abc.Iterable,
    collections.abc.Collection,
)
"""Kinds of collections that lists are of, and texts too."""

_ARRAYS = ("Tensor", "ndarray")
"""Classes that numbers and lists of numbers stand for."""

_OURS = ("seqtasks.", "tasks.")
_PARTS = (*_OURS, "torch.nn.modules.", "torch.optim.", "pytorch_lightning.")
"""What the names of modules begin with whose classes take no plain value's place."""

_LARGEST = 2**63  # whole numbers of torch, numpy and Arrow are below
_LARGEST_FLOAT = 1e38  # a tensor's floats are below


def fits(value: Any, annotation: Any) -> bool:
    """Whether a value may be given where an argument is annotated so.

    A list fits a tuple, a whole number fits a float; ``true`` and NaN are no numbers, nor is what a
    tensor cannot hold. A text fits a sequence of texts.
    Of other annotations than Python's own types, only what is sure is ruled out: a class may take a
    plain value and make of it what it likes, as `pathlib.Path` does; a part of a model does not.

    Args:
        value: plain: lists, dicts with texts as keys, texts, numbers, truth values, None, `Made`.
        annotation: evaluated.

    >>> fits(3, float), fits(True, int), fits([0.9, 0.99], tuple[float, float]), fits("a", int)
    (True, False, True, False)
    """
    kind = typing.get_origin(annotation) or annotation
    if isinstance(value, Made) and kind not in _OPEN:
        return _may_be(value, kind)
    if kind in _KINDS:
        return _KINDS[kind](value, typing.get_args(annotation))
    if annotation is None:
        return value is None
    if not isinstance(kind, type) or typing.is_typeddict(kind):
        return True
    inner = typing.get_args(annotation)
    if _is_mapping(kind):
        return isinstance(value, dict) and _all_fit(value.values(), inner[1:])
    if _is_listed(kind):
        if isinstance(value, str):
            return kind in _OF_TEXTS and _all_fit([value], inner)
        return isinstance(value, list) and _all_fit(value, inner)
    if kind.__name__ in _ARRAYS:
        return isinstance(value, (bool, list)) or _is_number(value, ())
    if getattr(kind, "_is_protocol", False):
        return _follows(value, kind)
    return not _is_part(kind) or isinstance(value, kind)


def expected(annotation: Any, value: Any = None) -> str:
    """What an annotation asks for, in words.

    Args:
        annotation: evaluated.
        value: one that does not fit; where it does but for its size, the words tell the bound.

    >>> expected(int | None), expected(typing.Literal["a", "b"]), expected(tuple[float, float])
    ('a whole number or null', 'a or b', 'a list of 2 (a number, a number)')
    >>> expected(int, 2**64), expected(float | None, 1e39)
    ('a whole number below 2⁶³ in size', 'a number below 1e38 in size or null')
    """
    kind = typing.get_origin(annotation) or annotation
    inner = typing.get_args(annotation)
    if kind in _WORDS or annotation is None:
        return _WORDS[types.NoneType if annotation is None else kind] + _bound(value, kind)
    if kind in (typing.Union, types.UnionType):
        words = dict.fromkeys(expected(one, value) for one in inner if one is not types.NoneType)
        return _either([*words, *(["null"] if types.NoneType in inner else [])])
    if kind is typing.Literal:
        return _either(["null" if one is None else str(one) for one in inner])
    if kind is typing.Annotated:
        return expected(inner[0], value)
    if isinstance(kind, type) and _is_mapping(kind):
        return "options, as in {NAME: VALUE}"
    if isinstance(kind, type) and _is_listed(kind):
        given = value if isinstance(value, list) else []
        if kind is tuple and inner and inner[-1] is not ...:
            each = map(expected, inner, [*given[: len(inner)], *[None] * (len(inner) - len(given))])
            return f"a list of {len(inner)} ({', '.join(each)})"
        if not inner or inner[0] is Any:
            return "a list"
        wrong = next((one for one in given if not fits(one, inner[0])), None)
        return f"a list, each {expected(inner[0], wrong)}"
    return f"an object ({getattr(kind, '__name__', kind)}) that a choice or _target_ makes"


def parameter_of(function: Callable[..., Any]) -> Callable[[str], inspect.Parameter | None]:
    """A function from the name of an argument to its parameter, with the annotation evaluated.

    The arguments that a class hands on by ``**`` are those of the class that it derives from. An
    annotation that cannot be evaluated counts as none; so does every argument of a function that
    does not say what it takes.
    """
    makers = [function]
    if isinstance(function, type):
        makers = [vars(one)["__init__"] for one in function.__mro__ if "__init__" in vars(one)]

    def find(name: str) -> inspect.Parameter | None:
        for make in makers:
            try:
                parameters = inspect.signature(make).parameters
            except (TypeError, ValueError):
                return None
            if name in parameters:
                return _evaluated(make, parameters[name])
            rest = [p for p in parameters.values() if p.kind is p.VAR_KEYWORD]
            if not rest:
                return None
            if make is makers[-1] or rest[0].annotation not in ("Any", Any, rest[0].empty):
                return _evaluated(make, rest[0])
        return None

    return find


def _evaluated(make: Any, parameter: inspect.Parameter) -> inspect.Parameter:
    annotation = parameter.annotation
    try:
        while isinstance(annotation, str):  # a name in quotes is one twice
            annotation = eval(annotation, inspect.unwrap(make).__globals__)
    except Exception:  # a name that only a type checker knows
        annotation = Any
    return parameter.replace(annotation=annotation)


def _may_be(value: Made, kind: Any) -> bool:
    """Whether an object can be what an annotation asks for; only what is sure is ruled out."""
    if value.kind is None or not isinstance(kind, type):
        return True
    if value.kind is functools.partial:
        if getattr(kind, "_is_protocol", False):
            return _follows(value.kind, kind)
        return kind is not type and kind not in _WORDS and not _is_part(kind, _OURS)
    return kind not in _WORDS or issubclass(value.kind, kind)


def _follows(value: Any, protocol: type) -> bool:
    """Whether an object has what a protocol asks for."""
    names = [name for name in dir(protocol) if not name.startswith("_")]
    called = "__call__" in vars(protocol)
    return all(hasattr(value, name) for name in names) and (callable(value) or not called)


def _all_fit(values: Any, inner: tuple[Any, ...]) -> bool:
    return not inner or all(fits(value, inner[0]) for value in values)


def _is_mapping(kind: type) -> bool:
    """Whether a mapping is what stands for an object of a class of Python's own."""
    return issubclass(kind, collections.abc.Mapping) and kind.__module__ in _PYTHONS


def _is_listed(kind: type) -> bool:
    """Whether a list is what stands for an object of a class of Python's own."""
    listed = (list, tuple, collections.abc.Set)
    return kind in _OF_TEXTS or (issubclass(kind, listed) and kind.__module__ in _PYTHONS)


def _is_part(kind: type, homes: tuple[str, ...] = _PARTS) -> bool:
    """Whether a class is one of a training's parts, which no plain value can stand for."""
    return f"{kind.__module__}.".startswith(homes)


def _is_tuple(value: Any, inner: tuple[Any, ...]) -> bool:
    if not isinstance(value, list) or not inner:
        return isinstance(value, list)
    if inner[-1] is ...:
        return all(fits(one, inner[0]) for one in value)
    return len(value) == len(inner) and all(map(fits, value, inner))


def _is_number(value: Any, _: tuple[Any, ...]) -> bool:
    if isinstance(value, float):
        return abs(value) < _LARGEST_FLOAT or math.isinf(value)
    return _is_whole(value, _)


def _is_whole(value: Any, _: tuple[Any, ...]) -> bool:
    return type(value) is int and abs(value) < _LARGEST


def _bound(value: Any, kind: Any) -> str:
    """The bound that a number passes, where its type is right."""
    if type(value) is int and kind in (int, float) and not _is_whole(value, ()):
        return " below 2⁶³ in size"
    if type(value) is float and kind is float and abs(value) >= _LARGEST_FLOAT:
        return " below 1e38 in size"
    return ""


def _either(words: list[str]) -> str:
    """Some words as alternatives.

    >>> _either(["a", "b", "c"])
    'a, b or c'
    """
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _same(value: Any, other: Any) -> bool:
    return type(value) is type(other) and bool(value == other)


def _one_of(value: Any, inner: tuple[Any, ...]) -> bool:
    return any(fits(value, one) for one in inner)


_KINDS: Mapping[Any, Callable[[Any, tuple[Any, ...]], bool]] = {
    Any: lambda value, inner: True,
    inspect.Parameter.empty: lambda value, inner: True,
    object: lambda value, inner: True,
    bool: lambda value, inner: isinstance(value, bool),
    int: _is_whole,
    float: _is_number,
    str: lambda value, inner: isinstance(value, str),
    types.NoneType: lambda value, inner: value is None,
    tuple: _is_tuple,
    typing.Union: _one_of,
    types.UnionType: _one_of,
    typing.Literal: lambda value, inner: any(_same(value, one) for one in inner),
    typing.Annotated: lambda value, inner: fits(value, inner[0]),
    collections.abc.Callable: lambda value, inner: False,
    type: lambda value, inner: False,
}
