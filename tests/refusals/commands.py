"""What commands, configurations, trainings and tasks refuse."""

from __future__ import annotations

import argparse
import errno
import io
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pytorch_lightning as pl
import saved
import torch
from hydra.core.global_hydra import GlobalHydra
from omegaconf.errors import MissingMandatoryValue
from refusals.kept import CLASSIFICATION, FILES, LETTERS, TAGGING, TRANSLATION, folder, loaded
from small import SMALL

from seqtasks import doctor, evaluate, export, generate, predict, serve
from seqtasks.api import compose
from seqtasks.cli import completion, streams
from seqtasks.cli.budgeted import check_budgeted
from seqtasks.cli.checked import as_plain, check_config
from seqtasks.cli.duration import seconds_of
from seqtasks.cli.exit_on_error import explain
from seqtasks.cli.options import overridden, search_options
from seqtasks.cli.parts import check_kind, make_part
from seqtasks.data.batch import Batch
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.evaluation import results
from seqtasks.evaluation.scoring import contributions
from seqtasks.files.space import FullDisk
from seqtasks.heads.loss import Loss
from seqtasks.run import check_trained, make_data, make_trainer, run
from seqtasks.serving.description import examples_of
from seqtasks.serving.listener import bound
from seqtasks.task import Task
from seqtasks.training.advice import fitting, understood
from seqtasks.training.averaging import ExponentialAverage, TriggeredAverage
from seqtasks.training.checkpoint_file import check_checkpoint, read
from seqtasks.training.checkpoint_writing import WholeCheckpoints
from seqtasks.training.checkpoints import BestMean, Checkpoint
from seqtasks.training.finite_loss import FiniteLoss
from seqtasks.training.loggers.library import check_library
from seqtasks.training.range_test import RangeTest
from seqtasks.training.resuming import resumable
from seqtasks.training.salvage import salvaged
from seqtasks.training.time_budget import check_longer, check_room
from seqtasks.training.trainer_options import check_trainer_options
from seqtasks.training.validation_steps import BetweenSteps
from seqtasks.transfer import Transfer


def nothing_ahead() -> None:
    one = Loss(torch.ones(()), torch.ones(()))
    Task({}).ahead(Loss(one.total, one.count, parts=[(1.0, one)]), Batch(), 0)


def built(*options: str, change: Any = None) -> Any:
    """The task of a configuration, on the sample."""
    GlobalHydra.instance().clear()
    config = compose(*(SMALL[3:] if FILES[0] in options else SMALL), *options)
    data, _ = make_data(config)
    vocabularies = dict(data.vocabularies)
    if change is not None:
        change(vocabularies)
    return make_part(config, "task")(vocabularies)


def composed(*options: str) -> None:
    GlobalHydra.instance().clear()
    compose(*options)


def with_argument(option: str) -> None:
    """What the command line says of an option, which it has looked for in its arguments."""
    GlobalHydra.instance().clear()
    compose(option)


def trainer_of(*options: str) -> None:
    make_trainer(compose(*SMALL, *options), built(*options))


def closed(name: str, function: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "_closed", {name})
        function()


def not_installed(name: str, function: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, name, None)
        function()


def from_input(main: Any, given: str, *arguments: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
        main([*arguments])


def of_model(main: Any, options: Sequence[str], *arguments: str) -> None:
    main([str(folder(*options)), *arguments])


def module(content: str) -> None:
    Path("cell_of_mine.py").write_text(content, encoding="utf-8")
    sys.modules.pop("cell_of_mine", None)
    doctor.main(["cell_of_mine.Cell"])


def interrupted(checkpoint: bool, error: Exception | None = None) -> None:
    if checkpoint:
        WholeCheckpoints().save_checkpoint({}, "checkpoints/last.ckpt")
    trainer: Any = pl.Trainer(logger=False, barebones=True)
    with resumable(trainer, Path(), {}):
        raise error or KeyboardInterrupt


def failed_elsewhere() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("seqtasks.training.resuming.others_failed", lambda *_: True)
        interrupted(False, RuntimeError("Connection closed by peer"))


def salvaging(error: BaseException | None = None) -> None:
    """Save a model after an error, or without one where the disk of the run is full."""

    def write(place: Path) -> None:
        if error is None and place.name == "run":
            raise OSError(errno.ENOSPC, "full")

    trainer: Any = pl.Trainer(logger=False, barebones=True)
    with salvaged(trainer, Path("run"), write) as save:
        if error is not None:
            raise error
        save()


def never_validated() -> None:
    with fitting():
        pl.callbacks.EarlyStopping("val/f1")._validate_condition_metric({})


def averaging(patience: int) -> None:
    stopping = [pl.callbacks.EarlyStopping("val/loss", patience=patience)]
    trainer: Any = SimpleNamespace(early_stopping_callbacks=stopping)
    TriggeredAverage("val/loss", "min").setup(trainer, pl.LightningModule(), "fit")


def after_batch(loss: float) -> None:
    trainer: Any = SimpleNamespace(current_epoch=0, checkpoint_callbacks=[])
    FiniteLoss().on_train_batch_end(trainer, None, {"loss": torch.tensor(loss)}, None, 2)


def infinite_weight() -> None:
    trainer: Any = SimpleNamespace(current_epoch=0, checkpoint_callbacks=[])
    linear: Any = torch.nn.Linear(1, 1)
    torch.nn.init.constant_(linear.weight, float("inf"))
    FiniteLoss().check_weights(trainer, linear)


def compared(options: Sequence[str], *changes: str) -> None:
    results(str(folder(*TAGGING)), str(folder(*options)), changes=changes, samples=10)


def condition(every: bool) -> Any:
    return built(
        *FILES,
        "task=generation",
        "task/condition=label",
        f"task.condition.every_step={every}",
    )


def windows() -> None:
    task = condition(True)
    task.carry("train", Batch(first=torch.tensor([True])))


def taken_port() -> None:
    with bound("127.0.0.1", 0) as listener:
        bound("127.0.0.1", listener.getsockname()[1])


def server_that_never_starts() -> None:
    ended(started=False)


def failed_model() -> None:
    ended(started=True, failure=RuntimeError("no memory"))


def ended(started: bool, failure: Exception | None = None) -> None:
    service = SimpleNamespace(worker=SimpleNamespace(failure=failure))
    run = lambda sockets: sockets[0].close()  # noqa: E731
    server = SimpleNamespace(run=run, started=started, service=service)
    before = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}
    options = argparse.Namespace(host="127.0.0.1", port=0, bundle="b")
    try:
        serve.run_server(server, options, None)
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def cut_short() -> None:
    trainer: Any = SimpleNamespace(
        accumulate_grad_batches=2,
        val_check_batch=4,
        num_training_batches=5,
        check_val_every_n_epoch=None,
    )
    BetweenSteps().on_train_start(trainer, Task({}))


def unlike_optimizer() -> None:
    def refuse(parameters: Any) -> Any:
        raise ValueError("Invalid learning rate: -1")

    Task({}, optimizer=refuse).configure_optimizers()


def not_understood() -> None:
    with understood():
        raise ValueError("no such accelerator: abacus")


def explained(*options: str) -> None:
    """Say what is wrong with a configuration that cannot be built, as a command does."""
    try:
        built(*options)
    except Exception as error:
        explain(error, options)


def without_training_text() -> None:
    Path("a.txt").write_text("a b c\n" * 30, encoding="utf-8")
    options = ("task=generation", "data=text", "data.train=a.txt", "encoder.hidden_size=4")
    saved.save(Path("b"), *options, sizes=())
    Path("a.txt").unlink()
    generate.main(["b", "--score", "--prompt", "a b", "--dynamic"])


def nothing_in_common() -> None:
    module = sys.modules["seqtasks.evaluation.results"]
    names = iter("ab")

    def one_score(*given: Any) -> Any:
        return {next(names): next(iter(contributions(*given).values()))}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "contributions", one_score)
        compared(TAGGING)


class NoTokens(torch.nn.Module):
    tokens, inputs, output_size = None, ("series",), 3


def without_tokens() -> None:
    GlobalHydra.instance().clear()
    config = compose(*SMALL, "task=joint")
    data, _ = make_data(config)
    make_part(config, "task")(data.vocabularies, embedding=lambda vocabularies: NoTokens())


def no_spans(vocabularies: dict[str, Any]) -> None:
    vocabularies["tags"] = Vocabulary(["O", "NOUN"])


def full_disk() -> None:
    explain(OSError(errno.ENOSPC, "No space left on device"), [])


def checked(**changes: Any) -> None:
    """Check the types of a configuration of which some parts are others."""
    GlobalHydra.instance().clear()
    check_config({**as_plain(compose(*SMALL)), **changes})


PAIRS = ("task=classification", "+field@data.pair=pair", "data.pair.column=tokens")
CASE = ("task/embedding/case=learned",)

ROWS = {
    "cli.completion:script": (
        lambda: completion.script(["-sc", "install=csh"]),
        "install=csh: the shells are bash, zsh, fish; choose one",
    ),
    "cli.checked:check_value": (
        lambda: checked(seed="abc"),
        "seed: it is a whole number, not the text 'abc'",
    ),
    "cli.choices:check_choices": (
        lambda: composed("task=[tagging]"),
        "task: it is one name of the group, such as task=tagging",
    ),
    "cli.checked:check_node": (
        lambda: checked(paths={"data": "a\0"}),
        "paths.data: it holds a NUL character; leave that out",
    ),
    "cli.parts:check_kind": (
        lambda: check_kind("a", Task, "task"),
        "task: it makes a str, where a Task is expected; choose another of the group task",
    ),
    "cli.checked:check_made": (
        lambda: checked(task=5),
        "task: it is to say by _target_ what it makes; choose one of the group: task=NAME",
    ),
    "cli.checked:check_made#2": (
        lambda: checked(optimizer={"_target_": "torch.optim.SGD"}),
        "optimizer._partial_: it is true, as what it lacks follows later",
    ),
    "cli.checked:_target": (
        lambda: checked(scheduler={"_target_": "no.such", "_partial_": True}),
        "scheduler._target_: 'no.such' cannot be found: ",
    ),
    "cli.checked:_target#2": (
        lambda: checked(scheduler={"_target_": "math.pi", "_partial_": True}),
        "scheduler._target_: 'math.pi' makes nothing; write the dotted path of a class",
    ),
    "training.trainer_options:check_trainer_options": (
        lambda: check_trainer_options({"val_check_interval": "00:00:00:01"}),
        "trainer.val_check_interval: it counts steps or epochs, not time; give a number",
    ),
    "training.trainer_options:check_trainer_options#2": (
        lambda: check_trainer_options({"val_check_interval": 0}),
        "trainer.val_check_interval: it is above 0, or null, not 0",
    ),
    "training.trainer_options:check_trainer_options#3": (
        lambda: check_trainer_options({"devices": 10**9}),
        "trainer.devices: it is at most ",
    ),
    "cli.choices:check_choices#2": (
        lambda: composed("task.head=crf"),
        "task.head=crf sets an option to a text; what chooses is task/head=crf",
    ),
    "cli.exit_on_error:explain": (
        lambda: explain(RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), []),
        "there is not enough memory for it; make the sizes of the model smaller, such as encoder",
    ),
    "cli.exit_on_error:explain#2": (
        lambda: explain(PermissionError(13, "Permission denied", "runs/a"), []),
        "runs/a: Permission denied; if it is the run folder, choose another: hydra.run.dir=PATH",
    ),
    "cli.exit_on_error:explain#3": (
        full_disk,
        "No space left on device; make room where the command writes, and repeat it",
    ),
    "cli.hydra_errors:as_usage_error": (
        lambda: composed("task=taging"),
        "task=taging: there is no such choice; Did you mean 'tagging'? The choices are",
    ),
    "cli.hydra_errors:as_usage_error#2": (
        lambda: composed("tagging"),
        "'tagging' cannot be read: options are written name=value, such as task=tagging",
    ),
    "cli.hydra_errors:as_usage_error#3": (
        lambda: composed("task=classification", "+field@data.label=label"),
        "field@data.label appears more than once in the final defaults list",
    ),
    "cli.hydra_errors:as_usage_error#5": (
        lambda: explained("task=tagging", "+data.reader.size=3"),
        "data.reader: ",
    ),
    "cli.hydra_errors:as_usage_error#6": (
        lambda: explained("task=classification", "~data.tokens", "+field@data.pair=pair"),
        "an option takes the value of an option that is not there; set it, or leave out what it",
    ),
    "cli.hydra_errors:as_usage_error#7": (
        lambda: composed("task/embedding/spelling=null"),
        "a group takes the name of a choice; ~GROUP, such as ~task/embedding/spelling, chooses",
    ),
    "cli.hydra_errors:as_usage_error#8": (
        lambda: explain(MissingMandatoryValue("Missing mandatory value: task"), []),
        "Missing mandatory value: task",
    ),
    "cli.hydra_errors:as_usage_error#4": (
        lambda: composed("encoder.hiden_size=3"),
        "there is no option 'encoder.hiden_size'; Did you mean 'encoder.hidden_size'?",
    ),
    "cli.options:overridden": (
        lambda: overridden({"data": {"test": 1}}, ["data.tset=2"]),
        "there is no option 'data.tset'; Did you mean 'data.test'?",
    ),
    "cli.options:_read": (
        lambda: search_options(["beam"]),
        "search: beam: write an option as NAME=VALUE",
    ),
    "cli.options:_read#2": (
        lambda: search_options(["beam_size=[1"]),
        "search: beam_size: '[1' cannot be read",
    ),
    "cli.parts:Part.__call__": (
        lambda: built("task=generation", "task/head=crf"),
        "task.head: CRFTagging cannot be made here: ",
    ),
    "cli.streams:standard_input": (
        lambda: closed("stdin", streams.standard_input),
        "the standard input is closed; send the command a file: < FILE",
    ),
    "cli.streams:standard_output": (
        lambda: closed("stdout", streams.standard_output),
        "the standard output is closed; send it to a file: > FILE",
    ),
    "doctor:find": (
        lambda: doctor.main(["gruu"]),
        "there is no cell 'gruu'; Did you mean 'gru'? The cells are elman",
    ),
    "doctor:find#2": (
        lambda: module("class Cel: pass"),
        "cell_of_mine has no class 'Cell'; Did you mean 'Cel'?",
    ),
    "doctor:_imported": (
        lambda: doctor.main(["nowhere_at_all.Cell"]),
        "there is no module 'nowhere_at_all', neither in ",
    ),
    "doctor:_imported#2": (
        lambda: module("import nowhere_at_all"),
        "cell_of_mine cannot be imported: ",
    ),
    "doctor:_imported#3": (lambda: module("1 / 0"), "cell_of_mine cannot be imported: "),
    "doctor:read_option": (
        lambda: doctor.read_option("size"),
        "--option size: options are written name=value",
    ),
    "doctor:read_option#2": (
        lambda: doctor.read_option("size=[1"),
        "--option size=[1: the value cannot be read; write it as YAML",
    ),
    "evaluation.results:results": (
        lambda: evaluate.main(["b", "--samples", "-1"]),
        "samples: it is at least 0, not -1",
    ),
    "evaluation.results:results#2": (
        lambda: evaluate.main(["b", "--samples", "0", "--compare", "c"]),
        "compare: it needs samples to tell chance from more: set 1000",
    ),
    "evaluation.results:results#3": (
        lambda: evaluate.main(["b", "--tune"]),
        "tune: it chooses the numbers of a cache or of dynamic evaluation; add one of the two",
    ),
    "evaluation.adaptation:check_language_model": (
        lambda: of_model(evaluate.main, TAGGING, "--cache"),
        "the bundle holds a SequenceTagger; a cache and dynamic evaluation are for language models",
    ),
    "evaluation.training_gradients:training_gradients": (
        without_training_text,
        "dynamic.rule: rms needs the text that the model was trained on: a.txt: no such",
    ),
    "evaluation.results:results#4": (
        lambda: compared([*TAGGING, "data.test.sentences=19"]),
        "compare: the models are tested on 20 and 19 examples, which are not the same; name one",
    ),
    "evaluation.results:results#5": (
        nothing_in_common,
        "compare: the two models have no score in common",
    ),
    "evaluation.split:read_split": (
        lambda: of_model(evaluate.main, TAGGING, "test=a"),
        "test=a: write an option of the data as data.NAME=VALUE",
    ),
    "export:main": (
        lambda: of_model(
            export.main, TAGGING, "--format", "onnx", "--output", str(folder(*TAGGING))
        ),
        "name another folder",
    ),
    "generate:check_options": (
        lambda: generate.main(["b", "--samples", "0"]),
        "samples: it is at least 1, not 0",
    ),
    "generate:check_options#2": (
        lambda: generate.main(["b", "--score", "--top-k", "2"]),
        "top_k: --score generates nothing; leave one out",
    ),
    "generate:check_options#3": (
        lambda: generate.main(["b", "--prompt", "x", "--cache-size", "9"]),
        "cache_size: a model adapts to texts that are scored; add --score",
    ),
    "generate:check_options#4": (
        lambda: generate.main(["b", "--beam", "2", "--top-k", "2"]),
        "top_k: --beam looks for the most probable text; leave one out",
    ),
    "generate:read_texts": (
        lambda: from_input(generate.main, "", str(folder(*LETTERS))),
        "the input is empty; give lines, --prompt TEXT or --prompt-file FILE",
    ),
    "predict:main": (
        lambda: from_input(predict.main, "a\n", str(folder(*TAGGING)), "--format", "jsonl"),
        "1 record(s) could not be used; the output has an error in place of each",
    ),
    "predict:make_predictor": (
        lambda: of_model(predict.main, TAGGING, "--scores", "--n-best", "2"),
        "scores: probabilities of labels take no option of a search; leave one",
    ),
    "predict:make_predictor#2": (
        lambda: of_model(predict.main, TAGGING, "--attention", "a.json", "--n-best", "2"),
        "attention: it is of one output and one model; leave the others out",
    ),
    "predict:check_files": (
        lambda: (
            Path("in").write_bytes(b"a\n")
            and predict.main(["b", "--input", "in", "--output", "./in"])
        ),
        "output: in is the input too; name another file",
    ),
    "predict:whole_file": (
        lambda: predict.main(["b", "--output", "missing/out.txt"]),
        "missing/out.txt: No such file or directory",
    ),
    "run:run": (
        lambda: run(compose(*SMALL, "ckpt_path=a", "lr_finder=range_test"), Path("run"), "tagging"),
        "lr_finder: it finds the rate that a training begins with, and ckpt_path goes on with one",
    ),
    "serve:run_server": (
        server_that_never_starts,
        "the server could not start; the lines above say why",
    ),
    "serve:require": (
        lambda: not_installed("uvicorn", serve.require),
        "a server needs FastAPI and uvicorn",
    ),
    "serve:run_server#2": (
        failed_model,
        "the model has failed: RuntimeError: no memory; the lines above say where; start the",
    ),
    "serving.listener:bound": (
        lambda: bound("127.0.0.1", 1 << 16),
        "port: it is a number from 0, for a free one, to 65535, not 65536",
    ),
    "serving.listener:bound#2": (taken_port, "choose another one, or --port 0 for a free one"),
    "serving.description:examples_of": (
        lambda: examples_of(loaded(*TRANSLATION), ["a " * 300_000]),
        "example: ",
    ),
    "task:Task.__init__": (
        lambda: Task({}, layer_factor=0.0),
        "layer_factor: it is above 0, not 0.0",
    ),
    "task:Task.ahead": (
        nothing_ahead,
        "trainer.accumulate_grad_batches: it goes with several losses where the data deals out",
    ),
    "errors:refused_as": (
        unlike_optimizer,
        "optimizer: Invalid learning rate: -1",
    ),
    "training.advice:understood": (
        not_understood,
        "a setting cannot be used: no such accelerator: abacus",
    ),
    "cli.duration:seconds_of": (
        lambda: seconds_of(10, "budget"),
        "budget: it is a time with its unit, such as 90s, 10min, 1h30min or 2d, not '10'",
    ),
    "cli.duration:seconds_of#2": (
        lambda: seconds_of("0s", "budget"),
        "budget: it is above 0 and at most 1000d, not 0s",
    ),
    "cli.budgeted:check_budgeted": (
        lambda: check_budgeted(compose("budget=1h", "trainer.max_time='00:01:00:00'")),
        "trainer.max_time: the time decides it where a budget is given; leave one of them out",
    ),
    "training.time_budget:check_room": (
        lambda: check_room(60.0, used=50.0, needed=50.0),
        "budget: 50 s have gone until training began, and it takes about 50 s to validate, test",
    ),
    "training.time_budget:check_longer": (
        lambda: check_longer(15.0, 60.0),
        "budget: the training has come to the end of its 15 s, and its learning rate with",
    ),
    "training.averaging:ExponentialAverage.__init__": (
        lambda: ExponentialAverage(1.0),
        "decay: it is at least 0 and below 1, not 1.0",
    ),
    "training.averaging:TriggeredAverage.setup": (
        lambda: averaging(6),
        "callbacks.early_stopping.patience=6 stops training before averaging begins",
    ),
    "run:check_trained": (
        lambda: check_trained(compose("train=false")),
        "train: without a training there is a model to name: ckpt_path=runs/<task>/latest/",
    ),
    "run:check_trained#2": (
        lambda: check_trained(compose("train=false", "ckpt_path=a.ckpt", "budget=10min")),
        "budget: it plans a training; leave it out, or train: train=true",
    ),
    "training.loggers.library:check_library": (
        lambda: check_library("unheard_of"),
        "logger=unheard_of needs unheard_of: pip install 'seqtasks[unheard_of]'",
    ),
    "training.checkpoint_file:misfit": (
        lambda: check_checkpoint("nothing.ckpt", Task({})),
        "ckpt_path: nothing.ckpt is no file; checkpoints lie in runs/<task>/<run>/checkpoints",
    ),
    "training.validation_steps:BetweenSteps.on_train_start": (
        cut_short,
        "trainer.limit_train_batches: its 5 batches end within a step of 2",
    ),
    "training.checkpoints:Checkpoint.setup": (
        lambda: BestMean(filename="best", monitor="val/loss", save_top_k=5).setup(
            pl.Trainer(logger=False), pl.LightningModule(), "fit"
        ),
        "callbacks.checkpoint.filename: best is one name for several files; let it hold '{epoch}",
    ),
    "training.checkpoints:Checkpoint.setup#2": (
        lambda: Checkpoint(monitor="val/loss", every_n_train_steps=3).setup(
            pl.Trainer(logger=False), pl.LightningModule(), "fit"
        ),
        "a checkpoint by val/loss is saved when that is computed; set trainer.val_check_interval",
    ),
    "training.finite_loss:FiniteLoss.check_losses": (
        lambda: after_batch(float("nan")),
        "the loss is nan in epoch 1, batch 3; ",
    ),
    "training.finite_loss:FiniteLoss.check_weights": (
        infinite_weight,
        "a weight is infinite or not a number after epoch 0, batch 0; ",
    ),
    "training.range_test:RangeTest.__init__": (
        lambda: RangeTest(lowest=2.0),
        "lowest: it is above 0 and below 1.0, the highest, not 2.0",
    ),
    "training.range_test:RangeTest.__init__#2": (
        lambda: RangeTest(share=2.0),
        "share: it is above 0 and at most 1, not 2.0",
    ),
    "training.range_test:RangeTest.choose": (
        lambda: RangeTest(1e-4, 1.0, steps=41).choose([1.0 + n for n in range(41)]),
        "lowest: the loss falls at no rate from 0.0001 to 1; lower it, or set optimizer.lr",
    ),
    "training.range_test:RangeTest.choose#2": (
        lambda: RangeTest(1e-4, 1.0, steps=41).choose([41.0 - n for n in range(41)]),
        "highest: the loss still falls at the highest rate from 0.0001 to 1; raise it",
    ),
    "training.resuming:resumable#2": (
        lambda: interrupted(False),
        "interrupted before the first checkpoint",
    ),
    "training.resuming:resumable#3": (
        lambda: interrupted(True),
        "interrupted after 0 epochs; to go on: python -m seqtasks",
    ),
    "training.resuming:resumable": (
        failed_elsewhere,
        "another process of this training has failed, as the lines above say; correct that,",
    ),
    "training.resuming:full": (
        lambda: interrupted(True, FullDisk(Path("runs"))),
        "runs: no space is left on this disk; training ended after 0 epochs, and checkpoints/last",
    ),
    "training.salvage:salvaged.save": (
        lambda: salvaging(),
        "run: no space is left on this disk; make room there",
    ),
    "training.salvage:salvaged": (
        lambda: salvaging(KeyboardInterrupt()),
        "interrupted; the model is trained and saved in run/bundle; to go on: python -m seqtasks",
    ),
    "training.salvage:salvaged#2": (
        lambda: salvaging(FullDisk(Path("run"))),
        "run: no space is left on this disk; make room there, and go on; the model is trained and",
    ),
    "training.advice:fitting": (
        never_validated,
        "a setting cannot be used: Early stopping conditioned on metric `val/f1` which is not ava",
    ),
    "training.checkpoint_file:read": (
        lambda: read("nothing.ckpt"),
        "nothing.ckpt is not a checkpoint, or it is damaged: ",
    ),
    "training.trainer:build_trainer": (
        lambda: trainer_of("task=tagging", "trainer.precision=16-mixed"),
        "precision: 16-bit floats (fp16) train on a GPU alone, not 16-mixed; on a CPU set bf16-mi",
    ),
    "training.trainer:followed": (
        lambda: trainer_of("task=tagging", "callbacks.early_stopping.monitor=val/loss"),
        "with callbacks.early_stopping.monitor=val/loss it is min (less is better)",
    ),
    "transfer.transfer:Transfer.prepare": (
        lambda: Transfer(model=str(folder(*TAGGING))).prepare(
            make_data(compose(*SMALL, *CLASSIFICATION))[0], {}
        ),
        "and this data label, tokens; choose the same task and fields",
    ),
    "tasks.classification:check_pair": (
        lambda: built(*PAIRS, "data.pair.share_vocabulary_with=null", "data.pair.max_size=9"),
        "data.pair is read by the embedding of data.tokens, and needs its vocabulary: set",
    ),
    "tasks.classification:check_pair#2": (
        lambda: built(*PAIRS, *CASE),
        "data.pair: the texts of a pair are read by their tokens alone; leave out task/embedding/",
    ),
    "tasks.generation:LanguageModel.__init__": (
        lambda: built("task=generation", "encoder.bidirectional=true"),
        "encoder.bidirectional: a language model reads from left to right; set it to false",
    ),
    "tasks.generation:LanguageModel.carry": (
        windows,
        "condition: it starts separate texts, not running ones; set data/batching=buckets",
    ),
    "tasks.generation:LanguageModel.read": (
        lambda: condition(True).read(torch.ones(1, 1, dtype=torch.int64), None, None),
        "condition: this language model starts from its 'label'; give one",
    ),
    "tasks.joint:JointTask.__init__": (
        lambda: built("task=joint", "task.target=nonsense"),
        "target: 'nonsense' is no field of task.tags or task.labels; choose from tags, label",
    ),
    "tasks.joint:JointTask.__init__#2": (
        without_tokens,
        "a joint task reads data.tokens, and this data has none",
    ),
    "tasks.joint:JointTask.__init__#3": (
        lambda: built("task=joint", "task.classification.calibrate=true"),
        "classification.calibrate: a joint task fits nothing to validation data; set it to false",
    ),
    "tasks.joint:weights": (
        lambda: built("task=joint", "+task.tags.xpos=1"),
        "tags.xpos: the data has no field 'xpos', only ",
    ),
    "tasks.joint:weights#2": (
        lambda: built("task=joint", "task.labels.label=0"),
        "labels.label: it is above 0, or null for no such head, not 0",
    ),
    "tasks.joint:check_directions": (
        lambda: built("task=joint", "encoder.num_layers=2", "encoder.dropout=0"),
        "language_weight: above the first layer, or in a last norm, each direction sees what the",
    ),
    "tasks.tagging:SequenceTagger.__init__": (
        lambda: built("task=tagging", "task.head.outside_penalty=auto", change=no_spans),
        "head.outside_penalty: auto goes by the F1 of spans, which these labels do not spell",
    ),
    "tasks.tagging:SequenceTagger.best": (
        lambda: loaded(*TAGGING).predict(["a b"], n_best=2),
        "n_best: this tagger decides on each label by itself; several sequences come from one",
    ),
    "tasks.translation:EncoderDecoder.__init__": (
        lambda: built("task=translation", "task.decoder.copying=true"),
        "decoder.copying: it goes with the field data.copies; task/decoder=copying sets both",
    ),
    "tasks.translation:EncoderDecoder.__init__#2": (
        lambda: built(
            "task=translation", "task/decoder/attention=none", "task.search.coverage_penalty=1"
        ),
        "search.coverage_penalty: it weighs attention, and this decoder has none; set it to 0",
    ),
}
