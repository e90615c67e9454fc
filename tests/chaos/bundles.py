"""Hostile bundles, from every command that opens one: they run nothing, read nothing, cost little.

A case is a good bundle that a function of `chaos.damage` or `chaos.graph_damage` makes hostile, and
a command that opens it. It has to end with one line.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import io
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from chaos.case import Case
from chaos.damage import HARMLESS, KINDS, TOKENIZERS, UNSEALED, Damage
from chaos.graph_damage import GRAPHS

SHORT = 6

SECONDS, MEGABYTES = 20.0, 2_000
"""What a hostile bundle may cost at most."""

TEXT = "the dogs see the cat ."

OPTIONS = {
    "tagging": ["task=tagging"],
    "transduction": ["task=transduction", "task.search.max_length=9"],
}
"""The good bundles; the first is exported too."""

Command = Callable[[Path], None]


def load(folder: Path) -> None:
    from seqtasks import bundle

    bundle.load(folder).predict([TEXT])


def predict(folder: Path) -> None:
    from seqtasks import predict

    Path("texts").write_text(f"{TEXT}\n\nzzz\n", encoding="utf-8")
    predict.main([str(folder), "--input", "texts", "--output", "found"])


def generate(folder: Path) -> None:
    from seqtasks import generate

    generate.main([str(folder), "--prompt", "a"])


def evaluate(folder: Path) -> None:
    from seqtasks import evaluate

    evaluate.main([str(folder), "--samples", "0"])


def report(folder: Path) -> None:
    from seqtasks import report

    report.main([str(folder), "--output", "page.html", "--examples", "2"])


def export(folder: Path) -> None:
    from seqtasks import export

    export.main([str(folder), "--format", "onnx", "--output", "exported"])


def picture(folder: Path) -> None:
    from seqtasks import picture

    picture.main([str(folder), "--states", "--text", TEXT, "--output", "view.json"])


def transfer(folder: Path) -> None:
    from seqtasks.transfer.transfer import Transfer

    Transfer(encoder=str(folder)).prepare(None, {})


def serve(folder: Path) -> None:
    from seqtasks import serve

    run, serve.run_server = serve.run_server, lambda *_: None
    try:
        serve.main([str(folder), "--port", "0"])
    finally:
        serve.run_server = run


def address(folder: Path) -> None:
    from seqtasks import bundle
    from seqtasks.bundle import files

    fetched, files.fetched = files.fetched, lambda _: folder
    try:
        bundle.load("hf://someone/something")
    finally:
        files.fetched = fetched


COMMANDS = (load, predict, generate, evaluate, report, export, picture, transfer, serve, address)


def cases(seed: int, count: int) -> Iterator[Case]:
    """So many cases; every kind once before any comes twice, each time by another command."""
    good()
    draw = Random(seed)
    every = [
        *((name, damage, "tagging") for name, damage in KINDS.items()),
        *((name, damage, "transduction") for name, damage in TOKENIZERS.items()),
        *((name, damage, "exported") for name, damage in GRAPHS.items()),
    ]
    draw.shuffle(every)
    for number in range(count):
        name, damage, model = every[number % len(every)]
        command = COMMANDS[(number + number // len(every)) % len(COMMANDS)]
        chance = draw.randrange(1 << 30)
        yield Case(
            name.replace("_", " "),
            f"{name}-{command.__name__}-{number}",
            functools.partial(attempt, name, damage, model, command, chance),
            limit=60.0,
        )


@functools.cache
def good() -> Path:
    """A folder of good bundles, untrained, one for each kind of model."""
    from saved import save

    from seqtasks import bundle
    from seqtasks.bundle.export import export_bundle

    place = Path(tempfile.mkdtemp(prefix="chaos-bundles-"))
    owner = os.getpid()
    atexit.register(lambda: os.getpid() == owner and shutil.rmtree(place, ignore_errors=True))
    for name, options in OPTIONS.items():
        save(place / name, *options)
    export_bundle(bundle.load(place / "tagging"), place / "exported")
    return place


def attempt(
    name: str, damage: Damage, model: str, command: Command, chance: int, folder: Path
) -> str:
    """Make a bundle hostile and open it by a command; "" if it is refused as it has to be."""
    import torch
    from saved import reseal

    torch.set_num_threads(1)
    place, outside = folder / "bundle", folder / "outside"
    shutil.copytree(good() / model, place)
    outside.mkdir()
    (outside / "secret").write_bytes(b"\0" * 4096)
    (folder / "evil.py").write_text("open('ran', 'w').close()\nclass Evil: ...\n", encoding="utf-8")
    shutil.copy(outside / "secret", folder / "secret")
    damage(place, outside, Random(chance))
    if name not in UNSEALED:
        reseal(place)
    forget_peak()
    start, told = time.monotonic(), io.StringIO()
    with watched({str(outside / "secret"), str(folder / "secret"), "secret"}) as read:
        refused, wrong = ended(command, place, told)
    seconds, said = time.monotonic() - start, told.getvalue()
    held = [peak(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10]
    return wrong or next(
        (
            reason
            for failed, reason in (
                ((folder / "ran").exists() or Path("ran").exists(), "it ran code"),
                (bool(read), f"it read {sorted(read)}"),
                (seconds > SECONDS, f"it took {seconds:.0f} s"),
                (max(held) > MEGABYTES, f"it took {max(held):,} MB"),
                ("Traceback" in said or "panicked" in said, f"a traceback: {said[-300:]}"),
                (refused and said.strip().count("\n") > 0, f"several lines: {said[-300:]}"),
                (not refused and name not in HARMLESS, f"it was opened: {said[-300:]}"),
            )
            if failed
        ),
        "",
    )


def forget_peak() -> None:
    """Let the largest memory of this process be counted from now on, where the system can."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak() -> int:
    """The largest memory of this process, in megabytes."""
    with contextlib.suppress(OSError):
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        return int(status.split("VmHWM:")[1].split()[0]) >> 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def ended(command: Command, place: Path, told: io.StringIO) -> tuple[bool, str]:
    """Whether a command refused the bundle, with what it said, and which traceback there was."""
    from seqtasks.errors import SeqtasksError

    with (
        contextlib.redirect_stderr(told),
        contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())),
    ):
        try:
            command(place)
        except SystemExit as end:
            return bool(end.code), ""
        except SeqtasksError as error:
            told.write(str(error))
            return True, ""
        except BaseException as error:
            return False, f"a traceback of {type(error).__name__}: {str(error)[:200]}"
    return False, ""


_READ: list[set[str]] = []
"""Those who want to know what is opened, each with what may not be; empty outside of cases."""

_SEEN: set[str] = set()


@functools.cache
def _listen() -> None:
    def hook(event: str, arguments: Any) -> None:
        if event == "open" and _READ and isinstance(arguments[0], str | os.PathLike):
            path = os.fspath(arguments[0])
            if path in _READ[-1]:
                _SEEN.add(path)

    sys.addaudithook(hook)


@contextlib.contextmanager
def watched(paths: set[str]) -> Iterator[set[str]]:
    """The files among some that this process opens meanwhile."""
    _listen()
    _SEEN.clear()
    _READ.append(paths)
    try:
        yield _SEEN
    finally:
        _READ.pop()
