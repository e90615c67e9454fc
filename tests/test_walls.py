"""The walls of the house: who may import whom, read from the source of every module."""

from __future__ import annotations

import ast
import itertools
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

import seqtasks

PACKAGE = Path(seqtasks.__file__).parent
ROOT = PACKAGE.parent

VERBS = (
    "compare",
    "doctor",
    "evaluate",
    "export",
    "generate",
    "picture",
    "predict",
    "prepare",
    "report",
    "serve",
)

ONLY = {
    # What is imported: the only modules and folders that may.
    ("hydra", "omegaconf"): (
        "__main__",
        "run",
        "api",
        "cli",
        "sweep",
        "folders.callback",  # makes the run folder before Hydra does
        "presets",  # what the files decide is composed once more
    ),
    ("pytorch_lightning",): (
        "task",
        "lightning",
        "run",
        "api",
        "training",
        "optim",
        "transfer",
        "data.module",  # a LightningDataModule, which the trainer asks for its loaders
        "data.batching.loader",  # the sampler of a run on many processes takes Lightning's place
    ),
    ("fastapi", "pydantic", "starlette", "uvicorn"): ("serve", "serving"),
    ("onnx", "onnxruntime"): ("graphs", "bundle.export"),
    ("optuna",): ("sweep.tuning",),
    ("seqtasks.serving",): ("serve", "serving"),
    ("seqtasks.run",): ("__main__", "api"),
    ("seqtasks.tasks",): (),  # a task stands alone, and the library knows none
    tuple(f"seqtasks.{verb}" for verb in VERBS): (),
}

NOTHING_ELSE = {
    # A folder: all that its files may import beside the standard library and each other.
    "cells": ("torch", "seqtasks.kernels", "seqtasks.errors"),
    "kernels": ("torch", "seqtasks.errors"),
}

NEVER_BY_ANY_WAY = {
    # Folders: what they do not import, not even by way of others.
    (
        "cells",
        "decoding",
        "embedding",
        "encoder",
        "graphs",
        "heads",
        "kernels",
        "laws",
        "metrics",
        "optim",
        "schemes",
    ): ("hydra", "omegaconf", "pytorch_lightning"),
}

ROOT_MODULES = 19


class Import(NamedTuple):
    """One name that one module imports."""

    importer: str
    imported: str
    place: str

    def __str__(self) -> str:
        return f"{self.place}: {self.importer} imports {self.imported}"


def module_name(path: Path) -> str:
    """The dotted name of a file; a folder's own file keeps its ``__init__``."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts if parts[0] == "seqtasks" else ("seqtasks", *parts))


FILES = {
    module_name(path): path
    for name in ("seqtasks", "tasks")
    for path in (ROOT / name).rglob("*.py")
}


def resolved(name: str) -> str:
    """The module of ours that an imported name lies in; the name itself if it is not ours."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        for module in (".".join(parts[:end]), ".".join([*parts[:end], "__init__"])):
            if module in FILES:
                return module
    return name


def imports() -> Iterator[Import]:
    """Every import of every module, those for type checkers and inside functions included."""
    for importer, path in FILES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert not node.level, f"{path}:{node.lineno}: a relative import"
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            else:
                continue
            place = f"{path.relative_to(ROOT)}:{node.lineno}"
            yield from (Import(importer, resolved(name), place) for name in names)


IMPORTS = sorted(set(imports()))


def within(module: str, places: Iterable[str]) -> bool:
    """Whether a module is one of some modules, or lies in one of some folders."""
    return any(module == place or module.startswith(f"{place}.") for place in places)


def fail_with(broken: Iterable[Import], rule: str) -> None:
    """Fail if any import breaks the rule, and name every one that does."""
    if lines := [str(entry) for entry in broken]:
        pytest.fail("\n".join([rule, *lines]), pytrace=False)


def fail_with_circle(part: Callable[[str], str | None], rule: str) -> None:
    """Fail if the parts of the house that modules belong to import each other in a circle."""
    between = defaultdict(list)
    for entry in IMPORTS:
        ends = part(entry.importer), part(entry.imported)
        if None not in ends and ends[0] != ends[1]:
            between[ends].append(entry)
    sorter = TopologicalSorter()
    for importer, imported in between:
        sorter.add(importer, imported)
    steps: list[tuple[str, str]] = []
    try:
        sorter.prepare()
    except CycleError as error:
        steps = list(itertools.pairwise(error.args[1][::-1]))  # each part imports the next
    fail_with((entry for step in steps for entry in between[step][:3]), rule)


def test_no_module_imports_itself_by_way_of_others():
    fail_with_circle(lambda name: name if name in FILES else None, "a circle of modules")


def test_no_circle_among_the_files_and_folders_of_a_folder():
    folders = {name.rpartition(".")[0] for name in FILES}
    assert {"seqtasks", "seqtasks.data", "seqtasks.data.readers", "seqtasks.tasks"} <= folders
    for folder in sorted(folders):
        depth = folder.count(".") + 1

        def part(name: str, folder: str = folder, depth: int = depth) -> str | None:
            return name.split(".")[depth] if name in FILES and within(name, [folder]) else None

        fail_with_circle(part, f"a circle in {folder}")


def test_what_only_some_may_import():
    for guarded, places in ONLY.items():
        allowed = [f"seqtasks.{place}" for place in places]
        missing = [place for place in allowed if not any(within(name, [place]) for name in FILES)]
        assert not missing, f"the table names {missing}"
        fail_with(
            (
                entry
                for entry in IMPORTS
                if within(entry.imported, guarded) and not within(entry.importer, allowed)
            ),
            f"who may import {', '.join(guarded)}: {', '.join(places) or 'nobody'}",
        )


def test_what_some_import_by_no_way():
    by_importer = defaultdict(list)
    for entry in IMPORTS:
        by_importer[entry.importer].append(entry)
    for folders, forbidden in NEVER_BY_ANY_WAY.items():
        for folder in folders:
            waiting = [name for name in FILES if within(name, [f"seqtasks.{folder}"])]
            assert waiting, f"the table names {folder}"
            reached = set(waiting)
            while waiting:
                entries = by_importer[waiting.pop()]
                fail_with(
                    (entry for entry in entries if within(entry.imported, forbidden)),
                    f"{folder} imports {', '.join(forbidden)} by no way",
                )
                new = {entry.imported for entry in entries} - reached
                reached |= new
                waiting += new


def test_what_some_may_import_alone():
    for folder, others in NOTHING_ELSE.items():
        inside = [entry for entry in IMPORTS if within(entry.importer, [f"seqtasks.{folder}"])]
        assert inside, f"no module of {folder} imports anything"
        allowed = [*sys.stdlib_module_names, *others, f"seqtasks.{folder}"]
        fail_with(
            (entry for entry in inside if not within(entry.imported, allowed)),
            f"{folder} may import {', '.join(others)} alone",
        )


def test_the_root_has_room_for_the_spine_and_the_verbs_alone():
    spine = {path.stem for path in PACKAGE.glob("*.py")}
    assert {*VERBS, "__init__", "__main__", "run", "task", "errors", "api"} <= spine
    assert len(spine) <= ROOT_MODULES
