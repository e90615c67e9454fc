"""The shape of an attack that must fail, and how many of them are tried at once."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path

_FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Case:
    """One attack.

    Attributes:
        kind: what is counted together.
        name: tells the case from the others of its module; the same from the same seed.
        attempt: from an empty folder to "" if all held, else to what went wrong, in a line.
        limit: seconds after which the case hangs.
    """

    kind: str
    name: str
    attempt: Callable[[Path], str]
    limit: float = 600.0


@dataclass
class Tally:
    """How many cases of a kind were tried, and the names of those that failed, each with why."""

    tried: int = 0
    failed: dict[str, str] = field(default_factory=dict)


def run_cases(
    cases: Iterable[Case], jobs: int = 1, repeat: str = "", under: Path | None = None
) -> dict[str, Tally]:
    """Try cases, each in a folder of its own, and print what fails, then tried and failed by kind.

    The cases run in forked processes: one that dies or hangs fails alone.

    Args:
        cases: the attacks.
        jobs: how many processes try them.
        repeat: the command that repeats a case, up to its name; printed with each failure.
        under: where the folders of the cases are made; those of failed cases stay.

    Returns:
        Kind → what became of its cases.
    """
    waiting = list(cases)[::-1]
    total = len(waiting)
    top = Path(tempfile.mkdtemp(prefix="chaos-", dir=under)).resolve()
    running: list[_Attempt] = []
    kinds: dict[str, Tally] = defaultdict(Tally)
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                running.append(_Attempt(waiting.pop(), top))
            wait([attempt.connection for attempt in running], timeout=1.0)
            for attempt in running[:]:
                if (wrong := attempt.answer()) is None:
                    continue
                running.remove(attempt)
                case, tally = attempt.case, kinds[attempt.case.kind]
                tally.tried += 1
                if wrong:
                    tally.failed[case.name] = wrong
                    print(f"FAILED {case.kind}: {case.name}: {wrong}", flush=True)
                    print(f"  to repeat it: {repeat} {case.name}", flush=True)
                done = sum(tally.tried for tally in kinds.values())
                print(f"\r{done}/{total}", end="", file=sys.stderr, flush=True)
    finally:
        for attempt in running:
            attempt.end()
    print(file=sys.stderr)
    print_tallies(kinds)
    if not any(tally.failed for tally in kinds.values()):
        shutil.rmtree(top, ignore_errors=True)
    return dict(kinds)


def print_tallies(kinds: dict[str, Tally]) -> None:
    """A table: kind, tried, failed."""
    rows = [(kind, tally.tried, len(tally.failed)) for kind, tally in sorted(kinds.items())]
    rows.append(("all", sum(row[1] for row in rows), sum(row[2] for row in rows)))
    width = max(len(kind) for kind, *_ in rows)
    print(f"{'kind':{width}}  tried  failed")
    for kind, tried, failed in rows:
        print(f"{kind:{width}}  {tried:5}  {failed:6}", flush=True)


class _Attempt:
    """A process that tries a case."""

    def __init__(self, case: Case, top: Path) -> None:
        self.case, self.until = case, time.monotonic() + case.limit
        self.connection, other = _FORK.Pipe(duplex=False)
        self.process = _FORK.Process(target=_try, args=(other, case, top))
        self.process.start()
        other.close()

    def answer(self) -> str | None:
        """What went wrong with the case, "" for nothing; None while it runs."""
        if self.connection.poll():
            try:
                wrong = self.connection.recv()
            except EOFError:
                self.process.join()
                wrong = f"the process died: exit code {self.process.exitcode}"
        elif time.monotonic() > self.until:
            wrong = f"it hangs: not done after {self.case.limit:g} s"
        else:
            return None
        self.end()
        return wrong

    def end(self) -> None:
        """End the process and those that it began."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            self.process.kill()
        self.process.join()
        self.connection.close()


def _try(connection: Connection, case: Case, top: Path) -> None:
    """Try one case in this process, and say what went wrong."""
    os.setsid()  # to be ended with all that it begins
    signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell's background ignores
    folder = Path(tempfile.mkdtemp(prefix=f"{case.name.replace('/', '_')[:60]}-", dir=top))
    os.chdir(folder)
    try:
        wrong = case.attempt(folder)
    except BaseException as error:
        wrong = f"{type(error).__name__}: {error}"
    if not wrong:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        wrong = f"{' '.join(wrong.split())} [{folder}]"
    connection.send(wrong)
