"""Graphs run by onnxruntime."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from seqtasks.errors import BundleError, SeqtasksError, UsageError
from seqtasks.graphs.graph import Named


class Session:
    """One graph, ready to run on the CPU.

    Args:
        path: where the graph stands, for errors.
        content: what it holds.

    Raises:
        UsageError: onnxruntime is not installed.
        BundleError: the file is not a graph that onnxruntime can run.
    """

    def __init__(self, path: Path, content: bytes) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise UsageError(
                f"{path.parent} is an exported model, which the package onnxruntime runs: "
                "pip install 'seqtasks[onnx]'"
            ) from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        options.log_severity_level = 3
        # Threads that wait leave the processor to others, torch's own among them.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self.session: Any = onnxruntime.InferenceSession(
                content, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime has its own kinds
            raise BundleError(
                f"{path} cannot be run: {line(error)}; export the model again"
            ) from error
        self.how = onnxruntime.RunOptions()
        self.how.only_execute_path_to_fetches = True
        self.name = path.name
        self.inputs = [item.name for item in self.session.get_inputs()]
        self.outputs = [item.name for item in self.session.get_outputs()]

    def __call__(self, inputs: Mapping[str, Tensor], wanted: Sequence[str] | None = None) -> Named:
        """Run the graph, as a `Run` does.

        Raises:
            SeqtasksError: an input is missing, or onnxruntime refuses an input.
        """
        missing = [name for name in self.inputs if name not in inputs]
        if missing:
            raise SeqtasksError(
                f"{self.name} reads '{missing[0]}', which is not given; export the model again"
            )
        given = {name: inputs[name].detach().contiguous().numpy() for name in self.inputs}
        names = self.outputs if wanted is None else list(wanted)
        try:
            found: Sequence[Any] = self.session.run(names, given, self.how)
        except Exception as error:  # onnxruntime has its own kinds
            raise SeqtasksError(
                f"{self.name} cannot be run on this: {line(error)}; use the bundle that it was "
                "exported from"
            ) from error
        return {
            name: torch.from_numpy(np.asarray(value))
            for name, value in zip(names, found, strict=True)
        }


def line(error: BaseException) -> str:
    """The last line of an error, which says what is wrong."""
    lines = [part.strip() for part in str(error).splitlines() if part.strip()]
    return lines[-1] if lines else type(error).__name__
