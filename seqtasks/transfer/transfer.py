"""A model that starts from another one: its encoder and vectors, or the whole of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from seqtasks import bundle
from seqtasks.bundle.build import foreign_modules
from seqtasks.cli.options import as_value, differences
from seqtasks.data.fields import Field
from seqtasks.data.module import SequenceData
from seqtasks.embedding import InputEmbedding, TokenEmbedding
from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import BundleError, UsageError
from seqtasks.optim.layer_groups import layer_groups
from seqtasks.task import Task
from seqtasks.transfer import copy_weights
from seqtasks.transfer.unfreezing import GradualUnfreezing


class Transfer:
    """What training starts from, and how fast what it took may change.

    Args:
        encoder: a bundle whose encoder and token vectors are taken, whatever its task.
        model: a bundle that is trained on whole; new symbols and labels come behind its own.
        trust: modules of the user's own that the bundle may name.
        join_vocabulary: with ``encoder``: the tokens of the bundle, and behind them the new ones
            of the training data, instead of the latter's alone.
        freeze: what is taken of the encoder stays as it is.
        freeze_vectors: the token vectors stay as they are, those of new tokens with them.
        unfreeze_epochs: the head learns alone for so many epochs, then one more level from the
            top joins every so many (`GradualUnfreezing`); None: all learn from the start.
        layer_factor: a level's rate is that of the level above divided by this (`layer_groups`).

    Raises:
        UsageError: options that do not go together.
    """

    def __init__(
        self,
        encoder: str | None = None,
        model: str | None = None,
        trust: Collection[str] = (),
        *,
        join_vocabulary: bool = False,
        freeze: bool = False,
        freeze_vectors: bool = False,
        unfreeze_epochs: int | None = None,
        layer_factor: float = 1.0,
    ) -> None:
        if encoder is not None and model is not None:
            raise UsageError(
                "a training starts from this or from `model`; set one of them to null",
                option="encoder",
            )
        if encoder is None and join_vocabulary:
            raise UsageError(
                "it goes with `encoder`; `model` keeps its vocabulary by itself",
                option="join_vocabulary",
            )
        if encoder is None and model is None and (freeze or freeze_vectors):
            raise UsageError(
                "it keeps what was taken; name a bundle: `encoder`=PATH or `model`=PATH",
                option="freeze" if freeze else "freeze_vectors",
            )
        if freeze and unfreeze_epochs is not None:
            raise UsageError(
                "it is for the whole training; set it to false, or `unfreeze_epochs` to null",
                option="freeze",
            )
        if not layer_factor > 0:
            raise UsageError(f"it is above 0, not {layer_factor}", option="layer_factor")
        self.option = "model" if encoder is None else "encoder"
        self.path = model if encoder is None else encoder
        self.trust, self.join_vocabulary = list(trust), join_vocabulary
        self.freeze, self.freeze_vectors = freeze, freeze_vectors
        # What has to watch over training.
        self.callbacks = [] if unfreeze_epochs is None else [GradualUnfreezing(unfreeze_epochs)]
        self.layer_factor = layer_factor
        self.source: bundle.Bundle | None = None

    def prepare(self, data: SequenceData, options: Mapping[str, Any]) -> None:
        """Load the bundle, and let data that is not set up yet go on from its vocabularies.

        Args:
            data: of the new task.
            options: the plain configuration of the new task, whose own modules are trusted.

        Raises:
            BundleError: the bundle cannot be loaded.
            UsageError: the new data's fields are of another kind.
        """
        if self.path is None:
            return
        trusted = [*self.trust, *foreign_modules(options)]
        try:
            self.source = bundle.with_weights(bundle.load(self.path, trusted=trusted), "transfer")
        except BundleError as error:
            error.option = error.option or self.option
            raise
        fields = self.source.fields
        if self.option == "model":
            if set(fields) != set(data.fields):
                raise UsageError(
                    f"{self.path} has the fields {', '.join(sorted(fields))} and this data "
                    f"{', '.join(sorted(data.fields))}; choose the same task and fields",
                    option="model",
                )
            for name, there in fields.items():
                self.agree(name, there, data.fields[name])
            data.known = {name: there.vocabulary for name, there in fields.items()}
        elif self.join_vocabulary:
            name = main_field(data.fields)
            there = fields[main_field(fields)]
            self.agree(name, there, data.fields[name])
            data.known = {data.fields[name].share_vocabulary_with or name: there.vocabulary}

    def agree(self, name: str, there: Field, here: Field) -> None:
        """Refuse a field whose symbols mean something else than the bundle's."""
        if type(there) is not type(here):
            raise UsageError(
                f"data.{name} is a {type(there).__name__} in {self.path}, not a "
                f"{type(here).__name__}; choose the same field",
                option=self.option,
            )
        options = ["level", "lowercase", "scheme", "target", "order"]
        options += ["share_vocabulary_with"] * (self.option == "model")
        if getattr(there, "level", None) == "bpe":  # whose vocabulary takes no more symbols
            options.append("separator")
        for option in options:
            value = getattr(there, option, None)
            if value != getattr(here, option, None):
                raise UsageError(
                    f"the symbols of {self.path} are of another kind; set "
                    f"data.{name}.{option}={as_value(value)}",
                    option=self.option,
                )

    def fill(self, task: Task, options: Mapping[str, Any]) -> str | None:
        """Set the taken weights into a new task, made by plain options, and freeze what is to stay.

        Returns:
            One line that says what was taken, or None where nothing was.

        Raises:
            UsageError: the weights do not fit; it says which options would make them fit.
        """
        if self.callbacks or self.layer_factor != 1:
            layer_groups(task)
        if self.source is None:
            return None
        fill = self.fill_encoder if self.option == "encoder" else self.fill_model
        return fill(self.source, task, options)

    def fill_encoder(self, source: bundle.Bundle, task: Task, options: Mapping[str, Any]) -> str:
        """Take the encoder, and the vectors of the tokens that both vocabularies have."""
        tasks = source.task, task
        old, new = (self.part(one, "encoder", RecurrentEncoder) for one in tasks)
        old_vectors, vectors = (self.vectors(one) for one in tasks)
        there, here = (one.get("encoder") or {} for one in (source.config["task"], options))
        needed = [
            f"encoder.{option}={as_value(there.get(option))}"
            for option in ("cell", "cell_options")
            if (there.get(option) or {}) != (here.get(option) or {})
        ]
        wanted, given = copy_weights.sizes(old), copy_weights.sizes(new)
        needed += [f"encoder.{n}={as_value(wanted[n])}" for n in wanted if wanted[n] != given[n]]
        if old_vectors.output_size != vectors.output_size:
            place = "task.embedding" + ".tokens" * isinstance(task.embedding, InputEmbedding)
            needed.append(f"{place}.embedding_dim={old_vectors.output_size}")
        if needed:
            raise UsageError(
                f"{self.path} has other sizes; set {' '.join(needed)}", option="encoder"
            )
        known, symbols = (one.vocabularies[main_field(one.vocabularies)] for one in tasks)
        table = vectors.table.weight
        rows = copy_weights.take_rows(old_vectors.table.weight, table, known, symbols)
        taken = copy_weights.take_encoder(old, new, vectors.output_size)
        if self.freeze:
            for name, weight in new.named_parameters():
                if name not in taken.left:
                    weight.requires_grad_(False)
        if self.freeze_vectors:
            table.requires_grad_(False)
        said = (
            f"transfer: {rows:,} of {len(symbols):,} symbols and "
            f"{len(taken.whole) + len(taken.part)} of {len(list(new.parameters()))} "
            f"tensors of the encoder taken from {self.path}"
        )
        if old.bidirectional != new.bidirectional:
            said += "; the forward direction alone"
        if taken.part:
            said += f"; for common features alone: {', '.join(taken.part)}"
        if taken.left:
            places = dict.fromkeys(name.rpartition(".")[0] for name in taken.left)
            said += f"; not taken: {', '.join(places)}"
        return said

    def fill_model(self, source: bundle.Bundle, task: Task, options: Mapping[str, Any]) -> str:
        """Take every weight; those of new symbols keep their start."""
        if type(source.task) is not type(task):
            raise UsageError(
                f"{self.path} is a {type(source.task).__name__}, not a "
                f"{type(task).__name__}; choose its task, or take its encoder: `encoder`",
                option="model",
            )
        old, new = source.task.vocabularies, task.vocabularies
        growth = {name: len(new[name]) - len(old[name]) for name in new}
        theirs = dict(source.task.named_parameters())
        ours = dict(task.named_parameters())
        wrong = ours.keys() ^ theirs.keys() or {
            name
            for name, weight in ours.items()
            if not copy_weights.take_grown(theirs[name], weight, {*growth.values()})
        }
        if wrong:
            changed = differences(source.config["task"], options)
            fix = f"set {' '.join(changed)}" if changed else "train a new model"
            raise UsageError(f"{self.path} has other sizes ({min(wrong)}); {fix}", option="model")
        if self.freeze:
            self.part(task, "encoder", RecurrentEncoder).requires_grad_(False)
        if self.freeze_vectors:
            self.vectors(task).table.requires_grad_(False)
        counts = ", ".join(f"{more:,} new {name}" for name, more in growth.items())
        return f"transfer: {len(ours)} tensors taken from {self.path}; {counts}"

    def vectors(self, task: Task) -> TokenEmbedding:
        """A task's token vectors (UsageError: it reads no tokens)."""
        embedding = self.part(task, "embedding", TokenEmbedding, InputEmbedding)
        found = embedding if isinstance(embedding, TokenEmbedding) else embedding.tokens
        if found is None:
            raise UsageError(
                f"it takes token vectors, and a {type(task).__name__} of vectors has none; choose "
                "another task",
                option=self.option,
            )
        return found

    def part(self, task: Task, name: str, *kinds: type) -> Any:
        """A task's part of that name (UsageError: it has none of the right kind)."""
        found = getattr(task, name, None)
        if not isinstance(found, kinds):
            raise UsageError(
                f"{type(task).__name__} has no part '{name}' that is a "
                f"{' or '.join(kind.__name__ for kind in kinds)}; "
                "choose another task",
                option=self.option,
            )
        return found


def main_field(fields: Mapping[str, Any]) -> str:
    """The field that an encoder reads: ``tokens``, else ``source``, else the first."""
    return next((name for name in ("tokens", "source") if name in fields), next(iter(fields)))
