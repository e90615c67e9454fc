"""Models that were never trained, and servers of them on free ports of this machine."""

from __future__ import annotations

import logging
import sys
import threading
import traceback

import pytest
import torch
from hydra import compose, initialize_config_module
from hydra.utils import instantiate
from omegaconf import OmegaConf
from serving.client import Client
from small import SMALL

from seqtasks import bundle
from seqtasks.serve import hosts_of
from seqtasks.serving.limits import Limits
from seqtasks.serving.listener import bound

LETTERS = ["task=generation", "data.tokens.level=character", "data.train.sentences=20"]
TRANSLATION = ["task=translation", "task/search=beam", "task.search.max_length=12"]
TAGGING = ["task=tagging", "data.reader.view=sentences"]
FILES = {
    "spans.conll": "Anna B-PER\nlives O\nin O\nNew B-LOC\nYork I-LOC\n\nthe O\ncat O\n\n" * 10,
    "topics.tsv": "text\tlabels\n" + "bank team\tmoney,sport\nbank\tmoney\nteam\tsport\n" * 10,
    "stars.tsv": "text\tstars\n" + "good good\t3\nbad\t1\ngood bad\t2\n" * 10,
    "pairs.tsv": "text\tpair\tlabel\n" + "a b\tb a\tyes\na b\tc d\tno\n" * 10,
    "moves.csv": "move,x,y,label\n"
    + "".join(f"{n},0,1,up\n{n},0,2,up\n{n}b,1,0,across\n{n}b,2,0,across\n" for n in range(20)),
    "names.tsv": "text\tlabel\n" + "aaaa\ta\nbbbb\tb\n" * 20,
}
"""Data of kinds that the sample has not."""

LOGGERS = (
    "concurrent.futures",
    *(f"seqtasks.serving.{n}" for n in ("answering", "events", "worker")),
)


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A function from options to the folder of a saved model that was never trained."""
    folder = tmp_path_factory.mktemp("models")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    done = {}

    def make(*options, ends=0.0, examples=()):
        key = (options, ends, examples)
        if key in done:
            return str(done[key])
        sample = [] if any(option.startswith("data=") for option in options) else SMALL[:3]
        options = [option.replace("FOLDER", str(folder)) for option in options]
        with initialize_config_module("seqtasks.conf", version_base="1.3"):
            config = compose("config", [*sample, "encoder.hidden_size=12", *options])
        data = instantiate(config.data)
        data.setup()
        torch.manual_seed(5)
        model = instantiate(config.task)(data.vocabularies).eval()
        for parameter in model.parameters():  # so that its outputs differ from each other
            torch.nn.init.normal_(parameter, std=0.5)
        if ends:
            model.head.output.bias.data[model.vocabulary.eos_id] = ends
        plain = OmegaConf.to_container(config, resolve=True)
        fields = {field: plain["data"][field] for field in data.fields}
        command = " ".join(["python -m seqtasks", *options])
        told = {"task": plain["task"], "fields": fields, "data": plain["data"], "command": command}
        metrics = {"test": {"loss": 0.5}, "examples": list(examples)}
        done[key] = folder / str(len(done))
        bundle.save(done[key], model, told, data.fields, metrics, "")
        return str(done[key])

    return make


class Heard(logging.Filter):
    """What a logger is given to log."""

    def __init__(self):
        super().__init__()
        self.lines = []

    def filter(self, record):
        if record.levelno >= logging.WARNING:
            self.lines.append(record.getMessage())
        return True


@pytest.fixture(autouse=True)
def heard():
    """The complaints of a test's servers; there are none, but those that the test takes away."""
    ear = Heard()
    loggers = [logging.getLogger(name) for name in ("asyncio", "uvicorn.error", *LOGGERS)]
    for logger in loggers:
        logger.addFilter(ear)
    yield ear.lines
    for logger in loggers:
        logger.removeFilter(ear)
    assert ear.lines == []


class Live:
    """A server in a thread of this process.

    Attributes:
        service: what runs behind it.
        client: asks it.
    """

    def __init__(self, folder, limits, examples=(), token=None):
        from seqtasks.serving.app import make_app
        from seqtasks.serving.server import Server
        from seqtasks.serving.service import Service

        self.service = Service(bundle.load(folder), limits, examples)
        self.socket = bound("127.0.0.1", 0)
        self.port = self.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.client = Client(self.port)
        hosts = hosts_of("127.0.0.1", ["friend.example"], token)
        self.server = Server(make_app(self.service, hosts, token), self.service)
        self.thread = threading.Thread(target=self.server.run, args=([self.socket],))
        self.thread.start()
        self.client.until_healthy()

    def close(self):
        self.server.should_exit = True
        self.thread.join(self.service.limits.grace + 30)  # which a request under way may have
        assert not self.thread.is_alive(), self.place()

    def place(self):
        """Where the server's thread is, and what it waits for."""
        frame = sys._current_frames().get(self.thread.ident)
        here = "".join(traceback.format_stack(frame)) if frame else "nowhere"
        return f"{self.server.connections} {self.server.server_state.tasks}\n{here}"


@pytest.fixture(scope="session")
def lasting(made):
    """A function from options to a server that lasts, one for each."""
    servers = {}

    def serve(*options, **limits):
        key = (options, *limits.items())
        if key not in servers:
            servers[key] = Live(made(*options), Limits(**limits), ())
        return servers[key]

    yield serve
    for server in servers.values():
        server.close()


@pytest.fixture
def served(made):
    """A function from options to a server of the test's own."""
    servers = []

    def serve(*options, ends=0.0, examples=(), token=None, **limits):
        servers.append(Live(made(*options, ends=ends), Limits(**limits), examples, token))
        return servers[-1]

    yield serve
    for server in servers:
        server.close()
