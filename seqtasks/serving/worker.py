"""The one thread that owns the model."""

from __future__ import annotations

import logging
import time
from threading import Thread

import torch

from seqtasks.serving.answering import Answering
from seqtasks.serving.job import Job
from seqtasks.serving.limits import Limits
from seqtasks.serving.refusal import FAILED, STOPPING, Refusal
from seqtasks.serving.request_queue import RequestQueue
from seqtasks.serving.stream import Stream

_log = logging.getLogger(__name__)


class Worker:
    """Runs batches of the texts that wait, and between them a step of each text in the making.

    Attributes:
        failure: the error that has ended the thread; None while it works, and where it was closed.
    """

    def __init__(self, answering: Answering, limits: Limits) -> None:
        self.answering, self.limits = answering, limits
        self.queue = RequestQueue(limits)
        self.running: list[Stream] = []
        self.failure: BaseException | None = None
        self.thread = Thread(target=self.run, name="seqtasks-model", daemon=True)

    def close(self) -> None:
        """Refuse those who wait, and finish the batch that runs if it ends within the grace."""
        with self.queue.changed:
            self.queue.closed = True
            self.queue.changed.notify_all()
        if self.thread.is_alive():
            self.thread.join(self.limits.grace)

    def wake(self) -> None:
        """Look again at the texts in the making: one of them may go on."""
        self.queue.leave()

    def drop(self, stream: Stream) -> None:
        """Stop a text, whether it waits or is in the making."""
        stream.left = True
        self.queue.leave(streams=[stream])

    def run(self) -> None:
        """Work until closed, or until an error that is of no single text."""
        try:
            while self.turn():
                pass
        except BaseException as error:
            _log.exception("the model's thread has failed")
            self.failure = error
        self.refuse_all()

    def turn(self) -> bool:
        """Wait for work and do some of it; False when closed."""
        queue = self.queue
        with queue.changed:
            while not queue.closed:
                self.admit()
                due = queue.due(time.monotonic())
                if due == 0 or self.going:
                    break
                queue.changed.wait(due)
            if queue.closed:
                return False
            jobs = queue.batch() if due == 0 else []
        if jobs:
            self.answer(jobs)
        with torch.inference_mode():
            bundle, texts = self.answering.bundle, self.running
            self.running = [text for text in texts if text.stalled or text.step(bundle)]
        return True

    @property
    def going(self) -> int:
        """How many texts are in the making and wait for no reader."""
        return sum(not stream.stalled for stream in self.running)

    def admit(self) -> None:
        """Let prompts in as other texts are done."""
        while self.queue.streams and self.going < self.limits.max_streams:
            stream = next(iter(self.queue.streams))
            self.queue.leave(streams=[stream])
            self.running.append(stream)

    def answer(self, jobs: list[Job]) -> None:
        """Run a batch, and give each job its answer."""
        jobs = [job for job in jobs if job.answer.set_running_or_notify_cancel()]
        try:
            answers = [*zip(jobs, self.answering.answer(jobs), strict=True)]
        except BaseException:
            for job in jobs:
                job.answer.set_exception(Refusal(*FAILED))
            raise
        for job, found in answers:
            if isinstance(found, Exception):
                job.answer.set_exception(found)
            else:
                job.answer.set_result(found)

    def refuse_all(self) -> None:
        """Refuse everybody who waits or whose text is in the making."""
        why = STOPPING if self.failure is None else FAILED
        with self.queue.changed:
            self.queue.closed = True
            jobs, streams = [*self.queue.jobs], [*self.queue.streams, *self.running]
            self.queue.leave(jobs, streams)
            self.running = []
        for job in jobs:
            if job.answer.set_running_or_notify_cancel():
                job.answer.set_exception(Refusal(*why))
        for stream in streams:
            stream.mailbox.put(Refusal(*why))
