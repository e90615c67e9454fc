"""From the records of all splits to encoded examples in the cache."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.fields import Field
from seqtasks.data.fields.fitting import fit
from seqtasks.data.fields.remarks import taken
from seqtasks.data.fields.unseen import UnseenLabels
from seqtasks.data.length_filter import LengthFilter
from seqtasks.data.preparation.examples import map_examples, write_examples
from seqtasks.data.preparation.file_digests import file_digests
from seqtasks.data.preparation.identity import Unknown, key_of
from seqtasks.data.preparation.notes import Note, repeat, taken_notes
from seqtasks.data.progress import progress
from seqtasks.data.store.cache import Cache
from seqtasks.data.store.record_file import RecordFile
from seqtasks.data.store.records import Records
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.errors import DataError

UNSEEN = "unseen.labels"
"""Beside the vocabularies, the labels of each field that training never shows."""


class Encoding(NamedTuple):
    """What turns records into numbers.

    Attributes:
        fields: name → field.
        fitted: whether the fields have their vocabularies already.
        known: by field, a vocabulary that its own goes on from.
        filter: leaves training examples out for their length; None keeps all.
        missing: what becomes of records that give no example, as in `Faults`.
    """

    fields: Mapping[str, Field]
    fitted: bool
    known: Mapping[str, Vocabulary]
    filter: LengthFilter | None
    missing: str

    def write(self, folder: Path, splits: Mapping[str, Records], size: int) -> list[Note]:
        """Fit the fields and encode all splits into a folder.

        Args:
            folder: exists.
            splits: the records of each split.
            size: of all records in bytes.

        Returns:
            What was warned of.
        """
        total = sum(map(len, splits.values()))
        sizes = {name: size * len(records) / total for name, records in splits.items()}
        own = [field for field in self.fields.values() if field.share_vocabulary_with is None]
        with taken_notes() as notes:
            if not self.fitted:
                splits = {**splits, "train": usable(self.fields, splits["train"])}
                with progress("Counting", sizes["train"]) as bar:
                    each = bar.share_of(sizes["train"] / max(len(own), 1))
                    watched = splits["train"].watched(each)
                    fit(self.fields, watched, self.known)
            with progress("Encoding", size) as bar:
                for name, records in splits.items():
                    watched = records.watched(bar.share_of(sizes[name]))
                    kept = self.filter if name == "train" else None
                    write_examples(
                        folder / name, self.fields, watched, kept, self.missing, name == "train"
                    )
                    for field in self.fields.values():
                        cause = taken(field, splits.get("train"), field.unseen.counts)
                        field.unseen.report(field.name, name, cause)
        for name, field in self.fields.items():
            (folder / f"{name}.json").write_text(field.vocabulary.to_json(), encoding="utf-8")
        unseen = {name: field.unseen.labels for name, field in self.fields.items()}
        (folder / UNSEEN).write_text(json.dumps(unseen), encoding="utf-8")
        return notes

    def read(self, folder: Path, files: Mapping[str, RecordFile]) -> dict[str, SequenceDataset]:
        """The splits in a folder; the fields take their vocabularies from there.

        Args:
            folder: as written.
            files: the records that each split was taken from.
        """
        known: dict[str, Vocabulary] = {}  # by its JSON: fields that share one hold one
        for name, field in self.fields.items():
            text = (folder / f"{name}.json").read_text(encoding="utf-8")
            if text not in known:
                known[text] = type(field.vocabulary).from_json(text)
            field.vocabulary = known[text]
        unseen = json.loads((folder / UNSEEN).read_text(encoding="utf-8"))
        for name, field in self.fields.items():
            field.unseen = UnseenLabels(unseen[name])
        return {
            name: map_examples(folder / name, self.fields, file) for name, file in files.items()
        }


def usable(fields: Mapping[str, Field], records: Records) -> Records:
    """The training records that no field leaves out.

    Raises:
        DataError: none is left.
    """
    for name, field in fields.items():
        places = field.usable(records)
        if places is not None:
            records = records.select(places)
        if not len(records):
            raise DataError(
                "it leaves out every training example; look at the training files and its options",
                option=name,
            )
    return records


def stored_examples(
    cache: Cache,
    encoding: Encoding,
    origin: Any,
    files: Mapping[str, RecordFile],
    split: Callable[[], Mapping[str, Records]],
) -> dict[str, SequenceDataset]:
    """The encoded examples of each split, which are prepared if they are not in the cache.

    Args:
        cache: keeps them.
        encoding: turns records into numbers.
        origin: what the records follow from; None where it cannot be told.
        files: the records of each source.
        split: divides them into splits.

    Raises:
        DataError: a value cannot be used; the message says where it stands.
    """
    size = sum(file.bytes for file in files.values())
    fresh = []

    def build(folder: Path) -> dict[str, Any]:
        fresh.append(folder)
        with taken_notes() as drawn:
            splits = split()
        sources = {
            name: next(source for source, file in files.items() if file is records.file)
            for name, records in splits.items()
        }
        notes = drawn + encoding.write(folder, splits, size)
        return {"kind": "examples", "sources": sources, "notes": notes}

    def load(folder: Path, content: Mapping[str, Any]) -> dict[str, SequenceDataset]:
        if not fresh:
            repeat(content["notes"])
        sources = content["sources"].items()
        return encoding.read(folder, {name: files[source] for name, source in sources})

    return cache.get(_key(cache, encoding, origin), build, load, size)


def _key(cache: Cache, encoding: Encoding, origin: Any) -> str | None:
    """The name of the store of some examples; None where it cannot be told."""
    beside = [Path(path) for field in encoding.fields.values() for path in field.files]
    names = list(encoding.fields)
    try:
        digests = file_digests(beside, cache.memory)
        return key_of("examples", origin, names, encoding._asdict(), digests) if origin else None
    except (Unknown, OSError, DataError):  # a file that is missing may not be needed any more
        return None
