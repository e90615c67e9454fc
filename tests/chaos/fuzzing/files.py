"""Damaged files, through the readers to a batch."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.feather
from chaos.fuzzing.mutations import mutated
from gauntlet.areas import AREAS
from gauntlet.oddity import Predicted, Prepared, Read, Refused, Vectors
from gauntlet.test_gauntlet import KINDS, reader_options
from hydra.utils import instantiate

from seqtasks.api import compose, prepare
from seqtasks.data.batching.buckets import Buckets
from seqtasks.data.fields import NumberField, TokenField, VectorField, VectorSequenceField
from seqtasks.data.module import SequenceData
from seqtasks.data.word_vectors import read_vectors, vector_width, vector_words

SERIES = {"series": (VectorSequenceField, None), "label": (KINDS["label"], None)}
FIELDS = {**KINDS, "series": VectorSequenceField, "number": NumberField, "vector": VectorField}


@dataclass(frozen=True)
class Good:
    """Files that are read well, or refused for one reason, before they are damaged.

    Attributes:
        kind: of files.
        files: name → content.
        use: reads them in the working folder.
    """

    kind: str
    files: Mapping[str, bytes]
    use: Callable[[], object] = field(repr=False)


def damaged(good: Good, random: Random, folder: Path) -> None:
    """Write the files into a folder, one of them changed."""
    chosen = random.choice([*good.files])
    for name, content in good.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(mutated(content, random) if name == chosen else content)


@functools.cache
def all_good() -> tuple[Good, ...]:
    """Those of the gauntlet, and binary ones."""
    found = []
    for oddities in AREAS.values():
        for oddity in oddities:
            for check in oddity.checks:
                if isinstance(check, (Read, Refused)):
                    use = functools.partial(first_batch, check)
                    found.append(Good(check.reader, as_bytes(check.files), use))
                elif isinstance(check, Prepared):
                    use = functools.partial(prepared, tuple(check.options))
                    found.append(Good("prepared", as_bytes(check.files), use))
                elif isinstance(check, Vectors):
                    files = as_bytes({"a.vec": check.content})
                    found.append(Good("vectors", files, all_vectors))
    found = [good for good in found if sum(map(len, good.files.values())) < 2**16]
    return (*found, *binary(), *binary(), *binary(), *numbers())


def as_bytes(files: Mapping[str, str | bytes]) -> dict[str, bytes]:
    return {n: c if isinstance(c, bytes) else c.encode() for n, c in files.items()}


def first_batch(check: Read | Refused) -> None:
    """Prepare the data of a row of the gauntlet, and make a batch."""
    reader = instantiate({**reader_options(check.reader), **check.options})
    source = next(iter(check.files)) if check.source is None else check.source
    batch(reader, source, {n: FIELDS.get(n, TokenField)(at) for n, at in check.columns.items()})


def batch(reader: Any, source: Any, fields: Mapping[str, Any]) -> None:
    data = SequenceData(reader, Buckets(batch_size=2), source, source, source, cache=None, **fields)
    data.setup()
    for loader in (data.train_dataloader(), data.val_dataloader()):
        next(iter(loader), None)


def prepared(options: tuple[str, ...]) -> None:
    data = prepare(composed(options).copy())
    next(iter(data.train_dataloader()), None)


@functools.cache
def composed(options: tuple[str, ...]) -> Any:
    return compose(*options, "data.cache=null")


def all_vectors() -> None:
    vector_width("a.vec")
    words = list(vector_words("a.vec"))
    read_vectors("a.vec", words)


def of_reader(
    kind: str, options: Mapping[str, Any], source: str, fields: Mapping[str, tuple[Any, Any]]
) -> Callable[[], None]:
    def use() -> None:
        reader = instantiate({**reader_options(kind), **options})
        batch(reader, source, {name: make(at) for name, (make, at) in fields.items()})

    return use


def binary() -> list[Good]:
    """Arrays of numpy, Parquet and Arrow."""
    values = np.arange(24, dtype=np.float64).reshape(4, 3, 2)
    labels = np.array(["up", "down", "up", "down"])
    archives = {
        "padded": {"series": values, "label": labels, "lengths": np.array([3, 2, 1, 3])},
        "flat": {"series": values.reshape(12, 2), "label": labels, "lengths": np.array([3] * 4)},
        "small": {"series": values.astype(np.float16), "label": np.array([0, 1, 0, 1])},
        "fortran": {"series": np.asfortranarray(values.astype(">i4")), "label": labels},
    }
    found = []
    for name, arrays in archives.items():
        for write in (np.savez, np.savez_compressed):
            held = io.BytesIO()
            write(held, **arrays)
            use = of_reader("timeseries", {}, "a.npz", SERIES)
            found.append(Good(f"npz of {name}", {"a.npz": held.getvalue()}, use))
    table = pa.table(
        {
            "tokens": ["a b", "c", "d e", "f"],
            "label": ["up", "down", "up", "down"],
            "listed": [["a"], ["b", "c"], ["d"], ["e"]],
            "series": [[[1.0, 2.0]], [[3.0, 4.0]], [[5.0, 6.0]], [[7.0, 8.0]]],
            "number": [1.5, 2.5, 3.5, None],
        }
    )
    fields = {
        "tokens": (TokenField, None),
        "label": (KINDS["label"], None),
        "series": (VectorSequenceField, None),
        "number": (NumberField, None),
        "listed": (TokenField, None),
    }
    for packing in ("none", "snappy"):
        held = io.BytesIO()
        pa.parquet.write_table(table, held, compression=packing)
        use = of_reader("table", {}, "a.parquet", fields)
        found.append(Good("parquet", {"a.parquet": held.getvalue()}, use))
    for packing in ("uncompressed", "lz4"):
        held = io.BytesIO()
        pa.feather.write_feather(table, held, compression=packing)
        use = of_reader("table", {}, "a.feather", fields)
        found.append(Good("arrow", {"a.feather": held.getvalue()}, use))
    return found


def numbers() -> list[Good]:
    """Tables with numbers, vectors and steps; series of the UEA archive."""
    table = "number,vector,label,series\n" + "".join(
        f'{at}.5,"1.5 {at} -3e2",{"up" if at % 2 else "down"},"[[{at}, 0.5]]"\n' for at in range(6)
    )
    lines = "".join(
        f'{{"number": {at}.5, "vector": "1 2.5", "label": "up", "series": [[1, {at}], [2, 3]]}}\n'
        for at in range(6)
    )
    fields = {
        "number": (NumberField, None),
        "vector": (VectorField, None),
        "label": (KINDS["label"], None),
        "series": (VectorSequenceField, None),
    }
    told = (
        "@problemName a\n@timeStamps false\n@missing true\n@univariate false\n@dimensions 2\n"
        "@equalLength true\n@seriesLength 3\n@classLabel true up down\n@data\n"
    )
    series = told + "".join(
        f"1,2.5,{at}:-3e1,?,{at}.25:{'up' if at % 2 else 'down'}\n" for at in range(6)
    )
    steps = "id,label,x,y\n" + "".join(
        f"{'ABC'[at // 2]},{'up' if at < 2 else 'down'},{at}.5,{-at}\n" for at in range(6)
    )
    return [
        Good("numbers", {"a.csv": table.encode()}, of_reader("table", {}, "a.csv", fields)),
        Good("numbers", {"a.jsonl": lines.encode()}, of_reader("table", {}, "a.jsonl", fields)),
        *[Good("ts", {"a.ts": series.encode()}, of_reader("timeseries", {}, "a.ts", SERIES))] * 5,
        *[
            Good(
                "steps",
                {"a.csv": steps.encode()},
                of_reader("timeseries", {"sequence": "id"}, "a.csv", SERIES),
            )
        ]
        * 3,
    ]


def predicted() -> list[Predicted]:
    """The rows of the gauntlet that predict on a file."""
    rows = [check for group in AREAS.values() for oddity in group for check in oddity.checks]
    return [check for check in rows if isinstance(check, Predicted)]
