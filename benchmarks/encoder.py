"""Speed of every cell against torch.nn, a plain loop, and the matrix-multiply limit.

    python benchmarks/encoder.py --quick --json encoder.json

Each row times one cell at one shape, in turn with its rivals (A B C A B C …) in one process, and
quotes medians:

- ``train tok/s`` and ``infer tok/s``: real tokens a second, forward and back, and forward alone;
- ``step ms``: one step of one sequence, as in generation;
- ``of GEMM``: the speed of the matrix products of Elman, GRU and LSTM, as a share of a large one's;
- ``MB``: the peak memory of a training pass beyond what is held before, where the system tells it;
- ``× packed``, ``× padded``, ``× loop``: how many times faster a training pass is than ``torch.nn``
  on a packed and on a padded batch (an LSTM's, for a cell that ``torch.nn`` lacks), and than the
  same cell called once a step (on small shapes).
"""

from __future__ import annotations

import argparse
import ctypes
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.table import Table
from timing import GEMM_FLOPS, gemm, interleaved, machine
from torch import Tensor, nn

from seqtasks.cells import CELLS
from seqtasks.encoder import RecurrentEncoder

GATES = {"elman": 1, "gru": 3, "lstm": 4}
TORCH: dict[str, Callable[..., nn.RNNBase]] = {"elman": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
SHAPES = [
    (1, 64, 256),
    (16, 512, 256),
    (32, 64, 256),
    (64, 20, 256),
    (64, 128, 512),
    (32, 256, 256),  # the same number of tokens as the next
    (2, 4096, 256),
]
RIVALS = ("packed", "padded", "loop")
STEPS = 50
"""Single steps that are timed, one after the other."""

NATURAL_BATCHES = 6
QUICK = [(16, 512, 256), (64, 20, 256)]


def main() -> None:
    """Run the grid and print a table; write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", nargs="*", default=list(CELLS), metavar="CELL")
    parser.add_argument("--quick", action="store_true", help="two shapes, fewer repetitions")
    parser.add_argument("--layers", type=int, default=1)
    parser.add_argument(
        "--lengths", type=Path, metavar="FILE", help="a text whose lines give natural lengths"
    )
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    shapes, repeats = (QUICK, 3) if options.quick else (SHAPES, 7)
    natural = None
    if options.lengths:
        natural = [len(line.split()) for line in options.lengths.read_text("utf-8").splitlines()]
        shapes = [(64, max(natural), 256)]
    rows = []
    for shape in shapes:
        for cell in options.cells:
            rows.append(measure(cell, shape, repeats, options.layers, natural, options.device))
            show_row(rows[-1])
    show(rows)
    if options.json:
        report = {"machine": machine(options.device), "rows": rows}
        options.json.write_text(json.dumps(report, indent=2))


def measure(
    cell: str,
    shape: tuple[int, int, int],
    repeats: int,
    layers: int,
    natural: list[int] | None,
    device: str,
) -> dict[str, Any]:
    """Time one cell at one shape beside its rivals."""
    torch.manual_seed(0)
    batch, length, width = shape
    options = {"max_length": max(length, STEPS)} if cell == "unshared_elman" else {}
    batches = [
        (torch.randn(batch, int(lengths.max()), width, device=device, requires_grad=True), lengths)
        for lengths in draw(batch, length, natural, device)
    ]
    tokens = sum(int(lengths.sum()) for _, lengths in batches)
    places = sum(batch * inputs.size(1) for inputs, _ in batches)
    encoder = RecurrentEncoder(width, width, layers, cell=cell, cell_options=options).to(device)
    rnn = TORCH.get(cell, nn.LSTM)(width, width, layers, batch_first=True).to(device)
    token = batches[0][0][:1, :1]
    rivals: dict[str, Callable[[], None]] = {
        "train": lambda: train(encoder, batches, lambda x, n: encoder(x, n)[0]),
        "infer": lambda: forward(lambda: [encoder(x, n) for x, n in batches]),
        "step": lambda: forward(lambda: walk(encoder, token)),
        "gemm": gemm(device),
        "padded": lambda: train(rnn, batches, lambda x, n: rnn(x)[0]),
    }
    if cell in TORCH:
        rivals["packed"] = lambda: train(rnn, batches, lambda x, n: packed(rnn, x, n))
    if places <= 4096:
        rivals["loop"] = lambda: train(encoder, batches, lambda x, n: stepped(encoder, x))
    times = interleaved(rivals, repeats, device)
    limit = GEMM_FLOPS / times["gemm"]
    flops = 12 * width * width * GATES.get(cell, 0) * tokens * layers
    ratio = {name: times[name] / times["train"] for name in RIVALS if name in times}
    return {
        "cell": cell,
        "batch": batch,
        "length": length,
        "width": width,
        "layers": layers,
        "real_share": tokens / places,
        "step_milliseconds": 1e3 * times["step"] / STEPS,
        "train_tokens_per_second": tokens / times["train"],
        "infer_tokens_per_second": tokens / times["infer"],
        "gemm_gflops": limit / 1e9,
        "share_of_gemm": flops / times["train"] / limit if flops else None,
        "speedup_over": ratio,
        "peak_memory_mb": peak_memory(rivals["train"], device),
    }


def forward(run: Callable[[], Any]) -> None:
    """Run without gradients."""
    with torch.inference_mode():
        run()


def draw(batch: int, length: int, natural: list[int] | None, device: str) -> list[Tensor]:
    """The lengths of the batches: one full batch, or several of natural lengths."""
    if natural is None:
        return [torch.full((batch,), length, device=device)]
    drawn = torch.randperm(len(natural))[: NATURAL_BATCHES * batch].split(batch)
    return [torch.tensor([natural[row] for row in rows], device=device) for rows in drawn]


def train(
    module: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    run: Callable[[Tensor, Tensor], Tensor],
) -> None:
    """Gradients of the inputs and of every parameter, batch after batch."""
    for inputs, lengths in batches:
        inputs.grad = None
        module.zero_grad(set_to_none=True)
        run(inputs, lengths).sum().backward()


def walk(encoder: RecurrentEncoder, step: Tensor) -> None:
    """Single steps of one sequence, each from the state of the one before."""
    state = None
    for _ in range(STEPS):
        _, state = encoder(step, None, state)


def packed(rnn: nn.RNNBase, inputs: Tensor, lengths: Tensor) -> Tensor:
    """torch.nn on a packed batch."""
    sequence = nn.utils.rnn.pack_padded_sequence(inputs, lengths.cpu(), True, enforce_sorted=False)
    outputs, _ = rnn(sequence)
    return nn.utils.rnn.pad_packed_sequence(outputs, batch_first=True)[0]


def stepped(encoder: RecurrentEncoder, inputs: Tensor) -> Tensor:
    """The same encoder in a plain Python loop over time."""
    outputs, state = [], None
    for step in inputs.unbind(1):
        output, state = encoder(step.unsqueeze(1), None, state)
        outputs.append(output)
    return torch.cat(outputs, dim=1)


def peak_memory(run: Callable[[], None], device: str) -> float | None:
    """Megabytes that a run takes at its peak beyond what was held before; None if unknown."""
    if device != "cpu":
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
        held = torch.cuda.memory_allocated()
        run()
        return (torch.cuda.max_memory_allocated() - held) / 1e6
    try:  # Linux with glibc: give free memory back, and let the peak start afresh
        ctypes.CDLL("libc.so.6").malloc_trim(0)
        Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")
        held = resident("VmHWM")
        run()
        return (resident("VmHWM") - held) / 1e3
    except OSError:
        return None


def resident(name: str) -> int:
    """Kilobytes of this process's memory, by the name of a line in its status."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def show_row(row: dict[str, Any]) -> None:
    """One line while the grid runs."""
    print(f"{row['cell']:>16} {row['batch']:>4} × {row['length']:<5}", flush=True)


def show(rows: list[dict[str, Any]]) -> None:
    """The whole table."""
    table = Table(
        "cell", "batch × length × width", "train tok/s", "infer tok/s", "step ms", "of GEMM", "MB"
    )
    for name in RIVALS:
        table.add_column(f"× {name}", justify="right")
    for row in rows:
        share = row["share_of_gemm"]
        table.add_row(
            row["cell"],
            f"{row['batch']} × {row['length']} × {row['width']}",
            f"{row['train_tokens_per_second']:,.0f}",
            f"{row['infer_tokens_per_second']:,.0f}",
            f"{row['step_milliseconds']:.2f}",
            f"{share:.0%}" if share else "–",
            "–" if row["peak_memory_mb"] is None else f"{row['peak_memory_mb']:,.0f}",
            *(f"{row['speedup_over'][n]:.2f}" if n in row["speedup_over"] else "–" for n in RIVALS),
        )
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
