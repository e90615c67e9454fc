"""Every public name says what it is, and every public function with tensors says their shapes.

Both are read from the source. A method may leave its docstring to one of the same name in a base
class. Shapes stand in the docstring of the function or of the method that it overrides, or, beside
the names of its tensors, in the docstring of its class or module.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]

OUTSIDE = {
    # A class of another library: the methods that its own documentation describes.
    "Function": "forward backward",
    "Module": "forward extra_repr train",
    "Linear": "forward extra_repr train",
    "Identity": "forward",
    "Metric": "update compute",
    "LightningModule": "training_step validation_step on_validation_epoch_end on_train_epoch_end "
    "on_test_epoch_end",
    "LightningDataModule": "train_dataloader val_dataloader test_dataloader",
    "Logger": "name version save_dir experiment log_metrics log_hyperparams log_graph save "
    "after_save_checkpoint finalize",
    "CSVLogger": "experiment",
    "TorchCheckpointIO": "save_checkpoint",
    "Callback": "setup state_dict load_state_dict on_fit_start on_fit_end on_train_start "
    "on_train_epoch_start on_train_batch_start on_train_batch_end on_train_epoch_end "
    "on_validation_start on_validation_end on_test_start on_test_end on_save_checkpoint "
    "on_load_checkpoint on_after_backward on_before_optimizer_step "
    "on_run_start on_multirun_start on_multirun_end",  # the last three of Hydra's
    "Launcher": "setup launch",
    "Sweeper": "setup sweep",
    "Formatter": "format",
    "RawIOBase": "write flush",
    "H11Protocol": "connection_made handle_events on_response_complete",
}
OUTSIDE["ModelCheckpoint"] = OUTSIDE["RichProgressBar"] = OUTSIDE["Callback"]

AXES = """
batch time steps rows sequences examples tokens words size input_size hidden_size output_size heads
gates labels classes types vocab samples parts features count terms …
"""
TUPLE = re.compile(r"\(([\w…][\w…,+*·/\s-]*)\)")
AXIS = re.compile(r"[\w…]+(?:\s*[+*·/-]\s*\w+)*")
WORDS = re.compile(
    r"\bscalars?\b|\b(any|one|same)\s+shapes?\b|'s\s+shapes?\b|\bshapes?\s+(of|as|are\s+those|\(\))"
)
TENSORS = ("Tensor", "State")

Function = ast.FunctionDef | ast.AsyncFunctionDef
Node = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


class Name(NamedTuple):
    """A module, class, function or method, and the classes and docstrings around it."""

    place: str  # file:line: name
    node: Node
    around: list[str]  # docstrings of its class and module
    owner: ast.ClassDef | None


def docstring(node: Node) -> str:
    return ast.get_docstring(node, clean=False) or ""


def names_of(path: Path, node: Node, name: str, around: list[str]) -> Iterator[Name]:
    """A node and the public names in it."""
    owner = node if isinstance(node, ast.ClassDef) else None
    around = [docstring(node), *around]
    for member in node.body:
        if isinstance(member, ast.ClassDef | Function) and not member.name.startswith("_"):
            whole = f"{name}.{member.name}".lstrip(".")
            yield Name(f"{path}:{member.lineno}: {whole}", member, around, owner)
            if isinstance(member, ast.ClassDef):
                yield from names_of(path, member, whole, around)


class Source:
    """The public names of the project, and its classes by name."""

    def __init__(self, root: Path) -> None:
        self.names: list[Name] = []
        self.classes: dict[str, list[ast.ClassDef]] = {}
        for path in sorted([*root.glob("seqtasks/**/*.py"), *root.glob("tasks/**/*.py")]):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            path = path.relative_to(root)
            self.names.append(Name(f"{path}:1: the module", tree, [], None))
            self.names += names_of(path, tree, "", [])
            for node in tree.body:
                if isinstance(node, ast.ClassDef):
                    self.classes.setdefault(node.name, []).append(node)

    def ancestors(self, node: ast.ClassDef) -> Iterator[str | ast.ClassDef]:
        """The bases and their bases: a class of the project, or another library's name."""
        for base in node.bases:
            base = base.value if isinstance(base, ast.Subscript) else base
            name = ast.unparse(base).rpartition(".")[2]
            inside = [found for found in self.classes.get(name, ()) if found is not node]
            for found in inside:
                yield found
                yield from self.ancestors(found)
            if not inside:
                yield name

    def overridden(self, name: Name) -> Iterator[str]:
        """The docstrings of the methods that one overrides; of other libraries, its name."""
        if name.owner is None or not isinstance(name.node, Function):
            return
        for base in self.ancestors(name.owner):
            if isinstance(base, str):
                yield name.node.name if name.node.name in OUTSIDE.get(base, "").split() else ""
                continue
            for member in base.body:
                if isinstance(member, Function) and member.name == name.node.name:
                    yield docstring(member)

    def undocumented(self) -> list[str]:
        return [
            name.place
            for name in self.names
            if not docstring(name.node) and not any(self.overridden(name))
        ]

    def shapeless(self) -> list[str]:
        return [
            f"{name.place}({', '.join(tensors)})"
            for name in self.names
            if isinstance(name.node, Function) and name.node.name != "backward"
            if (tensors := tensors_of(name.node)) is not None
            if not any(map(has_shape, [docstring(name.node), *self.overridden(name)]))
            if not any(
                tensors and set(tensors) <= set(re.findall(r"\w+", text.lower()))
                for text in filter(has_shape, name.around)
            )
        ]


def tensors_of(function: Function) -> list[str] | None:
    """The names of the parameters that are tensors; None where none is, nor what is returned."""
    arguments = function.args
    given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    named = [given.arg for given in given if holds_tensors(given.annotation)]
    return named if named or holds_tensors(function.returns) else None


def holds_tensors(annotation: ast.expr | None) -> bool:
    return annotation is not None and any(
        isinstance(node, ast.Name) and node.id in TENSORS for node in ast.walk(annotation)
    )


def has_shape(text: str) -> bool:
    """Whether a text says a shape: words for one, or a tuple with an axis of the field.

    >>> has_shape("a scalar"), has_shape("(batch, time, size)"), has_shape("(2 + terms, 2)")
    (True, True, True)
    >>> has_shape("(see there, too)"), has_shape("(labels, or their names)"), has_shape("(batch)")
    (False, False, False)
    """
    return WORDS.search(text) is not None or any(map(is_shape, TUPLE.findall(text)))


def is_shape(inside: str) -> bool:
    """Whether what stands in parentheses is a shape: ``batch, time`` or ``any,``."""
    axes = [axis.strip() for axis in inside.split(",")]
    if len(axes) == 1 or not all(map(AXIS.fullmatch, filter(None, axes))):
        return False
    return not axes[-1] or any(
        word in AXES.split() for axis in axes for word in re.findall(r"[\w…]+", axis)
    )


@pytest.fixture(scope="module")
def source() -> Source:
    return Source(ROOT)


def test_every_public_name_has_a_docstring(source: Source) -> None:
    assert not (found := source.undocumented()), "\n".join(["no docstring:", *found])


def test_every_function_with_tensors_says_their_shapes(source: Source) -> None:
    assert not (found := source.shapeless()), "\n".join(["no shapes:", *found])


def test_both_find_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "seqtasks").mkdir()
    (tmp_path / "seqtasks/cell.py").write_text(
        '''"""A module, with inputs (batch, size)."""
class Cell(nn.Module):
    """A cell."""
    def forward(self, inputs: Tensor) -> Tensor: ...
    def step(self, x: Tensor) -> State:
        """One step."""
    def weights(self) -> None: ...
    def _hidden(self, x: Tensor) -> None: ...
class Faster(Cell):
    """Faster."""
    def step(self, x: Tensor) -> State: ...
    def weights(self) -> None: ...
'''
    )
    source = Source(tmp_path)
    path = "seqtasks/cell.py"
    assert source.undocumented() == [f"{path}:7: Cell.weights", f"{path}:12: Faster.weights"]
    assert source.shapeless() == [f"{path}:5: Cell.step(x)", f"{path}:11: Faster.step(x)"]
