"""A look into a model: numbers against independent computations, files against their formats."""

from __future__ import annotations

import copy
import csv
import json
import math
import sys
import xml.etree.ElementTree as ElementTree
from itertools import pairwise
from pathlib import Path

import pytest
import pytorch_lightning as pl
import torch
from hydra import compose, initialize_config_module
from hydra.utils import instantiate
from pytorch_lightning.loggers import CSVLogger
from small import SMALL
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader

from seqtasks import picture
from seqtasks.bundle import Bundle
from seqtasks.cells import CELLS
from seqtasks.errors import DataError, SeqtasksError, UsageError
from seqtasks.inspection import hidden_states, read_norms, trace_gradients
from seqtasks.inspection.canvas import MISSING, drawing
from seqtasks.inspection.heat_map import draw_states
from seqtasks.inspection.properties import properties
from seqtasks.inspection.reach import factor
from seqtasks.inspection.reading import encode_text, features
from seqtasks.inspection.selectivity import rank
from seqtasks.inspection.states import HiddenStates
from seqtasks.inspection.trace import trace_encoder
from seqtasks.kernels.lengths import reverse
from seqtasks.run import run
from seqtasks.training.gradient_norm import AFTER, BEFORE, GradientNorm

SENTENCE = "the dogs see the cat and she walks ."
LETTERS = ["task=generation", "data.tokens.level=character"]
TINY = [*SMALL[:3], "encoder.hidden_size=6"]


def make(*overrides: str) -> Bundle:
    """An untrained model of the sample data, its weights large enough to tell units apart."""
    with initialize_config_module("seqtasks.conf", version_base="1.3"):
        config = compose("config", [*TINY, *overrides])
    data = instantiate(config.data)
    data.setup()
    torch.manual_seed(1)
    task = instantiate(config.task)(data.vocabularies)
    return Bundle(task.eval(), data.fields, {}, {})


@pytest.fixture(scope="module")
def letters() -> Bundle:
    return make(*LETTERS, "encoder.num_layers=2")


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> Path:
    """The folder of one run with a log of its gradients."""
    folder = tmp_path_factory.mktemp("run")
    with initialize_config_module("seqtasks.conf", version_base="1.3"):
        small = [option for option in SMALL if "logger" not in option]
        often = ["trainer.log_every_n_steps=1", "trainer.gradient_clip_val=0.3"]
        config = compose("config", ["task=tagging", "encoder=bidirectional", *small, *often])
    run(config, folder, "tagging")
    return folder


# Hidden states


@pytest.mark.parametrize("cell", CELLS)
def test_states_are_those_after_each_beginning_of_the_text(cell):
    bundle = make(*LETTERS, f"encoder.cell={cell}", "encoder.num_layers=2")
    task, text = bundle.task, "the dog\nsees her"
    tokens = encode_text(bundle, text).batch.tokens
    with torch.no_grad():
        given = task.embedding(tokens)
        outputs, _ = task.encoder(given)
        ends = [task.encoder(given[:, : step + 1])[1] for step in range(tokens.size(1))]
    found = hidden_states(bundle, text)
    assert found.symbols == ["<bos>", *text]
    assert (found.layer, found.cell) == (1, CELLS[cell].__name__)
    torch.testing.assert_close(found.values, outputs[0], atol=1e-5, rtol=1e-5)
    per_layer = len(task.encoder.state_shapes) // 2
    for number, shape in enumerate(task.encoder.state_shapes[:per_layer]):
        for layer in (0, 1) if 0 not in shape else ():
            values = hidden_states(bundle, text, layer, str(number)).values
            expected = torch.cat([end[layer * per_layer + number] for end in ends]).flatten(1)
            torch.testing.assert_close(values, expected, atol=1e-5, rtol=1e-5)


def test_backward_states_are_those_of_the_text_from_its_end():
    bundle = make("task=tagging", "encoder=bidirectional", "encoder.cell=lstm")
    encoder = bundle.task.encoder
    batch = encode_text(bundle, SENTENCE).batch
    with torch.no_grad():
        given = bundle.task.embedding(batch)
        steps = given.size(1)
        ends = [encoder.layers[0].cells[1](reverse(given[:, t:], None))[1] for t in range(steps)]
        outputs, _ = encoder(given)
    found = hidden_states(bundle, SENTENCE, state="1")
    size = len(found.ranking) // 2
    assert found.directions == ["forward"] * size + ["backward"] * size
    expected = torch.cat([cell for _, cell in ends])
    torch.testing.assert_close(found.values[:, size:], expected, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(
        hidden_states(bundle, SENTENCE).values, outputs[0], atol=1e-5, rtol=1e-5
    )


@pytest.mark.parametrize("task", ["classification", "tagging", "translation", "one_to_one"])
def test_every_task_with_an_encoder_can_be_looked_into(task):
    bundle = make(f"task={task}")
    found = hidden_states(bundle, SENTENCE)
    words = [symbol for symbol in found.symbols if symbol not in ("<bos>", "<eos>")]
    assert words == SENTENCE.split()
    assert found.values.shape == (len(found.symbols), len(found.ranking))
    assert found.values.isfinite().all()
    reach = trace_gradients(bundle, SENTENCE, target=aim(bundle))
    assert len(reach.inputs[0]) == len(found.symbols)


def aim(bundle: Bundle) -> str:
    """A target of the sentence that an untrained model need not find."""
    if "tags" in bundle.fields:
        return " ".join([bundle.fields["tags"].vocabulary.symbols[0]] * len(SENTENCE.split()))
    if "label" in bundle.fields:
        return bundle.fields["label"].vocabulary.symbols[0]
    return "les chiens voient le chat ."


def test_the_end_of_a_text_that_a_language_model_only_predicts_is_left_out():
    bundle = make(*LETTERS, "data.tokens.eos=true")
    assert bundle.fields["tokens"].eos
    found = hidden_states(bundle, "the dog")
    assert found.symbols == ["<bos>", *"the dog"]
    assert torch.equal(found.values, hidden_states(make(*LETTERS), "the dog").values)
    reach = trace_gradients(bundle, "the dog")
    assert reach.symbols == ["<bos>", *"the dog"]


def test_subwords_and_unknown_symbols_are_shown_as_they_stand_in_the_text():
    bundle = make("task=generation", "data.tokens.level=bpe", "data.tokens.max_size=300")
    symbols = hidden_states(bundle, "the dogs walk").symbols
    assert len(symbols) < len("the dogs walk")
    assert symbols[0] + "".join(symbols[1:]) == "<bos>the dogs walk"
    assert hidden_states(bundle, "the Ω").symbols.count("Ω") == 2  # two bytes, one character
    words = make("task=tagging")
    reading = encode_text(words, "the Qwxyz dogs")
    assert reading.symbols == ["the", "Qwxyz", "dogs"]
    assert reading.numbers[1] == words.fields["tokens"].vocabulary.unk_id


def test_the_encoder_is_as_it_was_even_after_an_error(letters):
    encoder = letters.task.encoder
    before = [list(layer.cells) for layer in encoder.layers]
    names = list(encoder.state_dict())
    with pytest.raises(ZeroDivisionError), trace_encoder(encoder):
        encoder(torch.zeros(1, 1 // 0, 3))
    hidden_states(letters, "the dog")
    trace_gradients(letters, "the dog")
    assert [list(layer.cells) for layer in encoder.layers] == before
    assert list(encoder.state_dict()) == names
    assert not any(layer._forward_pre_hooks for layer in encoder.layers)
    assert not encoder._forward_pre_hooks
    assert not encoder._forward_hooks
    assert all(p.dtype == torch.float32 and p.grad is None for p in letters.task.parameters())
    assert torch.get_default_dtype() == torch.float32


# Selectivity


def test_a_unit_that_fires_on_one_symbol_has_selectivity_1_and_comes_first():
    text = "banana bandana"
    known = {letter: number for number, letter in enumerate(sorted(set(text)))}
    torch.manual_seed(0)
    values = torch.randn(len(text), 5)
    values[:, 3] = torch.tensor([0.7 if letter == "n" else -0.1 for letter in text])
    values[:, 1] = 0.25  # constant
    ranking = rank(values, properties(text, [known[letter] for letter in text]))
    assert ranking[0].unit == 3
    assert ranking[0].share == pytest.approx(1)
    assert ranking[0].property == "'n'"
    assert (ranking[-1].unit, ranking[-1].share, ranking[-1].property) == (1, 0.0, "")
    assert [one.share for one in ranking] == sorted((o.share for o in ranking), reverse=True)


def test_the_share_is_the_variance_between_the_groups_over_the_whole():
    torch.manual_seed(0)
    values = torch.randn(30, 1)
    holds = torch.arange(30) % 3 == 0
    groups = [values[holds], values[~holds]]
    between = sum(len(g) * float(g.mean() - values.mean()) ** 2 for g in groups)
    whole = float((values - values.mean()).square().sum())
    [found] = rank(values, {"third": holds.double()})
    assert found.share == pytest.approx(between / whole, abs=1e-5)
    assert rank(values, {})[0].share == 0


def test_properties_are_where_they_are_expected():
    text = 'He said: "so (it\nis) 7". Oh!'
    found = properties(text, [ord(letter) for letter in text])
    shown = {name: "".join("x" if v else "-" for v in values) for name, values in found.items()}
    assert shown["capital"] == "".join("x" if c in "HO" else "-" for c in text)
    assert shown["white space"] == "".join("x" if c in " \n" else "-" for c in text)
    assert "number" not in shown  # at one step alone
    assert shown["punctuation"] == "".join("x" if c in ':"().!' else "-" for c in text)
    assert shown["in quotes or brackets"] == "---------" + "x" * 13 + "-" * (len(text) - 22)
    assert found["place in the line"].tolist() == [*range(17), *range(len(text) - 17)]
    assert [int(v) for v in found["place in the word"][:8]] == [0, 1, 2, 0, 1, 2, 3, 4]
    assert shown["beginning of a word"][:10] == "x--x-----x"
    assert set(properties(["a", "b"], [0, 1])) == {"place in the text"}
    pieces = properties(["<bos>", "the", " dog", "s", " see", "n"], [0, 1, 2, 3, 4, 5])
    assert pieces["beginning of a word"].tolist() == [0, 1, 1, 0, 1, 0]
    assert pieces["place in the word"].tolist() == [0, 0, 0, 1, 0, 1]


# Gradients through time


def test_gradients_are_those_of_a_recurrence_written_out():
    """Elman's equations by hand, each hidden state a leaf that autograd can be asked about."""
    bundle = make(*LETTERS, "encoder.cell=elman")
    task = copy.deepcopy(bundle.task).double()
    text = "the dog sees"
    tokens = encode_text(bundle, text).batch.tokens[0]
    weight_ih, weight_hh, bias_ih, bias_hh = task.encoder.layers[0].cells[0].rnn.all_weights[0]
    reads = [task.embedding.table.weight[token].detach().requires_grad_() for token in tokens[:-1]]
    hidden, states = torch.zeros(6, dtype=torch.float64), []
    for vector in reads:
        hidden = torch.tanh(weight_ih @ vector + bias_ih + weight_hh @ hidden + bias_hh)
        states.append(hidden)
    for last in (1, 3):
        loss = functional.cross_entropy(
            task.head(torch.stack(states[-last:])), tokens[-last:], reduction="sum"
        )
        by_input = torch.autograd.grad(loss, reads, retain_graph=True)
        found = trace_gradients(bundle, text, last=last)
        assert found.loss == pytest.approx(loss.item(), rel=1e-9)
        expected = [float(gradient.norm()) for gradient in reversed(by_input)]
        assert found.inputs[0] == pytest.approx(expected, rel=1e-9)
        if last == 1:  # beyond the last step the state is what the loss knows of h
            by_state = torch.autograd.grad(loss, states, retain_graph=True)
            expected = [float(gradient.norm()) for gradient in reversed(by_state)]
            assert math.isnan(found.states[0][0])
            assert found.states[0][1:] == pytest.approx(expected[1:], rel=1e-9)
    assert found.symbols == ["<bos>", *text[:-1]]
    assert found.of == "loss of the last 3 steps"


def test_a_gradient_that_vanishes_is_not_lost_in_rounding():
    """Far below the rounding of what the earlier steps' own losses would give."""
    bundle = make(*LETTERS, "encoder.cell=elman")
    recurrent = bundle.task.encoder.layers[0].cells[0].rnn.weight_hh_l0
    with torch.no_grad():
        recurrent.mul_(0.03)
    found = trace_gradients(bundle, "the dogs see the cat")
    norms = found.states[0][1:]
    assert norms[-1] < 1e-25
    assert found.inputs[0][-1] < 1e-25
    for nearer, farther in pairwise(norms):  # orthogonal weights times 0.03, and tanh's slope
        assert 0.02 < farther / nearer <= 0.03 * (1 + 1e-6)


def test_gradients_through_a_deep_stack_are_those_of_the_parallel_pass():
    options = ["encoder=bidirectional", "encoder.num_layers=3", "encoder.residual=true"]
    bundle = make("task=tagging", *options, "encoder.layer_norm=true", "encoder.cell=lstm")
    target = aim(bundle)
    found = trace_gradients(bundle, SENTENCE, target)
    task = copy.deepcopy(bundle.task).double()
    batch = encode_text(bundle, SENTENCE, target).batch
    given = []
    for layer in task.encoder.layers:
        layer.register_forward_pre_hook(lambda _, arguments: given.append(arguments[0]))
    outputs, _ = task.encoder(task.embedding(batch))
    loss = functional.cross_entropy(task.head(outputs)[0, -1], batch.tags[0, -1])
    for norms, gradient in zip(found.inputs, torch.autograd.grad(loss, given), strict=True):
        assert norms == pytest.approx(gradient[0].norm(dim=1).flip(0).tolist(), rel=1e-8, abs=1e-15)
    assert found.loss == pytest.approx(loss.item(), rel=1e-9)


def test_the_state_that_is_handed_on_holds_all_tensors_of_an_lstm():
    """Against central differences: the state after a prefix is moved, the rest is run."""
    bundle = make(*LETTERS, "encoder.cell=lstm")
    task = copy.deepcopy(bundle.task).double()
    tokens = encode_text(bundle, "the dog").batch.tokens
    found = trace_gradients(bundle, "the dog").states[0]
    given = task.embedding(tokens[:, :-1]).detach()
    steps = given.size(1)
    with torch.no_grad():
        for lag in (1, 4):
            _, state = task.encoder(given[:, : steps - lag])
            slopes = []
            for tensor in range(2):
                for unit in range(6):
                    ends = []
                    for sign in (1, -1):
                        moved = [part.clone() for part in state]
                        moved[tensor][0, unit] += sign * 1e-5
                        outputs, _ = task.encoder(given[:, steps - lag :], None, tuple(moved))
                        logits = task.head(outputs)[0, -1]
                        ends.append(float(functional.cross_entropy(logits, tokens[0, -1])))
                    slopes.append((ends[0] - ends[1]) / 2e-5)
            assert found[lag] == pytest.approx(math.hypot(*slopes), rel=1e-6)


def test_a_gradient_does_not_go_where_nothing_is_handed_on():
    bundle = make(*LETTERS, "encoder.cell=none")
    found = trace_gradients(bundle, "the dog")
    assert found.inputs[0][0] > 0
    assert found.inputs[0][1:] == [0.0] * 6
    assert found.states == []
    assert found.to_json()["inputs"][0]["factor"] is None


def test_the_model_s_own_prediction_is_the_target_where_none_is_given():
    bundle = make("task=tagging")
    [predicted] = bundle.predict([SENTENCE])
    by_default = trace_gradients(bundle, SENTENCE)
    given = trace_gradients(bundle, SENTENCE, " ".join(predicted))
    assert (by_default.inputs, by_default.loss) == (given.inputs, given.loss)
    other = next(s for s in bundle.fields["tags"].vocabulary.symbols if s != predicted[-1])
    wrong = trace_gradients(bundle, SENTENCE, " ".join([*predicted[:-1], other]))
    assert wrong.loss > given.loss


def test_a_text_that_the_field_cuts_is_cut():
    options = ["data.tokens.max_length=4", "data.tokens.truncate=true"]
    bundle = make("task=tagging", *options)
    assert hidden_states(bundle, SENTENCE).symbols == SENTENCE.split()[:4]
    assert trace_gradients(bundle, SENTENCE).symbols == SENTENCE.split()[:4]


def test_a_frozen_embedding_hides_no_gradient(letters):
    expected = trace_gradients(letters, "the dog").inputs
    frozen = copy.deepcopy(letters)
    frozen.task.embedding.requires_grad_(False)
    assert trace_gradients(frozen, "the dog").inputs == expected


def test_the_factor_of_a_geometric_series():
    assert factor([3 * 0.9**lag for lag in range(20)]) == pytest.approx(0.9)
    assert factor([math.nan, *(1.2**lag for lag in range(9))]) == pytest.approx(1.2)
    assert factor([1.0, 0.0, 0.0]) is None


# Gradient norms of a training


class Recorded(pl.LightningModule):
    """A linear map that notes its gradient around clipping, by plain arithmetic."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(3, 2)
        self.before: list[float] = []
        self.after: list[float] = []

    def norm(self) -> float:
        squares = (float(v) ** 2 for p in self.parameters() for v in p.grad.flatten())
        return math.sqrt(sum(squares))

    def training_step(self, batch, batch_index):
        return self.linear(batch).square().sum()

    def configure_gradient_clipping(
        self, optimizer, gradient_clip_val=None, gradient_clip_algorithm=None
    ):
        self.before.append(self.norm())
        self.clip_gradients(optimizer, gradient_clip_val, gradient_clip_algorithm)
        self.after.append(self.norm())

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.1)


@pytest.mark.parametrize("accumulate", [1, 3])
@pytest.mark.parametrize(("value", "algorithm"), [(1.0, "norm"), (0.2, "value"), (None, None)])
def test_norms_are_logged_before_and_after_clipping(tmp_path, value, algorithm, accumulate):
    torch.manual_seed(0)
    module = Recorded()
    trainer = pl.Trainer(
        accelerator="cpu",
        max_epochs=2,
        logger=CSVLogger(tmp_path, name="csv", version=""),
        callbacks=[GradientNorm()],
        log_every_n_steps=2,
        gradient_clip_val=value,
        gradient_clip_algorithm=algorithm,
        accumulate_grad_batches=accumulate,
        enable_progress_bar=False,
        enable_model_summary=False,
        enable_checkpointing=False,
    )
    trainer.fit(module, DataLoader(torch.randn(24, 3), batch_size=2))
    with (tmp_path / "csv" / "metrics.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row[BEFORE]]
    assert [int(row["step"]) for row in rows] == list(range(1, 24 // accumulate, 2))
    assert [float(row[BEFORE]) for row in rows] == pytest.approx(module.before[1::2], rel=1e-5)
    assert [float(row[AFTER]) for row in rows] == pytest.approx(module.after[1::2], rel=1e-5)
    assert (module.before != module.after) == (value is not None)


def test_without_a_logger_no_norm_is_taken(tmp_path, monkeypatch):
    def refuse(parameters):
        raise AssertionError

    monkeypatch.setattr("torch.nn.utils.get_total_norm", refuse)
    options = {"enable_progress_bar": False, "enable_model_summary": False}
    pl.Trainer(
        accelerator="cpu",
        max_steps=3,
        logger=False,
        log_every_n_steps=1,
        callbacks=[GradientNorm()],
        enable_checkpointing=False,
        default_root_dir=tmp_path,
        **options,
    ).fit(Recorded(), DataLoader(torch.randn(6, 3), batch_size=2))


def test_a_run_logs_its_norms_and_they_are_read_back(ran):
    norms = read_norms(ran)
    assert norms == read_norms(ran / "bundle")
    assert norms.limit == 0.3
    assert norms.steps == list(range(len(norms.steps)))
    assert len(norms.steps) >= 2
    assert max(norms.after) <= 0.3 * (1 + 1e-4)
    for before, after in zip(norms.before, norms.after, strict=True):
        assert after == pytest.approx(min(before, 0.3), rel=1e-4)
    assert norms.clipped == sum(b > 0.3 for b in norms.before) / len(norms.before)


def log(parent: Path, text: str, clip: str = "gradient_clip_val: 1.0") -> Path:
    folder = parent / "run"
    (folder / "csv").mkdir(parents=True)
    (folder / "csv" / "metrics.csv").write_text(text)
    (folder / "config.yaml").write_text(f"trainer: {{{clip}, gradient_clip_algorithm: norm}}\n")
    return folder


def test_norms_that_are_not_finite_are_null_in_json(tmp_path):
    rows = (
        f"step,{BEFORE},{AFTER},val/loss\n0,2.0,1.0,\n1,,,0.5\n2,nan,nan,\n3,inf,nan,\n4,.5,.5,\n"
    )
    folder = log(tmp_path, rows)
    norms = read_norms(folder)
    plain = norms.to_json()
    assert plain["steps"] == [0, 2, 3, 4]
    assert plain["before"] == [2.0, None, None, 0.5]
    assert plain["after"] == [1.0, None, None, 0.5]
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    picture.main([str(folder), "--training", "--output", str(tmp_path / "t.png")])


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("step,train/loss\n0,1.0\n", SeqtasksError, "set the callback gradient_norm"),
        (f"step,{BEFORE},{AFTER}\n0,much,1\n", DataError, "is damaged"),
        (f"{BEFORE},{AFTER}\n1,1\n", DataError, "is damaged"),
    ],
)
def test_a_log_without_norms_is_told_so(tmp_path, text, kind, message):
    with pytest.raises(kind, match=message):
        read_norms(log(tmp_path, text))


def test_a_configuration_that_says_nothing_of_clipping(tmp_path):
    folder = log(tmp_path, f"step,{BEFORE},{AFTER}\n0,1,1\n", "gradient_clip_val: null")
    assert read_norms(folder).limit is None
    (tmp_path / "latest").write_text("run\n")  # where there are no links
    assert read_norms(tmp_path / "latest") == read_norms(folder)
    (folder / "config.yaml").write_text("trainer: 3\n")
    with pytest.raises(DataError, match=r"config\.yaml"):
        read_norms(folder)
    (folder / "config.yaml").write_text("trainer: {}\n")
    with pytest.raises(DataError, match="gradient_clip_val"):
        read_norms(folder)
    with pytest.raises(SeqtasksError, match=r"no csv/metrics\.csv"):
        read_norms(tmp_path / "nowhere" / "deep")


# Files


@pytest.fixture
def look(ran, tmp_path, capsys):
    """A function that writes a picture of the run's bundle: exit code, path, errors."""

    def call(*arguments: str, name: str = "out.json", folder: Path | None = None):
        path = tmp_path / name
        code = 0
        try:
            picture.main([str(folder or ran / "bundle"), *arguments, "--output", str(path)])
        except SystemExit as stop:
            code = stop.code or 0
        return code, path, capsys.readouterr().err

    return call


VIEWS = {
    "states": ["--states", "--text", SENTENCE],
    "gradients": ["--gradients", "--text", SENTENCE],
    "training": ["--training"],
}


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_is_written_in_each_format(look, view):
    code, path, error = look(*VIEWS[view], name="a picture.png")
    assert (code, error) == (0, "")
    assert path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    code, path, _ = look(*VIEWS[view], name="a.SVG")
    assert code == 0
    assert ElementTree.parse(path).getroot().tag.endswith("svg")
    first = path.read_bytes()
    look(*VIEWS[view], name="a.SVG")
    assert path.read_bytes() == first  # the same every time
    code, path, _ = look(*VIEWS[view])
    assert code == 0
    assert json.loads(path.read_text(encoding="utf-8"))


def test_json_holds_what_was_asked_for(look, ran):
    from seqtasks.bundle import load

    _, path, _ = look("--states", "--text", SENTENCE, "--units", "3", "--layer", "0")
    content = json.loads(path.read_text(encoding="utf-8"))
    found = hidden_states(load(ran / "bundle"), SENTENCE)
    assert content["symbols"] == SENTENCE.split()
    assert (content["cell"], content["layer"], content["state"]) == ("LSTM", 0, "h")
    assert [unit["unit"] for unit in content["units"]] == [one.unit for one in found.ranking[:3]]
    for unit in content["units"]:
        assert unit["values"] == pytest.approx(found.values[:, unit["unit"]].tolist(), abs=1e-6)
        assert unit["direction"] == found.directions[unit["unit"]]
    _, path, _ = look("--states", "--text", SENTENCE, "--unit", "2", "--unit", "5", "--state", "1")
    content = json.loads(path.read_text(encoding="utf-8"))
    assert {unit["unit"] for unit in content["units"]} == {2, 5}
    _, path, _ = look("--gradients", "--text", SENTENCE, "--last", "2")
    content = json.loads(path.read_text(encoding="utf-8"))
    assert len(content["inputs"][0]["norms"]) == len(SENTENCE.split())
    assert content["states"][0]["norms"][0] is None


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--states", "--text", ""], 2, "--text: it is empty"),
        (["--states", "--text", " \n"], 2, "--text: it is empty"),
        (["--gradients", "--text", "dogs"], 2, "one symbol ('dogs'), at least two are needed"),
        (["--states", "--text", "a \udcff"], 2, "not valid utf-8 at character 2"),
        (["--states", "--text", SENTENCE, "--layer", "1"], 2, "there is no layer 1: the encoder"),
        (["--states", "--text", SENTENCE, "--layer", "-1"], 2, "there is no layer -1"),
        (["--states", "--text", SENTENCE, "--units", "25"], 2, "choose from 1 to 24"),
        (["--states", "--text", SENTENCE, "--units", "0"], 2, "choose from 1 to 24"),
        (["--states", "--text", SENTENCE, "--unit", "24"], 2, "from 0 to 23"),
        (["--states", "--text", SENTENCE, "--unit", "1", "--units", "2"], 2, "give one"),
        (["--states", "--text", SENTENCE, "--state", "c"], 2, "the choices are h, 0, 1"),
        (["--gradients", "--text", SENTENCE, "--last", "10"], 2, "--last: it is from 1 to 9"),
        (["--gradients", "--text", SENTENCE, "--last", "0"], 2, "--last: it is from 1 to 9"),
        (["--gradients", "--text", SENTENCE, "--target", "DT"], 1, "9 tokens in 'tokens' but 1"),
        (["--states"], 2, "need --text"),
        (["--training", "--text", "a b"], 2, "--training takes none"),
        (["--text", "a b"], 2, "--states --gradients --attention --training is required"),
        (["--states", "--training"], 2, "not allowed with"),
        (["--training", "--units", "3"], 2, "--units goes with --states"),
        (["--states", "--text", SENTENCE, "--last", "3"], 2, "--last goes with --gradients"),
        (
            ["--states", "--text", SENTENCE, "--target", "x"],
            2,
            "goes with --gradients or --attention",
        ),
        (["--gradients", "--text", SENTENCE, "--unit", "3"], 2, "--unit goes with --states"),
    ],
)
def test_what_does_not_fit_is_told_in_one_line(look, arguments, code, message):
    found, path, error = look(*arguments)
    assert (found, path.exists()) == (code, False)
    assert message in error.splitlines()[-1]
    assert "Traceback" not in error


def test_an_output_that_cannot_be_is_refused_before_the_work(look, tmp_path):
    nowhere = tmp_path / "no bundle"
    code, _, error = look(*VIEWS["states"], name="out.gif", folder=nowhere)
    assert (code, "one of .png, .svg, .json" in error) == (2, True)
    code, _, error = look(*VIEWS["states"], name="missing/out.png", folder=nowhere)
    assert (code, "there is no folder" in error) == (1, True)
    for name in ("taken.json", "taken.png"):
        (tmp_path / name).mkdir()
        code, _, error = look(*VIEWS["states"], name=name)
        assert (code, "cannot write" in error) == (1, True)
    code, _, error = look(*VIEWS["states"], folder=nowhere)
    assert (code, "there is no such folder" in error) == (1, True)


def test_without_matplotlib_a_picture_is_refused_and_json_is_written(look, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    code, path, error = look(*VIEWS["states"], name="out.png")
    assert (code, path.exists()) == (1, False)
    assert error == (
        "seqtasks: a picture needs matplotlib: pip install 'seqtasks[plot]', or write a .json "
        "file\n"
    )
    for arguments in VIEWS.values():
        assert look(*arguments)[0] == 0


def test_a_model_without_an_encoder_is_told_so(letters):
    bare = copy.deepcopy(letters)
    del bare.task.encoder
    for view in (hidden_states, trace_gradients):
        with pytest.raises(UsageError, match=r"LanguageModel has no encoder.*embedding, head"):
            view(bare, "the dog")


def test_options_that_do_not_fit_the_task(letters):
    with pytest.raises(UsageError, match="takes no target beside the text"):
        trace_gradients(letters, "the dog", target="cat")
    classifier = make("task=classification")
    with pytest.raises(UsageError, match="one for the whole text"):
        trace_gradients(classifier, SENTENCE, last=2)
    with pytest.raises(DataError, match="the label 'splendid'"):
        trace_gradients(classifier, SENTENCE, target="splendid")


def test_a_loss_that_has_nothing_to_do_with_the_encoder(letters):
    deaf = copy.deepcopy(letters)
    nn.init.zeros_(deaf.task.head.output.weight)
    with pytest.raises(UsageError, match="does not depend on what the encoder reads"):
        trace_gradients(deaf, "the dog")


# Drawing; every warning is an error


def states_of(symbols: list[str], units: int = 3) -> HiddenStates:
    torch.manual_seed(0)
    values = torch.randn(len(symbols), units)
    ranking = rank(values, properties(symbols, [hash(symbol) for symbol in symbols]))
    return HiddenStates(symbols, values, ranking, ["forward"] * units, 0, "h", "LSTM")


@pytest.mark.parametrize(
    "symbols",
    [
        list("今天天气很好，我们去公园吧。한국어 العربية"),
        ["私", "は", "学生", "です", "。"] * 20,
        list("costs $5 or $6, a_b^c \\alpha {x} 100% \t\x00\u200b e\u0301 🙂"),
        ["<bos>", "word", "incomprehensibilities", "$x$", "\\frac", "<eos>"],
        list("ab") * 200,
        ["a", "a"],
    ],
    ids=["chinese", "japanese", "signs", "words", "long", "short"],
)
def test_any_text_can_be_drawn(symbols, tmp_path):
    states = states_of(symbols)
    for name in ("a.png", "a.svg"):
        draw_states(states, states.chosen(), tmp_path / name)
        assert (tmp_path / name).stat().st_size > 1000


def test_a_character_that_no_font_has_becomes_a_box(tmp_path):
    nowhere = "\U0010fffd"
    with drawing(tmp_path / "a.png", ["a", nowhere]) as (_, fonts):
        assert fonts.missing == {nowhere}
        assert fonts.drawable(f"a{nowhere}b") == f"a{MISSING}b"
        assert MISSING in fonts.note
    with drawing(tmp_path / "a.png", ["plain"]) as (_, fonts):
        assert fonts.missing == set()
        assert fonts.note == ""


def test_the_user_s_own_style_is_neither_used_nor_changed(tmp_path):
    import matplotlib

    with matplotlib.rc_context({"font.size": 31.0, "text.usetex": True}):
        states = states_of(["a", "b"])
        draw_states(states, states.chosen(), tmp_path / "a.png")
        assert matplotlib.rcParams["font.size"] == 31.0
        assert matplotlib.rcParams["text.usetex"]


def test_a_text_too_long_for_a_picture_is_refused(tmp_path):
    states = states_of(["ab"] * 20_000)
    with pytest.raises(UsageError, match="20000 symbols are too many for one picture of 3 units"):
        draw_states(states, states.chosen(), tmp_path / "a.png")


def test_what_the_encoder_is_given_is_what_the_task_gives_it(letters):
    reading = encode_text(letters, "the dog")
    inputs, read_by = features(letters.task, letters.task.encoder, reading)
    assert read_by.symbols == ["<bos>", *"the dog"]
    with torch.no_grad():
        assert torch.equal(inputs, letters.task.embedding(reading.batch.tokens))
