"""The queue: who goes with whom, and when."""

from __future__ import annotations

import pytest

from seqtasks.data.record import Record
from seqtasks.serving.job import Job, Wanted
from seqtasks.serving.limits import Limits
from seqtasks.serving.refusal import Refusal
from seqtasks.serving.request_queue import RequestQueue

PLAIN = Wanted()


def job(length, wanted=PLAIN, request=None, number=1, arrived=0.0):
    record = Record({"tokens": "a" * length}, "text", number)
    return Job(record=record, wanted=wanted, request=request, arrived=arrived)


def test_a_batch_holds_the_oldest_and_those_of_similar_length():
    line = RequestQueue(Limits(batch_size=3))
    lengths = [50, 1, 2, 49, 51, 3, 90]
    line.enter([job(length) for length in lengths])
    taken = []
    while line.jobs:
        taken.append([one.length for one in line.batch()])
    assert taken == [[49, 50, 51], [1, 2, 3], [90]]


def test_the_oldest_is_always_in_the_batch():
    for place in range(9):
        line = RequestQueue(Limits(batch_size=4))
        jobs = [job(length) for length in range(9)]
        jobs.insert(0, jobs.pop(place))
        line.enter(jobs)
        batch = line.batch()
        assert jobs[0] in batch
        assert len(batch) == 4
        assert len(line) == 5


def test_others_wait_where_something_else_is_wanted():
    line = RequestQueue(Limits(batch_size=9))
    other = Wanted(n_best=2)
    line.enter([job(1), job(2, other), job(3)])
    assert [one.length for one in line.batch()] == [1, 3]
    assert [one.length for one in line.batch()] == [2]


def test_texts_of_one_request_alone_keep_their_order():
    line = RequestQueue(Limits(batch_size=2))
    mine, yours = object(), object()
    line.enter([job(9, request=mine, number=1), job(1, request=mine, number=2)])
    line.enter([job(5, request=yours)])
    line.enter([job(5, request=mine, number=3)])
    batches = [[(one.request is mine, one.record.line) for one in line.batch()] for _ in range(3)]
    assert batches == [[(True, 1), (True, 2)], [(False, 1)], [(True, 3)]]


def test_a_batch_is_due_when_it_is_full_or_has_waited():
    line = RequestQueue(Limits(batch_size=2, wait_ms=10))
    assert line.due(0.0) is None
    line.enter([job(1, arrived=5.0)])
    assert line.due(5.0) == pytest.approx(0.01)
    assert line.due(5.004) == pytest.approx(0.006)
    assert line.due(6.0) == 0
    line.enter([job(1, Wanted(scores=True), arrived=5.0)])
    assert line.due(5.0) > 0
    line.enter([job(1, arrived=5.0)])
    assert line.due(5.0) == 0


def test_all_enter_or_none():
    line = RequestQueue(Limits(queue=3))
    first = [job(1), job(1)]
    line.enter(first)
    with pytest.raises(Refusal, match="2 texts wait and 2 more are too many"):
        line.enter([job(1), job(1)])
    assert len(line) == 2
    line.leave([*first, job(1)])
    assert len(line) == 0
    line.closed = True
    with pytest.raises(Refusal, match="stopping"):
        line.enter([job(1)])
