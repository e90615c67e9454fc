"""Baselines that would take too long are left out by name, wherever they are."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from hydra.utils import instantiate
from small import SMALL

from seqtasks.baselines import budget as budgets
from seqtasks.baselines.budget import Budget
from seqtasks.run import run

TASKS = {
    "generation": {"unigram", "bigram", "3-gram"},
    "classification": {"always the same answer"},
    "tagging": {"most frequent tag of each word"},
    "synchronous": {"most frequent tag of each word"},
    "joint": {"most frequent of each word or of all"},
    "translation": {"copy of the source"},
    "question_answering": {"most frequent answer to the first word"},
}


def test_time_is_counted_for_each_baseline(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(budgets, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    budget, done = Budget(3.0), []

    def work(count):
        for step in budget.over(range(count)):
            now[0] += 1
            done.append(step)

    with budget.of("quick"):
        work(3)
    work(9)  # nothing is timed
    with budget.of("slow"):
        work(9)
    with budget.of("quick too"):
        work(3)
    assert len(done) == 3 + 9 + 4 + 3
    assert budget.left_out == {"slow": "it takes longer than 3 s"}
    with pytest.raises(ZeroDivisionError), budget.of("wrong"):
        1 / 0  # noqa: B018


@pytest.mark.parametrize(("task", "names"), TASKS.items())
def test_every_baseline_asks_for_its_time(composed, task, names):
    options = ["task.ngram_order=3"] if task == "generation" else []
    config = composed(f"task={task}", *options, *SMALL)
    data = instantiate(config.data)
    data.setup()
    made = instantiate(config.task)(data.vocabularies)
    budget = Budget(-1.0)
    assert set(made.baselines(data, budget)) <= {"uniform", "best possible"}
    assert set(budget.left_out) == names


def test_what_is_left_out_is_named_in_the_run(composed, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(budgets, "LEAST", -1.0)
    monkeypatch.setattr(budgets, "SHARE", -1.0)
    options = ["task=classification", *SMALL, "report=true"]
    results = run(composed(*options), tmp_path / "run", "classification")
    assert results["baselines"] == {}
    assert list(results["baselines_left_out"]) == ["always the same answer"]
    saved = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert saved["baselines_left_out"] == results["baselines_left_out"]
    said = "Left out: always the same answer, it takes longer than"
    assert said in capsys.readouterr().out
    for place in ("report.html", "bundle/README.md"):
        assert said in (tmp_path / "run" / place).read_text(encoding="utf-8")
