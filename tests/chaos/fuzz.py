"""Files, options and command lines changed at random: each is used, or refused in words."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from random import Random

from chaos.case import Case

SHORT = 60


def of_file(random: Random) -> tuple[str, Callable[[Path], str]]:
    """A damaged file, through its reader to a batch."""
    from chaos.fuzzing import files
    from chaos.fuzzing.outcome import outcome

    good = random.choice(files.all_good())

    def attempt(folder: Path) -> str:
        files.damaged(good, random, folder)
        return outcome(good.use, folder)

    return good.kind, attempt


def of_option(random: Random) -> tuple[str, Callable[[Path], str]]:
    """An option with another value, to the end of a small training."""
    from chaos.fuzzing import options
    from chaos.fuzzing.outcome import outcome

    name, told, train = options.changed(random)

    def attempt(folder: Path) -> str:
        wrong = outcome(train, folder)
        return wrong and f"{told}: {wrong}"

    return name.partition(".")[0], attempt


def of_verb(random: Random) -> tuple[str, Callable[[Path], str]]:
    """A verb with arguments that it may not take."""
    from chaos.fuzzing import verbs
    from chaos.fuzzing.outcome import outcome

    verb, words = verbs.command(random, saved_models())

    def attempt(folder: Path) -> str:
        wrong = outcome(lambda: verbs.run(verb, words, random, folder), folder)
        return wrong and f"{verb} {words!r:.300}: {wrong}"

    return verb, attempt


KINDS: Mapping[str, Callable[[Random], tuple[str, Callable[[Path], str]]]] = {
    "file": of_file,
    "option": of_option,
    "verb": of_verb,
}
SHARES = ("file", "file", "option", "option", "verb")


@cache
def saved_models() -> Mapping[str, Path]:
    """Models of every task, saved once for all cases."""
    from chaos.fuzzing import verbs

    folder = tempfile.TemporaryDirectory(prefix="chaos-models-")
    _KEPT.append(folder)
    return verbs.models(Path(folder.name))


_KEPT: list[tempfile.TemporaryDirectory[str]] = []
"""Folders that are removed when Python ends."""


def case(kind: str, seed: int, number: int) -> Case:
    """The case of a number, which follows from the seed and the number alone."""
    found, attempt = KINDS[kind](Random(f"{seed} {number}"))
    return Case(f"{kind} {found}", f"{kind}-{number:05}", attempt, limit=60.0)


def cases(seed: int, count: int) -> Iterator[Case]:
    """So many cases, of every kind in turn."""
    return (case(SHARES[number % len(SHARES)], seed, number) for number in range(count))
