"""The best outputs for raw texts with their scores, by one saved model or by several together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
import yaml

from seqtasks.data.batching.by_length import by_length
from seqtasks.data.fields import TokenField
from seqtasks.data.record import Value
from seqtasks.decoding import Hypothesis, Search, change_search, text_tokens, together
from seqtasks.decoding.prompts import named
from seqtasks.errors import UsageError

if TYPE_CHECKING:
    from seqtasks.bundle import Bundle


class Answer(NamedTuple):
    """One output of a model.

    Attributes:
        value: a text, or a list of labels.
        score: what the outputs are ranked by.
        log_prob: of the whole output, in nats.
        ended: False where the output was cut at its greatest length.
    """

    value: str | list[str]
    score: float
    log_prob: float
    ended: bool = True

    @classmethod
    def of(cls, value: str | list[str], found: Hypothesis) -> Answer:
        """A value with the scores of the hypothesis that it stands for."""
        return cls(value, found.score, found.log_prob, found.ended)

    def as_dict(self) -> dict[str, Any]:
        """As JSON takes it.

        >>> Answer(["DET", "NOUN"], -0.5, -0.5).as_dict()
        {'labels': ['DET', 'NOUN'], 'score': -0.5, 'log_prob': -0.5, 'ended': True}
        """
        kind = "text" if isinstance(self.value, str) else "labels"
        return {kind: self.value} | {n: v for n, v in self._asdict().items() if n != "value"}


def searches(bundle: Bundle) -> bool:
    """Whether a model searches for its outputs."""
    return isinstance(getattr(bundle.task, "search", None), Search)


def set_search(bundle: Bundle, options: Sequence[str]) -> None:
    """Change options of a model's search, each written as ``name=value``.

    Raises:
        UsageError: the model does not search, or an option is unknown or out of its range.
    """
    if not options:
        return
    if not searches(bundle):
        kind = type(bundle.task).__name__
        hint = "; use python -m seqtasks.generate" if hasattr(bundle.task, "sampling") else ""
        raise UsageError(f"--search: a {kind} does not search for its output{hint}")
    task: Any = bundle.task
    task.search = change_search(task.search, parsed(options))


def parsed(options: Sequence[str]) -> Mapping[str, Any]:
    """Options by name, their values read as YAML; ``none`` stands for none.

    Raises:
        UsageError: one is not written as ``name=value``.

    >>> parsed(["beam_size=1", "max_length=none"])
    {'beam_size': 1, 'max_length': None}
    """
    found = {}
    for option in options:
        name, equals, value = option.partition("=")
        if not equals:
            raise UsageError(f"--search {option}: an option is written name=value")
        try:
            found[name] = None if value == "none" else yaml.safe_load(value)
        except yaml.YAMLError as error:
            raise UsageError(f"--search {option}: {value!r} cannot be read") from error
    return found


def answers(
    bundles: Sequence[Bundle],
    texts: Sequence[str | Mapping[str, Value]],
    *,
    count: int = 1,
    batch_size: int = 32,
    first: int = 1,
    prefixes: Sequence[str] | None = None,
) -> list[list[Answer]]:
    """The best outputs for each raw text, in order.

    Args:
        bundles: one model, or several that choose every token together; each reads the texts with
            its own vocabularies, the first one says how to search.
        texts: raw texts, or inputs by name, as `Bundle.predict` takes them; an empty one has no
            output.
        count: outputs of each text, at most.
        batch_size: texts run together; it changes no output.
        first: the number of the first text, which names its random stream and its errors.
        prefixes: what the output of each text begins with.

    Raises:
        UsageError: a model gives no such outputs, or a prefix cannot be read.
    """
    lead: Any = bundles[0].task
    if len(bundles) > 1:
        check_members(bundles)
    if prefixes is not None and not searches(bundles[0]):
        raise UsageError(f"--prefix: a {type(lead).__name__} does not search for its output")
    if not hasattr(lead, "best"):
        raise UsageError(
            f"--n-best: a {type(lead).__name__} has one output for each text; leave it out"
        )
    forced = None if prefixes is None else [prefix_tokens(bundles[0], p) for p in prefixes]
    datasets = [bundle.read(texts, first) for bundle in bundles]
    found: list[list[Answer]] = [[] for _ in texts]
    with torch.inference_mode():
        for indices in by_length(datasets[0], batch_size):
            places = [datasets[0].records[index].line - first for index in indices]
            batches = [b.batch(d, indices) for b, d in zip(bundles, datasets, strict=True)]
            if forced is not None:
                batches[0]["prefix"] = [forced[place] for place in places]
            if len(bundles) == 1:
                some = lead.best(batches[0], count)
            else:
                tasks: list[Any] = [bundle.task for bundle in bundles]
                search_inputs = [
                    task.search_input(b) for task, b in zip(tasks, batches, strict=True)
                ]
                some = lead.answers(lead.search(together(search_inputs), count), batches[0])
            for place, answer in zip(places, some, strict=True):
                found[place] = answer
    return found


def check_members(bundles: Sequence[Bundle]) -> None:
    """Refuse models that cannot choose a token together.

    Raises:
        UsageError: one does not search, or has other target symbols than the first.
    """
    for number, bundle in enumerate(bundles, 1):
        if not searches(bundle):
            raise UsageError(
                f"--ensemble: model {number} is a {type(bundle.task).__name__}, which does not "
                "search for its output; ensembles are for models that do"
            )
        lead, here = (b.fields[str(b.task.target)].vocabulary for b in (bundles[0], bundle))
        if lead.symbols != here.symbols:
            pairs = zip(lead.symbols, here.symbols, strict=False)
            places = (place for place, (ours, theirs) in enumerate(pairs) if ours != theirs)
            place = next(places, min(len(lead), len(here)))
            ours, theirs = ((*v.symbols, None)[: place + 1][-1] for v in (lead, here))
            raise UsageError(
                f"--ensemble: model {number} has another target vocabulary than the first: symbol "
                f"{place} is {theirs!r} there and {ours!r} here; train both on the same targets "
                "with the same data.target options"
            )
        if bundles[0].config["fields"].get("copies") != bundle.config["fields"].get("copies"):
            raise UsageError(
                f"--ensemble: model {number} copies other words of the source than the first; "
                "train both with the same decoder and data.copies options"
            )


def prefix_tokens(bundle: Bundle, prefix: str) -> list[int]:
    """The target tokens of a prefix.

    Raises:
        UsageError: a symbol of it is unknown.
    """
    field = bundle.fields[str(bundle.task.target)]
    assert isinstance(field, TokenField)
    unknown: dict[str, None] = {}
    tokens = list(text_tokens(field, prefix, unknown))
    if unknown:
        raise UsageError(f"--prefix: the model's outputs have no {named(unknown)}; leave it out")
    return tokens[1:] if field.bos else tokens
