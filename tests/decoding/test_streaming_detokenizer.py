"""Text as it comes against text decoded at the end."""

from __future__ import annotations

import random

import pytest

from seqtasks.decoding import (
    StreamingDetokenizer,
    generate_text,
    read_prompts,
    score_texts,
    search_text,
    stream_text,
)
from seqtasks.errors import UsageError


def first_stop(text, stops):
    """Where a reader of one character after the other stops: what is before the stop string."""
    for end in range(1, len(text) + 1):
        met = [stop for stop in stops if text[:end].endswith(stop)]
        if met:
            return text[: end - max(map(len, met))]
    return None


def bytewise(tokens):
    return bytes(tokens).decode("utf-8", "replace")


def bytes_of(symbols):
    """The text of tokens that number some strings of bytes."""
    return lambda tokens: b"".join(map(symbols.__getitem__, tokens)).decode("utf-8", "replace")


def cut(data, random_cuts):
    """Bytes in tokens of one to four."""
    tokens, start = [], 0
    while start < len(data):
        size = random_cuts.randint(1, 4)
        tokens.append(data[start : start + size])
        start += size
    return tokens


def test_pieces_of_valid_bytes_join_to_the_whole_text_not_a_character_late():
    for seed in range(30):
        dice = random.Random(seed)
        data = "".join(dice.choice("aß€☃𝄞 \n") for _ in range(60)).encode()
        symbols = cut(data, dice)
        transcript = StreamingDetokenizer(bytes_of(symbols))
        written = ""
        for place in range(len(symbols)):
            written += transcript.write(place)
            settled = b"".join(symbols[: place + 1]).decode("utf-8", "ignore")
            assert written == settled, f"seed {seed}, token {place}"
        assert written + transcript.close() == data.decode()


def test_pieces_of_any_bytes_join_to_the_whole_text():
    for seed in range(30):
        dice = random.Random(seed)
        data = bytes(dice.choice([65, 0xC3, 0xA9, 0xE2, 0x82, 0xF0, 0x9F, 0xFF]) for _ in range(90))
        symbols = cut(data, dice)
        transcript = StreamingDetokenizer(bytes_of(symbols))
        written = "".join(map(transcript.write, range(len(symbols)))) + transcript.close()
        assert written == data.decode("utf-8", "replace"), f"seed {seed}"


@pytest.mark.parametrize("level", ["character", "word", "bpe"])
def test_pieces_of_every_kind_of_token_join_to_what_the_vocabulary_decodes(writer, level):
    vocabulary = writer(level).vocabulary
    dice = random.Random(0)
    for _ in range(20):
        tokens = [dice.randrange(4, len(vocabulary)) for _ in range(60)]
        transcript = StreamingDetokenizer(vocabulary.decode)
        pieces = [transcript.write(token) for token in tokens]
        assert "".join(pieces) + transcript.close() == vocabulary.decode(tokens)


def test_only_a_few_tokens_are_decoded_however_long_the_text():
    longest = 0

    def decode(tokens):
        nonlocal longest
        longest = max(longest, len(tokens))
        return bytewise(tokens)

    transcript = StreamingDetokenizer(decode)
    for _ in range(300):
        transcript.write(0xF0)  # never settled
    assert longest < 12
    assert transcript.close() == "�"


def test_a_text_ends_before_its_first_stop_string():
    ends = 0
    for seed in range(300):
        dice = random.Random(seed)
        text = "".join(dice.choice("abc") for _ in range(25))
        stops = ["".join(dice.choice("abc") for _ in range(dice.randint(1, 5))) for _ in range(3)]
        symbols = cut(text, dice)
        transcript = StreamingDetokenizer(
            lambda tokens, symbols=symbols: "".join(map(symbols.__getitem__, tokens)), stops
        )
        written, told = "", f"seed {seed}: {text} cut before {stops}"
        for token in range(len(symbols)):
            written += transcript.write(token)
            before = "".join(symbols[: token + 1])
            assert transcript.ended == any(stop in before for stop in stops), told
            assert text.startswith(written), told
        written += transcript.close()
        expected = first_stop(text, stops)
        assert written == (text if expected is None else expected), told
        assert transcript.ended == (expected is not None), told
        ends += transcript.ended
    assert 0 < ends < 300


def test_nothing_is_held_back_that_no_stop_string_can_need():
    transcript = StreamingDetokenizer(lambda tokens: "".join(map(chr, tokens)), ["\n\n"])
    assert [transcript.write(ord(letter)) for letter in "ab\nc\n\nd"] == [
        "a", "b", "", "\nc", "", "", "",
    ]  # fmt: skip
    assert transcript.ended
    assert transcript.close() == ""


def test_a_stop_string_that_ends_with_the_replacement_itself():
    transcript = StreamingDetokenizer(bytewise, ["�"])
    assert transcript.write(0x41) == "A"
    assert transcript.write(0xE2) == ""
    assert transcript.close() == ""
    assert transcript.ended


@pytest.mark.parametrize("level", ["character", "word", "bpe"])
def test_generated_text_is_cut_at_a_stop_string_and_the_batch_goes_on(writer, level):
    model = writer(level)
    start = read_prompts(model, [[model.vocabulary.bos_id]] * 6)
    settings = {"max_length": 60, "min_length": 60, "seed": 4}
    free = generate_text(model, start, **settings)
    stop = [" ", "e"] if level != "word" else ["not", "or to"]
    found = generate_text(model, start, stop=stop, **settings)
    expected = [first_stop(text, stop) for text in free]
    assert found == [text if cut is None else cut for text, cut in zip(free, expected, strict=True)]
    assert len(set(map(len, found))) > 2
    [alone] = generate_text(model, start.rows([3]), stop=stop, rows=[3], **settings)
    assert alone == found[3]
    pieces = stream_text(model, start, stop=stop, **settings)
    joined = [""] * 6
    for drawn in pieces:
        for row, piece in drawn:
            joined[row] += piece
    assert joined == found


def test_a_row_that_met_its_stop_string_costs_no_more_steps(writer):
    model = writer("character")
    start = read_prompts(model, [[model.vocabulary.bos_id]])
    [free] = generate_text(model, start, 80, min_length=80)
    steps = 0
    step = model.step

    def counted(tokens, state):
        nonlocal steps
        steps += 1
        return step(tokens, state)

    model.step = counted
    [found] = generate_text(model, start, 80, min_length=80, stop=free[10])
    assert free[10] not in found
    assert steps == free.index(free[10]) + 1


def test_the_penalty_knows_the_prompt(writer):
    model = writer("character")
    start = read_prompts(model, [model.numbers("to be, or not")])
    letters = {model.vocabulary.index[letter] for letter in "to be, or not"}
    assert letters < start.seen[0]
    settings = {"max_length": 6, "min_length": 6, "temperature": 0, "repetition_penalty": 1e9}
    [text] = generate_text(model, start, **settings)
    [forgetful] = generate_text(model, start._replace(seen=[set()]), **settings)
    assert not set(text) & set("to be, or not")
    assert set(forgetful) & set("to be, or not")


def test_a_beam_finds_text(writer):
    model = writer("character")
    start = read_prompts(model, [model.numbers(text) for text in ("to be", "or", "is", "the q")])
    greedy = generate_text(model, start, 15, temperature=0)
    narrow = search_text(model, start, 15, beam_size=1)
    wide = search_text(model, start, 15, beam_size=30)
    assert [text for text, _ in narrow] == greedy
    gains = [w - n for (_, w), (_, n) in zip(wide, narrow, strict=True)]
    assert min(gains) > -1e-9
    assert max(gains) > 1


def test_a_beam_over_texts_without_an_end_runs_to_the_last_token(writer):
    model = writer("character")
    model.vocabulary.eos_id = None
    prompt = model.numbers("to be")
    start = read_prompts(model, [prompt])
    [(text, log_prob)] = search_text(model, start, 9, beam_size=4)
    assert len(text) == 9
    # The characters' own probabilities, by another way.
    whole = [*prompt, *(model.vocabulary.index[letter] for letter in text)]
    nats = score_texts(model, [whole, prompt])
    assert log_prob == pytest.approx(nats[1] - nats[0])
    stop = text[4]
    [(shorter, same)] = search_text(model, start, 9, beam_size=4, stop=[stop])
    assert (shorter, same) == (text[: text.index(stop)], log_prob)


@pytest.mark.parametrize("stop", [[""], ["a", ""], [None]])
def test_a_stop_string_has_a_character(stop):
    with pytest.raises(UsageError, match=r"stop: .* is given; expected strings of at least one"):
        StreamingDetokenizer(bytewise, stop)
