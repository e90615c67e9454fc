"""A model that fails for good ends the server, and nobody waits in vain."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
import torch
from serving.conftest import LETTERS, TAGGING

from seqtasks.serving.refusal import GONE, LATE, Refusal
from seqtasks.serving.stream import Stream
from seqtasks.serving.while_connected import while_connected

TEXT = "the dogs see the cat ."
FAILED = "the model has failed, and the server ends; ask again later"
LONG = {"prompt": "a", "max_length": 10**6, "min_length": 10**6 - 1}


@pytest.fixture
def broken():
    """An error after which the accelerator does nothing any more."""
    kind = getattr(torch, "AcceleratorError", None)
    if kind is None:
        pytest.skip("this torch has no such error")
    return kind("CUDA error: device-side assert triggered")


def test_a_model_that_fails_ends_the_server_and_all_are_told(served, monkeypatch, heard):
    live = served(*TAGGING, wait_ms=0, batch_size=1, grace=5)
    going, replies = threading.Event(), []

    def fail(jobs):
        assert going.wait(30)
        raise SystemError("gone")

    monkeypatch.setattr(live.service.answering, "answer", fail)
    threads = [
        threading.Thread(target=lambda: replies.append(live.client.predict(TEXT))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    live.client.until((2, 0))
    going.set()
    for thread in threads:
        thread.join(10)
    assert [(reply.status, reply.error) for reply in replies] == [(503, FAILED)] * 3
    assert replies[0].headers["retry-after"] == "5"
    live.thread.join(10)
    assert not live.thread.is_alive()
    assert isinstance(live.service.worker.failure, SystemError)
    with pytest.raises(Refusal, match="the model's thread has ended"):
        live.service.health()
    assert heard == ["the model's thread has failed"]
    heard.clear()


def test_an_error_of_the_accelerator_is_no_error_of_one_text(served, monkeypatch, heard, broken):
    live = served(*TAGGING)

    def fail(jobs):
        raise broken

    monkeypatch.setattr(live.service.answering, "run", fail)
    assert live.client.predict([TEXT, TEXT]).error == FAILED
    live.thread.join(10)
    assert live.service.worker.failure is broken
    heard.clear()


def test_texts_in_the_making_are_told_too(served, monkeypatch, heard, broken):
    live = served(*LETTERS, max_length=10**6)
    steps, plain = [], live.service.worker.turn

    def turn():
        steps.append(1)
        if len(steps) > 50:
            raise broken
        return plain()

    monkeypatch.setattr(live.service.worker, "turn", turn)
    reply = live.client.generate(**LONG)
    assert reply.body[-1] == ("error", {"error": FAILED})
    live.thread.join(10)
    assert heard == ["the model's thread has failed"]
    heard.clear()


def test_a_text_that_fails_alone_ends_with_an_error_and_the_server_goes_on(
    served, monkeypatch, heard
):
    live = served(*LETTERS)
    plain = Stream.follow

    def failing(self, bundle):
        for number, event in enumerate(plain(self, bundle)):
            if number == 3:
                raise ValueError("odd")
            yield event

    monkeypatch.setattr(Stream, "follow", failing)
    reply = live.client.generate(prompt="a", max_length=20, min_length=19)
    said = "the server failed; its error stream says how, and the fault is its own"
    assert reply.body[-1] == ("error", {"error": said})
    assert heard == ["a text could not be written"]
    heard.clear()
    assert live.client.get("/health").status == 200


def test_a_batch_that_does_not_end_does_not_keep_the_server(served, monkeypatch):
    live = served(*TAGGING, grace=1, timeout=60)
    going = threading.Event()

    def held(jobs):
        assert going.wait(30)
        return [{} for _ in jobs]

    monkeypatch.setattr(live.service.answering, "run", held)
    with live.client.open("POST", "/predict", {"text": TEXT}):
        time.sleep(0.2)
        began = time.monotonic()
        live.close()
        assert time.monotonic() - began < 8
    going.set()
    live.service.worker.thread.join(10)


def waited(work, receive, seconds=60.0):
    """What comes of some work, and what the loop complains about meanwhile."""
    complaints = []

    async def run():
        loop = asyncio.get_running_loop()
        loop.set_debug(True)
        loop.set_exception_handler(lambda _, context: complaints.append(context["message"]))
        try:
            return await while_connected(work(), receive, time.monotonic() + seconds)
        except Exception as error:
            return error

    found = asyncio.run(run())
    return found, complaints


async def never():
    await asyncio.sleep(60)


async def gone():
    return {"type": "http.disconnect"}


async def unreadable():
    raise Refusal(LATE, "not in time")


async def stubborn():
    try:
        await asyncio.sleep(60)
    finally:
        raise ValueError("on the way out")


def test_nothing_that_is_left_behind_complains(recwarn):
    async def quick():
        return 3

    assert waited(quick, never) == (3, [])
    assert waited(quick, unreadable)[1] == []
    assert waited(never, never, 0.01)[0].status_code == LATE
    for work in (never, stubborn):
        found, complaints = waited(work, gone)
        assert (found.status_code, complaints) == (GONE, [])
        found, complaints = waited(work, unreadable)
        assert (found.status_code, complaints) == (LATE, [])
        found, complaints = waited(work, never, 0.01)
        assert (found.status_code, complaints) == (LATE, [])
    assert not [str(one.message) for one in recwarn]
