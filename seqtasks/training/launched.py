"""Processes of one training that a launcher has started alike: torchrun, SLURM, LSF, MPI."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from seqtasks.errors import SeqtasksError, UsageError, first_line

SIGNS = ("TORCHELASTIC_RUN_ID", "SLURM_STEP_ID", "LSB_JOBID", "OMPI_COMM_WORLD_SIZE", "PMI_SIZE")
"""Variables of the environment, of which a launcher sets one."""

FOLDER = "SEQTASKS_RUN"
"""The variable that tells the processes that Lightning starts their folder."""

PATIENCE = timedelta(minutes=5)
"""How long a process waits for the first one, which may start later."""

_stores: list[Any] = []
"""Where the processes have met; Lightning finds the same place and the same server."""


class Launched(NamedTuple):
    """A process among those that a launcher has started."""

    rank: int
    size: int
    address: str
    port: int


def launched() -> Launched | None:
    """The place of this process, as Lightning counts; None if it was started alone.

    Raises:
        SeqtasksError: Lightning cannot tell from the launcher's variables.
    """
    if not any(os.environ.get(name) for name in SIGNS):
        return by_hand()
    from pytorch_lightning.plugins.environments import (
        LSFEnvironment,
        MPIEnvironment,
        SLURMEnvironment,
        TorchElasticEnvironment,
    )

    kinds: list[Any] = [TorchElasticEnvironment, LSFEnvironment, MPIEnvironment]
    if os.environ.get("SLURM_STEP_ID"):  # not in the script of a batch job, which is one process
        kinds.insert(1, SLURMEnvironment)
    kind = next((kind for kind in kinds if kind.detect()), None)
    if kind is None:
        return None
    try:
        place = kind()
        if place.world_size() < 2:
            return None
        rank, size = place.global_rank(), place.world_size()
        return Launched(rank, size, place.main_address, place.main_port)
    except (RuntimeError, LookupError, ValueError) as error:  # variables that Lightning misses
        raise SeqtasksError(
            f"what started this process does not say enough: {first_line(error)}; start the "
            "processes in the way of docs/scale.md"
        ) from error


def by_hand() -> Launched | None:
    """The place of a process among those that a person has started, or Lightning for a script.

    Those that Lightning starts for one training are told its folder, and ask nobody. For the next
    training of their script they meet as the others do.
    """
    where = [os.environ.get(name) for name in ("WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")]
    if None in (*where, os.environ.get("LOCAL_RANK")) or FOLDER in os.environ:
        return None
    size, address, port = map(str, where)
    return Launched(rank_by_hand(), int(size), address, int(port)) if int(size) > 1 else None


def check_size(size: int) -> None:
    """Refuse a training of another number of processes than were started (UsageError)."""
    group = launched()
    if group is not None and group.size != size:
        raise UsageError(
            f"{group.size} processes were started for a training of {size}; set it so that with "
            "trainer.num_nodes and trainer.strategy=ddp it makes as many, or start one process",
            option="devices",
        )


def rank_by_hand() -> int:
    """The number of a process that Lightning, or a person, has started; 0 for the first one."""
    local, node, size = (
        int(os.environ.get(name) or 0) for name in ("LOCAL_RANK", "NODE_RANK", "WORLD_SIZE")
    )
    return node * max(size, 1) + local  # without gaps, where all are on one machine


def is_first() -> bool:
    """Whether this process is the first of its training, on all machines."""
    group = launched()
    return not (rank_by_hand() if group is None else group.rank)


def agreed(choose: Callable[[], Path], named: Path) -> tuple[Path, int]:
    """The folder that the first process chooses, in all of them, and the number of this one.

    Args:
        choose: called in the first process alone; what it raises ends that, and then the others.
        named: the folder by the options, for a process that is not the first one and has nobody to
            ask, unless the one that started it says which.

    Raises:
        SeqtasksError: the processes do not find each other, or the first one has no folder.
    """
    group = launched()
    if group is None:
        if rank := rank_by_hand():
            return Path(os.environ.get(FOLDER, named)), rank
        return choose(), 0
    from torch.distributed import DistError

    try:
        return exchanged(meet(group), group, choose), group.rank
    except DistError as error:
        raise SeqtasksError(
            f"process {group.rank} of {group.size} does not find the others at "
            f"{group.address}:{group.port} ({first_line(error)}); start all of them together"
        ) from error


def exchanged(store: Any, group: Launched, choose: Callable[[], Path]) -> Path:
    """Say the folder to the others, and wait until they know; in these, hear it."""
    attempt = f"seqtasks/{os.environ.get('TORCHELASTIC_RESTART_COUNT', 0)}"
    key = f"{attempt}/{store.add(f'{attempt}/asked/{group.rank}', 1)}"
    if group.rank:
        await_keys(store, [key])
        answer = store.get(key)
        store.set(f"{key}/{group.rank}", "heard")
        if not answer:
            raise SeqtasksError("the first process has no run folder; see what it says")
        return Path(os.fsdecode(answer))
    answer = b""
    try:
        folder = choose()
        answer = os.fsencode(folder.absolute())
    finally:
        store.set(key, answer)
        await_keys(store, [f"{key}/{rank}" for rank in range(1, group.size)])
    return folder


def await_keys(store: Any, keys: list[str]) -> None:
    """Wait until a store has some keys; its own wait would not hear a signal."""
    from torch.distributed import DistStoreError

    until = time.monotonic() + PATIENCE.total_seconds()
    while not store.check(keys):
        if time.monotonic() > until:
            raise DistStoreError(f"nothing came for {PATIENCE.total_seconds():g} s")
        time.sleep(0.05)


def meet(group: Launched) -> Any:
    """The store of the group, at which Lightning meets too."""
    from torch.distributed import TCPStore

    theirs = os.environ.get("TORCHELASTIC_USE_AGENT_STORE") == "True"  # torchrun serves it itself
    _stores[:] = _stores or [
        TCPStore(
            group.address,
            group.port,
            is_master=group.rank == 0 and not theirs,
            timeout=PATIENCE,
            wait_for_workers=False,
            multi_tenant=not theirs,
        )
    ]
    return _stores[0]
