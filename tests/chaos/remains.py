"""What a training leaves: whole or damaged, and the same as another's."""

from __future__ import annotations

import json
import os
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml


def checkpoint_step(path: Path) -> int:
    """The step of a checkpoint, which is read whole."""
    import torch

    return torch.load(path, weights_only=True)["global_step"]


def bundle_of(path: Path) -> Any:
    """The task of a bundle, which is read whole."""
    from seqtasks import bundle

    return bundle.load(path)


READERS = {
    "checkpoints/*.ckpt": checkpoint_step,
    "bundle": bundle_of,
    "metrics.json": lambda path: json.loads(path.read_text()),
    "summary.json": lambda path: json.loads(path.read_text()),
    "config.yaml": lambda path: yaml.safe_load(path.read_text())["seed"],
}
"""What lies in a run folder → what reads it."""


def damaged(folder: Path) -> str:
    """The first thing in the run folders of a folder that cannot be read, or ""."""
    for pattern, read in READERS.items():
        for path in sorted(folder.glob(f"run-*/{pattern}")):
            if wrong := failure(read, path):
                return f"{path} is damaged: {wrong}"
    latest = folder / "latest"
    if latest.is_symlink() and not latest.exists():
        return f"{latest} names no folder: {os.readlink(latest)}"
    return ""


def failure(call: Any, *arguments: Any) -> str:
    """The error of a call in a line, or ""."""
    try:
        call(*arguments)
    except Exception as error:
        return f"{type(error).__name__}: {error}".splitlines()[0]
    return ""


def results(run: Path) -> dict[str, Any]:
    """The ``metrics.json`` of a run, without what the clock and the machine say."""
    metrics = json.loads((run / "metrics.json").read_text())
    for name in ("seconds", "environment", "baselines_left_out", "peak_memory"):
        metrics.pop(name, None)
    for row in metrics["history"]:
        row.pop("seconds", None)
    return metrics


def differences(whole: Path, other: Path, *, but: str = "*tfevents*") -> str:
    """The first thing in which a finished run differs from one that nothing disturbed, or "".

    Args:
        whole: the folder of the undisturbed one.
        other: that of the other one.
        but: the names of files that the other one need not have.
    """
    if wrong := difference(results(whole), results(other), "metrics.json"):
        return wrong
    for path in whole.glob("bundle/*.safetensors"):
        if not same_weights(path, other / "bundle" / path.name):
            return f"{path.name} differs"
    names = {run: {str(path.relative_to(run)) for path in run.rglob("*")} for run in (whole, other)}
    missing = sorted(
        name for name in names[whole] - names[other] if not fnmatch(Path(name).name, but)
    )
    return f"{missing} not there" if missing else ""


def same_weights(here: Path, there: Path) -> bool:
    """Whether two files hold the same tensors, to the bit; what is said of them has no order."""
    from safetensors import safe_open

    with safe_open(here, "np") as one, safe_open(there, "np") as other:
        if one.metadata() != other.metadata() or {*one.keys()} != {*other.keys()}:
            return False
        pairs = [(one.get_tensor(name), other.get_tensor(name)) for name in one.keys()]  # noqa: SIM118
    return all(a.dtype == b.dtype and a.tobytes() == b.tobytes() for a, b in pairs)


def difference(here: Any, there: Any, name: str) -> str:
    """Where two values differ first, each of them, or ""."""
    if isinstance(here, dict) and isinstance(there, dict) and here.keys() == there.keys():
        pairs = [(f"{name}.{key}", here[key], there[key]) for key in here]
    elif isinstance(here, list) and isinstance(there, list) and len(here) == len(there):
        pairs = [(f"{name}[{n}]", *pair) for n, pair in enumerate(zip(here, there, strict=True))]
    else:
        return "" if here == there else f"{name} is {there} in place of {here}"
    return next((found for key, *pair in pairs if (found := difference(*pair, key))), "")


def last_line(text: str) -> str:
    """The last line that says something."""
    return next((line for line in reversed(text.splitlines()) if line.strip()), "")
