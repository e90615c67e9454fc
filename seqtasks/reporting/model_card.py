"""The model card of a bundle: what a person reads first, and what the Hugging Face Hub reads."""

from __future__ import annotations

import math
import platform
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

import yaml

from seqtasks.cli.versions import version
from seqtasks.reporting.console import heading, number

SOURCES = ("train", "val", "test")


def card(
    task_name: str,
    pipeline: str | None,
    config: Mapping[str, Any],
    results: Mapping[str, Any],
    command: str,
) -> str:
    """The card, Markdown with a front matter.

    Args:
        task_name: the choice in the group ``task``.
        pipeline: what the Hub calls such tasks, or None where it has no name for them.
        config: what the bundle's ``config.yaml`` holds.
        results: what its ``metrics.json`` holds.
        command: that trained the model.
    """
    report: Mapping[str, Any] = results.get("report", {})
    rows = [
        f"| {label} | {heading(name, report)} | {number(name, value)} |"
        for label, scores in {"this model": results["test"], **results["baselines"]}.items()
        for name, value in scores.items()
    ]
    sources = [f"- {split}: `{config['data'][split]}`" for split in SOURCES]
    front = yaml.safe_dump(front_matter(task_name, pipeline, config, results), sort_keys=False)
    return f"""---
{front}---

# {task_name}

A recurrent model of [seqtasks](https://pypi.org/project/seqtasks/) with {results["parameters"]:,}
parameters, trained by

    {command}

in {results["seconds"]:.0f} s: {results["epochs"]} epochs, {results["steps"]:,} steps, seed
{config["seed"]}, seqtasks {version("seqtasks")}, torch {version("torch")}, Python
{platform.python_version()}.

## Use

    python -m seqtasks.predict PATH_OF_THIS_FOLDER < lines > results

```python
import seqtasks

model = seqtasks.load("PATH_OF_THIS_FOLDER")
print(model.predict(["..."]))
```

## Data

{chr(10).join(sources)}

The model knows what these texts hold and no more: other kinds of text, other spellings and other
labels than theirs are out of its reach. `python -m seqtasks.evaluate PATH_OF_THIS_FOLDER
data.test=FILE` tells how it does on yours.

## Scores

On the {results["tested_on"]} split:

| method | score | value |
|---|---|---|
{chr(10).join(rows)}
"""


def front_matter(
    task_name: str, pipeline: str | None, config: Mapping[str, Any], results: Mapping[str, Any]
) -> dict[str, Any]:
    """The card's metadata, as the Hub's model cards have them, scores included."""
    kind, report = pipeline or task_name, results.get("report", {})
    found = [
        {"type": name, "name": heading(name, report), "value": round(value, 6)}
        for name, value in results["test"].items()
        if math.isfinite(value)
    ]
    return {
        "library_name": "seqtasks",
        **({"pipeline_tag": pipeline} if pipeline else {}),
        "tags": ["seqtasks", "rnn", task_name],
        "model-index": [
            {
                "name": task_name,
                "results": [
                    {
                        "task": {"type": kind},
                        "dataset": {
                            "name": data_name(config["data"], results["tested_on"]),
                            "type": "custom",
                            "split": results["tested_on"],
                        },
                        "metrics": found,
                    }
                ],
            }
        ],
    }


def data_name(data: Mapping[str, Any], split: str) -> str:
    """A name for the data that a model is tested on: that of its file.

    >>> data_name({"train": "x/train.txt", "test": ["x/test.de", "x/test.en"]}, "test")
    'test.de, test.en'
    >>> data_name({"train": "x/all.txt", "test": None}, "test")
    'all.txt'
    """
    source = data.get(split) or data["train"]
    paths = source if isinstance(source, list) else [source]
    names = [PurePath(path).name if isinstance(path, str) else "sample" for path in paths]
    return ", ".join(names)
