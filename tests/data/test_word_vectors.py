"""Embeddings that start from a file of word vectors."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import yaml
from hydra.utils import instantiate
from small import SMALL

from seqtasks import bundle
from seqtasks.data.fields import TokenField
from seqtasks.data.record import Record
from seqtasks.data.vocabulary import SPECIALS, Vocabulary
from seqtasks.data.word_vectors import fill_embedding_dims, read_vectors, vector_width
from seqtasks.embedding import TokenEmbedding
from seqtasks.errors import DataError, UsageError
from seqtasks.run import run

ROWS = {"the": [0.5, -1.0, 2.0], "Paris": [1e-3, 4.0, 0.25], "paris": [9.0, 9.0, 9.0]}


def written(path, rows=ROWS, header=False, end="\n", tail=""):
    lines = [f"{len(rows)} {len(next(iter(rows.values())))}"] if header else []
    lines += [word + " " + " ".join(map(str, row)) + tail for word, row in rows.items()]
    path.write_text(end.join(lines) + end, encoding="utf-8", newline="")
    return str(path)


@pytest.mark.parametrize(
    "form",
    [{}, {"header": True}, {"header": True, "tail": " "}, {"end": "\r\n"}],
    ids=["glove", "word2vec", "fasttext", "crlf"],
)
def test_the_three_forms_are_read_alike(tmp_path, form):
    path = written(tmp_path / "v.txt", **form)
    assert vector_width(path) == 3
    found = read_vectors(path, ["the", "Paris", "absent"])
    assert {word: vector.tolist() for word, vector in found.items()} == {
        word: np.float32(ROWS[word]).tolist() for word in ("the", "Paris")
    }


def test_words_with_spaces_repeated_words_and_unwanted_broken_lines(tmp_path):
    path = tmp_path / "v.txt"
    path.write_text("a 1 2\n. . . 3 4\nb broken 5\na 6 7\n. 8 9\n\u00e9 5 5\n", encoding="utf-8")
    found = read_vectors(path, [".", "a", ". . .", "\u00e9"])
    assert {word: vector.tolist() for word, vector in found.items()} == {
        "a": [1, 2],
        ". . .": [3, 4],
        ".": [8, 9],
        "\u00e9": [5, 5],
    }


@pytest.mark.parametrize("line", ["b 1 x", "b 1", "b 1 nan", "b inf 2", "b 1 2 3"])
def test_a_broken_vector_of_a_wanted_word_is_refused_with_its_place(tmp_path, line):
    path = tmp_path / "v.txt"
    path.write_text(f"a 1 2\n{line}\n")
    if line == "b 1 2 3":  # the word 'b 1', which nobody wants
        assert set(read_vectors(path, ["a", "b"])) == {"a"}
        return
    with pytest.raises(DataError, match=r"v.txt:2: the vector of 'b' needs 2 finite numbers"):
        read_vectors(path, ["a", "b"])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no vectors"),
        (b"2 3\n", "holds no vectors"),
        (b"words without numbers\n", "v.txt:1: not a word and its numbers"),
        (b"2 3\na 1 2\n", "v.txt:2: not a word and its numbers"),
        (b"2 3\na \x00\x01\n", "v.txt:2: binary data"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path, content, said):
    path = tmp_path / "v.txt"
    path.write_bytes(content)
    with pytest.raises(DataError, match=said):
        vector_width(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"none.txt: cannot be read \(no such file"):
        vector_width(tmp_path / "none.txt")


def test_a_file_means_unknown_words_by_unk_and_no_other_special_symbol(tmp_path):
    path = tmp_path / "v.txt"
    path.write_text("<eos> 1 2\n<unk> 3 4\nthe 5 6\nοδοσ 7 8\n", "utf-8")
    vocabulary = Vocabulary([*SPECIALS, "<unk>", "<eos>", "the", "ΟΔΟΣ"], specials=range(4))
    embedding = TokenEmbedding(vocabulary, embedding_dim=2, vectors=str(path))
    before = embedding.table.weight.detach().clone()
    assert "vectors for 5 of 8 words" in embedding.prepare()
    after = embedding.table.weight.detach()
    assert torch.equal(after[[0, 2, 3]], before[[0, 2, 3]])
    expected = torch.tensor([[3.0, 4], [3, 4], [1, 2], [5, 6], [7, 8]])
    assert torch.equal(after[[1, 4, 5, 6, 7]], expected)
    field = TokenField(words=str(path))
    field.name = "tokens"
    field.fit([Record({"tokens": "a the"}, "f", 1)])
    assert field.vocabulary.symbols[4:] == ["a", "the", "<eos>", "οδοσ"]


def test_known_words_take_their_vectors_and_the_others_keep_theirs(tmp_path):
    path = written(tmp_path / "v.txt")
    vocabulary = Vocabulary([*SPECIALS, "The", "Paris", "PARIS", "unseen"])
    embedding = TokenEmbedding(vocabulary, embedding_dim=3, vectors=path)
    before = embedding.table.weight.detach().clone()
    line = embedding.prepare()
    after = embedding.table.weight.detach()
    expected = torch.tensor([ROWS["the"], ROWS["Paris"], ROWS["paris"]])
    assert torch.equal(after[4:7], expected)
    assert torch.equal(after[[0, 1, 2, 3, 7]], before[[0, 1, 2, 3, 7]])
    assert "vectors for 3 of 8 words (37.5%); without: <pad>, <unk>, <bos>, <eos>, unseen" in line


def test_another_width_is_refused_and_null_takes_the_files(tmp_path):
    path = written(tmp_path / "v.txt")
    vocabulary = Vocabulary(["the", "a"])
    with pytest.raises(UsageError, match=r"vectors of another width: 3, not 5"):
        TokenEmbedding(vocabulary, embedding_dim=5, vectors=path).prepare()
    assert TokenEmbedding(vocabulary, embedding_dim=None, vectors=path).output_size == 3
    with pytest.raises(UsageError, match="takes the width of a file"):
        TokenEmbedding(vocabulary, embedding_dim=None)
    with pytest.raises(UsageError, match="none of the 2 words"):
        TokenEmbedding(Vocabulary(["x", "y"]), embedding_dim=3, vectors=path).prepare()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"tuning": "frozn", "vectors": "v"}, "there is no 'frozn'; Did you mean 'frozen'"),
        ({"tuning": -1, "vectors": "v"}, "there is no -1"),
        ({"tuning": True, "vectors": "v"}, "there is no True"),
        ({"tuning": "frozen"}, "is about pretrained vectors"),
    ],
)
def test_a_tuning_that_is_none_is_refused(options, said):
    with pytest.raises(UsageError, match=said):
        TokenEmbedding(Vocabulary(["a", "b"]), embedding_dim=3, **options)


def test_widths_left_open_are_written_into_the_configuration(tmp_path):
    path = written(tmp_path / "v.txt")
    config = {"a": [{"vectors": path, "embedding_dim": None}], "b": {"vectors": path}}
    config["c"] = {"vectors": None, "embedding_dim": None}
    config["d"] = {"vectors": path, "embedding_dim": 7}
    fill_embedding_dims(config)
    assert config["a"][0]["embedding_dim"] == 3
    assert config["b"] == {"vectors": path}
    assert config["c"]["embedding_dim"] is None
    assert config["d"]["embedding_dim"] == 7


@pytest.mark.parametrize(("tuning", "changed"), [("tuned", 0), ("frozen", 3), (2, 2)])
def test_vectors_are_tuned_when_they_are_to_be_and_the_bundle_needs_no_file(
    composed, tmp_path, capsys, tuning, changed
):
    rows = {word: [0.1 * n, 0.2, -0.3] for n, word in enumerate(["the", "dogs", "cat", "."])}
    path = written(tmp_path / "v.txt", rows)
    config = composed(
        "task=tagging",
        *SMALL,
        "trainer.max_epochs=3",
        "optimizer=adamw",
        "optimizer.weight_decay=0.1",
        "optimizer.lr=0.01",
        f"task.embedding.tokens.vectors='{path}'",
        "task.embedding.tokens.embedding_dim=null",
        f"task.embedding.tokens.tuning={tuning}",
        "callbacks.checkpoint.save_top_k=-1",
        "callbacks.checkpoint.filename='{epoch}'",
    )
    data = instantiate(config.data)
    data.setup()
    place = data.vocabularies["tokens"].index["the"]
    run(config, tmp_path / "run", "tagging")
    assert "v.txt: vectors for " in capsys.readouterr().out
    for epoch in range(3):
        saved = torch.load(tmp_path / f"run/checkpoints/epoch={epoch}.ckpt", weights_only=True)
        row = saved["state_dict"]["embedding.tokens.table.weight"][place]
        assert torch.equal(row, torch.tensor(rows["the"])) == (epoch < changed), epoch
    (tmp_path / "v.txt").unlink()
    kept = yaml.safe_load((tmp_path / "run/bundle/config.yaml").read_text())
    assert kept["task"]["embedding"]["tokens"]["embedding_dim"] == 3
    loaded = bundle.load(tmp_path / "run/bundle")
    assert loaded.task.embedding.tokens.table.weight.shape[1] == 3
    assert [len(labels) for labels in loaded.predict(["the dogs see .", "the cat"])] == [4, 2]


def test_words_with_vectors_are_known_without_training_examples(composed, tmp_path):
    rows = {word: [0.1 * n, 0.2, -0.3] for n, word in enumerate(["the", "Zebra", "two words"])}
    path = written(tmp_path / "v.txt", rows)
    options = [
        f"task.embedding.tokens.vectors='{path}'",
        "task.embedding.tokens.embedding_dim=null",
    ]
    for lowercase, last in (("true", ["two words"]), ("false", ["Zebra", "two words"])):
        config = composed("task=tagging", *SMALL, *options, f"data.tokens.lowercase={lowercase}")
        data = instantiate(config.data)
        data.setup()
        vocabulary = data.vocabularies["tokens"]
        assert vocabulary.symbols[-len(last) :] == last
        assert len(set(vocabulary.symbols)) == len(vocabulary)
        assert "zebra" not in vocabulary
        assert ("Zebra" in vocabulary) == ("Zebra" in last)
    run(config, tmp_path / "run", "tagging")
    (tmp_path / "v.txt").unlink()
    loaded = bundle.load(tmp_path / "run/bundle")
    table = loaded.task.embedding.tokens.table.weight
    assert table.shape[0] == len(vocabulary)
    torch.testing.assert_close(table[-2].detach(), torch.tensor(rows["Zebra"]), atol=0.05, rtol=0)
    config = composed("task=tagging", *SMALL, *options, "data.tokens.words=null")
    data = instantiate(config.data)
    data.setup()
    assert "Zebra" not in data.vocabularies["tokens"]


def test_words_join_raw_text_too_but_not_byte_pairs(tmp_path):
    path = written(tmp_path / "v.txt", {"Zebra": [1.0, 2.0], "a": [0.0, 1.0]})
    field = TokenField(words=path)
    field.name = "tokens"
    field.fit([Record({"tokens": "a b a"})])
    assert field.vocabulary.symbols[4:] == ["a", "b", "Zebra"]
    assert field.encode([Record({"tokens": "a Zebra unseen"})])[0].tolist() == [4, 6, 1]
    with pytest.raises(UsageError, match="byte pairs spell every word"):
        TokenField(level="bpe", words=path)
