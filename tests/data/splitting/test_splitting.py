"""Splits by label: every part has its share of each, and training never lacks one for the split."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from stored import stored

from seqtasks.data.fields import LabelField, LabelSetField, NumberField, TagField, TokenField
from seqtasks.data.fields.synchronous import SynchronousField
from seqtasks.data.record import Record
from seqtasks.data.splitting.splitting import Splitting
from seqtasks.data.splitting.strata import spread
from seqtasks.errors import DataError

LABELS = ["a"] * 60 + ["b"] * 25 + ["c"] * 10 + ["d"] * 4 + ["e"]


def named(**fields):
    for name, field in fields.items():
        field.name = name
    return list(fields.values())


def labelled(folder, labels, **more):
    draw = np.random.default_rng(1).permutation(len(labels))
    rows = [{"tokens": f"t{n}", "label": labels[at]} for n, at in enumerate(draw)]
    for name, values in more.items():
        for row, value in zip(rows, values, strict=True):
            row[name] = value
    return stored(folder, [Record(row, "f", n) for n, row in enumerate(rows, 1)]).file


def split(file, fields=None, val=0.1, test=0.1, files=(), seed=3, **options):
    fields = fields or named(tokens=TokenField(), label=LabelField())
    splitting = Splitting({"val": val, "test": test}, seed, **options)
    return splitting({"train": file, **dict(files)}, fields)


def counted(records):
    return Counter(record.values["label"] for record in records)


def lines(records):
    return [record.line for record in records]


def every(parts):
    return sorted(line for part in parts.values() for line in lines(part))


@pytest.mark.parametrize("seed", range(5))
def test_every_part_has_its_share_of_each_label(tmp_path, seed):
    parts = split(labelled(tmp_path, LABELS), val=0.2, test=0.1, seed=seed)
    assert [len(parts[name]) for name in ("train", "val", "test")] == [70, 20, 10]
    assert every(parts) == list(range(1, 101))
    whole = Counter(LABELS)
    for name, share in (("train", 0.7), ("val", 0.2), ("test", 0.1)):
        found = counted(parts[name])
        assert all(abs(found[label] - share * whole[label]) < 2 for label in whole)
    assert counted(parts["train"])["e"] == 1
    again = split(labelled(tmp_path, LABELS), val=0.2, test=0.1, seed=seed)
    assert lines(again["val"]) == lines(parts["val"]) == sorted(lines(parts["val"]))


def test_a_label_keeps_an_example_in_training_and_small_parts_give_way(tmp_path):
    labels = [f"{n}" for n in range(30)] + ["0", "1", "2", "3"]
    parts = split(labelled(tmp_path, labels), val=0.3, test=0.3)
    assert set(counted(parts["train"])) == set(labels)
    assert [len(parts[name]) for name in ("train", "val", "test")] == [30, 2, 2]
    with pytest.raises(DataError, match="30 of the 30 examples stay in training, one of each lab"):
        split(labelled(tmp_path, [f"{n}" for n in range(30)]))


def test_without_labels_the_split_is_the_one_drawn_at_random(tmp_path):
    numbers = [str(n) for n in range(100)]
    file = labelled(tmp_path, LABELS, number=numbers)
    fields = named(tokens=TokenField(), number=NumberField())
    parts = split(file, fields)
    order = np.random.default_rng(3).permutation(100)
    assert lines(parts["val"]) == sorted((order[:10] + 1).tolist())
    assert lines(parts["test"]) == sorted((order[10:20] + 1).tolist())


@pytest.mark.parametrize("split_by", [None, "group"])
def test_folds_spread_each_label_evenly_and_leave_an_only_example_in_training(
    tmp_path, split_by, caplog
):
    groups = [f"g{n // 2}" for n in range(100)] if split_by else ["-"] * 100
    file = labelled(tmp_path, LABELS, group=groups)
    fields = named(label=LabelField(), group=TokenField())
    folds = [split(file, fields, folds=4, fold=f, split_by=split_by) for f in range(4)]
    for parts in folds:
        assert every(parts) == list(range(1, 101))
        if split_by:
            found = [{record.values["group"] for record in part} for part in parts.values()]
            assert not found[0] & found[1] | found[0] & found[2] | found[1] & found[2]
        assert set(counted(parts["train"])) == set("abcde")
    if split_by is None:
        assert "1 label has a single example, which stays in training in every fold: e" in (
            caplog.text
        )
        tested = [counted(parts["test"]) for parts in folds]
        for label, count in Counter(LABELS).items():
            here = [found[label] for found in tested]
            assert sum(here) == (count if count > 1 else 0)
            assert max(here) - min(here) <= 1
        sizes = [len(parts["test"]) for parts in folds]
        assert max(sizes) - min(sizes) <= 1
    with pytest.raises(DataError, match="beside 3 alone of their label"):
        split(labelled(tmp_path, [*"aabcd"]), folds=3)


def test_a_limit_takes_every_label_once_before_it_takes_one_in_proportion(tmp_path):
    file = labelled(tmp_path, LABELS)
    found = {count: split(file, limit=count) for count in (2, 5, 20, 40)}
    assert counted(found[2]["train"]) == {"a": 1, "b": 1}
    assert counted(found[5]["train"]) == dict.fromkeys("abcde", 1)
    for few, more in ((2, 5), (5, 20), (20, 40)):
        assert set(lines(found[few]["train"])) < set(lines(found[more]["train"]))
        assert lines(found[few]["test"]) == lines(found[more]["test"])
    assert abs(counted(found[40]["train"])["a"] - 24) <= 2
    assert found[5]["train"].drawn_by == "data.limit=5"


def test_groups_are_drawn_by_the_label_of_their_first_and_never_torn(tmp_path):
    groups = [f"g{n // 3}" for n in range(100)]
    file = labelled(tmp_path, LABELS, group=groups)
    fields = named(label=LabelField(), group=TokenField())
    parts = split(file, fields, split_by="group", val=0.2, test=0.2)
    assert every(parts) == list(range(1, 101))
    found = [{record.values["group"] for record in part} for part in parts.values()]
    assert not found[0] & found[1] | found[0] & found[2] | found[1] & found[2]
    assert set(counted(parts["train"])) == set("abcde")


def test_the_labels_themselves_can_be_kept_apart(tmp_path):
    labels = [f"{n // 4}" for n in range(80)]
    parts = split(labelled(tmp_path, labels), split_by="label", val=0.2, test=0.2)
    found = [set(counted(part)) for part in parts.values()]
    assert [len(part) for part in found] == [12, 4, 4]
    assert len(set.union(*found)) == 20


TAGS = [["O", "B"], ["O"], ["I", "O"], ["O"], ["B"]] * 8


@pytest.mark.parametrize("as_text", [False, True])
@pytest.mark.parametrize("split_by", [None, "group"])
def test_a_tag_that_the_split_would_take_from_training_brings_a_record_back(
    tmp_path, split_by, as_text, caplog
):
    fields = named(tags=TagField(), tokens=TokenField(), group=TokenField())
    seen = 0
    for rare in range(0, 40, 3):
        tags = [list(row) for row in TAGS]
        tags[rare] += ["B-RARE", "I-RARE"]
        rows = [
            {"tags": " ".join(row) if as_text else row, "tokens": "t", "group": f"g{n // 2}"}
            for n, row in enumerate(tags)
        ]
        file = stored(tmp_path, [Record(row, "f", n) for n, row in enumerate(rows)]).file
        plain = split(file, fields[1:], split_by=split_by)
        caplog.clear()
        parts = split(file, fields, split_by=split_by)
        assert every(parts) == list(range(40))
        assert rare in lines(parts["train"])
        if rare in lines(plain["train"]):
            assert {n: lines(p) for n, p in parts.items()} == {
                n: lines(p) for n, p in plain.items()
            }
            assert not caplog.text
            continue
        seen += 1
        assert "2 labels in no training example but those that the split" in caplog.text
        assert f"B-RARE (f:{rare}), I-RARE (f:{rare})" in caplog.text
        back = set(lines(parts["train"])) - set(lines(plain["train"]))
        assert back == ({rare} if split_by is None else {rare // 2 * 2, rare // 2 * 2 + 1})
    assert seen >= 2


def test_folds_bring_back_tags_too_and_a_part_keeps_its_last_record(tmp_path):
    rows = [{"tags": ["O", f"X{n}"], "tokens": "t"} for n in range(3)]
    rows += [{"tags": ["O"], "tokens": "t"}] * 9
    file = stored(tmp_path, [Record(row, "f", n) for n, row in enumerate(rows)]).file
    fields = named(tags=TagField(), tokens=TokenField())
    for fold in range(4):
        assert {0, 1, 2} <= set(lines(split(file, fields, folds=4, fold=fold)["train"]))
    few = stored(tmp_path, [Record(row, "f", n) for n, row in enumerate(rows[:3])]).file
    parts = split(few, fields, val=0.34, test=0.33)
    assert [len(part) for part in parts.values()] == [1, 1, 1]


def test_sets_of_labels_and_a_second_label_are_brought_back(tmp_path):
    for rare in range(20):
        rows = [{"topics": "a;b" if n != rare else "a; c", "label": "x"} for n in range(20)]
        rows[0]["label"] = "y"
        file = stored(tmp_path, [Record(row, "f", n) for n, row in enumerate(rows)]).file
        parts = split(file, named(topics=LabelSetField(separator=";"), label=LabelField()))
        assert rare in lines(parts["train"])
        assert 0 in lines(parts["train"])


def test_a_file_of_its_own_gives_nothing_back(tmp_path):
    train, test = (labelled(tmp_path, labels) for labels in (["a", "b"] * 20, ["a", "z"]))
    parts = split(train, files={"test": test}.items())
    assert lines(parts["test"]) == [1, 2]
    assert len(parts["val"]) == 4


def test_fields_say_what_their_classes_are():
    record = Record({"label": " a ", "topics": ["b", "c"], "tags": "O B", "tokens": "t u"})
    fields = named(
        label=LabelField(), topics=LabelSetField(), tags=TagField(), tokens=SynchronousField()
    )
    assert [field.classes(record) for field in fields[:3]] == [["a"], ["b", "c"], ["O", "B"]]
    assert [field.has_classes for field in fields] == [True, True, True, False]
    assert [field.stratifies for field in fields] == [True, False, False, False]


def test_many_labels_are_split_as_numbers():
    labels = np.repeat(np.arange(1000), 200)
    order = spread(labels, seed=1)
    for block in np.split(order[:-1000], 10)[1:9]:
        counts = np.bincount(labels[block], minlength=1000)
        assert counts.min() >= 19
        assert counts.max() <= 21
