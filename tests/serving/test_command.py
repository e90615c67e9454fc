"""``python -m seqtasks.serve``: it starts, says where it is, and stops when told."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
from serving.client import Client, events
from serving.conftest import LETTERS, TAGGING
from small import ROOT, SMALL

from seqtasks import bundle, serve
from seqtasks.serving.description import examples_of

DOCS = (ROOT / "docs" / "guides" / "serving.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^    (?:python -m seqtasks\.serve \S*?/(\w+)/latest|(curl .*))", DOCS, re.M)


@pytest.fixture
def started(tmp_path):
    """A function from arguments to a running command and a client of it."""
    running = []

    def start(*arguments, limit=None, **variables):
        command = [sys.executable, "-m", "seqtasks.serve", *arguments, "--port", "0"]
        if limit is not None:  # of open files
            command = ["sh", "-c", f'ulimit -n {limit}; exec "$@"', "sh", *command]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", **variables}
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env=environment,
        )
        running.append(process)
        line = process.stdout.readline()
        assert re.fullmatch(
            r"Serving .* at http://(127\.0\.0\.1|0\.0\.0\.0):\d+ \(Ctrl\+C stops it\)\n", line
        )
        client = Client(int(re.search(r":(\d+) ", line)[1]))
        client.until_healthy()
        return process, client

    yield start
    for process in running:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def fails(capsys, *arguments):
    """The one line with which the command refuses."""
    with pytest.raises(SystemExit) as stop:
        serve.main(list(map(str, arguments)))
    error = capsys.readouterr().err
    assert error.count("\n") == 1, error
    return stop.value.code, error


def test_a_signal_ends_it_after_the_open_request(made, started):
    process, client = started(made(*LETTERS), "--max-length", "100000", "--grace", "20")
    given = {"prompt": "a", "max_length": 300, "min_length": 299}
    found = []
    asking = threading.Thread(target=lambda: found.append(client.generate(**given)))
    asking.start()
    client.until((0, 1))
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    asking.join(10)
    assert found[0].body[-1] == ("end", {"tokens": 300})
    assert process.stderr.read() == "seqtasks: stopped\n"


def test_more_connections_than_files_are_held_and_health_answers(made, started):
    process, client = started(made(*TAGGING), limit=128)
    assert client.get("/info").body["limits"]["connections"] == 64
    wires = [client.connect() for _ in range(200)]
    began = time.monotonic()
    assert client.get("/health").status == 200
    assert time.monotonic() - began < 1
    assert client.predict("the dogs see the cat .").status == 200
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    for wire in wires:
        wire.close()
    assert process.stderr.read() == "seqtasks: stopped\n"


def test_beyond_this_machine_without_a_token_it_says_so(made, started):
    process, client = started(made(*TAGGING), "--host", "0.0.0.0")
    assert client.get("/info", Host="evil.example").status == 421
    process.terminate()
    assert process.wait(30) == 0
    told = "anyone who reaches this machine can use the model; --token WORD asks them for a token"
    assert process.stderr.read() == f"seqtasks: {told}\nseqtasks: stopped\n"
    process, client = started(made(*TAGGING), "--host", "0.0.0.0", SEQTASKS_TOKEN="s3cret")
    assert client.get("/info").status == 401
    assert client.get("/info", Host="any.example", Authorization="Bearer s3cret").status == 200
    process.terminate()
    assert process.wait(30) == 0
    assert process.stderr.read() == "seqtasks: stopped\n"


def test_a_request_that_does_not_end_is_cut_after_the_grace(served):
    live = served(*LETTERS, max_length=10**7, grace=1)
    wire = live.client.open("POST", "/generate", {"max_length": 10**7, "min_length": 10**7 - 1})
    with wire:
        live.client.until((0, 1))
        began = time.monotonic()
        live.close()
        assert 0.5 < time.monotonic() - began < 10
        while wire.recv(1 << 16):
            pass


def test_bad_usage_is_one_line(made, capsys, monkeypatch):
    folder = made(*TAGGING)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, error = fails(capsys, folder, "--port", port)
    assert code == 2
    assert f"--host 127.0.0.1 --port {port}: " in error
    assert "--port 0 for a free one" in error
    for arguments, message in (
        (["--port", "99999"], "port: it is a number from 0, for a free one, to 65535, not 99999"),
        (["--host", "nowhere.invalid"], "--host nowhere.invalid"),
        (["--queue", "0"], "--queue: it is at least 1, not 0"),
        (["--token", ""], "--token: it is made of letters, digits and signs of ASCII, at least 1"),
        (["--device", "cuda:77"], "--device: cuda:77 cannot be used here"),
    ):
        code, error = fails(capsys, folder, *arguments)
        assert code == 2
        assert message in error
    code, error = fails(capsys, "nowhere")
    assert (code, "there is no such folder" in error) == (1, True)
    pairs = made(
        "task=classification",
        "data=table",
        "data.train=FOLDER/pairs.tsv",
        "data.tokens.column=text",
        "+field@data.pair=pair",
    )
    code, error = fails(capsys, pairs, "--example", "a\tb", "--example", "a b")
    assert (code, "--example: text:2: 1 column found" in error) == (2, True)
    monkeypatch.setitem(sys.modules, "fastapi", None)
    code, error = fails(capsys, folder)
    assert (code, "pip install 'seqtasks[serve]'" in error) == (2, True)


def test_a_server_with_a_token_is_called_by_any_name_and_others_by_their_own():
    assert serve.hosts_of("0.0.0.0", [], "secret") is None
    assert serve.hosts_of("127.0.0.1", ["Me.example"], None) == {"localhost", "me.example"}
    assert serve.hosts_of("0.0.0.0", [], None) >= {"localhost", socket.gethostname().lower()}


def test_the_description_says_what_there_is(lasting):
    live = lasting(*LETTERS)
    told = live.client.get("/info").body
    assert (told["task"], told["name"], told["kind"]) == (
        "LanguageModel",
        "generation",
        "generation",
    )
    assert told["scores"] == {"test": {"loss": 0.5}}
    assert told["parameters"] == sum(p.numel() for p in live.service.bundle.task.parameters())
    assert told["vocabularies"] == {"tokens": len(live.service.bundle.fields["tokens"].vocabulary)}
    assert told["abilities"]["generate"] is True
    assert told["sampling"]["max_length"] == 100
    assert told["examples"]
    tagging = lasting(*TAGGING).client.get("/info").body
    tags = lasting(*TAGGING).service.bundle.fields["tags"].vocabulary.symbols
    assert tagging["labels"] == {"count": len(tags), "names": tags}
    assert tagging["kind"] == "tagging"
    schema = live.client.get("/openapi.json").body["components"]["schemas"]["Generation"]
    assert schema["additionalProperties"] is False
    assert all("description" in one for one in schema["properties"].values())
    assert schema["properties"]["max_length"]["maximum"] == 1000


def test_a_training_keeps_inputs_to_try(cli, tmp_path):
    code, _, _ = cli("task=classification", *SMALL, "hydra.run.dir=run")
    assert code == 0
    saved = bundle.load(tmp_path / "run")
    assert len(saved.metrics["examples"]) == 3
    assert examples_of(saved) == saved.metrics["examples"]
    assert examples_of(saved, ["a cat"]) == ["a cat"]
    saved.metrics.clear()  # as of a bundle that was saved before
    [made] = examples_of(saved)
    assert all(word in saved.fields["tokens"].vocabulary for word in made.split())


def test_nothing_is_fetched_from_elsewhere():
    site = ROOT / "seqtasks" / "serving" / "site"
    for path in site.iterdir():
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|//[\w-]+\.\w+/|@import|<script>|style=", text), path


def test_there_are_examples_for_four_tasks():
    assert [task for task, _ in EXAMPLES if task] == [
        "tagging",  # at the head of the page, and in its place
        "tagging",
        "classification",
        "translation",
        "generation",
    ]
    assert sum(bool(line) for _, line in EXAMPLES) >= 8


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl")
def test_the_examples_of_the_docs_work(lasting):
    servers = {"tagging": TAGGING, "generation": LETTERS}
    live = None
    for task, line in EXAMPLES:
        if task:
            live = lasting(*servers.get(task, [f"task={task}"]))
            continue
        command = line.replace("127.0.0.1:8000", f"127.0.0.1:{live.port}")
        done = subprocess.run(
            f"{command} -sS --fail-with-body",
            shell=True,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, (command, done)
        if "/generate" in command:
            assert events(done.stdout)[-1][0] == "end"
        else:
            assert "error" not in json.loads(done.stdout)


def test_the_commands_of_the_docs_are_understood():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^ *python -m seqtasks\.serve (.*)", readme + DOCS, re.M)
    assert len(commands) >= 5
    for command in commands:
        assert serve.make_parser().parse_args(shlex.split(command)).bundle.startswith("runs/")


def test_an_answer_is_sent_at_once_and_not_held_back():
    listener = serve.bound("127.0.0.1", 0)
    with listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
