"""``python -m seqtasks.picture FOLDER``: a look into a trained model, as a picture or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from seqtasks.cli.arguments import Parser, utf8
from seqtasks.cli.exit_on_error import exit_on_error
from seqtasks.cli.streams import prepare_streams

VIEWS = {
    "states": "what the units of a layer hold after each symbol of a text",
    "gradients": "how far back over a text the gradient of its last loss reaches",
    "attention": "which symbols of a text each symbol of its translation attends to",
    "training": "the gradient's norm over a training run, before and after clipping",
}

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
    name = next(view for view in VIEWS if getattr(options, view))
    given = {one: value for one in OWN if (value := getattr(options, one)) not in (None, [])}
    for one in given:
        if name not in OWN[one]:
            parser.error(f"--{one} goes with --{' or --'.join(OWN[one])}")
    if (name == "training") != (options.text is None):
        parser.error("--states, --gradients and --attention need --text, --training takes none")
    with exit_on_error(spell=parser.spell):
        from seqtasks.bundle import load
        from seqtasks.inspection import views

        views.check_output(options.output)
        if name == "training":
            view = views.view_training(Path(options.folder))
        else:
            bundle = load(options.folder, trusted=options.trust)
            view = getattr(views, f"view_{name}")(bundle, options.text, **given)
        views.save_view(view, options.output)
        print(f"Saved: {options.output} ({view.summary})")


def make_parser() -> Parser:
    """The options of the command line."""
    parser = Parser(
        "picture", "Look into a trained model: a picture (.png, .svg) or its numbers (.json)."
    )
    add = parser.add_argument
    folder = "a bundle, runs/<task>/latest/bundle; with --training its run, …/latest"
    add("folder", help=folder)
    views = parser.add_mutually_exclusive_group(required=True)
    for name, text in VIEWS.items():
        views.add_argument(f"--{name}", action="store_true", help=text)
    add("--text", type=utf8, help="what the model is to read")
    add("--output", type=Path, required=True, metavar="FILE", help="ends in .png, .svg or .json")
    add("--layer", type=int, metavar="N", help="states: counted from 0; the last by default")
    add("--state", metavar="NAME", help="states: h, the output (default), or a state's number")
    add("--units", type=int, metavar="N", help="states: how many, the most selective (default 12)")
    one = "states: this one, counted from 0; may be given again"
    add("--unit", type=int, action="append", default=[], metavar="N", help=one)
    target = "gradients, attention: what is right; by default the model's own answer"
    add("--target", type=utf8, help=target)
    add("--last", type=int, metavar="N", help="gradients: loss of so many last steps (default 1)")
    parser.add_trust()
    return parser


if __name__ == "__main__":
    prepare_streams()
    main()
