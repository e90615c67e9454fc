"""Speed of an encoder-decoder against JoeyNMT's and a bare training loop, on the same sentences.

    python benchmarks/translation.py PATH/multi30k --threads 1 2

All: a bidirectional GRU of 256 units reads, a GRU of 256 writes, embeddings of 256, the output
layer tied to the target's, label smoothing of 0.1, Adam, gradients clipped at 1, batches of 64
sentences, English to German, words seen twice. Ours attends after a recurrence over the whole
target; so does the bare loop, whose layers are torch's own over our batches, padded. JoeyNMT is as
it comes: additive attention that its decoder feeds back, and batches in random order; it runs over
ours, of sentences of like lengths, as well. They take turns; figures are medians. The models that
this leaves trained then translate by beams of 5, in batches of 64 and one by one, ours as a saved
model does, and as one exported for onnxruntime does where that is installed. JoeyNMT is timed where
it is installed (`pip install joeynmt==2.3.0 importlib_metadata`), without its trainer's
bookkeeping.
"""

from __future__ import annotations

import argparse
import functools
import importlib.util
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from exporting import exported
from figures import OURS, Figures, add_options
from hydra.utils import instantiate
from timing import interleaved
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

import seqtasks
from seqtasks.data.batch import Batch
from seqtasks.data.dataset import SequenceDataset
from seqtasks.kernels.packing import pack
from seqtasks.optim.fusing import fuse
from seqtasks.task import Task

SIZE, BEAM, RATIO, SMOOTHING = 256, 5, 1.5, 0.1
SETTINGS = [
    "experiment=multi30k_en_de",
    f"encoder.hidden_size={SIZE}",
    f"task.search.max_length_ratio={RATIO}",
    f"task.search.beam_size={BEAM}",
    "task.dropout_scale=0",
]


def main() -> None:
    """Print the speeds of each; write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="holds train.en, train.de, val.… and test_…")
    parser.add_argument("--sentences", type=int, default=4800, help="of a timed epoch")
    parser.add_argument("--translated", type=int, default=256, help="sentences of the test")
    add_options(parser, repeats=5)
    options = parser.parse_args()
    figures = Figures(options)
    for threads in figures.each_number_of_threads():
        compare(figures, threads, options)
    figures.write()


def compare(figures: Figures, threads: str, options: argparse.Namespace) -> None:
    """Train and translate with each, on so many threads."""
    config = seqtasks.compose(*SETTINGS, f"paths.data={options.folder.parent.absolute()}")
    data = instantiate(config.data)
    data.setup()
    torch.manual_seed(0)
    loader = data.train_dataloader()
    batches = [batch for batch, _ in zip(loader, range(options.sentences // 64), strict=False)]

    task = instantiate(config.task)(data.vocabularies).train()
    task.setup("fit")
    models: dict[str, nn.Module] = {
        OURS: task,
        "bare loop": Bare(*(len(data.vocabularies[name]) for name in ("source", "target"))),
    }
    losses: dict[str, Callable[[Batch], Tensor]] = {
        OURS: lambda batch: task.loss(task(batch), batch).mean,
        "bare loop": models["bare loop"],
    }
    if importlib.util.find_spec("joeynmt") is not None:
        joey = joeynmt(data.vocabularies)
        models["JoeyNMT"] = joey
        losses["JoeyNMT"] = lambda batch: joey_loss(joey, batch)
    runs = {name: trained(models[name], losses[name], batches) for name in models}
    counts = dict.fromkeys(models, words(batches))
    if "JoeyNMT" in models:
        runs["JoeyNMT on our batches"] = runs["JoeyNMT"]
        counts["JoeyNMT on our batches"] = counts["JoeyNMT"]
        mixed = shuffled(data.datasets["train"], len(batches))
        runs["JoeyNMT"] = trained(models["JoeyNMT"], losses["JoeyNMT"], mixed)
        counts["JoeyNMT"] = words(mixed)
    seconds = interleaved(runs, options.repeats)
    speeds = {name: counts[name] / each for name, each in seconds.items()}
    figures.add(f"training, {threads}, target tokens a second", speeds)

    for model in models.values():
        model.eval()
    pack(task)
    searches: dict[str, Callable[[Batch], object]] = {OURS: task.predict}
    if "JoeyNMT" in models:
        searches["JoeyNMT"] = lambda batch: joey_search(joey, batch)
    test = data.datasets["test"]
    if all(importlib.util.find_spec(name) for name in ("onnx", "onnxruntime")):
        make = functools.partial(instantiate(config.task), data.vocabularies)
        searches["seqtasks, exported"] = exported(task, make().eval(), test[[0, 1, 2]]).predict
    several = [test[range(n, min(n + 64, len(test)))] for n in range(0, options.translated, 64)]
    single = [test[[n]] for n in range(0, options.translated, 16)]
    with torch.inference_mode():
        for kind, examples in (("batches of 64", several), ("one by one", single)):
            searching = {name: over(search, examples) for name, search in searches.items()}
            count = sum(len(batch.source) for batch in examples)
            seconds = interleaved(searching, options.repeats)
            speeds = {name: count / each for name, each in seconds.items()}
            figures.add(f"beam {BEAM}, {kind}, {threads}, sentences a second", speeds)


def shuffled(examples: SequenceDataset, count: int) -> list[Batch]:
    """So many batches of any sentences."""
    order = torch.randperm(len(examples), generator=torch.Generator().manual_seed(0))
    return [examples[each.tolist()] for each in order.split(64)[:count]]


def words(batches: Iterable[Batch]) -> int:
    """The target's words in some batches, with their ends."""
    return sum(int((batch.target_lengths - 1).sum()) for batch in batches)


def trained(
    model: nn.Module, loss: Callable[[Batch], Tensor], batches: Iterable[Batch]
) -> Callable[[], None]:
    """An epoch of a model; ours is updated as in its own training."""
    optimizer = torch.optim.Adam(model.parameters())
    if isinstance(model, Task):
        fuse(optimizer)

    def epoch() -> None:
        for batch in batches:
            optimizer.zero_grad()
            loss(batch).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()

    return epoch


def over(search: Callable[[Batch], object], batches: Iterable[Batch]) -> Callable[[], None]:
    """The translation of some batches."""

    def run() -> None:
        for batch in batches:
            search(batch)

    return run


class Bare(nn.Module):
    """The same computation as one would write it in an afternoon: padded, nothing left out."""

    def __init__(self, sources: int, targets: int) -> None:
        super().__init__()
        self.source = nn.Embedding(sources, SIZE, padding_idx=0)
        self.target = nn.Embedding(targets, SIZE, padding_idx=0)
        self.encoder = nn.GRU(SIZE, SIZE, bidirectional=True, batch_first=True)
        self.decoder = nn.GRU(SIZE, SIZE, batch_first=True)
        self.bridge = nn.Linear(2 * SIZE, SIZE)
        self.query = nn.Linear(SIZE, 2 * SIZE, bias=False)
        self.combine = nn.Linear(3 * SIZE, SIZE)
        self.output = nn.Linear(SIZE, targets)
        self.output.weight = self.target.weight

    def forward(self, batch: Batch) -> Tensor:
        """The mean loss of a token."""
        memory, final = self.encoder(self.source(batch.source))  # (batch, source time, 2 · SIZE)
        start = torch.tanh(self.bridge(torch.cat([final[0], final[1]], dim=-1)))
        read, _ = self.decoder(self.target(batch.target[:, :-1]), start[None])
        scores = self.query(read) @ memory.transpose(1, 2)  # (batch, target time, source time)
        scores = scores.masked_fill(batch.source[:, None] == 0, float("-inf"))
        context = scores.softmax(-1) @ memory
        features = torch.tanh(self.combine(torch.cat([read, context], dim=-1)))
        logits = self.output(features).flatten(0, 1)
        wanted = batch.target[:, 1:].flatten()
        return cross_entropy(logits, wanted, ignore_index=0, label_smoothing=SMOOTHING)


def joeynmt(vocabularies: Any) -> Any:
    """JoeyNMT's model, for words in the order of our vocabularies."""
    from joeynmt.model import build_model
    from joeynmt.vocabulary import Vocabulary

    settings = SimpleNamespace(
        unk_token="<unk>",
        pad_token="<pad>",
        bos_token="<bos>",
        eos_token="<eos>",
        sep_token=None,
        unk_id=0,
        pad_id=1,
        bos_id=2,
        eos_id=3,
        lang_tags=[],
    )
    part = {"type": "recurrent", "rnn_type": "gru", "hidden_size": SIZE, "dropout": 0.0}
    part["embeddings"] = {"embedding_dim": SIZE, "dropout": 0.0}
    torch.manual_seed(0)
    model = build_model(
        {
            "encoder": {**part, "bidirectional": True},
            "decoder": {**part, "attention": "bahdanau", "input_feeding": True},
            "tied_softmax": True,
        },
        *(Vocabulary(vocabularies[name].symbols[4:], settings) for name in ("source", "target")),
    )
    model.loss_function = ("crossentropy", SMOOTHING)
    return model.train()


def joey_batch(batch: Batch) -> Any:
    """A batch as JoeyNMT takes it: longest source first, <unk> before <pad>."""
    from joeynmt.batch import Batch as JoeyBatch

    order = batch.source_lengths.argsort(descending=True)
    source, target = (
        torch.where(tokens < 2, 1 - tokens, tokens)[order]
        for tokens in (batch.source, batch.target)
    )
    return JoeyBatch(
        source,
        batch.source_lengths[order],
        None,
        target,
        None,
        indices=order,
        device=torch.device("cpu"),
        pad_index=1,
        eos_index=3,
    )


def joey_loss(model: Any, batch: Batch) -> Tensor:
    """JoeyNMT's loss of a batch, for each token."""
    given = joey_batch(batch)
    total, *_ = model(return_type="loss", **vars(given))
    return given.normalize(total, "tokens")


def joey_search(model: Any, batch: Batch) -> object:
    """JoeyNMT's translations."""
    from joeynmt.search import search

    given, limit = joey_batch(batch), -1  # of RATIO words for each of the longest source
    return search(model, given, max_output_length=limit, beam_size=BEAM, beam_alpha=1.0)


if __name__ == "__main__":
    main()
