"""Laws on time: a sequence in pieces, step by step, by its equations, and never backwards."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence

import torch
from torch import Tensor

from seqtasks.cells import Recurrence, State
from seqtasks.encoder import RecurrentEncoder
from seqtasks.laws.broken import EXACT, ROUGH, compare
from seqtasks.laws.case import Case
from seqtasks.laws.subject import STEPS, Subject, feed, run_subject


def causality(subject: Subject, case: Case) -> None:
    """No output depends on a later input, by its value and by its gradient."""
    encoder = subject.encoder(case)
    inputs, _ = subject.inputs(case)
    with torch.no_grad():
        outputs, _ = encoder(inputs)
        for step in range(case.time - 1):
            other = inputs.clone()
            other[:, step + 1 :] += 1.0
            changed, _ = encoder(other)
            when = f"when the inputs after step {step} change"
            compare("output", changed[:, : step + 1], outputs[:, : step + 1], when, STEPS)
    step = (case.time - 1) // 2
    leaf = inputs.requires_grad_()
    output = encoder(leaf)[0][:, step].sum()
    if output.requires_grad:
        [gradient] = torch.autograd.grad(output, leaf, materialize_grads=True)
        later = gradient.clone()
        later[:, : step + 1] = 0.0
        name = f"gradient of inputs from output {step}"
        compare(name, later, torch.zeros_like(later), "at a later step", STEPS)


def chunking(subject: Subject, case: Case) -> None:
    """A sequence in pieces with the state carried equals the whole, gradients included.

    A padded batch ends with a piece of no steps.
    """
    half = case.time // 2
    cuts = [0, half, half + 2, case.time] if case.time > 5 else [0, half, case.time]
    if not case.even:
        cuts.append(case.time)
    when = f"in pieces cut at {' and '.join(map(str, cuts[1:-1]))}"
    _pieces_equal_the_whole(subject, case, cuts, when)


def stepping(subject: Subject, case: Case) -> None:
    """One step at a time equals the parallel pass, in float64 and, roughly, in float32."""
    cuts = list(range(case.time + 1))
    _pieces_equal_the_whole(subject, case, cuts, "one step at a time")
    _pieces_equal_the_whole(subject, case, cuts, "one step at a time in float32", torch.float32)


def has_step(cell: object) -> bool:
    """Whether a cell writes down its step."""
    return isinstance(cell, Recurrence) and type(cell).step is not Recurrence.step


def truth(subject: Subject, case: Case) -> None:
    """However a cell runs, its values, states and gradients are those of its step."""
    encoder, plain = subject.encoder(case), subject.encoder(case)
    for cell in plain.modules():
        if has_step(cell):
            for name in ("forward", "advance"):
                setattr(cell, name, functools.partial(getattr(Recurrence, name), cell))
    inputs, lengths = subject.inputs(case)
    given = None if case.even else lengths
    for state in (None, subject.state(encoder, case)):
        ours, theirs = (run_subject(model, inputs, given, state) for model in (encoder, plain))
        ours.must_equal(theirs, "unlike its step" + ("" if state is None else ", from a state"))


def _pieces_equal_the_whole(
    subject: Subject,
    case: Case,
    cuts: Sequence[int],
    when: str,
    dtype: torch.dtype = torch.float64,
) -> None:
    encoder = subject.encoder(case, dtype)
    inputs, lengths = subject.inputs(case, dtype=dtype)
    given = None if case.even else lengths
    exact = dtype == torch.float64
    with torch.set_grad_enabled(exact):
        whole = run_subject(encoder, inputs, given)
        pieces = feed(encoder, inputs, lambda leaf: _in_pieces(encoder, leaf, given, cuts))
    pieces.must_equal(whole, when, EXACT if exact else ROUGH)


def _in_pieces(
    encoder: RecurrentEncoder, inputs: Tensor, lengths: Tensor | None, cuts: Sequence[int]
) -> tuple[Tensor, State]:
    outputs: list[Tensor] = []
    state: State | None = None
    for start, end in itertools.pairwise(cuts):
        left = None if lengths is None else (lengths - start).clamp(0, end - start)
        output, state = encoder(inputs[:, start:end], left, state)
        outputs.append(output)
    assert state is not None
    return torch.cat(outputs, dim=1), state
