"""Files behind URLs."""

from __future__ import annotations

import functools
import gzip
import sys
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import fsspec
import numpy as np
import pytest

from seqtasks.data.readers import (
    LabelledFileReader,
    ParallelReader,
    TableReader,
    TextReader,
    TimeSeriesReader,
)
from seqtasks.data.readers.files import find_files, read_lines
from seqtasks.data.readers.opening import counting_bytes
from seqtasks.data.readers.paths import RemotePath
from seqtasks.errors import DataError, UsageError

TEXT = {"text": None}


def fails(call, *parts: str, kind: type = DataError) -> None:
    with pytest.raises(kind) as caught:
        call()
    message = str(caught.value)
    assert "\n" not in message
    for part in parts:
        assert part in message


@pytest.fixture
def memory() -> Iterator[fsspec.AbstractFileSystem]:
    """A file system of fsspec in memory, with a few files in the folder data."""
    system = fsspec.filesystem("memory")
    system.pipe("/data/b.csv", b"label,text\n1,b\n")
    system.pipe("/data/a.csv.gz", gzip.compress(b"label,text\n1,a\n"))
    system.pipe("/data/deep/c.csv", b"label,text\n1,c\n")
    yield system
    system.rm("/data", recursive=True)


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """The address of a web server that serves a temporary folder."""

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    handler = functools.partial(Handler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("memory")
def test_a_url_is_a_path_or_a_glob() -> None:
    def texts(source: object) -> list:
        return [record.values["text"] for record in TableReader().read(source, TEXT)]

    assert texts("memory://data/b.csv") == ["b"]
    assert texts("memory://data/*.csv*") == ["a", "b"]
    assert texts("memory://data/**/*.csv") == ["b", "c"]
    assert texts(["memory://data/b.csv", "memory://data/a.csv.gz"]) == ["b", "a"]
    [record] = TableReader().read("memory://data/b.csv", TEXT)
    assert record.place == "memory://data/b.csv:2"


@pytest.mark.usefixtures("memory")
def test_remote_and_local_files_together(tmp_path: Path) -> None:
    local = tmp_path / "a.csv"
    local.write_text("x\n")
    found = find_files([local, "memory://data/b.csv"])
    assert found == [local, RemotePath("memory://data/b.csv")]


def test_names_of_urls() -> None:
    for url, name in {
        "s3://bucket/texts/Greek.txt.gz": "Greek.txt.gz",
        "https://example.org/Greek.txt?version=1/2": "Greek.txt",
        "gs://bucket/a?b.txt": "a?b.txt",
        "simplecache::s3://bucket/a.csv": "a.csv",
        "zip://inner/a.csv::s3://bucket/b.zip": "a.csv",
    }.items():
        assert RemotePath(url).name == name
        assert str(RemotePath(url)) == url


def test_a_label_is_the_name_of_a_remote_file(memory: fsspec.AbstractFileSystem) -> None:
    memory.pipe("/data/Greek.txt.gz", gzip.compress(b"Pappas\n"))
    [record] = LabelledFileReader("unambiguous").read(
        "memory://data/Gr*", {"tokens": None, "label": None}
    )
    assert record.values == {"tokens": "Pappas", "label": "Greek"}


def test_pairs_of_remote_files(memory: fsspec.AbstractFileSystem) -> None:
    memory.pipe("/data/a.de", b"eins\nzwei\n")
    memory.pipe("/data/a.en", b"one\ntwo\n")
    records = ParallelReader().read(
        ["memory://data/*.de", "memory://data/*.en"], {"source": None, "target": None}
    )
    assert [tuple(r.values.values()) for r in records] == [("eins", "one"), ("zwei", "two")]


@pytest.mark.usefixtures("memory")
def test_missing_remote_files() -> None:
    fails(
        lambda: list(TextReader().read("memory://data/no.txt", {"tokens": None})),
        "memory://data/no.txt: no such file; correct the URL",
    )
    fails(lambda: find_files("memory://data/*.txt"), "memory://data/*.txt: no file matches;")
    fails(lambda: find_files("memory://none/*.txt"), "memory://none/*.txt: no file matches;")


def test_what_a_protocol_needs_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    path = RemotePath("s3://bucket/a.txt")
    fails(lambda: list(read_lines(path)), "s3://bucket/a.txt:", "s3fs", kind=UsageError)
    fails(lambda: find_files("s3://bucket/*"), "s3fs", "pip install", kind=UsageError)
    fails(lambda: find_files("htps://a/*"), "no protocol 'htps'", "Did you mean 'https'?")
    monkeypatch.setitem(sys.modules, "fsspec", None)
    fails(lambda: list(read_lines(path)), "pip install 'seqtasks[remote]'", kind=UsageError)


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_web_address_is_read_as_a_stream(tmp_path: Path, web: str, suffix: str) -> None:
    lines = [f"line {number} é" for number in range(100_000)]
    data = "\n".join(lines).encode()
    data = gzip.compress(data, 1) if suffix else data
    (tmp_path / f"a.txt{suffix}").write_bytes(data)
    counts: list[int] = []
    with counting_bytes(counts.append):
        found = read_lines(*find_files(f"{web}/a.txt{suffix}?download=1"))
        assert [line for _, line in found] == lines
    assert sum(counts) == len(data)


def test_web_addresses_that_fail(tmp_path: Path, web: str) -> None:
    path = RemotePath(f"{web}/no.txt")
    fails(lambda: list(read_lines(path)), f"{path}: no such file; correct the URL")
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"label,text\n1,a\n")[:-9])
    path = RemotePath(f"{web}/a.csv.gz")
    fails(lambda: list(TableReader().read(str(path), TEXT)), f"{path}: a damaged .gz file, near")
    path = RemotePath("http://127.0.0.1:1/a.txt")
    fails(lambda: list(read_lines(path)), f"{path}: cannot be read (", "the connection")


def test_remote_arrays(memory: fsspec.AbstractFileSystem) -> None:
    with memory.open("/data/a.npz", "wb") as file:
        np.savez(file, series=np.ones((2, 3, 1)))
    records = list(TimeSeriesReader().read("memory://data/a.npz", {"series": None}))
    assert [record.values["series"] for record in records] == ["[[1.0], [1.0], [1.0]]"] * 2
