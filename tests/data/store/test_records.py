"""Records in files: what comes out is what went in."""

from __future__ import annotations

import pickle
import shutil

import numpy as np
import pytest
from stored import stored

from seqtasks.data.dataset import Places
from seqtasks.data.record import Record
from seqtasks.data.store.flat_file import map_flat, write_flat
from seqtasks.data.store.ragged import Ragged
from seqtasks.data.store.record_file import CHUNK
from seqtasks.data.store.records import Cuts, Records, lines_of
from seqtasks.errors import DataError


def numbered(count):
    return [
        Record({"tokens": f"é{n} 猫\n", "tags": ["x"] * (n % 3)}, f"f{n % 2}", n)
        for n in range(count)
    ]


def test_records_are_read_as_they_were_written(tmp_path):
    given = numbered(2 * CHUNK + 5)
    records = stored(tmp_path, given)
    assert len(records) == len(given)
    assert list(records) == given
    assert [records[0], records[CHUNK], records[-1]] == [given[0], given[CHUNK], given[-1]]
    assert list(Places(records)) == list(Places(given)) == [record.place for record in given]
    assert Places(records[3:7])[-1] == given[6].place
    with pytest.raises(IndexError):
        records[len(given)]


def test_a_value_is_a_text_in_one_record_and_a_list_in_another(tmp_path):
    given = [Record({"tokens": value}) for value in ("a b", ["a", "b c"], "", [])]
    assert list(stored(tmp_path, given)) == given


def test_some_records_are_read_in_their_order(tmp_path):
    given = numbered(3 * CHUNK)
    records = stored(tmp_path, given)
    rows = np.sort(np.random.default_rng(0).permutation(len(given))[:500])
    assert list(records.select(rows)) == [given[row] for row in rows]
    backwards = records.select(np.array([CHUNK + 1, 2, 1, 0]))
    assert list(backwards) == [given[CHUNK + 1], given[2], given[1], given[0]]
    assert list(records[5:9]) == given[5:9]
    assert list(records.select(rows).select(np.array([3, 4]))) == [given[row] for row in rows[3:5]]
    assert (
        lines_of(records.select(rows), [0, 7])
        == [rows[0], rows[7]]
        == lines_of([given[r] for r in rows], [0, 7])
    )


@pytest.mark.parametrize("dtype", [np.uint32, np.int64])
def test_records_in_any_order_are_read_some_thousand_at_once(tmp_path, monkeypatch, dtype):
    given = numbered(3 * CHUNK)
    records = stored(tmp_path, given)
    rows = np.random.default_rng(0).permutation(len(given))[: CHUNK + 9].astype(dtype)
    for characters in (4_000_000, 90):
        monkeypatch.setattr("seqtasks.data.store.record_file.CHARACTERS", characters)
        parts = list(records.file.parts(rows))
        assert [row for some, _ in parts for row in some.tolist()] == rows.tolist()
        assert list(records.select(rows)) == [given[row] for row in rows]
        assert (len(parts) == 3) == (characters > 90)


def test_they_are_read_anew_each_time_and_some_at_a_time(tmp_path):
    records = stored(tmp_path, numbered(2 * CHUNK))
    sizes = [len(chunk) for chunk in records.chunks()]
    assert max(sizes) <= CHUNK
    assert sum(sizes) == sum(1 for _ in records) == sum(1 for _ in records) == 2 * CHUNK


@pytest.mark.parametrize("chosen", [None, np.arange(4)])
def test_long_records_are_written_and_read_few_at_a_time(tmp_path, chosen):
    given = [Record({"tokens": "ab " * 700_000}, "f", n) for n in range(4)]
    records = Records(stored(tmp_path, given).file, chosen)
    assert records.file.starts == [0, 2, 4]
    assert [len(chunk) for chunk in records.chunks()] == [2, 2]
    assert list(records) == given


def test_parts_of_texts_are_cut_out(tmp_path):
    records = stored(
        tmp_path, [Record({"tokens": "abcdef"}, "f", 1), Record({"tokens": "ghi"}, "f", 2)]
    )
    first = np.array([True, False])
    cuts = Cuts(np.array([[2], [0]]), np.array([[6], [1]]), first, ~first)
    part = Records(records.file, None, cuts)
    assert [(r.values["tokens"], r.begins, r.ends) for r in part] == [
        ("cdef", True, False),
        ("g", False, True),
    ]
    assert part[1].values["tokens"] == "g"
    assert part.select(np.array([1]))[0].values["tokens"] == "g"


def test_another_process_opens_the_file_anew(tmp_path):
    records = stored(tmp_path, numbered(100)).select(np.arange(10, 20))
    sent = pickle.dumps(records)
    assert len(sent) < 2000
    assert list(pickle.loads(sent)) == list(records)


def test_a_pass_is_watched(tmp_path):
    shares = []
    watched = stored(tmp_path, numbered(CHUNK + 9)).watched(shares.append)
    assert sum(1 for _ in watched) == CHUNK + 9
    assert len(shares) == 2
    assert sum(shares) == pytest.approx(1)


@pytest.mark.parametrize("value", [3.5, [1, 2], "\ud800"])
def test_what_is_no_text_is_refused_by_its_place(tmp_path, value):
    with pytest.raises(DataError, match="f:7: here or further on is a value that is no text"):
        stored(tmp_path, [Record({"tokens": value}, "f", 7)])


def test_records_and_arrays_that_were_removed_cannot_go_to_another_process(tmp_path):
    records = stored(tmp_path, numbered(3))
    layout = write_flat(tmp_path / "values", np.arange(4))
    values = map_flat(tmp_path / "values", layout)
    for held in (records, Ragged(values, np.array([0, 1, 4]))):
        assert len(pickle.loads(pickle.dumps(held))) == len(held)
    shutil.rmtree(records.file.folder)
    (tmp_path / "values").unlink()
    for held in (records, Ragged(values, np.array([0, 1, 4]))):
        with pytest.raises(DataError, match="was removed while this run used it; begin again"):
            pickle.dumps(held)
    assert list(records) == numbered(3)
    assert values.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "bounds",
    [
        [(False, True)],
        [(True, True), (False, True)],
        [(True, False), (True, True)],
        [(True, False), (False, False)],
    ],
)
def test_pieces_that_make_no_whole_text_are_refused(tmp_path, bounds):
    given = [Record({"tokens": "a"}, "f", n, *ends) for n, ends in enumerate(bounds)]
    with pytest.raises(DataError, match=f"f:{len(bounds) - 1}: the records of one text follow"):
        stored(tmp_path, given)


def test_a_record_without_a_field_is_refused(tmp_path):
    given = [Record({"tokens": "a", "label": "b"}, "f", 1), Record({"tokens": "a"}, "f", 2)]
    with pytest.raises(DataError, match="f:2: the reader gives no value for the field 'label'"):
        stored(tmp_path, given)
