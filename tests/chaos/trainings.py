"""Small trainings of every task, each in a process that can be ended at any moment."""

from __future__ import annotations

import contextlib
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import seqtasks

SMALL = (
    "data.train.sentences=64",
    "data.val.sentences=16",
    "data.test.sentences=16",
    "encoder.hidden_size=12",
    "encoder.num_layers=2",
    "encoder.dropout=0.2",
    "trainer.max_epochs=2",
    "data.batching.batch_size=8",
    "callbacks.last.every_n_train_steps=2",
    "logger=none",
    "report=false",
    "threads=1",
)
TRAININGS: dict[str, tuple[str, ...]] = {
    "generation-streams": (
        "task=generation",
        *SMALL,
        "data.batching.batch_size=4",
        "data.batching.window=16",
        "task.sampling.max_length=4",
    ),
    "generation-buckets": ("task=generation", "data=sample", *SMALL, "task.sampling.max_length=4"),
    "classification": ("task=classification", *SMALL, "report=true"),
    "tagging": ("task=tagging", "task/head=crf", *SMALL, "logger=default"),
    "translation": ("task=translation", *SMALL, "task.search.max_length=6"),
    "joint": ("task=joint", *SMALL, "encoder.num_layers=1", "encoder.dropout=0"),
    "one_to_one": ("task=one_to_one", *SMALL, "data.batching.batch_size=64"),
    "question_answering": ("task=question_answering", *SMALL),
    "transduction": ("task=transduction", *SMALL, "task.search.max_length=6"),
    "synchronous": ("task=synchronous", *SMALL),
    "averaged": ("task=classification", *SMALL, "callbacks=ema"),
    "best-mean": ("task=tagging", *SMALL, "callbacks=average_best"),
    "accumulated": (
        "task=classification",
        *SMALL,
        "trainer.accumulate_grad_batches=2",
        "trainer.val_check_interval=4",
        "scheduler=plateau",
    ),
}
"""Name → the options of a training that takes about a second."""

WRITES = frozenset(
    {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "shutil.copyfile", "open"}
)
"""Events of Python's audit with which a training changes what is on the disk."""

Prelude = Callable[[], None]


class Training:
    """A training in a process of its own; what it prints is in files beside it.

    Attributes:
        folder: where it works.
        code: its exit code, negative for a signal; None while it runs.
        out: what it printed, once it has ended.
        error: what it said on the error stream.
        seconds: how long it ran.
    """

    code: int | None = None

    def __init__(
        self,
        options: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        *,
        forked: bool,
        prelude: Prelude = lambda: None,
        printed: Path | None = None,
    ) -> None:
        """Begin it.

        Args:
            options: of ``python -m seqtasks``.
            folder: where it works.
            environment: beside that of this process.
            forked: copy this process, which has imported what a training needs, instead of
                starting Python anew.
            prelude: what the forked process does first.
            printed: the folder for its output; None for the one where it works.
        """
        self.folder = folder
        self.printed = [(printed or folder) / f"{name}.txt" for name in ("out", "error")]
        self.began = time.monotonic()
        if forked:
            self.pid = os.fork()
            if self.pid == 0:
                self._train(options, folder, environment, prelude)
            return
        streams = [path.open("wb") for path in self.printed]
        started = subprocess.Popen(
            [sys.executable, "-m", "seqtasks", *options],
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": str(Path(seqtasks.__file__).parents[1]),
                **environment,
            },
            stdin=subprocess.DEVNULL,
            stdout=streams[0],
            stderr=streams[1],
            start_new_session=True,
        )
        for stream in streams:
            stream.close()
        self.pid = started.pid
        started.returncode = 0  # it is this object that waits for the process

    def _train(
        self,
        options: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        prelude: Prelude,
    ) -> None:
        """Be ``python -m seqtasks`` and end the process."""
        code = 1
        try:
            os.setsid()
            for number, path in enumerate((Path(os.devnull), *self.printed)):
                opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
                os.dup2(opened, number)
                os.close(opened)
            os.environ.update(environment)
            tempfile.tempdir = None  # to be found anew
            os.chdir(folder)
            sys.argv = ["seqtasks", *options]
            sys.stdin, sys.stdout, sys.stderr = (
                open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
                for number, mode in enumerate("rww")
            )
            sys.modules.pop("seqtasks.__main__", None)
            _take_signals()
            prelude()
            code = 0
            runpy.run_module("seqtasks", run_name="__main__", alter_sys=True)
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        except BaseException:
            code = 1
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def wait(self, seconds: float) -> bool:
        """Wait until it has ended, or so many seconds; whether it has."""
        until = time.monotonic() + seconds
        while self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
                self.seconds = time.monotonic() - self.began
            elif time.monotonic() > until:
                return False
            else:
                time.sleep(0.002)
        return True

    @property
    def out(self) -> str:
        return self.printed[0].read_text(errors="replace")

    @property
    def error(self) -> str:
        return self.printed[1].read_text(errors="replace")

    def members(self) -> list[int]:
        """The processes of the training that run, the first one first."""
        found = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                state, _, group = path.read_text().rpartition(")")[2].split()[:3]
            except OSError:  # it has just ended
                continue
            if int(group) == self.pid and state != "Z":
                found.append(int(path.parent.name))
        return sorted(found)

    def ranks(self) -> list[int]:
        """The numbers of the processes that run, among those that train together."""
        return [rank(pid) for pid in self.members()]

    def kill(self) -> None:
        """End all its processes at once, and wait for the first."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.wait(60)


def _take_signals() -> None:
    """Take signals as ``import seqtasks`` does in a command of its own."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if taken := sys.modules.get("seqtasks.cli.signals"):
        taken._process = os.getpid()
        taken.take_signals()


def rank(pid: int) -> int:
    """The number of a process among those that train together; -1 where it has ended."""
    try:
        variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return -1
    given = [variable for variable in variables if variable.startswith(b"LOCAL_RANK=")]
    return int(given[0].partition(b"=")[2]) if given else 0


def load_all() -> None:
    """Import what a training needs, for forked ones."""
    import pytorch_lightning  # noqa: F401

    import seqtasks.run  # noqa: F401


def counting(path: Path) -> Prelude:
    """A prelude that counts what is written, for `ending_at`, into a file: a byte for each."""

    def prelude() -> None:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        _at_writes(lambda: os.write(number, b"."))

    return prelude


def ending_at(write: int, number: signal.Signals, delay: float = 0.0) -> Prelude:
    """A prelude that lets the process get a signal at so many writes of files, and some seconds.

    SIGKILL comes from the system's clock, SIGTERM and SIGINT at the write itself.
    """

    def prelude() -> None:
        left = [write]

        def count() -> None:
            left[0] -= 1
            if left[0] != 0:
                return
            if number is signal.SIGKILL:
                signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process on the spot
                signal.setitimer(signal.ITIMER_REAL, max(delay, 1e-6))
            else:
                os.kill(os.getpid(), number)

        _at_writes(count)

    return prelude


def _at_writes(call: Callable[[], object]) -> None:
    """Call a function before each event of `WRITES`."""

    def hook(event: str, arguments: tuple) -> None:
        if event in WRITES and (event != "open" or _writes(arguments[2])):
            call()

    sys.addaudithook(hook)


def _writes(flags: object) -> bool:
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))


def other_file_system(path: Path) -> Path:
    """A writable folder on another file system than a path; the temporary one where none is."""
    for name in ("/dev/shm", "/var/tmp", str(Path.home()), "/run", "/tmp"):
        folder = Path(name)
        there = folder.is_dir() and os.access(folder, os.W_OK)
        if there and folder.stat().st_dev != path.stat().st_dev:
            return folder
    return Path(tempfile.gettempdir())
