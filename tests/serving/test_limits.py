"""What a server refuses: the right code, and a sentence."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time

import pytest
from serving.client import events
from serving.conftest import LETTERS, TAGGING, TRANSLATION

from seqtasks.errors import UsageError
from seqtasks.serving.limits import Limits

TEXT = "the dogs see the cat ."


@pytest.fixture
def stopped(monkeypatch):
    """A function that holds a server's model until the test lets go of it."""
    going = threading.Event()

    def stop(live):
        run = live.service.answering.run

        def held(jobs):
            assert going.wait(30)
            return run(jobs)

        monkeypatch.setattr(live.service.answering, "run", held)
        return going

    yield stop
    going.set()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "the body is not JSON: Expecting property name"),
        (b"", "the body is missing; give a JSON object"),
        (b"[]", "the body is not a JSON object"),
        (b"\xff\xfe", "the body is not"),
        (b"[" * 100_000, "the body is JSON nested too deeply, or with a number too long"),
        (b'{"text": "a", "n_best": ' + b"9" * 6000 + b"}", "the body is JSON nested too deeply"),
        (b'{"text": "\\ud800"}', "it should be a valid string"),
        (b"{}", "text is missing; give it"),
        ({"text": 3}, "text is 3; it should be a text or a list of texts"),
        ({"text": None}, "text is null; it should be a text or a list of texts"),
        ({"text": []}, "text: it should have at least 1 item"),
        ({"text": ["a", 4]}, "text[1] is 4; it should be a text, or an object with a text"),
        ({"text": ["a"] * 101}, "text: it should have at most 100 items, not 101"),
        ({"text": "a" * 10_001}, "text: it should have at most 10000 characters"),
        ({"text": ["b", "a" * 10_001]}, "text[1]: it should have at most 10000 characters"),
        ({"text": "a", "n_bets": 1}, "there is no option 'n_bets'; Did you mean 'n_best'?"),
        ({"text": "a", "n_best": 21}, "n_best is 21; it should be less than or equal to 20"),
        ({"text": "a", "n_best": 6}, "6 is given; expected 1 to 5, the "),
        ({"text": "a", "scores": "maybe"}, "scores is 'maybe'; it should be a valid boolean"),
        ({"text": "a", "search": {"beam": 2}}, "there is no option 'search.beam'; Did you mean"),
        ({"text": "a", "search": {"beam_size": 21}}, "search.beam_size is 21; it should be less"),
        ({"text": "a", "search": {"method": "bream"}}, "search.method is 'bream'; it should be"),
        ({"text": "a", "search": {"top_k": 2}}, "beam has no such option"),
        ({"text": "a", "scores": True}, "scores: this EncoderDecoder gives no probabilities"),
    ],
)
def test_a_body_that_cannot_be_used_is_a_422(lasting, body, message):
    reply = lasting(*TRANSLATION).client.ask("POST", "/predict", body)
    assert reply.status == 422
    assert message in reply.error


def test_what_a_model_cannot_do_is_a_422(lasting):
    client = lasting(*TAGGING).client
    for given, message in (
        ({"n_best": 2}, "n_best: this tagger decides on each label by itself"),
        ({"search": {"beam_size": 2}}, "search: this SequenceTagger does not search"),
        ({"attention": True}, "attention: this SequenceTagger has no attention"),
    ):
        reply = client.predict(TEXT, **given)
        assert reply.status == 422
        assert message in reply.error
    assert client.predict(TEXT, search={}).status == 200


def test_a_large_body_is_a_413_however_it_is_sent(served):
    client = served(*TAGGING, max_body=2000).client
    body = b'{"text": "' + b"a" * 5000 + b'"}'
    replies = [client.ask("POST", "/predict", body)]
    chunks = iter([body[:3000], body[3000:]])
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=30)
    headers = {"Content-Type": "application/json"}
    connection.request("POST", "/predict", chunks, headers, encode_chunked=True)
    answer = connection.getresponse()
    assert answer.status == 413
    assert json.loads(answer.read()) == replies[0].body
    connection.close()
    assert replies[0].status == 413
    assert replies[0].error.startswith("the body has more than 2,000 bytes; send fewer")
    assert client.predict(TEXT).status == 200


def test_unknown_paths_and_methods_say_what_there_is(lasting):
    client = lasting(*TAGGING).client
    missing = client.get("/predictions")
    assert missing.status == 404
    assert missing.error.startswith("there is no /predictions; there are /, /docs, /generate,")
    assert client.get("/site/../serve.py").status == 404
    unfit = client.get("/predict")
    assert (unfit.status, unfit.error) == (405, "/predict takes no GET; it takes POST")
    assert unfit.headers["allow"] == "POST"


def test_what_is_no_http_is_a_400_in_a_sentence(lasting):
    client = lasting(*LETTERS).client
    with socket.create_connection(("127.0.0.1", client.port), timeout=10) as wire:
        wire.sendall(b"nonsense\r\n\r\n")
        head, body = b"".join(iter(lambda: wire.recv(4096), b"")).split(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert json.loads(body)["error"].startswith("this is no request that HTTP/1.1 knows")
    assert client.get("/health").status == 200


def test_other_names_and_other_sites_pages_are_refused(lasting):
    client = lasting(*TAGGING).client
    for name in ("localhost", f"127.0.0.1:{client.port}", "[::1]:1", "Friend.example:80"):
        assert client.get("/health", Host=name).status == 200
    stranger = client.get("/health", Host="evil.example")
    assert stranger.status == 421
    assert stranger.error == "this server is not called 'evil.example'; start it with --allow-host"
    crossing = client.get("/info", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors")
    assert crossing.status == 403
    assert client.get("/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate").status == 200
    assert "access-control-allow-origin" not in client.get("/info").headers


def test_a_full_queue_is_a_503_that_says_when_to_come_again(served, stopped):
    live = served(*TAGGING, queue=3, wait_ms=0, batch_size=1)
    going = stopped(live)
    wires = [live.client.open("POST", "/predict", {"text": TEXT})]
    live.client.until((0, 0))  # the first is with the model
    time.sleep(0.1)
    wires += [live.client.open("POST", "/predict", {"text": TEXT}) for _ in range(2)]
    live.client.until((2, 0))
    full = live.client.predict([TEXT] * 2)
    assert full.status == 503
    assert full.headers["retry-after"] == "1"
    assert full.error.startswith("2 texts wait and 2 more are too many: the queue holds 3")
    wires.append(live.client.open("POST", "/predict", {"text": TEXT}))
    live.client.until((3, 0))
    going.set()
    for wire in wires:
        with wire:
            assert wire.recv(15).startswith(b"HTTP/1.1 200")


def test_what_takes_too_long_is_a_504_and_frees_its_place(served, stopped):
    live = served(*TAGGING, timeout=0.3, wait_ms=0, batch_size=1)
    stopped(live)
    replies = live.client.together([{"text": [TEXT] * 3}, {"text": TEXT}])
    assert [reply.status for reply in replies] == [504, 504]
    assert replies[0].error.startswith("there was no answer in time")
    assert live.client.load() == (0, 0)


def test_a_text_that_takes_too_long_ends_with_an_error(served):
    client = served(*LETTERS, timeout=0.5, max_length=10**6).client
    reply = client.ask("POST", "/generate", {"max_length": 10**6, "min_length": 10**6 - 1})
    assert reply.status == 200
    stream = events(reply.body)
    assert stream[-1] == ("error", {"error": "the time for one text is up; ask for a shorter one"})
    client.until((0, 0))


def test_every_limit_has_a_least_value():
    for name in ("batch_size", "queue", "timeout", "max_body", "max_texts", "max_streams"):
        with pytest.raises(UsageError, match=f"{name}: it is at least .*, not 0"):
            Limits(**{name: 0})
    assert Limits(wait_ms=0, grace=0).wait_ms == 0


def test_a_dead_model_thread_is_told_by_health(served):
    live = served(*TAGGING)
    live.service.worker.close()
    reply = live.client.get("/health")
    assert (reply.status, reply.error) == (
        503,
        "the model's thread has ended; start the server again",
    )
    late = live.client.predict(TEXT)
    assert (late.status, late.headers["retry-after"]) == (503, "5")
