"""The ways to search for a model's output, with their options, by name."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from seqtasks.decoding.beam import beam_search, check_beam
from seqtasks.decoding.hypotheses import Hypothesis
from seqtasks.decoding.sampling import check_sampling, sample
from seqtasks.decoding.search_input import SearchInput
from seqtasks.decoding.steps import expect
from seqtasks.errors import UsageError, check_choice, nearest

MARGIN = 5
"""Tokens that `max_length_ratio` allows on top of its share of the source."""


@dataclass(frozen=True, kw_only=True)
class Search:
    """What all searches have in common: how long an output may be, and what it may repeat.

    Attributes:
        max_length: The most tokens of an output, its end included; None where the ratio alone
            limits it.
        max_length_ratio: The most tokens of an output for each token of the source, plus 5; None
            for no such limit. The lower of the two limits holds.
        min_length: The least tokens before the end.
        no_repeat_ngram: So many tokens in a row never stand in an output twice; 0 for no such rule.

    Raises:
        UsageError: An option is out of its range.
    """

    method: ClassVar[str]
    max_length: int | None = 100
    max_length_ratio: float | None = None
    min_length: int = 0
    no_repeat_ngram: int = 0

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            _check_kind(field.name, str(field.type), getattr(self, field.name))
        ratio = self.max_length_ratio
        if ratio is None and self.max_length is None:
            raise UsageError(
                "neither it nor `max_length_ratio` is given; give one", option="max_length"
            )
        fits = ratio is None or 0 < ratio < math.inf
        expect("max_length_ratio", ratio, fits, "a finite number above 0")
        most = self.min_length + 1 if self.max_length is None else self.max_length
        check_sampling(most, self.min_length, no_repeat_ngram=self.no_repeat_ngram)

    def __call__(self, search_input: SearchInput, n_best: int = 1) -> list[list[Hypothesis]]:
        """The outputs of each sequence, best first: as many as are asked for, or all there are.

        Raises:
            UsageError: The search cannot find so many, or a prefix is too long.
            SeqtasksError: The model's logits are NaN or leave no token that may follow.
        """
        raise NotImplementedError

    def limits(self, lengths: Sequence[int]) -> list[int]:
        """The most tokens of each output, from the lengths of the sources.

        >>> Greedy(max_length=40, max_length_ratio=2.0).limits([1, 10, 30])
        [7, 25, 40]
        """
        found = [math.inf] * len(lengths)
        if self.max_length_ratio is not None:
            ends = [math.ceil(self.max_length_ratio * length) + MARGIN for length in lengths]
            found = [max(end, self.min_length + 1) for end in ends]
        most = math.inf if self.max_length is None else self.max_length
        return [int(min(limit, most)) for limit in found]

    def rules(self, search_input: SearchInput) -> dict[str, Any]:
        """Keyword arguments that all decoders take."""
        return {
            "step": search_input.step,
            "state": search_input.state,
            "first": search_input.first,
            "max_length": self.limits(search_input.lengths),
            "min_length": self.min_length,
            "no_repeat_ngram": self.no_repeat_ngram,
            "eos_id": search_input.eos_id,
            "forbidden": search_input.forbidden,
            "prefix": search_input.prefix,
        }

    def own(self) -> dict[str, Any]:
        """The options of this search that not all searches have."""
        names = _names(type(self))[len(_names(Search)) :]
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, kw_only=True)
class Greedy(Search):
    """The most probable token every time."""

    method = "greedy"

    def __call__(self, search_input: SearchInput, n_best: int = 1) -> list[list[Hypothesis]]:
        if n_best != 1:
            raise UsageError(
                f"{n_best} are asked for; greedy finds one output: take `method` beam or sampling",
                option="n_best",
            )
        return [[one] for one in sample(**self.rules(search_input), temperature=0.0)]


@dataclass(frozen=True, kw_only=True)
class BeamSearch(Search):
    """The best outputs that a beam reaches; options as in `beam_search`."""

    method = "beam"
    beam_size: int = 5
    length_penalty: float = 1.0
    length_offset: float = 5.0
    coverage_penalty: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_beam(**self.own())

    def __call__(self, search_input: SearchInput, n_best: int = 1) -> list[list[Hypothesis]]:
        return beam_search(
            **self.rules(search_input),
            **self.own(),
            n_best=n_best,
            coverage=search_input.coverage,
            shared=search_input.shared,
        )


@dataclass(frozen=True, kw_only=True)
class Sampling(Search):
    """Outputs drawn at random; options as in `draws`. Several of one sequence come as drawn."""

    method = "sampling"
    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None
    typical_p: float | None = None
    repetition_penalty: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_sampling(1, **self.own())

    def __call__(self, search_input: SearchInput, n_best: int = 1) -> list[list[Hypothesis]]:
        """So many samples of each sequence, the same ones in any batch."""
        expect("n_best", n_best, n_best >= 1, "at least 1")
        size = len(search_input.first)
        numbered = search_input._replace(numbers=search_input.numbers or range(size))
        repeated = numbered.repeated(n_best)
        samples = [*range(n_best)] * size
        rules, own = self.rules(repeated), self.own()
        found = sample(**rules, rows=repeated.numbers, samples=samples, **own)
        return [found[start : start + n_best] for start in range(0, len(found), n_best)]


SEARCHES: dict[str, type[Search]] = {kind.method: kind for kind in (BeamSearch, Greedy, Sampling)}


def make_search(options: Mapping[str, Any]) -> Search:
    """Make a search from its options; without ``method`` it is a beam search.

    Raises:
        UsageError: There is no such method or option, or an option is out of its range.

    >>> make_search({"method": "sampling", "top_k": 3}).top_k
    3
    >>> make_search({"beam": 3})
    Traceback (most recent call last):
        ...
    seqtasks.errors.UsageError: beam: beam has no such option; Did you mean 'beam_size'? \
The options are max_length, max_length_ratio, min_length, no_repeat_ngram, beam_size, \
length_penalty, length_offset, coverage_penalty.
    """
    given = dict(options)
    method = given.pop("method", BeamSearch.method)
    kind = SEARCHES[check_choice("method", method, SEARCHES)]
    names = _names(kind)
    for name in given:
        if name not in names:
            raise UsageError(
                f"{method} has no such option;{nearest(name, names)} The options are "
                f"{', '.join(names)}.",
                option=name,
            )
    return kind(**given)


def change_search(search: Search, changes: Mapping[str, Any]) -> Search:
    """A search with some options changed; another method keeps the options that both have.

    Raises:
        UsageError: There is no such method or option, or it is out of its range.

    >>> change_search(BeamSearch(beam_size=3, max_length=9), {"method": "greedy"})
    Greedy(max_length=9, max_length_ratio=None, min_length=0, no_repeat_ngram=0)
    """
    method = changes.get("method", search.method)
    kept = _names(type(search)) if method == search.method else _names(Search)
    saved = {name: getattr(search, name) for name in kept}
    return make_search({**saved, **changes, "method": method})


def _names(kind: type[Search]) -> list[str]:
    return [field.name for field in dataclasses.fields(kind)]


def _check_kind(name: str, kind: str, value: Any) -> None:
    """Refuse a value that is no number of the kind that the option's annotation names."""
    wanted, _, optional = kind.partition(" | ")
    types, noun = (int, "a whole number") if wanted == "int" else ((int, float), "a number")
    fits = isinstance(value, types) and not isinstance(value, bool)
    none = value is None and bool(optional)
    expect(name, repr(value), fits or none, noun + ", or none" * bool(optional))
