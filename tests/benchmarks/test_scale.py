"""The benchmark of large data, on small data: its files, its runs and how it measures."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from itertools import chain

import pytest
from small import ROOT

from seqtasks.data.readers import ConllReader, ParallelReader, TableReader
from seqtasks.run import run


@pytest.fixture(autouse=True)
def benchmarks(monkeypatch):
    """The folder of benchmarks, where they find each other."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))


def test_a_text_has_so_many_bytes_and_chapters_that_differ(tmp_path):
    from large_files import write_text

    [path] = write_text(tmp_path, 3_000_000)
    assert path.stat().st_size == 3_000_000
    first, second, *_ = path.read_text().split("CHAPTER ")[1:]
    assert first[0] == "1"
    assert second[0] == "2"
    assert first[1:1000] != second[1:1000]


def test_a_book_is_repeated_under_new_numbers(tmp_path):
    from large_files import write_text

    book = tmp_path / "book.txt"
    book.write_text("Über allen Gipfeln\nist Ruh\n")
    [path] = write_text(tmp_path, 1001, book)
    text = path.read_text()  # no character is cut in two
    assert 999 < path.stat().st_size <= 1001
    assert [f"CHAPTER {n}\n\nÜber allen Gipfeln\nist Ruh" in text for n in (1, 9)] == [True] * 2
    book.write_text("")
    with pytest.raises(SystemExit, match="no text"):
        write_text(tmp_path, 1000, book)


def test_pairs_are_sentences_of_3_to_40_words(tmp_path):
    from large_files import write_pairs

    paths = [str(path) for path in write_pairs(tmp_path, 12_000)]
    records = [*ParallelReader().read(paths, {"source": None, "target": None})]
    assert len(records) == 12_000
    sides = [[len(value.split()) for value in record.values.values()] for record in records]
    assert all(source == target for source, target in sides)
    assert {min(sides)[0], max(sides)[0]} == {3, 40}
    words = set(chain.from_iterable(record.values["source"].split() for record in records))
    assert 20_000 < len(words) < 200_000


def test_a_table_has_a_label_and_a_text_in_each_row(tmp_path):
    from large_files import write_table

    [path] = write_table(tmp_path, 12_000)
    records = [*TableReader().read(str(path), {"text": None, "label": None})]
    assert len(records) == 12_000
    assert {record.values["label"] for record in records} == {f"label{n}" for n in range(10)}
    lengths = {len(record.values["text"].split()) for record in records}
    assert lengths == {*range(4, 13)}


def test_tagged_sentences_have_a_tag_for_each_word(tmp_path):
    from large_files import write_tagged

    [path] = write_tagged(tmp_path, 12_000)
    records = [*ConllReader().read(str(path), {"tokens": None, "tags": None})]
    assert len(records) == 12_000
    assert {len(record.values["tokens"]) for record in records} == {*range(10, 31)}
    assert len(set(chain.from_iterable(record.values["tags"] for record in records))) == 12


def test_files_are_made_once_and_whole(tmp_path):
    from scale import files

    (tmp_path / "pairs-10.part").mkdir()
    (tmp_path / "pairs-10.part" / "pairs.source").write_text("half\n")
    made = files(tmp_path, "pairs", 10, None)
    assert [path.name for path in made] == ["pairs.source", "pairs.target"]
    made[0].write_text("mine\n")
    assert files(tmp_path, "pairs", 10, None) == made
    assert made[0].read_text() == "mine\n"
    book = tmp_path / "book.txt"
    book.write_text("A text.\n")
    assert files(tmp_path, "text", 10, book) != files(tmp_path, "text", 10, None)


HOLDING = """
import mmap, os, sys, time
held = bytearray(b"x" * 60_000_000)
shared = mmap.mmap(-1, 20_000_000)
shared.write(b"x" * 20_000_000)
mapped = open(sys.argv[1], "rb").read()
if os.fork():
    print("ready", flush=True)
time.sleep(60)
"""


def test_memory_of_a_forked_process_counts_once(tmp_path):
    from held_memory import Peak, counted, members

    file = tmp_path / "program.py"
    file.write_text(HOLDING)
    command = [sys.executable, str(file), str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout.readline() == b"ready\n"
        try:
            peak = Peak(process.pid)
            peak.sample()
            both = [*members(process.pid)]
            assert len(both) == 2
            assert all(counted(one, "status", ("RssAnon",)) > 60e6 for one in both)
        finally:
            for one in members(process.pid):
                subprocess.run(["kill", "-9", str(one)], check=True)
    assert 80e6 < peak.bytes < 110e6
    peak.sample()
    assert peak.bytes > 80e6, "of a peak that has passed"


def test_elsewhere_than_on_linux_it_says_so(monkeypatch, tmp_path):
    import held_memory

    monkeypatch.setattr(held_memory, "PROC", tmp_path)
    with pytest.raises(SystemExit, match="as Linux has it"):
        held_memory.check_system()


@pytest.mark.parametrize("name", ["characters", "words", "pairs", "table", "tagged"])
def test_each_run_trains(composed, tmp_path, name):
    import scale

    chosen = scale.RUNS[name]
    assert len(scale.RUNS) == 5
    paths = scale.files(tmp_path, chosen.files, round(chosen.size * 2e-5), None)
    begins = tmp_path / "begins"
    probe = ["+callbacks.probe._target_=first_batch.FirstBatch", f"+callbacks.probe.path={begins}"]
    options = [*scale.options_of(chosen, paths), *probe, "trainer.max_steps=3"]
    began = time.time()
    results = run(composed(*options), tmp_path / "run", "any")
    assert results["steps"] == 3
    assert began < float(begins.read_text()) < time.time()


def test_a_run_is_measured_twice(monkeypatch, tmp_path, capsys):
    import scale

    monkeypatch.setattr(scale, "importing", lambda: (1.0, 300.0))
    report, folder = tmp_path / "report.json", tmp_path / "data" / "large"
    arguments = ["--scale", "1e-4", "--runs", "tagged", "--json", str(report)]
    monkeypatch.setattr(sys, "argv", ["scale.py", "--folder", str(folder), *arguments])
    scale.main()
    [row] = json.loads(report.read_text())
    assert row["failed"] == []
    assert all(50e6 < held < 2e9 for held in row["held"])
    assert all(0.5 < seconds < 300 for seconds in row["seconds"])
    assert f"{row['bytes'] / 1e6:,.1f}" in capsys.readouterr().out
    left = [path.name for path in folder.iterdir()]
    assert left == ["tagged-100"], "caches and runs are gone, the data stays"


def test_a_run_that_fails_says_why(tmp_path):
    import scale

    result = scale.once(["task=nonsense"], str(tmp_path), tmp_path)
    assert "nonsense" in result["failed"]
    assert result["seconds"] is None
