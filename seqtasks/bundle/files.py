"""The files of a bundle, by name and content."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from seqtasks.bundle.hub import fetched
from seqtasks.bundle.integrity import COPY, check_config
from seqtasks.data.fields import Field
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.errors import BundleError, first_line

WEIGHTS, MANIFEST = "model.safetensors", "manifest.json"
CONFIG, METRICS, CARD = "config.yaml", "metrics.json", "README.md"

FORMAT = 3
"""The format of a bundle's folder; `read_manifest` refuses all others."""


def find_bundle(folder: str | Path) -> Path:
    """The folder of a bundle, from itself, its run, or a path through ``latest``.

    What ``latest`` names now is kept to, whichever run ends while the bundle is read.
    """
    folder = fetched(str(folder))
    for parent in (folder, *folder.parents):
        if parent.name == "latest" and (parent.is_file() or parent.is_symlink()):
            named = os.readlink(parent) if parent.is_symlink() else read_text(parent).strip()
            folder = parent.parent / named / folder.relative_to(parent)
            break
    if not (folder / MANIFEST).is_file() and (folder / "bundle").is_dir():
        folder = folder / "bundle"
    return folder


def check_files(folder: Path, sums: Mapping[str, str], needed: Sequence[str]) -> None:
    """Refuse a bundle whose files are not those of its manifest, or that lacks a needed one."""
    for name in needed:
        if name not in sums:
            raise BundleError(f"{folder / MANIFEST} does not list {name}; {COPY}")
    for name, expected in sums.items():
        path = folder / name
        if Path(name).name != name:
            raise BundleError(f"{folder / MANIFEST}: '{name}' is not a file of the bundle; {COPY}")
        if not path.is_file():
            raise BundleError(f"{folder}: {name} is missing; {COPY}")
        if checksum(path) != expected:
            raise BundleError(f"{path} is damaged or was changed; {COPY}")


def vocabulary_file(field: Field) -> str:
    """What the file of a field's vocabulary is called."""
    kind = "vocabulary" if field.vocabulary.tokenizer is None else "tokenizer"
    return f"{field.name}.{kind}.json"


def read_metrics(folder: Path) -> dict[str, Any]:
    """What ``metrics.json`` holds."""
    try:
        return dict(json.loads(read_text(folder / METRICS)))
    except (ValueError, TypeError) as error:
        raise BundleError(f"{folder / METRICS} is damaged: {first_line(error)}; {COPY}") from error


def read_vocabulary(
    folder: Path, name: str, listed: Collection[str], kind: type[Vocabulary]
) -> Vocabulary:
    """The vocabulary of a field, of a kind."""
    for file in (f"{name}.tokenizer.json", f"{name}.vocabulary.json"):
        if file in listed and name.isidentifier():
            try:
                return kind.from_json(read_text(folder / file))
            except BundleError as error:
                raise BundleError(f"{folder / file}: {error}") from error
    raise BundleError(f"{folder}: it has no vocabulary for the field '{name}'; {COPY}")


def read_manifest(folder: Path) -> dict[str, str]:
    """The checksum of every file, by name."""
    if not folder.is_dir():
        raise BundleError(f"{folder}: there is no such folder; training prints the bundle's path")
    path = folder / MANIFEST
    if not path.is_file():
        raise BundleError(
            f"{folder} is not a bundle: it has no {MANIFEST}; training prints where it is"
        )
    try:
        manifest = json.loads(read_text(path))
        if (found := manifest["format"]) != FORMAT:
            older = isinstance(found, int) and found < FORMAT
            raise BundleError(
                f"{folder} was saved by {'an older' if older else 'another'} seqtasks (format "
                f"{found!r}, not {FORMAT}); train it again with this version, or use the version "
                "that saved it"
            )
        return {str(name): str(value) for name, value in manifest["sha256"].items()}
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise BundleError(f"{path} is damaged: {error}; {COPY}") from error


def read_config(folder: Path) -> dict[str, Any]:
    """What ``config.yaml`` holds."""
    path = folder / CONFIG
    try:
        config = yaml.safe_load(read_text(path))
    except yaml.YAMLError as error:
        raise BundleError(f"{path} is not YAML: {str(error).splitlines()[0]}; {COPY}") from error
    check_config(path, config)
    match config:
        case {"task": dict(), "fields": dict()}:
            return dict(config)
    raise BundleError(f"{path} has no 'task' and 'fields'; {COPY}")


def read_text(path: Path) -> str:
    """What a file of a bundle holds."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BundleError(f"{path} is missing; {COPY}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BundleError(f"{path} cannot be read: {error}; {COPY}") from error


def checksum(path: Path) -> str:
    """The SHA-256 of a file, hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
