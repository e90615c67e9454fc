"""Files and options changed at random: each is used, or refused in words that help."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random

from chaos.case import Case
from chaos.fuzzing import files, options
from chaos.fuzzing.outcome import outcome


def of_file(random: Random, name: str) -> Case:
    """A damaged file, to a batch."""
    good = random.choice(files.all_good())

    def attempt(folder: Path) -> str:
        files.damaged(good, random, folder)
        return outcome(good.use, folder)

    return Case(f"files: {good.kind}", name, attempt)


def of_option(random: Random, name: str) -> Case:
    """An option with another value, to the end of a small training."""
    option, told, train = options.changed(random)
    attempt = lambda folder: outcome(train, folder)  # noqa: E731
    return Case(f"options: {option.partition('.')[0]}", f"{name} {told}", attempt)


KINDS: Mapping[str, Callable[[Random, str], Case]] = {"file": of_file, "option": of_option}


def case(seed: int, number: int, kind: str | None = None) -> Case:
    """One case, which follows from the seed and its number alone."""
    random = Random(f"{seed} {number}")
    chosen = random.choice([*KINDS]) if kind is None else kind
    return KINDS[chosen](random, f"{chosen} {seed}-{number}")


def cases(seed: int, count: int) -> Iterator[Case]:
    """So many cases, of every kind."""
    return (case(seed, number) for number in range(count))
