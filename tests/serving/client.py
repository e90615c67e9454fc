"""A client of the server: plain HTTP over real sockets."""

from __future__ import annotations

import http.client
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple


class Reply(NamedTuple):
    """What came back."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def error(self) -> str:
        """The sentence of a refusal, which is all that it holds."""
        assert self.headers["content-type"] == "application/json"
        assert list(self.body) == ["error"]
        return self.body["error"]


class Client:
    """Asks a server on this machine."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """One request; a body that is no bytes is sent as JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            named.setdefault("Content-Type", "application/json")
        try:
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        found = {name.lower(): value for name, value in answer.getheaders()}
        is_json = found.get("content-type", "").startswith("application/json")
        return Reply(answer.status, json.loads(text) if is_json else text.decode(), found)

    def get(self, path: str, **headers: str) -> Reply:
        """A GET."""
        return self.ask("GET", path, **headers)

    def predict(self, text: Any, **options: Any) -> Reply:
        """The predictions of one text or several."""
        return self.ask("POST", "/predict", {"text": text, **options})

    def predictions(self, text: Any, **options: Any) -> list[Any]:
        """The predictions alone."""
        reply = self.predict(text, **options)
        assert reply.status == 200, reply
        return reply.body["predictions"]

    def together(self, bodies: list[dict[str, Any]]) -> list[Reply]:
        """Several requests at the same time."""
        with ThreadPoolExecutor(len(bodies)) as pool:
            return list(pool.map(lambda body: self.ask("POST", "/predict", body), bodies))

    def generate(self, **options: Any) -> Reply:
        """A whole stream; its body is a list of event names with their data."""
        reply = self.ask("POST", "/generate", options)
        if reply.status != 200:
            return reply
        assert reply.headers["content-type"].startswith("text/event-stream")
        return reply._replace(body=events(reply.body))

    def connect(self) -> socket.socket:
        """A connection on which nothing has been asked."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def open(self, method: str, path: str, body: Any = None) -> socket.socket:
        """A request whose answer is not read."""
        wire = self.connect()
        data = b"" if body is None else json.dumps(body).encode()
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(data)}\r\n\r\n"
        )
        wire.sendall(head.encode() + data)
        return wire

    def load(self) -> tuple[int, int]:
        """How many texts wait and are in the making."""
        found = self.get("/health").body
        return found["waiting"], found["running"]

    def until(self, load: tuple[int, int], seconds: float = 10) -> None:
        """Wait until so many texts wait and are in the making."""
        end = time.monotonic() + seconds
        while (found := self.load()) != load:
            assert time.monotonic() < end, f"{found}, not {load}"
            time.sleep(0.01)

    def until_healthy(self, seconds: float = 30) -> None:
        """Wait until the server answers."""
        end = time.monotonic() + seconds
        while not self.answers():
            assert time.monotonic() < end
            time.sleep(0.02)

    def answers(self) -> bool:
        """Whether there is a server."""
        try:
            return self.get("/health").status == 200
        except OSError:
            return False


def events(text: str) -> list[tuple[str, Any]]:
    """The events of a stream."""
    found = []
    for block in text.split("\n\n")[:-1]:
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def text_of(stream: list[tuple[str, Any]]) -> str:
    """What the pieces of a stream say together."""
    return "".join(data["text"] for name, data in stream if name == "text")
