"""What runs and sweeps leave in their folders, and by what it is known to be theirs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from seqtasks.files.holding import was_held
from seqtasks.files.plain_json import parsed
from seqtasks.files.replacing import clear_parts

MANIFEST = "manifest.json"
"""The file by which a bundle's other files are known."""

LOGS = ("seqtasks.log", "train_ddp_process_*.log")
"""What also a run leaves that fails before it writes anything; nobody else has such names."""


class Contents(NamedTuple):
    """Patterns of files in a folder.

    Attributes:
        what: whose folder it is.
        option: what names the folder.
        record: the file that is written first, and the lines in it that begin so.
        bundles: folders with a manifest.
        kept: besides those, what the run or sweep was done for.
        besides: what else is left there.
        renewed: what any run may write over.
        resumed: whether another one goes on with it by its folder alone.
    """

    what: str
    option: str
    record: tuple[str, tuple[str, ...]]
    bundles: tuple[str, ...]
    kept: tuple[str, ...]
    besides: tuple[str, ...]
    renewed: tuple[str, ...]
    resumed: bool = False


RUN = Contents(
    "run",
    "hydra.run.dir",
    ("config.yaml", ("seed:", "ckpt_path:", "overwrite:", "paths:", "task:")),
    ("bundle", "bundle-onnx*"),
    ("checkpoints/*.ckpt", "metrics.json"),
    (
        *("csv/metrics.csv", "csv/hparams.yaml", "tensorboard/events*", "tensorboard/hparams.yaml"),
        *("report.html", "*-profile*.txt", "*-profile*.json", "comparison.html", "test_sums.npz"),
        "config.yaml",
    ),
    (),
)
SWEEP = Contents(
    "sweep",
    "hydra.sweep.dir",
    ("multirun.yaml", ("hydra:", "seed:", "ckpt_path:", "overwrite:", "paths:", "task:")),
    (),
    ("plan.json", "jobs.jsonl", "summary.json"),
    ("summary.md", "comparison.html", "multirun.yaml"),
    ("latest",),
    resumed=True,
)

SEARCH = SWEEP._replace(
    what="search",
    record=("multirun.yaml", (*SWEEP.record[1], "tune:")),
    bundles=("bundle",),
    kept=("tune.journal*", "tune.csv", "summary.json", "report.html"),
)


def recorded(folder: Path, contents: Contents) -> bool:
    """Whether a folder holds the record of a run, or of a sweep; a run's bundle is one too."""
    name, begins = contents.record
    with suppress(OSError, ValueError):
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        if all(any(line.startswith(begin) for line in lines) for begin in begins):
            return True
    return contents is RUN and any(files_of_bundle(path) for path in bundles(folder, contents))


def held_by(folder: Path) -> Contents | None:
    """Whose a folder is; None if nobody has left there what a run or a sweep is done for."""
    for contents in (SEARCH, SWEEP, RUN):
        if recorded(folder, contents) and (
            any(map(files_of_bundle, bundles(folder, contents)))
            or any(found(folder, contents.kept))
        ):
            return contents
    return SWEEP if any(map(held_by, runs_of_a_sweep(folder))) else None


def strangers(folder: Path, contents: Contents) -> list[Path]:
    """What lies where a run or a sweep writes, though none of ours has left it there."""
    every = bundles(folder, contents)
    if was_held(folder) and recorded(folder, contents):
        return [path for path in every if path.name == "bundle" and not files_of_bundle(path)]
    return [*every, *found(folder, (*contents.kept, *contents.besides))]


def runs_of_a_sweep(folder: Path) -> list[Path]:
    """The numbered folders of runs in the folder of a sweep that has begun."""
    if not recorded(folder, SWEEP):
        return []
    return [path for path in folder.iterdir() if path.name.isdigit() and was_held(path)]


def clear(folder: Path) -> None:
    """Remove what a run or a sweep has left in a folder that it held, and nothing else.

    The record goes last: what a killed process has left of the rest is removed the next time.
    """
    clear_leftovers(folder)
    files = [*found(folder, LOGS)]
    for contents in (RUN, SWEEP, SEARCH):
        if recorded(folder, contents):
            for bundle in bundles(folder, contents):
                files += files_of_bundle(bundle)
            files += found(folder, (*contents.renewed, *contents.kept, *contents.besides))
    for path in files:
        path.unlink(missing_ok=True)
    for place in {path.parent for path in files} - {folder}:
        with suppress(OSError):  # it is not empty, or a link
            place.rmdir()


def clear_leftovers(folder: Path) -> None:
    """Remove what processes that were killed had begun to write into the folder of a run."""
    for place in (folder, folder / "checkpoints", folder / "csv"):
        clear_parts(place)


def found(folder: Path, patterns: tuple[str, ...]) -> Iterator[Path]:
    """The files and links that some patterns name, those of the last pattern last."""
    for pattern in patterns:
        for path in folder.glob(pattern):
            if path.is_symlink() or path.is_file():
                yield path


def bundles(folder: Path, contents: Contents) -> list[Path]:
    """The folders that are bundles by their names and hold something."""
    every = (path for pattern in contents.bundles for path in folder.glob(pattern))
    return [path for path in every if not path.is_dir() or any(path.iterdir())]


def files_of_bundle(folder: Path) -> list[Path]:
    """The files that a bundle's manifest names, and it last; none where there is no manifest."""
    try:
        manifest: Any = parsed((folder / MANIFEST).read_text(encoding="utf-8"))
        names = [name for name in [*manifest["sha256"]] if Path(name).name == name]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [*(folder / name for name in names), folder / MANIFEST] if "format" in manifest else []
