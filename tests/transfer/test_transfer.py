"""One encoder in several tasks: taken, gone on with, frozen, unfrozen, and slower below."""

from __future__ import annotations

import re
import shutil

import pytest
import pytorch_lightning as pl
import torch
import yaml
from hydra import compose, initialize_config_module
from hydra.utils import instantiate
from omegaconf import OmegaConf
from saved import reseal
from small import SMALL

from seqtasks import bundle
from seqtasks import run as entry
from seqtasks.data.fields.channels import Channels
from seqtasks.data.vocabulary import SPECIALS, Vocabulary
from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import BundleError, SeqtasksError, UsageError
from seqtasks.optim.layer_groups import layer_groups
from seqtasks.run import make_trainer, run
from seqtasks.transfer import Transfer
from seqtasks.transfer.copy_weights import take_encoder, take_rows

LAYERS = ["encoder.num_layers=2"]
LANGUAGE = ["task=generation", "data=sample", *SMALL, *LAYERS, "task.sampling.max_length=4"]
OTHER = ["data.train.seed=5", "data.train.sentences=40"]


def trained(folder, *options):
    with initialize_config_module("seqtasks.conf", version_base="1.3"):
        run(compose("config", list(options)), folder, "generation")
    return folder / "bundle"


@pytest.fixture(scope="module")
def language(tmp_path_factory):
    """A language model of two layers that read from left to right."""
    return trained(tmp_path_factory.mktemp("language"), *LANGUAGE, "task.ngram_order=null")


@pytest.fixture(scope="module")
def tagger(tmp_path_factory):
    """A tagger that reads from both ends, with spelling, and a CRF."""
    folder = tmp_path_factory.mktemp("tagger")
    return trained(folder, "task=tagging", *SMALL, "task/head=crf")


def started(composed, *options):
    """A new task as a run begins it: the transfer, what it said, the data and the task."""
    config = composed(*SMALL, *options)
    plain = OmegaConf.to_container(config.task, resolve=True)
    data, transfer = instantiate(config.data), instantiate(config.transfer)
    transfer.prepare(data, plain)
    data.setup()
    torch.manual_seed(0)
    task = instantiate(config.task)(data.vocabularies)
    before = {name: value.clone() for name, value in task.state_dict().items()}
    return transfer, transfer.fill(task, plain), data, task, before


class Watch(pl.Callback):
    """Keeps the names of the parameters that each epoch changes."""

    def __init__(self) -> None:
        self.moved: list[set[str]] = []

    def on_train_epoch_start(self, trainer, pl_module):
        self.before = {n: p.detach().clone() for n, p in pl_module.named_parameters()}

    def on_train_epoch_end(self, trainer, pl_module):
        after = pl_module.named_parameters()
        self.moved.append({name for name, p in after if not torch.equal(p, self.before[name])})


@pytest.fixture
def watched(monkeypatch):
    """For each epoch of the runs to come, which parameters it changes."""
    watch = Watch()

    def with_watch(config, task):
        trainer = make_trainer(config, task)
        trainer.callbacks.insert(0, watch)
        return trainer

    monkeypatch.setattr(entry, "make_trainer", with_watch)
    return watch.moved


@pytest.mark.parametrize("task", ["tagging", "classification"])
def test_a_language_model_s_encoder_reads_alike_in_another_task(composed, language, task):
    options = [f"task={task}", *LAYERS, *OTHER, f"transfer.encoder={language}"]
    _, said, data, begun, before = started(composed, *options)
    source = bundle.load(language).task
    begun.eval()
    batch = data.datasets["train"][[3, 0, 7]]
    names = begun.vocabularies["tokens"].symbols
    vocabulary = source.vocabularies["tokens"]
    theirs = vocabulary.specials | vocabulary.index
    known = torch.tensor([name in theirs for name in names])
    assert known.any()
    assert not known.all()
    assert f"{int(known.sum())} of {len(names)} symbols" in said
    assert "the forward direction alone" in said
    assert "not taken: layers.0.cells.1.rnn, layers.1.cells.1.rnn" in said
    table = begun.embedding.tokens.table.weight
    for number, name in enumerate(names):
        if name in theirs:
            row = source.embedding.table.weight[theirs[name]]
        else:
            row = before["embedding.tokens.table.weight"][number]
        assert torch.equal(table[number], row), name
    # The forward direction's outputs are the language model's, where both know the words.
    with torch.no_grad():
        outputs, _ = begun.encoder(begun.embedding(batch), batch.lengths)
        vectors = begun.embedding.tokens(batch.tokens)
        expected, _ = source.encoder(vectors, batch.lengths)
    torch.testing.assert_close(outputs[..., :12], expected)
    assert not torch.allclose(outputs[..., 12:], expected)


def test_equal_encoders_are_taken_whole(composed, tagger):
    config = [f"transfer.encoder={tagger}", "task=tagging", *OTHER]
    _, said, _, task, _ = started(composed, *config)
    source = bundle.load(tagger).task
    for name, weight in source.encoder.named_parameters():
        assert torch.equal(weight, task.encoder.get_parameter(name)), name
    count = len(list(task.encoder.parameters()))
    assert f"{count} of {count} tensors" in said
    assert "alone" not in said


def test_a_joined_vocabulary_keeps_the_bundle_s_numbers(composed, language):
    options = ["task=classification", *LAYERS, *OTHER, f"transfer.encoder={language}"]
    _, _, data, task, before = started(composed, *options, "transfer.join_vocabulary=true")
    theirs = bundle.load(language).task
    old = theirs.vocabularies["tokens"].symbols
    new = data.vocabularies["tokens"].symbols
    assert new[: len(old)] == old
    assert len(new) > len(old)
    table = task.embedding.tokens.table.weight
    assert torch.equal(table[: len(old)], theirs.embedding.table.weight)
    assert torch.equal(table[len(old) :], before["embedding.tokens.table.weight"][len(old) :])


@pytest.mark.parametrize("cell", ["elman", "gru", "lstm", "mingru", "layer_norm_lstm"])
def test_a_direction_is_taken_of_any_cell(cell):
    """Into a stack that reads more, backwards too: the forward half stays what it was."""
    torch.manual_seed(3)
    source = RecurrentEncoder(3, 8, 3, cell=cell).double()
    target = RecurrentEncoder(5, 8, 3, cell=cell, bidirectional=True).double()
    taken = take_encoder(source, target, 3)
    assert len(taken.whole) + len(taken.part) == len(list(source.parameters()))
    inputs, lengths = torch.randn(4, 6, 5).double(), torch.tensor([6, 3, 1, 0])
    outputs, _ = target(inputs, lengths)
    expected, _ = source(inputs[..., :3], lengths)
    torch.testing.assert_close(outputs[..., :8], expected)


def test_only_features_that_mean_the_same_are_taken():
    source, target = RecurrentEncoder(6, 4), RecurrentEncoder(5, 4)
    take_encoder(source, target, 3)
    rows = {tuple(p.shape): p for p in target.parameters()}
    given = {tuple(p.shape): p for p in source.parameters()}
    assert torch.equal(rows[16, 5][:, :3], given[16, 6][:, :3])
    assert not rows[16, 5][:, 3:].any()


def test_norms_and_shortcuts_are_taken_where_they_fit():
    source = RecurrentEncoder(3, 8, 2, residual=True, layer_norm=True)
    target = RecurrentEncoder(5, 8, 2, residual=True, layer_norm=True, bidirectional=True)
    for parameter in source.parameters():
        torch.nn.init.normal_(parameter)
    before = target.norm.weight.clone()
    taken = take_encoder(source, target, 3)
    assert torch.equal(target.norm.weight[:8], source.norm.weight)
    assert torch.equal(target.norm.weight[8:], before[8:])
    assert torch.equal(target.layers[0].norm.weight[:3], source.layers[0].norm.weight)
    shortcut = target.layers[0].shortcut.weight
    assert torch.equal(shortcut[:8, :3], source.layers[0].shortcut.weight)
    assert not shortcut[:8, 3:].any()
    assert shortcut[8:].all()
    assert "layers.1.shortcut.weight" not in taken.whole


def test_rows_are_matched_by_symbol():
    source, target = torch.arange(6.0).view(3, 2), torch.full((3, 2), -1.0)
    there, here = Vocabulary(["a", "b", "c"]), Vocabulary(["c", "x", "a"])
    assert take_rows(source, target, there, here) == 2
    assert target.tolist() == [[4, 5], [-1, -1], [0, 1]]


def test_what_does_not_fit_names_the_options(composed, language):
    options = ["task=tagging", f"transfer.encoder={language}", "encoder.cell=gru"]
    options += ["encoder.hidden_size=10", "encoder.residual=true"]
    options += ["task.embedding.tokens.embedding_dim=7"]
    expected = (
        "set encoder.cell=lstm encoder.hidden_size=12 encoder.num_layers=2 encoder.residual=false "
        "task.embedding.tokens.embedding_dim=128"
    )
    with pytest.raises(UsageError, match=re.escape(expected)):
        started(composed, *options)


def test_a_stranger_s_code_is_not_run(composed, language, tmp_path):
    copy = shutil.copytree(language, tmp_path / "bundle")
    config = yaml.safe_load((copy / "config.yaml").read_text())
    config["task"]["_target_"] = "mean_task.MeanClassifier"
    (copy / "config.yaml").write_text(yaml.safe_dump(config))
    reseal(copy)
    with pytest.raises(BundleError, match=r"^encoder: .*mean_task with trust$"):
        started(composed, "task=tagging", f"transfer.encoder={copy}")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"encoder": "a", "model": "b"}, "one of them"),
        ({"freeze": True}, "freeze: it keeps what was taken"),
        ({"freeze_vectors": True}, "freeze_vectors: it keeps"),
        ({"join_vocabulary": True}, "it goes with encoder"),
        ({"encoder": "a", "freeze": True, "unfreeze_epochs": 1}, "for the whole training"),
        ({"unfreeze_epochs": 0}, "unfreeze_epochs: it is at least 1"),
    ],
)
def test_options_that_do_not_go_together(options, said):
    with pytest.raises(UsageError, match=said):
        Transfer(**options)


def test_a_task_without_token_vectors_is_refused_by_name(composed, language):
    with pytest.raises(UsageError, match="MeanClassifier has no part 'embedding'"):
        started(composed, "task=mean", *LAYERS, f"transfer.encoder={language}")


# The whole model


def test_a_whole_model_goes_on_with_new_words(composed, tagger):
    options = ["task=tagging", "task/head=crf", *OTHER, f"transfer.model={tagger}"]
    _, said, data, task, before = started(composed, *options)
    source = bundle.load(tagger)
    grown = 0
    for name, field in source.fields.items():
        old, new = field.vocabulary.symbols, data.vocabularies[name].symbols
        assert new[: len(old)] == old
        assert len(set(new)) == len(new)
        assert f"{len(new) - len(old)} new {name}" in said
        grown += len(new) - len(old)
    assert grown
    for name, weight in task.named_parameters():
        old = source.task.get_parameter(name)
        block = tuple(slice(size) for size in old.shape)
        assert torch.equal(weight[block], old), name
        rest = torch.ones_like(weight, dtype=torch.bool)
        rest[block] = False
        assert torch.equal(weight[rest], before[name][rest]), name
    batch = data.datasets["train"][[0, 1, 2]]
    assert torch.isfinite(task.loss(task.eval()(batch), batch).total)


def test_a_whole_model_is_as_good_as_before_on_its_own_data(composed, tagger, tmp_path):
    options = ["task=tagging", "task/head=crf", *SMALL, f"transfer.model={tagger}"]
    results = run(composed(*options, "optimizer.lr=0"), tmp_path / "run", "tagging")
    first = bundle.load(tagger)
    assert results["test"]["accuracy"] == first.metrics["test"]["accuracy"]
    again = bundle.load(tmp_path / "run" / "bundle")
    for name, value in first.task.state_dict().items():
        assert torch.equal(value, again.task.state_dict()[name]), name


def test_a_whole_model_of_other_sizes_names_the_options(composed, tagger):
    options = ["task=tagging", "task/head=crf", f"transfer.model={tagger}"]
    with pytest.raises(UsageError, match=r"set encoder.hidden_size=12$"):
        started(composed, *options, "encoder.hidden_size=10", "task.head.dropout=0.5")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["task=classification"], "the same task and fields"),
        (["task=tagging", "data.tokens.lowercase=true"], "set data.tokens.lowercase=false"),
        (["task=tagging", "data.tags.scheme=BIO"], "set data.tags.scheme=auto"),
    ],
)
def test_a_whole_model_of_other_data_is_refused(composed, tagger, options, said):
    with pytest.raises(UsageError, match=said):
        started(composed, *options, f"transfer.model={tagger}")


@pytest.mark.parametrize("level", ["word", "character"])
def test_an_extended_tokenizer_keeps_old_numbers_and_cuts_new_text(level):
    old, new = (Vocabulary.train([text], level=level) for text in ("b a b", "c b d"))
    joined = old.extended_by(new)
    assert joined.symbols[: len(old)] == old.symbols
    assert set(joined.symbols) == {*old.symbols, *new.symbols}
    for text in ("b a", "d c"):
        numbers = joined.tokenizer.encode(text).ids
        assert joined.unk_id not in numbers
        assert joined.decode(numbers).replace(" ", "") == text.replace(" ", "")
    again = Vocabulary.from_json(joined.to_json())
    assert again.symbols == joined.symbols


def test_channels_keep_the_scale_that_a_model_has_learnt_with():
    old, new = Channels(["a"], [1.0], [2.0]), Channels(["a"], [3.0], [4.0])
    assert old.extended_by(new) is old


def test_byte_pairs_stay_as_they_are():
    old, new = (
        Vocabulary.train([text] * 3, level="bpe", max_size=300) for text in ("abab", "xyxy")
    )
    assert old.extended_by(new) is old
    assert old.symbols != new.symbols
    assert list(SPECIALS) == old.symbols[:4]


@pytest.mark.parametrize("separator", ["<sep>", "a"])
def test_byte_pairs_gain_a_separator(separator):
    old = Vocabulary.train(["abab"] * 3, level="bpe", max_size=300)
    options = {"level": "bpe", "max_size": 300, "separators": [separator]}
    both = old.extended_by(Vocabulary.train(["xyxy"] * 3, **options))
    assert both.specials == {**old.specials, separator: len(old)}
    for read in (both, Vocabulary.from_json(both.to_json())):
        assert read.symbols == [*old.symbols, separator]
        texts = ["ab xy <sep> a"]
        assert read.coder.encode(texts)[0].tolist() == old.coder.encode(texts)[0].tolist()


# Freezing, unfreezing, rates


def test_frozen_weights_stay_and_the_others_move(composed, language, watched, tmp_path):
    options = ["task=tagging", *SMALL, *LAYERS, *OTHER, f"transfer.encoder={language}"]
    options += ["transfer.freeze=true", "transfer.freeze_vectors=true", "callbacks=ema"]
    run(composed(*options, "optimizer.weight_decay=0.1"), tmp_path / "run", "tagging")
    source = bundle.load(language).task
    task = bundle.load(tmp_path / "run" / "bundle").task
    held = {n for n, _ in task.named_parameters() if n.startswith("encoder") and ".cells.0." in n}
    held.add("embedding.tokens.table.weight")
    assert watched == [{name for name, _ in task.named_parameters()} - held]
    for name, weight in source.encoder.named_parameters():
        here = task.encoder.get_parameter(name)
        assert torch.equal(here[tuple(map(slice, weight.shape))], weight), name


def test_a_whole_model_is_frozen_below_its_head(composed, tagger):
    options = ["task=tagging", "task/head=crf", f"transfer.model={tagger}"]
    _, _, _, task, _ = started(composed, *options, "transfer.freeze=true")
    assert not any(p.requires_grad for p in task.encoder.parameters())
    assert all(p.requires_grad for p in task.embedding.parameters())
    _, _, _, task, _ = started(composed, *options, "transfer.freeze_vectors=true")
    held = [name for name, p in task.named_parameters() if not p.requires_grad]
    assert held == ["embedding.tokens.table.weight"]


def gradual(*more):
    options = ["task=classification", *SMALL, *LAYERS, "callbacks.early_stopping=null"]
    options += ["transfer=gradual", "trainer.max_epochs=4", "scheduler=plateau"]
    return [
        *options,
        "callbacks.checkpoint.save_top_k=-1",
        "callbacks.checkpoint.filename='{epoch}'",
        *more,
    ]


def test_one_more_level_learns_each_epoch(composed, watched, tmp_path):
    options = gradual("optimizer=adamw", "callbacks.checkpoint.save_top_k=1")
    run(composed(*options), tmp_path / "run", "classification")
    task = bundle.load(tmp_path / "run" / "bundle").task
    names = [name for name, _ in task.named_parameters()]
    parts = ["head.", "encoder.layers.1.", "encoder.layers.0.", "embedding."]
    assert {name for name in names if name.startswith(tuple(parts))} == set(names)
    for epoch, moved in enumerate(watched, 1):
        assert moved == {name for name in names if name.startswith(tuple(parts[:epoch]))}, epoch


def test_gradual_unfreezing_resumes_to_the_same_weights(composed, tmp_path):
    options = gradual("callbacks.checkpoint.filename='{epoch}'")
    run(composed(*options), tmp_path / "whole", "classification")
    first = tmp_path / "whole" / "checkpoints" / "epoch=1.ckpt"
    run(composed(*options, f"ckpt_path='{first}'"), tmp_path / "resumed", "classification")
    ends = [
        torch.load(tmp_path / name / "checkpoints" / "epoch=3.ckpt", weights_only=True)
        for name in ("whole", "resumed")
    ]
    for name, value in ends[0]["state_dict"].items():
        assert torch.equal(value, ends[1]["state_dict"][name]), name
    rates = [[group["lr"] for group in end["optimizer_states"][0]["param_groups"]] for end in ends]
    assert rates[0] == rates[1]
    assert len(set(rates[0])) == 4


@pytest.mark.parametrize("changed", ["transfer.layer_factor=1", "transfer.freeze=true"])
def test_a_checkpoint_of_other_groups_is_refused(composed, language, tmp_path, changed):
    options = ["task=classification", *SMALL, *LAYERS, f"transfer.encoder={language}"]
    run(composed(*options, "transfer.layer_factor=2"), tmp_path / "run", "classification")
    last = tmp_path / "run" / "checkpoints" / "last.ckpt"
    options += ["transfer.layer_factor=2", changed, f"ckpt_path='{last}'", "trainer.max_epochs=2"]
    with pytest.raises(SeqtasksError, match="trained other parameters, or in other groups"):
        run(composed(*options), tmp_path / "other", "classification")


def test_each_level_has_its_rate(composed, tmp_path):
    options = gradual("scheduler=warmup_cosine", "optimizer.lr=0.01", "trainer.max_epochs=1")
    run(composed(*options), tmp_path / "run", "classification")
    path = tmp_path / "run" / "checkpoints" / "last.ckpt"
    [state] = torch.load(path, weights_only=True)["optimizer_states"]
    groups = state["param_groups"]
    assert [g["name"] for g in groups] == ["head", "layer 2", "layer 1", "embedding"]
    for depth, group in enumerate(groups):
        assert group["initial_lr"] == pytest.approx(0.01 / 2.6**depth)
        assert group["lr"] == pytest.approx(groups[0]["lr"] / 2.6**depth)


@pytest.mark.parametrize("name", ["tagging", "classification", "generation", "translation"])
def test_every_parameter_is_at_one_level(composed, name):
    _, _, _, task, _ = started(composed, f"task={name}", *LAYERS)
    found = layer_groups(task)
    assert [level.name for level in found] == ["head", "layer 2", "layer 1", "embedding"]
    ids = [id(p) for level in found for p in level.parameters]
    assert len(ids) == len(set(ids))
    assert set(ids) == {id(p) for p in task.parameters()}


def test_a_factor_out_of_range_is_refused(composed, tmp_path):
    config = composed("task=classification", *SMALL, "transfer.layer_factor=0")
    with pytest.raises(UsageError, match=r"transfer\.layer_factor: it is above 0"):
        run(config, tmp_path / "run", "classification")


# Fewer examples


def test_a_limit_draws_training_examples_alone(composed):
    def lines(*options):
        data = instantiate(composed("task=tagging", *SMALL, *options).data)
        return {split: [r.line for r in records] for split, records in data.read().items()}

    whole, part = lines(), lines("data.limit=7")
    other = lines("data.limit=7", "data.split_seed=1")
    assert len(part["train"]) == 7
    assert set(part["train"]) < set(whole["train"])
    assert part["train"] == sorted(part["train"]) != other["train"]
    assert part["val"] == whole["val"]
    assert part["test"] == whole["test"]
    assert set(lines("data.limit=5")["train"]) < set(part["train"])


@pytest.mark.parametrize(("limit", "said"), [(0, "at least 1"), (81, "there are 80 examples")])
def test_a_limit_out_of_range_is_refused(composed, limit, said):
    with pytest.raises(Exception, match=said):  # Hydra wraps what a class says
        instantiate(composed("task=tagging", *SMALL, f"data.limit={limit}").data).read()


def test_a_vocabulary_that_is_shared_goes_on_from_the_bundle_s_and_stays_shared(
    composed, language, tmp_path
):
    pair = ["task=translation", "transfer.join_vocabulary=true", f"transfer.encoder={language}"]
    shared = [*pair, "data.source.share_vocabulary_with=target", "task.embedding.embedding_dim=128"]
    small = ["encoder=unidirectional", *LAYERS]
    _, _, data, *_ = started(composed, *OTHER, *shared, *small)
    known = bundle.load(language).fields["tokens"].vocabulary.symbols
    assert data.vocabularies["source"].symbols[: len(known)] == known
    assert data.vocabularies["source"] is data.vocabularies["target"]
    model = trained(tmp_path, "task=translation", *SMALL)
    with pytest.raises(UsageError, match=r"set data.source.share_vocabulary_with=null"):
        started(
            composed,
            "task=translation",
            "data.source.share_vocabulary_with=target",
            f"transfer.model={model}",
        )
