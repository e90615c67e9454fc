"""Laws on what is legal: sequences without steps, of one step, and of any number of steps."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from seqtasks.laws.broken import Broken, compare
from seqtasks.laws.case import Case
from seqtasks.laws.subject import STEPS, Subject, run_subject


def empty(subject: Subject, case: Case) -> None:
    """Sequences of no step and of one step are legal, and so is a batch of no sequence."""
    encoder = subject.encoder(case)
    ways = [(0, True)]
    if case.even:
        ways.append((0, False))
    if case.time == 0:
        ways.append((2, True))
    for padding, with_lengths in ways:
        inputs, lengths = subject.inputs(case, padding)
        when = f"with {padding} steps of padding" if padding else "without padding"
        when += "" if with_lengths else " and without lengths"
        one = run_subject(encoder, inputs, lengths if with_lengths else None)
        _sound("output", one.outputs, (*inputs.shape[:2], encoder.output_size), when, STEPS)
        for number, shape in enumerate(encoder.state_shapes):
            _sound(f"state {number}", one.state[number], (len(inputs), *shape), when, STEPS[:1])
        for name, gradient in one.gradients.items():
            compare(f"gradient of {name}", gradient, gradient, when)


def sharing(subject: Subject, case: Case) -> None:
    """The number of parameters does not depend on time."""
    encoder = subject.encoder(case)
    before = {name: tuple(p.shape) for name, p in encoder.named_parameters()}
    inputs, _ = subject.inputs(case)
    with torch.no_grad():
        encoder(inputs)
    after = {name: tuple(p.shape) for name, p in encoder.named_parameters()}
    if before != after:
        name = sorted(name for name, _ in before.items() ^ after.items())[0]
        counts = f"{len(before)} parameters become {len(after)}"
        steps = "1 step" if case.time == 1 else f"{case.time} steps"
        raise Broken(f"{counts} in a run over {steps}, first {name}", f"parameter {name}")


def _sound(
    tensor: str, values: Tensor, shape: tuple[int, ...], when: str, axes: Sequence[str]
) -> None:
    """Require a shape, and numbers that are neither infinite nor NaN."""
    if values.shape != shape:
        raise Broken(f"{tensor} has shape {tuple(values.shape)}, not {shape} {when}", tensor)
    compare(tensor, values, values, when, axes)
