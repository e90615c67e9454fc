"""A graph that is opened and run once on a small input, in a process of its own.

What a graph makes of constants shows when it is opened or run; no look at its nodes tells how large
that will be. The process imports numpy and onnxruntime alone, and takes a tenth of a second.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from seqtasks.trial import child

SPEED = 20e6
"""Bytes of a graph that a slow processor opens in a second."""

SIZES = {"batch": 2}
"""Axis → the length that it has in the small input; all others have `OTHERS`."""

OTHERS = 3


def try_graphs(folder: Path, contents: Sequence[bytes]) -> None:
    """Open and run graphs in another process.

    Args:
        folder: of the graphs, for an error.
        contents: what they hold.

    Raises:
        BundleError: that takes too much memory or time, or ends the process.
    """
    sizes = [len(content) for content in contents]
    child.run(
        {f"{__name__}:open_given": [sizes]},
        f"{folder}: a graph",
        given=b"".join(contents),
        seconds=child.SECONDS + sum(sizes) / SPEED,
    )


def open_given(sizes: Sequence[int]) -> None:
    """Try the graphs on the standard input, in the process that `try_graphs` begins.

    A graph that cannot be run at all is told by the process that opens it in earnest.
    """
    import numpy as np
    import onnxruntime

    contents = [sys.stdin.buffer.read(size) for size in sizes]
    child.limit(child.MEMORY + 6 * sum(sizes), child.SECONDS + sum(sizes) / SPEED)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4

    def run(content: bytes) -> None:
        session: Any = onnxruntime.InferenceSession(
            content, options, providers=["CPUExecutionProvider"]
        )
        session.run(None, {one.name: small(np, one) for one in session.get_inputs()})

    for content in contents:
        tell(run, content)
    os._exit(0)


def tell(run: Callable[[bytes], None], content: bytes) -> None:
    """Run a graph, and raise of its errors those alone that speak of memory."""
    try:
        run(content)
    except MemoryError:
        raise
    except Exception as error:  # onnxruntime has its own kinds
        if "alloc" in str(error).lower():
            raise MemoryError(str(error).splitlines()[0][:200]) from error


def small(np: Any, declared: Any) -> Any:
    """An input of a few steps: lengths of 1, and zeros."""
    shape = [n if isinstance(n, int) else SIZES.get(n, OTHERS) for n in declared.shape]
    kinds = {"tensor(int64)": np.int64, "tensor(int32)": np.int32, "tensor(bool)": np.bool_}
    kinds |= {"tensor(double)": np.float64}
    fill = np.ones if "lengths" in declared.name else np.zeros
    return fill(shape, kinds.get(declared.type, np.float32))
