"""Files, options and command lines changed at random: each is used, or refused in words."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from random import Random

from chaos.case import Case

SHORT = 5
TRIES = 10
"""How many a process tries."""


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

    verb, words = verbs.command(random, MODELS)

    def attempt(folder: Path) -> str:
        wrong = outcome(lambda: verbs.run(verb, words, random, folder), folder)
        return wrong and f"{verb} {words!r:.300}: {wrong}"

    return verb, attempt


def of_arrays(random: Random) -> tuple[str, Callable[[Path], str]]:
    """An archive of arrays whose headers lie, or whose numbers are none."""
    from chaos.fuzzing import arrays, files
    from chaos.fuzzing.outcome import outcome

    use = files.of_reader("timeseries", {}, "a.npz", files.SERIES)

    def attempt(folder: Path) -> str:
        (folder / "a.npz").write_bytes(arrays.archive(random))
        return outcome(use, folder)

    return "npz", attempt


KINDS: Mapping[str, Callable[[Random], tuple[str, Callable[[Path], str]]]] = {
    "file": of_file,
    "arrays": of_arrays,
    "option": of_option,
    "verb": of_verb,
}
SHARES = ("file", "option", "file", "option", "verb", "file", "option", "arrays")


MODELS: dict[str, Path] = {}
"""Models of every task, once they are saved, for all verbs."""


KEPT: list[tempfile.TemporaryDirectory[str]] = []
"""Where they lie, until Python ends."""


def save_models(folder: Path) -> None:
    """Save the models below a folder."""
    from chaos.fuzzing import verbs

    MODELS.update(verbs.models(folder))


def tries(kind: str, seed: int, numbers: range, folder: Path) -> str:
    """Try some of a kind, which follow from the seed and their numbers alone."""
    wrong = []
    if kind == "verb" and not MODELS:
        save_models(folder / "models")
    for number in numbers:
        found, attempt = KINDS[kind](Random(f"{seed} {kind} {number}"))
        place = folder / str(number)
        place.mkdir()
        if said := attempt(place):
            wrong.append(f"{number} ({found}): {said}")
        else:
            shutil.rmtree(place, ignore_errors=True)
    return "; ".join(wrong)


def cases(seed: int, count: int) -> Iterator[Case]:
    """So many cases, of every kind in turn; each tries `TRIES` files, options or commands."""
    load()
    if count > 10 * len(SHARES):  # else the few that need models save their own
        KEPT.append(tempfile.TemporaryDirectory(prefix="chaos-models-"))
        save_models(Path(KEPT[-1].name))
    for number in range(count):
        kind = SHARES[number % len(SHARES)]
        numbers = range(number * TRIES, (number + 1) * TRIES)
        attempt = partial(tries, kind, seed, numbers)
        yield Case(f"{TRIES} of {kind}", f"{number:04}-{kind}", attempt)


def load() -> None:
    """Import what the cases need, and make what they share, for forked processes."""
    import torch
    from chaos.fuzzing import files, options

    torch.set_num_threads(1)
    files.all_good()
    for task in options.CHOICES:
        options.composed((f"task={task}", *options.SMALL))
