"""One-to-many: texts that begin with a label or a vector."""

from __future__ import annotations

import random

import pytest
import torch
from hydra.utils import instantiate
from small import SMALL as SMALL_SAMPLE

from seqtasks import bundle
from seqtasks.data.fields import VectorField
from seqtasks.data.record import Record
from seqtasks.errors import DataError, UsageError
from seqtasks.run import run

SMALL = SMALL_SAMPLE[3:]
LABEL = [
    "task=generation",
    "data=table",
    "data.tokens.level=character",
    "data.tokens.eos=true",
    "data.tokens.column=text",
    "task/condition=label",
]
VECTOR = [*LABEL[:5], "task/condition=vector"]


@pytest.fixture
def table(tmp_path):
    """Texts of label a are all a, those of b all b; the vector says the same."""
    rows = ["text\tlabel\tvector"]
    draw = random.Random(0)
    for _ in range(60):
        label = draw.choice("ab")
        rows.append(f"{label * 4}\t{label}\t{float(label == 'a')} 1")
    path = tmp_path / "table.tsv"
    path.write_text("\n".join(rows), "utf-8")
    return f"data.train={path}"


def built(composed, *options):
    config = composed(*options)
    data = instantiate(config.data)
    data.setup()
    torch.manual_seed(0)
    task = instantiate(config.task)(data.vocabularies).double().eval()
    return task, data


def some(data, count: int):
    batch = data.datasets["train"][list(range(count))]
    for name in ("vector",):
        if name in batch:
            batch[name] = batch[name].double()
    return batch


@pytest.mark.parametrize("kind", [LABEL, VECTOR], ids=["label", "vector"])
@pytest.mark.parametrize("every_step", [True, False], ids=["every_step", "start_only"])
@pytest.mark.parametrize("cell", ["lstm", "slstm", "mingru"])
def test_steps_equal_the_whole_and_every_parameter_learns(composed, table, kind, every_step, cell):
    options = [f"task.condition.every_step={every_step}", f"encoder.cell={cell}"]
    task, data = built(composed, *SMALL, *kind, table, *options)
    batch = some(data, 5)
    outputs = task(batch)
    loss = task.loss(outputs, batch)
    loss.mean.backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in task.parameters())
    state, logits = task.start(batch), []
    for tokens in batch.tokens[:, :-1].unbind(1):
        step, state = task.step(tokens, state)
        logits.append(step)
    torch.testing.assert_close(torch.stack(logits, 1), task.head(outputs[0]))


@pytest.mark.parametrize("kind", [LABEL, VECTOR], ids=["label", "vector"])
def test_a_trained_model_writes_what_it_is_asked_for(composed, table, tmp_path, kind):
    config = composed(
        *SMALL, *kind, table, "trainer.max_epochs=20", "task.sampling.temperature=0.0"
    )
    run(config, tmp_path / "run", "generation")
    saved = bundle.load(tmp_path / "run")
    asked = ["b", "a", "b"] if kind is LABEL else ["0 1", "1, 1", "0 1"]
    assert [set(text) for text in saved.predict(asked)] == [{"b"}, {"a"}, {"b"}]


def test_running_text_has_no_condition(composed, table):
    task, data = built(composed, *SMALL, *LABEL, table)
    batch = some(data, 2)
    batch["first"] = torch.tensor([True, True])
    with pytest.raises(UsageError, match="buckets"):
        task.carry("train", batch)


def test_a_field_that_is_not_there(composed, table):
    with pytest.raises(UsageError, match="the data has no field 'mood'; its fields are"):
        built(composed, *SMALL, *LABEL, table, "task.condition.field=mood")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("1 2", "a.txt:7: 'vector' holds 2 numbers where the training data's first has 3"),
        ("1 x 3", "needs numbers: 'x' is no number"),
        ("", "finite numbers below 3.4e38, not ''"),
        ("1 nan 2", "finite numbers below 3.4e38, not '1 nan 2'"),
    ],
)
def test_bad_vectors(value, message):
    field = VectorField()
    field.name = "vector"
    field.fit([Record({"vector": "1 2 3"})])
    with pytest.raises(DataError, match=message):
        field.encode([Record({"vector": value}, "a.txt", 7)])


def test_vectors_are_read_from_texts_and_lists():
    field = VectorField()
    field.name = "vector"
    records = [Record({"vector": "1, -2.5"}), Record({"vector": ["3", "4e1"]})]
    field.fit(records)
    assert field.encode(records).tolist() == [[1, -2.5], [3, 40]]
    assert field.collate(list(field.encode(records)))["vector"].shape == (2, 2)
