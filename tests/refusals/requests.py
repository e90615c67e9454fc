"""What a server and the arguments of a command refuse."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import torch
from refusals.kept import TAGGING, loaded
from starlette.datastructures import Headers

from seqtasks import doctor, picture
from seqtasks.cli.arguments import utf8
from seqtasks.serving.access import given_token
from seqtasks.serving.app import add_generate
from seqtasks.serving.body import Body
from seqtasks.serving.gate import Gate
from seqtasks.serving.job import Job, Wanted
from seqtasks.serving.limits import Limits
from seqtasks.serving.request_queue import RequestQueue
from seqtasks.serving.service import Service
from seqtasks.serving.while_connected import while_connected
from seqtasks.serving.worker import Worker
from seqtasks.task import Task
from seqtasks.training.checkpoint_file import check_checkpoint, check_model


def predicted(options: tuple[str, ...] = TAGGING, **given: Any) -> None:
    service = Service(loaded(*options), Limits(max_characters=10))
    asyncio.run(service.predict(given, never, time.monotonic() + 60))


async def never() -> Any:
    await asyncio.sleep(60)


async def gone() -> Any:
    return {"type": "http.disconnect"}


def waited(receive: Any, seconds: float) -> None:
    async def wait() -> None:
        await while_connected(asyncio.sleep(60), receive, time.monotonic() + seconds)

    asyncio.run(wait())


def queued(closed: bool) -> None:
    queue = RequestQueue(Limits(queue=1))
    queue.closed = closed
    queue.enter(jobs())


def jobs() -> list[Any]:
    return [Job(record=None, wanted=Wanted(), request=None) for _ in range(2)]


def ended_thread() -> None:
    service = Service(loaded(*TAGGING), Limits())
    service.worker.thread = SimpleNamespace(is_alive=lambda: False)
    service.health()


def stopped(*, job: bool) -> None:
    worker = Worker(SimpleNamespace(), Limits())
    if job:
        worker.queue.enter(jobs()[:1])
    else:
        worker.running = [SimpleNamespace(mailbox=SimpleNamespace(put=lambda refusal: None))]
    worker.refuse_all()


def failed_batch() -> None:
    def fail(_: Any) -> None:
        raise MemoryError

    with suppress(MemoryError):
        Worker(SimpleNamespace(answer=fail), Limits()).answer(jobs())


def body(most: int = 10, seconds: float = 60.0, size: int = 0) -> None:
    async def read() -> None:
        async def message() -> Any:
            return {"type": "http.request", "body": b"a" * size, "more_body": False}

        deadline = time.monotonic() + seconds
        await Body(message if size else never, most, deadline).receive()

    asyncio.run(read())


def no_generation() -> None:
    routes: list[Any] = []
    app: Any = SimpleNamespace(add_api_route=lambda path, route, **_: routes.append(route))
    info = {"abilities": {"generate": False}, "task": "tagger"}
    add_generate(app, SimpleNamespace(info=info))
    asyncio.run(routes[0]())


def head(path: str = "/predict", crowded: bool = False, **headers: str) -> None:
    plain = {name.replace("_", "-"): value for name, value in headers.items()}
    raw = Headers({"host": "localhost", **plain}).raw
    state = {"crowded": crowded}
    scope = {"type": "http", "method": "GET", "path": path, "headers": raw, "state": state}
    Gate(None, Limits(max_body=10), {"localhost"}, "secret").check(scope)


def checkpoint(content: Any, averaged: bool = False) -> None:
    torch.save(content, "a.ckpt")
    check_checkpoint("a.ckpt", Task({}), averaged)


def other_groups() -> None:
    group = {"params": [1, 2, 3]}
    checkpoint({"state_dict": {}, "optimizer_states": [{"param_groups": [group]}]})


SIZES = {"state_dict": {"x": torch.zeros(2)}}

ROWS = {
    "cli.arguments:utf8": (
        lambda: utf8("a\udcff"),
        "not valid utf-8 at character 1; type it in UTF-8",
    ),
    "doctor:main": (lambda: doctor.main([]), "name one CELL, or give --all"),
    "doctor:main#2": (
        lambda: doctor.main(["--all", "--option", "a=1"]),
        "--option goes with one CELL",
    ),
    "doctor:main#3": (lambda: doctor.main(["gru", "--size", "0"]), "--size is from 1 to 4,096"),
    "picture:main": (
        lambda: picture.main(["b", "--states", "--last", "3", "--output", "a.json"]),
        "--last goes with --gradients",
    ),
    "picture:main#2": (
        lambda: picture.main(["b", "--states", "--output", "a.json"]),
        "--states, --gradients and --attention need --text, --training takes none",
    ),
    "serving.app:add_generate.nothing": (
        no_generation,
        "the tagger here generates no text; ask POST /predict",
    ),
    "serving.access:given_token": (
        lambda: given_token("a b"),
        "token: it is made of letters, digits and signs of ASCII, at least 1",
    ),
    "serving.access:check_token": (
        lambda: head(authorization="Bearer another"),
        "this server asks for a token; send it as Authorization: Bearer TOKEN",
    ),
    "serving.body:Body.receive": (
        lambda: body(seconds=0),
        "the request did not come in time; send it whole at once",
    ),
    "serving.body:too_large": (
        lambda: body(size=11),
        "the body has more than 10 bytes; send fewer or shorter texts at once",
    ),
    "serving.gate:Gate.check": (
        lambda: head(crowded=True),
        "the server has as many connections as it can hold; ask again later",
    ),
    "serving.origin:check_host": (
        lambda: head(host="evil"),
        "this server is not called 'evil'; start it with --allow-host",
    ),
    "serving.origin:check_site": (
        lambda: head(upgrade="websocket"),
        "there are no web sockets here; ask by POST",
    ),
    "serving.origin:check_site#2": (
        lambda: head(sec_fetch_site="cross-site"),
        "a page of another site asks; open the one of this server",
    ),
    "serving.origin:check_site#3": (
        lambda: head("/generate", user_agent="Mozilla/5.0"),
        "a browser does not say whose page asks; ask by POST /generate",
    ),
    "serving.request_queue:RequestQueue.enter": (
        lambda: queued(True),
        "the server is stopping; ask again later",
    ),
    "serving.request_queue:RequestQueue.enter#2": (
        lambda: queued(False),
        "0 texts wait and 2 more are too many: the queue holds 1; ask again later",
    ),
    "serving.refusal:unusable": (
        lambda: predicted(text="a b", search={"beam_size": 2}),
        "search: this SequenceTagger does not search for its output; leave it out",
    ),
    "serving.service:Service.predict": (
        lambda: predicted(text=["a b", "c"], attention=True),
        "attention: it is of one text, and 2 are given; give one",
    ),
    "serving.service:Service.record": (
        lambda: predicted(text={"tokens": "a" * 11}),
        "text.tokens: 11 characters are too many; give 10 at most",
    ),
    "serving.service:Service.health": (
        ended_thread,
        "the model's thread has ended; start the server again",
    ),
    "serving.while_connected:while_connected": (
        lambda: waited(gone, 60),
        "the client has gone; ask again",
    ),
    "serving.while_connected:while_connected#2": (
        lambda: waited(never, 0),
        "there was no answer in time; ask for less at once, or again later",
    ),
    "serving.worker:Worker.answer": (
        failed_batch,
        "the model has failed, and the server ends; ask again later",
    ),
    "serving.worker:Worker.refuse_all": (
        lambda: stopped(job=True),
        "the server is stopping; ask again later",
    ),
    "serving.worker:Worker.refuse_all#2": (
        lambda: stopped(job=False),
        "the server is stopping; ask again later",
    ),
    "training.checkpoint_file:check_model": (
        lambda: check_model("nothing.ckpt", Task({})),
        "ckpt_path: nothing.ckpt is no file; checkpoints lie in runs/<task>/<run>/checkpoints",
    ),
    "training.checkpoint_file:check_checkpoint": (
        lambda: checkpoint({"state_dict": {}, "callbacks": {"History": {"rows": []}}}),
        "ckpt_path: a.ckpt was written by an older seqtasks; go on with that version",
    ),
    "training.checkpoint_file:check_checkpoint#2": (
        lambda: checkpoint({"state_dict": {}, "averaging": {}}),
        "ckpt_path: a.ckpt holds averaged weights; resume with the callbacks=… of the run that",
    ),
    "training.checkpoint_file:check_checkpoint#3": (
        lambda: checkpoint({"state_dict": {}, "callbacks": {"TimeBudget": {}}}),
        "ckpt_path: a.ckpt is of a training with a budget; resume with the options of the run",
    ),
    "training.checkpoint_file:check_model#2": (
        lambda: checkpoint(SIZES),
        "ckpt_path: a.ckpt is of another model: x is (2,) there and missing here; resume with the",
    ),
    "training.checkpoint_file:check_checkpoint#4": (
        other_groups,
        "ckpt_path: a.ckpt has trained other parameters, or in other groups; resume with the",
    ),
}
