"""The embedded sample: exact probabilities, one reading for each sentence, correct forms."""

import math
import re
from collections import Counter, defaultdict
from functools import cache
from itertools import islice, product
from random import Random

import pytest

from seqtasks.data.sample import SampleReader, entropy, mean_length, sentences
from seqtasks.data.sample.conjugation import conjugate
from seqtasks.data.sample.distribution import WORLD, Distribution, Node
from seqtasks.data.sample.english import english_form
from seqtasks.data.sample.french import join
from seqtasks.data.sample.grammar import PHRASES
from seqtasks.data.sample.lexeme import Agreement, Context, Lexeme
from seqtasks.data.sample.lexicon import WORD_CLASSES
from seqtasks.data.sample.numbers import in_words
from seqtasks.data.sample.rendering import to_english, to_french
from seqtasks.data.sample.sentiment import label
from seqtasks.errors import DataError, UsageError

VOWEL = re.compile(r"[aàâeéèêiîoôuœAEIO]")
ELIDED = {"l'", "d'", "n'", "j'", "qu'", "puisqu'", "jusqu'"}
WHOLE = {"le", "la", "de", "ne", "je", "que", "ce", "puisque"}


@pytest.fixture(scope="module")
def drawn():
    return list(sentences(20_000, seed=7))


def mean_and_error(values):
    mean = sum(values) / len(values)
    variance = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
    return mean, math.sqrt(variance / len(values))


def test_sampled_surprise_and_length_agree_with_the_exact_ones(drawn):
    mean, error = mean_and_error([-sentence.log_prob for sentence in drawn])
    assert abs(mean - entropy()) < 3 * error
    mean, error = mean_and_error([len(sentence.english) for sentence in drawn])
    assert abs(mean - mean_length()) < 3 * error
    assert 8 < math.exp(entropy() / mean_length()) < 20


def test_equal_sentences_are_equal_in_everything(drawn):
    first = {}
    for sentence in drawn:
        assert first.setdefault(sentence.english, sentence) == sentence
    assert len(first) < len(drawn)


def surfaces(word):
    """Every English form a word can take."""
    forms = set()
    for person, plural, tense, finite in product(
        (1, 2, 3), (False, True), ("present", "past", "future"), (False, True)
    ):
        context = Context(Agreement(person, plural), tense, finite=finite)
        forms |= set(english_form(word, context).split("|"))
    return forms


SURFACES = {name: [(w, surfaces(w)) for w in words] for name, words in WORD_CLASSES.items()}


def readings(tokens):
    """All derivations of an English sentence, found by parsing instead of drawing."""

    @cache
    def parses(name, start):
        if name in WORD_CLASSES:
            found = tokens[start : start + 1]
            return [(w, start + 1) for w, forms in SURFACES[name] if forms.issuperset(found)]
        complete = []
        for rule in PHRASES[name]:
            partial = [((), start)]
            for step in rule.english_symbols:
                if step.part is None:
                    partial = [(p, i + 1) for p, i in partial if tokens[i : i + 1] == (step.word,)]
                else:
                    partial = [((*p, q), j) for p, i in partial for q, j in parses(step.word, i)]
            complete += [(Node(rule, parts), end) for parts, end in partial]
        return complete

    for tree, end in parses("Sentence", 0):
        if end == len(tokens) and to_english(tree)[0] == tokens:
            yield tree


def probability(name, tree):
    """The product of the probabilities of all choices in a derivation."""
    choice = WORLD.choices[name]
    option = tree if isinstance(tree, Lexeme) else tree.rule
    p = choice.probabilities[list(choice.options).index(option)]
    if isinstance(tree, Node):
        for part, child in zip(tree.rule.parts, tree.parts, strict=True):
            p *= probability(part, child)
    return p


def test_a_parser_finds_one_reading_with_the_same_probability(drawn):
    for sentence in drawn[:1500]:
        (tree,) = readings(sentence.english)
        assert to_french(tree) == sentence.french
        assert math.log(probability("Sentence", tree)) == pytest.approx(sentence.log_prob)


def test_sentences_of_nothing_but_homographs_have_one_reading():
    classes = Counter(form for words in SURFACES.values() for _, forms in words for form in forms)
    homographs = {
        name: [word for word, forms in words if any(classes[form] > 1 for form in forms)]
        for name, words in SURFACES.items()
    }
    confusing = Distribution(
        PHRASES, {name: homographs[name] or words[:1] for name, words in WORD_CLASSES.items()}
    )
    random = Random(0)
    for _ in range(500):
        tree, _ = confusing.draw("Sentence", random)
        assert list(readings(to_english(tree)[0])) == [tree]


def test_a_tiny_world_counted_out():
    """Every derivation of a small part of the grammar: probabilities, entropy and length."""
    tiny = Distribution(PHRASES, {name: words[:2] for name, words in WORD_CLASSES.items()})

    def derivations(name):
        choice = tiny.choices[name]
        for option, p in zip(choice.options, choice.probabilities, strict=True):
            if isinstance(option, Lexeme):
                yield option, p
                continue
            for parts in product(*(list(derivations(part)) for part in option.parts)):
                yield (
                    Node(option, tuple(tree for tree, _ in parts)),
                    p * math.prod(q for _, q in parts),
                )

    every = [(to_english(tree)[0], p) for tree, p in derivations("ThingRelative")]
    assert len(every) == len({tokens for tokens, _ in every}) > 500
    assert sum(p for _, p in every) == pytest.approx(1)
    assert tiny.entropy("ThingRelative") == pytest.approx(-sum(p * math.log(p) for _, p in every))
    length = sum(p * len(tokens) for tokens, p in every)
    assert tiny.mean_length("ThingRelative") == pytest.approx(length)


def test_context_decides_the_tags_of_many_words(drawn):
    tags = defaultdict(Counter)
    for sentence in drawn:
        for word, tag in zip(sentence.english, sentence.tags, strict=True):
            tags[word][tag] += 1
    assert sum(len(counts) > 1 for counts in tags.values()) >= 48
    total = sum(sum(counts.values()) for counts in tags.values())
    baseline = sum(max(counts.values()) for counts in tags.values()) / total
    assert 0.88 < baseline < 0.94
    assert set(tags["that"]) == {"DET", "SCONJ", "PRON"}
    assert set(tags["her"]) == {"DET", "PRON"}
    assert set(tags["light"]) == {"NOUN", "VERB", "ADJ"}


def test_classes_are_balanced(drawn):
    counts = Counter(sentence.label for sentence in drawn)
    assert set(counts) == {"positive", "negative", "neutral"}
    assert max(counts.values()) <= len(drawn) / 2


@pytest.mark.parametrize(
    ("english", "expected"),
    [
        ("the happy dog does not hate the sad cook .", "positive"),
        ("Anna was not happy .", "negative"),
        ("the nurse that loves Paul cries .", "negative"),
        ("she says that Paul does not smile .", "neutral"),
        ("he wants to help them .", "neutral"),
        ("he hates to help them .", "negative"),
        ("she smiles but Paul does not laugh .", "negative"),
        ("she smiles and Paul does not laugh .", "neutral"),
        ("she smiles and Paul walks .", "positive"),
        ("she smiles because Paul cries .", "positive"),
        ("unfortunately they are in the beautiful garden .", "neutral"),
        ("does Anna love the dog ?", "neutral"),
    ],
)
def test_labels(english, expected):
    (tree,) = readings(tuple(english.split()))
    assert label(tree) == expected


def test_shape_of_the_sentences(drawn):
    lemmas = {(w.english, w.tag) for words in WORD_CLASSES.values() for w in words}
    assert len(lemmas) >= 300
    lengths = sorted(len(sentence.english) for sentence in drawn)
    assert lengths[0] == 3
    assert lengths[int(0.99 * len(lengths))] <= 20
    for sentence in drawn:
        assert len(sentence.english) == len(sentence.tags)
        assert sentence.english[-1] == sentence.french[-1]
        assert sentence.english[-1] in ".?"
        assert sentence.log_prob < 0


def test_french_elides_and_contracts(drawn):
    for sentence in drawn:
        for word, following in zip(sentence.french, sentence.french[1:], strict=False):
            assert "|" not in word
            assert (word, following) not in {("de", "le"), ("de", "les"), ("à", "le"), ("à", "les")}
            starts_with_vowel = VOWEL.match(following) and following != "onze"
            if word in ELIDED:
                assert starts_with_vowel or following[0] == "h"
            elif word in WHOLE:
                assert not starts_with_vowel


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("the old man does not see a dog .", "le vieil homme ne voit pas de chien ."),
        ("she gives the book to her .", "elle lui donne le livre ."),
        ("my aunt will help him .", "ma tante l' aidera ."),
        ("the pretty red roses are near the park .", "les jolies roses rouges sont près du parc ."),
        ("some small owls saw her .", "de petits hiboux la voyaient ."),
        ("does Anna want to go to the school ?", "est-ce qu' Anna veut aller jusqu' à l' école ?"),
        ("I can not open Paul 's door .", "je ne peux pas ouvrir la porte de Paul ."),
        ("the cook that that guard guides sings .", "le cuisinier que ce garde guide chante ."),
    ],
)
def test_translations(english, french):
    trees = list(readings(tuple(english.split())))
    assert [" ".join(to_french(tree)) for tree in trees] == [french]


def test_conjugation():
    ils = Agreement(3, True)
    assert conjugate("finir", ils, "present") == "finissent"
    assert conjugate("menacer", Agreement(1, True), "past") == "menacions"
    assert conjugate("manger", Agreement(), "past") == "mangeait"
    assert conjugate("être", Agreement(2, True), "past") == "étiez"
    assert conjugate("nettoyer", ils, "future") == "nettoieront"
    assert join(["à", "le|l'", "hibou"]) == ["au", "hibou"]


def test_english_articles(drawn):
    before = {"a": set(), "an": set()}
    for sentence in drawn:
        for word, following in zip(sentence.english, sentence.english[1:], strict=False):
            if word in before:
                before[word].add(following)
    assert not before["a"] & before["an"]
    assert {"useful", "cook"} <= before["a"]
    assert {"honest", "old"} <= before["an"]


def test_the_first_sentences_of_a_seed_never_change():
    first, second = sentences(2, seed=0)
    assert " ".join(first.english) == (
        "the old guard will not guide her but Sophie will not insult him ."
    )
    assert " ".join(second.french) == (
        "son garde fier ne réussissait pas parce que Thomas cuisine ."
    )


def test_more_sentences_only_add_to_the_end():
    assert list(sentences(10, 3)) == list(sentences(100, 3))[:10]
    assert list(sentences(10, 3)) != list(sentences(10, 4))
    assert next(sentences(1, 3)) == next(sentences(1, 3))


def test_reader_gives_each_view():
    source = {"seed": 5, "sentences": 20}
    expected = list(sentences(20, 5))
    fields = {"tokens": None, "tags": None, "label": "label", "en": "source", "target": None}
    records = list(SampleReader().read(source, fields))
    assert [record.line for record in records] == list(range(1, 21))
    assert records[3].place == "sample:4"
    assert records[3].values == {
        "tokens": list(expected[3].english),
        "tags": list(expected[3].tags),
        "label": expected[3].label,
        "en": " ".join(expected[3].english),
        "target": " ".join(expected[3].french),
    }
    tokens = [word for sentence in expected for word in sentence.english]
    (text,) = SampleReader("text").read(source, {"tokens": None})
    assert text.values["tokens"].split() == tokens
    words = list(SampleReader("words").read(source, {"tokens": None, "label": None}))
    assert [record.values["tokens"] for record in words] == [[word] for word in tokens]
    assert words[0].values["label"] == expected[0].tags[0]
    nats = -sum(sentence.log_prob for sentence in expected)
    assert SampleReader("text").best_nats(source) == pytest.approx(nats)


@pytest.mark.parametrize(
    "source",
    [
        "train.txt",
        {"seed": 1},
        {"seed": 1, "sentences": 0},
        {"seed": "1", "sentences": 5},
        {"seed": True, "sentences": 5},
        {"seed": -1, "sentences": 5},
        {"seed": 1, "sentences": 5, "more": 2},
    ],
)
def test_reader_refuses_other_sources(source):
    with pytest.raises(DataError, match="seed: a whole number from 0") as error:
        SampleReader().read(source, {"tokens": None})
    assert "\n" not in str(error.value)


def test_reader_names_what_there_is():
    source = {"seed": 1, "sentences": 5}
    with pytest.raises(DataError, match=r"tokens, tags, label, source, target.*'label'"):
        SampleReader().read(source, {"lable": None})
    with pytest.raises(DataError, match=r"'tags'.*it has tokens, label"):
        SampleReader("words").read(source, {"tags": None})
    with pytest.raises(UsageError, match=r"'text'.*sentences, words, text"):
        SampleReader("txt")
    assert len(list(islice(SampleReader().read(source, {"tokens": None}), 9))) == 5


@pytest.mark.parametrize(
    ("number", "name", "decimal"),
    [
        (0, "zéro", None),
        (21, "vingt et un", None),
        (70, "soixante dix", "septante"),
        (71, "soixante et onze", "septante et un"),
        (81, "quatre vingt un", None),
        (200, "deux cents", None),
        (1_001, "mille un", None),
        (80_000, "quatre vingt mille", None),
        (200_091, "deux cent mille quatre vingt onze", "deux cent mille nonante et un"),
        (999_999, None, "neuf cent nonante neuf mille neuf cent nonante neuf"),
    ],
)
def test_numbers_in_words(number, name, decimal):
    assert name is None or in_words(number) == name
    assert in_words(number, decimal=True) == (decimal or name)


def test_no_two_numbers_share_a_name():
    names = {in_words(number, form) for number in range(20_000) for form in (False, True)}
    differ = sum(in_words(n) != in_words(n, decimal=True) for n in range(20_000))
    assert len(names) == 20_000 + differ


def test_reader_gives_numbers_with_every_right_name():
    pair = {"source": None, "target": None}
    records = list(SampleReader("numbers").read({"seed": 3, "sentences": 400}, pair))
    for record in records:
        number = int(record.values["source"])
        names = record.values["target"].split("\t")
        assert set(names) == {in_words(number), in_words(number, decimal=True)}
        assert names[0] == in_words(number)
    assert 50 < sum("\t" in record.values["target"] for record in records) < 200


def test_a_story_answers_its_question():
    columns = {"story": None, "question": None, "answer": None}
    records = list(SampleReader("stories").read({"seed": 3, "sentences": 300}, columns))
    for record in records:
        values = record.values
        name = values["question"].split()[2]
        [told] = [part for part in values["story"].split(" . ") if part.startswith(f"{name} ")]
        assert told.split()[4] == values["answer"]
    counts = Counter(record.values["answer"] for record in records)
    assert len(counts) == 6
    assert max(counts.values()) < 90
