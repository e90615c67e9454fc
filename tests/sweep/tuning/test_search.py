"""A search, of pretended runs."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from omegaconf import OmegaConf
from searched import DISTRIBUTIONS, OWN, accuracy, result, search, trained

from seqtasks.errors import SeqtasksError, UsageError
from seqtasks.sweep.tuning import search as searching


@pytest.fixture(autouse=True)
def checkpoints(monkeypatch):
    """Every run has a checkpoint."""
    monkeypatch.setattr(searching, "check_kept", lambda folder: folder / "last.ckpt")


def tried(found):
    return [(run.number, run.options, run.score) for run in found.study.outcomes]


def test_the_first_run_has_the_options_as_they_are_and_a_later_one_is_better(tmp_path):
    given = []

    def launch(trial, options):
        given.append((trial.number, trial.pruned, options))
        return trained(trial, options)

    found = search(tmp_path, launch, trials=15)
    best = found.run()
    assert given[0] == (0, False, {})
    assert [number for number, _, _ in given] == list(range(15))
    assert all(pruned and options.keys() == OWN.keys() for _, pruned, options in given[1:])
    first = found.study.outcomes[0]
    assert (first.score, first.options) == (
        accuracy({}),
        {"optimizer.lr": "0.003", "encoder.hidden_size": "64"},
    )
    assert best == found.study.ranking[0]
    assert best.score > first.score
    assert best.score == accuracy(best.options)  # the very values that were typed


def test_searches_of_one_seed_are_alike_and_those_of_two_are_not(tmp_path):
    found = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        (tmp_path / name).mkdir()
        found.append(search(tmp_path / name, seed=seed, trials=9))
        found[-1].run()
    one, same, other = map(tried, found)
    assert one == same != other


def test_a_search_that_is_interrupted_goes_on_to_the_same_runs(tmp_path):
    for name in ("whole", "parts"):
        (tmp_path / name).mkdir()
    whole = search(tmp_path / "whole", trials=9)
    whole.run()

    def interrupted(trial, options):
        if trial.number == 5:
            (tmp_path / "parts" / "5" / "checkpoints").mkdir(parents=True)
            (tmp_path / "parts" / "5" / "checkpoints" / "last.ckpt").touch()
            raise KeyboardInterrupt
        return trained(trial, options)

    with pytest.raises(KeyboardInterrupt):
        search(tmp_path / "parts", interrupted, trials=9).run()
    parts = search(tmp_path / "parts", trials=9)
    assert [run.number for run in parts.study.outcomes] == list(range(5))
    assert not (tmp_path / "parts" / "5" / "checkpoints").exists()
    parts.run()
    assert [run.number for run in parts.study.outcomes] == list(range(9))
    assert len(parts.study.begun.trials) == 9  # none twice
    ways = [[(run.options, run.score) for run in one.study.outcomes] for one in (whole, parts)]
    assert ways[0] == ways[1]


def test_another_command_does_not_go_on_with_a_search(tmp_path):
    search(tmp_path, trials=1).run()
    with pytest.raises(UsageError, match="holds a search with the options task=tagging, not task="):
        search(tmp_path, about={"options": "task=translation"}, trials=2)


def test_a_run_that_fails_counts_and_the_search_goes_on(tmp_path):
    def launch(trial, options):
        if trial.number in (1, 2):
            return {"error": "the loss is nan"}
        if trial.number == 3:
            return result([float("nan")])
        return trained(trial, options)

    found = search(tmp_path, launch, trials=6)
    best = found.run()
    assert [run.ended for run in found.study.outcomes] == ["", *["failed"] * 3, "", ""]
    assert found.study.outcomes[1].error == "the loss is nan"
    assert found.study.outcomes[3].error == "no validation has a score"
    assert best.score is not None
    assert {run.number for run in found.study.ranking[-3:]} == {1, 2, 3}


def test_a_first_run_that_fails_ends_the_search(tmp_path):
    with pytest.raises(SeqtasksError, match=r"the first run, .* failed: no such file; correct"):
        search(tmp_path, lambda trial, options: {"error": "no such file"}, trials=3).run()


def test_a_run_that_promises_little_is_ended_by_its_validations(tmp_path):
    tune = {"tune": {"pruner": {"_target_": "optuna.pruners.MedianPruner", "n_startup_trials": 2}}}
    OmegaConf.save(OmegaConf.create(tune), tmp_path / "multirun.yaml")
    scores = iter([[0.5, 0.6, 0.7], [0.5, 0.6, 0.8], [0.2, 0.3, 0.4], [0.6, 0.7, 0.9]])

    def launch(trial, options):
        told, hopeless = next(scores), trial.judge() if trial.pruned else lambda *_: False
        for at, score in enumerate(told):
            if hopeless(at, score):
                return result(told[: at + 1], "pruned")
        return result(told)

    found = search(tmp_path, launch, trials=4)
    assert found.run().score == 0.9
    runs = found.study.outcomes
    assert [(run.ended, run.epochs) for run in runs] == [("", 3), ("", 3), ("pruned", 1), ("", 3)]
    assert [run.number for run in found.study.ranking] == [3, 1, 0, 2]


def test_a_search_ends_with_its_time(tmp_path, monkeypatch):
    now = [0.0]
    # Not `time` itself, by which the servers of other tests run in this process.
    clock = SimpleNamespace(time=lambda: now[0], monotonic=lambda: now[0])
    monkeypatch.setattr(searching, "time", clock)

    def launch(trial, options):
        assert trial.until == 100.0
        now[0] += 15.0
        return trained(trial, options)

    found = search(tmp_path, launch, seconds=100.0)
    found.run()
    assert len(found.study.outcomes) == 6  # the seventh would end after 105 seconds


def test_a_search_without_bounds_ends_all_the_same(tmp_path):
    found = search(tmp_path)
    found.run()
    assert len(found.study.outcomes) == searching.USUAL


def test_only_the_best_run_keeps_its_checkpoints(tmp_path):
    def launch(trial, options):
        place = tmp_path / str(trial.number) / "checkpoints"
        place.mkdir(parents=True)
        (place / "last.ckpt").touch()
        return trained(trial, options)

    best = search(tmp_path, launch, trials=6).run()
    assert [path.parts[-3] for path in tmp_path.glob("*/checkpoints/last.ckpt")] == [
        str(best.number)
    ]


def test_less_is_better_where_the_task_says_so(tmp_path):
    def launch(trial, options):
        return {**trained(trial, options), "mode": "min"}

    found = search(tmp_path, launch, trials=6)
    assert found.run().score == min(run.score for run in found.study.outcomes)
    assert found.study.begun.trials[0].distributions == DISTRIBUTIONS
