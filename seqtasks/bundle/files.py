"""The files of a bundle: named by its manifest, plain, of modest size, and read once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seqtasks.bundle.hub import fetched
from seqtasks.bundle.integrity import check_config
from seqtasks.data.fields import Field
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.errors import BundleError, first_line
from seqtasks.files import plain_json, plain_yaml
from seqtasks.files.plain_file import COPY, plain_file, read_plain

WEIGHTS, MANIFEST = "model.safetensors", "manifest.json"
CONFIG, METRICS, CARD = "config.yaml", "metrics.json", "README.md"

FORMAT = 3
"""The format of a bundle's folder; `Files.of` refuses all others."""

_MB = 1 << 20

MOST_FILES = 1_000
"""Files that a manifest names at most."""

SIZES = {MANIFEST: _MB, CONFIG: 16 * _MB, CARD: 16 * _MB, METRICS: 64 * _MB}
"""File → the bytes that it has at most."""

VOCABULARY, GRAPH = 128 * _MB, 2048 * _MB
"""The bytes of other files: of a vocabulary, and of a graph, which is one message of protobuf."""

HELD = 512 * _MB
"""The bytes of all files together that are neither graphs nor weights."""


@dataclass(frozen=True)
class Files:
    """The files of a bundle, whose contents are those of its manifest.

    What is small is held as it was when its checksum was computed, and is never read again.

    Attributes:
        folder: where they are.
        sums: the checksum of each, by name.
        contents: of all but the weights, by name.
    """

    folder: Path
    sums: Mapping[str, str]
    contents: dict[str, bytes]

    @classmethod
    def of(cls, folder: Path) -> Files:
        """Read the files in the folder of a bundle.

        Raises:
            BundleError: it is no bundle, or a file is missing, damaged, too large, or none of it.
        """
        sums = read_manifest(folder)
        contents: dict[str, bytes] = {}
        held = 0
        for name, expected in sums.items():
            if Path(name).name != name or "\\" in name:
                raise BundleError(
                    f"{folder / MANIFEST}: '{name}' is not a file of the bundle; {COPY}"
                )
            if (most := most_bytes(name)) is None:
                found = checksum(folder / name)
            else:
                most = most if most == GRAPH else min(most, HELD - held)
                contents[name] = read_plain(folder / name, most)
                held += len(contents[name]) * (most != GRAPH)
                found = hashlib.sha256(contents[name]).hexdigest()
            if found != expected:
                raise BundleError(f"{folder / name} is damaged or was changed; {COPY}")
        return cls(folder, sums, contents)

    def require(self, *names: str) -> None:
        """Refuse a bundle whose manifest does not list all of some files."""
        for name in names:
            if name not in self.sums:
                raise BundleError(f"{self.folder / MANIFEST} does not list {name}; {COPY}")

    def text(self, name: str) -> str:
        """What a file holds as text."""
        try:
            return self.contents[name].decode()
        except UnicodeDecodeError as error:
            raise BundleError(f"{self.folder / name} is no UTF-8: {error}; {COPY}") from error

    def take(self, name: str) -> bytes:
        """What a file holds, which is then no longer held here."""
        return self.contents.pop(name)

    def metrics(self) -> dict[str, Any]:
        """What ``metrics.json`` holds."""
        try:
            found = plain_json.parsed(self.text(METRICS))
            if not isinstance(found, dict):
                raise ValueError("an object is expected")
        except ValueError as error:
            raise BundleError(
                f"{self.folder / METRICS} is damaged: {first_line(error)}; {COPY}"
            ) from error
        return found

    def config(self) -> dict[str, Any]:
        """What ``config.yaml`` holds."""
        path = self.folder / CONFIG
        try:
            config = plain_yaml.parsed(self.text(CONFIG))
        except ValueError as error:
            raise BundleError(f"{path} is not usable: {first_line(error)}; {COPY}") from error
        check_config(path, config)
        match config:
            case {"task": dict(), "fields": dict()}:
                return dict(config)
        raise BundleError(f"{path} has no 'task' and 'fields'; {COPY}")

    def vocabulary(self, name: str, field: Field) -> Vocabulary:
        """The vocabulary of a field, which has all symbols that the field needs."""
        for file in (f"{name}.tokenizer.json", f"{name}.vocabulary.json"):
            if file in self.sums and name.isidentifier():
                try:
                    found = type(field.vocabulary).from_json(self.text(file))
                except BundleError as error:
                    raise BundleError(f"{self.folder / file}: {error}") from error
                missing = [one for one in field.specials if one not in found.specials]
                missing += [one for one in field.required if one not in found.index]
                if missing:
                    raise BundleError(f"{self.folder / file} lacks the symbol {missing[0]}; {COPY}")
                return found
        raise BundleError(f"{self.folder}: it has no vocabulary for the field '{name}'; {COPY}")


def find_bundle(folder: str | Path) -> Path:
    """The folder of a bundle, from itself, its run, or a path through ``latest``.

    What ``latest`` names now is kept to, whichever run ends while the bundle is read.
    """
    folder = fetched(str(folder))
    for parent in (folder, *folder.parents):
        if parent.name == "latest" and (parent.is_file() or parent.is_symlink()):
            found = os.readlink(parent) if parent.is_symlink() else read_plain(parent, 4096)
            named = os.fsdecode(found).strip()
            folder = parent.parent / named / folder.relative_to(parent)
            break
    if not (folder / MANIFEST).is_file() and (folder / "bundle").is_dir():
        folder = folder / "bundle"
    return folder


def vocabulary_file(field: Field) -> str:
    """What the file of a field's vocabulary is called."""
    kind = "vocabulary" if field.vocabulary.tokenizer is None else "tokenizer"
    return f"{field.name}.{kind}.json"


def most_bytes(name: str) -> int | None:
    """The bytes that a file has at most, by its name; None for weights, which are not held."""
    if name in SIZES:
        return SIZES[name]
    return {".json": VOCABULARY, ".onnx": GRAPH}.get(Path(name).suffix)


def read_manifest(folder: Path) -> dict[str, str]:
    """The checksum of every file, by name."""
    if not folder.is_dir():
        raise BundleError(f"{folder}: there is no such folder; training prints the bundle's path")
    path = folder / MANIFEST
    if not path.exists():
        raise BundleError(
            f"{folder} is not a bundle: it has no {MANIFEST}; training prints where it is"
        )
    content = read_plain(path, SIZES[MANIFEST])
    try:
        manifest = plain_json.parsed(content.decode())
        if (found := manifest["format"]) != FORMAT:
            older = isinstance(found, int) and found < FORMAT
            raise BundleError(
                f"{folder} was saved by {'an older' if older else 'another'} seqtasks (format "
                f"{found!r}, not {FORMAT}); train it again with this version, or use the version "
                "that saved it"
            )
        sums = {str(name): str(value) for name, value in manifest["sha256"].items()}
        if len(sums) > MOST_FILES:
            raise ValueError(f"it lists {len(sums):,} files, more than {MOST_FILES:,}")
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise BundleError(f"{path} is damaged: {error}; {COPY}") from error
    return sums


def checksum(path: Path) -> str:
    """The SHA-256 of a plain file, hexadecimal."""
    digest = hashlib.sha256()
    with plain_file(path) as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
