"""Averages of weights: what they are, what they are used for, what they leave alone."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import pytorch_lightning as pl
import torch
from hydra.utils import instantiate
from pytorch_lightning.trainer.states import TrainerFn
from small import SMALL

from seqtasks import bundle
from seqtasks.errors import UsageError
from seqtasks.run import make_trainer, run
from seqtasks.training.averaging import ExponentialAverage, TriggeredAverage
from seqtasks.training.checkpoint_file import mean_weights
from seqtasks.training.checkpoints import BestMean
from seqtasks.training.checkpoints import chosen as best_of

OPTIONS = ["task=generation", *SMALL, "task.sampling.max_length=5", "scheduler=constant"]
OPTIONS += ["callbacks.checkpoint.save_top_k=-1", "callbacks.checkpoint.filename='{epoch}'"]
OPTIONS += ["data.batching.batch_size=4"]


class Witness(pl.Callback):
    """Writes down the weights at the beginning and after every batch."""

    def __init__(self) -> None:
        self.seen: list[dict[str, torch.Tensor]] = []

    def on_train_start(self, trainer, pl_module):
        self.note(pl_module)

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        self.note(pl_module)

    def note(self, module):
        self.seen.append({n: p.detach().clone().double() for n, p in module.named_parameters()})


def train(composed, folder: Path, *options: str, averaging=None, ckpt: Path | None = None):
    """The trainer, the task, the data and all weights of a training."""
    config = composed(*OPTIONS, *options, f"paths.run={folder}")
    config.paths.run = str(folder)
    pl.seed_everything(1, verbose=False)
    data = instantiate(config.data)
    data.setup()
    factories = {key: instantiate(config[key]) for key in ("optimizer", "scheduler")}
    task = instantiate(config.task)(data.vocabularies, **factories)
    trainer = make_trainer(config, task)
    witness = Witness()
    trainer.callbacks[:0] = [witness, *([averaging] if averaging else [])]
    trainer.fit(task, datamodule=data, ckpt_path=ckpt)
    return SimpleNamespace(trainer=trainer, task=task, data=data, seen=witness.seen)


def kept(folder: Path, epoch: int):
    return torch.load(folder / "checkpoints" / f"epoch={epoch}.ckpt", weights_only=True)


def assert_same(one, other, **near):
    assert one.keys() == other.keys()
    for name, value in one.items():
        torch.testing.assert_close(value, other[name], **(near or {"rtol": 0, "atol": 0}))


def reported_score(fitted, state) -> float:
    """The validation perplexity of some weights."""
    fitted.task.load_state_dict(state)
    fitted.task.eval()
    metrics = fitted.task.split_scores("val")
    with torch.no_grad():
        for batch in fitted.data.val_dataloader():
            fitted.task.evaluate(batch, metrics)
    return float(metrics["perplexity"].compute())


def test_an_exponential_average_is_validated_and_kept_while_training_goes_on(composed, tmp_path):
    folder = tmp_path / "ema"
    options = ["callbacks=ema", "callbacks.averaging.decay=0.8", "trainer.max_epochs=2"]
    fitted = train(composed, folder, *options)
    average = fitted.seen[0]
    assert len(fitted.seen) > 10  # so that the decay stops growing
    for number, weights in enumerate(fitted.seen[1:]):
        decay = min(0.8, (1 + number) / (10 + number))
        average = {n: decay * average[n] + (1 - decay) * w for n, w in weights.items()}
    checkpoint = kept(folder, 1)
    state = {name: value.double() for name, value in checkpoint["state_dict"].items()}
    assert_same({n: state[n] for n in average}, average, rtol=1e-5, atol=1e-6)
    own = {name: value.double() for name, value in checkpoint["averaging"]["own"].items()}
    assert_same(own, fitted.seen[-1])
    # The trained weights know nothing of it, and the model ends with the average.
    plain = train(composed, tmp_path / "plain", "trainer.max_epochs=2")
    assert_same(plain.seen[-1], fitted.seen[-1])
    assert_same(dict(fitted.task.state_dict()), checkpoint["state_dict"])
    shown = float(fitted.trainer.callback_metrics["val/perplexity"])
    assert shown == pytest.approx(reported_score(fitted, checkpoint["state_dict"]), rel=1e-6)
    unlike = plain.trainer.callback_metrics["val/perplexity"]
    assert shown != pytest.approx(float(unlike), rel=1e-3)


def test_without_a_warm_up_the_decay_is_the_same_from_the_first_step():
    average = ExponentialAverage(decay=0.9, warmup=False)
    assert average.share() == pytest.approx(0.1)
    warm = ExponentialAverage(decay=0.9)
    assert warm.share() == pytest.approx(0.9)
    warm.count = 1000
    assert warm.share() == pytest.approx(0.1)
    with pytest.raises(UsageError, match=r"decay: it is at least 0 and below 1, not 1\.0"):
        ExponentialAverage(decay=1.0)


def test_only_steps_of_the_optimizer_count(composed, tmp_path):
    folder = tmp_path / "run"
    options = ["callbacks=ema", "trainer.accumulate_grad_batches=3"]
    fitted = train(composed, folder, *options)
    callbacks = kept(folder, 0)["callbacks"]
    [state] = [value for name, value in callbacks.items() if "ExponentialAverage" in name]
    assert state["count"] == fitted.trainer.global_step < len(fitted.seen) - 1


def triggered() -> TriggeredAverage:
    """One that takes every improvement for the opposite: it begins at the third check."""
    return TriggeredAverage("val/perplexity", "max", interval=1)


def test_a_triggered_average_is_the_mean_since_it_began(composed, tmp_path):
    folder = tmp_path / "run"
    options = ["trainer.max_epochs=5", "optimizer=sgd"]
    fitted = train(composed, folder, *options, averaging=triggered())
    steps = fitted.trainer.num_training_batches
    states = [kept(folder, epoch) for epoch in range(5)]
    scores = [reported_score(fitted, state["state_dict"]) for state in states[:3]]
    assert scores[2] < scores[0]  # as the test supposes
    assert ["averaging" in state for state in states] == [False, False, True, True, True]
    for epoch in (2, 3, 4):
        part = fitted.seen[3 * steps : (epoch + 1) * steps + 1]
        mean = {n: torch.stack([weights[n] for weights in part]).mean(0) for n in part[0]}
        state = {name: states[epoch]["state_dict"][name].double() for name in mean}
        assert_same(state, mean, rtol=1e-5, atol=1e-6)


def chosen(scores: list[float], interval: int, mode: str) -> int | None:
    """The check at which averaging begins: algorithm 1 of Merity et al. 2018, to the letter."""
    logs: list[float] = []
    for t, v in enumerate(scores):
        if t > interval:
            before = [logs[index] for index in range(t - interval)]
            if (v > min(before)) if mode == "min" else (v < max(before)):
                return t
        logs.append(v)
    return None


@pytest.mark.parametrize("mode", ["min", "max"])
@pytest.mark.parametrize("interval", [1, 2, 5])
def test_averaging_begins_when_the_paper_says(mode, interval):
    module = pl.LightningModule()
    module.weight = torch.nn.Parameter(torch.zeros(1))
    generator = torch.Generator().manual_seed(interval)
    begun = []
    for _ in range(20):
        sign = 1 if mode == "min" else -1
        falls = torch.linspace(0, -0.6, 12).tolist()
        noise = torch.rand(12, generator=generator).tolist()
        scores = [sign * (f + n) for f, n in zip(falls, noise, strict=True)]
        callback = TriggeredAverage("val/loss", mode, interval)
        found = None
        for check, score in enumerate(scores):
            trainer = SimpleNamespace(
                callback_metrics={"val/loss": torch.tensor(score, dtype=torch.float64)},
                state=SimpleNamespace(fn=TrainerFn.FITTING),
                sanity_checking=False,
            )
            callback.on_validation_end(trainer, module)
            if found is None and callback.average is not None:
                found = check
        assert found == chosen(scores, interval, mode)
        begun.append(found)
    assert len(set(begun)) > 1


@pytest.mark.parametrize("kind", ["ema", "triggered"])
def test_stopping_and_resuming_changes_neither_weights_nor_average(composed, tmp_path, kind):
    options = ["trainer.max_epochs=5"]
    if kind == "ema":
        options.append("callbacks=ema")

    def averaging():
        return triggered() if kind == "triggered" else None

    whole = tmp_path / "whole"
    train(composed, whole, *options, averaging=averaging())
    for epoch in (1, 3):  # before a triggered average begins, and after
        first = whole / "checkpoints" / f"epoch={epoch}.ckpt"
        resumed = tmp_path / f"resumed after {epoch}"
        train(composed, resumed, *options, averaging=averaging(), ckpt=first)
        one, other = kept(whole, 4), kept(resumed, 4)
        assert_same(one["state_dict"], other["state_dict"])
        for part in ("own", "average"):
            assert_same(one["averaging"][part], other["averaging"][part])
        for name in one["averaging"]["own"]:
            assert not torch.equal(one["averaging"]["own"][name], one["state_dict"][name])


def test_the_average_is_what_is_tested_and_saved(composed, tmp_path, capsys):
    config = composed(*OPTIONS, "callbacks=ema", "trainer.max_epochs=2")
    config.callbacks.checkpoint.filename = "best"
    config.callbacks.checkpoint.save_top_k = 1
    results = run(config, tmp_path / "run", "generation")
    best = torch.load(tmp_path / "run" / "checkpoints" / "best.ckpt", weights_only=True)
    loaded = bundle.load(tmp_path / "run" / "bundle")
    assert_same(dict(loaded.task.state_dict()), best["state_dict"])
    own = best["averaging"]["own"]
    assert not any(torch.equal(value, best["state_dict"][name]) for name, value in own.items())
    data = instantiate(config.data)
    data.setup()
    loaded.task.setup("test")
    metrics = loaded.task.split_scores("test")
    with torch.no_grad():
        for batch in data.test_dataloader():
            loaded.task.evaluate(batch, metrics)
    assert results["test"]["loss"] == pytest.approx(float(metrics["loss"].compute()), rel=1e-6)
    assert "Saved" in capsys.readouterr().out


def test_the_mean_of_the_best_checkpoints_is_tested_and_saved(composed, tmp_path, capsys):
    options = ["task=tagging", *SMALL, "callbacks=average_best", "trainer.max_epochs=4"]
    run(composed(*options, "callbacks.checkpoint.save_top_k=2"), tmp_path / "run", "tagging")
    files = list((tmp_path / "run" / "checkpoints").glob("best-*.ckpt"))
    shown = re.findall(r"val/accuracy (\S+)", capsys.readouterr().out)
    kept_scores = [shown[int(path.stem.split("=")[1].split("-")[0])] for path in files]
    assert sorted(map(float, kept_scores)) == sorted(map(float, shown))[2:]
    one, other = (torch.load(path, weights_only=True)["state_dict"] for path in files)
    saved = dict(bundle.load(tmp_path / "run" / "bundle").task.state_dict())
    mean = {name: (value.double() + other[name].double()) / 2 for name, value in one.items()}
    assert_same({n: v.double() for n, v in saved.items()}, mean, rtol=1e-6, atol=1e-7)
    assert not any(torch.equal(saved[name], value) for name, value in one.items())


def test_epochs_without_validation_are_neither_kept_nor_shown(composed, tmp_path, capsys):
    options = ["task=tagging", *SMALL, "callbacks=average_best", "trainer.max_epochs=5"]
    config = composed(*options, "trainer.check_val_every_n_epoch=2")
    run(config, tmp_path / "run", "tagging")
    folder = tmp_path / "run" / "checkpoints"
    kept = {path.stem.split("-")[1] for path in folder.glob("best-*.ckpt")}
    assert kept == {"epoch=1", "epoch=3"}  # counted from 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("epoch ")]
    assert [int(line.split()[1]) for line in lines if "val/accuracy" in line] == [2, 4]
    assert len(lines) == 5


class Watched(pl.Callback):
    """Notes the score and one weight at each validation."""

    def __init__(self):
        self.seen = []

    def on_validation_end(self, trainer, pl_module):
        weight = pl_module.head.linear.weight.detach().clone()
        self.seen.append((float(trainer.callback_metrics["val/loss"]), weight))


@pytest.mark.parametrize("interval", [0.4, 0.5, 1.0])
def test_the_best_weights_are_those_of_a_validation(composed, tmp_path, monkeypatch, interval):
    watched = Watched()

    def with_it(config, task):
        trainer = make_trainer(config, task)
        trainer.callbacks.insert(0, watched)
        return trainer

    monkeypatch.setattr("seqtasks.run.make_trainer", with_it)
    options = ["task=tagging", *SMALL, "trainer.max_epochs=2", "data.batching.batch_size=16"]
    options += ["callbacks=by_loss", f"trainer.val_check_interval={interval}", "optimizer.lr=0.2"]
    run(composed(*options), tmp_path / "run", "tagging")
    assert len(watched.seen) == {0.4: 4, 0.5: 4, 1.0: 2}[interval]
    saved = torch.load(tmp_path / "run" / "checkpoints" / "best.ckpt", weights_only=False)
    _, weight = min(watched.seen, key=lambda pair: pair[0])
    assert torch.equal(saved["state_dict"]["head.linear.weight"], weight)


def test_a_score_of_the_validation_is_not_kept_at_other_steps(composed, tmp_path):
    options = ["task=tagging", *SMALL, "+callbacks.checkpoint.every_n_train_steps=3"]
    config = composed(*options)
    with pytest.raises(UsageError, match=r"val/accuracy is saved .* trainer\.val_check_int"):
        run(config, tmp_path / "run", "tagging")


@pytest.mark.parametrize(("mode", "names"), [("min", ["b", "c", "a"]), ("max", ["a", "c", "b"])])
def test_the_best_come_first(mode, names):
    scores = {"a": torch.tensor(3.0), "b": torch.tensor(1.0), "c": torch.tensor(2.0)}
    for kind, count in ((BestMean, 3), (pl.callbacks.ModelCheckpoint, 1)):
        callback = kind(monitor="val/loss", mode=mode, filename="{epoch}")
        assert best_of(callback) == []
        callback.best_k_models, callback.best_model_path = scores, names[0]
        assert best_of(callback) == names[:count]


def test_whole_numbers_are_not_averaged_and_one_name_for_several_files_is_refused(tmp_path):
    for number in (1, 4):
        state = {"weight": torch.tensor([float(number)]), "count": torch.tensor(number)}
        torch.save({"state_dict": state}, tmp_path / f"{number}.ckpt")
    mean = mean_weights([tmp_path / "4.ckpt", tmp_path / "1.ckpt"])
    assert (float(mean["weight"]), int(mean["count"])) == (2.5, 4)
    callback = BestMean(dirpath=tmp_path, filename="best", monitor="val/loss", save_top_k=2)
    with pytest.raises(UsageError, match="filename: best is one name for several files"):
        callback.setup(pl.Trainer(logger=False), pl.LightningModule(), "fit")


def test_an_early_stop_before_averaging_is_refused(composed, tmp_path):
    options = ["callbacks=nt_asgd", "optimizer=sgd", "callbacks.early_stopping.patience=6"]
    with pytest.raises(UsageError, match=r"patience=6 stops training before averaging begins"):
        train(composed, tmp_path / "run", *options)
    with pytest.raises(UsageError, match="interval: it is at least 1, not 0"):
        TriggeredAverage("val/loss", "min", interval=0)


def test_plain_sgd_learns_and_its_rate_falls_on_a_plateau(composed, tmp_path, capsys):
    options = ["optimizer=sgd", "scheduler=plateau", "trainer.max_epochs=4"]
    results = run(composed(*OPTIONS, *options), tmp_path / "learns", "generation")
    assert results["test"]["loss"] < results["baselines"]["uniform"]["loss"] - 0.2
    options += ["scheduler.patience=0", "scheduler.factor=0.25", "optimizer.lr=1e-6"]
    fitted = train(composed, tmp_path / "stands", *options)
    [optimizer] = fitted.trainer.optimizers
    assert optimizer.param_groups[0]["lr"] == pytest.approx(1e-6 / 4**3)
    assert "val/perplexity" in capsys.readouterr().out
