"""Prompts read in pieces against prompts read whole, and texts cut in parts."""

from __future__ import annotations

import random

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers

from seqtasks.data.fields import TokenField
from seqtasks.data.record import Record
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.decoding import generate_text, prompts, read_prompts, text_tokens
from seqtasks.errors import UsageError


@pytest.mark.parametrize("window", [1, 3, 5, 1000])
def test_a_prompt_read_in_pieces_is_the_prompt_read_whole(writer, window):
    model = writer("character")
    texts = ["to be, or not", "", "café", "that is the question" * 3]
    numbers = [model.numbers(text) for text in texts[:1]] + [[model.vocabulary.bos_id]]
    numbers += [model.numbers(text) for text in texts[2:]]
    start = read_prompts(model, [iter(prompt) for prompt in numbers], window=window)
    assert start.first.tolist() == [prompt[-1] for prompt in numbers]
    assert start.seen == [set(prompt) for prompt in numbers]
    for row, prompt in enumerate(numbers):
        state = None
        for token in prompt[:-1]:
            _, state = model.step(torch.tensor([token]), state)
        expected = [torch.zeros(1, 8).double()] * 4 if state is None else state
        for part, alone in zip(start.state, expected, strict=True):
            torch.testing.assert_close(part[row], alone[0])
    assert model.longest <= window


def test_no_more_of_a_prompt_is_held_than_a_window(writer):
    model = writer("character")
    ahead = 0

    def long():
        nonlocal ahead
        for number in range(5000):
            ahead = number - read
            assert ahead <= 65
            yield 4 + number % 9

    read = 0
    whole = model.read

    def counted(tokens, lengths, state):
        nonlocal read
        read += tokens.size(1)
        return whole(tokens, lengths, state)

    model.read = counted
    start = read_prompts(model, [long()], window=64)
    assert read == 4999
    assert start.first.tolist() == [4 + 4999 % 9]


def test_rows_of_a_start_can_be_repeated_and_reordered(writer):
    model = writer("character")
    start = read_prompts(model, [model.numbers("to"), model.numbers("be or")])
    chosen = start.rows([1, 0, 1])
    assert chosen.first.tolist() == start.first[[1, 0, 1]].tolist()
    assert chosen.seen == [start.seen[1], start.seen[0], start.seen[1]]
    for part, given in zip(chosen.state, start.state, strict=True):
        assert torch.equal(part, given[[1, 0, 1]])


def test_a_prompt_without_a_token_is_refused(writer):
    with pytest.raises(UsageError, match="prompt 1 of the batch is empty"):
        read_prompts(writer("word"), [[5], []])


def test_no_prompts_give_no_texts(writer):
    model = writer("word")
    assert generate_text(model, read_prompts(model, []), 5) == []


@pytest.mark.parametrize("level", ["character", "word", "bpe"])
@pytest.mark.parametrize("lowercase", [True, False])
def test_a_text_in_parts_has_the_tokens_of_the_whole(writer, monkeypatch, level, lowercase):
    monkeypatch.setattr(prompts, "PART", 5)
    model = writer(level, lowercase=lowercase)
    dice = random.Random(0)
    for _ in range(50):
        alphabet = "tobe nora  \n\t,.'sÀ☃€5 I'm\r"
        text = "".join(dice.choice(alphabet) for _ in range(80)) + "end"
        assert list(text_tokens(model.field, text, {})) == model.numbers(text)


def test_parts_are_small(monkeypatch, writer):
    monkeypatch.setattr(prompts, "PART", 10)
    parts = list(prompts._parts("some words " * 50))
    assert "".join(parts) == "some words " * 50
    assert max(map(len, parts)) <= 10 + len("words ")


@pytest.mark.parametrize(
    ("level", "text", "expected"),
    [
        ("character", "to be? Zoë!\n", ["?", "Z", "ë", "!"]),
        ("word", "to be? is Zoë is Zoë", ["be?", "Zoë"]),
        ("bpe", "to be? Zoë!\n", []),
    ],
)
def test_unknown_symbols_are_named_in_order_and_read_as_unk(writer, level, text, expected):
    model = writer(level)
    unknown: dict[str, None] = {}
    tokens = list(text_tokens(model.field, text, unknown))
    assert list(unknown) == expected
    assert (model.vocabulary.unk_id in tokens) == bool(expected)


def test_case_is_folded_before_a_symbol_is_called_unknown(writer):
    model = writer("word", lowercase=True)
    unknown: dict[str, None] = {}
    assert list(text_tokens(model.field, "TO Be", unknown)) == model.numbers("to be")[:3]
    assert list(unknown) == ["be"]  # the sample has "be," and "be:"


def field_of(vocabulary, level):
    field = TokenField(level=level)
    field.vocabulary = vocabulary
    return field


def test_without_unk_an_unknown_symbol_is_refused_by_name():
    letters = Tokenizer(models.WordLevel({"a": 0, "b": 1}, unk_token="<unk>"))
    letters.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    listed = Vocabulary(["a", "b"])
    for field in (
        field_of(Vocabulary(["a", "b"], letters), "character"),
        field_of(listed, "word"),
    ):
        text = "ab" if field.level == "character" else "a b"
        assert list(text_tokens(field, text, {})) == [0, 1]
        with pytest.raises(UsageError, match=r"'x'.* has no <unk>"):
            list(text_tokens(field, text + text[1:-1] + "x", {}))


def test_a_text_of_an_unspaced_script_is_cut_as_the_tokens_that_are_given():
    field = TokenField()
    field.name = "tokens"
    field.fit([Record({"tokens": [*"我爱北京"]}), Record({"tokens": [*"北京"]})])
    unknown = {}
    numbers = list(text_tokens(field, "我爱 海", unknown))
    assert numbers == [*field.encode([Record({"tokens": "我爱 海"})])[0]]
    assert [*unknown] == ["海"]
