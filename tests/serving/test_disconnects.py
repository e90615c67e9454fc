"""Whoever closes the connection frees the place."""

from __future__ import annotations

import gc
import threading
import time
import weakref

from serving.conftest import LETTERS, TAGGING

from seqtasks.serving.job import Job
from seqtasks.serving.stream import Stream

LONG = {"prompt": "a", "max_length": 10**6, "min_length": 10**6 - 1}


def test_a_text_that_waits_leaves_the_queue(served, monkeypatch):
    live = served(*TAGGING, wait_ms=0, batch_size=1)
    going, asked = threading.Event(), []
    run = live.service.answering.run

    def held(jobs):
        asked.extend(job.record.values["tokens"] for job in jobs)
        assert going.wait(30)
        return run(jobs)

    monkeypatch.setattr(live.service.answering, "run", held)
    first = live.client.open("POST", "/predict", {"text": "first"})
    while not asked:
        time.sleep(0.01)
    leaving = live.client.open("POST", "/predict", {"text": ["leaves", "too"]})
    live.client.until((2, 0))
    staying = live.client.open("POST", "/predict", {"text": "stays"})
    live.client.until((3, 0))
    leaving.close()
    live.client.until((1, 0))
    going.set()
    for wire in (first, staying):
        with wire:
            assert wire.recv(15).startswith(b"HTTP/1.1 200")
    assert asked == [["first"], ["stays"]]


def test_a_text_in_the_making_stops(served, monkeypatch):
    live = served(*LETTERS, max_length=10**6, max_streams=1)
    steps = []
    step = Stream.step
    monkeypatch.setattr(Stream, "step", lambda self, model: steps.append(1) or step(self, model))
    running = live.client.open("POST", "/generate", LONG)
    told = b""
    while b"event: text" not in told:  # in as many pieces as the system likes
        part = running.recv(4096)
        assert part, told
        told += part
    waiting = live.client.open("POST", "/generate", LONG)
    live.client.until((1, 1))
    waiting.close()
    live.client.until((0, 1))
    running.close()
    live.client.until((0, 0))
    count = len(steps)
    time.sleep(0.2)
    assert len(steps) == count
    assert live.client.generate(prompt="a", max_length=3).status == 200


def test_a_reader_that_reads_nothing_is_given_up(served):
    live = served(*LETTERS, max_length=10**6, timeout=1.0)
    with live.client.open("POST", "/generate", LONG):
        live.client.until((0, 1))
        live.client.until((0, 0))


def test_nothing_is_kept_of_a_request_that_is_done(served, monkeypatch):
    live = served(*LETTERS)
    kept = weakref.WeakSet()
    for kind in (Job, Stream):
        made = kind.__init__

        def noted(self, *given, made=made, **named):
            made(self, *given, **named)
            kept.add(self)

        monkeypatch.setattr(kind, "__init__", noted)
    for _ in range(3):
        assert live.client.predict(["the", "a"]).status == 200
        assert live.client.generate(prompt="the", max_length=5).status == 200
    live.client.until((0, 0))
    assert live.client.predict("b").status == 200  # the last batch is let go by the next
    gc.collect()
    assert len(kept) <= 1
