"""What a run leaves in its folder: its configuration, its bundle, its scores."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from seqtasks import bundle
from seqtasks.bundle.json_text import json_text
from seqtasks.data.module import SequenceData
from seqtasks.errors import SeqtasksError
from seqtasks.reporting.model_card import card
from seqtasks.task import Task


def write_config(folder: Path, config: Mapping[str, Any]) -> None:
    """Write the whole configuration, resolved."""
    text = yaml.safe_dump(config, sort_keys=False, allow_unicode=True)
    _write(folder / "config.yaml", text)


def save_run(
    folder: Path,
    task: Task,
    data: SequenceData,
    config: Mapping[str, Any],
    results: dict[str, Any],
    task_name: str,
    command: str | None = None,
) -> None:
    """Write the bundle of a trained task and the run's scores, and let ``latest`` name the run.

    The configuration is whole and resolved, the results are what ``metrics.json`` holds, and the
    task's name is the choice in the group ``task``. The command is the one that began the run; None
    takes this process's command line.
    """
    kept = {
        "task": config["task"],
        "fields": {name: config["data"][name] for name in data.fields},
        "data": config["data"],
        "seed": config["seed"],
        "command": command or shlex.join(["python", "-m", "seqtasks", *sys.argv[1:]]),
    }
    text = card(task_name, task.pipeline, kept, results)
    bundle.save(folder / "bundle", task, kept, data.fields, results, text)
    _write(folder / "metrics.json", json_text(results))
    latest = folder.parent / "latest"
    try:
        if latest.is_symlink() or latest.is_file():
            latest.unlink()
        latest.symlink_to(folder.name, target_is_directory=True)
    except OSError:  # a file system without links
        if not latest.is_dir():
            _write(latest, folder.name)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise SeqtasksError(
            f"cannot write {path}: {error.strerror}; choose another folder: hydra.run.dir=PATH"
        ) from error
