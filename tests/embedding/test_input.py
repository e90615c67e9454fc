"""What an encoder reads beside a word's vector: its spelling by convolution, its case."""

from __future__ import annotations

import itertools

import pytest
import torch
from hydra.utils import instantiate
from small import SMALL

from seqtasks.data.batch import Batch
from seqtasks.data.fields.case import CASES
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.embedding import (
    ConvolutionalSpelling,
    InputEmbedding,
    TokenEmbedding,
    VectorProjection,
)
from seqtasks.errors import UsageError
from seqtasks.run import run


def test_convolution_equals_every_window_taken_by_hand():
    torch.manual_seed(0)
    vocabulary = Vocabulary(list("abcdefg"))
    spelling = ConvolutionalSpelling(vocabulary, embedding_dim=5, widths=[1, 2, 4], filters=3)
    spelling.double().eval()
    words = [[1], [2, 3, 4, 5, 6], [0, 6]]
    padded = torch.tensor([word + [0] * (5 - len(word)) for word in words])
    lengths = torch.tensor([len(word) for word in words])
    spelling.requires_grad_(False)
    index = torch.tensor([[2, 0], [1, 1]])
    rows = []
    for word in words:
        letters = [spelling.table.table.weight[number] for number in word]
        row = []
        for filters, width in zip(spelling.filters, [1, 2, 4], strict=True):
            zeros = [torch.zeros(5, dtype=torch.float64)] * (width - 1)
            line = [*zeros, *letters, *zeros]
            for weight, bias in zip(filters.weight, filters.bias, strict=True):
                answers = [
                    bias + sum(weight[:, k] @ line[start + k] for k in range(width))
                    for start in range(len(line) - width + 1)
                ]
                row.append(max(0.0, *(float(answer) for answer in answers)))
        rows.append(row)
    expected = torch.tensor(rows, dtype=torch.float64)[index]
    torch.testing.assert_close(spelling(padded, lengths, index), expected)
    assert spelling.output_size == 9


@pytest.mark.parametrize("options", [{"widths": []}, {"widths": [0]}, {"filters": 0}])
def test_a_convolution_of_no_size_is_refused(options):
    with pytest.raises(UsageError, match="widths: it is a list of sizes"):
        ConvolutionalSpelling(Vocabulary(["a"]), **options)


def test_parts_stand_side_by_side():
    vocabularies = {"tokens": Vocabulary(["a", "b"]), "case": Vocabulary(CASES)}
    embedding = InputEmbedding(
        vocabularies,
        tokens=lambda v: TokenEmbedding(v, embedding_dim=4),
        case=lambda v: TokenEmbedding(v, embedding_dim=2),
    ).eval()
    batch = Batch(tokens=torch.tensor([[1, 0]]), case=torch.tensor([[2, 5]]))
    out = embedding(batch)
    assert embedding.output_size == 6
    assert torch.equal(out[0, :, :4], embedding.tokens.table.weight[[1, 0]])
    assert torch.equal(out[0, :, 4:], embedding.case.table.weight[[2, 5]])


@pytest.mark.parametrize(
    ("fields", "parts", "said"),
    [
        (["tokens", "case"], ["tokens"], "case: it goes together with data.case"),
        (["tokens"], ["tokens", "case"], "case: it goes together with data.case"),
        (["tokens", "characters"], ["tokens"], "spelling: it goes together with data.characters"),
        (["series"], ["tokens"], "tokens: it goes together with data.tokens"),
        (["tokens", "series"], ["tokens", "series"], "either data.tokens or data.series"),
        ([], [], "either data.tokens or data.series"),
    ],
)
def test_fields_and_parts_that_do_not_fit_are_refused(fields, parts, said):
    made = {
        "tokens": lambda v: TokenEmbedding(v, embedding_dim=4),
        "case": lambda v: TokenEmbedding(v, embedding_dim=2),
        "series": VectorProjection,
    }
    with pytest.raises(UsageError, match=said):
        InputEmbedding({f: Vocabulary(["a"]) for f in fields}, **{p: made[p] for p in parts})


def test_vectors_are_taken_as_they_are_or_mapped_to_another_size():
    channels = Vocabulary(["0", "1", "2"])
    values = torch.randn(2, 4, 3)
    assert torch.equal(VectorProjection(channels)(values), values)
    mapped = VectorProjection(channels, projection_size=5)
    expected = values @ mapped.map.weight.T + mapped.map.bias
    torch.testing.assert_close(mapped(values), expected)
    assert (VectorProjection(channels).output_size, mapped.output_size) == (3, 5)


def test_a_tagger_trains_on_case_and_spelling_by_convolution(composed, tmp_path):
    options = ["task/embedding/case=learned", "task/embedding/spelling=convolutional"]
    config = composed("task=tagging", *SMALL, *options, "data.tokens.lowercase=true")
    data = instantiate(config.data)
    data.setup()
    batch = data.datasets["train"][list(range(20))]
    last = [row[length - 1] for row, length in zip(batch.case, batch.lengths, strict=True)]
    assert {CASES[number] for number in last} == {"punctuation"}
    assert {CASES[row[0]] for row in batch.case} <= {"lower", "title"}
    task = instantiate(config.task)(data.vocabularies)
    assert task.embedding.output_size == 128 + 96 + 8
    task.loss(task(batch), batch).mean.backward()
    parts = itertools.chain(
        task.embedding.case.named_parameters(), task.embedding.spelling.named_parameters()
    )
    for name, parameter in parts:
        assert parameter.grad.abs().sum() > 0, name
    results = run(config, tmp_path / "run", "tagging")
    assert 0 <= results["test"]["accuracy"] <= 1
