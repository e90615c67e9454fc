"""Small files as people have them, the task they are for, and what is to be read from them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

NONE: Mapping[str, Any] = MappingProxyType({})

REVIEWS = ("good fun, all of it", "a bore", "fine acting", "too long by far", "loved it", "no plot")
KINDS = ("pos", "neg", "pos", "neg", "pos", "neg")
PAIRS = (
    ("the dog sleeps in the sun", "der Hund schläft in der Sonne"),
    ("a cat", "eine Katze"),
    ("go", "geh"),
)
TOKENS = (("Ada", "B-PER"), ("slept", "O"), (".", "O"))
RNA = ("Anna", "Berlin", "Carla", "Dora", "Emil", "Frida", "Gustav", "Hanna")


class Case(NamedTuple):
    """Files of a person.

    Attributes:
        task: that is trained on them.
        files: name → content, a text or bytes.
        options: that are to be decided, beside the choice of ``data``.
        first: the values of the first record.
        data: the choice of the reader.
        train: what ``data.train`` is; None for the first file.
        typed: options that the person types.
    """

    task: str
    files: dict[str, str | bytes]
    first: dict[str, Any]
    options: Mapping[str, Any] = NONE
    data: str = "table"
    train: Any = None
    typed: Mapping[str, Any] = NONE


def rows(separator: str, *columns: Any, head: str = "", end: str = "\n") -> str:
    """A table of columns."""
    lines = [separator.join(map(str, row)) for row in zip(*columns, strict=True)]
    return "".join(f"{line}{end}" for line in ([head] if head else []) + lines)


def quoted(texts: Any) -> list[str]:
    return [f'"{text}"' for text in texts]


def sentences(*rows: str, times: int = 3) -> str:
    return "\n\n".join(["\n".join(rows)] * times) + "\n"


TEXT, LABEL = "data.tokens.column", "data.label.column"
HEAD, DELIMITER = "data.reader.header", "data.reader.delimiter"
FIRST = {"tokens": REVIEWS[0], "label": "pos"}
NUMBERED = ("1", "0", "1", "0", "1", "0")

CASES: dict[str, Case] = {
    "names that say it": Case(
        "classification",
        {"reviews.csv": rows(",", quoted(REVIEWS), KINDS, head="review,sentiment")},
        FIRST,
        {TEXT: "review", LABEL: "sentiment"},
    ),
    "the fields' own names": Case(
        "classification",
        {"a.csv": rows(",", KINDS, quoted(REVIEWS), head="label,tokens")},
        FIRST,
    ),
    "semicolons": Case(
        "classification",
        {"a.csv": rows(";", KINDS, REVIEWS, head="label;text")},
        FIRST,
        {TEXT: "text", DELIMITER: ";"},
    ),
    "semicolons, commas in the texts, no names": Case(
        "classification",
        {"a.csv": rows(";", KINDS, [f"{text}, then" for text in REVIEWS])},
        {"tokens": f"{REVIEWS[0]}, then", "label": "pos"},
        {TEXT: 1, LABEL: 0, DELIMITER: ";", HEAD: False},
    ),
    "a byte order mark, Windows line ends, capitals": Case(
        "classification",
        {
            "a.csv": b"\xef\xbb\xbf"
            + rows(",", quoted(REVIEWS), KINDS, head="Review Text,Label", end="\r\n").encode()
        },
        FIRST,
        {TEXT: "Review Text", LABEL: "Label"},
    ),
    "utf-16 from Excel": Case(
        "classification",
        {"a.csv": rows("\t", REVIEWS, KINDS, head="text\tlabel").encode("utf-16")},
        FIRST,
        {TEXT: "text", DELIMITER: "\t"},
    ),
    "sep= of Excel": Case(
        "classification",
        {"a.csv": "sep=;\n" + rows(";", REVIEWS, KINDS, head="text;label")},
        FIRST,
        {TEXT: "text"},
    ),
    "numbers of rows and a date": Case(
        "classification",
        {
            "a.csv": rows(
                ",",
                range(6),
                [f"2024-01-0{day}" for day in range(1, 7)],
                quoted(REVIEWS),
                KINDS,
                head=",date,body,class",
            )
        },
        FIRST,
        {TEXT: "body", LABEL: "class"},
    ),
    "v1 and v2, with empty columns": Case(
        "classification",
        {"spam.csv": rows(",", KINDS, quoted(REVIEWS), [""] * 6, [""] * 6, head="v1,v2,,")},
        FIRST,
        {TEXT: "v2", LABEL: "v1"},
    ),
    "no names, a number first": Case(
        "classification",
        {"a.csv": rows(",", NUMBERED, quoted(REVIEWS))},
        FIRST | {"label": "1"},
        {TEXT: 1, LABEL: 0, HEAD: False},
    ),
    "no names, the label last": Case(
        "classification",
        {"a.tsv": rows("\t", REVIEWS, KINDS)},
        FIRST,
        {TEXT: 0, LABEL: 1, HEAD: False},
    ),
    "quotes over several lines": Case(
        "classification",
        {"a.csv": rows(",", KINDS, quoted(["one\ntwo, three", *REVIEWS[1:]]), head="label,text")},
        {"tokens": "one\ntwo, three", "label": "pos"},
        {TEXT: "text"},
    ),
    "a title and a text": Case(
        "classification",
        {"a.csv": rows(",", quoted(REVIEWS), quoted(REVIEWS), KINDS, head="title,text,label")},
        FIRST,
        {TEXT: "text"},
    ),
    "a label and its number": Case(
        "classification",
        {"a.csv": rows(",", quoted(REVIEWS), NUMBERED, KINDS, head="text,code,label")},
        FIRST,
        {TEXT: "text"},
    ),
    "one word and its kind": Case(
        "one_to_one",
        {"a.csv": rows(",", RNA, ["f", "x"] * 4, head="who,what")},
        {"tokens": "Anna", "label": "f"},
        {TEXT: "who", LABEL: "what"},
    ),
    "tabs without a suffix": Case(
        "classification",
        {"reviews": rows("\t", range(6), REVIEWS, KINDS, head="id\tsentence\tlabel")},
        FIRST,
        {"data.reader.format": "tsv", TEXT: "sentence"},
    ),
    "CSV in a file of text": Case(
        "classification",
        {"reviews.txt": rows(",", KINDS, quoted(REVIEWS), head="label,text")},
        FIRST,
        {"data.reader.format": "csv", TEXT: "text"},
    ),
    "JSON lines with more in them": Case(
        "classification",
        {
            "a.jsonl": rows(
                "",
                [
                    f'{{"id": {n}, "user": {{"name": "x"}}, "content": "{text}", "stars": {kind}}}'
                    for n, (text, kind) in enumerate(zip(REVIEWS, NUMBERED, strict=True))
                ],
            )
        },
        FIRST | {"label": "1"},
        {TEXT: "content", LABEL: "stars"},
    ),
    "a list of JSON objects": Case(
        "classification",
        {
            "a.json": "[\n"
            + ",\n".join(
                f'  {{\n"text": "{text}",\n"intent": "{kind}"}}'
                for text, kind in zip(REVIEWS, KINDS, strict=True)
            )
            + "\n]\n"
        },
        FIRST,
        {TEXT: "text", LABEL: "intent"},
    ),
    "JSON lines in a file of text": Case(
        "classification",
        {"a.txt": '{"text": "a film", "label": true}\n{"text": "a bore", "label": false}\n'},
        {"tokens": "a film", "label": "true"},
        {"data.reader.format": "jsonl", TEXT: "text"},
    ),
    "premise and hypothesis": Case(
        "classification",
        {
            "snli.jsonl": '{"sentence1": "a man sleeps", "sentence2": "he rests", '
            '"gold_label": "entailment", "annotator_labels": ["entailment", "neutral"]}\n'
        },
        {"tokens": "a man sleeps", "pair": "he rests", "label": "entailment"},
        {
            "+field@data.pair": "pair",
            TEXT: "sentence1",
            "data.pair.column": "sentence2",
            LABEL: "gold_label",
        },
    ),
    "a label before each text": Case(
        "classification",
        {"a.txt": rows(" ", KINDS, REVIEWS)},
        FIRST,
        data="lines",
    ),
    "a label behind each text": Case(
        "classification",
        {"a.txt": rows(" ", REVIEWS, KINDS)},
        FIRST,
        {"data.reader.label": "last"},
        "lines",
    ),
    "a tab before the label": Case(
        "classification",
        {"a.txt": rows("\t", REVIEWS, ["very good", "bad"] * 3)},
        FIRST | {"label": "very good"},
        {"data.reader.label": "last", "data.reader.separator": "\t"},
        "lines",
    ),
    "a sign before the label": Case(
        "classification",
        {"a.txt": rows("@", REVIEWS, KINDS)},
        FIRST,
        {"data.reader.label": "last", "data.reader.separator": "@"},
        "lines",
    ),
    "fastText": Case(
        "classification",
        {"a.train": rows(" ", [f"__label__{kind}" for kind in KINDS], REVIEWS)},
        FIRST,
        data="lines",
    ),
    "a file for each label": Case(
        "classification",
        {f"names/{name}.txt": rows("", RNA) for name in ("de", "it")}
        | {"names/fr.txt": rows("", [f"{name}le" for name in RNA])},
        {"tokens": "Annale", "label": "fr"},
        {"data.reader.repeated": "unambiguous"},
        "labelled_files",
        "names/*.txt",
    ),
    "a regression": Case(
        "classification",
        {"a.csv": rows(",", quoted(REVIEWS), [n / 7 for n in range(6)], head="text,price")},
        {"tokens": REVIEWS[0], "label": "0.0"},
        {TEXT: "text", LABEL: "price"},
        typed={"task/head": "regression", "field@data.label": "number"},
    ),
    "columns that are typed": Case(
        "classification",
        {"a.csv": rows(";", quoted(REVIEWS), KINDS, NUMBERED, head="title;label;is_good")},
        FIRST | {"label": "1"},
        {TEXT: "title", DELIMITER: ";"},
        typed={LABEL: "is_good", "data": "table"},
    ),
    "tokens and tags": Case(
        "tagging",
        {"a.txt": sentences(*("\t".join(row) for row in TOKENS))},
        {"tokens": ["Ada", "slept", "."], "tags": ["B-PER", "O", "O"]},
        data="conll",
    ),
    "four columns of CoNLL-2003": Case(
        "tagging",
        {
            "eng.train": "-DOCSTART- -X- -X- O\n\n"
            + sentences("Ada NNP B-NP B-PER", "slept VBD B-VP O", ". . O O")
        },
        {"tokens": ["Ada", "slept", "."], "tags": ["B-PER", "O", "O"]},
        {"data.tags.column": 3},
        "conll",
    ),
    "CoNLL-U of another suffix": Case(
        "tagging",
        {
            "a.txt": sentences(
                "# text = Ada slept.",
                "1\tAda\tAda\tPROPN\tNNP\t_\t2\tnsubj\t_\t_",
                "2-3\tslept.\t_\t_\t_\t_\t_\t_\t_\t_",
                "2\tslept\tsleep\tVERB\tVBD\t_\t0\troot\t_\t_",
                "3\t.\t.\tPUNCT\t.\t_\t2\tpunct\t_\t_",
            )
        },
        {"tokens": ["Ada", "slept", "."], "tags": ["PROPN", "VERB", "PUNCT"]},
        {
            "data.reader.names": [
                *("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
            ]
        },
        "conll",
    ),
    "a number before each token": Case(
        "tagging",
        {"a.tsv": sentences("1\tAda\tB-PER\tO", "2\tslept\tO\tO", "3\tBonn\tB-LOC\tO")},
        {"tokens": ["Ada", "slept", "Bonn"], "tags": ["B-PER", "O", "B-LOC"]},
        {"data.tokens.column": 1, "data.tags.column": 2},
        "conll",
    ),
    "the tag before the token": Case(
        "tagging",
        {"a.txt": "\n\n".join(f"NOUN {name}\nVERB {name}s" for name in map(str.lower, RNA))},
        {"tokens": ["anna", "annas"], "tags": ["NOUN", "VERB"]},
        {"data.tokens.column": 1, "data.tags.column": 0},
        "conll",
    ),
    "lists of JSON": Case(
        "tagging",
        {"a.json": '{"id": "0", "words": ["Ada", "slept"], "ner_tags": [1, 0]}\n' * 4},
        {"tokens": ["Ada", "slept"], "tags": ["1", "0"]},
        {"data.tokens.column": "words", "data.tags.column": "ner_tags"},
    ),
    "running text": Case(
        "generation", {"novel.txt": "Once upon a time.\n\nThe end.\n"}, {}, data="text"
    ),
    "a book of Gutenberg": Case(
        "generation",
        {
            "pg.txt": "Title: X\n*** START OF THIS PROJECT GUTENBERG EBOOK X ***\nOnce.\n"
            "*** END OF THIS PROJECT GUTENBERG EBOOK X ***\nlicence\n"
        },
        {"tokens": "Once.\n"},
        {"data.reader.strip_gutenberg": True},
        "text",
    ),
    "sentences with <unk>": Case(
        "generation",
        {"ptb.train.txt": " the <unk> rose \n no one <unk> it \n"},
        {"tokens": " the <unk> rose  <eos>  no one <unk> it  <eos> "},
        {"data.reader.line_end": "<eos>"},
        "text",
    ),
    "a column of texts": Case(
        "generation",
        {"a.csv": rows(",", range(6), quoted(REVIEWS), head="id,comment")},
        {"tokens": REVIEWS[0]},
        {TEXT: "comment"},
    ),
    "two files": Case(
        "translation",
        {
            "a.en": rows("", [one for one, _ in PAIRS]),
            "a.de": rows("", [other for _, other in PAIRS]),
        },
        {"source": PAIRS[0][0], "target": PAIRS[0][1]},
        data="parallel",
        train=["a.en", "a.de"],
    ),
    "a tab between two texts": Case(
        "translation",
        {"pairs.tsv": rows("\t", *zip(*PAIRS, strict=True))},
        {"source": PAIRS[0][0], "target": PAIRS[0][1]},
        data="parallel",
    ),
    "a licence behind pairs": Case(
        "translation",
        {"deu.txt": rows("\t", *zip(*PAIRS, strict=True), ["CC-BY 2.0 (France)"] * 3)},
        {"source": PAIRS[0][0], "target": PAIRS[0][1]},
        data="parallel",
    ),
    "columns of two languages": Case(
        "translation",
        {"a.csv": rows(",", range(3), *zip(*PAIRS, strict=True), head="id,en,de")},
        {"source": PAIRS[0][0], "target": PAIRS[0][1]},
        {"data.source.column": "en", "data.target.column": "de"},
    ),
    "two columns without names": Case(
        "translation",
        {"a.csv": rows(",", *zip(*PAIRS, strict=True))},
        {"source": PAIRS[0][0], "target": PAIRS[0][1]},
        {"data.source.column": 0, "data.target.column": 1, HEAD: False},
    ),
    "names that nobody knows": Case(
        "translation",
        {"a.csv": rows(",", *zip(*PAIRS * 3, strict=True), head="left,right")},
        {"source": PAIRS[0][0], "target": PAIRS[0][1]},
        {"data.source.column": "left", "data.target.column": "right"},
    ),
    "bars between two texts": Case(
        "translation",
        {"a.txt": rows(" ||| ", *zip(*PAIRS, strict=True))},
        {"source": PAIRS[0][0], "target": PAIRS[0][1]},
        {"data.reader.pattern": r"(?P<source>.+?)\s*\|\|\|\s*(?P<target>.+)"},
        "pattern",
    ),
    "words that mark the sides": Case(
        "transduction",
        {"scan.txt": "IN: walk twice OUT: I_WALK I_WALK\nIN: run OUT: I_RUN\n"},
        {"source": "walk twice", "target": "I_WALK I_WALK"},
        {"data.reader.pattern": r"IN:\s*(?P<source>.+?)\s*OUT:\s*(?P<target>.+)"},
        "pattern",
    ),
    "several right answers": Case(
        "transduction",
        {"g2p.dict": "A\tAH\nA\tEY\nAN\tAE N\n"},
        {"source": "A", "target": "AH"},
        {"data.split_by": "source"},
        "parallel",
    ),
    "lemma and form": Case(
        "transduction",
        {"a.csv": "lemma,features,form\ngo,V;PST,went\nsee,V;PST,saw\n"},
        {"source": "go", "target": "went"},
        {"data.source.column": "lemma", "data.target.column": "form"},
    ),
    "a translation as it is read": Case(
        "synchronous",
        {"a.tsv": rows("\t", *zip(*PAIRS, strict=True))},
        {"tokens": PAIRS[0][0], "tags": PAIRS[0][1]},
        {"data.tokens.column": "source"},
        "parallel",
    ),
    "stories": Case(
        "question_answering",
        {"qa1.txt": "1 Ada went home.\n2 Where is Ada? \thome\t1\n1 Bo ran.\n2 Who ran? \tBo\t1\n"},
        {"source[0]": "Where is Ada ?", "source[1]": "Ada went home .", "target": "home"},
        data="babi",
    ),
    "questions and their contexts": Case(
        "question_answering",
        {"qa.jsonl": '{"id": 1, "context": "Ada slept.", "question": "Who?", "answer": "Ada"}\n'},
        {"source[0]": "Who?", "source[1]": "Ada slept.", "target": "Ada"},
        {"data.source.column": ["question", "context", "question"]},
    ),
    "questions alone": Case(
        "question_answering",
        {"qa.csv": "question,answers\nWho slept?,Ada\nWho ran?,Bo\n"},
        {"source[0]": "Who slept?", "target": "Ada"},
        {"data.source.column": ["question"], "data.target.column": "answers"},
    ),
    "all that is joint": Case(
        "joint",
        {"atis.jsonl": '{"text": "fly to Bonn", "slots": "O O B-city", "intent": "flight"}\n' * 4},
        {"tokens": "fly to Bonn", "tags": "O O B-city", "label": "flight"},
        {"data.tokens.column": "text", "data.tags.column": "slots", LABEL: "intent"},
    ),
    "steps of vectors": Case(
        "classification",
        {"a.ts": "@problemName x\n@classLabel true a b\n@data\n1,2:3,4:a\n5,6:7,8:b\n"},
        {"series": "[[1.0, 3.0], [2.0, 4.0]]", "label": "a"},
        {"task/embedding": "series"},
        "timeseries",
    ),
    "a compressed file": Case(
        "classification",
        {"a.csv.gz": rows(",", quoted(REVIEWS), KINDS, head="text,label")},
        FIRST,
        {TEXT: "text"},
    ),
    "an empty file beside another": Case(
        "classification",
        {"a.csv": "", "b.csv": rows(",", quoted(REVIEWS), KINDS, head="text,label")},
        FIRST,
        {TEXT: "text"},
        train=["a.csv", "b.csv"],
    ),
}
