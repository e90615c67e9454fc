"""From a bundle to an exported folder."""

from __future__ import annotations

from pathlib import Path

import torch

from seqtasks.bundle.bundle import Bundle, describe, with_weights
from seqtasks.bundle.example_inputs import example, spread_axes
from seqtasks.bundle.replacement import renewed
from seqtasks.errors import UsageError
from seqtasks.graphs.folder import write_graphs

EXAMPLE_ROWS = (2, 4)
"""Examples that a model is traced with, and then compared on."""


def export_bundle(bundle: Bundle, folder: Path, *, int8: bool = False) -> None:
    """Write a model as ONNX graphs into a folder that `seqtasks.bundle.load` opens.

    Args:
        bundle: the model, on the CPU.
        folder: created if need be; an earlier export in it is replaced.
        int8: keep large weights in eight bits.

    Raises:
        UsageError: onnx or onnxruntime is not installed, or the model cannot be written down.
    """
    try:
        import onnx  # noqa: F401
        import onnxruntime  # noqa: F401
    except ImportError as error:
        raise UsageError(
            "an export needs the packages onnx and onnxruntime: pip install 'seqtasks[onnx]'"
        ) from error
    task = with_weights(bundle, "export").task
    with torch.no_grad():
        graphs, others = (
            [spread_axes(graph) for graph in task.graphs(example(bundle, rows))]
            for rows in EXAMPLE_ROWS
        )
    config = {**bundle.config, "export": {"format": "onnx", "int8": int8}}
    card = export_card(bundle.card, int8)
    with renewed(folder) as place:
        files = write_graphs(task, place, graphs, others, int8)
        describe(place, files, config, bundle.fields, bundle.metrics, card)


def export_card(text: str, int8: bool) -> str:
    """A model card with what the export has changed."""
    kept = ", the large weights in eight bits" if int8 else ""
    return (
        f"{text.rstrip()}\n\n## Export\n\nThe model stands here as ONNX graphs{kept}. The scores "
        "above are those of the model in torch, before the export.\n"
    )


def size(folder: Path) -> int:
    """Bytes of the weights and graphs in a folder."""
    files = [*folder.glob("*.safetensors"), *folder.glob("*.onnx")]
    return sum(path.stat().st_size for path in files)
