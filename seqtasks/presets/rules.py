"""The rules of the presets: from facts of the training data to options, each with its reason.

A line of a rule is an option, its value and why. ``passes`` and ``width`` are those of the preset:
how much longer training takes, and how much wider the network is, than with ``good``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from seqtasks.presets.decision import Decision
from seqtasks.presets.facts import Facts, Text

Rule = Callable[[Facts, float, float], Iterator[tuple[str, Any, str]]]


def decisions(facts: Facts, task: str, *, passes: float, width: float) -> list[Decision]:
    """What the rules of a task choose, groups before the options that they bring.

    Args:
        facts: of the training data.
        task: a name in `RULES`.
        passes: multiplies the epochs.
        width: multiplies the sizes of the layers.
    """
    return [Decision(*line) for line in RULES[task](facts, passes, width)]


def classification(facts: Facts, passes: float, width: float) -> Iterator[tuple[str, Any, str]]:
    """One label for a sequence of words, characters or vectors."""
    text = facts.texts.get("tokens")
    count = tokens_of(facts, text)
    if text is not None:
        yield from reading(text)
    yield "callbacks", "ema", "the mean of the last weights generalises better than the last"
    if text is not None and level_of(text) == "character":
        yield "encoder.num_layers", 2, "spellings are patterns of patterns"
    if facts.steps:
        yield "encoder.cell", "gru", "fewer weights, for numbers that are few"
        yield "task.head.pooling", "mean", "every step of a measurement counts"
    yield from regularised(count, ["task.embedding.tokens.dropout", "task.head.dropout"])
    yield "encoder.hidden_size", wide(128, count, width), f"{count:,} steps to learn from"
    yield from trained(facts, count, passes)


def tagging(facts: Facts, passes: float, width: float) -> Iterator[tuple[str, Any, str]]:
    """A label for each step."""
    text = facts.texts.get("tokens")
    count = tokens_of(facts, text)
    if text is not None and not text.unspaced:
        yield "data.tokens.lowercase", True, "the spelling beside each word shows its case"
    if text is not None and text.characters < 1.5 * text.words:
        yield "task/embedding/spelling", None, "the tokens are characters, which have no spelling"
    elif facts.spans:
        yield "task/embedding/spelling", "convolutional", "names are told by parts of words"
        yield "task/embedding/case", "learned", "names are told by their case"
    if facts.spans:
        yield "task/head", "crf", "tags that spell spans depend on each other"
    yield "callbacks", "ema", "the mean of the last weights generalises better than the last"
    yield "encoder.num_layers", 2 if count >= 100_000 else 1, f"{count:,} words to learn from"
    yield "encoder.hidden_size", wide(256, count, width), f"{count:,} words to learn from"
    yield "task.embedding.spelling.embedding_dim", 48, "suffixes tell much"
    yield "task.embedding.spelling.encoder.hidden_size", 64, "suffixes tell much"
    yield "task.embedding.tokens.token_dropout", 0.1, "teaches what to do with unknown words"
    yield from regularised(
        count, ["task.embedding.tokens.dropout", "task.head.dropout", "encoder.dropout"]
    )
    yield from trained(facts, count, passes)


def translation(facts: Facts, passes: float, width: float) -> Iterator[tuple[str, Any, str]]:
    """A sequence of words in, another out."""
    target = facts.texts["target"]
    count = round(facts.examples * target.words)
    yield "callbacks", "ema", "the mean of the last weights generalises better than the last"
    yield "encoder.cell", "gru", "as good as LSTM here, in less time"
    for side in ("source", "target"):
        text = facts.texts[side]
        if text.unspaced:
            yield f"data.{side}.level", "character", "the script has no spaces"
        elif text.distinct > 40_000:
            yield f"data.{side}.level", "bpe", f"{text.distinct:,} different words"
            yield f"data.{side}.max_size", 16_000, f"{text.distinct:,} different words"
        elif facts.examples >= 5_000:
            yield f"data.{side}.min_count", 2, "a word seen once teaches nothing of itself"
    size = wide(256, count, width)
    yield "encoder.hidden_size", size, f"{count:,} words to write"
    yield "task.embedding.embedding_dim", size, "as wide as the encoder"
    yield "task.decoder.embedding.embedding_dim", size, "as wide as the encoder"
    places = ["task.embedding.dropout", "task.decoder.embedding.dropout", "task.decoder.dropout"]
    yield from regularised(count, places)
    yield "task.search.length_offset", 0, "short and long outputs compete evenly"
    yield "task.search.max_length_ratio", 1.5, "no translation is that much longer"
    yield "data.batching.batch_size", 64 if facts.examples >= 10_000 else 32, "steady gradients"
    yield "trainer.max_epochs", epochs(14, 400_000, count, passes), f"{count:,} words to write"
    yield "callbacks.early_stopping.patience", 10, "the rate falls to the end"


def transduction(facts: Facts, passes: float, width: float) -> Iterator[tuple[str, Any, str]]:
    """Symbols in, symbols out."""
    source, target = facts.texts["source"], facts.texts["target"]
    count = round(facts.examples * target.words)
    yield "callbacks", "ema", "the mean of the last weights generalises better than the last"
    spelled = source.words < 1.5 or source.unspaced
    yield "data.source.level", "character" if spelled else "word", f"{source.words:.1f} words each"
    size = wide(256, count, width)
    yield "encoder.hidden_size", size, f"{count:,} symbols to write"
    yield "encoder.num_layers", 2, "symbols are patterns of patterns"
    yield "task.decoder.recurrence.num_layers", 2, "as in the encoder"
    places = ["encoder.dropout", "task.decoder.recurrence.dropout", "task.decoder.dropout"]
    yield from regularised(count, places)
    yield "task.search.max_length", max(30, 2 * target.longest), "twice the longest that is known"
    yield "data.batching.batch_size", 128 if facts.examples >= 50_000 else 64, "steady gradients"
    yield "trainer.max_epochs", epochs(14, 400_000, count, passes), f"{count:,} symbols to write"
    yield "callbacks.early_stopping", None, "what is rare is learnt at the end"


def question_answering(facts: Facts, passes: float, width: float) -> Iterator[tuple[str, Any, str]]:
    """A question and a text in, an answer out."""
    count = round(facts.examples * facts.texts["target"].words)
    if facts.copied > 0.3:
        yield "task/decoder", "copying", f"{facts.copied:.0%} of the answers stand in the text"
    yield "encoder.num_layers", 2, "facts are found by way of other facts"
    yield "encoder.dropout", 0.1, "the second layer learns late"
    yield "task.embedding.dropout", 0.15, "few words, which say everything"
    yield "task.decoder.dropout", 0.15, "few words, which say everything"
    yield "data.batching.batch_size", 16 if facts.examples < 20_000 else 32, "many steps an epoch"
    yield "trainer.max_epochs", epochs(14, 400_000, count, passes), f"{count:,} words to answer"
    yield "callbacks.early_stopping", None, "what there is to learn is learnt late, and at once"


def generation(facts: Facts, passes: float, width: float) -> Iterator[tuple[str, Any, str]]:
    """The next word or character."""
    text = facts.texts["tokens"]
    count = tokens_of(facts, text)
    if text.unspaced:
        yield "data.tokens.level", "character", "the script has no spaces"
    yield "encoder.hidden_size", wide(256, count, width), f"{count:,} words to learn from"


def reading(text: Text) -> Iterator[tuple[str, Any, str]]:
    """How a text is cut, and what is read beside its words."""
    if text.given:
        return
    if level_of(text) == "character":
        why = "the script has no spaces" if text.unspaced else f"{text.words:.1f} words each"
        yield "data.tokens.level", "character", why
        return
    yield "data.tokens.lowercase", True, "what stands first is no other word"
    yield "task/embedding/spelling", "convolutional", "rare words are told by their parts"


def level_of(text: Text) -> str:
    """The level by which a text is read."""
    short = text.words < 2.5 and text.characters < 40
    return "character" if text.unspaced or (short and not text.given) else "word"


def tokens_of(facts: Facts, text: Text | None) -> int:
    """The steps of all examples together, as the encoder reads them."""
    if text is None:
        return round(facts.examples * facts.steps)
    each = text.characters if level_of(text) == "character" else text.words
    return round(facts.examples * each)


def regularised(count: int, options: list[str]) -> Iterator[tuple[str, Any, str]]:
    """Dropout: the less there is to learn from, the more."""
    steps = (100_000, 500_000, 2_000_000, 10_000_000)
    rate = round(0.5 - 0.1 * sum(count >= step for step in steps), 1)
    for option in options:
        yield option, rate, f"{count:,} steps to learn from"


def wide(size: int, count: int, width: float) -> int:
    """A layer's width: twice as wide for ten times the data beyond two million steps."""
    grown = size * width * max(1.0, count / 2_000_000) ** 0.3
    return min(1024, max(32, round(grown / 16) * 16))


def epochs(usual: int, at: int, count: int, passes: float) -> int:
    """Epochs: ``usual`` for ``at`` steps, fewer for more, so that the steps seen grow slowly."""
    return max(1, min(80, round(usual * passes * (at / max(1, count)) ** 0.33)))


def trained(facts: Facts, count: int, passes: float) -> Iterator[tuple[str, Any, str]]:
    """Batches, epochs, and what chooses the model, where a label is learnt."""
    size = 16 if facts.examples < 6_000 else 32 if facts.examples < 100_000 else 64
    yield "data.batching.batch_size", size, f"{facts.examples:,} examples"
    yield "trainer.max_epochs", epochs(20, 50_000, count, passes), f"{count:,} steps to learn from"
    yield "callbacks.early_stopping.patience", 10, "the rate falls to the end"
    if facts.examples < 2_000:
        for callback in ("early_stopping", "checkpoint"):
            yield f"callbacks.{callback}.monitor", "val/loss", "scores of so few examples tie"
            yield f"callbacks.{callback}.mode", "min", "a loss is better when it is lower"


RULES: dict[str, Rule] = {
    "classification": classification,
    "tagging": tagging,
    "translation": translation,
    "transduction": transduction,
    "question_answering": question_answering,
    "generation": generation,
}
