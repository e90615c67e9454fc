"""What readers refuse of a whole file, and of their options."""

from __future__ import annotations

import gzip
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet
from small import OUTSIDE

import seqtasks
from seqtasks.data.readers import (
    ConllReader,
    HubReader,
    ParallelReader,
    PatternReader,
    TableReader,
    TextReader,
    TimeSeriesReader,
    json_documents,
)
from seqtasks.data.readers.conll import find_files
from seqtasks.data.readers.hub import _cells
from seqtasks.data.readers.json_lines import json_value, non_empty_value
from seqtasks.data.readers.options import column_names, known_encoding, not_empty
from seqtasks.data.readers.paths import RemotePath
from seqtasks.data.readers.remote import file_system, unreadable_remote
from seqtasks.presets.guessing import guesses

TEXTS: Mapping[str, Any] = {"text": None}
STEPS: Mapping[str, Any] = {"series": None}


def read(reader: Any, content: str | bytes, columns: Any = TEXTS, name: str = "a.csv") -> None:
    """Read a file of some content to its end."""
    data = content.encode() if isinstance(content, str) else content
    Path(name).write_bytes(data)
    list(reader.read(name, columns))


def arrays(columns: Any = STEPS, **content: Any) -> None:
    np.savez("a.npz", **{name: np.asarray(value) for name, value in content.items()})
    list(TimeSeriesReader().read("a.npz", columns))


def series(content: str, name: str = "a.csv", columns: Any = STEPS, **options: Any) -> None:
    read(TimeSeriesReader(**options), content, columns, name)


def arrow(table: pa.Table, columns: Any = TEXTS) -> None:
    parquet.write_table(table, "a.parquet")
    list(TableReader().read("a.parquet", columns))


def twice() -> None:
    column = pa.array(["x"])
    arrow(pa.Table.from_arrays([column, column], names=["text", "text"]), {"text": 0})


def sides(left: str, right: str) -> None:
    Path("a").write_text(left, encoding="utf-8")
    Path("b").write_text(right, encoding="utf-8")
    list(ParallelReader().read(["a", "b"], {"source": None, "target": None}))


def large_list() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_documents, "_LARGEST", 10)
        read(TableReader(), "[\n" + '{"text": "a"},\n' * 300_000, name="a.json")


def hub(source: Any, **options: Any) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise FileNotFoundError("there is no such data set")

    datasets = SimpleNamespace(load_dataset=fail)  # the package needs a network
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "datasets", datasets)
        list(HubReader("json", **options).read(source, TEXTS))


def not_installed(name: str, function: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, name, None)
        function()


def no_rights() -> None:
    os.mkfifo("a.csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "open", _denied)
        list(TableReader().read("a.csv", TEXTS))


def _denied(*_: Any, **__: Any) -> Any:
    raise PermissionError(13, "Permission denied")


def cut_off() -> None:
    packed = gzip.compress(b"text\n" + os.urandom(50_000).hex().encode())
    read(TableReader(), packed[:20_000], name="a.csv.gz")


def guessed(task: str, content: str) -> None:
    Path("a.csv").write_text(content, encoding="utf-8")
    guesses(task, {"train": "a.csv"}, {})


ROWS = {
    "presets.guessing.fields:doubt": (
        lambda: guessed("generation", "title,body\na film,it is good\n"),
        "a.csv: more than one column may be the text: title ('a film'), body ('it is good'); name",
    ),
    "presets.guessing.fields:_refuse_measures": (
        lambda: guessed("classification", "text,rating\na film,0.5\na bore,0.25\n"),
        "to predict a number: task/head=regression field@data.label=number; or name another",
    ),
    "presets.settling:settled": (
        lambda: seqtasks.compose("task=tagging", "data=auto"),
        "data: it goes by the files of data.train, for the tasks of the package; name the files",
    ),
    "presets.settling:chosen_by_preset": (
        lambda: seqtasks.compose(
            "task=mean", "preset=good", "data=lines", config_dir=OUTSIDE / "conf"
        ),
        "preset: good knows the tasks ",
    ),
    "presets.guessing.guesses:_form": (
        lambda: guessed("question_answering", "__label__a who is it\n"),
        "data: a.csv: neither its name nor its first lines tell how it is read; choose one: ",
    ),
    "data.readers.arrays:array_examples": (
        lambda: arrays(x=np.zeros((2, 3, 1))),
        "a.npz: no array 'series' for the field 'series'; its arrays are x; name one with",
    ),
    "data.readers.arrays:_count": (
        lambda: arrays({**STEPS, "label": "y"}, series=np.zeros((2, 3, 1)), y=[[1], [2]]),
        "a.npz: the array 'y' of the field 'label' has the shape (2, 1) and holds int64; give one",
    ),
    "data.readers.arrays:_count#2": (
        lambda: arrays({**STEPS, "label": "y"}, series=np.zeros((2, 3, 1)), y=[1]),
        "a.npz: arrays of unequal numbers of examples: series 2, y 1; correct the file",
    ),
    "data.readers.arrays:_check_sequences": (
        lambda: arrays(series=[[["a"]]]),
        "a.npz: the array 'series' holds <U1; give numbers",
    ),
    "data.readers.arrays:_check_sequences#2": (
        lambda: arrays(series=[1.0]),
        "a.npz: 'series' has the shape (1,); give ",
    ),
    "data.readers.arrays:_check_sequences#3": (
        lambda: arrays(series=np.zeros((2, 3, 1)), lengths=[1.5, 2.0]),
        "a.npz: the array 'lengths' needs one whole number an example",
    ),
    "data.readers.arrays:_check_sequences#4": (
        lambda: arrays(series=np.zeros((2, 3, 1)), lengths=[1, 4]),
        "a.npz: 'lengths' goes from 1 to 4, but 'series' has 3 steps; correct the file",
    ),
    "data.readers.arrays:_check_sequences#5": (
        lambda: arrays(series=np.zeros((5, 1)), lengths=[1, 3]),
        "a.npz: 'series' has the shape (5, 1) and 'lengths' (2,), 4 in all; give ",
    ),
    "data.readers.arrays:_readable": (
        lambda: series("x", "a.npz"),
        "a.npz: cannot be read as .npz (File is not a zip file); write it with numpy.savez",
    ),
    "data.readers.arrow_tables:_batches": (
        twice,
        "a.parquet: the column 'text' is there twice; rename one of them",
    ),
    "data.readers.arrow_tables:_cells": (
        lambda: arrow(pa.table({"text": [{"a": 1}]})),
        "a.parquet: the column 'text' is of the type struct<a: int64>; name a column of texts",
    ),
    "data.readers.arrow_tables:_readable": (
        lambda: read(TableReader(), "x", name="a.parquet"),
        "a.parquet: cannot be read as Parquet (",
    ),
    "data.readers.bad_bytes:bad_bytes": (
        lambda: read(TableReader(), b"text\nfine\ncaf\xe9\n"),
        "a.csv:3: not valid utf-8 (byte 0xe9): convert the file to utf-8 or set reader.encoding=",
    ),
    "data.readers.bad_bytes:binary": (
        lambda: read(TableReader(), b"text\nfine\na\0b\n"),
        "a.csv:3: a NUL byte, as in a binary file; give a text file, or set reader.encoding=",
    ),
    "data.readers.bad_bytes:known_binary": (
        lambda: read(TableReader(), b"%PDF-1.4\n"),
        "a.csv: by its first bytes it is ",
    ),
    "data.readers.columns:locate_all": (
        lambda: read(TableReader(), "text,text\na,b\n"),
        "a.csv:1: the column 'text' is there twice; give each its own name",
    ),
    "data.readers.columns:no_column": (
        lambda: read(TableReader(), "txt,label\na,b\n"),
        "a.csv:1: no column 'text' for the field 'text': the columns are 'txt', 'label' or 0 to 1",
    ),
    "data.readers.conll_forms:_named": (
        lambda: read(ConllReader(), "a\tb\n", name="a.conllup"),
        "a.conllup: no line '# global.columns = …' names the columns of a .conllup file; write one",
    ),
    "data.readers.conll_forms:opened_conll": (
        lambda: read(ConllReader(["form", "tag"]), "a\n", {"text": "form"}, "a.conll"),
        "a.conll:1: 1 column(s) found, 2 expected (from reader.names); correct the line or set",
    ),
    "data.readers.delimited:_csv": (
        lambda: read(TableReader(), 'text,label\n"a,b\n'),
        "a.csv:2: not valid CSV (unexpected end of data); ",
    ),
    "data.readers.delimited:open_delimited": (
        lambda: read(TableReader(), '"text"x,label\na,b\n'),
        "a.csv:1: ",
    ),
    "data.readers.files:_matches": (
        lambda: Path("d").mkdir() or find_files("d"),
        "d: ",
    ),
    "data.readers.files:_matches#2": (lambda: find_files("missing.txt"), "missing.txt: "),
    "data.readers.files:_matches#3": (lambda: find_files("*.missing"), "*.missing: "),
    "data.readers.files:_not_a_path": (
        lambda: find_files(3),
        "source: give a path, a list of paths or a glob, not 3",
    ),
    "data.readers.files:_remote_matches": (
        lambda: find_files("memory://nowhere/*.txt"),
        "memory://nowhere/*.txt: no file matches; correct the URL",
    ),
    "data.readers.gutenberg:book_lines": (
        lambda: read(TextReader(strip_gutenberg=True), "a\n", name="a.txt"),
        "a.txt: no line '*** START OF THE PROJECT GUTENBERG ...'; set reader.strip_gutenberg=false",
    ),
    "data.readers.hub:HubReader.__init__": (
        HubReader,
        "path: it is not set; name a data set of the Hugging Face hub, such as stanfordnlp/sst2",
    ),
    "data.readers.hub:HubReader.__init__#2": (
        lambda: not_installed("datasets", lambda: HubReader("a/b")),
        "the hub's data needs the package datasets",
    ),
    "data.readers.hub:HubReader._rows": (
        lambda: hub(3),
        "source: give the name of a split, such as train, not 3",
    ),
    "data.readers.hub:HubReader._rows#2": (
        lambda: hub("train[:10]", streaming=True),
        "a stream has no part of a split; name the whole split, or set reader.streaming=false",
    ),
    "data.readers.hub:_cells": (
        lambda: _cells("json/train", "x", pa.array([{"a": 1}]), []),
        "json/train: the column 'x' is of the type struct<a: int64>; name a column of texts",
    ),
    "data.readers.hub:_loading": (
        lambda: hub("train", data_files="missing.jsonl"),
        "cannot be loaded (",
    ),
    "data.readers.json_documents:documents": (
        large_list,
        "a.json: a list of objects, or objects over several lines, of more than 10 characters",
    ),
    "data.readers.json_documents:documents#2": (
        lambda: read(TableReader(), '[\n{"text": "a"},\n{"text" "b"}]\n', name="a.json"),
        "a.json:3: not valid JSON (Expecting ':' delimiter); write one object a line, or a list of",
    ),
    "data.readers.json_documents:documents#3": (
        lambda: read(TableReader(), '[\n{"text": "a"},\n3]\n', name="a.json"),
        "a.json:3: a string or number where an object is expected; write a list of objects",
    ),
    "data.readers.json_documents:documents#4": (
        lambda: read(TableReader(), '[\n{"text": "a"},\n', name="a.json"),
        "a.json: the list of objects is not closed; get or write the whole file",
    ),
    "data.readers.json_lines:json_value": (
        lambda: json_value("text", {}),
        "the column 'text' holds an object; write a string, a number or a list of strings",
    ),
    "data.readers.json_lines:json_value#2": (
        lambda: json_value("text", "\ud800"),
        "the column 'text' holds half a character (a lone \\ud800 to \\udfff); write both halves",
    ),
    "data.readers.json_lines:json_value#3": (
        lambda: json_value("text", ["a", ""]),
        "the column 'text' holds an empty token; fill it, or remove the line",
    ),
    "data.readers.json_lines:non_empty_value": (
        lambda: non_empty_value("input:3", "text", ""),
        "input:3: the column 'text' is empty; fill it, or remove the line",
    ),
    "data.readers.opening:_Unpacked.readinto": (
        cut_off,
        "a.csv.gz: a damaged .gz file, near byte ",
    ),
    "data.readers.opening:unreadable": (
        no_rights,
        "a.csv: cannot be read (permission denied); correct the path or the file's permissions",
    ),
    "data.readers.options:column_names": (
        lambda: column_names("names", ["a", "a"]),
        "names: 'a' is there twice; give each column a name of its own, as in [form,tag], not",
    ),
    "data.readers.options:known_encoding": (
        lambda: known_encoding("utf-9"),
        "encoding: there is no text encoding 'utf-9'; name one such as utf-8, latin-1",
    ),
    "data.readers.options:not_empty": (
        lambda: not_empty("separator", ""),
        "separator: give a string of one character or more, or null to leave the choice to the",
    ),
    "data.readers.parallel:ParallelReader._split": (
        lambda: read(ParallelReader(), "a\n", {"source": None, "target": None}, "a.txt"),
        "a.txt:1: 1 column(s) found, 2",
    ),
    "data.readers.parallel:_check_rests": (
        lambda: sides("a\nb\nc\n", "a\nb\n"),
        "a: 3 line(s), but b has 2; give files where each line of one translates the same line of",
    ),
    "data.readers.parallel:_matched": (
        lambda: list(ParallelReader().read(["a", "b", "c"], {"source": None, "target": None})),
        "source: give two paths, the source's and the target's, as in [train.de,train.en], not 3",
    ),
    "data.readers.parallel:_matched#2": (
        lambda: (
            [Path(one).touch() for one in ("a.de", "b.de", "a.en")]
            and list(ParallelReader().read(["*.de", "*.en"], {"source": None, "target": None}))
        ),
        "*.de: 2 file(s), but 1 for *.en; give as many target files as source files",
    ),
    "data.readers.pattern:PatternReader.__init__": (
        PatternReader,
        "pattern: it is not set; describe a line, ",
    ),
    "data.readers.pattern:PatternReader.__init__#2": (
        lambda: PatternReader("(?P<a>"),
        "pattern: (?P<a> is no regular expression (",
    ),
    "data.readers.pattern:PatternReader.__init__#3": (
        lambda: PatternReader("a"),
        "pattern: a names no group; name what you want, ",
    ),
    "data.readers.remote:file_system": (
        lambda: not_installed("fsspec", lambda: file_system("memory://a")),
        "memory://a: a remote path needs the package fsspec",
    ),
    "data.readers.remote:file_system#2": (
        lambda: file_system("htps://a"),
        "htps://a: there is no protocol 'htps'; correct the URL. Did you mean 'https'?",
    ),
    "data.readers.remote:file_system#3": (
        lambda: not_installed("s3fs", lambda: file_system("s3://a/b")),
        "s3://a/b: the protocol 's3' needs another package (",
    ),
    "data.readers.remote:unreadable_remote": (
        lambda: unreadable_remote(RemotePath("memory://a"), FileNotFoundError()),
        "memory://a: no such file; correct the URL",
    ),
    "data.readers.remote:unreadable_remote#2": (
        lambda: unreadable_remote(RemotePath("memory://a"), OSError("no connection")),
        "memory://a: cannot be read (no connection); correct the URL, or check the connection",
    ),
    "data.readers.table:TableReader.__init__": (
        lambda: TableReader(delimiter="ab"),
        "delimiter: give one character other than a quote or a line end, or null for the format's",
    ),
    "data.readers.table:_by_suffix": (
        lambda: read(TableReader(), "a", name="a.xyz"),
        "a.xyz: the suffix '.xyz' names no format (known: .csv",
    ),
    "data.readers.table:_no_delimiter": (
        lambda: TableReader("jsonl", delimiter=","),
        "have no delimiter; set it to null, not ','",
    ),
    "data.readers.time_series:TimeSeriesReader.read": (
        lambda: list(TimeSeriesReader().read("a.csv", {"tokens": None})),
        "the data are sequences of vectors: choose task/embedding=series",
    ),
    "data.readers.time_series:TimeSeriesReader._examples": (
        lambda: series("a", "a.xyz"),
        "a.xyz: the suffix '.xyz' names no format of sequences of vectors; give a file .ts",
    ),
    "data.readers.time_series:TimeSeriesReader._table": (
        lambda: series("id,x\n1,2\n"),
        "a.csv: a row is a step, so one column has to name its sequence; say which with reader.",
    ),
    "data.readers.time_series:TimeSeriesReader._table#2": (
        lambda: series("id,x\n1,2\n2,3\n1,4\n", sequence="id"),
        "a.csv:4: more of the sequence '1', whose rows ended before; sort the rows by sequence",
    ),
    "data.readers.time_series:TimeSeriesReader._resolve": (
        lambda: series("id,x\n1,2\n", sequence="key"),
        "a.csv:1: no column 'key'; the columns are id, x; name the one of the sequence with",
    ),
    "data.readers.time_series:TimeSeriesReader._resolve#2": (
        lambda: series("id,x\n1,2\n", sequence="id", columns={"series": "x"}),
        "a.csv:1: series.column names one column, a table has one a channel; leave it at null",
    ),
    "data.readers.time_series:_whole": (
        lambda: series('id,x\n1,2\n1,"2"3\n', sequence="id"),
        "a.csv:3: ",
    ),
    "data.readers.uea:uea_examples": (
        lambda: series("1,2:a\n", "a.ts"),
        "a.ts:1: '1,2:a' stands before @data; give a .ts file, whose description ends with a line",
    ),
    "data.readers.uea:uea_examples#2": (
        lambda: series("@timeStamps true\n@data\n", "a.ts"),
        "a.ts:1: values with time stamps are not read; write the values alone, with @timeStamps",
    ),
    "data.readers.uea:uea_examples#3": (
        lambda: series("@classLabel false\n", "a.ts"),
        "a.ts: it has no line @data; give a .ts file of the UEA archive",
    ),
}
