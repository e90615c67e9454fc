"""Trainings that nothing disturbs, each done once, to compare with."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chaos.trainings import Training, counting
from filelock import FileLock

PATIENCE = 120.0
"""Seconds after which a training hangs."""


@dataclass
class Reference:
    """A training that nothing disturbed.

    Attributes:
        run: its folder.
        seconds: how long it took.
        writes: how often it wrote to the disk, if it was forked.
    """

    run: Path
    seconds: float
    writes: int


class References:
    """Trainings by name, shared among the processes that try cases; gone when Python ends."""

    def __init__(self) -> None:
        self.kept = tempfile.TemporaryDirectory(prefix="chaos-references-")
        _KEPT.append(self.kept)

    def get(self, name: str, options: Sequence[str], *, forked: bool = True) -> Reference:
        """The training with these options, which is done if it was not.

        Raises:
            RuntimeError: it fails by itself.
        """
        folder = Path(self.kept.name) / name
        facts = folder / "reference.json"
        with FileLock(f"{folder}.lock"):
            if not facts.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                elsewhere = {"TMPDIR": str(folder), "SEQTASKS_CACHE": str(folder / "cache")}
                whole = Training(
                    [*options, "hydra.run.dir=run"],
                    folder,
                    elsewhere,
                    forked=forked,
                    prelude=counting(folder / "writes"),
                )
                if not whole.wait(PATIENCE) or whole.code != 0:
                    whole.kill()
                    raise RuntimeError(f"it does not train at all: {whole.code}, {whole.error}")
                writes = (folder / "writes").stat().st_size if forked else 0
                facts.write_text(json.dumps({"seconds": whole.seconds, "writes": writes}))
        return Reference(folder / "run", **json.loads(facts.read_text()))


_KEPT: list[tempfile.TemporaryDirectory] = []
