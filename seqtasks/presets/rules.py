"""The rules of the presets: from facts of the training data to options, each with its reason.

A line of a rule is an option, its value and why; behind these, other options with which it goes:
where one of them is typed, the line is left out. A rule reads by ``case.typed`` what is typed and
matters to its other lines, so that these follow it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from seqtasks.presets.amounts import MOST_SEEN, dropout, epochs, stepped, subwords, wide
from seqtasks.presets.decision import Decision
from seqtasks.presets.facts import Facts, Text

SHORT = 15
"""Words of a text in which each says much, so that it is spelled as well, and the network wider."""

VALIDATIONS = 20
"""Those of a training that ends within its first epoch."""

CHOOSING = 3_000
"""Examples of a validation split that tell one model from a better one."""

AVERAGED = "the mean of the last weights generalises better than the last"
RARE = "else nothing would teach what an unknown word is like"
LATE = "the rate falls to the end"


@dataclass(frozen=True)
class Case:
    """What a rule goes by.

    Attributes:
        facts: of the training data.
        values: option → value, of what is typed.
        passes: how much longer than with ``good`` training takes.
        width: how much wider the network is.
    """

    facts: Facts
    values: Mapping[str, Any] = field(default_factory=dict)
    passes: float = 1.0
    width: float = 1.0

    def typed(self, option: str, usual: Any) -> Any:
        """The value of an option that is typed; the usual one where it is not."""
        return self.values.get(option, usual)


Lines = Iterator[tuple[Any, ...]]
Rule = Callable[[Case], Lines]


def decisions(case: Case, task: str) -> list[Decision]:
    """What the rules of a task, a name in `RULES`, choose."""
    return [
        Decision(option, value, reason, tuple(along))
        for option, value, reason, *along in RULES[task](case)
    ]


def classification(case: Case) -> Lines:
    """One label for a sequence of words, characters or vectors."""
    facts, text = case.facts, case.facts.texts.get("tokens")
    count, usual, size = steps(case, "tokens"), 1, 128
    if text is not None:
        yield from reading(case, text, count)
        if is_spelling(text):
            usual = 2
            yield "task.embedding.tokens.embedding_dim", 48, "few symbols need few numbers"
        elif text.words < SHORT:
            size = 256
    if facts.steps:
        yield "encoder.cell", "gru", "fewer weights, for numbers that are few"
        yield "task.head.pooling", "mean", "every step of a measurement counts"
        yield "optimizer.lr", 0.002, "measurements are learnt by small steps", "optimizer"
    yield "callbacks", "ema", AVERAGED
    yield "task.head.label_smoothing", 0.1, "labels that people gave are not certain"
    yield from network(case, count, usual, size)
    yield from trained(case, count)


def tagging(case: Case) -> Lines:
    """A label for each step."""
    facts, text = case.facts, case.facts.texts.get("tokens")
    count = steps(case, "tokens")
    usual = 2 if count >= 100_000 else 1
    if text is not None:
        yield from spelling(text, facts.spans)
        yield "data.tokens.lowercase", True, "the spelling beside each word shows its case"
        yield "task.embedding.tokens.token_dropout", 0.1, "teaches what to do with unknown words"
        if facts.vectors and count < 200_000:
            late = "what is built on the vectors has to be learnt before they move"
            yield "task.embedding.tokens.tuning", 5, late
        elif not facts.vectors and facts.examples < 10_000:
            yield "data.tokens.min_count", 2, RARE, "data.tokens.max_size"
    if facts.spans:
        yield "task/head", "crf", "tags that spell spans depend on each other"
        if facts.outside > 0.85:
            yield "task.head.outside_penalty", "auto", "of spans so rare too few would be found"
    yield "callbacks", "ema", AVERAGED
    yield from network(case, count, usual, 256 if usual == 2 else 200)
    yield from trained(case, count)


def synchronous(case: Case) -> Lines:
    """A word out for each word in."""
    count = steps(case, "tokens")
    if case.facts.examples >= 5_000:
        for side in ("tokens", "tags"):
            yield f"data.{side}.min_count", 2, RARE, f"data.{side}.max_size"
    yield "callbacks", "ema", AVERAGED
    yield from network(case, count, 2, 256)
    yield from trained(case, count)


def joint(case: Case) -> Lines:
    """Several outputs of one encoder."""
    count = steps(case, "tokens")
    usual = 2 if count >= 100_000 else 1
    yield "data.tokens.lowercase", True, "the spelling beside each word shows its case"
    yield "callbacks", "ema", AVERAGED
    yield "task.embedding.tokens.token_dropout", 0.1, "teaches what to do with unknown words"
    heads = ("task.tagging", "task.classification", "task.language")
    yield from network(case, count, usual, 256 if usual == 2 else 200, heads)
    yield from trained(case, count)


def one_to_one(case: Case) -> Lines:
    """One step in, one label out."""
    count = case.facts.examples
    yield "callbacks", "ema", AVERAGED
    yield "encoder.hidden_size", wide(128, count, case.width), steps_of(count)
    yield from lasting(case, 20, 50_000, count, batch=256)


def translation(case: Case) -> Lines:
    """A sequence of words in, another out."""
    facts = case.facts
    count = steps(case, "target", translated_level(facts.texts["target"]))
    yield "callbacks", "ema", AVERAGED
    yield "encoder.cell", "gru", "as good as LSTM here, in less time"
    sides = ("source", "target")
    levels = {side: translated_level(facts.texts[side]) for side in sides}
    if facts.shared > 0.5 and levels["source"] == levels["target"]:
        same = "both sides have the same words"
        typed = ["data.source.share_vocabulary_with", "task.tied_source"]
        typed += [f"data.{side}.{name}" for side in sides for name in ("level", "max_size")]
        yield "data.source.share_vocabulary_with", "target", same, *typed
        yield "task.tied_source", True, same, *typed, "task.embedding.embedding_dim"
    for side, level in levels.items():
        along = [f"data.{side}.level", f"data.{side}.max_size"]
        if level == "character":
            yield f"data.{side}.level", level, "the script has no spaces"
        elif level == "bpe":
            parts = f"{facts.texts[side].distinct:,} different words, the rare ones by their parts"
            along += [f"data.{side}.min_count", "task/decoder"]
            yield f"data.{side}.level", level, parts, *along
            yield f"data.{side}.max_size", subwords(count), parts, *along
            if side == "source" and count < 5_000_000:
                cut = "each word in more ways than one"
                yield f"data.{side}.bpe_dropout", 0.1, cut, *along
        elif facts.examples >= 5_000:
            yield f"data.{side}.min_count", 2, RARE, *along
    size = wide(256, count, case.width)
    yield "encoder.hidden_size", size, steps_of(count)
    size = case.typed("encoder.hidden_size", size)
    yield "task.embedding.embedding_dim", size, "as wide as the encoder"
    yield "task.decoder.embedding.embedding_dim", size, "as wide as the encoder"
    for part in ("task.embedding", "task.decoder.embedding", "task.decoder"):
        yield f"{part}.dropout", dropout(count, layers=1), steps_of(count)
    yield "task.search.length_offset", 0, "short and long outputs compete evenly", "task/search"
    yield "task.search.max_length_ratio", 1.5, "no translation is that much longer", "task/search"
    batch = 64 if facts.examples >= 10_000 else 32
    yield from held_back(case)
    yield from batches(batch)
    yield from lasting(case, 14, 400_000, count, batch * count / max(1, facts.examples))
    yield "callbacks.early_stopping.patience", 10, LATE


def transduction(case: Case) -> Lines:
    """Symbols in, symbols out."""
    facts = case.facts
    for side in ("source", "target"):
        text = facts.texts[side]
        if not text.given:
            yield f"data.{side}.level", symbol_level(text), f"{text.words:.1f} words each"
    target = facts.texts["target"]
    spelled = case.typed("data.target.level", symbol_level(target)) == "character"
    longest = target.longest_characters if spelled else target.longest
    count = steps(case, "target", symbol_level(target))
    yield "callbacks", "ema", AVERAGED
    yield from network(case, count, 2, 256, ())
    layers = case.typed("task.decoder.recurrence.num_layers", 2)
    yield "task.decoder.recurrence.num_layers", 2, "as in the encoder"
    if layers > 1:
        yield "task.decoder.recurrence.dropout", dropout(count, layers), steps_of(count)
    yield "task.decoder.dropout", dropout(count, 2), steps_of(count)
    yield "task.search.max_length", max(30, 2 * longest), "twice the longest that is known"
    batch = 128 if facts.examples >= 50_000 else 64
    yield from held_back(case)
    yield from batches(batch)
    yield from lasting(case, 14, 400_000, count, batch * count / max(1, facts.examples))
    yield "callbacks.early_stopping", None, "what is rare is learnt at the end"


def question_answering(case: Case) -> Lines:
    """A question and a text in, an answer out."""
    facts = case.facts
    count = steps(case, "target", "word")
    if facts.copied > 0.3:
        yield "task/decoder", "copying", f"{facts.copied:.0%} of the answers stand in the text"
    yield "encoder.num_layers", 2, "facts are found by way of other facts"
    if case.typed("encoder.num_layers", 2) > 1:
        yield "encoder.dropout", 0.1, "the second layer learns late"
    yield "task.embedding.dropout", 0.15, "few words, which say everything"
    yield "task.decoder.dropout", 0.15, "few words, which say everything"
    batch = 16 if facts.examples < 20_000 else 32
    yield from held_back(case)
    yield from batches(batch)
    yield from lasting(case, 14, 400_000, count, batch * count / max(1, facts.examples))
    yield "callbacks.early_stopping", None, "what there is to learn is learnt late, and at once"


def generation(case: Case) -> Lines:
    """The next word or character."""
    facts, text = case.facts, case.facts.texts["tokens"]
    count = steps(case, "tokens")
    by_character = case.typed("data.tokens.level", level_of(text)) == "character"
    if by_character and not text.given:
        why = "the script has no spaces" if text.unspaced else f"{text.words:.1f} words each"
        yield "data.tokens.level", "character", why
    elif text.distinct > 10_000:
        yield "data.tokens.min_count", 2, RARE, "data.tokens.level", "data.tokens.max_size"
    if not facts.running:
        yield "data.tokens.eos", True, "texts are to end by themselves"
    yield "callbacks", "ema", AVERAGED
    yield from (characters if by_character else words)(case, count)
    rows = round(stepped(count, {200_000: 10, 2_000_000: 20, 10_000_000: 32}, 64))
    window = round(stepped(count, {2_000_000: 35, 10_000_000: 50}, 70))
    if by_character:
        rows, window = (32, 64) if count < 5_000_000 else (64, 100)
    if facts.running:
        yield "data.batching.batch_size", rows, "many short steps for few words"
        yield "data.batching.window", window, "many short steps for few words"
    usual, at = (15, 1_000_000) if by_character else (10, 500_000)
    yield from lasting(case, usual, at, count, rows * window)
    yield "callbacks.early_stopping.patience", 10, LATE


def words(case: Case, count: int) -> Lines:
    """A network that reads words, and scores by the vectors that it reads by."""
    usual = 1 if count < 200_000 else 2
    size = stepped(count, {200_000: 128, 2_000_000: 256, 20_000_000: 512}, 768)
    size = case.typed("encoder.hidden_size", round(size * case.width))
    yield "encoder.hidden_size", size, steps_of(count)
    yield "task.embedding.embedding_dim", size, "as wide as the outputs, which it scores"
    layers = case.typed("encoder.num_layers", usual)
    yield "encoder.num_layers", usual, steps_of(count)
    for place, there in {"encoder": layers > 1, "task.embedding": True, "task.head": True}.items():
        if there:
            yield f"{place}.dropout", dropout(count, layers), steps_of(count)
    far = "the vectors of many words have far to go"
    yield "optimizer.lr", round(min(0.02, max(0.004, 4 / size)), 4), far, "optimizer"
    seldom = "else the vectors of rare words move as far as those of common ones"
    yield "optimizer.eps", 1e-4, seldom, "optimizer"
    yield "trainer.gradient_clip_val", 0.25, "the first gradients are several times the others"
    yield "scheduler.warmup", 0.01, far, "scheduler"


def characters(case: Case, count: int) -> Lines:
    """A network that reads characters: deep and wide for its vocabulary."""
    size = stepped(count, {300_000: 256, 5_000_000: 384, 50_000_000: 512}, 768)
    rate = stepped(count, {300_000: 0.5, 2_000_000: 0.45, 5_000_000: 0.3, 20_000_000: 0.1}, 0.0)
    many = "weights that decay may be many"
    yield "optimizer", "adamw", many
    rate_of_adam = round(min(0.004, 1.5 / (case.width * size)), 4)
    yield "optimizer.lr", rate_of_adam, "layer norm makes large steps safe", "optimizer"
    yield "optimizer.weight_decay", 0.1, many, "optimizer"
    yield "encoder.num_layers", 2, steps_of(count)
    yield "encoder.hidden_size", round(case.width * size), steps_of(count)
    yield "encoder.residual", True, "gradients go by the layers"
    yield "encoder.layer_norm", True, "large steps are safe"
    if case.typed("encoder.num_layers", 2) > 1:
        yield "encoder.dropout", rate, steps_of(count)
    yield "task.head.dropout", rate, steps_of(count)
    yield "task.embedding.dropout", 0.0, "each character tells too little to be left out"


def reading(case: Case, text: Text, count: int) -> Lines:
    """How a text is cut, and what is read beside its words."""
    if level_of(text) == "character":
        why = "the script has no spaces" if text.unspaced else f"{text.words:.1f} words each"
        yield "data.tokens.level", "character", why
        if text.unspaced and case.facts.examples >= 5_000:
            seen = "a character seen once teaches nothing of itself"
            yield "data.tokens.min_count", 2, seen, "data.tokens.level", "data.tokens.max_size"
    level = case.typed("data.tokens.level", level_of(text))
    if level == "character":
        return
    yield "data.tokens.lowercase", True, "a word is the same at the beginning of a sentence"
    unknown = 0.2 if count < 100_000 else 0.1
    yield "task.embedding.tokens.token_dropout", unknown, "teaches what to do with unknown words"
    if text.distinct > 30_000:
        yield "data.tokens.min_count", 2, RARE, "data.tokens.level", "data.tokens.max_size"
    if text.words < SHORT and level == "word":
        yield "task/embedding/spelling", "convolutional", "in short texts rare words say the most"


def spelling(text: Text, spans: bool) -> Lines:
    """What is read of each word beside the word itself, where each has a label."""
    group = "task/embedding/spelling"
    if text.characters < 1.5 * text.words:
        yield group, None, "the tokens are characters, which have no spelling"
    elif spans:
        yield group, "convolutional", "names are told by parts of words"
        yield "task.embedding.spelling.filters", 50, "names are told by parts of words", group
        yield "task.embedding.spelling.dropout", 0.3, "parts are soon learnt by heart", group
        yield "task/embedding/case", "learned", "names are told by their case"
    else:
        yield "task.embedding.spelling.embedding_dim", 48, "suffixes tell much", group
        yield "task.embedding.spelling.encoder.hidden_size", 64, "suffixes tell much", group


def network(
    case: Case, count: int, layers: int, size: int, heads: tuple[str, ...] = ("task.head",)
) -> Lines:
    """Width and depth of the encoder, and the dropout around it."""
    yield "encoder.num_layers", layers, steps_of(count)
    yield "encoder.hidden_size", wide(size, count, case.width), steps_of(count)
    layers = case.typed("encoder.num_layers", layers)
    rate = dropout(count, layers)
    read = ["task.embedding.tokens"] if heads and "tokens" in case.facts.texts else []
    for place in (*read, *(["encoder"] if layers > 1 else []), *heads):
        yield f"{place}.dropout", rate, steps_of(count)


def trained(case: Case, count: int) -> Lines:
    """Batches, epochs, and what chooses the model, where a label is learnt."""
    examples = case.facts.examples
    size = round(stepped(examples, {4_000: 10, 6_000: 16, 100_000: 32}, 64))
    yield from held_back(case)
    yield from batches(size)
    yield from lasting(case, 20, 50_000, count, size * count / max(1, examples))
    yield "callbacks.early_stopping.patience", 10, LATE
    if examples < 2_000:
        for callback in ("callbacks.early_stopping", "callbacks.checkpoint"):
            tie, along = "scores of so few examples tie", (f"{callback}.mode",)
            yield f"{callback}.monitor", "val/loss", tie, *along
            yield (
                f"{callback}.mode",
                "min",
                "a loss is better when it is lower",
                *along,
                f"{callback}.monitor",
            )


def held_back(case: Case) -> Lines:
    """How much of the training data chooses the model, where no file of its own does."""
    if (examples := case.facts.examples) > 10 * CHOOSING:
        why = f"{CHOOSING:,} examples choose well enough, and more take long"
        yield "data.val_fraction", round(CHOOSING / examples, 4), why, "data.val", "data.folds"


def batches(size: int) -> Lines:
    """Examples of a batch."""
    yield "data.batching.batch_size", size, "steady gradients", "data.batching.batch_tokens"


def lasting(case: Case, usual: int, at: int, count: int, batch: float) -> Lines:
    """How long training takes: ``usual`` epochs for ``at`` steps, fewer epochs for more data.

    Of more data than `MOST_SEEN` a part is read once.
    """
    ends = ("max_epochs", "max_steps", "max_time", "limit_train_batches", "val_check_interval")
    along = tuple(f"trainer.{name}" for name in ends)
    if number := epochs(usual, at, count, case.passes):
        yield "trainer.max_epochs", number, steps_of(count), *along
        return
    most = MOST_SEEN * case.passes
    interval = max(1, round(most / batch / VALIDATIONS))
    yield "trainer.max_epochs", 1, steps_of(count), *along
    yield "trainer.max_steps", interval * VALIDATIONS, f"{most:,.0f} steps teach most", *along
    yield "trainer.val_check_interval", interval, f"{VALIDATIONS} validations on the way", *along


def steps(case: Case, name: str, level: str | None = None) -> int:
    """The steps of a field's examples together, as they are read; of vectors without a field."""
    text = case.facts.texts.get(name)
    if text is None:
        return round(case.facts.examples * case.facts.steps)
    level = case.typed(f"data.{name}.level", level or level_of(text))
    each = text.characters if level == "character" and not text.given else text.words
    return round(case.facts.examples * each)


def steps_of(count: int) -> str:
    """The commonest reason."""
    return f"{count:,} steps to learn from"


def level_of(text: Text) -> str:
    """The level by which a text is read."""
    return "character" if not text.given and (text.unspaced or is_spelling(text)) else "word"


def symbol_level(text: Text) -> str:
    """The level by which symbols are read: of a word that is spelled, its letters."""
    return "character" if not text.given and (text.unspaced or text.words < 1.5) else "word"


def translated_level(text: Text) -> str:
    """The level by which a text is translated."""
    if text.unspaced and not text.given:
        return "character"
    return "bpe" if text.distinct > 5_000 and not text.given else "word"


def is_spelling(text: Text) -> bool:
    """Whether a text is a name, a word or a code rather than a sentence."""
    return not text.given and not text.unspaced and text.words < 1.2 and text.characters < 40


RULES: dict[str, Rule] = {
    "classification": classification,
    "tagging": tagging,
    "synchronous": synchronous,
    "joint": joint,
    "one_to_one": one_to_one,
    "translation": translation,
    "transduction": transduction,
    "question_answering": question_answering,
    "generation": generation,
}
