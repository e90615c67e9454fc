"""The one thread that owns the model."""

from __future__ import annotations

import time
from threading import Thread

import torch

from seqtasks.serving.answering import Answering
from seqtasks.serving.job import Job
from seqtasks.serving.limits import Limits
from seqtasks.serving.refusal import FULL, Refusal
from seqtasks.serving.request_queue import RequestQueue
from seqtasks.serving.stream import Stream


class Worker:
    """Runs batches of the texts that wait, and between them a step of each text in the making.

    Args:
        answering: what the model says of a batch.
        limits: how many texts wait, run together and are in the making.

    Attributes:
        line: who waits.
        running: the texts in the making.
    """

    def __init__(self, answering: Answering, limits: Limits) -> None:
        self.answering, self.limits = answering, limits
        self.line = RequestQueue(limits)
        self.running: list[Stream] = []
        self.thread = Thread(target=self.run, name="seqtasks-model", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self.thread.start()

    def close(self) -> None:
        """Make an end: the batch that runs is finished, those who wait are refused."""
        with self.line.changed:
            self.line.closed = True
            self.line.changed.notify_all()
        if self.thread.is_alive():
            self.thread.join()

    def drop(self, stream: Stream) -> None:
        """Stop a text, wherever it is."""
        stream.left = True
        self.line.leave(streams=[stream])

    def run(self) -> None:
        """Work until closed."""
        try:
            while self.turn():
                pass
        finally:
            self.refuse_all()

    def turn(self) -> bool:
        """Wait for work and do some of it; False when closed."""
        line = self.line
        with line.changed:
            while not line.closed:
                self.admit()
                due = line.due(time.monotonic())
                if due == 0 or self.running:
                    break
                line.changed.wait(due)
            if line.closed:
                return False
            jobs = line.batch() if due == 0 else []
        if jobs:
            self.answer(jobs)
        with torch.inference_mode():
            self.running = [stream for stream in self.running if stream.step(self.answering.bundle)]
        return True

    def admit(self) -> None:
        """Let prompts in as others are done with."""
        while self.line.streams and len(self.running) < self.limits.max_streams:
            stream = next(iter(self.line.streams))
            self.line.leave(streams=[stream])
            self.running.append(stream)

    def answer(self, jobs: list[Job]) -> None:
        """Run a batch and hand every answer to whom it belongs."""
        jobs = [job for job in jobs if job.answer.set_running_or_notify_cancel()]
        for job, found in zip(jobs, self.answering.answer(jobs), strict=True):
            if isinstance(found, Exception):
                job.answer.set_exception(found)
            else:
                job.answer.set_result(found)

    def refuse_all(self) -> None:
        """Tell everybody that there will be no answer."""
        refusal = Refusal(FULL, "the server is stopping; ask again later", {"Retry-After": "5"})
        with self.line.changed:
            self.line.closed = True
            jobs, streams = [*self.line.jobs], [*self.line.streams, *self.running]
            self.line.leave(jobs, streams)
            self.running = []
        for job in jobs:
            if job.answer.set_running_or_notify_cancel():
                job.answer.set_exception(refusal)
        for stream in streams:
            stream.deliver(refusal)
