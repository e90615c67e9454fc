"""The commands of the README, run."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from small import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, flags=re.DOTALL)
COMMANDS = [line for kind, text in BLOCKS if kind == "bash" for line in text.splitlines()]
SHRINK = ["encoder.hidden_size=8", "trainer.max_epochs=1", "logger=none", "threads=1"]
SAMPLE = [f"data.{split}.sentences=40" for split in ("train", "val", "test")]
FILES = {
    "novel.txt": "It was a dark and stormy night; the rain fell in torrents. " * 40,
    "reviews.csv": "review,stars\n" + "good and fine,5\nbad and dull,1\n" * 20,
    "train.conll": "the DT\ncat NN\n\na DT\ndog NN\n\n" * 15,
    "test.conll": "the DT\ndog NN\n\n" * 3,
    "train.de": "ein hund\neine katze\n" * 15,
    "train.en": "a dog\na cat\n" * 15,
    "bits.txt": "odd 1 0 1 1\neven 1 0 1\n" * 20,
}


def training() -> list[str]:
    """Every distinct training command, from the code blocks and from the table."""
    table = re.findall(r"`(python -m seqtasks task=\w+)`", README)
    blocks = [c.partition("&& ")[2] or c for c in COMMANDS if "python -m seqtasks " in c]
    return list(dict.fromkeys([*blocks, *table]))


@pytest.fixture
def folder(tmp_path) -> Path:
    """A folder with the files that the README speaks of."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    for kind, text in BLOCKS:
        if kind in ("python", "yaml"):
            path = tmp_path / re.search(r"^# (\S+\.(?:py|yaml))\b", text, flags=re.MULTILINE)[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return tmp_path


def call(command: list[str], folder: Path, **options) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    words = [sys.executable if word == "python" else word for word in command]
    return subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, **options
    )


def documented() -> list[tuple[str, list[str]]]:
    """The options of every training command in the documentation, with its file."""
    found = {}
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        text = path.read_text(encoding="utf-8").replace("\\\n", " ")
        for command in re.findall(r"python -m seqtasks (?!-)([^`\n&]+)", text):
            words = [word for word in shlex.split(command) if "=" in word and "…" not in word]
            found[path.name, " ".join(words)] = words
    return [(f"{name}: {line}", words) for (name, line), words in found.items()]


@pytest.mark.parametrize(("where", "options"), documented())
def test_a_documented_command_composes(where, options, composed):
    composed(*(re.sub(r"=([\w.]+),[\w.,]+$", r"=\1", option) for option in options))


def test_there_are_commands_to_run():
    assert len(training()) >= 10
    assert any("seqtasks.predict" in command for command in COMMANDS)


@pytest.mark.parametrize("command", training())
def test_a_training_command_runs(command, folder):
    made = [] if "data=" in command else SAMPLE
    deep = ["encoder.num_layers=2"] if "encoder=deep" in command else []
    stream = ["data.batching.batch_size=4"] if "data=text" in command else []
    done = call([*shlex.split(command), *SHRINK, *made, *deep, *stream], folder)
    assert done.returncode == 0, done.stderr
    assert "this model" in done.stdout


def test_the_prediction_command_runs(folder):
    done = call(["python", "-m", "seqtasks", "task=tagging", *SHRINK, *SAMPLE], folder)
    assert done.returncode == 0, done.stderr
    command = next(command for command in COMMANDS if "seqtasks.predict" in command)
    given, _, rest = command.partition(" | ")
    text = shlex.split(given)[1]
    done = call(shlex.split(rest), folder, input=text + "\n")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.split()) == len(text.split())


def test_the_commands_for_a_language_model_run(folder):
    done = call(["python", "-m", "seqtasks", "task=generation", *SHRINK, *SAMPLE], folder)
    assert done.returncode == 0, done.stderr
    generate, picture = (
        next(command for command in COMMANDS if verb in command)
        for verb in ("seqtasks.generate", "seqtasks.picture")
    )
    done = call(shlex.split(generate), folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("the dog")
    done = call(shlex.split(picture), folder)
    assert done.returncode == 0, done.stderr
    assert (folder / "out.png").read_bytes().startswith(b"\x89PNG")


def test_the_install_commands_name_what_the_project_has():
    assert (ROOT / "requirements.lock").is_file()
    extras = re.findall(r"'\.\[(\w+)\]'", README)
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert extras
    assert all(re.search(rf"^{extra} = \[", text, flags=re.MULTILINE) for extra in extras)
