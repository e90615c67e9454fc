"""What readers did, said once."""

from __future__ import annotations

import pytest

from seqtasks.data.readers.remarks import remark, told_once, unsaid


def test_each_kind_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    with told_once():
        for line in range(1, 6):
            remark("a mark is left out", f"a.txt:{line}", 2)
        remark("read as utf-16", "b.txt")
        assert not caplog.records
    assert [record.getMessage() for record in caplog.records] == [
        "a.txt:1: a mark is left out (10 times); also at a.txt:2, a.txt:3",
        "b.txt: read as utf-16",
    ]


def test_outside_it_is_said_at_once_and_within_unsaid_never(caplog) -> None:
    remark("a mark is left out", "a.txt:1")
    with unsaid():
        remark("a mark is left out", "a.txt:2")
    assert [record.getMessage() for record in caplog.records] == ["a.txt:1: a mark is left out"]


def test_it_is_said_also_of_a_file_that_is_refused(caplog) -> None:
    def refused() -> None:
        with told_once():
            remark("read as utf-16", "b.txt")
            raise ValueError("bad")

    with pytest.raises(ValueError, match="bad"):
        refused()
    assert len(caplog.records) == 1
