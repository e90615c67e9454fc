"""Checkpoints with wrong bytes are refused in a line, or train on to the same weights."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from chaos.case import Case
from chaos.references import PATIENCE, References
from chaos.remains import differences, last_line
from chaos.trainings import TRAININGS, Training, load_all

SHORT = 2
NAMES = ("generation-streams", "classification", "translation", "averaged", "best-mean")
KEEP_ALL = ("callbacks.last.filename='{step}'", "+callbacks.last.save_top_k=-1")

Damage = Callable[[bytearray, random.Random], bytes]


def flipped(content: bytearray, draw: random.Random) -> bytes:
    """One bit is another."""
    content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    return content


def cut(content: bytearray, draw: random.Random) -> bytes:
    """The end is not there."""
    return content[: draw.randrange(len(content))]


def zeroed(content: bytearray, draw: random.Random) -> bytes:
    """A block of a disk holds zeros."""
    start = draw.randrange(0, len(content), 4096)
    content[start : start + 4096] = bytes(len(content[start : start + 4096]))
    return content


def grown(content: bytearray, draw: random.Random) -> bytes:
    """Something stands after the end."""
    return content + draw.randbytes(draw.randrange(1, 5000))


def mixed(content: bytearray, draw: random.Random) -> bytes:
    """A block of a disk holds another one."""
    start, other = (draw.randrange(0, len(content), 4096) for _ in range(2))
    block = content[other : other + 4096]
    content[start : start + len(block)] = block
    return content


DAMAGES: tuple[Damage, ...] = (flipped, flipped, flipped, cut, zeroed, grown, mixed)


def cases(seed: int, count: int) -> Iterator[Case]:
    """Damaged checkpoints of several trainings, all ways in turn at random places."""
    load_all()
    references = References()
    for number in range(1, count + 1):
        name, damage = NAMES[number % len(NAMES)], DAMAGES[number % len(DAMAGES)]
        yield Case(
            f"checkpoint {damage.__name__}",
            f"{number:03}-{name}-{damage.__name__}",
            partial(attempt, name, damage, f"{seed} {number}", references),
        )


def attempt(name: str, damage: Damage, seed: str, references: References, folder: Path) -> str:
    """Damage a checkpoint of a training, and go on from it."""
    draw = random.Random(seed)
    options = (*TRAININGS[name], *KEEP_ALL)
    whole = references.get(name, options).run
    shutil.copytree(whole / "checkpoints", folder / "checkpoints")
    paths = sorted((folder / "checkpoints").glob("step=*.ckpt"))
    path = draw.choice(paths)
    before = path.read_bytes()
    path.write_bytes(damage(bytearray(before), draw))
    resumed = Training(
        [*options, f"ckpt_path='{path}'", "hydra.run.dir=run"],
        folder,
        {"SEQTASKS_CACHE": str(folder / "cache")},
        forked=True,
    )
    if not resumed.wait(PATIENCE):
        resumed.kill()
        return "it hangs"
    if resumed.code == 0:
        return differences(whole, folder / "run", but="*=*.ckpt")
    said = last_line(resumed.error)
    if "Traceback" in resumed.error or resumed.code not in (1, 2):
        return f"exit code {resumed.code}: {said}"
    if path.name not in said:
        return f"it does not name the file: {said}"
    return ""
