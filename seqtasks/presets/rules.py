"""The rules of the presets: from facts of the training data to options, each with its reason.

A line of a rule is an option, its value and why. ``passes`` and ``width`` are those of the preset:
how much longer training takes, and how much wider the network is, than with ``good``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from seqtasks.presets.decision import Decision
from seqtasks.presets.facts import Facts, Text

Lines = Iterator[tuple[str, Any, str]]
Rule = Callable[[Facts, float, float], Lines]

MOST_SEEN = 50_000_000
"""Steps that ``good`` sees at most, of all epochs together: some hours on a laptop."""

VALIDATIONS = 20
"""Those of a training that ends within its first epoch."""

AVERAGED = "the mean of the last weights generalises better than the last"


def decisions(facts: Facts, task: str, *, passes: float, width: float) -> list[Decision]:
    """What the rules of a task choose, groups before the options that they bring.

    Args:
        facts: of the training data.
        task: a name in `RULES`.
        passes: multiplies the epochs.
        width: multiplies the sizes of the layers.
    """
    return [Decision(*line) for line in RULES[task](facts, passes, width)]


def classification(facts: Facts, passes: float, width: float) -> Lines:
    """One label for a sequence of words, characters or vectors."""
    text = facts.texts.get("tokens")
    count = tokens_of(facts, text)
    layers = 1
    if text is not None:
        yield from reading(text, facts.examples)
        if is_spelling(text):
            layers = 2
            yield "encoder.num_layers", layers, "spellings are patterns of patterns"
            yield "task.embedding.tokens.embedding_dim", 48, "few symbols need few numbers"
    if facts.steps:
        yield "encoder.cell", "gru", "fewer weights, for numbers that are few"
        yield "task.head.pooling", "mean", "every step of a measurement counts"
        yield "optimizer.lr", 0.002, "measurements are learnt by small steps"
    yield "callbacks", "ema", AVERAGED
    yield from dropped(count, layers, text is not None)
    yield "task.head.label_smoothing", 0.1, "labels that people gave are not certain"
    yield "encoder.hidden_size", wide(128, count, width), steps_of(count)
    yield from trained(facts, count, passes)


def tagging(facts: Facts, passes: float, width: float) -> Lines:
    """A label for each step."""
    text = facts.texts.get("tokens")
    count = tokens_of(facts, text)
    layers = 2 if count >= 100_000 else 1
    if text is not None:
        yield from spelling(text, facts.spans)
        yield "data.tokens.lowercase", True, "the spelling beside each word shows its case"
        yield "task.embedding.tokens.token_dropout", 0.1, "teaches what to do with unknown words"
    if facts.spans:
        yield "task/head", "crf", "tags that spell spans depend on each other"
        if facts.outside > 0.85:
            rare = "spans are so rare that too few would be found"
            yield "task.head.class_weights", {"O": 0.5}, rare
    if facts.vectors and count < 200_000:
        yield (
            "task.embedding.tokens.tuning",
            "frozen",
            "so few words move few vectors, and not well",
        )
    yield "callbacks", "ema", AVERAGED
    yield "encoder.num_layers", layers, steps_of(count)
    yield "encoder.hidden_size", wide(256 if layers == 2 else 200, count, width), steps_of(count)
    yield from dropped(count, layers, text is not None)
    yield from trained(facts, count, passes)


def synchronous(facts: Facts, passes: float, width: float) -> Lines:
    """A word out for each word in."""
    text = facts.texts["tokens"]
    count = tokens_of(facts, text)
    if facts.examples >= 5_000:
        for side in ("tokens", "tags"):
            yield f"data.{side}.min_count", 2, "a word seen once teaches nothing of itself"
    yield "callbacks", "ema", AVERAGED
    yield "encoder.num_layers", 2, "a layer to read and one to write"
    yield "encoder.hidden_size", wide(256, count, width), steps_of(count)
    yield from dropped(count, layers=2, words=True)
    yield from trained(facts, count, passes)


def joint(facts: Facts, passes: float, width: float) -> Lines:
    """Several outputs of one encoder."""
    text = facts.texts["tokens"]
    count = tokens_of(facts, text)
    layers = 2 if count >= 100_000 else 1
    yield "data.tokens.lowercase", True, "the spelling beside each word shows its case"
    yield "callbacks", "ema", AVERAGED
    yield "encoder.num_layers", layers, steps_of(count)
    yield "encoder.hidden_size", wide(256 if layers == 2 else 200, count, width), steps_of(count)
    yield "task.embedding.tokens.token_dropout", 0.1, "teaches what to do with unknown words"
    rate = dropout(count, layers)
    for place in ("embedding.tokens", "tagging", "classification", "language"):
        yield f"task.{place}.dropout", rate, steps_of(count)
    if layers > 1:
        yield "encoder.dropout", rate, steps_of(count)
    yield from trained(facts, count, passes)


def one_to_one(facts: Facts, passes: float, width: float) -> Lines:
    """One step in, one label out."""
    count = facts.examples
    yield "callbacks", "ema", AVERAGED
    yield "encoder.hidden_size", wide(128, count, width), steps_of(count)
    yield from lasting(20, 50_000, count, passes, batch=256)


def translation(facts: Facts, passes: float, width: float) -> Lines:
    """A sequence of words in, another out."""
    target = facts.texts["target"]
    count = round(facts.examples * target.words)
    yield "callbacks", "ema", AVERAGED
    yield "encoder.cell", "gru", "as good as LSTM here, in less time"
    if facts.shared > 0.5:
        yield "data.source.share_vocabulary_with", "target", "both sides have the same words"
        yield "task.tied_source", True, "both sides have the same words"
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
    for part in ("embedding", "decoder.embedding", "decoder"):
        yield f"task.{part}.dropout", dropout(count, layers=1), steps_of(count)
    yield "task.search.length_offset", 0, "short and long outputs compete evenly"
    yield "task.search.max_length_ratio", 1.5, "no translation is that much longer"
    size = 64 if facts.examples >= 10_000 else 32
    yield "data.batching.batch_size", size, "steady gradients"
    yield from lasting(14, 400_000, count, passes, size * target.words)
    yield "callbacks.early_stopping.patience", 10, "the rate falls to the end"


def transduction(facts: Facts, passes: float, width: float) -> Lines:
    """Symbols in, symbols out."""
    for side in ("source", "target"):
        text = facts.texts[side]
        level = "character" if text.unspaced or text.words < 1.5 else "word"
        if not text.given:
            yield f"data.{side}.level", level, f"{text.words:.1f} words each"
    each = text.characters if level == "character" else text.words
    longest = text.longest if level == "word" else round(3 * text.characters)
    count = round(facts.examples * each)
    yield "callbacks", "ema", AVERAGED
    size = wide(256, count, width)
    yield "encoder.hidden_size", size, f"{count:,} symbols to write"
    yield "encoder.num_layers", 2, "symbols are patterns of patterns"
    yield "task.decoder.recurrence.num_layers", 2, "as in the encoder"
    for part in ("encoder", "task.decoder.recurrence", "task.decoder"):
        yield f"{part}.dropout", dropout(count, layers=2), steps_of(count)
    yield "task.search.max_length", max(30, 2 * longest), "twice the longest that is known"
    size = 128 if facts.examples >= 50_000 else 64
    yield "data.batching.batch_size", size, "steady gradients"
    yield from lasting(14, 400_000, count, passes, size * each)
    yield "callbacks.early_stopping", None, "what is rare is learnt at the end"


def question_answering(facts: Facts, passes: float, width: float) -> Lines:
    """A question and a text in, an answer out."""
    count = round(facts.examples * facts.texts["target"].words)
    if facts.copied > 0.3:
        yield "task/decoder", "copying", f"{facts.copied:.0%} of the answers stand in the text"
    yield "encoder.num_layers", 2, "facts are found by way of other facts"
    yield "encoder.dropout", 0.1, "the second layer learns late"
    yield "task.embedding.dropout", 0.15, "few words, which say everything"
    yield "task.decoder.dropout", 0.15, "few words, which say everything"
    size = 16 if facts.examples < 20_000 else 32
    yield "data.batching.batch_size", size, "many steps an epoch"
    yield from lasting(14, 400_000, count, passes, size * facts.texts["target"].words)
    yield "callbacks.early_stopping", None, "what there is to learn is learnt late, and at once"


def generation(facts: Facts, passes: float, width: float) -> Lines:
    """The next word or character."""
    text = facts.texts["tokens"]
    count = tokens_of(facts, text)
    by_character = level_of(text) == "character"
    if text.unspaced and not text.given:
        yield "data.tokens.level", "character", "the script has no spaces"
    elif not by_character and text.distinct > 10_000:
        yield "data.tokens.min_count", 2, "else nothing would teach what an unknown word is like"
    if not facts.running:
        yield "data.tokens.eos", True, "texts are to end by themselves"
    yield "callbacks", "ema", AVERAGED
    yield from (characters if by_character else words)(count, width)
    rows = round(stepped(count, {200_000: 10, 2_000_000: 20, 10_000_000: 32}, 64))
    window = round(stepped(count, {2_000_000: 35, 10_000_000: 50}, 70))
    if by_character:
        rows, window = (32, 64) if count < 5_000_000 else (64, 100)
    if facts.running:
        yield "data.batching.batch_size", rows, "many short steps for few words"
        yield "data.batching.window", window, "many short steps for few words"
    usual, at = (15, 1_000_000) if by_character else (10, 500_000)
    yield from lasting(usual, at, count, passes, rows * window)
    yield "callbacks.early_stopping.patience", 10, "the rate falls to the end"


def words(count: int, width: float) -> Lines:
    """A network that reads words, and scores by the vectors that it reads by."""
    layers = 1 if count < 200_000 else 2
    size = round(width * stepped(count, {200_000: 128, 2_000_000: 256, 20_000_000: 512}, 768))
    yield "encoder.num_layers", layers, steps_of(count)
    yield "encoder.hidden_size", size, steps_of(count)
    yield "task.embedding.embedding_dim", size, "as wide as the outputs, which it scores"
    for place in ("encoder", "task.embedding", "task.head"):
        if layers > 1 or place != "encoder":
            yield f"{place}.dropout", dropout(count, layers), steps_of(count)
    rate = round(min(0.01, max(0.002, 2 / size)), 4)
    yield "optimizer.lr", rate, "the vectors of many words have far to go"
    yield "trainer.gradient_clip_val", 0.25, "the first gradients are several times the others"
    yield "scheduler.warmup", 0.01, "the vectors of many words have far to go"


def characters(count: int, width: float) -> Lines:
    """A network that reads characters: deep and wide for its vocabulary."""
    size = round(width * stepped(count, {300_000: 256, 5_000_000: 384, 50_000_000: 512}, 768))
    rate = stepped(count, {300_000: 0.5, 2_000_000: 0.45, 5_000_000: 0.3, 20_000_000: 0.1}, 0.0)
    yield "optimizer", "adamw", "weights that decay may be many"
    yield "optimizer.lr", round(min(0.004, 1.5 / size), 4), "layer norm makes large steps safe"
    yield "optimizer.weight_decay", 0.1, "weights that decay may be many"
    yield "encoder.num_layers", 2, steps_of(count)
    yield "encoder.hidden_size", size, steps_of(count)
    yield "encoder.residual", True, "gradients go by the layers"
    yield "encoder.layer_norm", True, "large steps are safe"
    yield "encoder.dropout", rate, steps_of(count)
    yield "task.head.dropout", rate, steps_of(count)
    yield "task.embedding.dropout", 0.0, "each character tells too little to be left out"


def reading(text: Text, examples: int) -> Lines:
    """How a text is cut, and what is read beside its words."""
    if level_of(text) == "character":
        why = "the script has no spaces" if text.unspaced else f"{text.words:.1f} words each"
        yield "data.tokens.level", "character", why
        if text.unspaced and examples >= 5_000:
            yield "data.tokens.min_count", 2, "a character seen once teaches nothing of itself"
        return
    yield "data.tokens.lowercase", True, "a word is the same at the beginning of a sentence"
    yield "task.embedding.tokens.token_dropout", 0.1, "teaches what to do with unknown words"
    if text.distinct > 30_000:
        yield "data.tokens.min_count", 2, "a word seen once teaches nothing of itself"
    if text.words < 15:
        yield "task/embedding/spelling", "convolutional", "in short texts rare words say the most"


def spelling(text: Text, spans: bool) -> Lines:
    """What is read of each word beside the word itself, where each has a label."""
    if text.characters < 1.5 * text.words:
        yield "task/embedding/spelling", None, "the tokens are characters, which have no spelling"
    elif spans:
        yield "task/embedding/spelling", "convolutional", "names are told by parts of words"
        yield "task/embedding/case", "learned", "names are told by their case"
    else:
        yield "task.embedding.spelling.embedding_dim", 48, "suffixes tell much"
        yield "task.embedding.spelling.encoder.hidden_size", 64, "suffixes tell much"


def level_of(text: Text) -> str:
    """The level by which a text is read."""
    if text.level != "word" or text.given:
        return text.level
    return "character" if text.unspaced or is_spelling(text) else "word"


def is_spelling(text: Text) -> bool:
    """Whether a text is a name, a word or a code rather than a sentence."""
    return not text.given and not text.unspaced and text.words < 2.5 and text.characters < 40


def tokens_of(facts: Facts, text: Text | None) -> int:
    """The steps of all examples together, as the encoder reads them."""
    if text is None:
        return round(facts.examples * facts.steps)
    each = text.characters if level_of(text) == "character" else text.words
    return round(facts.examples * each)


def steps_of(count: int) -> str:
    """The commonest reason."""
    return f"{count:,} steps to learn from"


def dropout(count: int, layers: int) -> float:
    """The less there is to learn from the more; stacked layers, each with its own, need less."""
    usual = {100_000: 0.5, 1_500_000: 0.4, 5_000_000: 0.3, 20_000_000: 0.2}
    return round(stepped(count, usual, 0.1) - (0.1 if layers > 1 else 0.0), 1)


def dropped(count: int, layers: int, words: bool) -> Lines:
    """Dropout of what is read, between layers, and of what they give."""
    rate = dropout(count, layers)
    places = {"task.embedding.tokens": words, "encoder": layers > 1, "task.head": True}
    for place, there in places.items():
        if there:
            yield f"{place}.dropout", rate, steps_of(count)


def wide(size: int, count: int, width: float) -> int:
    """A layer's width: twice as wide for ten times the data beyond two million steps."""
    grown = size * width * max(1.0, count / 2_000_000) ** 0.3
    return min(1024, max(32, round(grown / 16) * 16))


def stepped(count: int, values: dict[int, float], last: float) -> float:
    """The value below the first of some counts that is larger than this one."""
    return next((value for most, value in values.items() if count < most), last)


def lasting(usual: int, at: int, count: int, passes: float, batch: float) -> Lines:
    """How long training takes: ``usual`` epochs for ``at`` steps, fewer epochs for more data.

    The steps that are seen grow with the data's power of two thirds, up to `MOST_SEEN`; of more
    data than that a part is read once.

    Args:
        usual: epochs.
        at: steps of the data that takes so many.
        count: steps of this data.
        passes: multiplies the epochs, and the most that is seen.
        batch: steps in a batch.
    """
    epochs = max(1, round(passes * min(80, usual * (at / max(1, count)) ** 0.33)))
    most = MOST_SEEN * passes
    if epochs * count <= most:
        yield "trainer.max_epochs", epochs, steps_of(count)
        return
    if count <= most:
        yield "trainer.max_epochs", int(most / count), steps_of(count)
        return
    interval = max(1, round(most / batch / VALIDATIONS))
    yield "trainer.max_epochs", 1, steps_of(count)
    yield "trainer.max_steps", interval * VALIDATIONS, f"{most:,.0f} steps are enough for a start"
    yield "trainer.val_check_interval", interval, f"{VALIDATIONS} validations on the way"


def trained(facts: Facts, count: int, passes: float) -> Lines:
    """Batches, epochs, and what chooses the model, where a label is learnt."""
    size = 16 if facts.examples < 6_000 else 32 if facts.examples < 100_000 else 64
    yield "data.batching.batch_size", size, f"{facts.examples:,} examples"
    yield from lasting(20, 50_000, count, passes, size * count / max(1, facts.examples))
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
    "synchronous": synchronous,
    "joint": joint,
    "one_to_one": one_to_one,
}
