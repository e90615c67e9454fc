"""The four looks into a model, each as a picture or as numbers."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from seqtasks.bundle import Bundle, with_weights
from seqtasks.errors import SeqtasksError, UsageError
from seqtasks.files.replacing import write_text
from seqtasks.inspection.alignment import align
from seqtasks.inspection.alignment_map import draw_alignment
from seqtasks.inspection.canvas import FORMATS, import_matplotlib
from seqtasks.inspection.curves import draw_norms, draw_reach
from seqtasks.inspection.heat_map import draw_states
from seqtasks.inspection.norms import read_norms
from seqtasks.inspection.reach import trace_gradients
from seqtasks.inspection.states import OUTPUT, hidden_states

ENDINGS = (*FORMATS, ".json")


class View(NamedTuple):
    """One look into a model: a few words, the numbers for JSON, and what draws the picture."""

    summary: str
    content: dict[str, Any]
    draw: Callable[[Path], None]


def view_states(
    bundle: Bundle,
    text: str,
    layer: int | None = None,
    state: str | None = None,
    units: int | None = None,
    unit: Sequence[int] = (),
) -> View:
    """What the units of a layer hold after each symbol of a text.

    The model, text, layer and state are those of `hidden_states`; ``units`` and ``unit`` those of
    `HiddenStates.chosen`, of which one may be given.
    """
    if units is not None and unit:
        raise UsageError("units takes the most selective, unit those you name: give one")
    found = hidden_states(with_weights(bundle, "states"), text, layer, state or OUTPUT)
    chosen = found.chosen(units, unit)
    return View(
        f"{len(chosen)} of {len(found.ranking)} units over {len(found.symbols)} symbols",
        found.to_json(chosen),
        lambda path: draw_states(found, chosen, path),
    )


def view_gradients(
    bundle: Bundle, text: str, target: str | None = None, last: int | None = None
) -> View:
    """How far back over a text the gradient of its last loss reaches; as `trace_gradients`."""
    found = trace_gradients(with_weights(bundle, "gradients"), text, target, last)
    return View(
        f"{found.of} through {len(found.inputs)} layers and {len(found.symbols)} steps",
        found.to_json(),
        lambda path: draw_reach(found, path),
    )


def view_attention(bundle: Bundle, text: str, target: str | None = None) -> View:
    """Which symbols of a text each symbol of its translation attends to; as `align`."""
    found = align(bundle, text, target)
    return View(
        f"{len(found.target)} symbols over {len(found.source)}",
        found.to_json(),
        lambda path: draw_alignment(found, path),
    )


def view_training(run: Path) -> View:
    """The gradient's norm over a training run, before and after clipping; as `read_norms`."""
    found = read_norms(run)
    return View(
        f"clipped at {found.clipped:.0%} of {len(found.steps)} logged steps",
        found.to_json(),
        lambda path: draw_norms(found, path),
    )


def check_output(path: Path) -> None:
    """Refuse a file that no view can be written to, before any work is done for it."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise UsageError(f"{path}: the name ends in one of {', '.join(ENDINGS)}", option="output")
    if not path.parent.is_dir():
        raise SeqtasksError(
            f"{path}: there is no folder {path.parent}; make it first", option="output"
        )
    if ending != ".json":
        import_matplotlib()


def save_view(view: View, path: Path) -> None:
    """Write a view, as a picture or as JSON by the ending of the file's name."""
    if path.suffix.lower() != ".json":
        view.draw(path)
        return
    line = json.dumps(view.content, ensure_ascii=False, allow_nan=False)
    try:
        write_text(path, line + "\n", parents=False)
    except OSError as error:
        raise SeqtasksError(f"cannot write {path}: {error.strerror}") from error
