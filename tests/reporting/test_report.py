"""A run's report: whole, self-contained, and true to the run."""

from __future__ import annotations

import json
import math

import pytest
import yaml
from pages import checked
from small import SMALL, TASKS

from seqtasks import run as running
from seqtasks.report import main
from seqtasks.reporting.chart import curves, ticks
from seqtasks.reporting.model_card import card
from seqtasks.reporting.page import training, write_report
from seqtasks.reporting.parts import Heat, Section, Table, Tagged
from seqtasks.reporting.rendering import render
from seqtasks.run import run


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_one(composed, tmp_path, task):
    results = run(composed(f"task={task}", *SMALL, "report=true"), tmp_path / "run", task)
    text, headings = checked(tmp_path / "run" / "report.html")
    for part in ("Scores beside baselines", "Training", "Time and machine", "Configuration"):
        assert part in headings
    parameters = f"<b>{results['parameters']:,}</b><span>parameters</span>"
    assert parameters in text
    if task in ("translation", "transduction", "question_answering"):
        assert {"Where it errs", "The most loss", "What it attends to"} <= {*headings}
    if task == "classification":
        assert {"Classes", "Where it errs", "The most loss"} <= {*headings}
        assert "Each row is a right label" in text
    if task == "generation":
        assert "What units hold" in headings


def test_the_command_writes_it_where_it_is_asked_to(composed, tmp_path, capsys):
    config = composed("task=tagging", *SMALL, "trainer.max_epochs=3")
    results = run(config, tmp_path / "run", "tagging")
    out = tmp_path / "page.html"
    main([str(tmp_path / "run"), "--output", str(out), "--examples", "5"])
    assert capsys.readouterr().out.splitlines()[-1] == str(out)
    text, _ = checked(out)
    assert "5 of 20 test examples" in text
    history = results["history"]
    assert [row["epoch"] for row in history] == [1, 2, 3]
    assert all(row["val/accuracy"] > 0 and 0 <= row["train/padding"] < 1 for row in history)
    assert text.count("<polyline") >= 3
    saved = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert saved["environment"]["threads"] >= 1
    assert saved["environment"]["torch"] in text


def test_a_score_without_a_value_is_null_in_files_and_a_dash_on_the_page(
    composed, tmp_path, monkeypatch
):
    tested = running.test
    monkeypatch.setattr(running, "test", lambda *given: {**tested(*given), "loss": math.nan})
    run(composed("task=classification", *SMALL, "report=true"), tmp_path / "run", "classification")
    for place in (tmp_path / "run", tmp_path / "run" / "bundle"):
        path = place / "metrics.json"
        saved = json.loads(path.read_text(encoding="utf-8"), parse_constant=pytest.fail)
        assert saved["test"]["loss"] is None
        assert saved["test"]["accuracy"] > 0
    text, _ = checked(write_report(tmp_path / "run"))
    assert "<b>–</b><span>loss</span>" in text
    rows = [{"epoch": 1, "step": step, "val/loss": loss} for step, loss in ((1, 2.0), (2, None))]
    table, *charts = training({"history": rows}).parts
    assert [row[-1] for row in table.rows] == ["2", "–"]
    assert not charts


def test_data_that_is_gone_and_texts_that_look_like_markup(composed, tmp_path):
    train = tmp_path / "train.txt"
    lines = [f"{'good' if n % 2 else 'bad'} <script>alert({n})</script> & x\n" for n in range(60)]
    train.write_text("".join(lines))
    config = composed("task=classification", "data=lines", f"data.train={train}", *SMALL[3:])
    run(config, tmp_path / "run", "classification")
    text, _ = checked(write_report(tmp_path / "run"))
    assert "&lt;script&gt;alert(" in text
    train.unlink()
    text, headings = checked(write_report(tmp_path / "run"))
    assert "The test data cannot be read" in text
    assert "Training" in headings


def test_no_text_of_any_part_is_read_as_markup(tmp_path):
    evil = """"'><script>alert(1)</script>&amp;"""
    chart = curves({evil: [(0, 1.0), (1, 2.0)]}, evil)
    parts = [
        evil,
        Table([evil, evil], [[evil, evil]]),
        Heat([evil], [evil], [[0.5]], [[evil]]),
        Tagged(evil, [(evil, evil, "O")]),
        [chart],
    ]
    page = {"name": evil, "command": evil, "tiles": [(evil, evil)], "tested_on": evil}
    page["configuration"] = evil
    path = tmp_path / "page.html"
    path.write_text(render("report.html", sections=[Section(evil, parts)], **page))
    text, headings = checked(path)
    assert headings == [evil, "Configuration"]
    shown = text.count("&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;")
    assert text.count("alert(1)") == shown == 26


@pytest.mark.parametrize("scores", [{"a: <b>": 1e-6, "bad": math.nan}, {}])
def test_the_metadata_of_a_card_is_yaml_whatever_it_holds(scores):
    evil = """'é😀": {[<b> #"""
    data = {"train": "train.txt", "val": None, "test": f"folder/{evil}"}
    results = {"test": scores, "baselines": {}, "tested_on": "test", "parameters": 1}
    results |= {"seconds": 1.0, "epochs": 1, "steps": 1}
    text = card(evil, None, {"data": data, "seed": 1, "command": "python -m seqtasks"}, results)
    [told] = list(yaml.safe_load_all(text.split("\n---\n")[0]))
    assert told["tags"] == ["seqtasks", "rnn", evil]
    [[found]] = [one["results"] for one in told["model-index"]]
    assert found["dataset"] == {"name": evil, "type": "custom", "split": "test"}
    expected = [{"type": "a: <b>", "name": "a: <b>", "value": 1e-6}] if scores else []
    assert found["metrics"] == expected


def test_a_folder_that_is_no_run(tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        main([str(tmp_path)])
    assert stop.value.code == 2
    assert "is no run" in capsys.readouterr().err


def test_curves_leave_out_what_is_not_finite_and_have_round_marks():
    assert curves({"a": [(1, float("nan")), (2, 3.0)]}, "step") is None
    drawn = curves({"a": [(0, 1.0), (10, 2.0)], "b": [(0, 2.0), (10, 2.0)]}, "step")
    assert [name for name, _, _ in drawn.lines] == ["a", "b"]
    assert [label for _, label in drawn.horizontal] == ["0", "2", "4", "6", "8", "10"]
    assert drawn.lines[0][2].split()[0].startswith(f"{drawn.left}.0,")
    assert ticks(0, 1) == [0, 0.2, 0.4, 0.6, 0.8, 1]
    assert ticks(3, 3) == [3]
