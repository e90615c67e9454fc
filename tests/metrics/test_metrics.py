from __future__ import annotations

import copy
import logging
import math
import pickle
import random

import pytest
import sacrebleu
import torch
from seqeval.metrics import f1_score, precision_score, recall_score
from seqeval.metrics.sequence_labeling import get_entities
from torchmetrics.functional.text import edit_distance as characters_edited
from torchmetrics.functional.text import word_error_rate

from seqtasks.errors import UsageError
from seqtasks.metrics import (
    BitsPerCharacter,
    CorpusBLEU,
    CorpusCHRF,
    CorpusTER,
    ExactMatch,
    LengthRatio,
    MeanLoss,
    Perplexity,
    SequenceErrorRate,
    SpanF1,
    SymbolErrorRate,
    WorstTexts,
    edit_distance,
    is_span_scheme,
    precision_recall_f1,
    span_counts,
)
from seqtasks.metrics.spans import spans
from seqtasks.metrics.worst import rows

BIO = ["O", "O", "B-A", "I-A", "B-B", "I-B", "B-A-C", "I-A-C"]
BIOES = [*BIO, "E-A", "S-A", "E-B", "S-B"]
UNTYPED = ["O", "B", "I", "E", "S", "B-A", "I-A"]


def _labels(draw, scheme, sequences):
    return [draw.choices(scheme, k=draw.randint(0, 9)) for _ in range(sequences)]


def _corpus(seed, size):
    draw = random.Random(seed)
    words = ["the", "cat", "Sat", "on", "dog's", "ran", ",", ".", "(wow!)", "é", "ÜB"]
    references = [" ".join(draw.choices(words, k=draw.randint(0, 12))) for _ in range(size)]
    hypotheses = [
        " ".join(word if draw.random() < 0.8 else draw.choice(words) for word in text.split())
        for text in references
    ]
    return hypotheses, references


def _in_batches(metric, sizes, *lists):
    start = 0
    for size in sizes:
        metric.update(*(items[start : start + size] for items in lists))
        start += size
    assert start == len(lists[0])
    return metric.compute().item()


# Likelihoods


def test_means_are_exact_whatever_the_batches():
    draw = random.Random(0)
    nats = [draw.uniform(0, 9) for _ in range(1000)]
    for metric, wanted in (
        (MeanLoss(), sum(nats) / 1000),
        (Perplexity(), math.exp(sum(nats) / 1000)),
        (BitsPerCharacter(), sum(nats) / 1000 / math.log(2)),
    ):
        for start, end in ((0, 1), (1, 700), (700, 701), (701, 1000)):
            part = torch.tensor(nats[start:end], dtype=torch.float64)
            metric.update(part.sum(), torch.tensor(end - start))
        assert metric.compute().item() == pytest.approx(wanted, rel=1e-12)
        assert metric.compute().dtype == torch.float64


def test_small_losses_count_after_a_large_sum():
    metric = MeanLoss()
    metric.update(2.0**24, 1)
    for _ in range(100):
        metric.update(torch.tensor(1.0), 1)  # float32 would lose every one of them
    assert metric.compute().item() == (2.0**24 + 100) / 101
    metric.reset()
    metric.update(0.1, 1)
    assert metric.compute().item() == 0.1


def test_a_perfect_model_and_an_impossible_token():
    perfect = Perplexity()
    perfect.update(torch.tensor(0.0), 5)
    assert perfect.compute().item() == 1.0
    perfect.update(-torch.tensor([0.5, 0.0]).log().sum(), 2)
    assert perfect.compute().item() == math.inf
    hopeless = Perplexity()
    hopeless.update(1e6, 1)
    assert hopeless.compute().item() == math.inf


def test_nothing_counted_is_no_number():
    for metric in (MeanLoss(), Perplexity(), BitsPerCharacter(), ExactMatch()):
        metric.update(*([], []) if isinstance(metric, ExactMatch) else (0.0, 0))
        assert math.isnan(metric.compute().item())


@pytest.mark.parametrize("convert", [lambda m: m.to(torch.bfloat16), lambda m: m.half()])
def test_the_sum_stays_wide_in_a_narrow_model(convert):
    model = torch.nn.ModuleDict({"loss": MeanLoss(), "net": torch.nn.Linear(1, 1)})
    model["loss"].update(1000.001, 1)
    model = convert(model)
    model["loss"].update(torch.tensor(2000.0, requires_grad=True), 1)
    assert model["net"].weight.dtype != torch.float32
    assert model["loss"].compute().item() == 3000.001 / 2


def test_calling_a_metric_gives_the_batch_and_keeps_the_whole():
    metric = MeanLoss()
    assert metric(6.0, 2).item() == 3.0
    assert metric(1.0, 1).item() == 1.0
    assert metric.compute().item() == pytest.approx(7 / 3)


# Spans


@pytest.mark.parametrize("scheme", [BIO, BIOES, UNTYPED], ids=["bio", "bioes", "untyped"])
def test_spans_are_those_of_seqeval(scheme):
    draw = random.Random(1)
    for labels in _labels(draw, scheme, 4000):
        wanted = get_entities(labels)
        assert spans(labels) == set(wanted), labels
        assert len(spans(labels)) == len(wanted)


@pytest.mark.parametrize("scheme", [BIO, BIOES], ids=["bio", "bioes"])
def test_scores_are_those_of_seqeval_to_the_last_digit(scheme):
    draw = random.Random(2)
    whole = SpanF1()
    everything = [], []
    for _ in range(150):
        expected = _labels(draw, scheme, draw.randint(1, 6))
        predicted = [
            [label if draw.random() < 0.7 else draw.choice(scheme) for label in labels]
            for labels in expected
        ]
        metric = SpanF1()
        metric.update(predicted, expected)
        whole.update(predicted, expected)
        everything[0].extend(predicted)
        everything[1].extend(expected)
        wanted = [
            float(score(expected, predicted, zero_division=0))
            for score in (precision_score, recall_score, f1_score)
        ]
        assert metric.compute().item() == wanted[2]
        assert list(precision_recall_f1(*span_counts(predicted, expected))) == wanted
    assert whole.compute().item() == f1_score(everything[1], everything[0])


def test_labels_outside_the_scheme_are_outside():
    assert spans(["B-A", "<pad>", "I-A", "BAD", "O"]) == {("A", 0, 0), ("A", 2, 2)}
    assert spans([]) == set()


def test_unequal_label_sequences_are_refused():
    with pytest.raises(UsageError, match="expected equal lengths"):
        SpanF1().update([["O", "O"]], [["O"]])
    with pytest.raises(UsageError, match="1 predicted and 0 expected"):
        span_counts([["O"]], [])


@pytest.mark.parametrize(
    ("labels", "answer"),
    [
        (["O", "B-A", "I-A"], True),
        (["S-A", "B-A", "I-A", "E-A"], True),
        (["I-A", "O"], True),
        (["B-A"], True),
        ([], False),
        (["O"], False),
        (["O", "E-A"], False),
        (["O", "B-"], False),
        (["O", "B-A", "NN"], False),
        (["B", "I", "O"], False),
        (["B_A", "O"], False),
    ],
)
def test_span_schemes_are_told_from_their_labels(labels, answer):
    assert is_span_scheme(iter(labels)) is answer


# Texts


@pytest.mark.parametrize("tokenize", ["none", "13a"])
@pytest.mark.parametrize("lowercase", [True, False])
def test_bleu_is_that_of_sacrebleu(tokenize, lowercase):
    hypotheses, references = _corpus(3, 60)
    settings = {"tokenize": tokenize, "lowercase": lowercase}
    wanted = sacrebleu.corpus_bleu(hypotheses, [references], **settings)
    for sizes in ([60], [1] * 60, [7, 0, 50, 3]):
        metric = CorpusBLEU(**settings)
        assert _in_batches(metric, sizes, hypotheses, references) == wanted.score
    reference = sacrebleu.BLEU(**settings)
    reference.corpus_score(hypotheses, [references])
    assert metric.signature == str(reference.get_signature())
    assert 20 < wanted.score < 80


@pytest.mark.parametrize("size", [1, 2, 3])
def test_bleu_of_tiny_corpora_is_smoothed_as_sacrebleu_does(size):
    for seed in range(40):
        hypotheses, references = _corpus(seed, size)
        metric = CorpusBLEU()
        wanted = sacrebleu.corpus_bleu(hypotheses, [references], tokenize="none", lowercase=True)
        assert _in_batches(metric, [1] * size, hypotheses, references) == wanted.score


def test_tokenized_text_brings_no_advice(caplog):
    metric = CorpusBLEU()
    with caplog.at_level(logging.WARNING):
        metric.update(["a b ."] * 200, ["a b ."] * 200)
    assert not caplog.records


def test_an_unknown_tokenizer_is_refused():
    with pytest.raises(UsageError, match="Did you mean 'char'"):
        CorpusBLEU(tokenize="chars")


@pytest.mark.parametrize("lowercase", [True, False])
@pytest.mark.parametrize("size", [1, 2, 40])
def test_chrf_is_that_of_sacrebleu(lowercase, size):
    for seed in range(15):
        hypotheses, references = _corpus(seed, size)
        reference = sacrebleu.CHRF(lowercase=lowercase)
        wanted = reference.corpus_score(hypotheses, [references]).score
        metric = CorpusCHRF(lowercase=lowercase)
        found = _in_batches(metric, [1, size - 1], hypotheses, references)
        assert found == pytest.approx(wanted, abs=1e-10)
        assert metric.signature == str(reference.get_signature())


def test_texts_that_share_nothing_score_zero():
    for metric in (CorpusBLEU(), CorpusCHRF(), ExactMatch()):
        metric.update(["abc", ""], ["xyz", "w"])
        assert metric.compute().item() == 0.0


def test_exact_match_counts_texts():
    hypotheses, references = _corpus(4, 50)
    wanted = sum(a == b for a, b in zip(hypotheses, references, strict=True)) / 50
    assert 0 < wanted < 1
    assert _in_batches(ExactMatch(), [3, 46, 1], hypotheses, references) == wanted


@pytest.mark.parametrize("lowercase", [True, False])
def test_ter_is_that_of_sacrebleu(lowercase):
    hypotheses, references = _corpus(5, 60)
    hypotheses[:3], references[:3] = ["", "a b", "b c a"], ["a", "", "a b c"]
    reference = sacrebleu.TER(case_sensitive=not lowercase)
    wanted = reference.corpus_score(hypotheses, [references]).score
    for sizes in ([60], [1] * 60):
        metric = CorpusTER(lowercase=lowercase)
        assert _in_batches(metric, sizes, hypotheses, references) == wanted
    assert metric.signature == str(reference.get_signature())
    assert 5 < wanted < 60


def test_several_references_count_as_in_sacrebleu():
    hypotheses, first = _corpus(6, 40)
    _, second = _corpus(7, 40)
    second = [text if n % 3 else None for n, text in enumerate(second)]
    second[1:30:2] = hypotheses[1:30:2]
    several = [
        [text for text in pair if text is not None] for pair in zip(first, second, strict=True)
    ]
    for metric, reference in (
        (CorpusBLEU(), sacrebleu.BLEU(tokenize="none", lowercase=True, force=True)),
        (CorpusCHRF(), sacrebleu.CHRF(lowercase=True)),
        (CorpusTER(), sacrebleu.TER()),
    ):
        wanted = reference.corpus_score(hypotheses, [first, second])
        found = _in_batches(metric, [1, 30, 9], hypotheses, several)
        assert found == pytest.approx(wanted.score, abs=1e-10)
        assert "nrefs:var" in metric.signature
        assert metric.signature == str(reference.get_signature())
        metric.reset()
        assert "nrefs:var" in metric.signature


def test_edits_are_those_of_torchmetrics():
    hypotheses, references = _corpus(8, 60)
    for given, wanted in zip(hypotheses, references, strict=True):
        found = characters_edited([given], [wanted], reduction="sum")
        assert edit_distance(given, wanted) == found.item()
    wanted = word_error_rate(hypotheses, references).item()
    found = _in_batches(SymbolErrorRate(), [59, 1], hypotheses, references)
    assert found == pytest.approx(wanted, rel=1e-6)


def test_the_nearest_reference_counts_in_error_rates():
    hypotheses = ["K AE T", "B", "D AO", ""]
    references = [["K AA T S", "K AA T"], ["D", "B"], ["D AO G", "D AO G Z"], ["EH"]]
    assert _in_batches(SymbolErrorRate(), [1, 3], hypotheses, references) == 3 / 8
    assert _in_batches(SequenceErrorRate(), [2, 2], hypotheses, references) == 3 / 4
    assert _in_batches(LengthRatio(), [3, 1], hypotheses, references) == 6 / 8
    assert _in_batches(SymbolErrorRate(list), [1], ["abc"], ["abd"]) == 1 / 3
    with pytest.raises(UsageError, match="hypothesis 2 has no reference"):
        SequenceErrorRate().update(["a", "b"], ["a", []])


def test_the_worst_texts_come_first_whatever_the_batches():
    sources, outputs = ["one", "two", "é", "four"], ["a b", "a b", "c", "x y"]
    references = [["a b"], ["a c", "d"], ["d", "e"], ["x z"]]
    whole, left, right = (WorstTexts(SymbolErrorRate(), count=2) for _ in range(3))
    for row in zip(sources, outputs, references, strict=True):
        whole.update(*([part] for part in row))
    found = rows(whole.compute())
    assert [(row["source"], row["score"]) for row in found] == [("é", 1.0), ("two", 0.5)]
    assert found[0]["references"] == ["d", "e"]
    left.update(sources[:3], outputs[:3], references[:3])
    right.update(sources[3:], outputs[3:], references[3:])
    right.kept = torch.cat([*left.kept, *right.kept])  # as processes put theirs together
    assert rows(right.compute()) == found
    best = WorstTexts(CorpusBLEU(effective_order=True), count=1)
    best.update(["s", "t"], ["a b c d", "a x"], ["a b c e", "a y z"])
    assert [row["source"] for row in rows(best.compute())] == ["t"]
    right = WorstTexts(ExactMatch())
    right.update(["s"], ["a"], [["b", "a"]])
    assert rows(right.compute()) == []


@pytest.mark.parametrize("metric", [CorpusBLEU, CorpusCHRF, CorpusTER, ExactMatch])
def test_unequal_lists_of_texts_are_refused(metric):
    with pytest.raises(UsageError, match="2 hypotheses and 1 references"):
        metric().update(["a", "b"], ["a"])
    with pytest.raises(UsageError, match="one string"):
        metric().update("a", "b")


# All of them


BATCHES = [
    (MeanLoss, (3.0, 2), (1.0, 5)),
    (Perplexity, (3.0, 2), (1.0, 5)),
    (BitsPerCharacter, (3.0, 2), (1.0, 5)),
    (SpanF1, ([["B-A", "O"]], [["B-A", "B-A"]]), ([["B-A"]], [["O"]])),
    (CorpusBLEU, (["a b c d e"], ["a b c d f"]), (["g h i j"], ["g h i j"])),
    (CorpusCHRF, (["a b c d e"], ["a b c d f"]), (["g h i j"], ["g h i k"])),
    (CorpusTER, (["a b c d e"], ["a b c d f"]), (["g h"], [["g h", "g"]])),
    (ExactMatch, (["a"], ["a"]), (["b"], ["c"])),
    (SequenceErrorRate, (["a"], ["a"]), (["b"], ["c"])),
    (SymbolErrorRate, (["a b"], ["a"]), (["b"], ["c"])),
    (LengthRatio, (["a b"], ["a"]), (["b"], ["c"])),
]


@pytest.mark.parametrize(("kind", "one", "other"), BATCHES, ids=lambda item: str(item)[:30])
def test_states_of_two_processes_add_up_and_survive_a_copy(kind, one, other):
    whole, left, right = kind(), kind(), kind()
    whole.update(*one)
    whole.update(*other)
    left.update(*one)
    right.update(*other)
    left.compute()
    sent = pickle.loads(pickle.dumps(copy.deepcopy(left)))
    for name, reduce in sent._reductions.items():
        both = torch.stack([getattr(sent, name), getattr(right, name)])
        assert both.dtype in (torch.int64, torch.float64)
        setattr(right, name, reduce(both))
    right._update_count = 2
    assert right.compute().item() == whole.compute().item()
    whole.reset()
    whole.update(*one)
    assert whole.compute().item() == left.compute().item()
