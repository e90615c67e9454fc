"""The one thread that owns the model."""

from __future__ import annotations

import time
from threading import Thread

import torch

from seqtasks.serving.answering import Answering
from seqtasks.serving.job import Job
from seqtasks.serving.limits import Limits
from seqtasks.serving.refusal import STOPPING, Refusal
from seqtasks.serving.request_queue import RequestQueue
from seqtasks.serving.stream import Stream


class Worker:
    """Runs batches of the texts that wait, and between them a step of each text in the making."""

    def __init__(self, answering: Answering, limits: Limits) -> None:
        self.answering, self.limits = answering, limits
        self.queue = RequestQueue(limits)
        self.running: list[Stream] = []
        self.thread = Thread(target=self.run, name="seqtasks-model", daemon=True)

    def close(self) -> None:
        """Finish the batch that runs, and refuse those who wait."""
        with self.queue.changed:
            self.queue.closed = True
            self.queue.changed.notify_all()
        if self.thread.is_alive():
            self.thread.join()

    def drop(self, stream: Stream) -> None:
        """Stop a text, whether it waits or is in the making."""
        stream.left = True
        self.queue.leave(streams=[stream])

    def run(self) -> None:
        try:
            while self.turn():
                pass
        finally:
            self.refuse_all()

    def turn(self) -> bool:
        """Wait for work and do some of it; False when closed."""
        queue = self.queue
        with queue.changed:
            while not queue.closed:
                self.admit()
                due = queue.due(time.monotonic())
                if due == 0 or self.running:
                    break
                queue.changed.wait(due)
            if queue.closed:
                return False
            jobs = queue.batch() if due == 0 else []
        if jobs:
            self.answer(jobs)
        with torch.inference_mode():
            self.running = [stream for stream in self.running if stream.step(self.answering.bundle)]
        return True

    def admit(self) -> None:
        """Let prompts in as other texts are done."""
        while self.queue.streams and len(self.running) < self.limits.max_streams:
            stream = next(iter(self.queue.streams))
            self.queue.leave(streams=[stream])
            self.running.append(stream)

    def answer(self, jobs: list[Job]) -> None:
        """Run a batch, and give each job its answer."""
        jobs = [job for job in jobs if job.answer.set_running_or_notify_cancel()]
        for job, found in zip(jobs, self.answering.answer(jobs), strict=True):
            if isinstance(found, Exception):
                job.answer.set_exception(found)
            else:
                job.answer.set_result(found)

    def refuse_all(self) -> None:
        """Refuse everybody who waits or whose text is in the making."""
        with self.queue.changed:
            self.queue.closed = True
            jobs, streams = [*self.queue.jobs], [*self.queue.streams, *self.running]
            self.queue.leave(jobs, streams)
            self.running = []
        for job in jobs:
            if job.answer.set_running_or_notify_cancel():
                job.answer.set_exception(Refusal(*STOPPING))
        for stream in streams:
            stream.deliver(Refusal(*STOPPING))
