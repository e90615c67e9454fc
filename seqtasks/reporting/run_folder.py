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
from seqtasks.files.replacing import write_text
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
    """Write the bundle of a trained task and the run's scores.

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


def _write(path: Path, text: str) -> None:
    try:
        write_text(path, text)
    except OSError as error:
        raise SeqtasksError(
            f"cannot write {path}: {error.strerror}; choose another folder: hydra.run.dir=PATH"
        ) from error
