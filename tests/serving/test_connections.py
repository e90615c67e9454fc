"""Clients that are slow, silent or read nothing take nothing from the others."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
import time

import pytest
from serving.conftest import LETTERS, TAGGING

from seqtasks.serving import file_limit
from seqtasks.serving.file_limit import connections_within_limit
from seqtasks.serving.listener import bound
from seqtasks.serving.mailbox import AHEAD
from seqtasks.serving.stream import Stream

TEXT = "the dogs see the cat ."
LONG = {"prompt": "a", "max_length": 10**6, "min_length": 10**6 - 1}
HEAD = b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


def opened(live, sent=b""):
    """A connection on which so much has been sent."""
    wire = socket.create_connection(("127.0.0.1", live.port), timeout=10)
    wire.sendall(sent)
    return wire


def told(wire):
    """The status and the sentence that a connection ends with; None where it says nothing."""
    with wire, contextlib.suppress(ConnectionResetError):
        found = b"".join(iter(lambda: wire.recv(4096), b""))
        if not found:
            return None
        head, body = found.split(b"\r\n\r\n", 1)
        return int(head.split()[1]), json.loads(body)["error"]


def drip(wire, seconds):
    """Send a byte again and again, until the connection is closed."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            wire.sendall(b"a")
        except OSError:
            return
        time.sleep(0.02)
    pytest.fail("the connection is still open")


def until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_head_that_does_not_come_ends_the_connection(served):
    live = served(*TAGGING, head_timeout=0.3)
    silent, begun = opened(live), opened(live, b"GET /health HTTP/1.1\r\nHost: loc")
    dripping = opened(live, b"GET /health HTTP/1.1\r\nX: ")
    began = time.monotonic()
    drip(dripping, 5)
    dripping.close()
    said = "the request did not come in time; send it whole at once"
    assert told(begun) == (408, said)
    assert told(silent) is None
    assert time.monotonic() - began < 3
    assert live.client.predict(TEXT).status == 200


def test_the_second_head_on_a_connection_has_as_much_time(served):
    live = served(*TAGGING, head_timeout=0.3)
    wire = opened(live, b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert wire.recv(15).startswith(b"HTTP/1.1 200")
    drip(wire, 5)
    wire.close()


def test_a_body_that_does_not_come_is_a_408(served):
    live = served(*TAGGING, timeout=0.3)
    begun = opened(live, HEAD + b'Content-Length: 50\r\n\r\n{"text"')
    chunked = opened(live, HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n")
    said = "the request did not come in time; send it whole at once"
    assert told(begun) == (408, said)
    assert told(chunked) == (408, said)
    dripping = opened(live, HEAD + b"Content-Length: 900000\r\n\r\n")
    drip(dripping, 5)
    dripping.close()


def test_a_body_that_nobody_reads_holds_no_connection(served):
    live = served(*TAGGING, head_timeout=0.3)
    for path in (b"/nowhere", b"/health"):
        wire = opened(live, HEAD.replace(b"/predict", path) + b"Content-Length: 900000\r\n\r\n")
        drip(wire, 5)
        wire.close()


def test_what_is_no_chunk_ends_the_connection_in_silence_or_with_a_400(served):
    live = served(*TAGGING)
    wire = opened(live, HEAD + b"Transfer-Encoding: chunked\r\n\r\nno chunk\r\n")
    assert told(wire)[0] == 400
    late = opened(
        live, HEAD.replace(b"/predict", b"/nowhere") + b"Transfer-Encoding: chunked\r\n\r\n"
    )
    with late:
        assert late.recv(15).startswith(b"HTTP/1.1 404")
        late.sendall(b"no chunk\r\n")
        while late.recv(4096):
            pass
    assert live.client.predict(TEXT).status == 200


def unread(live, path, body):
    """A connection whose answer is not read, and that holds little of it."""
    wire = socket.socket()
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2000)
    wire.settimeout(10)
    wire.connect(("127.0.0.1", live.port))
    data = json.dumps(body).encode()
    wire.sendall(HEAD.replace(b"/predict", path) + b"Content-Length: %d\r\n\r\n" % len(data))
    wire.sendall(data)
    return wire


@pytest.fixture
def small_buffers(monkeypatch):
    """The system holds little of an answer."""
    monkeypatch.setattr("seqtasks.serving.listener.SEND_BUFFER", 4096)
    monkeypatch.setattr("seqtasks.serving.protocol.AHEAD", 1024)


def rests(steps):
    """Whether a list stays as it is for a while."""
    count = len(steps)
    time.sleep(0.2)
    return len(steps) == count


def test_a_text_waits_for_its_reader_and_lets_others_go_first(served, monkeypatch, small_buffers):
    live = served(*LETTERS, max_length=10**6, max_streams=1)
    steps = []
    step = Stream.step
    monkeypatch.setattr(Stream, "step", lambda self, model: steps.append(1) or step(self, model))
    with unread(live, b"/generate", LONG) as reader:
        until(lambda: any(stream.stalled for stream in live.service.worker.running))
        until(lambda: rests(steps))  # the system takes some more on the way
        count = len(steps)
        [stream] = live.service.worker.running
        assert stream.mailbox.queue.qsize() <= AHEAD
        assert live.client.generate(prompt="a", max_length=3).status == 200
        for _ in range(200):  # it goes on when the reader reads
            reader.recv(4096)
        until(lambda: len(steps) > count + 10)
    live.client.until((0, 0))


def test_a_reader_that_reads_nothing_is_hung_up_on(served, small_buffers):
    live = served(*LETTERS, max_length=10**6, timeout=3.0)
    with unread(live, b"/generate", LONG):
        until(lambda: any(stream.stalled for stream in live.service.worker.running))
        until(lambda: not live.server.connections)


def test_an_answer_that_nobody_reads_is_given_up(served, small_buffers):
    live = served(*TAGGING, timeout=2.0, max_texts=500)
    with unread(live, b"/predict", {"text": [TEXT] * 500}):
        until(lambda: any(one.kept for one in live.server.connections))
        until(lambda: not live.server.connections)


def test_those_without_a_request_make_room_the_oldest_first(served):
    live = served(*TAGGING, connections=8)
    kept = opened(live, b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert kept.recv(15).startswith(b"HTTP/1.1 200")
    slow = opened(live, HEAD + b"Content-Length: 50\r\n\r\n{")
    begun = opened(live, b"GET ")
    until(lambda: sum(bool(one.conn.trailing_data[0]) for one in live.server.connections))
    silent = [opened(live) for _ in range(40)]
    assert live.client.predict(TEXT).status == 200
    said = "the server has as many connections as it can hold; ask again later"
    assert told(slow) == (503, said)
    assert told(begun) == (503, said)
    until(lambda: len(live.server.connections) <= 8)
    assert [told(wire) for wire in silent[:30]] == [None] * 30
    assert kept.recv(4096)
    kept.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert kept.recv(15).startswith(b"HTTP/1.1 200")
    for wire in (kept, *silent):
        wire.close()


def test_where_all_are_answered_a_newcomer_is_told_and_health_is_not_refused(served, monkeypatch):
    live = served(*LETTERS, connections=2, max_length=10**6)
    running = [live.client.open("POST", "/generate", LONG) for _ in range(2)]
    until(lambda: len(live.service.worker.running) == 2)
    full = live.client.get("/info")
    assert (full.status, full.headers["retry-after"]) == (503, "1")
    assert full.error == "the server has as many connections as it can hold; ask again later"
    assert live.client.get("/health").status == 200
    monkeypatch.setattr("seqtasks.serving.server.BEYOND", 0)
    with opened(live) as wire:
        assert told(wire) is None
    for wire in running:
        wire.close()
    until(lambda: not live.service.worker.running)


def test_without_a_file_for_a_newcomer_the_listener_hangs_up(monkeypatch):
    with bound("127.0.0.1", 0) as listener:
        listener.setblocking(False)
        plain, left = socket.socket._accept, [OSError(errno.EMFILE, "Too many open files")]

        def accept(self):
            if left:
                raise left.pop()
            return plain(self)

        monkeypatch.setattr(socket.socket, "_accept", accept)
        with opened_at(listener) as first:
            with pytest.raises(BlockingIOError):
                listener.accept()
            assert first.recv(1) == b""
        with opened_at(listener):
            listener.accept()[0].close()
        assert listener.spare is not None
        left.append(OSError(errno.EPERM, "no"))
        with pytest.raises(PermissionError):
            listener.accept()


def test_newcomers_wait_where_almost_all_files_are_open():
    with bound("127.0.0.1", 0) as listener:
        listener.setblocking(False)
        listener.most = 0
        for _ in range(2):
            with opened_at(listener):
                listener.accept()[0].close()
                with pytest.raises(BlockingIOError):
                    listener.accept()


def opened_at(listener):
    return socket.create_connection(listener.getsockname(), timeout=10)


@pytest.mark.parametrize(
    ("soft", "hard", "allowed", "raised"),
    [
        (256, 256, 192, None),
        (256, 4096, 1000, 1064),
        (1024, 1024, 960, None),
        (256, 512, 448, 512),
        (40, 40, 20, None),
        (20000, 20000, 1000, None),
    ],
)
def test_connections_stay_below_the_limit_of_files(monkeypatch, soft, hard, allowed, raised):
    resource = pytest.importorskip("resource")
    set_to = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: set_to.append(limits))
    assert connections_within_limit(1000) == allowed
    assert set_to == ([] if raised is None else [(raised, hard)])


def test_a_limit_of_files_that_cannot_be_raised_stays(monkeypatch):
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, resource.RLIM_INFINITY))
    monkeypatch.setattr(resource, "setrlimit", lambda *_: (_ for _ in ()).throw(ValueError))
    assert connections_within_limit(1000) == 256 - file_limit.RESERVE


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="no /proc")
def test_closed_connections_leave_no_file_open(served):
    live = served(*TAGGING, head_timeout=0.2)
    live.client.predict(TEXT)
    before = len(os.listdir("/proc/self/fd"))
    wires = [opened(live) for _ in range(30)]
    until(lambda: not live.server.connections)
    for wire in wires:
        wire.close()
    assert len(os.listdir("/proc/self/fd")) <= before + 1
