"""``python -m seqtasks.export BUNDLE``: a trained model as a folder that needs no torch weights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from seqtasks.cli.arguments import BUNDLE, Parser
from seqtasks.cli.exit_on_error import exit_on_error
from seqtasks.cli.streams import prepare_streams
from seqtasks.errors import UsageError
from seqtasks.files.space import told_space


def main(arguments: Sequence[str] | None = None) -> None:
    """Write a bundle's model as ONNX graphs, and say where they are and how large."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    with exit_on_error(spell=parser.spell):
        from seqtasks.bundle import load
        from seqtasks.bundle.export import export_bundle, size
        from seqtasks.bundle.files import find_bundle

        source = find_bundle(options.bundle)
        kind = f"{options.format}-int8" if options.int8 else options.format
        folder = options.output or source.with_name(f"{source.name}-{kind}")
        if folder.resolve() == source.resolve():
            raise UsageError(
                f"the bundle itself stands in {folder}; name another folder", option="output"
            )
        with told_space(folder.parent):
            export_bundle(load(source, trusted=options.trust), folder, int8=options.int8)
        before, after = size(source), size(folder)
        print(f"Saved: {folder} ({after:,} bytes, {after / before:.0%} of {source.name})")


def make_parser() -> Parser:
    """The options of the command line."""
    parser = Parser(
        "export",
        "BUNDLE --format onnx [OPTIONS]",
        "Write a trained model as ONNX graphs, in a folder that predict, generate and evaluate "
        "take as they take a bundle. It needs pip install 'seqtasks[onnx]'.",
        [
            "python -m seqtasks.export runs/tagging/latest --format onnx",
            "python -m seqtasks.export runs/tagging/latest --format onnx --int8",
        ],
    )
    add = parser.add_argument_group("what is written").add_argument
    add("bundle", metavar="BUNDLE", help=BUNDLE)
    add("--format", choices=["onnx"], required=True, help="of the graphs")
    add("--int8", action="store_true", help="keep large weights in eight bits")
    place = "the folder to write (default: BUNDLE-onnx)"
    add("--output", type=Path, metavar="FOLDER", help=place)
    parser.add_general(device=False)
    return parser


if __name__ == "__main__":
    prepare_streams()
    main()
