"""Pairs of texts: one vocabulary, one encoder, one line of input."""

from __future__ import annotations

import json
import random

import pytest
import torch
from hydra.utils import instantiate

from seqtasks import bundle
from seqtasks.data import raw_inputs as inputs
from seqtasks.data.batch import stack_fields
from seqtasks.data.fields import TokenField
from seqtasks.data.fields.fitting import fit
from seqtasks.data.record import Record
from seqtasks.errors import DataError, UsageError
from seqtasks.heads.pooling import Pooling
from seqtasks.inspection.reading import encode_text
from seqtasks.reporting import console as summary
from seqtasks.run import run

HEADS = {
    "single_label": [],
    "multi_label": ["field@data.label=labels", "data.label.column=topics"],
    "regression": ["field@data.label=number", "data.label.column=price"],
    "ordinal": ["data.label.order=[different,between,same]"],
}


def corpus(path, seed, count=120):
    """Pairs of texts whose first words are the same or not; the second has a word of its own."""
    draw = random.Random(seed)
    rows = []
    for _ in range(count):
        first = draw.choice("abcdef")
        same = draw.random() < 0.5
        second = first if same else draw.choice([w for w in "abcdef" if w != first])
        texts = [[word, *draw.choices("xyz", k=draw.randint(0, 3))] for word in (first, second)]
        row = {"premise": " ".join(texts[0]), "hypothesis": " ".join([*texts[1], "end"])}
        row["label"] = "same" if same else "different"
        rows.append({**row, "price": 5 + 2 * same, "topics": ["one", "two"][: 1 + same]})
    path.write_text("\n".join(map(json.dumps, rows)))
    return str(path)


def overrides(folder, head="single_label", *more):
    files = [f"data.{n}={corpus(folder / f'{n}.jsonl', n)}" for n in ("train", "val", "test")]
    small = ["encoder.hidden_size=12", "logger=none", "trainer.max_epochs=1"]
    small += ["data.batching.batch_size=8", "optimizer.lr=0.02", "task.embedding.tokens.dropout=0"]
    columns = ["+field@data.pair=pair", "data.pair.column=hypothesis", "data.tokens.column=premise"]
    chosen = [f"task/head={head}", *HEADS[head], *columns]
    return ["task=classification", "data=table", *files, *chosen, *small, *more]


def build(composed, folder, head="single_label", *more):
    config = composed(*overrides(folder, head, *more))
    data = instantiate(config.data)
    data.setup()
    torch.manual_seed(0)
    task = instantiate(config.task)(data.vocabularies)
    task.fit_to_training_data(data)
    return data, task


def test_same_or_different_is_learnt_and_raw_lines_give_what_evaluation_saw(
    composed, tmp_path, capsys
):
    config = composed(*overrides(tmp_path, "single_label", "trainer.max_epochs=6"))
    results = run(config, tmp_path / "run", "classification")
    assert results["test"]["accuracy"] > 0.9
    assert 'Next:  echo \'{"tokens": ' in capsys.readouterr().out
    loaded = bundle.load(tmp_path / "run" / "bundle")
    data = instantiate(config.data)
    data.setup()
    records = data.datasets["test"].records
    lines = ["\t".join([r.values["tokens"], r.values["pair"]]) for r in records]
    lines[1] = inputs.spelled(records[1].values, loaded.task.inputs)
    predicted = loaded.predict(["", *lines])
    assert predicted[0] is None
    right = [p == r.values["label"] for p, r in zip(predicted[1:], records, strict=True)]
    assert sum(right) / len(right) == pytest.approx(results["test"]["accuracy"])
    with torch.no_grad():
        assert predicted[1:] == loaded.task.predict(data.datasets["test"][list(range(120))])
    with pytest.raises(UsageError, match=r"reads 2 texts at once \(tokens, pair\)"):
        encode_text(loaded, "a x")


@pytest.mark.parametrize(("head", "pooling"), [*zip(HEADS, Pooling.KINDS, strict=True)])
def test_a_pair_in_any_batch_is_a_pair_alone_and_both_texts_are_learnt_from(
    composed, tmp_path, head, pooling
):
    data, task = build(composed, tmp_path, head, f"task.head.pooling={pooling}")
    task.double().eval()
    train = data.datasets["train"]
    some = [3, 0, 7, 5]
    batch = train[some]
    logits = task(batch)
    for row, index in enumerate(some):
        torch.testing.assert_close(logits[row], task(train[[index]])[0])
    for name, size in (("tokens", 3), ("pair", 1)):  # more padding behind either text
        longer = torch.nn.functional.pad(batch[name], (0, size))
        torch.testing.assert_close(logits, task(type(batch)({**batch, name: longer})))
    vectors = []
    task.embedding.register_forward_hook(lambda *call: vectors.append(call[2]))
    loss = task.loss(task(batch), batch).mean
    [gradient] = torch.autograd.grad(loss, vectors, retain_graph=True)
    assert gradient.flatten(1).abs().sum(1).all()  # a row for each text of each example
    loss.backward()
    assert all(p.grad is not None and p.grad.any() for p in task.parameters())


def test_the_parts_of_a_pair_are_its_vectors_their_distance_and_their_product(composed, tmp_path):
    data, task = build(composed, tmp_path)
    task.eval()
    batch = data.datasets["train"][[0, 1, 2]]
    swapped = type(batch)(
        {
            **batch,
            "tokens": batch.pair,
            "lengths": batch.pair_lengths,
            "pair": batch.tokens,
            "pair_lengths": batch.lengths,
        }
    )
    seen = []
    task.head.linear.register_forward_hook(lambda *call: seen.append(call[1][0]))
    with torch.no_grad():
        task(batch), task(swapped)
    one, two = (joined.chunk(4, dim=1) for joined in seen)
    torch.testing.assert_close(one[0], two[1])
    torch.testing.assert_close(one[1], two[0])
    torch.testing.assert_close(one[2], (one[0] - one[1]).abs())
    torch.testing.assert_close(two[3], one[0] * one[1])
    assert stack_fields(batch, ["tokens"]) is batch


def test_one_vocabulary_holds_the_tokens_of_both_texts(composed, tmp_path):
    data, task = build(composed, tmp_path)
    first, second = data.vocabularies["tokens"], data.vocabularies["pair"]
    assert first is second
    assert "end" in first
    assert task.embedding.tokens.table.num_embeddings == len(first)
    options = {"level": "bpe", "lowercase": True, "max_size": 300}
    fields = {
        "b": TokenField(**options, share_vocabulary_with="a"),
        "a": TokenField(**options),
    }  # in any order
    fields["c"] = TokenField()
    for name, field in fields.items():
        field.name = name
    texts = {"a": "aa bb aa", "b": "CC CC dd", "c": "aa cc"}
    fit(fields, [Record(texts, "f", 1)], {})
    assert fields["a"].vocabulary is fields["b"].vocabulary
    assert {"aa", "cc"} <= {s.strip("Ġ") for s in fields["a"].vocabulary.symbols}
    assert fields["c"].vocabulary.symbols[4:] == ["aa", "cc"]


REFUSED = [
    (["data.pair.level=character"], "one vocabulary has one level; set data.pair.level=word"),
    (["data.pair.min_count=2"], "set data.pair.min_count=1"),
    (["data.tokens.max_size=9", "data.pair.max_size=null"], "set data.pair.max_size=9"),
    (["data.pair.share_vocabulary_with=token"], "Did you mean 'tokens'?"),
    (["data.pair.share_vocabulary_with=pair"], "Such fields are tokens"),
    (["data.pair.share_vocabulary_with=label"], "no field of tokens of that name"),
    (["data.pair.share_vocabulary_with=null"], "set data.pair.share_vocabulary_with=tokens"),
    (["data.pair.column=hypo"], "no column 'hypo' for the field 'pair'.*Did you mean"),
    (["data.tokens.column=text"], "no column 'text' for the field 'tokens'"),
    (
        ["task/embedding/case=learned"],
        "data.pair: .* read by their tokens alone; leave out task/embedding/case",
    ),
]


@pytest.mark.parametrize(("options", "said"), REFUSED)
def test_pairs_that_cannot_be_read_are_refused(composed, tmp_path, options, said):
    with pytest.raises((DataError, UsageError), match=said):
        build(composed, tmp_path, "single_label", *options)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a b", "input:7: 1 column found, 2 expected with a tab between them: tokens, pair"),
        ("a\tb\tc", "input:7: 3 columns found, 2 expected"),
        ("a\t ", "input:7: the column 'pair' is empty"),
        ("\tb", "input:7: the column 'tokens' is empty"),
        ('{"tokens": "a"}', "input:7: the object has no 'pair'; give it tokens, pair"),
        ('{"tokens": "a", "pair": null}', "input:7: the column 'pair' holds null"),
        ('{"tokens": "a", "pair": ["b", ""]}', "input:7: .*'pair' holds an empty token"),
    ],
)
def test_a_line_that_does_not_hold_the_inputs_is_refused(line, said):
    with pytest.raises(DataError, match=said):
        inputs.as_inputs(line, ["tokens", "pair"], "input:7")


def test_a_line_of_several_inputs_comes_back_as_it_was():
    names = ["story", "question", "hint"]
    values = {"question": 'a\t"b"\n', "story": ["c", "d e"], "hint": "{"}
    line = inputs.spelled(values, names)
    assert "\n" not in line
    assert inputs.as_inputs(line, names, "input:1") == values
    assert inputs.as_inputs("{c\t{\t}", names, "input:1") == dict(
        zip(names, ["{c", "{", "}"], strict=True)
    )
    assert inputs.as_inputs("a\tb", ["tokens"], "input:1") == {"tokens": "a\tb"}
    assert summary.shortened(line) == '{"story": "c d e", "question": "a\\t\\"b\\"", "hint": "{"}'


@pytest.mark.parametrize("pooling", Pooling.KINDS)
def test_a_classifier_reads_pairs_in_chunks_as_it_reads_them_whole(composed, tmp_path, pooling):
    options = ["encoder=unidirectional", f"task.head.pooling={pooling}"]
    data, whole = build(composed, tmp_path, "single_label", *options)
    _, pieces = build(composed, tmp_path, "single_label", *options, "task.chunk_steps=2")
    batch = data.datasets["train"][list(range(20))]
    found = []
    for task in (whole, pieces):
        task.double().eval()
        loss = task.loss(task(batch), batch).total
        found.append([loss, *torch.autograd.grad(loss, list(task.parameters()))])
    for one, two in zip(*found, strict=True):
        torch.testing.assert_close(one, two)
    with pytest.raises(UsageError, match="set encoder=unidirectional"):
        build(composed, tmp_path, "single_label", "task.chunk_steps=2")
    _, cut = build(
        composed,
        tmp_path,
        "single_label",
        *options,
        "task.chunk_steps=2",
        "task.truncate_bptt=true",
    )
    cut.double().eval()
    torch.testing.assert_close(cut(batch), whole(batch))
    gradient = torch.autograd.grad(cut.loss(cut(batch), batch).total, cut.embedding.parameters())
    assert not torch.allclose(gradient[0], found[0][1])
