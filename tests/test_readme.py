"""The commands of the README, run; tests/docs holds those of all pages to the source."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from small import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, flags=re.DOTALL)
COMMANDS = [line for kind, text in BLOCKS if kind == "bash" for line in text.splitlines()]
SHRINK = ["encoder.hidden_size=8", "trainer.max_epochs=1", "logger=none", "report=false"]
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


@pytest.fixture(autouse=True)
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


def test_there_are_commands_to_run():
    assert len(training()) >= 10
    for verb in ("predict", "generate", "picture", "serve"):
        assert any(f"seqtasks.{verb} runs/" in command for command in COMMANDS)


@pytest.mark.parametrize("command", training())
def test_a_training_command_runs(command, printed_by):
    made = [] if "data.train=" in command else SAMPLE
    deep = ["encoder.num_layers=2"] if "encoder=deep" in command else []
    stream = ["data.batching.batch_size=4"] if "novel.txt" in command else []
    assert "this model" in printed_by(command, *SHRINK, *made, *deep, *stream)


def test_the_prediction_command_runs(printed_by, folder):
    printed_by("python -m seqtasks task=tagging", *SHRINK, *SAMPLE, "report=true")
    assert (folder / "runs" / "tagging" / "latest" / "report.html").is_file()
    command = next(command for command in COMMANDS if "seqtasks.predict" in command)
    [text] = re.findall("echo '(.+)' ", command)
    assert len(printed_by(command).split()) == len(text.split())


def test_the_commands_for_a_language_model_run(printed_by, folder):
    printed_by("python -m seqtasks task=generation", *SHRINK, *SAMPLE)
    generate, picture = (
        next(command for command in COMMANDS if verb in command)
        for verb in ("seqtasks.generate", "seqtasks.picture")
    )
    assert printed_by(generate).startswith("the dog")
    printed_by(picture)
    assert (folder / "out.png").read_bytes().startswith(b"\x89PNG")


def test_the_pictures_are_there_and_small():
    places = re.findall(r'(?:src|srcset)="([^"]+)"', README)
    assert len(places) >= 2
    for place in places:
        picture = (ROOT / place).read_bytes()
        assert picture.startswith(b"\x89PNG")
        assert len(picture) < 200_000


def test_the_install_commands_name_what_the_project_has():
    assert (ROOT / "requirements.lock").is_file()
    extras = re.findall(r"'\.\[(\w+)\]'", README)
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert extras
    assert all(re.search(rf"^{extra} = \[", text, flags=re.MULTILINE) for extra in extras)
