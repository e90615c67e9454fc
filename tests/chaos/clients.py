"""A server under bad clients: none of the good ones fails, memory is flat, ``/health`` answers.

``PYTHONPATH=tests python -m chaos.clients --seconds 60`` measures, and prints a table.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from chaos.case import Case
from chaos.good_clients import Outcome, call_together
from chaos.misdeeds import HALF_OPEN, RUDE, SLOW, hold
from small import ROOT

SHORT = 1
GROWTH = 20.0
"""Megabytes by which the server's memory may grow after its first quarter, or 5 %."""

_FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Load:
    """Who asks the server.

    Attributes:
        bad: misdeed → so many clients who do it.
        good: clients.
        seconds: how long.
        files: the server's limit on open files; None for the system's.
        pause: seconds after which a bad client comes again, at most.
        patience: seconds in which ``/health`` answers; long, where much else runs meanwhile.
        seed: of what is drawn at random.
    """

    bad: Mapping[str, int]
    good: int = 8
    seconds: float = 3.0
    files: int | None = None
    pause: float = 1.0
    patience: float = 5.0
    seed: int = 1


@dataclass
class Found:
    """What came of it.

    Attributes:
        outcome: of the good clients' requests.
        health: seconds for each answer of ``/health``; endless where there was none.
        megabytes: of the server's memory, about once a second.
        files: the most that the server had open at once.
        printed: what the server wrote on its error stream.
        code: with which it ended.
    """

    outcome: Outcome
    health: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    files: int = 0
    printed: str = ""
    code: int | None = None

    @property
    def growth(self) -> float:
        """Megabytes by which the memory grew after the first quarter."""
        return max(self.megabytes[-3:]) - max(self.megabytes[: len(self.megabytes) // 4 + 1])

    def wrong(self, patience: float) -> str:
        """What did not hold, or ""; the patience is that with ``/health``."""
        failures = self.outcome.failures
        if failures or not self.outcome.seconds:
            asked = len(failures) + len(self.outcome.seconds)
            return f"{len(failures)} of {asked} requests failed: {[*failures, ''][0]}"
        if max(self.health) >= patience:
            return f"/health took {max(self.health):.2f} s"
        if self.growth >= max(GROWTH, 0.05 * self.megabytes[0]):
            return f"the server's memory grew by {self.growth:.1f} MB"
        if self.printed != "seqtasks: stopped\n" or self.code != 0:
            return f"code {self.code}: {self.printed[-300:]!r}"
        return ""


def cases(seed: int, count: int) -> Iterator[Case]:
    """All misdeeds together and one by one, also where few files may be open."""
    import saved

    every = dict.fromkeys((*HALF_OPEN, *SLOW, *RUDE), 5)
    kinds: dict[str, dict[str, Any]] = {
        "few files": {"bad": {**every, "silent": 60}, "files": 128},
        "all misdeeds": {"bad": {**every, "silent": 30}},
        "a storm": {"bad": {**every, "silent": 60}, "files": 128, "pause": 0.01},
        **{name: {"bad": {name: 40}} for name in (*HALF_OPEN, *SLOW)},
        **{name: {"bad": {name: 8}} for name in RUDE},
    }
    for number in range(count):
        kind = [*kinds][number % len(kinds)]
        load = Load(**kinds[kind], seed=seed * 1000 + number)
        name = f"{number:03}-{kind.replace(' ', '-')}"
        yield Case(kind, name, partial(attempt, saved.save, load), limit=120.0)


def attempt(save: Any, load: Load, folder: Path) -> str:
    """Serve a small model to a load; what did not hold, or ""."""
    save(folder / "bundle", "task=generation", "data.tokens.level=character")
    return measure(folder / "bundle", load).wrong(load.patience)


def measure(bundle: Path, load: Load) -> Found:
    """Serve a bundle to a load, and look on."""
    server, port = serve(bundle, load.files)
    bad = _FORK.Process(target=misbehave, args=(port, load))
    mine, theirs = _FORK.Pipe(duplex=False)
    good = _FORK.Process(target=behave, args=(port, load, theirs))
    try:
        bad.start()
        time.sleep(min(2.0, load.seconds / 4))
        good.start()
        found = Found(Outcome())
        end = time.monotonic() + load.seconds + 60
        while not mine.poll() and time.monotonic() < end:
            found.health.append(health(port))
            found.megabytes.append(megabytes(server.pid))
            found.files = max(found.files, len(os.listdir(f"/proc/{server.pid}/fd")))
            mine.poll(min(1.0, load.seconds / 12))
        if mine.poll():
            found.outcome = mine.recv()
        server.send_signal(signal.SIGTERM)
        found.printed = server.communicate(timeout=30)[1]
        found.code = server.returncode
        return found
    finally:
        for process in (bad, good, server):
            process.kill()
        bad.join()
        good.join()
        server.wait()


def serve(bundle: Path, files: int | None) -> tuple[subprocess.Popen[str], int]:
    """A server in a process of its own, and its port."""
    command = [sys.executable, "-m", "seqtasks.serve", str(bundle), "--port", "0", "--grace", "2"]
    if files is not None:
        command = ["sh", "-c", f'ulimit -n {files}; exec "$@"', "sh", *command]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    pipe = subprocess.PIPE
    server = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment)
    assert server.stdout is not None
    port = re.search(r":(\d+) \(", server.stdout.readline())
    if port is None:
        raise RuntimeError(f"the server did not start: {server.communicate()[1]}")
    end = time.monotonic() + 30
    while health(int(port[1])) > 30 and time.monotonic() < end:
        time.sleep(0.05)
    return server, int(port[1])


def misbehave(port: int, load: Load) -> None:
    """The bad clients' process."""
    asyncio.run(hold(port, load.bad, load.pause, load.seed))


def behave(port: int, load: Load, result: Any) -> None:
    """The good clients' process."""
    result.send(asyncio.run(call_together(port, load.good, load.seconds, load.seed)))


def health(port: int) -> float:
    """Seconds until ``/health`` has answered."""
    began = time.monotonic()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as wire:
            wire.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answer = b"".join(iter(lambda: wire.recv(4096), b""))
    except OSError:
        return float("inf")
    return time.monotonic() - began if b'"status":"ok"' in answer else float("inf")


def megabytes(process: int) -> float:
    """Resident memory of a process."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print a table; 1 if anything did not hold, else 0."""
    import tempfile

    import saved

    parser = argparse.ArgumentParser(prog="python -m chaos.clients", description=__doc__)
    parser.add_argument("--clients", type=int, default=64, metavar="N", help="good ones")
    parser.add_argument("--half-open", type=int, default=300, metavar="N")
    parser.add_argument("--slow", type=int, default=200, metavar="N")
    parser.add_argument("--rude", type=int, default=0, metavar="N", help="who make it work")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--files", type=int, metavar="N", help="as ulimit -n for the server")
    parser.add_argument("--pause", type=float, default=1.0, help="until a bad one comes again")
    parser.add_argument("--patience", type=float, default=1.0, help="seconds for /health")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    bad = {
        **dealt(given.half_open, [*HALF_OPEN]),
        **dealt(given.slow, [*SLOW]),
        **dealt(given.rude, [*RUDE]),
    }
    load = Load(
        bad,
        given.clients,
        given.seconds,
        given.files,
        given.pause,
        given.patience,
        given.seed,
    )
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "bundle"
        saved.save(bundle, "task=generation", "data.tokens.level=character")
        found = measure(bundle, load)
    show(found, load)
    wrong = found.wrong(load.patience)
    print(wrong or "all held")
    return int(bool(wrong))


def dealt(count: int, names: Sequence[str]) -> dict[str, int]:
    """So many clients, shared among misdeeds."""
    return {name: (count + at) // len(names) for at, name in enumerate(names)}


def show(found: Found, load: Load) -> None:
    """Print the figures."""
    outcome, memory = found.outcome, found.megabytes
    rows = {
        "good clients": str(load.good),
        "bad clients": ", ".join(f"{count} {name}" for name, count in load.bad.items() if count),
        "requests": f"{len(outcome.seconds)} in {load.seconds:g} s",
        "failed": str(len(outcome.failures)),
        "p50, p99": f"{1e3 * outcome.percentile(0.5):.0f}, {1e3 * outcome.percentile(0.99):.0f} ms",
        "/health": f"{1e3 * max(found.health):.0f} ms at most, of {len(found.health)} times",
        "memory": f"{memory[0]:.1f} to {memory[-1]:.1f} MB, {found.growth:+.1f} after a quarter",
        "files open": f"{found.files} at most",
        "printed": repr(found.printed[-200:]),
        "exit code": str(found.code),
    }
    for name, value in rows.items():
        print(f"{name:14}{value}")


if __name__ == "__main__":
    sys.exit(main())
