"""Runs beside each other: what their scores say, and what is left open."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from hydra import compose, initialize_config_module
from pages import checked
from rich.cells import cell_len
from small import SMALL

from seqtasks import evaluation
from seqtasks.compare import main
from seqtasks.comparison import drawn
from seqtasks.comparison.results import compare
from seqtasks.run import run

DRAWS = {"samples": 50, "confidence": 0.9, "seed": 3}
SPELLED = "task/embedding=words_and_characters"
SIZES = [option for option in SMALL if "epochs" not in option]


def train(folder: Path, *options: str) -> None:
    """Train for two epochs, as the command line does."""
    words = [*options, *SIZES, "trainer.max_epochs=2"]
    with initialize_config_module("seqtasks.conf", version_base="1.3"):
        config = compose("config", words)
    command = " ".join(["python -m seqtasks", *words, f"hydra.run.dir={folder}"])
    run(config, folder, options[0].partition("=")[2], command=command)


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Path:
    """A sweep of two cells by two seeds, a run of another task, and one that has not ended."""
    folder = tmp_path_factory.mktemp("compared")
    tagging = ("task=tagging", "encoder.bidirectional=false")
    for number in range(4):
        cell, seed = ("gru", "elman")[number // 2], number % 2
        train(folder / "sweep" / str(number), *tagging, f"encoder.cell={cell}", f"seed={seed}")
    train(folder / "other", "task=classification", "encoder.cell=gru")
    (folder / "sweep" / "4").mkdir()
    (folder / "sweep" / "4" / "config.yaml").write_text("seed: 5\n", encoding="utf-8")
    return folder


@pytest.fixture
def made(kept, tmp_path) -> Path:
    """Folders of its own for a test that writes into them."""
    shutil.copytree(kept, tmp_path / "made", symlinks=True)
    return tmp_path / "made"


def test_two_runs_differ_by_what_the_test_of_both_models_says(kept):
    one, other = (kept / "sweep" / number for number in ("0", "2"))
    found = compare([one, other], beside="encoder.cell=elman", **DRAWS)
    [comparison] = found["comparisons"]
    ours = comparison["differences"]["encoder.cell=gru"]
    expected = evaluation.results(str(one), str(other), **DRAWS)
    for name, row in expected["compared"]["differences"].items():
        assert ours[name]["difference"] == row["difference"]
        assert tuple(ours[name]["interval"]) == tuple(row["interval"])
        assert ours[name]["p_value"] == ours[name]["p_holm"] == row["p_value"]
    gru, elman = found["settings"]
    assert gru["intervals"] == expected["intervals"]
    assert {name: one["mean"] for name, one in gru["scores"].items()} == expected["scores"]
    assert (elman["label"], elman["examples"]) == ("encoder.cell=elman", 20)
    assert comparison["examples"] == 20


def test_runs_that_differ_in_the_seed_are_one_setting(kept):
    found = compare([kept / "sweep"], **DRAWS)
    assert [one["label"] for one in found["settings"]] == ["encoder.cell=gru", "encoder.cell=elman"]
    assert [run["label"] for run in found["settings"][0]["runs"]] == ["seed=0", "seed=1"]
    assert found["everywhere"].startswith("task=tagging encoder.bidirectional=false")
    assert "report" not in found["everywhere"]
    [comparison] = found["comparisons"]
    [(label, differences)] = comparison["differences"].items()
    assert {label, comparison["beside"]} == {"encoder.cell=gru", "encoder.cell=elman"}
    means = {one["label"]: one["scores"] for one in found["settings"]}
    for name, row in differences.items():
        apart = means[label][name]["mean"] - means[comparison["beside"]][name]["mean"]
        assert row["difference"] == pytest.approx(apart, abs=1e-6)
    assert found["differing"] == {"encoder.cell": ["gru", "elman"]}
    assert all(run["peak_memory"] > 1e7 for one in found["settings"] for run in one["runs"])
    assert found["notes"] == [f"{kept / 'sweep' / '4'}: it has no scores (yet), and is left out"]


def test_a_test_is_run_once_and_kept(made, monkeypatch):
    first = compare([made / "sweep"], **DRAWS)

    def never(*_):
        raise AssertionError("it is kept")

    with monkeypatch.context() as patch:
        patch.setattr(drawn, "contributions", never)
        assert compare([made / "sweep"], **DRAWS) == first
    said = []
    (made / "sweep" / "1" / drawn.KEPT).write_bytes(b"PK damaged")
    shutil.copy(made / "sweep" / "0" / drawn.KEPT, made / "sweep" / "2" / drawn.KEPT)
    assert compare([made / "sweep"], **DRAWS, say=said.append) == first
    assert [line.partition(":")[0] for line in said] == [str(made / "sweep" / n) for n in "12"]


def test_what_cannot_be_compared_is_said(made):
    found = compare([made / "sweep", made / "other"], **DRAWS)
    assert len(found["settings"]) == 3
    assert len(found["comparisons"]) == 1
    [note] = [note for note in found["notes"] if "same examples" in note]
    assert note.startswith("task=classification encoder.cell=gru: no other")
    shutil.rmtree(made / "sweep" / "3" / "bundle")
    found = compare([made / "sweep"], **DRAWS)
    assert found["comparisons"] == []
    assert any("sweep/3: its test cannot be repeated" in note for note in found["notes"])
    assert [bool(one["intervals"]) for one in found["settings"]] == [True, False]


def test_the_same_commands_twice_are_told_apart_by_their_folders(made):
    shutil.copytree(made / "sweep", made / "again", symlinks=True)
    found = compare([made / "sweep", made / "again"], **DRAWS)
    labels = [
        f"encoder.cell={c} in={made / n}" for n in ("sweep", "again") for c in ("gru", "elman")
    ]
    assert [one["label"] for one in found["settings"]] == labels
    [comparison] = found["comparisons"]
    twin = comparison["beside"].replace(str(made / "sweep"), str(made / "again"))
    assert {row["difference"] for row in comparison["differences"][twin].values()} == {0}
    once = compare([made / "sweep", made / "sweep" / "1", made / "sweep" / "latest"], samples=0)
    assert sum(len(one["runs"]) for one in once["settings"]) == 4


def test_a_bundle_alone_is_a_run_and_stays_as_it_is(made):
    shutil.copytree(made / "sweep" / "0" / "bundle", made / "copy")
    before = sorted(path.name for path in (made / "copy").iterdir())
    found = compare([made / "copy", made / "sweep" / "2"], **DRAWS)
    assert [one["label"] for one in found["settings"]] == ["encoder.cell=gru", "encoder.cell=elman"]
    assert len(found["comparisons"]) == 1
    assert sorted(path.name for path in (made / "copy").iterdir()) == before


def test_a_model_that_reads_more_is_compared_on_the_same_examples(tmp_path):
    same = ("task=classification", "encoder.cell=gru")
    train(tmp_path / "plain", *same)
    train(tmp_path / "spelled", *same, SPELLED)
    found = compare([tmp_path / "plain", tmp_path / "spelled"], **DRAWS)
    labels = [f"default {SPELLED.partition('=')[0]}", SPELLED]
    assert [one["label"] for one in found["settings"]] == labels
    assert len(found["comparisons"]) == 1


def test_the_command_prints_what_fits_and_writes_a_page(made, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    main(
        [str(made / "sweep"), str(made / "other"), "--samples", "20", "--json", str(made / "json")]
    )
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert max(cell_len(line) for line in lines if line[:1] in "┏┃┡│├└") <= 80
    assert printed.out.count("±") > 4
    assert "memory ┃" in printed.out
    assert lines[-1] == f"Page: {made / 'sweep' / 'comparison.html'}"
    assert "testing 20 examples one by one" in printed.err
    text, headings = checked(made / "sweep" / "comparison.html")
    assert [headings[0], *headings[2:]] == [
        "Test scores",
        "Training, epoch by epoch",
        "In which options they differ",
        "Time, size and memory",
        "Every run",
        "Left open",
    ]
    assert text.count("<polyline") >= 5
    assert text.count("1: task=tagging bidirectional=false") >= 2
    found = json.loads((made / "json").read_text(encoding="utf-8"), parse_constant=pytest.fail)
    assert len(found["settings"]) == 3


def test_nothing_is_tested_anew_without_samples(made, capsys):
    shutil.rmtree(made / "sweep" / "0" / "bundle")
    (made / "sweep" / "1" / drawn.KEPT).unlink(missing_ok=True)
    main([str(made / "sweep"), "--samples", "0", "--output", str(made / "page.html")])
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "interval" not in printed.out
    assert not (made / "sweep" / "1" / drawn.KEPT).exists()
    checked(made / "page.html")


def test_a_run_that_a_program_began_is_told_apart_by_its_configuration(made):
    for number in range(4):
        path = made / "sweep" / str(number) / "bundle" / "config.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub("command: .*\n( .*\n)*", "command: f()\n", text), encoding="utf-8")
    found = compare([made / "sweep"], samples=0)
    assert [one["label"] for one in found["settings"]] == ["encoder.cell=gru", "encoder.cell=elman"]
