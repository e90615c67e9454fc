"""``python -m seqtasks.picture FOLDER``: a look into a trained model, as a picture or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from seqtasks.cli.arguments import BUNDLE, Parser, utf8
from seqtasks.cli.exit_on_error import exit_on_error
from seqtasks.cli.streams import prepare_streams

VIEWS = {
    "states": "what the units of a layer hold after each symbol of a text",
    "gradients": "how far back the gradient of a text's last loss reaches",
    "attention": "which symbols of a text each symbol of the output attends to",
    "training": "the gradient's norm in a training, before and after clipping",
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
        "picture",
        "BUNDLE --VIEW --output FILE [OPTIONS]",
        "Look into a trained model: a picture (.png, .svg) or its numbers (.json). Pictures need "
        "pip install 'seqtasks[plot]'.",
        [
            "python -m seqtasks.picture runs/generation/latest --states \\\n"
            "    --text 'the dog watches' --output states.png",
            "python -m seqtasks.picture runs/translation/latest --attention \\\n"
            "    --text 'the dogs see the cat .' --output attention.svg",
            "python -m seqtasks.picture runs/generation/latest --training \\\n"
            "    --output norms.png",
        ],
    )
    add = parser.add_argument_group("the model").add_argument
    add("folder", metavar="BUNDLE", help=f"{BUNDLE}; with --training the run")
    group = parser.add_argument_group("the view, one of these")
    views = group.add_mutually_exclusive_group(required=True)
    for name, text in VIEWS.items():
        views.add_argument(f"--{name}", action="store_true", help=text)
    add = parser.add_argument_group("what is read and written").add_argument
    add("--text", type=utf8, metavar="TEXT", help="what the model reads; not with --training")
    written = "the file to write: it ends in .png, .svg or .json"
    add("--output", type=Path, required=True, metavar="FILE", help=written)
    target = "what is right (default: the model's own answer)"
    add("--target", type=utf8, metavar="TEXT", help=f"--gradients, --attention: {target}")
    add = parser.add_argument_group("what is shown").add_argument
    add("--layer", type=int, metavar="N", help="--states: counted from 0 (default: the last)")
    state = "--states: h, the output (default), or the number of a state"
    add("--state", metavar="NAME", help=state)
    units = "--states: so many of the most selective units (default 12)"
    add("--units", type=int, metavar="N", help=units)
    one = "--states: this unit, counted from 0; may be given again"
    add("--unit", type=int, action="append", default=[], metavar="N", help=one)
    last = "--gradients: the loss of so many last steps (default 1)"
    add("--last", type=int, metavar="N", help=last)
    parser.add_general(device=False)
    return parser


if __name__ == "__main__":
    prepare_streams()
    main()
