"""What cells, encoders, embeddings, heads, searches, scores and schedules refuse."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.optim.lr_scheduler import ReduceLROnPlateau

from seqtasks.baselines.ngrams import NGram
from seqtasks.cells import find_cell
from seqtasks.cells.elman import Elman
from seqtasks.cells.indrnn import IndRNN
from seqtasks.cells.lru import LRU
from seqtasks.cells.mlstm import MLSTM
from seqtasks.cells.qrnn import QRNN
from seqtasks.cells.slstm import head_size
from seqtasks.cells.unshared_elman import UnsharedElman
from seqtasks.data.fields import TokenField
from seqtasks.data.vocabulary import SPECIALS, Vocabulary
from seqtasks.decoding import (
    CachePointer,
    DynamicEvaluation,
    Greedy,
    SearchInput,
    beam_search,
    following,
    make_search,
    sample,
    together,
)
from seqtasks.decoding.prompts import read_prompts, text_tokens
from seqtasks.decoding.rules import Rules
from seqtasks.embedding import ConvolutionalSpelling, InputEmbedding, TokenEmbedding
from seqtasks.embedding.tying import tie_source
from seqtasks.encoder import RecurrentEncoder
from seqtasks.encoder.chunks import read_in_chunks
from seqtasks.errors import check_between, check_choice, check_least, check_rate
from seqtasks.evaluation.bootstrap import compare_scores
from seqtasks.heads.adaptive import check_cutoffs
from seqtasks.heads.attention import find_attention
from seqtasks.heads.classification import PooledClassification
from seqtasks.heads.condition import Condition
from seqtasks.heads.crf import CRFTagging
from seqtasks.heads.decoder import AttentionDecoder
from seqtasks.heads.language import LanguageHead
from seqtasks.heads.multi_label import MultiLabelClassification
from seqtasks.heads.regression import PooledRegression
from seqtasks.heads.scheduled_sampling import ScheduledSampling, checked_schedule
from seqtasks.metrics.spans import span_counts
from seqtasks.metrics.text_scores import TextScores
from seqtasks.optim.layer_groups import layer_groups
from seqtasks.optim.schedules import scheduled, warmup_cosine
from seqtasks.schemes import find_spans, tags
from seqtasks.schemes.transitions import allowed_transitions

LETTERS = Vocabulary([*SPECIALS, *"abc"])
ONE = torch.ones(1, dtype=torch.int64)


def encoder(**options: Any) -> RecurrentEncoder:
    return RecurrentEncoder(3, **{"hidden_size": 4, "cell": "gru"} | options)


def decoder(inner: dict[str, Any] | None = None, **options: Any) -> AttentionDecoder:
    made: dict[str, Any] = {
        "embedding": lambda v: TokenEmbedding(v, embedding_dim=3),
        "recurrence": lambda input_size: RecurrentEncoder(
            input_size, **{"hidden_size": 4, "cell": "gru"} | (inner or {})
        ),
        "output": LanguageHead,
        "attention": "additive",
    }
    return AttentionDecoder(LETTERS, encoder(), **made | options)


def chunked(**options: Any) -> Any:
    return read_in_chunks(encoder(), torch.zeros(1, 9, 3), **options)


def vectors(content: str, **options: Any) -> TokenEmbedding:
    Path("vectors.txt").write_text(content, encoding="utf-8")
    return TokenEmbedding(LETTERS, vectors="vectors.txt", **{"embedding_dim": 2} | options)


def searched(rows: int = 1, **changes: Any) -> SearchInput:
    def step(tokens: torch.Tensor, state: Any) -> Any:
        return torch.zeros(len(tokens), 5), state

    first = torch.ones(rows, dtype=torch.int64)
    return SearchInput(step, (), first, 0, [4] * rows)._replace(**changes)


def drawn(first: torch.Tensor = ONE, state: Any = (), logits: float = 0.0, **options: Any) -> Any:
    def step(tokens: torch.Tensor, held: Any) -> Any:
        return torch.full((len(tokens), 5), logits), held

    return sample(step, state, first, **{"max_length": 3, "eos_id": 0} | options)


def diverged() -> None:
    with following(DynamicEvaluation.of("sgd", rate=3.0), torch.nn.Linear(1, 1)):
        drawn(logits=float("nan"))


def tied(**second: Any) -> None:
    tie_source(TokenEmbedding(LETTERS, embedding_dim=2), TokenEmbedding(**second))


def read_unknown() -> None:
    field = TokenField(level="character")
    field.name, field.vocabulary = "tokens", Vocabulary(["a"])
    list(text_tokens(field, "ax", {}))


def illegal_tags(count: int) -> None:
    head = CRFTagging(3, Vocabulary(["O", "B-X", "I-X"]), scheme="BIO")
    head.fit_to_training_data([[0, 2]] * count, ["a.txt:7"] * count)


class Sums:
    def __init__(self, size: int) -> None:
        self.size = size

    def __len__(self) -> int:
        return self.size


ABLE = {"samples": 10, "confidence": 0.9, "seed": 1}
SGD = torch.optim.SGD(nn.Linear(1, 1).parameters(), lr=1.0)


def schedule(make: Any) -> Any:
    """A schedule of an endless training without validation."""
    return scheduled(
        make, SGD, steps=lambda: float("inf"), monitor="val/loss", mode="min", validated=0
    )


def vectors_of(vocabulary: Vocabulary) -> TokenEmbedding:
    return TokenEmbedding(vocabulary, embedding_dim=2)


ROWS = {
    "baselines.ngrams:NGram._flat": (
        lambda: NGram([[0, 1]], vocab_size=3).nats([[0, 7]]),
        "token 7 is not in the vocabulary of this n-gram model; vocab_size=3 allows 0 to 2",
    ),
    "cells.__init__:find_cell": (
        lambda: encoder(cell="lsmt"),
        "cell: there is no cell 'lsmt'; Did you mean 'lstm'? The cells are elman, gru",
    ),
    "cells.__init__:find_cell#2": (
        lambda: find_cell("lstm", {"forget_bia": 1}),
        "cell_options: LSTM has no option 'forget_bia'; Did you mean 'forget_bias'?",
    ),
    "cells.elman:Elman.__init__": (
        lambda: Elman(3, 4, nonlinearity="gelu"),
        "nonlinearity: it is tanh or relu, not 'gelu'",
    ),
    "cells.indrnn:IndRNN.__init__": (
        lambda: IndRNN(3, 4, nonlinearity="gelu"),
        "nonlinearity: it is relu or tanh, not 'gelu'",
    ),
    "cells.indrnn:IndRNN.__init__#2": (
        lambda: IndRNN(3, 4, horizon=0),
        "horizon: it is at least 1, not 0",
    ),
    "cells.lru:LRU.__init__": (lambda: LRU(3, 4, state_size=0), "state_size: it is at least 1"),
    "cells.lru:LRU.__init__#2": (
        lambda: LRU(3, 4, r_min=0.9, r_max=0.5),
        "r_min: choose 0 <= r_min < r_max <= 1, not 0.9 and 0.5",
    ),
    "cells.lru:LRU.__init__#3": (
        lambda: LRU(3, 4, max_phase=9.0),
        "max_phase: it is above 0 and at most 2π, not 9.0",
    ),
    "cells.mlstm:MLSTM.__init__": (
        lambda: MLSTM(3, 4, chunk_size=0),
        "chunk_size: it is at least 1, not 0",
    ),
    "cells.qrnn:QRNN.__init__": (lambda: QRNN(3, 4, window=0), "window: it is at least 1, not 0"),
    "cells.slstm:head_size": (
        lambda: head_size(4, 3),
        "heads: 3 does not divide hidden_size=4",
    ),
    "cells.unshared_elman:UnsharedElman.__init__": (
        lambda: UnsharedElman(3, 4, max_length=0),
        "max_length: it is at least 1, not 0",
    ),
    "cells.unshared_elman:UnsharedElman.forward": (
        lambda: UnsharedElman(3, 4, max_length=2)(torch.zeros(1, 3, 3)),
        "a sequence takes 3: shorten it, or raise cell_options.max_length",
    ),
    "errors:check_choice": (
        lambda: check_choice("bridge", "zeros", ["last", "zero"]),
        "bridge: there is no 'zeros'; Did you mean 'zero'? The choices are last, zero.",
    ),
    "errors:check_least": (lambda: check_least("size", 0, 1), "size: it is at least 1, not 0"),
    "errors:check_between": (
        lambda: check_between("size", 9, 1, 8),
        "size: it is from 1 to 8, not 9",
    ),
    "errors:check_rate": (
        lambda: check_rate("dropout", 1.0),
        "dropout: a rate is at least 0 and below 1, not 1",
    ),
    "encoder.chunks:check_chunks": (
        lambda: chunked(chunk_steps=None, truncate_bptt=True),
        "truncate_bptt: it cuts the gradient between chunks, and there are none; set chunk_steps",
    ),
    "encoder.chunks:check_chunks#2": (
        lambda: read_in_chunks(encoder(), torch.zeros(1, 9, 3), chunk_steps=0),
        "chunk_steps: it is a number of steps, at least 1, or null, not 0",
    ),
    "encoder.chunks:check_chunks#3": (
        lambda: read_in_chunks(encoder(bidirectional=True), torch.zeros(1, 9, 3), chunk_steps=4),
        "set encoder=unidirectional, or chunk_steps=null to read texts whole",
    ),
    "encoder.sizing:largest_width": (
        lambda: RecurrentEncoder(4, max_parameters=10),
        "max_parameters: the smallest encoder of this shape, 8 units wide, has",
    ),
    "encoder.stack:RecurrentEncoder.__init__": (
        lambda: RecurrentEncoder(4, 5, max_parameters=10),
        "set the other to null (given: hidden_size 5, max_parameters 10)",
    ),
    "encoder.stack:RecurrentEncoder.__init__#2": (
        lambda: encoder(dropout=0.5),
        "dropout: 0.5 would do nothing: dropout acts between layers, and there is one; set it to 0",
    ),
    "encoder.stack:cell_maker.made": (
        lambda: encoder(cell="elman", cell_options={"nonlinearity": "gelu"}),
        "cell_options.nonlinearity: it is tanh or relu, not 'gelu'",
    ),
    "embedding.convolution:ConvolutionalSpelling.__init__": (
        lambda: ConvolutionalSpelling(LETTERS, widths=[0]),
        "widths: it is a list of sizes of at least 1",
    ),
    "embedding.input:InputEmbedding.__init__": (
        lambda: InputEmbedding({"tokens": LETTERS, "case": LETTERS}, tokens=vectors_of),
        "case: it goes together with data.case: a choice of task/embedding/case sets both",
    ),
    "embedding.input:InputEmbedding.__init__#2": (
        lambda: InputEmbedding({}),
        "an encoder reads either data.tokens or data.series; set one of them to null",
    ),
    "embedding.tokens:TokenEmbedding.__init__": (
        lambda: TokenEmbedding(LETTERS, embedding_dim=None),
        "embedding_dim: null takes the width of a file; give one by vectors=PATH, or set a number",
    ),
    "embedding.tokens:TokenEmbedding.__init__#2": (
        lambda: TokenEmbedding([LETTERS], embedding_dim=3),
        "it reads one vocabulary, not several; choose another",
    ),
    "embedding.tokens:TokenEmbedding.__init__#3": (
        lambda: TokenEmbedding(Vocabulary(["a"]), embedding_dim=3, token_dropout=0.5),
        "token_dropout: it needs a vocabulary with <unk>",
    ),
    "embedding.tokens:TokenEmbedding.prepare": (
        lambda: vectors("a 1 2 3\n").prepare(),
        "vectors.txt has vectors of another width: 3, not 2; set embedding_dim=3",
    ),
    "embedding.tokens:TokenEmbedding.prepare#2": (
        lambda: vectors("x 1 2\n").prepare(),
        "vectors.txt has none of the 7 words of the vocabulary, such as 'c'; give vectors of the",
    ),
    "embedding.tokens:checked_tuning": (
        lambda: vectors("a 1 2\n", tuning="frosen"),
        "tuning: there is no 'frosen'; Did you mean 'frozen'? It is tuned, frozen, or a number",
    ),
    "embedding.tokens:checked_tuning#2": (
        lambda: TokenEmbedding(LETTERS, embedding_dim=2, tuning="frozen"),
        "tuning: frozen is about pretrained vectors; give vectors=PATH, or leave it at tuned",
    ),
    "embedding.tying:tie_source": (
        lambda: tied(vocabulary=LETTERS, embedding_dim=3),
        "tied_source: it needs vectors of one size, not 2 and 3 features; set embedding.emb",
    ),
    "heads.adaptive:check_cutoffs": (
        lambda: check_cutoffs([2], 60, 0),
        "an adaptive softmax needs at least 4 features of each step; raise encoder.hidden_size",
    ),
    "heads.adaptive:check_cutoffs#2": (
        lambda: check_cutoffs([20, 10], 60, 2),
        "cutoffs: numbers that grow between 1 and the vocabulary's 60 - 1 are expected, not [20",
    ),
    "heads.adaptive:check_cutoffs#3": (
        lambda: check_cutoffs([5, 10], 60, 1),
        "cutoffs: 2 clusters, each with 4 times fewer features",
    ),
    "heads.attention.location:LocationAwareAttention.__init__": (
        lambda: find_attention("location")(6, 5, width=4),
        "width: it is an odd number, at least 1, not 4",
    ),
    "heads.attention.multi_head:MultiHeadAttention.__init__": (
        lambda: find_attention("multi_head")(6, 5, num_heads=4),
        "num_heads: 4 heads do not divide the 6 features; choose a divisor",
    ),
    "heads.attention.multiplicative:DotAttention.__init__": (
        lambda: find_attention("dot")(6, 5),
        "whose sizes are 6 and 5; set the hidden_size of the decoder's recurrence to 5",
    ),
    "heads.bridge:LastState.__init__": (
        lambda: decoder(bridge="last", inner={"hidden_size": 6}),
        "the encoder has GRU (4), the decoder GRU (6); set recurrence.cell",
    ),
    "heads.classification:PooledClassification.__init__": (
        lambda: PooledClassification(encoder(), Vocabulary(["a", "b"]), class_weights="balance"),
        "class_weights: there is no 'balance'; Did you mean 'balanced'? It is balanced, or a map",
    ),
    "heads.condition:Condition.__init__": (
        lambda: Condition({"label": LETTERS}, field="mood", embedding_dim=2),
        "field: the data has no field 'mood'; its fields are label",
    ),
    "heads.crf:CRFTagging.fit_to_training_data": (
        lambda: illegal_tags(1),
        "a.txt:7: ",
    ),
    "heads.crf:CRFTagging.fit_to_training_data#2": (
        lambda: illegal_tags(2),
        "2 training sequences are forbidden; correct the data, let data.tags.scheme=auto",
    ),
    "heads.crf:label_weights": (
        lambda: CRFTagging(3, Vocabulary(["O", "S-X"]), class_weights={"S-Z": 1.0}),
        "class_weights: there is no label 'S-Z'; Did you mean 'S-X'? The labels are O, S-X.",
    ),
    "heads.crf:label_weights#2": (
        lambda: CRFTagging(3, Vocabulary(["O", "S-X"]), class_weights={"O": -1.0}),
        "class_weights: O: -1.0 is given; expected 0 or more",
    ),
    "heads.decoder:AttentionDecoder.__init__": (
        lambda: decoder({"bidirectional": True}),
        "recurrence.bidirectional: a decoder cannot read the target from its end; set it to false",
    ),
    "heads.decoder:AttentionDecoder.__init__#2": (
        lambda: decoder(attention="location"),
        "attention: a LocationAwareAttention reads the weights of the step before, which it gets",
    ),
    "heads.decoder:AttentionDecoder.__init__#3": (
        lambda: decoder(attention="none", coverage_loss=1.0),
        "coverage_loss: it weighs attention, and this decoder has none; set it to 0, or choose",
    ),
    "heads.decoder:AttentionDecoder.__init__#4": (
        lambda: decoder(output=lambda **o: LanguageHead(**o, calibrate=True)),
        "output.calibrate: a decoder fits no temperature; set it to false",
    ),
    "heads.decoder:AttentionDecoder.__init__#5": (
        lambda: decoder(attention="none", copying=True),
        "copying: it copies words that are attended to, and its loss has no penalties on",
    ),
    "heads.feeding:check_masks": (
        lambda: decoder({"hidden_size": None, "max_parameters": 3000}, input_feeding=True),
        "input_feeding: the recurrence reads its own output, so its width cannot follow",
    ),
    "heads.feeding:check_masks#2": (
        lambda: decoder({"cell_options": {"weight_drop": 0.1}}, input_feeding=True),
        "cannot keep one dropout mask for all steps; set recurrence.variational=false and",
    ),
    "heads.multi_label:MultiLabelClassification.__init__": (
        lambda: MultiLabelClassification(encoder(), Vocabulary(["a", "b"]), threshold=1.5),
        "threshold: it is above 0 and below 1, not 1.5; null tunes one for each label",
    ),
    "heads.pooled:PooledHead.__init__": (
        lambda: PooledClassification(encoder(), Vocabulary([])),
        "this head needs labels and data.label has none; it learns from",
    ),
    "heads.pooled:PooledHead.check": (
        lambda: PooledClassification(encoder(), Vocabulary(["a"])).check("number"),
        "a PooledClassification does not learn from numbers; it learns from",
    ),
    "heads.pooled:PooledHead.probabilities": (
        lambda: PooledRegression(encoder(), Vocabulary([])).probabilities(torch.zeros(1)),
        "PooledRegression gives no probabilities of labels",
    ),
    "heads.regression:PooledRegression.__init__": (
        lambda: PooledRegression(encoder(), Vocabulary(["a"])),
        "a regression does not learn labels; it learns from",
    ),
    "heads.regression:PooledRegression.fit_to_training_data": (
        lambda: PooledRegression(encoder(), Vocabulary([])).fit_to_training_data([torch.ones(4)]),
        "data.label: all training examples have the same number, so there is nothing to learn",
    ),
    "heads.scheduled_sampling:ScheduledSampling.__init__": (
        lambda: ScheduledSampling(2),
        "rate: it is from 0 to 1, not 2",
    ),
    "heads.scheduled_sampling:ScheduledSampling.at": (
        lambda: ScheduledSampling(0.5).at(None),
        "linear has to know when training ends: set trainer.max_epochs or trainer.max_steps",
    ),
    "heads.scheduled_sampling:checked_schedule": (
        lambda: checked_schedule("linear"),
        "scheduled_sampling: 'linear' is no schedule with its rate; write task/scheduled_sampling",
    ),
    "heads.tagging:outside": (
        lambda: CRFTagging(3, Vocabulary(["O", "S-X"]), outside_penalty="tuned"),
        "outside_penalty: it is a number of nats or auto, not 'tuned'",
    ),
    "heads.tagging:outside#2": (
        lambda: CRFTagging(3, Vocabulary(["S-X"]), outside_penalty=0.5),
        "outside_penalty: there is no label O; set it to 0 where labels spell no spans",
    ),
    "decoding.draws:draws": (
        lambda: drawn(rows=[1, 2]),
        "rows: 2 are given; expected 1, the batch",
    ),
    "decoding.ensemble:together": (
        lambda: together([]),
        "no model is given; expected at least one",
    ),
    "decoding.ensemble:together#2": (
        lambda: together([searched(1), searched(2)]),
        "the models of an ensemble have to begin the same sequences",
    ),
    "decoding.prompts:read_prompts": (
        lambda: read_prompts(None, [[5], []]),
        "prompt 1 of the batch is empty; expected at least one token",
    ),
    "decoding.prompts:text_tokens": (
        read_unknown,
        "'ax': the model does not know it and has no <unk> to read instead; leave it out",
    ),
    "decoding.rules:Rules.allowed": (
        lambda: Rules(forbidden=[9]).log_probs(torch.zeros(1, 4), 0, [[]]),
        "token id 9 is given; expected 0 to 3, the vocabulary",
    ),
    "decoding.rules:check_prefix": (
        lambda: drawn(prefix=[[1], [2]]),
        "prefix: 2 are given; expected 1, the batch",
    ),
    "decoding.rules:check_prefix#2": (
        lambda: drawn(prefix=[[1, 2, 3]]),
        "prefix: number 0 has 3 tokens; expected fewer than 3, the max_length of its sequence",
    ),
    "decoding.rules:check_prefix#3": (
        lambda: drawn(prefix=[[0]]),
        "prefix: number 0 holds 0, the end token; leave it out",
    ),
    "decoding.search:Search.__post_init__": (
        lambda: Greedy(max_length=None),
        "max_length: neither it nor max_length_ratio is given; give one",
    ),
    "decoding.search:Greedy.__call__": (
        lambda: Greedy()(searched(), 2),
        "n_best: 2 are asked for; greedy finds one output: take method beam or sampling",
    ),
    "decoding.search:make_search": (
        lambda: make_search({"beam": 3}),
        "beam: beam has no such option; Did you mean 'beam_size'? The options are max_length",
    ),
    "decoding.cache_pointer:CachePointer.__post_init__": (
        lambda: CachePointer(theta=-1.0),
        "theta: it is at least 0 and finite, not -1.0",
    ),
    "decoding.dynamic:DynamicEvaluation.__post_init__": (
        lambda: DynamicEvaluation.of(rate=math.inf),
        "rate: it is at least 0 and finite, not inf",
    ),
    "decoding.dynamic:DynamicEvaluation.__post_init__#2": (
        lambda: DynamicEvaluation.of("sgd", epsilon=0.1),
        "epsilon: sgd divides by nothing; leave it out",
    ),
    "decoding.dynamic:DynamicEvaluation.__post_init__#3": (
        lambda: DynamicEvaluation.of(epsilon=0.0),
        "epsilon: it is above 0 and finite, not 0.0",
    ),
    "decoding.steps:check_start": (
        lambda: drawn(torch.ones(1)),
        "the first tokens have shape (1,) and type torch.float32; expected (batch,)",
    ),
    "decoding.steps:check_start#2": (
        lambda: drawn(state=(torch.zeros(2),)),
        "part 0 of the state has shape (2,); expected (1, ...), the batch on the first axis",
    ),
    "decoding.steps:row_limits": (
        lambda: drawn(max_length=[1, 2]),
        "max_length: 2 are given; expected 1, the batch",
    ),
    "decoding.steps:expect": (
        lambda: beam_search(*searched()[:3], beam_size=0, max_length=3, eos_id=0),
        "beam_size: 0 is given; expected 1 to 10,000",
    ),
    "decoding.dynamic:following": (
        diverged,
        "dynamic.rate: at 3 the weights learn so fast that the model's logits are NaN; lower it",
    ),
    "decoding.steps:check_possible": (
        lambda: drawn(logits=float("nan")),
        "the model's logits are NaN or leave no token that may follow",
    ),
    "evaluation.bootstrap:compare_scores": (
        lambda: compare_scores(Sums(60), Sums(1), **ABLE),
        "the models were scored on 60 and 1 parts; compare them on the same examples",
    ),
    "evaluation.bootstrap:check_confidence": (
        lambda: compare_scores(Sums(6), Sums(6), **ABLE | {"confidence": 1.0}),
        "confidence: it is between 0 and 1, not 1.0",
    ),
    "metrics.spans:span_counts": (
        lambda: span_counts([["O"]], []),
        "1 predicted and 0 expected sequences with 1 and 0 labels are given; expected equal",
    ),
    "metrics.text:check_pairs": (
        lambda: TextScores(["bleu"], "bleu", str.split).metrics()["bleu"].update("a", "b"),
        "one string is given; expected lists of hypotheses and of references",
    ),
    "metrics.text:check_pairs#2": (
        lambda: TextScores(["bleu"], "bleu", str.split).metrics()["bleu"].update(["a"], []),
        "1 hypotheses and 0 references are given; expected one reference, or a list of them",
    ),
    "metrics.text:check_pairs#3": (
        lambda: TextScores(["bleu"], "bleu", str.split).metrics()["bleu"].update(["a"], [[]]),
        "hypothesis 1 has no reference; expected at least one",
    ),
    "metrics.text_scores:TextScores.__init__": (
        lambda: TextScores(["blue"], "bleu", str.split),
        "scores: choose from bleu, chrf, ter",
    ),
    "metrics.text_scores:TextScores.__init__#2": (
        lambda: TextScores(["bleu"], "bleu", str.split, {"chrf": "x"}),
        "score_names: 'chrf' is none of the scores; choose from bleu",
    ),
    "metrics.text_scores:TextScores.__init__#3": (
        lambda: TextScores(["bleu"], "chrf", str.split),
        "monitor: 'chrf' cannot pick the best; choose one of loss, bleu, or name it in scores",
    ),
    "optim.layer_groups:layer_groups": (
        lambda: layer_groups(nn.Linear(1, 1)),
        "Linear has no RecurrentEncoder named 'encoder', whose layers could learn one by one;",
    ),
    "optim.schedules:warmup_cosine": (
        lambda: warmup_cosine(SGD, total_steps=10, floor=2.0),
        "floor: it is from 0 to 1, not 2.0",
    ),
    "optim.schedules:scheduled": (
        lambda: schedule(warmup_cosine),
        "scheduler: this schedule has to know when training ends: set trainer.max_epochs",
    ),
    "optim.schedules:scheduled#2": (
        lambda: schedule(ReduceLROnPlateau),
        "scheduler: this schedule follows val/loss, which nothing computes where trainer.limit_v",
    ),
    "schemes.spelling:find_spans": (
        lambda: find_spans(["O", "I-X"], "BIO"),
        "tag 2: 'I-X' cannot follow 'O' in BIO; correct it, or name the scheme",
    ),
    "schemes.spelling:_spelled": (
        lambda: tags([("X", 0, 3)], 2, "BIO"),
        "the span ('X', 0, 3) is empty, overlaps the one before it, or reaches outside of 2 tokens",
    ),
    "schemes.transitions:allowed_transitions": (
        lambda: allowed_transitions([f"B-{number}" for number in range(5_001)], "BIO"),
        "scheme: there are 5,001 labels, and which of them may follow which is known for 5,000",
    ),
    "schemes.transitions:allowed_transitions#2": (
        lambda: allowed_transitions(["O", "E-X"], "BIO"),
        "scheme: 'E-X' is no label of BIO",
    ),
    "schemes.transitions:allowed_transitions#3": (
        lambda: allowed_transitions(["B-X", "E-X"], "BIOES"),
        "scheme: the labels B-X, E-X follow BIOES, but none of them can stand alone",
    ),
}
