"""``POST /predict``: what the model says alone is what it says in any batch."""

from __future__ import annotations

import itertools

import pytest
from serving.conftest import LETTERS, TAGGING, TRANSLATION

from seqtasks import bundle
from seqtasks.inspection.alignment import align
from seqtasks.schemes import find_spans

TEXTS = [
    "the dogs see the cat .",
    "she walks .",
    "does the teacher watch him ?",
    "the old king will not send the letter to her friend .",
    "no",
]
TABLE = ["task=classification", "data=table", "data.tokens.column=text"]
MULTI = [*TABLE, "data.train=FOLDER/topics.tsv", "task/head=multi_label"]
MULTI += ["field@data.label=labels", "data.label.column=labels"]
ORDINAL = [*TABLE, "data.train=FOLDER/stars.tsv", "task/head=ordinal"]
ORDINAL += ["data.label.order=[1,2,3]", "data.label.column=stars"]
NUMBER = [*TABLE, "data.train=FOLDER/stars.tsv", "task/head=regression"]
NUMBER += ["field@data.label=number", "data.label.column=stars"]
PAIRS = [*TABLE, "data.train=FOLDER/pairs.tsv", "+field@data.pair=pair"]


def batches(live, monkeypatch):
    """The sizes of the batches that run from here on."""
    sizes = []
    run = live.service.answering.run

    def counted(jobs):
        sizes.append(len(jobs))
        return run(jobs)

    monkeypatch.setattr(live.service.answering, "run", counted)
    return sizes


@pytest.mark.parametrize(
    "options",
    [TAGGING, ["task=classification"], TRANSLATION, LETTERS, MULTI, ORDINAL, NUMBER],
    ids=["tagging", "classification", "translation", "letters", "multi", "ordinal", "number"],
)
def test_requests_at_once_run_in_batches_and_get_what_each_gets_alone(
    made, lasting, options, monkeypatch
):
    live = lasting(*options, wait_ms=60)
    texts = [text for count in (1, 2, 3) for text in itertools.permutations(TEXTS, count)]
    bodies = [{"text": list(some)} for some in texts[::7]]
    sizes = batches(live, monkeypatch)
    replies = live.client.together(bodies)
    alone = bundle.load(made(*options))
    for body, reply in zip(bodies, replies, strict=True):
        assert reply.status == 200
        found = [one["prediction"] for one in reply.body["predictions"]]
        expected = alone.predict(body["text"])
        if options is NUMBER:  # whose last digits depend on the batch
            found, expected = [*map(float, found)], pytest.approx([*map(float, expected)], rel=1e-5)
        assert found == expected
    drawn = options is LETTERS  # what is drawn depends on a text's number in its own request
    assert len(sizes) == len(bodies) if drawn else len(sizes) < len(bodies) / 2


def test_one_text_is_answered_like_a_list_of_it(lasting):
    client = lasting(*TAGGING).client
    [one] = client.predictions(TEXTS[0])
    assert [one] == client.predictions([TEXTS[0]])
    assert one["tokens"] == TEXTS[0].split()
    assert len(one["prediction"]) == len(one["tokens"])
    assert "spans" not in one


def test_an_empty_text_has_an_empty_prediction(made, lasting):
    for options in (TAGGING, TRANSLATION):
        found = lasting(*options).client.predictions(["", TEXTS[0], "  \n"])
        expected = bundle.load(made(*options)).predict(["", TEXTS[0], " "])
        assert [one["prediction"] for one in found] == [one or "" for one in expected]


def test_scores_are_the_probabilities_of_all_labels(made, lasting):
    client = lasting("task=classification").client
    found = client.predictions(TEXTS, scores=True)
    expected = bundle.load(made("task=classification")).predict(TEXTS, scores=True)
    for one, row in zip(found, expected, strict=True):
        assert one["scores"] == pytest.approx(row, rel=1e-5)
        assert max(one["scores"], key=one["scores"].get) == one["prediction"]
    assert client.predictions("", scores=True) == [{"prediction": "", "scores": {}}]


def test_a_tagger_says_how_sure_it_is_of_each_label(made, lasting):
    found = lasting(*TAGGING).client.predictions([*TEXTS, ""], scores=True)
    expected = bundle.load(made(*TAGGING)).predict(TEXTS, scores=True)
    for one, row in zip(found, expected, strict=False):
        assert one["confidences"] == pytest.approx(row["confidences"], rel=1e-4)
        assert one["prediction"] == row["labels"]
    assert found[-1] == {"prediction": "", "confidences": []}


def test_the_n_best_and_options_of_the_search_are_those_of_the_command(made, lasting):
    client = lasting(*TRANSLATION).client
    model = bundle.load(made(*TRANSLATION))
    found = client.predictions(TEXTS, n_best=3)
    for one, best in zip(found, model.predict(TEXTS, n_best=3), strict=True):
        assert [other["text"] for other in one["best"]] == [answer.value for answer in best]
        for other, answer in zip(one["best"], best, strict=True):
            assert other["score"] == pytest.approx(answer.score, rel=1e-5)
        assert one["prediction"] == one["best"][0]["text"]
    greedy = client.predictions(TEXTS, search={"method": "greedy", "max_length": 4})
    narrow = client.predictions(
        TEXTS, search={"beam_size": 1, "length_penalty": 0, "max_length": 4}
    )
    assert greedy == narrow != client.predictions(TEXTS)
    assert not all(one["ended"] for one in greedy)
    drawn = {"method": "sampling", "seed": 4}
    once = client.predictions(TEXTS, search=drawn)
    assert client.predictions(TEXTS, search=drawn) == once
    assert client.predictions(TEXTS, search={**drawn, "seed": 5}) != once
    assert client.predictions(TEXTS, n_best=3) == found  # no option outlives its request


def test_requests_with_other_options_share_no_batch(lasting, monkeypatch):
    live = lasting(*TRANSLATION, wait_ms=80)
    options = [{}, {"n_best": 2}, {"search": {"beam_size": 2}}, {"attention": True}]
    bodies = [{"text": TEXTS[0], **one} for one in options] * 2
    sizes = batches(live, monkeypatch)
    replies = live.client.together(bodies)
    assert sorted(sizes) == [2, 2, 2, 2]
    for one, other in zip(replies[:4], replies[4:], strict=True):
        assert one.body == other.body
    assert {tuple(sorted(one.body["predictions"][0])) for one in replies} == {
        ("ended", "prediction"),
        ("best", "ended", "prediction"),
        ("attention", "ended", "prediction"),
    }


def test_attention_is_that_of_each_output(made, lasting):
    client = lasting(*TRANSLATION).client
    [found] = client.predictions(TEXTS[0], attention=True, n_best=2)
    model = bundle.load(made(*TRANSLATION))
    for one in found["best"]:
        expected = align(model, TEXTS[0], one["text"]).to_json()
        assert one["attention"]["source"] == expected["source"] == TEXTS[0].split()
        assert one["attention"]["target"] == expected["target"]
        for row, wanted in zip(one["attention"]["weights"], expected["weights"], strict=True):
            assert row == pytest.approx(wanted, abs=1e-4)
    assert found["attention"] == found["best"][0]["attention"]
    [nothing] = client.predictions("", attention=True)
    assert nothing["attention"] is None
    refused = client.predict(TEXTS[:2], attention=True)
    assert refused.status == 422
    assert refused.error == "attention: it is of one text, and 2 are given; give one"


def test_labels_that_spell_spans_come_with_them(lasting):
    live = lasting("task=tagging", "data=conll", "data.train=FOLDER/spans.conll")
    assert live.service.info["abilities"]["spans"] == "BIO"
    assert live.service.info["kind"] == "tagging"
    [one] = live.client.predictions("Anna lives in New York")
    expected = find_spans(one["prediction"], "BIO", invalid="repair")
    assert [(part["label"], part["first"], part["last"]) for part in one["spans"]] == expected


def test_several_inputs_are_an_object_or_a_line_with_tabs(made, lasting):
    client = lasting(*PAIRS).client
    line, named = "a b\tb a", {"tokens": "a b", "pair": ["b", "a"]}
    found = client.predictions([line, named])
    assert found[0] == found[1]
    assert found[0]["prediction"] == bundle.load(made(*PAIRS)).predict([line])[0]


def test_tokens_are_taken_as_they_are(made, lasting):
    client = lasting(*TAGGING).client
    [found] = client.predictions({"tokens": ["she", "walks", "New York"]})
    assert found["tokens"] == ["she", "walks", "New York"]
    expected = bundle.load(made(*TAGGING)).predict([["she", "walks", "New York"]])
    assert [found["prediction"]] == expected
    assert "the object has no 'tokens'" in client.predict({"text": "a"}).error


def test_one_bad_text_in_a_batch_fails_alone(lasting, monkeypatch):
    live = lasting(*PAIRS, "data.tokens.max_length=5", wait_ms=80)
    good, bad = "a b\tb a", "a a a a a a\tb"
    sizes = batches(live, monkeypatch)
    replies = live.client.together([{"text": good}, {"text": bad}, {"text": good}] * 2)
    assert sizes[0] == 6
    assert [reply.status for reply in replies] == [200, 422, 200] * 2
    assert replies[1].error.startswith("text 1: 'tokens' has 6 tokens, more than")
    mixed = live.client.predictions([good, bad, good, "a b"])
    assert mixed[0] == mixed[2] == replies[0].body["predictions"][0]
    assert mixed[1]["error"].startswith("text 2: 'tokens' has 6 tokens")
    assert mixed[3]["error"].startswith("text 4: 1 column found, 2 expected")


def test_a_fault_of_the_program_is_a_500_and_spares_the_others(lasting, monkeypatch, heard):
    live = lasting(*PAIRS, wait_ms=80)
    run = live.service.answering.run

    def faulty(jobs):
        if any("c" in job.record.values["tokens"] for job in jobs):
            raise RuntimeError("a fault")
        return run(jobs)

    monkeypatch.setattr(live.service.answering, "run", faulty)
    bodies = [{"text": "a b\tb a"}, {"text": "c\tc"}, {"text": "a\tb"}]
    replies = live.client.together(bodies)
    assert [reply.status for reply in replies] == [200, 500, 200]
    assert replies[1].error.startswith("the server failed")
    assert "a text could not be answered" in heard
    heard.clear()
    assert live.client.predict("a\tb").status == 200
