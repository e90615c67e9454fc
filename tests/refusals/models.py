"""What saved models, looks into them, predictions, exports and transfers refuse."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from refusals.kept import (
    CLASSIFICATION,
    FILES,
    LETTERS,
    RAW_TAGGING,
    TAGGING,
    TRANSLATION,
    damaged,
    folder,
    loaded,
    replaced,
    written,
)
from torch import nn

from seqtasks import bundle
from seqtasks.bundle import MANIFEST, with_weights
from seqtasks.bundle.build import build
from seqtasks.bundle.export import export_bundle
from seqtasks.bundle.hub import fetched
from seqtasks.data.fields.channels import Channels
from seqtasks.data.raw_inputs import as_inputs
from seqtasks.data.record import Record
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.graphs.folder import attach, check_device, check_parity
from seqtasks.graphs.graph import Graph
from seqtasks.graphs.session import Session
from seqtasks.graphs.source import Source
from seqtasks.graphs.steps import TRACED_ROWS, traced
from seqtasks.graphs.tracing import write_graph
from seqtasks.inspection.alignment import Alignment, align
from seqtasks.inspection.alignment_file import AlignmentFile
from seqtasks.inspection.alignment_map import draw_alignment
from seqtasks.inspection.canvas import drawing, import_matplotlib
from seqtasks.inspection.heat_map import draw_states
from seqtasks.inspection.norms import read_norms
from seqtasks.inspection.reach import trace_gradients
from seqtasks.inspection.reading import encode_text
from seqtasks.inspection.states import hidden_states
from seqtasks.inspection.views import View, check_output, save_view, view_states
from seqtasks.prediction.answer import Answer, Prediction
from seqtasks.prediction.ensemble import check_members
from seqtasks.prediction.files import FilePredictor, prefix_lines
from seqtasks.prediction.forms import by_suffix, find_columns, make_input, make_output
from seqtasks.prediction.layout import Layout
from seqtasks.prediction.predictor import Predictor
from seqtasks.prediction.sampling import sampling_options
from seqtasks.prediction.text_generator import Text, TextGenerator
from seqtasks.reporting import page as reporting
from seqtasks.reporting.page import page, write_report
from seqtasks.reporting.run_folder import write_config
from seqtasks.serving.answering import Answering
from seqtasks.serving.job import Wanted
from seqtasks.training.gradient_norm import AFTER, BEFORE
from seqtasks.transfer import Transfer

LABELLED = (*FILES, "task=generation", "task/condition=label")
TEXT = "the dog sees the cat"
NUMBERS = torch.linspace(-1, 1, 18).reshape(3, 6)


def without(module: str, function: Any, *arguments: Any) -> None:
    """Call a function where a package is not installed."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in sys.modules if name.partition(".")[0] == module]:
            patch.delitem(sys.modules, name)
        patch.setitem(sys.modules, module, None)
        function(*arguments)


def graph(compute: Any) -> Any:
    named = {"x": NUMBERS, "n": NUMBERS.long()}
    axes = dict.fromkeys(named, ("rows", None))
    made = Graph("made", lambda given: compute(given["x"], given["n"]), named, axes)
    return write_graph(Source(nn.Module()), made)


def session(compute: Any) -> Session:
    content, _ = graph(compute)
    Path("made.onnx").write_bytes(content.SerializeToString())
    return Session(Path("made.onnx"), Path("made.onnx").read_bytes())


class Deciding(nn.Module):
    input_size, output_size, state_shapes = 5, 6, ((6,),)

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.linear = nn.Linear(input_size, hidden_size)

    def forward(self, inputs: Any, lengths: Any = None, state: Any = None) -> Any:
        if float(inputs.sum()) > 0:
            inputs = -inputs
        return self.linear(inputs), state


def picture(count: int) -> None:
    names = ["a"] * count
    draw_alignment(Alignment(names, names, torch.zeros(count, count)), Path("a.png"))


def bare(kind: str, part: str) -> Any:
    """A model without one of its parts."""
    found = loaded(*((kind,) if isinstance(kind, str) else kind))
    delattr(found.task, part)
    return found


def run_folder(csv: str, config: str = "trainer: {}\n") -> Path:
    Path("csv").mkdir()
    Path("csv/metrics.csv").write_text(csv, encoding="utf-8")
    Path("config.yaml").write_text(config, encoding="utf-8")
    return Path()


def predicted(form: str, *lines: str, options: tuple[str, ...] = TAGGING, **more: Any) -> None:
    """The records of a file are read, and the first of their errors is raised."""
    model = loaded(*options)
    prefixes, header = more.pop("prefixes", None), more.pop("header", True)
    columns = find_columns(model, more.pop("columns", []))
    given = make_input(form, model, columns, header)
    n_best = more.get("n_best") is not None
    layout = Layout.of(model, "prediction", bool(more.get("scores")), n_best)
    output = make_output(more.pop("output", form), layout, given, model)
    predict = FilePredictor(Predictor([model], **more), given, output, prefixes)
    list(predict(line.encode(errors="surrogateescape") + b"\n" for line in lines))


def changed_vocabulary() -> None:
    other = loaded(*TRANSLATION)
    other.fields["target"].vocabulary = Vocabulary(["<pad>", "x"])
    check_members([loaded(*TRANSLATION), other])


def changed_copies() -> None:
    other = loaded(*TRANSLATION)
    other.config = {**other.config, "fields": {**other.config["fields"], "copies": {"level": 1}}}
    check_members([loaded(*TRANSLATION), other])


def empty_answer(view: Any) -> None:
    model = loaded(*TRANSLATION)
    model.predict = lambda given: [""]
    view(model, TEXT)


def deaf() -> None:
    model = loaded(*LETTERS)
    nn.init.zeros_(model.task.head.output.weight)
    trace_gradients(model, TEXT)


def one_step() -> None:
    model = loaded(*LETTERS)
    model.fields["tokens"].bos = model.fields["tokens"].eos = False
    trace_gradients(model, "ab")


def several_texts() -> None:
    model = loaded(*TAGGING)
    model.task.inputs = ("tokens", "pair")
    encode_text(model, TEXT)


def no_text() -> None:
    model = loaded(*TAGGING)
    model.fields["tokens"] = model.fields["tags"]
    encode_text(model, TEXT)


def around_the_encoder(view: Any, steps: int) -> None:
    """Look into a model that gives its encoder so many steps, or none."""
    model = loaded(*TAGGING)
    encoder = model.task.encoder
    inputs = torch.zeros(1, steps, encoder.layers[0].cells[0].input_size)
    model.task.predict = lambda batch: encoder(inputs) if steps else None
    model.task.forward = model.task.predict
    view(model, TEXT)


def no_onnx_inputs() -> None:
    session(lambda x, n: {"y": x + n})({"x": NUMBERS})


def damaged_config(text: str) -> Any:
    return lambda: damaged(written("config.yaml", text))


def transferred(*options: str, **how: Any) -> Transfer:
    found = Transfer(**how)
    return found


def fields(there: str, here: str, **changes: Any) -> tuple[Any, Any]:
    found = loaded(*TAGGING).fields, loaded(*TAGGING).fields
    vars(found[0][there]).update(changes)
    return found[0][there], found[1][here]


def no_tokens() -> None:
    task = loaded(*TAGGING).task
    task.embedding.tokens = None
    Transfer("b").vectors(task)


def picture_nowhere() -> None:
    names = ["a", "b"]
    draw_alignment(Alignment(names, names, torch.zeros(2, 2)), Path("missing/a.png"))


def unwritable_report() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reporting, "page", lambda *_: "")
        write_report(Path(), Path("missing/a.html"))


def long_states() -> None:
    states = hidden_states(loaded(*TAGGING), "dog " * 3000)
    draw_states(states, states.chosen(), Path("a.png"))


def two_pictures() -> None:
    look = AlignmentFile(Path("a.png"), loaded(*TRANSLATION))
    for _ in range(2):
        look(Record({"source": TEXT}), Prediction([Answer(TEXT)]))


def unreachable() -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise OSError("no connection")

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "huggingface_hub", SimpleNamespace(snapshot_download=fail))
        fetched("hf://a/b")


def strange_weights() -> None:
    attach(loaded(*TAGGING).task, Path(), {}, {"zzz": torch.zeros(1)}, [])


class Sized(nn.Module):
    """A cell that works for batches of one size alone."""

    input_size, output_size, state_shapes = 3, 3, ()

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(3, 3)

    def forward(self, inputs: Any, lengths: Any = None, state: Any = None) -> Any:
        return self.linear(inputs.reshape(TRACED_ROWS, 1, 3)), ()


def no_beginning() -> None:
    writer = TextGenerator(loaded(*LETTERS))
    writer.field.bos = False
    writer.prompt(Text(1, ""))


def unknown_symbol() -> None:
    writer = TextGenerator(loaded(*LETTERS, "data.tokens.min_count=1"))
    writer.field.vocabulary = Vocabulary(["<bos>", "a"], specials=[0])
    list(writer.tokens(Text(1, "☃")))


ROWS = {
    "bundle.build:build": (
        lambda: build({"_target_": "seqtasks.encoder.RecurrentEncoder", "siz": 3}),
        "config.yaml: seqtasks.encoder.RecurrentEncoder: ",
    ),
    "bundle.build:find_class": (
        lambda: build({"_target_": "seqtasks.encoder.Nothing"}),
        "config.yaml names seqtasks.encoder.Nothing, which is not there",
    ),
    "bundle.build:find_class#2": (
        lambda: build({"_target_": "seqtasks.errors.nearest"}),
        "config.yaml names seqtasks.errors.nearest, which is not a class",
    ),
    "bundle.build:_check": (
        lambda: build({"_target_": "fractions.Fraction"}),
        "if you trust that code, name its module fractions with trust",
    ),
    "bundle.bundle:fill": (
        lambda: bundle.bundle.fill(nn.Linear(1, 1), folder(*TAGGING) / "model.safetensors", "cpu"),
        "model.safetensors does not fit config.yaml: ",
    ),
    "bundle.bundle:fill#2": (
        lambda: bundle.load(folder(*TAGGING), "cuda:77"),
        "device: cuda:77 cannot be used here",
    ),
    "bundle.bundle:with_weights": (
        lambda: with_weights(replace(loaded(*TAGGING), exported=True), "export"),
        "export: this model is exported, and its weights stand in graphs; use the bundle that it",
    ),
    "bundle.export:export_bundle": (
        lambda: without("onnx", export_bundle, loaded(*TAGGING), Path("out")),
        "an export needs the packages onnx and onnxruntime: pip install 'seqtasks[onnx]'",
    ),
    "bundle.files:read_manifest": (
        lambda: bundle.load("nothing"),
        "nothing: there is no such folder; training prints the bundle's path",
    ),
    "bundle.files:read_manifest#2": (lambda: bundle.load("."), ". is not a bundle: it has no "),
    "bundle.files:read_manifest#3": (
        lambda: damaged(replaced(MANIFEST, '"format": ', '"format": 9'), False),
        "bundle was saved by another seqtasks (format 9",
    ),
    "bundle.files:read_manifest#4": (
        lambda: damaged(written(MANIFEST, "{"), False),
        "is damaged: ",
    ),
    "bundle.hub:fetched": (
        lambda: fetched("hf://someone"),
        "hf://someone: write a model on the Hub as hf://OWNER/NAME",
    ),
    "bundle.hub:fetched#2": (
        lambda: without("huggingface_hub", fetched, "hf://a/b"),
        "hf://a/b: models on the Hub need huggingface_hub: pip install 'seqtasks[hub]'",
    ),
    "bundle.hub:fetched#3": (unreachable, "hf://a/b cannot be fetched: no connection"),
    "bundle.integrity:check_weights": (
        lambda: damaged(written("model.safetensors", "x")),
        "bundle/model.safetensors holds no weights in the format of safetensors: ",
    ),
    "bundle.integrity:check_weights#2": (
        lambda: damaged(replaced("config.yaml", "hidden_size: 12", "hidden_size: 13")),
        "bundle/model.safetensors does not fit config.yaml: ",
    ),
    "data.fields.channels:Channels.from_json": (
        lambda: Channels.from_json("{"),
        "not the channels of a sequence of vectors: ",
    ),
    "data.fields.channels:Channels.from_json#2": (
        lambda: Channels.from_json('{"channels": [], "mean": [], "deviation": []}'),
        "not the channels of a sequence of vectors, which are names, mean and deviation",
    ),
    "data.vocabulary:Vocabulary.from_json": (
        lambda: Vocabulary.from_json("{"),
        "not a vocabulary: ",
    ),
    "data.vocabulary:Vocabulary.from_json#2": (
        lambda: Vocabulary.from_json('["a", "a"]'),
        "not a vocabulary: a list of distinct strings is expected",
    ),
    "graphs.folder:check_parity": (
        lambda: check_parity(
            session(lambda x, n: {"y": x + n}) and Path("made.onnx"),
            Graph(
                "made",
                lambda given: {"y": given["x"]},
                {"x": NUMBERS, "n": NUMBERS.long() + 1},
                {},
            ),
        ),
        "export: 'y' of made.onnx differs from what the model computes",
    ),
    "graphs.folder:attach": (strange_weights, ".: it does not fit its config.yaml: "),
    "graphs.folder:check_device": (
        lambda: check_device("cuda"),
        "device: an exported model runs on the CPU, not on cuda; use the bundle that the model",
    ),
    "graphs.steps:traced": (
        lambda: traced(Sized()),
        "export: one step of a Sized decides something by the size of its batch, which a graph",
    ),
    "graphs.session:Session.__init__": (
        lambda: without("onnxruntime", Session, Path("a/b.onnx"), b""),
        "a is an exported model, which the package onnxruntime runs: pip install",
    ),
    "graphs.session:Session.__init__#2": (
        lambda: Session(Path(__file__), b"x"),
        "models.py cannot be run: ",
    ),
    "graphs.session:Session.__call__": (
        no_onnx_inputs,
        "made.onnx reads 'n', which is not given",
    ),
    "graphs.session:Session.__call__#2": (
        lambda: session(lambda x, n: {"y": x + n})({"x": NUMBERS.long(), "n": NUMBERS.long()}),
        "made.onnx cannot be run on this: ",
    ),
    "graphs.tracing:symbol_names": (
        lambda: graph(lambda x, n: {"y": x + len(x)}),
        "export: axis 0 of 'x' is to vary, and the model reads 3 steps of it alone",
    ),
    "graphs.translation:trace": (
        lambda: graph(lambda x, n: {"y": x if x.sum() > 0 else -x}),
        "cannot be traced (",
    ),
    "graphs.translation:Translation.call": (
        lambda: graph(lambda x, n: {"y": torch.linalg.svd(x).S}),
        "which has no translation to ONNX here; leave it in torch, or write the computation in",
    ),
    "graphs.operators.products:addmm": (
        lambda: graph(lambda x, n: {"y": torch.addmm(x[0, :3], x, x.t(), beta=2)}),
        "export: {'beta': 2} of a product have no translation to ONNX here",
    ),
    "graphs.operators.products:convolution": (
        lambda: graph(
            lambda x, n: {"y": nn.functional.conv_transpose1d(x[:, None], torch.ones(1, 2, 3))}
        ),
        "export: a transposed convolution has no translation to ONNX here",
    ),
    "graphs.operators.shapes:slice_scatter": (
        lambda: graph(lambda x, n: {"y": x.slice_scatter(x[:, :2], 1, 0, 4, 2)}),
        "export: a part that is replaced has no translation to ONNX here",
    ),
    "graphs.operators.shapes:index": (
        lambda: graph(lambda x, n: {"y": x[n[:, 0], n[:, 1]]}),
        "export: indexing by several tensors has no translation to ONNX here",
    ),
    "inspection.alignment:align": (
        lambda: align(loaded(*TAGGING), TEXT),
        "SequenceTagger has no attention to look at: an encoder-decoder is expected, as task=tr",
    ),
    "inspection.alignment:align#2": (
        lambda: align(loaded(*TRANSLATION, "task/decoder/attention=none"), TEXT, TEXT),
        "this model was trained without attention: there is nothing to show",
    ),
    "inspection.alignment:align#3": (
        lambda: empty_answer(align),
        "target: the model's own answer is empty; give what it is to write",
    ),
    "inspection.alignment_file:AlignmentFile.__init__": (
        lambda: AlignmentFile(Path("a.gif"), loaded(*TRANSLATION)),
        "attention: a.gif: the name ends in .json, .png or .svg",
    ),
    "inspection.alignment_file:AlignmentFile.__enter__": (
        lambda: AlignmentFile(Path("missing/a.json"), loaded(*TRANSLATION)).__enter__(),
        "cannot write missing/a.json: No such file or directory",
    ),
    "inspection.alignment_map:draw_alignment": (
        lambda: picture(2000),
        "text: 2000 by 2000 symbols are too many for one picture: shorten the text, or let the",
    ),
    "inspection.alignment_file:AlignmentFile.__call__": (
        two_pictures,
        "attention: a.png: a picture shows one line; give one, or a name that ends in .json",
    ),
    "inspection.canvas:import_matplotlib": (
        lambda: without("matplotlib", import_matplotlib),
        "a picture needs matplotlib: pip install 'seqtasks[plot]', or write a .json file",
    ),
    "inspection.canvas:drawing": (
        lambda: drawing(Path("missing/a.png")).__enter__()[0] and picture_nowhere(),
        "cannot write missing/a.png: No such file or directory",
    ),
    "inspection.ending:end_of_loss": (
        lambda: trace_gradients(loaded(*CLASSIFICATION), TEXT, last=2),
        "last: it goes with a loss at every step; SequenceClassifier has one for the whole text",
    ),
    "inspection.ending:end_of_loss#2": (
        lambda: trace_gradients(loaded(*TAGGING), TEXT, last=9),
        "last: it is from 1 to 5, the steps of this text, not 9",
    ),
    "inspection.heat_map:draw_states": (
        lambda: long_states(),
        "symbols are too many for one picture of",
    ),
    "inspection.norms:read_norms": (
        lambda: read_norms(Path("nowhere")),
        "nowhere: there is no csv/metrics.csv; give the folder of a run, runs/<task>/latest, that",
    ),
    "inspection.norms:read_norms#2": (
        lambda: read_norms(run_folder(f"step,{BEFORE},{AFTER}\nx,1,1\n")),
        "csv/metrics.csv is damaged: ",
    ),
    "inspection.norms:read_norms#3": (
        lambda: read_norms(run_folder("step\n")),
        "set the callback gradient_norm, and let the run be longer than trainer.log_every_n_steps",
    ),
    "inspection.norms:_limit": (
        lambda: read_norms(run_folder(f"step,{BEFORE},{AFTER}\n1,1,1\n")),
        "config.yaml: the trainer's options cannot be read: ",
    ),
    "inspection.reach:trace_gradients": (
        lambda: around_the_encoder(lambda m, t: trace_gradients(m, t, "NOUN " * 5), 0),
        "SequenceTagger runs its encoder 0 times, not once",
    ),
    "inspection.reach:trace_gradients#2": (
        one_step,
        "the encoder reads 1 step of this text, at least 2 are needed",
    ),
    "inspection.reading:encode_text#2": (
        no_text,
        "'tokens' is a TagField: a text of tokens is expected",
    ),
    "inspection.reading:features": (
        lambda: around_the_encoder(hidden_states, 0),
        "SequenceTagger predicts without its encoder",
    ),
    "inspection.reading:features#2": (
        lambda: around_the_encoder(hidden_states, 9),
        "the encoder takes 9 steps over 5 symbols of 'tokens'; a symbol for each step is expected",
    ),
    "inspection.reach:trace_gradients#3": (
        deaf,
        "does not depend on what the encoder reads",
    ),
    "inspection.reach:_target": (
        lambda: trace_gradients(loaded(*LETTERS), TEXT, target="cat"),
        "target: LanguageModel takes no target beside the text: leave it out",
    ),
    "inspection.reach:_target#2": (
        lambda: empty_answer(trace_gradients),
        "target: the model predicts nothing for this text: give one",
    ),
    "inspection.reading:find_encoder": (
        lambda: hidden_states(bare(LETTERS, "encoder"), TEXT),
        "LanguageModel has no encoder to look into: a RecurrentEncoder is expected as its encoder",
    ),
    "inspection.reading:encode_text": (
        several_texts,
        "SequenceTagger reads 2 texts at once (tokens, pair): look into a model that reads one",
    ),
    "inspection.reading:encode_text#3": (
        lambda: hidden_states(loaded(*TAGGING), " "),
        "text: it is empty; give one",
    ),
    "inspection.reading:encode_text#4": (
        lambda: hidden_states(loaded(*TAGGING), "dogs"),
        "the text has one symbol ('dogs'), at least two are needed; this model reads text by the",
    ),
    "inspection.states:HiddenStates.chosen": (
        lambda: hidden_states(loaded(*TAGGING), TEXT).chosen(unit=[99]),
        "unit: there is no unit 99: layer 0 has 24 units in 'h', from 0 to 23",
    ),
    "inspection.states:HiddenStates.chosen#2": (
        lambda: hidden_states(loaded(*TAGGING), TEXT).chosen(99),
        "units: 99 units cannot be shown: layer 0 has 24 units in 'h'; choose from 1 to 24",
    ),
    "inspection.states:hidden_states": (
        lambda: hidden_states(loaded(*TAGGING), TEXT, 3),
        "layer: there is no layer 3: the encoder has 1, from 0",
    ),
    "inspection.states:_find_state": (
        lambda: hidden_states(loaded(*TAGGING), TEXT, 0, "c"),
        "state: LSTM has no state 'c'; the choices are h, 0, 1",
    ),
    "inspection.views:view_states": (
        lambda: view_states(loaded(*TAGGING), TEXT, units=1, unit=[1]),
        "units takes the most selective, unit those you name: give one",
    ),
    "inspection.views:check_output": (
        lambda: check_output(Path("a.gif")),
        "output: a.gif: the name ends in one of .png, .svg, .json",
    ),
    "inspection.views:check_output#2": (
        lambda: check_output(Path("missing/a.json")),
        "output: missing/a.json: there is no folder missing; make it first",
    ),
    "inspection.views:save_view": (
        lambda: save_view(View("", {}, print), Path("missing/a.json")),
        "cannot write missing/a.json: No such file or directory",
    ),
    "prediction.ensemble:check_members": (
        lambda: check_members([loaded(*TRANSLATION), loaded(*TAGGING)]),
        "ensemble: model 2 is a SequenceTagger, which does not search for its output; ensembles",
    ),
    "prediction.ensemble:check_members#2": (
        changed_vocabulary,
        "ensemble: model 2 has another target vocabulary than the first: symbol 1 is 'x' there",
    ),
    "prediction.ensemble:check_members#3": (
        changed_copies,
        "ensemble: model 2 copies other words of the source than the first; train both with the",
    ),
    "prediction.files:FilePredictor.taken": (
        lambda: predicted("text", "a", "b", options=TRANSLATION, prefixes=iter(["a"])),
        "prefixes: the file has fewer lines than the input; give one for each",
    ),
    "prediction.files:prefix_lines": (
        lambda: list(prefix_lines(Path("missing.txt"))),
        "prefixes: missing.txt: there is no such file",
    ),
    "prediction.forms.__init__:by_suffix": (
        lambda: by_suffix(Path("x.ts")),
        "format: x.ts: a .ts file is read in training alone; write its records as text, tsv, csv",
    ),
    "prediction.forms.__init__:find_columns": (
        lambda: find_columns(loaded(*TAGGING), ["text"]),
        "column: 'text' is not written INPUT=NAME; this model's inputs are tokens",
    ),
    "prediction.forms.__init__:make_input": (
        lambda: predicted("jsonl", header=False),
        "no_header: jsonl has none; leave it out",
    ),
    "prediction.forms.labelled_tokens:SentenceOutput.__init__": (
        lambda: predicted("conll", options=CLASSIFICATION),
        "output_format: conll is for taggers of one text, and this SequenceClassifier is none",
    ),
    "prediction.forms.labelled_tokens:SentenceOutput.__init__#2": (
        lambda: predicted("conll", options=(*TAGGING, "task/head=crf"), n_best=2),
        "n_best: conll has one label for each token; leave it out, or take jsonl",
    ),
    "prediction.forms.objects:ObjectOutput.refusal": (
        lambda: predicted("jsonl", '{"tokens": "a", "prediction": 1}'),
        "input:1: the object has a 'prediction' of its own; give what is predicted another name",
    ),
    "prediction.forms.objects:json_row": (
        lambda: predicted("jsonl", "a"),
        "input:1: not valid JSON (Expecting value); write one object a line",
    ),
    "prediction.forms.objects:json_row#2": (
        lambda: predicted("jsonl", "[1]"),
        "input:1: no JSON object; write one a line",
    ),
    "prediction.forms.record_form:cell": (
        lambda: predicted("jsonl", '{"token": "a"}'),
        "input:1: no column 'tokens'; Did you mean 'token'? There are 'token'; name the column",
    ),
    "prediction.forms.sentences:SentenceInput.inputs": (
        lambda: predicted("conll", "the DT", "dogs"),
        "input:2: 1 column(s) found, 2 expected as at the first token",
    ),
    "prediction.forms.sentences:SentenceInput.inputs#2": (
        lambda: predicted("conll", "the\tDT", "\tNN"),
        "input:2: the token in 'tokens' is empty; write it",
    ),
    "prediction.forms.sentences:position": (
        lambda: predicted("conll", "the DT", columns=["tokens=5"]),
        "input:1: no column 5 for the input 'tokens'; there are 0 to 1; name another, as in",
    ),
    "prediction.forms.tables:TableInput.begin": (
        lambda: predicted("tsv", "tokens\ttokens", "a\tb"),
        "input:1: the column 'tokens' is there twice; give each a name of its own",
    ),
    "prediction.forms.tables:TableInput.inputs": (
        lambda: predicted("tsv", "tokens", "a\tb"),
        "input:2: 2 column(s) found, 1 expected as in the header",
    ),
    "prediction.forms.quoted_tables:parsed": (
        lambda: predicted("csv", "tokens", '"a', "b"),
        "input:2: not valid CSV up to line 3 (unexpected end of data); close the quotes, and",
    ),
    "prediction.forms.written_tables:TableOutput.head": (
        lambda: predicted("jsonl", '{"tokens": "a"}', output="csv"),
        "output_format: a table has the same columns in every row, which the input does not say",
    ),
    "prediction.forms.written_tables:TableOutput.head#2": (
        lambda: predicted("tsv", "tokens\terror", "a\tb"),
        "input:1: the input has a column 'error' of its own, and one of that name is added",
    ),
    "prediction.model:Model.check_whole": (
        lambda: loaded(*RAW_TAGGING).predict([["New York"]]),
        "input:1: the token 'New York' in 'tokens' holds white space, at which this model cuts",
    ),
    "prediction.model:check_tokens": (
        lambda: loaded(*TAGGING).predict([["a", 2]]),
        "input:1: 'tokens' holds an int at 1 (from 0); give a text, or a list of tokens",
    ),
    "prediction.predictor:together_as_one": (
        lambda: loaded(*TAGGING).predict([1, 2]),
        "2 records cannot be used:",
    ),
    "prediction.source_lines:check_decoded": (
        lambda: predicted("text", "caf\udce9"),
        "input:1: not valid utf-8 (byte 0xe9); convert it to utf-8",
    ),
    "bundle.bundle:Bundle.iterated": (
        lambda: loaded(*TAGGING).predict(7),
        "inputs: an int holds no texts; give a text, a list of texts, or mappings with tokens",
    ),
    "data.raw_inputs:as_inputs": (
        lambda: as_inputs(["a"], ["tokens", "pair"], "input:1"),
        "input:1: a list is given for 2 inputs; give a mapping with tokens, pair",
    ),
    "data.raw_inputs:as_inputs#2": (
        lambda: as_inputs("a", ["tokens", "pair"], "input:1"),
        "input:1: 1 column found, 2 expected with a tab between them: tokens, pair; correct the",
    ),
    "data.raw_inputs:as_value": (
        lambda: as_inputs(3, ["tokens"], "input:1"),
        "input:1: 'tokens' is an int; give a text, or a list of tokens",
    ),
    "data.raw_inputs:as_value#2": (
        lambda: as_inputs(["a", ""], ["tokens"], "input:1"),
        "input:1: 'tokens' holds an empty token at 1 (from 0); leave it out",
    ),
    "data.raw_inputs:selected": (
        lambda: as_inputs({"text": "a"}, ["tokens"], "input:1"),
        "input:1: the object has no 'tokens'; give it tokens; it has text",
    ),
    "prediction.text_generator:TextGenerator.started#3": (
        lambda: TextGenerator(loaded(*LABELLED), "z"),
        "condition: the model has not learnt the label 'z' in 'label'",
    ),
    "prediction.predictor:Predictor.refuse": (
        lambda: Predictor([loaded(*LETTERS)], scores=True),
        "scores: this LanguageModel gives no probabilities of labels; use python -m seqtasks.gen",
    ),
    "prediction.predictor:prefix_tokens": (
        lambda: predicted("text", "a", options=TRANSLATION, prefixes=iter(["zzz"])),
        "prefix: the model's outputs have no 'zzz'",
    ),
    "prediction.sampling:sampling_options": (
        lambda: sampling_options({"topk": 3}, {}, 1, None),
        "config.yaml: task.sampling has no option 'topk'",
    ),
    "prediction.sampling:sampling_options#2": (
        lambda: sampling_options({}, {"temperature": 0.0, "top_k": 2}, 1, None),
        "top_k: a temperature of 0 takes the most probable token every time; leave one out",
    ),
    "prediction.text_generator:TextGenerator.__init__": (
        lambda: TextGenerator(loaded(*TAGGING)),
        "the bundle holds a SequenceTagger, which is no language model; use python -m",
    ),
    "prediction.text_generator:TextGenerator.started": (
        lambda: TextGenerator(loaded(*LETTERS), "x"),
        "condition: this model starts from no condition; leave it out",
    ),
    "prediction.text_generator:TextGenerator.started#2": (
        lambda: TextGenerator(loaded(*LABELLED)),
        "condition: this model starts from its 'label'; give one; the labels are ",
    ),
    "prediction.text_generator:TextGenerator.prompt": (
        no_beginning,
        "text 1 is empty, and the model was trained without <bos>, so it cannot begin one; give",
    ),
    "serving.answering:Answering.check": (
        lambda: Answering(loaded(*TAGGING)).check(Wanted(attention=True)),
        "attention: this SequenceTagger has no attention to look at; leave it out",
    ),
    "prediction.text_generator:TextGenerator.tokens": (
        lambda: unknown_symbol(),
        "text 1: '☃': the model does not know it and has no <unk> to read instead; leave it out",
    ),
    "reporting.page:write_report": (
        lambda: unwritable_report(),
        "output: missing/a.html: No such file or directory; choose another",
    ),
    "reporting.page:page": (
        lambda: page(Path("nothing"), [], 1),
        "nothing is no run: it has no bundle; training prints where it is",
    ),
    "reporting.page:damage_told": (
        lambda: page(folder(*TAGGING), [], 1),
        "metrics.json is damaged: ",
    ),
    "reporting.run_folder:_write": (
        lambda: Path("taken").touch() or write_config(Path("taken"), {}),
        "cannot write taken/config.yaml: File exists; choose another folder: hydra.run.dir=PATH",
    ),
    "transfer.transfer:Transfer.__init__": (
        lambda: Transfer("a", "b"),
        "encoder: a training starts from this or from model; set one of them to null",
    ),
    "transfer.transfer:Transfer.__init__#2": (
        lambda: Transfer(join_vocabulary=True),
        "join_vocabulary: it goes with encoder; model keeps its vocabulary by itself",
    ),
    "transfer.transfer:Transfer.__init__#3": (
        lambda: Transfer(freeze=True),
        "freeze: it keeps what was taken; name a bundle: encoder=PATH or model=PATH",
    ),
    "transfer.transfer:Transfer.__init__#4": (
        lambda: Transfer("a", freeze=True, unfreeze_epochs=1),
        "freeze: it is for the whole training; set it to false, or unfreeze_epochs to null",
    ),
    "transfer.transfer:Transfer.__init__#5": (
        lambda: Transfer(layer_factor=0.0),
        "layer_factor: it is above 0, not 0.0",
    ),
    "transfer.transfer:Transfer.agree": (
        lambda: Transfer("b").agree("x", *fields("tokens", "tags")),
        "encoder: data.x is a TokenField in b, not a TagField",
    ),
    "transfer.transfer:Transfer.agree#2": (
        lambda: Transfer("b").agree("x", *fields("tokens", "tokens", lowercase=True)),
        "encoder: the symbols of b are of another kind; set data.x.lowercase=true",
    ),
    "transfer.transfer:Transfer.fill_model": (
        lambda: Transfer(model="b").fill_model(loaded(*TAGGING), loaded(*LETTERS).task, {}),
        "model: b is a SequenceTagger, not a LanguageModel; choose its task, or take its encoder",
    ),
    "transfer.transfer:Transfer.fill_model#2": (
        lambda: Transfer(model="b").fill_model(
            loaded(*TAGGING),
            loaded(*TAGGING, "encoder.hidden_size=8").task,
            {"encoder": {"hidden_size": 8}},
        ),
        "model: b has other sizes (",
    ),
    "transfer.transfer:Transfer.fill_encoder": (
        lambda: Transfer("b").fill_encoder(
            loaded(*TAGGING), loaded(*TAGGING, "encoder.hidden_size=8").task, {}
        ),
        "encoder: b has other sizes; set encoder.",
    ),
    "transfer.transfer:Transfer.vectors": (
        lambda: no_tokens(),
        "it takes token vectors, and a SequenceTagger of vectors has none",
    ),
    "transfer.transfer:Transfer.part": (
        lambda: Transfer("b").part(nn.Linear(1, 1), "encoder", nn.Linear),
        "encoder: Linear has no part 'encoder' that is a Linear",
    ),
}
