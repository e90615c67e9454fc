"""``python -m seqtasks.export BUNDLE``: a trained model as a folder that needs no torch weights."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from seqtasks.cli.exit_on_error import exit_on_error
from seqtasks.errors import UsageError


def main(arguments: Sequence[str] | None = None) -> None:
    """Write a bundle's model as ONNX graphs, and say where they are and how large."""
    parser = argparse.ArgumentParser(
        prog="python -m seqtasks.export",
        description="Write a saved model as ONNX graphs, in a folder that predict and generate "
        "take as they take a bundle (docs/export.md).",
    )
    add = parser.add_argument
    add("bundle", help="the folder that training saved: runs/<task>/latest/bundle")
    add("--format", choices=["onnx"], required=True, help="of the graphs")
    add("--int8", action="store_true", help="keep large weights in eight bits")
    add("--output", type=Path, metavar="FOLDER", help="by default beside the bundle: <bundle>-onnx")
    trust = "a module of your own that holds the task's class; may be given again"
    add("--trust", action="append", default=[], metavar="MODULE", help=trust)
    options = parser.parse_args(arguments)
    with exit_on_error():
        print(export(options))


def export(options: argparse.Namespace) -> str:
    """Write the folder; what to say of it.

    Raises:
        UsageError: the model cannot be exported, or the folder is that of the bundle.
        BundleError: the bundle cannot be loaded.
    """
    from seqtasks.bundle import load
    from seqtasks.bundle.export import export_bundle
    from seqtasks.bundle.files import located

    source = located(options.bundle)
    kind = f"{options.format}-int8" if options.int8 else options.format
    folder = options.output or source.with_name(f"{source.name}-{kind}")
    if folder.resolve() == source.resolve():
        raise UsageError(f"--output {folder}: the bundle itself stands there; name another folder")
    bundle = load(source, trusted=options.trust)
    export_bundle(bundle, folder, int8=options.int8)
    before, after = size(source), size(folder)
    return f"Saved: {folder} ({after:,} bytes, {after / before:.0%} of {source.name})"


def size(folder: Path) -> int:
    """Bytes of the weights and graphs in a folder."""
    files = [*folder.glob("*.safetensors"), *folder.glob("*.onnx")]
    return sum(path.stat().st_size for path in files)


if __name__ == "__main__":
    main()
