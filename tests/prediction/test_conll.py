"""Taggers and CoNLL: sentences in, labels in the last column out; text as training had it."""

from __future__ import annotations

import json

import pytest

from seqtasks import bundle

CHINESE = "我 O\n爱 O\n北 B\n京 I\n\n他 O\n在 O\n上 B\n海 I\nN O\nB O\nA O\n2 O\n\n"
TAGGER = ("task=tagging",)


@pytest.fixture(scope="module")
def chinese(models, tmp_path_factory):
    """A tagger of single characters, and one whose data has Latin words and numbers whole."""
    folder = tmp_path_factory.mktemp("chinese")
    made = []
    whole = CHINESE.replace("N O\nB O\nA O\n2 O\n", "NBA O\n2008 O\n")
    for name, text in (("characters", CHINESE), ("runs", whole)):
        path = folder / f"{name}.conll"
        path.write_text(text * 4, encoding="utf-8")
        made.append(models("task=tagging", "data=conll", f"data.train={path}"))
    return made


def tags(model, tokens):
    return bundle.load(model).predict([tokens])[0]


def test_sentences_come_back_with_a_column_more(models, run):
    model = models(*TAGGER)
    given = "-DOCSTART- X\n\n# id = 1\nthe DT\ndogs NN\n\n\nshe PRP\n# SYM\n. .\n\n#end document\n"
    out, _, code = run(model, given, "--format", "conll")
    first, second = tags(model, ["the", "dogs"]), tags(model, ["she", "#", "."])
    assert out == (
        f"-DOCSTART- X\n\n# id = 1\nthe DT {first[0]}\ndogs NN {first[1]}\n\n"
        f"she PRP {second[0]}\n# SYM {second[1]}\n. . {second[2]}\n\n#end document\n\n"
    )
    assert code == 0


def test_words_alone_text_and_objects_give_tokens_and_labels(models, run):
    model = models(*TAGGER)
    first, second = tags(model, ["the", "dogs"]), tags(model, ["#", "walks"])
    expected = f"the\t{first[0]}\ndogs\t{first[1]}\n\n#\t{second[0]}\nwalks\t{second[1]}\n\n"
    assert run(model, "the\ndogs\n\n#\nwalks\n", "--format", "conll")[0] == expected
    text = "the dogs\n# walks\n"
    assert run(model, text, "--output-format", "conll")[0] == expected
    objects = '{"tokens": "the dogs"}\n{"tokens": ["#", "walks"]}\n'
    out, _, _ = run(model, objects, "--format", "jsonl", "--output-format", "conll")
    assert out == expected
    out, _, _ = run(model, "the\ndogs\n", "--format", "conll", "--output-format", "jsonl")
    assert json.loads(out) == {"tokens": ["the", "dogs"], "prediction": first}
    out, _, _ = run(model, "the dogs\n", "--output-format", "conll", "--scores")
    cells = [line.split("\t") for line in out.splitlines()[:-1]]
    assert [row[:2] for row in cells] == [["the", first[0]], ["dogs", first[1]]]
    assert all(0 < float(row[2]) <= 1 for row in cells)


def test_conllu_keeps_its_comments_ranges_and_empty_nodes(models, run):
    model = models(*TAGGER)
    rest = "\t".join("_" * 8)
    words = f"# text = du\n1-2\tdu\t{rest}\n1\tde\t{rest}\n2\tle\t{rest}\n2.1\tx\t{rest}\n"
    out, _, _ = run(model, words, "--format", "conll")
    first, second = tags(model, ["de", "le"])
    ends = [line.rsplit("\t", 1)[1] for line in out.splitlines()[1:5]]
    assert ends == ["_", first, second, "_"]
    assert out.startswith("# text = du\n1-2\tdu\t")
    named = "# global.columns = ID FORM SLOT\n1\tthe\tx\n2\tdogs\ty\n"
    out, _, _ = run(model, named, "--format", "conll", "--output-format", "jsonl")
    assert json.loads(out)["tokens"] == ["the", "dogs"]


def test_a_sentence_that_cannot_be_used_has_its_error_before_it(models, run):
    model = models(*TAGGER)
    given = b"the\tD\ndogs\n\ncaf\xe9\tN\n\nshe\tP\n"
    out, _, code = run(model, given, "--format", "conll")
    blocks = [block.splitlines() for block in out.strip().split("\n\n")]
    assert blocks[0][0].startswith("# error: input:2: 1 column(s) found, 2 expected")
    assert blocks[0][1:] == ["the\tD\t_", "dogs\t_"]
    assert "0xe9" in blocks[1][0]
    assert blocks[2] == [f"she\tP\t{tags(model, ['she'])[0]}"]
    assert code == 1


@pytest.mark.parametrize(
    ("task", "arguments", "said"),
    [
        ("classification", ["--output-format", "conll"], "--output-format: conll is for taggers"),
        ("tagging", ["--format", "conll", "--column", "tokens=5"], "no column 5 for the input"),
    ],
)
def test_what_conll_cannot_do_is_refused(models, run, task, arguments, said):
    out, error, code = run(models(f"task={task}"), "a b\n", *arguments)
    assert said in error
    assert (out, code) == ("", 2 if task == "classification" else 1)


def test_raw_chinese_is_read_by_character_as_the_tagger_learnt_it(chinese, run):
    characters, runs = chinese
    for model, text, tokens in (
        (characters, "我爱上海 NBA2", [*"我爱上海NBA2"]),
        (runs, "我爱上海 NBA2008", [*"我爱上海", "NBA2008"]),
        (runs, "爱NBA", ["爱", "NBA"]),
    ):
        assert tags(model, text) == tags(model, tokens)
        out, _, _ = run(model, text + "\n", "--output-format", "conll")
        assert [line.split("\t")[0] for line in out.splitlines()[:-1]] == tokens


def test_many_unknown_tokens_are_said_once(models, run, caplog):
    model = models(*TAGGER)
    _, error, code = run(model, "Hello, world.\n" * 1500)
    assert error == (
        "seqtasks: 100 % of the tokens are unknown to the model (Hello,, world.); it learnt from "
        "tokens that were given one by one: give texts with spaces between such tokens, or lists "
        "of them\n"
    )
    assert code == 0
    known = " ".join(bundle.load(model).fields["tokens"].vocabulary.symbols[4:9])
    assert run(model, known + " unheard-of\n")[1] == ""
    bundle.load(model).predict(["Hello, world."] * 3)
    assert caplog.messages == [error.removeprefix("seqtasks: ").strip()]
