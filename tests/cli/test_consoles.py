"""Commands on consoles that cannot print the data, or the product's own dash, or nothing at all."""

from __future__ import annotations

import io
import json
import logging
import os
import pty
import re
import subprocess
import sys
import warnings
from pathlib import Path
from xml.dom import minidom

import pytest
from small import ROOT

from seqtasks import compare, doctor, evaluate, generate, picture, predict, prepare, report
from seqtasks.cli.exit_on_error import exit_on_error, warn
from seqtasks.cli.printable import PLAINLY
from seqtasks.cli.streams import PrintableFormatter, prepare_streams, standard_output
from seqtasks.errors import UsageError
from seqtasks.reporting.console import show_classes, show_scores
from seqtasks.reporting.terminal import Terminal
from seqtasks.sweep.callback import Summary

ESCAPING = "gut\u202e—…\x1b[31m"
"""A label that would turn a terminal red, and its text from right to left."""

NASTY = "bö|se—`x<b>:heart:[/]"
TEXT = "das ist fein 中文 😀\n"

TRAINING = [
    "task=classification",
    "data=lines",
    "encoder.hidden_size=4",
    "trainer.max_epochs=1",
    "logger=none",
    "data.val_fraction=0.2",
]
ENCODINGS = ["ascii", "cp1252", "cp437", "cp932"]
C_LOCALE = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

VERBS = {
    "predict": (predict.main, ["BUNDLE", "--input", "INPUT"]),
    "evaluate": (evaluate.main, ["BUNDLE"]),
    "evaluate json": (evaluate.main, ["BUNDLE", "--json"]),
    "compare": (compare.main, ["RUN", "--samples", "9", "--output", "é.html"]),
    "report": (report.main, ["RUN", "--output", "é.html"]),
    "picture": (
        picture.main,
        ["BUNDLE", "--states", "--text", f"{ESCAPING} <b> &", "--output", "é.svg"],
    ),
    "prepare": (prepare.main, ["task=classification", "data=lines", "data.train=TRAIN"]),
    "help": (predict.main, ["--help"]),
    "bad usage": (generate.main, ["BUNDLE", "--größe"]),
    "bad name": (doctor.main, ["grü\x1b[31m"]),
}


def command(*arguments: str, **more: object) -> list[str]:
    return [sys.executable, "-m", "seqtasks", *TRAINING, *arguments]


def surroundings(**more: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    return {**inherited, "PYTHONPATH": str(ROOT), **more}


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    """A run in a locale of ASCII alone, on a file whose name and labels are no ASCII."""
    folder = tmp_path_factory.mktemp("consoles")
    file = os.fsencode(folder) + b"/tr\xc3\xa4in \xff.txt"  # its last byte is no UTF-8
    lines = f"{ESCAPING} {TEXT}{NASTY} das ist übel 日本\n"
    Path(os.fsdecode(file)).write_text(lines * 30, encoding="utf-8")
    arguments = [*map(os.fsencode, command("hydra.run.dir=run")), b"data.train='" + file + b"'"]
    env = surroundings(**C_LOCALE)
    done = subprocess.run(arguments, cwd=folder, env=env, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    (folder / "run" / "printed").write_bytes(done.stdout + done.stderr)
    return folder / "run"


@pytest.fixture
def printed():
    """A function that calls another with streams of an encoding, as a command has them."""

    def call(encoding: str, function, *arguments) -> tuple[int, str]:
        content, code = io.BytesIO(), 0
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "excepthook", sys.excepthook)  # so that it is put back
            patch.setattr(warnings, "formatwarning", warnings.formatwarning)
            patch.setattr(logging.lastResort, "formatter", logging.lastResort.formatter)
            streams = [io.TextIOWrapper(content, encoding) for _ in range(2)]
            patch.setattr(sys, "stdout", streams[0])
            patch.setattr(sys, "stderr", streams[1])
            prepare_streams()
            try:
                function(*arguments)
            except SystemExit as stop:
                code = stop.code or 0
            for stream in streams:
                stream.flush()
                stream.detach()
        return code, content.getvalue().decode(encoding, "replace")  # predictions are in UTF-8

    return call


def test_a_training_in_a_locale_of_ascii_alone_ends_well(run):
    said = (run / "printed").read_text("ascii")
    assert "always 'b\\xf6|se-`x<b>:heart:[/]'" in said
    assert "gut\\u202e-...\\x1b[31m" in said
    assert "\x1b" not in said
    assert (run / "report.html").is_file()


def test_tables_are_as_wide_as_what_they_show(run):
    said = (run / "printed").read_text("ascii")
    rows = [line for line in said.splitlines() if line.startswith(("|", "+"))]
    tables = [[line for line in rows if (" loss " in line) == first] for first in (True, False)]
    assert rows
    assert not any("..." in line for line in rows if "gut" not in line)
    assert all(tables)
    assert all(line.endswith(("|", "+")) for line in rows)


def test_no_file_of_a_run_acts_on_a_screen(run):
    for name in ("report.html", "bundle/README.md", "bundle/config.yaml", "config.yaml"):
        content = (run / name).read_text("utf-8")
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", content), name
    card = (run / "bundle" / "README.md").read_text("utf-8")
    assert r"| always 'bö\|se—\`x\<b\>:heart:\[/\]' | accuracy |" in card
    assert "- train: `" in card
    assert "trä" not in card  # the name is no text
    assert "tr\\xc3\\xa4in \\xff.txt`" in card
    page = (run / "report.html").read_text("utf-8")
    assert "se—`x&lt;b&gt;" in page
    assert "<b>:heart" not in page


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_prints_on_every_console(run, printed, monkeypatch, tmp_path, verb, encoding):
    monkeypatch.chdir(tmp_path)
    Path("input").write_text(TEXT, encoding="utf-8")
    [train] = run.parent.glob("*.txt")
    Path("train.txt").write_bytes(train.read_bytes())
    places = {"BUNDLE": f"{run}/bundle", "INPUT": "input", "RUN": str(run)}
    main, given = VERBS[verb]
    arguments = [places.get(one, one).replace("TRAIN", "train.txt") for one in given]
    code, said = printed(encoding, main, arguments)
    assert code == (2 if verb.startswith("bad") else 0), said
    assert "Traceback" not in said
    assert said.strip()
    assert "\x1b" not in said or main is predict.main
    if verb == "picture":
        minidom.parse("é.svg")


def test_json_stays_utf_8_and_json(run, printed):
    content = io.BytesIO()

    def call() -> None:
        evaluate.main([f"{run}/bundle", "--json"])
        sys.stdout.flush()
        content.write(sys.stdout.buffer.getvalue())

    code, _ = printed("cp1252", call)
    assert code == 0
    found = json.loads(content.getvalue().decode("utf-8"))
    assert set(found["report"]["classes"]) == {ESCAPING, NASTY}


@pytest.mark.parametrize("closed", [">&- 2>&- <&-", "2>/dev/full | head -c 1"])
def test_a_training_that_nobody_reads_ends_well(run, tmp_path, closed):
    [train] = run.parent.glob("*.txt")
    (tmp_path / "train.txt").write_bytes(train.read_bytes())
    words = " ".join(command("hydra.run.dir=run", "data.train=train.txt", "report=false"))
    line = f"{{ {words}; echo $? > code; }} {closed}"
    subprocess.run(["sh", "-c", line], cwd=tmp_path, env=surroundings(), check=True)
    assert (tmp_path / "code").read_text() == "0\n"
    assert (tmp_path / "run" / "bundle" / "metrics.json").is_file()


def test_a_training_on_a_terminal_of_ascii_ends_well(run, tmp_path):
    [train] = run.parent.glob("*.txt")
    (tmp_path / "train.txt").write_bytes(train.read_bytes())
    ours, theirs = pty.openpty()
    env = surroundings(PYTHONIOENCODING="ascii", TERM="dumb", NO_COLOR="1", COLUMNS="20")
    process = subprocess.Popen(
        command("hydra.run.dir=run", "data.train=train.txt", "report=false"),
        cwd=tmp_path,
        env=env,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    said = b""
    try:
        while block := os.read(ours, 1 << 16):
            said += block
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    assert process.wait() == 0, said.decode()
    assert "gut\\u202e-...\\x1b[31m" in said.decode("ascii")
    assert b"Traceback" not in said
    assert b"\x1b[31m" not in said


@pytest.mark.parametrize(
    ("closed", "message"),
    [
        ("<&-", "the standard input is closed; send the command a file: < FILE"),
        (">&-", "the standard output is closed; send it to a file: > FILE"),
        (">/dev/full", "No space left on device; make room where the command writes"),
    ],
)
def test_predictions_that_cannot_be_read_or_written_are_an_error(run, closed, message):
    line = f"echo hi | {sys.executable} -m seqtasks.predict {run}/bundle {closed}"
    done = subprocess.run(
        ["sh", "-c", line], env=surroundings(), capture_output=True, text=True, check=False
    )
    assert done.stderr.count("\n") == 1
    assert message in done.stderr
    assert done.returncode in (1, 2)


def test_predictions_are_utf_8_whatever_the_locale(run):
    words = [sys.executable, "-m", "seqtasks.predict", f"{run}/bundle", "--scores"]
    env = surroundings(**C_LOCALE)
    done = subprocess.run(words, input=TEXT.encode(), env=env, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert set(json.loads(done.stdout.decode("utf-8"))["scores"]) == {ESCAPING, NASTY}


def test_predictions_on_a_terminal_do_not_act_on_it(monkeypatch):
    class Tty(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    content = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", Tty(content, "ascii"))
    output = standard_output()
    output.write("\x1b[31mé\t中\n".encode())
    output.flush()
    sys.stdout.flush()
    assert content.getvalue().decode("utf-8") == "\\x1b[31mé\t中\n"
    sys.stdout.detach()


def test_a_prompt_in_a_locale_of_ascii_is_read_as_utf_8():
    code = (
        "from seqtasks.cli.arguments import utf8; import sys; "
        "assert utf8(sys.argv[1]) == '\\xe9\\u4e2d'"
    )
    command = [sys.executable, "-c", code, "é中"]
    subprocess.run([one.encode() for one in command], env=surroundings(**C_LOCALE), check=True)


def test_errors_and_logs_show_control_characters(capsys):
    warn("a \x1b[31m label\nseqtasks: forged\n  a line of a list\r\u2066")
    assert capsys.readouterr().err == (
        "seqtasks: a \\x1b[31m label\\nseqtasks: forged\n  a line of a list\\r\\u2066\n"
    )
    record = logging.makeLogRecord({"msg": "the label %r is %s", "args": ("\x1b", "\x9b1m")})
    assert PrintableFormatter().format(record) == "the label '\\x1b' is \\x9b1m"


def test_an_error_of_data_is_one_line(capsys):
    with pytest.raises(SystemExit), exit_on_error():
        raise UsageError("there is no 'a\nb\x07'")
    assert capsys.readouterr().err == "seqtasks: there is no 'a\\nb\\x07'\n"


def test_in_python_the_streams_stay_and_nothing_is_raised(monkeypatch):
    content = io.BytesIO()
    stream = io.TextIOWrapper(content, "ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    classes = {"中\n文": {"precision": 1.0, "recall": 1.0, "f1": 1.0, "examples": 1}}
    results = {
        "test": {"accuracy": 1.0},
        "baselines": {"always '—'": {}},
        "tested_on": "test",
        "parameters": 1,
        "epochs": 1,
        "seconds": 1.0,
    }
    console = Terminal()
    show_scores(console, results)
    show_classes(console, {"classes": classes})
    stream.flush()
    said = content.getvalue().decode("ascii")
    assert stream.errors == "strict"
    assert "| \\u4e2d\\n\\u6587 |   100.0 % |" in said
    assert "| always '-' |        - |" in said
    stream.detach()


def test_wide_characters_stand_in_columns(capsys):
    one = {"precision": 1.0, "recall": 1.0, "f1": 1.0, "examples": 1}
    wide = {"中文": 2, "😀": 1, "e\u0301": -1, "a": 0}  # columns beyond the characters
    show_classes(Terminal(width=80), {"classes": dict.fromkeys(wide, one)})
    said = capsys.readouterr().out.splitlines()
    for label, columns in wide.items():
        [row] = [line for line in said if line.startswith(f"│ {label} ")]
        assert len(row) + columns == len(said[0])


@pytest.mark.parametrize("width", [20, 80])
def test_no_number_of_a_table_is_broken(width, capsys):
    console = Terminal(width=width)
    scores = {f"score_{name}": 0.123456 for name in "abcdef"}
    results = {
        "test": scores,
        "baselines": {},
        "tested_on": "test",
        "parameters": 1,
        "epochs": 1,
        "seconds": 1.0,
    }
    show_scores(console, results)
    assert capsys.readouterr().out.count("0.1235") == 6


def test_a_sweep_ends_well_on_every_console(printed, tmp_path):
    from omegaconf import OmegaConf

    from seqtasks.sweep.run import SweepRun, record_run

    names = {"data.label": "ö|—\x1b", "data.train": "tr\udcc3\udca4in"}
    record_run(tmp_path, SweepRun(0, "a", {**names, "seed": "1"}, {"accuracy": 0.5}))
    record_run(tmp_path, SweepRun(1, "b", {**names, "seed": "2"}, {"accuracy": 0.75}))
    summary = Summary()
    summary.folder = tmp_path
    for encoding in ENCODINGS:
        code, said = printed(encoding, summary.on_multirun_end, OmegaConf.create())
        assert code == 0
        assert "accuracy" in said
        assert "\x1b" not in said


def test_the_way_to_encode_fails_at_decoding():
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("ascii", PLAINLY)
