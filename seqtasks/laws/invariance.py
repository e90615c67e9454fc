"""Laws on what changes nothing: padding, batch-mates, their order."""

from __future__ import annotations

from dataclasses import replace

import torch

from seqtasks.kernels.lengths import mask, zero_padding
from seqtasks.laws.broken import compare
from seqtasks.laws.case import Case
from seqtasks.laws.subject import STEPS, Pass, Subject, run_subject

PADDING = 3


def padding(subject: Subject, case: Case) -> None:
    """More padding, with anything in it, changes no output, state or gradient.

    A batch without padding is first given without lengths, as a sequence alone would be.
    """
    encoder = subject.encoder(case)
    inputs, lengths = subject.inputs(case)
    longer, _ = subject.inputs(case, PADDING)
    longer = torch.where(mask(lengths, longer.size(1)).unsqueeze(-1), longer, 100.0)
    states = [None, subject.state(encoder, case)]
    for state in states[:1] if case.time == 1 else states:  # one step from a state is stepping
        start = "" if state is None else " and a state to start from"
        when = f"with {PADDING} more steps of padding{start}"
        bare = run_subject(encoder, inputs, None if case.even else lengths, state)
        padded = run_subject(encoder, longer, lengths, state)
        for one in (bare, padded):
            silent = zero_padding(one.outputs, lengths)
            compare("output", one.outputs, silent, "past a length", STEPS)
        gradient = padded.gradients["inputs"]
        gradients = {**padded.gradients, "inputs": gradient[:, : case.time]}
        begun = replace(padded, outputs=padded.outputs[:, : case.time], gradients=gradients)
        begun.must_equal(bare, when)
        silent = zero_padding(gradient, lengths)
        compare("gradient of inputs", gradient, silent, "in the padding", STEPS)


def batch(subject: Subject, case: Case) -> None:
    """Other batch-mates and another order change no output, state or gradient."""
    encoder = subject.encoder(case)
    inputs, lengths = subject.inputs(case)
    count = len(case.lengths)
    together = run_subject(encoder, inputs, lengths)
    rows = [slice(number, number + 1) for number in range(count)]
    alone = [
        run_subject(
            encoder, inputs[row], None if case.lengths[row.start] == case.time else lengths[row]
        )
        for row in rows
    ]
    _join(alone).must_equal(together, "in a batch of its own")
    order = torch.arange(count).roll(1)
    state = subject.state(encoder, case)
    straight = run_subject(encoder, inputs, lengths, state)
    rolled = run_subject(
        encoder, inputs[order], lengths[order], tuple(tensor[order] for tensor in state)
    )
    gradients = {**straight.gradients, "inputs": straight.gradients["inputs"][order]}
    expected = Pass(
        straight.outputs[order], tuple(tensor[order] for tensor in straight.state), gradients
    )
    rolled.must_equal(expected, "in another order")


def _join(passes: list[Pass]) -> Pass:
    """Sequences that ran alone, as if together: gradients of parameters add up."""
    gradients = {
        name: torch.cat(parts) if name == "inputs" else torch.stack(parts).sum(dim=0)
        for name in passes[0].gradients
        for parts in [[one.gradients[name] for one in passes]]
    }
    state = tuple(torch.cat(parts) for parts in zip(*(p.state for p in passes), strict=True))
    return Pass(torch.cat([one.outputs for one in passes]), state, gradients)
