"""Texts that wait and leave in batches of like lengths, and prompts that wait."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from threading import Condition

from seqtasks.serving.job import Job
from seqtasks.serving.limits import Limits
from seqtasks.serving.refusal import FULL, STOPPING, Refusal
from seqtasks.serving.stream import Stream


class RequestQueue:
    """Texts and prompts in the order of their arrival; any thread may call the methods."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.changed = Condition()  # is notified of every change, and guards all of them
        self.closed = False  # nothing is added any more
        self.jobs: dict[Job, None] = {}  # in order, and quickly left
        self.streams: dict[Stream, None] = {}

    def __len__(self) -> int:
        return len(self.jobs) + len(self.streams)

    def enter(self, jobs: Sequence[Job] = (), streams: Sequence[Stream] = ()) -> None:
        """Add texts and prompts at the end, all or none."""
        with self.changed:
            if self.closed:
                raise Refusal(*STOPPING)
            more = len(jobs) + len(streams)
            if len(self) + more > self.limits.queue:
                raise Refusal(
                    FULL,
                    f"{len(self):,} texts wait and {more:,} more are too many: the queue holds "
                    f"{self.limits.queue:,}; ask again later",
                    {"Retry-After": "1"},
                )
            self.jobs.update(dict.fromkeys(jobs))
            self.streams.update(dict.fromkeys(streams))
            self.changed.notify_all()

    def leave(self, jobs: Iterable[Job] = (), streams: Iterable[Stream] = ()) -> None:
        """Remove texts and prompts; those that have left already are passed over."""
        with self.changed:
            for job in jobs:
                self.jobs.pop(job, None)
            for stream in streams:
                self.streams.pop(stream, None)
            self.changed.notify_all()

    def due(self, now: float) -> float | None:
        """Seconds until a batch is to run, 0 if it is now; None if no text waits."""
        if not self.jobs:
            return None
        oldest = next(iter(self.jobs))
        if sum(job.joins(oldest) for job in self.jobs) >= self.limits.batch_size:
            return 0.0
        return max(0.0, oldest.arrived + self.limits.wait_ms / 1000 - now)

    def batch(self) -> list[Job]:
        """Take the text that has waited longest, with those of similar length that may join it.

        Texts of one request that go together with no others leave in their order.
        """
        oldest = next(iter(self.jobs))
        size = self.limits.batch_size
        chosen = [job for job in self.jobs if job.joins(oldest)]
        if oldest.request is None:
            chosen.sort(key=lambda job: job.length)
            start = min(max(chosen.index(oldest) - size // 2, 0), max(len(chosen) - size, 0))
            chosen = chosen[start:]
        self.leave(chosen[:size])
        return chosen[:size]
