"""The model card of a bundle: what a person reads first, and what the Hugging Face Hub reads."""

from __future__ import annotations

import math
import platform
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from seqtasks.cli.printable import printable
from seqtasks.cli.versions import version
from seqtasks.reporting.classes import class_rows
from seqtasks.reporting.console import heading, left_out, number
from seqtasks.reporting.rendering import render


def card(
    task_name: str,
    pipeline: str | None,
    config: Mapping[str, Any],
    results: Mapping[str, Any],
) -> str:
    """The card, Markdown with a front matter, of a bundle's ``config.yaml`` and ``metrics.json``.

    The task's name is the choice in the group ``task``; the pipeline is what the Hub calls such
    tasks, or None where the Hub has no name for them.
    """
    return render(
        "model_card.md",
        task_name=task_name,
        pipeline=pipeline,
        config=config,
        results=results,
        report=results.get("report", {}),
        finite={name: value for name, value in results["test"].items() if math.isfinite(value)},
        methods={"this model": results["test"], **results["baselines"]},
        data_name=printable(data_name(config["data"], results["tested_on"])),
        classes=class_rows(results.get("report", {})),
        heading=heading,
        number=number,
        left_out=left_out,
        version=version,
        python=platform.python_version(),
    )


def data_name(data: Mapping[str, Any], split: str) -> str:
    """A name for the data that a model is tested on: the name of their file.

    >>> data_name({"train": "x/train.txt", "test": ["x/test.de", "x/test.en"]}, "test")
    'test.de, test.en'
    >>> data_name({"train": "x/all.txt", "test": None}, "test")
    'all.txt'
    """
    source = data.get(split) or data["train"]
    paths = source if isinstance(source, list) else [source]
    names = [PurePath(path).name if isinstance(path, str) else "sample" for path in paths]
    return ", ".join(names)
