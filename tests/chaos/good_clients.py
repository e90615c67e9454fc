"""Clients who ask for what the server is there for, and how it goes for them."""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import dataclass, field

from chaos.misdeeds import HEAD

TEXT = json.dumps({"text": "the dogs see the cat ."}).encode()
STORY = json.dumps({"prompt": "the", "max_length": 10}).encode()
PATIENCE = 40.0
"""Seconds after which a request has failed."""


@dataclass
class Outcome:
    """How requests went.

    Attributes:
        seconds: of each that was answered.
        failures: why each other one was not.
    """

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """The seconds that so large a share of the requests took at most."""
        ordered = sorted(self.seconds)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0


class Caller:
    """One client; it keeps its connection, or opens one for each request."""

    def __init__(self, port: int, keeps: bool) -> None:
        self.port, self.keeps = port, keeps
        self.wire: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, path: str, body: bytes) -> None:
        """One request.

        Raises:
            ValueError: its answer is not what was asked for.
        """
        if self.wire is None:
            self.wire = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.wire
        kept = self.keeps and path != "/generate"
        head = HEAD % (f"POST {path}".encode()) + b"Content-Length: %d\r\n" % len(body)
        writer.write(head + (b"" if kept else b"Connection: close\r\n") + b"\r\n" + body)
        status = await reader.readline()
        headers = (await reader.readuntil(b"\r\n\r\n")).lower()
        if kept and b"content-length: " in headers:
            length = int(headers.partition(b"content-length: ")[2].split()[0])
            answer = await reader.readexactly(length)
        else:
            answer = await reader.read()
            self.close()
        expected = b"event: end" if path == "/generate" else b'"predictions"'
        if b" 200 " not in status or expected not in answer:
            raise ValueError(f"{status!r} {answer[-200:]!r}")

    def close(self) -> None:
        """Close the connection."""
        if self.wire is not None:
            self.wire[1].close()
            self.wire = None


async def call(caller: Caller, end: float, outcome: Outcome) -> None:
    """Ask, wait for the answer, think, and ask again."""
    while time.monotonic() < end:
        path, body = ("/predict", TEXT) if random.random() < 0.8 else ("/generate", STORY)
        began = time.monotonic()
        try:
            await asyncio.wait_for(caller.ask(path, body), PATIENCE)
            outcome.seconds.append(time.monotonic() - began)
        except (OSError, EOFError, ValueError, asyncio.TimeoutError) as error:
            outcome.failures.append(f"{path}: {type(error).__name__}: {error}")
            caller.close()
        await asyncio.sleep(random.uniform(0, 0.05))
    caller.close()


async def call_together(port: int, clients: int, seconds: float, seed: int) -> Outcome:
    """So many clients at once, half of whom keep their connections."""
    random.seed(seed)
    outcome, end = Outcome(), time.monotonic() + seconds
    callers = [Caller(port, keeps=number % 2 == 0) for number in range(clients)]
    await asyncio.gather(*(call(caller, end, outcome) for caller in callers))
    return outcome
