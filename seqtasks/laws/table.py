"""The laws in one table, and the search for the smallest case that breaks each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from seqtasks.laws import invariance, legality, steps
from seqtasks.laws.broken import Broken, crash
from seqtasks.laws.case import TOPOLOGIES, Case, Topology
from seqtasks.laws.subject import Subject

MANY = (7, 4, 1, 0, 7, 2)


@dataclass(frozen=True)
class Law:
    """One law of a recurrence.

    Attributes:
        name: one word.
        claim: what holds, to follow ``name:``.
        cause: what usually breaks it.
        check: raises ``Broken`` if a cell breaks the law on a case.
        lengths: of the batches, from small to large; a plain encoder gets all of them, any other
            the last two.
        forward_only: an encoder that reads from both ends is not bound by the law.
        of_steps: a cell that writes no step is not bound by the law.
        needs: earlier laws without which this one says nothing new.
    """

    name: str
    claim: str
    cause: str
    check: Callable[[Subject, Case], None]
    lengths: tuple[tuple[int, ...], ...]
    forward_only: bool = False
    of_steps: bool = False
    needs: frozenset[str] = frozenset()

    def cases(self, topologies: Iterable[Topology]) -> Iterator[Case]:
        """Every case of the law, the simplest encoder first, in each the smallest batch first."""
        for topology in topologies:
            if not (self.forward_only and topology.bidirectional):
                for lengths in self.lengths if topology.plain else self.lengths[-2:]:
                    yield Case(lengths, topology)

    def needed(self, case: Case) -> set[str]:
        """The laws without which this one says nothing new about a case."""
        features = {
            "batch": len(case.lengths) > 1,
            "padding": not case.even,
            "empty": not case.even or 0 in case.lengths,  # a short one is empty in late pieces
        }
        return {*self.needs, *(name for name, there in features.items() if there)} - {self.name}

    def broken_by(self, subject: Subject, case: Case) -> Broken | None:
        """What is wrong with a cell on one case; None if nothing is."""
        try:
            self.check(subject, case)
        except Exception as error:
            broken = error if isinstance(error, Broken) else crash(error)
            broken.case = case
            return broken
        return None


@dataclass(frozen=True)
class Finding:
    """What examining one law comes to.

    Attributes:
        law: the law.
        cases: number of cases examined.
        broken: the smallest case that breaks it, or None.
        needs: broken laws because of which cases were left out.
    """

    law: Law
    cases: int
    broken: Broken | None
    needs: set[str]


LAWS = (
    Law(
        "sharing",
        "the number of parameters does not depend on time",
        "parameters are made in forward; make all of them in __init__",
        legality.sharing,
        ((1,), (50,)),
    ),
    Law(
        "empty",
        "sequences of no step and of one step are legal",
        "a division by a length, an index lengths - 1 below zero, or a loop that never runs",
        legality.empty,
        ((1,), (0,), (1, 0), (3, 0, 1), (), (0, 0)),
    ),
    Law(
        "truth",
        "however the cell runs, it gives what its step gives",
        "a faster way of running computes something else, or its backward pass does",
        steps.truth,
        ((1,), (3,), (2, 1), (7, 7), MANY),
        of_steps=True,
    ),
    Law(
        "batch",
        "other batch-mates or another order change no output, state or gradient",
        "a mean, norm or maximum runs over the batch axis, or sorted rows are not put back",
        invariance.batch,
        ((1, 1), (2, 1), (3, 0, 1), MANY),
    ),
    Law(
        "padding",
        "more padding changes no output, state or gradient",
        "the state is read at the last column instead of at each length, or outputs past a "
        "length are not set to zero",
        invariance.padding,
        ((1,), (2,), (0,), (2, 1), (3, 0, 1), (4,), MANY),
    ),
    Law(
        "causality",
        "no output depends on a later input",
        "a shift, a convolution or a mean over time takes in steps to come",
        steps.causality,
        ((2,), (3, 3), (7, 7)),
        forward_only=True,
    ),
    Law(
        "chunking",
        "a sequence fed in pieces with the state carried equals the sequence fed whole",
        "the given state is not used, or the returned state lacks a part that has to be carried",
        steps.chunking,
        ((4,), (4, 2), (7, 7), MANY),
        forward_only=True,
        needs=frozenset({"causality", "truth"}),
    ),
    Law(
        "stepping",
        "one step at a time equals the parallel pass",
        "a path of its own for one step, or a parallel scan that loses digits",
        steps.stepping,
        ((2,), (2, 1), (3, 3), MANY),
        forward_only=True,
        needs=frozenset({"causality", "chunking", "truth"}),
    ),
)
"""In the order of examination: a law comes after those it needs."""


def examine(subject: Subject, topologies: Iterable[Topology] = TOPOLOGIES) -> Iterator[Finding]:
    """Examine every law that binds a cell which keeps the contract, one finding a law.

    A law that follows from another is not examined where that other is broken, so that a finding
    names the cause and not its consequences.

    Args:
        subject: the cell, as ``settle`` returns it.
        topologies: shapes of encoders, from simple to complex.
    """
    topologies = list(topologies)
    lost: set[str] = set()
    stepped = any(map(steps.has_step, subject.encoder(Case((1,))).modules()))
    for law in LAWS:
        if law.of_steps and not stepped:
            continue
        count, broken, needs = 0, None, set[str]()
        for case in law.cases(topologies):
            if missing := law.needed(case) & lost:
                needs |= missing
                continue
            count += 1
            if broken := law.broken_by(subject, case):
                break
        if broken or not count:
            lost.add(law.name)
        yield Finding(law, count, broken, needs)
