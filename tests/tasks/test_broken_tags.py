"""Taggers on data as it is published: ill-formed tags, and labels that training never shows."""

from __future__ import annotations

import json
import random

import pytest
from hydra.utils import instantiate
from seqeval.metrics import f1_score
from seqeval.scheme import IOB1, IOB2, IOBES

from seqtasks import bundle
from seqtasks.evaluation import contributions, evaluate, read_split
from seqtasks.run import run
from seqtasks.schemes import tags as spell
from seqtasks.schemes import violation

KINDS = ("PER", "LOC")
STRICT = ["task.strict_spans=true"]


def sentences(scheme, seed, count=60):
    """Sequences of labels that keep to a scheme."""
    draw, found = random.Random(seed), []
    for _ in range(count):
        spans, place, length = [], 0, draw.randint(1, 8)
        while place < length:
            last = min(length - 1, place + draw.choice([0, 0, 1, 2]))
            if draw.random() < 0.5:
                spans.append((draw.choice(KINDS), place, last))
            place = last + 1
        found.append(spell(spans, length, scheme))
    return found


def written(path, rows):
    draw = random.Random(0)
    lines = []
    for row in rows:
        lines += [f"w{draw.randint(0, 1)}{label} {label}" for label in row] + [""]
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def options(folder, train, test, *more):
    files = {"train": train, "val": train[:20], "test": test}
    named = [f"data.{name}={written(folder / f'{name}.txt', rows)}" for name, rows in files.items()]
    small = ["encoder.hidden_size=8", "logger=none", "report=true", "trainer.max_epochs=2"]
    return ["task=tagging", "data=conll", *named, *small, "optimizer.lr=0.05", *more]


def conlleval(expected, predicted):
    """The F1 of conlleval.pl (Tjong Kim Sang and Buchholz 2000), line by line as it counts."""
    right = given = wanted = 0
    for one, other in zip(expected, predicted, strict=True):
        inside, before = False, (("O", ""), ("O", ""))
        for pair in [*zip(one, other, strict=True), ("O", "O")]:
            now = tuple((t[0], t[2:]) if "-" in t else (t, "") for t in pair)
            ends = [_ends(b, n) for b, n in zip(before, now, strict=True)]
            starts = [_starts(b, n) for b, n in zip(before, now, strict=True)]
            if inside:
                if ends == [True, True] and before[0][1] == before[1][1]:
                    inside, right = False, right + 1
                elif ends[0] != ends[1] or now[0][1] != now[1][1]:
                    inside = False
            if starts == [True, True] and now[0][1] == now[1][1]:
                inside = True
            wanted, given, before = wanted + starts[0], given + starts[1], now
    return 2 * right / (given + wanted) if given + wanted else 0.0


def _starts(before, now):
    pairs = {"BB", "IB", "OB", "OI", "EE", "EI", "OE", "SB", "SI", "SE", "ES", "IS", "OS", "BS"}
    pairs |= {"SS", "EB"}
    return before[0] + now[0] in pairs or (now[0] != "O" and before[1] != now[1])


def _ends(before, now):
    pairs = {"BB", "BO", "IB", "IO", "EE", "EI", "EO", "EB", "ES", "BS", "IS", "SO", "SB", "SI"}
    pairs |= {"SE", "SS"}
    return before[0] + now[0] in pairs or (before[0] != "O" and before[1] != now[1])


SETS = {
    # A set of Chinese names in BMES with one ill-formed tag.
    "chinese": ("BMES", [["O", "M-PER"]], [["E-LOC", "O"]], ["O", "E-PER"]),
    # Slots that only the test has.
    "slots": ("BIO", [], [["B-meal_code", "O"], ["B-PER", "I-day"]], []),
    # CoNLL-2000: I-LST in the test alone.
    "chunks": ("BIO", [["B-LST", "O"]] * 2, [["B-LST", "I-LST", "O"], ["I-PER"]], []),
    # The first form of CoNLL-2003, whose marks alone look like those of BIO.
    "iob1": ("IOB1", [["O", "B-LOC"]], [["O", "S-LOC", "E-PER"]], []),
    # A stray label that is no tag.
    "typo": ("BIO", [["O", "BLOC"]], [["B-LOC", "0"], ["O", "I-LOC", "B-LOC"]], []),
}


def check_report(report, test, predicted, scheme):
    """The report is that of the strings."""
    pairs = [
        p for one, two in zip(test, predicted, strict=True) for p in zip(one, two, strict=True)
    ]
    assert {label for label, _ in pairs} <= set(report["labels"])
    assert sum(one["examples"] for one in report["classes"].values()) == len(pairs)
    for row, right in zip(report["confusion"], report["labels"], strict=True):
        for count, given in zip(row, report["labels"], strict=True):
            assert count == pairs.count((right, given))
    wrong = [sum(map(str.__ne__, one, two)) for one, two in zip(test, predicted, strict=True)]
    assert [row["wrong"] for row in report["sentences"]] == [
        count for count in sorted(wrong, reverse=True)[:10] if count
    ]
    for row in report["sentences"]:
        assert row["expected"] == test[row["index"]]
        assert row["predicted"] == predicted[row["index"]]
        assert [word[2:] for word in row["words"]] == row["expected"]


CHOSEN = [(name, more) for name in SETS for more in ([], ["task/head=crf"], STRICT)]
CHOSEN.remove(("iob1", STRICT))  # seqeval reads a B of IOB1 in its own way (see test_schemes.py)


@pytest.mark.parametrize(("name", "more"), CHOSEN)
def test_a_published_set_is_learnt_scored_and_predicted(composed, tmp_path, name, more, caplog):
    scheme, broken, odd, _ = SETS[name]
    train = sentences(scheme, 0, 120) + broken
    test = odd + sentences(scheme, 1, 20)
    results = run(composed(*options(tmp_path, train, test, *more)), tmp_path / "run", "tagging")
    assert any(violation(row, scheme) for row in train) == (name not in ("slots", "chunks"))
    assert caplog.text.count("training sequences break") == bool(broken and name != "chunks")
    saved = bundle.load(tmp_path / "run" / "bundle")
    assert saved.task.scheme == scheme
    split = read_split(saved)
    again = evaluate(saved, split)
    assert again.scores == pytest.approx(results["test"], abs=1e-6)
    records = split.dataset.records
    predicted = saved.predict([record.values for record in records])
    if "task/head=crf" in more:
        assert [violation(row, scheme) for row in predicted] == [None] * len(predicted)
    known = [
        [[tag.replace("M-", "I-") for tag in row] for row in rows] for rows in (test, predicted)
    ]
    if more == STRICT:
        style = {"BIO": IOB2, "IOB1": IOB1}.get(scheme, IOBES)
        if name == "typo":  # seqeval's strict mode knows no such label
            known[0] = [["O" if tag == "0" else tag for tag in row] for row in known[0]]
        wanted = f1_score(*known, mode="strict", scheme=style, zero_division=0)
    else:
        known[0] = [["O" if tag == "0" else tag for tag in row] for row in known[0]]
        wanted = f1_score(*known, zero_division=0)
        assert conlleval(*known) == pytest.approx(wanted)
    assert results["test"]["f1"] == pytest.approx(wanted)
    pairs = [
        p for one, two in zip(test, predicted, strict=True) for p in zip(one, two, strict=True)
    ]
    assert results["test"]["accuracy"] == pytest.approx(sum(a == b for a, b in pairs) / len(pairs))
    check_report(again.report, test, predicted, scheme)
    assert json.loads(json.dumps(again.report)) == results["report"]
    assert set(contributions(saved, split)) >= {"loss", "accuracy", "f1"}
    assert json.loads((tmp_path / "run" / "metrics.json").read_text())["test"] == results["test"]


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("target", ["BIOES", "BILOU"])
def test_scores_in_the_target_are_those_of_the_original_strings(composed, tmp_path, target, strict):
    train = [*sentences("BIO", 0, 120), ["O", "I-PER"]]
    draw = random.Random(3)
    labels = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "I-NEW"]
    test = [draw.choices(labels, k=draw.randint(1, 8)) for _ in range(60)]
    chosen = [f"data.tags.target={target}", f"task.strict_spans={str(strict).lower()}"]
    config = composed(*options(tmp_path, train, test, "task/head=crf", *chosen, "report=false"))
    results = run(config, tmp_path / "run", "tagging")
    saved = bundle.load(tmp_path / "run" / "bundle")
    assert evaluate(saved, read_split(saved)).scores == pytest.approx(results["test"], abs=1e-6)
    last = {"BIOES": {"E": "I", "S": "B"}, "BILOU": {"L": "I", "U": "B"}}[target]
    words = saved.predict([record.values for record in read_split(saved).dataset.records])
    predicted = [[last.get(tag[0], tag[0]) + tag[1:] for tag in row] for row in words]
    mode = {"mode": "strict", "scheme": IOB2} if strict else {}
    wanted = f1_score(test, predicted, zero_division=0, **mode)
    assert results["test"]["f1"] == pytest.approx(wanted)
    assert 0 < wanted < 1


def test_sequences_that_break_the_scheme_are_left_out_of_the_training_alone(composed, tmp_path):
    train = [*sentences("BIO", 0, 60), ["O", "I-ODD"], *sentences("BIO", 1, 20)]
    test = [["O", "I-PER"], ["B-LOC"]]
    config = composed(*options(tmp_path, train, test, "data.tags.invalid=skip"))
    data = instantiate(config.data)
    data.setup()
    assert [len(data.datasets[split]) for split in ("train", "val", "test")] == [80, 20, 2]
    assert "B-ODD" not in data.vocabularies["tags"]
    assert "w0I-ODD" not in data.vocabularies["tokens"]
    rows = [row.tolist() for row in data.datasets["train"].encoded["tags"]]
    symbols = data.vocabularies["tags"].symbols
    kept = [row for row in train if "I-ODD" not in row]
    assert [[symbols[number] for number in row] for row in rows] == kept
    assert data.datasets["train"].places[60].endswith(f":{1 + sum(len(r) + 1 for r in train[:61])}")
