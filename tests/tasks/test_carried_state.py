"""A language model's state over windows: exact in evaluation, each document for itself."""

from __future__ import annotations

import itertools
import math
import random

import pytest
import pytorch_lightning as pl
import torch
from hydra.utils import instantiate
from small import SMALL

from seqtasks.data.batch import Batch
from seqtasks.data.batching.deal import Deal

WORDS = ["the", "a", "dog", "cat", "sees", "walks", "happy", "sad", "man", "woman", "."]
LENGTHS = [40, 3, 150, 1, 77, 9]
CELLS = ["lstm", "gru", "mlstm"]


@pytest.fixture
def made(composed, tmp_path):
    """A function that makes a language model over documents of known lengths, with its data."""
    draw = random.Random(0)
    files = []
    for number, length in enumerate(LENGTHS):
        files.append(tmp_path / f"{number}.txt")
        files[-1].write_text(" ".join(draw.choices(WORDS, k=length)))
    names = ",".join(map(str, files))
    paths = [f"data.{split}=[{names}]" for split in ("train", "val", "test")]

    def make(*options: str):
        small = [option for option in SMALL if "sentences" not in option]
        config = composed("task=generation", "data=text", *paths, *small, *options)
        data = instantiate(config.data)
        data.setup()
        torch.manual_seed(0)
        task = instantiate(config.task)(data.vocabularies)
        task.setup("fit")
        return config, data, task.double().eval()

    return make


def alone(data, task) -> list[tuple[float, int]]:
    """Nats and tokens of each document, read in one piece from its beginning."""
    split = data.datasets["val"]
    with torch.no_grad():
        losses = [task.loss(task(split[number]), split[number]) for number in range(len(split))]
    return [(float(loss.total), int(loss.count)) for loss in losses]


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("size", "window"), [(1, 1000), (2, 7), (4, 32), (100, 1)])
def test_validation_in_windows_equals_each_document_in_one_piece(made, cell, size, window):
    options = [f"data.batching.batch_size={size}", f"data.batching.window={window}"]
    _, data, task = made(f"encoder.cell={cell}", *options)
    metrics = task.split_scores("val")
    with torch.no_grad():
        for batch in data.val_dataloader():
            task.evaluate(batch, metrics)
    nats, counts = (sum(column) for column in zip(*alone(data, task), strict=True))
    assert counts == sum(LENGTHS)
    assert int(metrics["perplexity"].sums[1]) == counts
    assert float(metrics["perplexity"].compute()) == pytest.approx(math.exp(nats / counts), 1e-9)
    characters = sum(data.datasets["val"].text_lengths)
    assert int(metrics["bits_per_char"].sums[1]) == characters


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("vary", ["true", "false"])
def test_training_in_windows_equals_each_document_in_one_piece(made, cell, vary):
    """One row, so that no document is cut: short and long ones follow each other."""
    options = ["data.batching={batch_size: 1, window: 10}", f"data.batching.vary_window={vary}"]
    _, data, task = made(f"encoder.cell={cell}", *options, "task.state_reset=0")
    found = dict.fromkeys(("reset", "join"), 0.0)
    with torch.no_grad():
        for documents in found:
            data.batching.documents = documents
            task.carried = {}
            for batch in data.train_dataloader():
                found[documents] += float(task.loss(task.carry("train", batch), batch).total)
    assert found["reset"] == pytest.approx(sum(nats for nats, _ in alone(data, task)), 1e-9)
    assert found["join"] != pytest.approx(found["reset"], 1e-3)


def test_a_share_of_the_rows_begins_afresh_with_each_window(made):
    _, _, task = made("task.state_reset=0.25")
    tokens, lengths = torch.ones(4000, 2, dtype=torch.int64), torch.full((4000,), 2)
    first = torch.zeros(4000, dtype=torch.bool)
    batch = Batch(tokens=tokens, lengths=lengths, first=first)
    fresh = task(batch)[0]
    for split, share in (("train", 0.25), ("evaluate", 0.0)):
        task.carry(split, batch)
        outputs, _ = task.carry(split, batch)
        same = (outputs - fresh).abs().amax(dim=(1, 2)) < 1e-12
        assert float(same.double().mean()) == pytest.approx(share, abs=0.03)


def test_no_gradient_reaches_the_window_before(made):
    _, data, task = made("data.batching.window=10", "data.batching.batch_size=2")
    windows = list(data.train_dataloader())
    task.carry("train", windows[0])
    assert not any(tensor.requires_grad for tensor in task.carried["train", 0].state)


def test_separate_sequences_leave_the_state_of_the_streams_alone(made):
    _, data, task = made("data.batching.window=10", "data.batching.batch_size=2")
    task.carry("train", next(iter(data.train_dataloader())))
    kept = task.carried["train", 0]
    task.carry("train", data.datasets["val"][[0, 1]])
    assert task.carried["train", 0] is kept


class Rates(pl.Callback):
    """Takes the rate of every step of the optimizer, and the windows' shares."""

    def __init__(self) -> None:
        self.rates: list[float] = []
        self.shares: list[float] = []
        self.usual: list[float] = []

    def on_train_start(self, trainer, pl_module):
        [optimizer] = trainer.optimizers
        optimizer.register_step_pre_hook(
            lambda *_: self.rates.append(optimizer.param_groups[0]["lr"])
        )

    def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
        self.shares.append(batch.share)
        self.usual.append(trainer.optimizers[0].param_groups[0]["lr"])


@pytest.mark.parametrize("accumulated", [1, 3])
def test_the_learning_rate_follows_varied_windows(made, accumulated):
    options = ["data.batching.window=8", "data.batching.batch_size=2", "trainer.max_epochs=2"]
    config, data, task = made(*options, "data.batching.vary_window=true")
    rates = Rates()
    trainer = instantiate(config.trainer)(
        callbacks=[rates],
        logger=False,
        enable_progress_bar=False,
        enable_checkpointing=False,
        accumulate_grad_batches=accumulated,
    )
    trainer.fit(task.train(), datamodule=data)
    epochs = [rates.shares[: len(rates.shares) // 2], rates.shares[len(rates.shares) // 2 :]]
    groups = [e[n : n + accumulated] for e in epochs for n in range(0, len(e), accumulated)]
    assert len({round(sum(group), 6) for group in groups}) > 3
    assert len(rates.rates) == len(groups)
    for group, rate in zip(groups, rates.rates, strict=True):
        assert rate == pytest.approx(1e-3 * sum(group) / len(group))
    assert set(rates.usual) == {1e-3}


@pytest.mark.parametrize(("processes", "parts"), [(1, 1), (2, 1), (1, 2), (3, 2)])
def test_each_process_takes_the_state_of_its_own_rows(made, processes, parts):
    """Four rows, read by one process, or by several, some of which have none."""
    _, data, task = made("data.batching={batch_size: 4, window: 10}", "task.state_reset=0")
    streams, train = data.batching, data.datasets["train"]
    windows = list(streams.loader(train, training=True))
    at = next(n for n, batch in enumerate(windows) if n and not batch.first.any())
    for batch in windows[:at]:
        task.carry("train", batch)
    checkpoint: dict = {}
    task.on_save_checkpoint(checkpoint)
    assert {len(state) for state in checkpoint["carried"]} == {4}
    whole, _ = task.carry("train", windows[at])
    streams.batch_size = 4 // parts
    for rank in range(processes):
        task.on_load_checkpoint(checkpoint)
        deal = Deal(rank, processes, parts)
        begun = itertools.islice(streams.loader(train, training=True, deal=deal), at * parts, None)
        for batch in itertools.islice(begun, parts):
            outputs, _ = task.carry("train", batch)
            for row, found in zip(batch.row.tolist(), outputs, strict=True):
                if row < 4:
                    torch.testing.assert_close(found, whole[row])


def test_a_checkpoint_without_states_begins_afresh(made):
    _, data, task = made("data.batching={batch_size: 3, window: 10}")
    task.carry("train", next(iter(data.train_dataloader())))
    task.on_load_checkpoint({})
    assert not task.carried
    assert not task.resumed


@pytest.mark.parametrize("processes", [2, 3])
def test_rows_are_reset_alike_in_any_number_of_processes(made, processes):
    _, data, task = made("data.batching={batch_size: 5, window: 4}", "task.state_reset=0.5")
    streams, train = data.batching, data.datasets["train"]
    [alone] = itertools.islice(streams.loader(train, training=True), 1)
    torch.manual_seed(7)
    whole = task.reset(alone)
    assert 0 < whole.sum() < len(whole)
    for rank in range(processes):
        torch.manual_seed(99 + rank)
        loader = streams.loader(train, training=True, deal=Deal(rank, processes))
        [batch] = itertools.islice(loader, 1)
        drawn = task.reset(Batch(batch, seed=7))
        for row, reset in zip(batch.row.tolist(), drawn.tolist(), strict=True):
            assert row >= len(whole) or reset == whole[row]
