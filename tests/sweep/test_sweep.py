"""Several runs by one command, and what they add up to."""

from __future__ import annotations

import io
import json
import math
import re
import shlex
import statistics

import pytest
import yaml
from rich.console import Console
from small import SMALL

from seqtasks.errors import Interrupted, UsageError
from seqtasks.reporting.terminal import Terminal
from seqtasks.sweep import SweepRun, group_runs
from seqtasks.sweep.run import read_runs, record_run
from seqtasks.sweep.table import failures, markdown, print_table


def job(number, score, error="", **options):
    given = {name.replace("_", "."): str(value) for name, value in options.items()}
    return SweepRun(number, f"runs/{number}", given, {} if error else {"accuracy": score}, error)


def test_runs_are_grouped_by_all_but_the_seed_and_the_fold():
    values = [0.5, 0.7, 0.9, 0.4]
    cells = ["gru", "lstm", "gru", "lstm"]
    jobs = [
        job(n, value, encoder_cell=cell, seed=n // 2 + 1, data_fold=3, trainer_max=2)
        for n, (value, cell) in enumerate(zip(values, cells, strict=True))
    ]
    jobs.append(job(4, None, "too little memory", encoder_cell="lstm", seed=3, trainer_max=2))
    gru, lstm = group_runs(jobs)
    assert (gru.label, lstm.label) == ("encoder.cell=gru", "encoder.cell=lstm")
    assert [name for name, _ in gru.runs] == ["seed=1 data.fold=3", "seed=2 data.fold=3"]
    assert lstm.scores["accuracy"].mean == pytest.approx(statistics.mean([0.7, 0.4]))
    assert lstm.scores["accuracy"].deviation == pytest.approx(statistics.stdev([0.7, 0.4]))
    assert failures([gru, lstm]) == ["encoder.cell=lstm seed=3: too little memory"]
    text = markdown([gru, lstm])
    assert "| **encoder.cell=gru mean of 2** | **70.00 ± 28.28 %** |" in text
    assert "| **encoder.cell=lstm mean of 2 of 3** | **55.00 ± 21.21 %** |" in text
    assert "| seed=2 data.fold=3 | 40.00 % |" in text
    assert "- encoder.cell=lstm seed=3: too little memory" in text


def test_a_score_without_a_value_is_null_in_the_record(tmp_path):
    record_run(tmp_path, SweepRun(1, "", {}, {"accuracy": 0.5, "loss": math.nan}))
    line = (tmp_path / "jobs.jsonl").read_text(encoding="utf-8")
    assert json.loads(line, parse_constant=pytest.fail)["scores"] == {"accuracy": 0.5, "loss": None}
    [found] = read_runs(tmp_path)
    assert found.scores == pytest.approx({"accuracy": 0.5, "loss": math.nan}, nan_ok=True)


def test_a_group_of_one_run_has_one_row(capsys):
    made = group_runs([job(0, 0.5, encoder_cell="gru"), job(1, 0.25, encoder_cell="lstm")])
    print_table(Console(), made)
    printed = capsys.readouterr().out
    assert "mean of" not in printed
    assert [line.split()[1:4] for line in printed.splitlines() if "encoder" in line] == [
        ["encoder.cell=gru", "│", "50.00"],
        ["encoder.cell=lstm", "│", "25.00"],
    ]


def test_a_table_with_many_options_and_scores_fits_80_columns():
    options = {"task": "tagging", "task.embedding.tokens.token_dropout": "0.30000000000000004"}
    options |= {f"data.train.option_{name}": name * 12 for name in "abc"}
    values = dict.fromkeys(["accuracy", "f1", "exact_match", "loss", "calibration_error"], 0.1234)
    runs = [
        SweepRun(n, "", {**options, "encoder.cell": cell, "seed": str(n // 2), **more}, values)
        for n, cell in enumerate(["gru", "lstm"] * 2)
        for more in [{name: f"{value}-{cell}" for name, value in options.items() if "o" in name}]
    ]
    file = io.StringIO()
    print_table(Terminal(file=file, width=80, force_terminal=True, no_color=True), group_runs(runs))
    printed = re.sub("\x1b.*?m", "", file.getvalue())
    assert max(map(len, printed.splitlines())) <= 80
    assert printed.startswith("Everywhere: task=tagging\n")
    assert printed.count("mean of 2") == 2 * printed.count("┏") > 2  # tables of two groups each
    assert printed.count("12.34 ± 0.00 %") == 2 * 4
    assert "…" in printed


@pytest.fixture
def pretend(monkeypatch):
    """What takes the place of a run, and the configurations that it is given."""
    given = []

    def replace(behaviour):
        def run(config, folder, task_name, began, trial, share):
            given.append(config)
            return {"test": behaviour(config)}

        monkeypatch.setattr("seqtasks.run.run", run)
        return given

    return replace


def summary(folder):
    return json.loads((folder / "summary.json").read_text(encoding="utf-8"))


def test_seeds_are_summed_up_beside_another_option(cli, tmp_path, pretend):
    pretend(lambda config: {"loss": config.seed / 10 + (config.encoder.cell == "gru")})
    code, out, error = cli("sweep=seeds", "encoder.cell=gru,lstm", "hydra.sweep.dir=made")
    assert (code, error) == (0, "")
    assert "│ encoder.cell=gru mean of 3  │ 1.2 ± 0.1 │" in out
    gru, lstm = summary(tmp_path / "made")
    assert [run["options"]["seed"] for run in lstm["runs"]] == ["1", "2", "3"]
    assert gru["scores"]["loss"] == pytest.approx({"mean": 1.2, "deviation": 0.1})
    kept = (tmp_path / "made" / "summary.md").read_text(encoding="utf-8")
    assert "| **encoder.cell=lstm mean of 3** | **0.2 ± 0.1** |" in kept


def test_all_folds_run_by_one_command(cli, tmp_path, pretend):
    given = pretend(lambda config: {"accuracy": 0.5})
    code, out, _ = cli("sweep=folds", "data.folds=3", "data.test=null", "hydra.sweep.dir=made")
    assert code == 0
    assert [(config.data.folds, config.data.fold) for config in given] == [(3, 0), (3, 1), (3, 2)]
    assert "mean of 3" in out
    assert [run["label"] for run in summary(tmp_path / "made")[0]["runs"]] == [
        f"data.fold={n}" for n in range(3)
    ]


def test_a_run_that_fails_is_named_and_the_others_are_summed_up(cli, tmp_path, pretend):
    def behaviour(config):
        if config.seed == 2:
            raise UsageError("this seed is no good")
        if config.seed == 3:
            raise ZeroDivisionError("a defect")
        return {"accuracy": 0.5}

    pretend(behaviour)
    assert cli("-m", "seed=5,6", "hydra.sweep.dir=made")[0] == 0  # an older sweep
    code, out, error = cli("-m", "seed=1,2,3,4", "hydra.sweep.dir=made", "overwrite=true")
    assert code == 1
    assert "mean of 2 of 4" in out
    assert "Failed: seed=2: this seed is no good" in out
    assert "Failed: seed=3: ZeroDivisionError: a defect" in out
    assert "seqtasks: this seed is no good\n" in error
    assert "Traceback" in error
    assert [run["error"][:4] for run in summary(tmp_path / "made")[0]["runs"]] == [
        "",
        "",
        "this",
        "Zero",
    ]


def test_an_interruption_ends_all_runs(cli, pretend):
    def behaviour(config):
        raise Interrupted("interrupted after 2 epochs")

    given = pretend(behaviour)
    code, out, error = cli("-m", "seed=1,2", "hydra.sweep.dir=made")
    assert (code, len(given)) == (1, 1)
    assert error == "seqtasks: interrupted\n"
    assert out.endswith(
        "Not done: seed=1\nNot done: seed=2\n"
        "To go on: python -m seqtasks -m seed=1,2 hydra.sweep.dir=made\n"
    )


def test_a_run_of_several_equals_the_command_that_it_records(cli, tmp_path):
    small = [option for option in SMALL if "max_epochs" not in option]
    code, out, error = cli("sweep=seeds", "seed=1,2", "debug=quick", *small, "hydra.sweep.dir=made")
    assert code == 0, error
    assert out.count("this model") == 2
    made = yaml.safe_load((tmp_path / "made" / "1" / "bundle" / "config.yaml").read_text())
    words = shlex.split(made["command"])
    assert words[:3] == ["python", "-m", "seqtasks"]
    code, _, error = cli(*words[3:], "hydra.run.dir=alone")
    assert code == 0, error
    first, second, alone = (
        json.loads((tmp_path / name / "metrics.json").read_text())["test"]
        for name in ("made/0", "made/1", "alone")
    )
    assert first != second == alone
