"""A GPU at work: how much of a training step is cuDNN's own, and the speed beside rivals.

    python benchmarks/gpu.py --json gpu.json

A window of 64 streams and 100 steps through two GRU layers of 480 units, forward and back, and the
same with natural lengths: the seconds of a step, the share that cuDNN's kernels are busy as torch's
profiler counts them, and torch's own layers on the same batch, padded and packed. On a machine
without a GPU the same runs on the CPU; its figures then say nothing of a GPU.
"""

from __future__ import annotations

import argparse

import torch
from figures import OURS, Figures, add_options
from timing import interleaved
from torch import Tensor, nn
from torch.profiler import ProfilerActivity, profile

from seqtasks.encoder import RecurrentEncoder
from seqtasks.kernels.lengths import keep_on_host

KERNELS = ("cudnn", "rnn", "gemm", "gru", "lstm")
"""In the names of the kernels that count as the recurrence's own."""


def main() -> None:
    """Print a line for each kind of batch."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_options(parser, repeats=15)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--cells", nargs="+", default=["gru", "lstm"])
    parser.add_argument("--shape", type=int, nargs=4, default=[64, 100, 480, 2], metavar="N")
    options = parser.parse_args()
    figures = Figures(options, options.device)
    figures.tell_machine()
    for cell in options.cells:
        measure(figures, cell, *options.shape)
    figures.write()


def measure(figures: Figures, cell: str, batch: int, time: int, size: int, layers: int) -> None:
    """Full and natural lengths, ours beside torch's."""
    device = figures.device
    torch.manual_seed(0)
    encoder = RecurrentEncoder(size, size, layers, cell=cell).to(device)
    kind = nn.GRU if cell == "gru" else nn.LSTM
    theirs = kind(size, size, layers, batch_first=True).to(device)
    inputs = torch.randn(batch, time, size, device=device, requires_grad=True)
    drawn = torch.randint(1, time + 1, (batch,))
    drawn[0] = time
    for name, host in (("full", torch.full((batch,), time)), ("natural lengths", drawn)):
        lengths = host.to(device)
        if device != "cpu":
            keep_on_host(lengths, host)
        runs = {
            OURS: lambda lengths=lengths: back(encoder, encoder(inputs, lengths)[0]),
            "torch, padded": lambda: back(theirs, theirs(inputs)[0]),
            "torch, packed": lambda host=host: back(theirs, packed(theirs, inputs, host)),
        }
        seconds = interleaved(runs, figures.repeats, device)
        tokens = int(host.sum())
        title = f"{cell}, {batch} × {time} × {size}, {name}"
        figures.add(f"{title}, tokens a second", {n: tokens / s for n, s in seconds.items()})
        figures.note(f"{title}, milliseconds", 1e3 * seconds[OURS])
        if device != "cpu":
            busy = kernels(runs[OURS])
            figures.note(f"{title}, share of the recurrence's kernels", busy / seconds[OURS])


def back(module: nn.Module, outputs: Tensor) -> None:
    """Gradients of all weights."""
    module.zero_grad()
    outputs.sum().backward()


def packed(rnn: nn.RNNBase, inputs: Tensor, lengths: Tensor) -> Tensor:
    """Torch's layers on a packed batch."""
    given = nn.utils.rnn.pack_padded_sequence(inputs, lengths, True, enforce_sorted=False)
    return nn.utils.rnn.pad_packed_sequence(rnn(given)[0], batch_first=True)[0]


def kernels(run) -> float:
    """Seconds that the recurrence's kernels are busy in a run."""
    with profile(activities=[ProfilerActivity.CUDA, ProfilerActivity.CPU]) as found:
        run()
        torch.cuda.synchronize()
    own = [e for e in found.key_averages() if any(name in e.key.lower() for name in KERNELS)]
    return sum(event.self_device_time_total for event in own) / 1e6


if __name__ == "__main__":
    main()
