"""``python -m seqtasks.picture FOLDER``: a look into a trained model, as a picture or as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from seqtasks.cli.exit_on_error import exit_on_error
from seqtasks.errors import SeqtasksError, UsageError

ENDINGS = (".png", ".svg", ".json")
VIEWS = ("states", "gradients", "attention", "training")
OWN = {
    "layer": ("states",),
    "state": ("states",),
    "units": ("states",),
    "unit": ("states",),
    "target": ("gradients", "attention"),
    "last": ("gradients",),
}
"""The options that belong to some views alone, and to which."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Write one view of a model to a file, and say where it is."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    view = next(name for name in VIEWS if getattr(options, name))
    for name, owners in OWN.items():
        if view not in owners and getattr(options, name) not in (None, []):
            parser.error(f"--{name} goes with --{' or --'.join(owners)}")
    if (view == "training") != (options.text is None):
        parser.error("--states, --gradients and --attention need --text, --training takes none")
    with exit_on_error():
        ending = check(options.output)
        pictures = (states, gradients, attention, training)
        picture = pictures[VIEWS.index(view)]
        print(f"Saved: {options.output} ({picture(options, ending == '.json')})")


def make_parser() -> argparse.ArgumentParser:
    """The options of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m seqtasks.picture",
        description="Look into a trained model: a picture (.png, .svg) or its numbers (.json).",
    )
    add = parser.add_argument
    add("folder", help="a bundle, runs/<task>/latest/bundle; with --training its run, …/latest")
    views = parser.add_mutually_exclusive_group(required=True)
    for name, text in (
        ("states", "what the units of a layer hold after each symbol of a text"),
        ("gradients", "how far back over a text the gradient of its last loss reaches"),
        ("attention", "which symbols of a text each symbol of its translation attends to"),
        ("training", "the gradient's norm over a training run, before and after clipping"),
    ):
        views.add_argument(f"--{name}", action="store_true", help=text)
    add("--text", help="what the model is to read")
    add("--output", required=True, metavar="FILE", help="ends in .png, .svg or .json")
    add("--layer", type=int, metavar="N", help="states: counted from 0; the last by default")
    add("--state", metavar="NAME", help="states: h, the output (default), or a state's number")
    add("--units", type=int, metavar="N", help="states: how many, the most selective (default 12)")
    add(
        "--unit",
        type=int,
        action="append",
        default=[],
        metavar="N",
        help="states: this one, counted from 0; may be given again",
    )
    add("--target", help="gradients, attention: what is right; by default the model's own answer")
    add("--last", type=int, metavar="N", help="gradients: loss of so many last steps (default 1)")
    add(
        "--trust",
        action="append",
        default=[],
        metavar="MODULE",
        help="a module of your own that holds the task's class; may be given again",
    )
    return parser


def check(output: str) -> str:
    """The ending of a file that can be written, before any work is done for it.

    Raises:
        UsageError: it has another ending.
        SeqtasksError: its folder does not exist, or matplotlib is missing.
    """
    path = Path(output)
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise UsageError(f"--output {output}: the name ends in one of {', '.join(ENDINGS)}")
    if not path.parent.is_dir():
        raise SeqtasksError(f"--output {output}: there is no folder {path.parent}; make it first")
    if ending != ".json":
        from seqtasks.inspection.canvas import import_matplotlib

        import_matplotlib()
    return ending


def states(options: argparse.Namespace, plain: bool) -> str:
    """Write the states of a layer; says what they are."""
    from seqtasks.bundle import load
    from seqtasks.bundle.bundle import with_weights
    from seqtasks.inspection.states import OUTPUT, hidden_states

    if options.units is not None and options.unit:
        raise UsageError("--units takes the most selective, --unit those you name: give one")
    bundle = with_weights(load(options.folder, trusted=options.trust), "--states")
    found = hidden_states(bundle, text(options), options.layer, options.state or OUTPUT)
    chosen = found.chosen(options.units, options.unit)
    if plain:
        write(options.output, found.to_json(chosen))
    else:
        from seqtasks.inspection.heat_map import draw_states

        draw_states(found, chosen, Path(options.output))
    return f"{len(chosen)} of {len(found.ranking)} units over {len(found.symbols)} symbols"


def gradients(options: argparse.Namespace, plain: bool) -> str:
    """Write the gradients through time; says what they are."""
    from seqtasks.bundle import load
    from seqtasks.bundle.bundle import with_weights
    from seqtasks.inspection.reach import trace_gradients

    bundle = with_weights(load(options.folder, trusted=options.trust), "--gradients")
    found = trace_gradients(bundle, text(options), options.target, options.last)
    if plain:
        write(options.output, found.to_json())
    else:
        from seqtasks.inspection.curves import draw_reach

        draw_reach(found, Path(options.output))
    return f"{found.of} through {len(found.inputs)} layers and {len(found.symbols)} steps"


def attention(options: argparse.Namespace, plain: bool) -> str:
    """Write what a decoder attends to; says what it is."""
    from seqtasks.bundle import load
    from seqtasks.inspection.alignment import align

    bundle = load(options.folder, trusted=options.trust)
    found = align(bundle, text(options), options.target)
    if plain:
        write(options.output, found.to_json())
    else:
        from seqtasks.inspection.alignment_map import draw_alignment

        draw_alignment(found, Path(options.output))
    return f"{len(found.target)} symbols over {len(found.source)}"


def training(options: argparse.Namespace, plain: bool) -> str:
    """Write the norms of a training run; says what they are."""
    from seqtasks.inspection.norms import read_norms

    found = read_norms(Path(options.folder))
    if plain:
        write(options.output, found.to_json())
    else:
        from seqtasks.inspection.curves import draw_norms

        draw_norms(found, Path(options.output))
    return f"clipped at {found.clipped:.0%} of {len(found.steps)} logged steps"


def text(options: argparse.Namespace) -> str:
    """The text, if it is one.

    Raises:
        UsageError: it is not UTF-8.
    """
    given: str = options.text
    try:
        given.encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"--text is not valid utf-8 at character {error.start}") from error
    return given


def write(output: str, content: object) -> None:
    """Write JSON.

    Raises:
        SeqtasksError: the place cannot be written.
    """
    try:
        line = json.dumps(content, ensure_ascii=False, allow_nan=False)
        Path(output).write_text(line + "\n", encoding="utf-8")
    except OSError as error:
        raise SeqtasksError(f"cannot write {output}: {error.strerror}") from error


if __name__ == "__main__":
    main()
