"""Options that are searched only beside some values of others."""

from __future__ import annotations

import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution
from searched import result, search, trained

from seqtasks.sweep.tuning import search as searching
from seqtasks.sweep.tuning.space import Space

LAYERS, DROPOUT = "encoder.num_layers", "encoder.dropout"
SPACE = Space(
    {LAYERS: CategoricalDistribution(["1", "2"]), DROPOUT: FloatDistribution(0.0, 0.5)},
    {LAYERS: "1", DROPOUT: 0.1},
    {DROPOUT: {LAYERS: ["2"]}},
)


@pytest.fixture(autouse=True)
def checkpoints(monkeypatch):
    """Every run has a checkpoint."""
    monkeypatch.setattr(searching, "check_kept", lambda folder: folder / "last.ckpt")


def test_an_option_is_drawn_only_beside_the_values_that_it_waits_for(tmp_path):
    found = search(tmp_path, lambda trial, options: result([len(options)]), trials=12)
    found.space = lambda folder: SPACE
    found.run()
    options = [run.options for run in found.study.outcomes]
    assert options[0] == {LAYERS: "1"}
    assert {len(one) for one in options} == {1, 2}
    assert all((DROPOUT in one) == (one[LAYERS] == "2") for one in options)
    assert Space.of(SPACE.told()) == SPACE


@pytest.mark.parametrize("place", ["sqlite:///{}/search.db", "{}/search.journal"])
def test_searches_in_two_folders_share_a_storage(tmp_path, place):
    from optuna.samplers import TPESampler

    from seqtasks.sweep.tuning.study import Study

    kept = place.format(tmp_path)
    first = search(tmp_path, trained, trials=9)
    one = Study(tmp_path / "one", TPESampler, 1, kept)
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    first.study, first.trials = one, 3
    first.run()
    second = search(tmp_path / "two", trained, trials=9)
    second.study, second.trials = Study(tmp_path / "two", TPESampler, 1, kept), 6
    asked, options = second.study.ask()
    first.trials = 6
    first.run()  # while the other has a run under way
    assert (asked, first.study.mine()) == (3, [0, 1, 2, 4, 5])
    assert not first.is_over()
    drawn = [run.options for run in first.study.outcomes]
    assert options not in drawn
    resumed = Study(tmp_path / "two", TPESampler, 1, kept)
    assert resumed.left == [3]
    assert resumed.ask() == (3, options)
    second.study = resumed
    resumed.left = [3]
    second.run()
    assert second.is_over()
    assert [run.number for run in second.study.outcomes] == [0, 1, 2, 3, 4, 5]
    assert second.study.mine() == [3]


def test_the_space_of_a_command_depends_on_the_first_run(cli, monkeypatch, tmp_path):
    given = []

    def run(config, folder, task_name, began, trial, share):
        from omegaconf import OmegaConf

        given.append((config.encoder.num_layers, config.encoder.dropout))
        OmegaConf.save(OmegaConf.create(OmegaConf.to_container(config)), folder / "config.yaml")
        raise_at_the_test = trial.checkpoint is not None
        return {"error": "it is enough"} if raise_at_the_test else result([0.5])

    monkeypatch.setattr("seqtasks.run.run", run)
    words = ["hparams_search=classification", "task=classification", "hydra.sweep.dir=made"]
    when = "+tune.when={encoder.dropout:{encoder.num_layers:2},optimizer.lr:{encoder.cell:gru}}"
    ranges = ["encoder.dropout=interval(0.1,0.5)", "encoder.num_layers=1,2"]
    code, _, error = cli(*words, "tune.trials=8", when, *ranges)
    assert (code, "it is enough" in error) == (1, True)
    assert all(dropout > 0 for layers, dropout in given if layers == 2)
    assert {dropout for layers, dropout in given if layers == 1} == {0.0}
