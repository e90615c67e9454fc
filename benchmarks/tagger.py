"""Training speed of a tagger against flair's, on the same sentences.

    python benchmarks/tagger.py PATH/ud_en_ewt/en_ewt-ud-train.conllu --threads 1 2

Both: a bidirectional LSTM of 256 units a direction over word embeddings of 100, batches of 32
sentences, gradients clipped at 5, from batches to updated weights, with a softmax and with a CRF.
They take turns, an epoch each; figures are medians of tokens a second. The limit is that of a
square float32 product, for three products with each weight a token: one forward, two backward.
flair is timed where it is installed (`pip install flair`), without its trainer's bookkeeping.
"""

from __future__ import annotations

import argparse
import functools
import importlib.util
import logging
import random
from collections.abc import Callable
from typing import Any

import torch
from figures import OURS, Figures, add_options
from seqtasks.tasks.tagging import SequenceTagger
from timing import GEMM_FLOPS, gemm, interleaved

from seqtasks.data.batching.buckets import Buckets
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.fields import TagField, TokenField
from seqtasks.data.readers import ConllReader
from seqtasks.data.record import Record
from seqtasks.embedding import InputEmbedding, TokenEmbedding
from seqtasks.encoder import RecurrentEncoder
from seqtasks.encoder.threads import weights_multiplied
from seqtasks.heads.crf import CRFTagging
from seqtasks.heads.tagging import SoftmaxTagging
from seqtasks.optim.fusing import fuse

BATCH, EMBEDDING, HIDDEN, CLIP = 32, 100, 256, 5.0
HEADS = {"softmax": SoftmaxTagging, "CRF": CRFTagging}


def main() -> None:
    """Print tokens a second of each; write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", help="a CoNLL-U file")
    parser.add_argument("--sentences", type=int, default=3000)
    add_options(parser, repeats=5)
    options = parser.parse_args()
    columns = {"tokens": "form", "tags": "upos"}
    records = list(ConllReader().read(options.file, columns))[: options.sentences]
    tokens = sum(len(record.values["tokens"]) for record in records)
    figures = Figures(options)
    for threads in figures.each_number_of_threads():
        for kind, head in HEADS.items():
            task, epoch = ours(records, head)
            runs = {OURS: epoch, "gemm": gemm()}
            if importlib.util.find_spec("flair") is not None:
                runs["flair"] = theirs(records, crf=head is CRFTagging)
            seconds = interleaved(runs, options.repeats)
            limit = GEMM_FLOPS / seconds.pop("gemm")
            speeds = {name: tokens / each for name, each in seconds.items()}
            figures.add(f"training, {kind}, {threads}, tokens a second", speeds)
            work = 6 * weights_multiplied(task) * speeds[OURS]
            figures.note(f"training, {kind}, {threads}, share of the limit", work / limit)
    figures.write()


def ours(
    records: list[Record], head: Callable[..., Any]
) -> tuple[SequenceTagger, Callable[[], None]]:
    """Our tagger, and an epoch of it."""
    torch.manual_seed(0)
    fields = {"tokens": TokenField(), "tags": TagField()}
    for name, field in fields.items():
        field.name = name
        field.fit(records)
    vocabularies = {name: field.vocabulary for name, field in fields.items()}
    tokens = functools.partial(TokenEmbedding, embedding_dim=EMBEDDING)
    task = SequenceTagger(
        vocabularies,
        embedding=functools.partial(InputEmbedding, tokens=tokens),
        encoder=functools.partial(RecurrentEncoder, hidden_size=HIDDEN, bidirectional=True),
        head=head,
    ).train()
    optimizer = torch.optim.Adam(task.parameters())
    fuse(optimizer)  # as in its own training
    loader = Buckets(BATCH).loader(SequenceDataset.of(fields, records), training=True)

    def epoch() -> None:
        for batch in loader:
            update(task, optimizer, task.loss(task(batch), batch).mean)

    return task, epoch


def theirs(records: list[Record], *, crf: bool) -> Callable[[], None]:
    """An epoch of flair's tagger."""
    import flair
    from flair.data import Dictionary, Sentence
    from flair.embeddings import OneHotEmbeddings
    from flair.models import SequenceTagger as Flair

    flair.device = torch.device("cpu")
    logging.getLogger("flair").setLevel(logging.ERROR)
    torch.manual_seed(0)
    words, tags = Dictionary(add_unk=True), Dictionary(add_unk=False)
    sentences = []
    for record in records:
        sentence = Sentence([str(word) for word in record.values["tokens"]])
        for token, tag in zip(sentence, record.values["tags"], strict=True):
            token.add_label("upos", tag)
            words.add_item(token.text)
            tags.add_item(tag)
        sentences.append(sentence)
    model = Flair(
        OneHotEmbeddings(words, embedding_length=EMBEDDING),
        tag_dictionary=tags,
        tag_type="upos",
        hidden_size=HIDDEN,
        rnn_layers=1,
        use_crf=crf,
        reproject_embeddings=False,
        dropout=0.0,
        word_dropout=0.0,
        locked_dropout=0.0,
    ).train()
    optimizer = torch.optim.Adam(model.parameters())

    def epoch() -> None:
        order = random.sample(sentences, len(sentences))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            loss, count = model.forward_loss(batch)
            update(model, optimizer, loss / count)
            for sentence in batch:  # as its trainer does, so that vectors are made anew
                sentence.clear_embeddings()

    return epoch


def update(model: torch.nn.Module, optimizer: torch.optim.Optimizer, loss: torch.Tensor) -> None:
    """One step down."""
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
    optimizer.step()


if __name__ == "__main__":
    main()
