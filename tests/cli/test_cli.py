"""What a person sees: one line for what can be put right, with the right exit code."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from small import ROOT, SMALL, TASKS

from seqtasks import bundle, predict
from seqtasks.errors import DataError
from seqtasks.prediction.source_lines import decoded


def write(path: str, content: str | bytes) -> str:
    Path(path).write_bytes(content.encode() if isinstance(content, str) else content)
    return path


TAGGED = "the DT\ncat NN\n\na DT\ndog NN\n\n" * 20
LABELLED = "good I like it\nbad I hate it\n" * 20


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["task=taging"], "task=taging: there is no such choice; Did you mean 'tagging'?"),
        (["data=tabel"], "Did you mean 'table'?"),
        (
            ["task=classification", "~data.tokens", "+field@data.pair=pair"],
            "data.pair.level takes the value of an option that is not there",
        ),
        (
            ["task.head=crf"],
            "task.head=crf sets an option to a text; what chooses is task/head=crf",
        ),
        (["data.batching=streams"], "what chooses is data/batching=streams"),
        (["task/hed=crf"], "there is no option 'task/hed'; Did you mean 'task/head'?"),
        (["head@task.head=crf"], "there is no option 'head@task.head'; Did you mean 'task/head'?"),
        (["task/embedding/spelling=null"], "~task/embedding/spelling, chooses none"),
        (["encoder.hiden_size=3"], "there is no option 'encoder.hiden_size'; Did you mean"),
        (["trainer.max_epoch=3"], "Did you mean 'trainer.max_epochs'?"),
        (["sead=3"], "Did you mean 'seed'?"),
        (["tagging"], "options are written name=value"),
        (["encoder.cell=lsmt"], "there is no cell 'lsmt'; Did you mean 'lstm'?"),
        (["task=classification", "task.head.pooling=men"], "Did you mean 'mean'?"),
        (["task=translation", "task.decoder.attention=addtive"], "Did you mean 'additive'?"),
        (["task=generation", "encoder.bidirectional=true"], "reads from left to right"),
        (["data=lines"], "data.train: it is not set; name your training file"),
        (["data.characters=null"], "task.embedding.spelling: it goes together"),
        (["trainer.accelerator=gpu"], "a setting cannot be used"),
        (["trainer.precision=16-mixed"], "16-bit floats (fp16) train on a GPU alone"),
        (
            ["trainer.precision=16-true"],
            "trainer.precision: 16-bit floats (fp16) train on a GPU alone, not 16-true",
        ),
        (["optimizer.lr=-1"], "optimizer: Invalid learning rate"),
        (["encoder.hidden_size=abc"], "encoder.hidden_size: it is a whole number or null"),
        (["trainer.max_epochs=-1"], "this schedule has to know when training ends"),
        (["encoder.cell=gru,lstm"], "multirun"),
        (["data.tokens.level=character"], "leave the level at word"),
        (["data.tokens.bos=true"], "has a value for each token of 'tokens'"),
        (["data.batching.batch_size=0"], "give this or data.batching.batch_tokens"),
        (["data.val_fraction=1.5"], "val_fraction: it is above 0"),
        (["task=generation", "data.tokens.level=letter"], "The choices are word, character, bpe"),
        (["task=translation", "task.scores=[blue]"], "Did you mean 'bleu'?"),
        (["task=translation", "task.scores=[]"], "choose from bleu, chrf, ter"),
        (["task=translation", "task.scores=[chrf]"], "choose one of loss, chrf, or name it in"),
        (
            ["task=transduction", "task.monitor=length_ratio"],
            "choose one of loss, sequence_error_rate",
        ),
        (
            ["task=transduction", "+task.score_names.bleu=words"],
            "score_names: 'bleu' is none of the scores; choose from sequence_error_rate, symbol_",
        ),
        (["task=transduction", "task.baseline=close"], "Did you mean 'closest'?"),
        (["task=question_answering", "data.source.separator=null"], "column: say what the columns"),
        (["task=classification", "data.label.column=[a,b]"], "not [a,b]"),
        (["task=classification", "data.split_by=lable"], "Did you mean 'label'?"),
    ],
)
def test_bad_usage_is_one_line_and_code_2(cli, arguments, message):
    code, _, error = cli(*arguments, *([] if "data=lines" in arguments else SMALL[:3]))
    assert message in error
    assert error.count("\n") == 1
    assert code == 2


@pytest.mark.parametrize(
    ("data", "content", "message"),
    [
        ("conll", None, "train.txt"),
        ("conll", b"", "empty"),
        ("conll", b"\x00\x01\x02\n", "binary"),
        ("conll", b"the DT\ncaf\xe9 NN\n\n", "train.txt:2"),
        ("conll", b"the DT\ncat\n\n", "train.txt:2"),
        ("conll", b"the DT\ncat DT\n\n" * 30, "1 distinct labels"),
        (
            "lines",
            b"good " + b"a b " * 25_000 + b"\nbad c\n" * 30,
            "than data.tokens.max_length=10000",
        ),
        ("lines", b"good a b\nbad b c\n", "too little to split"),
        ("table", b"7,label\n3,good\n4,bad\n", "data.label.column"),
    ],
)
def test_a_bad_file_is_one_line_and_code_1(cli, data, content, message):
    task = "tagging" if data == "conll" else "classification"
    if content is not None:
        write("train.txt", content)
    options = ["data.reader.format=csv"] if data == "table" else []
    code, _, error = cli(f"task={task}", f"data={data}", "data.train=train.txt", *options)
    assert message in error
    assert error.count("\n") == 1
    assert code == 1


@pytest.mark.parametrize(
    ("data", "content", "place"),
    [
        ("lines", b"good fine\nbad\n", "train.txt:2: "),
        ("table", b"tokens,label\nfine,good\nbad\n", "train.txt:3: "),
    ],
)
def test_a_line_without_a_value_is_refused_where_that_is_asked_for(cli, data, content, place):
    write("train.txt", content)
    options = ["data.reader.format=csv"] if data == "table" else []
    files = [f"data={data}", "data.train=train.txt", "data.missing=error"]
    code, _, error = cli("task=classification", *files, *options)
    assert code == 1
    assert place in error


def test_a_label_only_in_the_test_file_is_named_with_its_line(cli):
    write("train.txt", LABELLED)
    write("test.txt", "good fine\nugly what\n")
    files = ["data.train=train.txt", "data.test=test.txt"]
    code, out, _ = cli("task=classification", "data=lines", *files, *SMALL[3:])
    assert code == 0
    assert "ugly" in out
    assert "test.txt:2" in out


def test_parallel_files_of_unequal_length(cli):
    write("a", "x\ny\nz\n")
    write("b", "x\ny\n")
    code, _, error = cli("task=translation", "data=parallel", "data.train=[a,b]")
    assert code == 1
    assert "3" in error
    assert "2" in error


def test_a_run_folder_that_cannot_be_made(cli):
    write("taken", "a file")
    code, _, error = cli(*SMALL, "hydra.run.dir=taken/run")
    assert code == 1
    assert "if it is the run folder, choose another: hydra.run.dir=PATH" in error


def test_a_checkpoint_of_other_sizes_or_of_no_kind(cli, tmp_path):
    code, _, error = cli(*SMALL, "hydra.run.dir=first")
    assert code == 0, error
    last = "ckpt_path=first/checkpoints/last.ckpt"
    code, _, error = cli(*SMALL, "encoder.hidden_size=14", last)
    assert code == 1
    assert "is of another model" in error
    assert "resume with the options and data" in error
    write("no.ckpt", b"nothing of the kind")
    code, _, error = cli(*SMALL, "ckpt_path=no.ckpt")
    assert (code, error.count("\n")) == (1, 1)
    assert "is not a checkpoint" in error
    code, _, error = cli(*SMALL, "ckpt_path=missing.ckpt")
    assert (code, error.count("\n")) == (1, 1)
    code, _, error = cli(*SMALL, "trainer.max_epochs=2", last)
    assert code == 0, error


def test_own_files_from_training_to_prediction(cli, monkeypatch):
    write("my.conll", TAGGED)
    small = ["encoder.hidden_size=16", "trainer.max_epochs=8", "optimizer.lr=0.02"]
    code, out, error = cli("task=tagging", "data=conll", "data.train=my.conll", *small)
    assert code == 0, error
    assert "this model" in out
    given = io.TextIOWrapper(io.BytesIO(b"the dog\n\na cat\nthe unheard\n"))
    monkeypatch.setattr(sys, "stdin", given)
    taken = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stdout", taken)
    predict.main(["runs/tagging/latest"])
    lines = taken.buffer.getvalue().decode().split("\n")
    assert lines[:3] == ["DT NN", "", "DT NN"]
    assert lines[3].startswith("DT ")


def test_help_and_the_whole_configuration_are_shown(cli):
    code, out, _ = cli("--help")
    assert code == 0
    [tasks] = [line for line in out.splitlines() if line.startswith("task: ")]
    assert tasks.removeprefix("task: ").split(", ") == TASKS
    code, out, _ = cli("--cfg", "job", "task=translation")
    assert code == 0
    assert "_target_: seqtasks.tasks.translation.EncoderDecoder" in out


def test_an_interruption_keeps_the_last_checkpoint_and_says_how_to_resume(tmp_path):
    options = [o for o in SMALL if "max_epochs" not in o] + ["hydra.run.dir=stopped"]
    command = [sys.executable, "-m", "seqtasks", *options]
    process = subprocess.Popen(
        [*command, "trainer.max_epochs=100000", "callbacks.early_stopping=null"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # also in the background
    )
    last = tmp_path / "stopped" / "checkpoints" / "last.ckpt"
    limit = time.monotonic() + 120
    while not last.exists() and time.monotonic() < limit and process.poll() is None:
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 1, error
    message = error.splitlines()[-1]
    assert message.startswith("seqtasks: interrupted after")
    assert f"ckpt_path={last}" in message
    assert "Traceback" not in error
    assert torch.load(last, weights_only=True)["epoch"] >= 0


def test_two_processes_train_one_model_and_then_another(tmp_path):
    options = [o for o in SMALL if "logger" not in o]
    ddp = ["trainer=ddp", "trainer.accelerator=cpu", "trainer.devices=2", "threads=1"]
    command = [sys.executable, "-m", "seqtasks", "sweep=seeds", "seed=1,2", "task=classification"]
    done = subprocess.run(
        [*command, *options, *ddp, "hydra.sweep.dir=both"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("this model") == 2
    assert [path.name for path in tmp_path.iterdir()] == ["both"]
    for number in "01":
        scores = json.loads((tmp_path / "both" / number / "metrics.json").read_text())
        assert scores["steps"] == 3  # each process has a part of each batch


DEBUGS = sorted(path.stem for path in (ROOT / "conf" / "debug").glob("*.yaml"))


@pytest.mark.parametrize("debug", DEBUGS)
def test_the_debug_configurations_run(cli, debug):
    code, out, error = cli(f"debug={debug}", *SMALL[:4], "logger=none", "trainer.max_epochs=2")
    assert code == 0, error
    assert "this model" in out
    assert "Saved: runs/debug/" in out


def test_truncated_tokens_take_their_tags_and_characters_along(cli):
    write("my.conll", TAGGED)
    options = ["data.tokens.max_length=1", "data.tokens.truncate=true", "trainer.max_epochs=1"]
    code, _, error = cli("task=tagging", "data=conll", "data.train=my.conll", *options)
    assert code == 0, error


def test_a_cell_of_ones_own_is_told_to_be_trusted(cli, tmp_path, monkeypatch):
    write("my_cells.py", "from seqtasks.cells.gru import GRU\n\nclass Mine(GRU):\n    pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    cell = "encoder.cell={_target_: my_cells.Mine, _partial_: true}"
    code, out, error = cli(*SMALL, cell)
    assert code == 0, error
    assert out.rstrip().endswith("--trust my_cells")


def test_a_language_model_over_lines_goes_on_from_its_prompt(cli):
    write("lines.txt", "a b c d\n" * 60)
    options = ["data.tokens.eos=true", "encoder.hidden_size=24", "trainer.max_epochs=12"]
    options += ["task.sampling.temperature=0", "optimizer.lr=0.02"]
    code, _, error = cli("task=generation", "data=lines", "data.train=lines.txt", *options)
    assert code == 0, error
    loaded = bundle.load("runs/generation/latest")
    assert loaded.predict(["a b", "a"]) == ["c d", "b c d"]


@pytest.mark.parametrize("arguments", [["--batch-size", "0"], ["--device", "cuda:77"]])
def test_impossible_prediction_options_are_bad_usage(cli, arguments, capsys):
    code, _, error = cli(*SMALL, "hydra.run.dir=made")
    assert code == 0, error
    with pytest.raises(SystemExit) as stop:
        predict.main(["made", *arguments])
    assert stop.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_input_of_another_encoding_is_named_by_its_line():
    with pytest.raises(DataError, match=r"input:2: not valid utf-8 \(byte 0xe9\)"):
        list(decoded([b"fine\n", b"caf\xe9\n"]))
