"""The doctor finds each kind of break, and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import torch
from broken_cells import Good

from seqtasks import doctor, laws
from seqtasks.cells import CELLS
from seqtasks.laws import LAWS, TOPOLOGIES, Broken, Case, Subject, Topology, examine, settle
from seqtasks.laws.broken import compare

HERE = Path(__file__).parent


@pytest.fixture
def cli(capsys, monkeypatch):
    """A function that runs the doctor on four shapes of encoders: exit code, output, errors."""
    monkeypatch.setattr(laws, "examine", partial(examine, topologies=TOPOLOGIES[:4]))

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            doctor.main(arguments)
        printed = capsys.readouterr()
        return stop.value.code, printed.out, printed.err

    return call


def starting(word: str, output: str) -> list[str]:
    """The laws on the lines that start with a word."""
    return re.findall(rf"^{re.escape(word)} +(\w+):", output, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("cell", "law", "case", "message"),
    [
        ("LeaksPadding", "padding", "lengths [1]", "state 0 is off by"),
        ("ForgetsItsState", "chunking", "lengths [4]", "in pieces cut at 2"),
        ("ForgetsItsGradient", "chunking", "lengths [4]", "gradient of inputs is off by"),
        ("LooksAhead", "causality", "lengths [2]", "when the inputs after step 0 change"),
        ("MixesTheBatch", "batch", "lengths [1, 1]", "in a batch of its own"),
        ("SortsTheBatch", "batch", "lengths [2, 1]", "in another order"),
        ("DividesByLength", "empty", "lengths [0]", "state 0 is nan (sequence 0, entry 0)"),
        ("StepsItsOwnWay", "stepping", "lengths [2]", "one step at a time"),
        ("LosesDigits", "stepping", "lengths [2]", "one step at a time in float32"),
        ("GrowsWithTime", "sharing", "lengths [1]", "3 parameters become 4 in a run over 1 step"),
    ],
)
def test_the_broken_law_is_named_with_its_smallest_case(cli, cell, law, case, message):
    code, output, error = cli(f"broken_cells.{cell}")
    assert (code, error) == (1, "")
    assert starting("BREAKS", output) == [law]
    lines = output[output.index("BREAKS") :].splitlines()[1:4]
    assert lines[0].strip() == f"smallest case: {case}, 1 layer, forward"
    assert message in lines[1]
    assert lines[2].strip().startswith("usual cause: ")
    assert f"broken_cells.{cell}: 1 of 7 laws breaks" in output
    follow = {"causality": ["chunking", "stepping"], "chunking": ["stepping"]}
    assert starting("-", output) == follow.get(law, [])
    assert len(starting("holds", output)) == 6 - len(starting("-", output))


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("ScansAnotherWay", "output is off by"),
        ("ForgetsItsStateInAScan", "from a state"),
        ("ScansAnotherGradient", "gradient of inputs is off by"),
    ],
)
def test_a_faster_way_that_is_not_its_step_is_named_and_nothing_that_follows(cli, cell, message):
    code, output, error = cli(f"broken_cells.{cell}")
    assert (code, error) == (1, "")
    assert starting("BREAKS", output) == ["truth"]
    assert "smallest case: lengths [3], 1 layer, forward" in output
    assert message in output
    assert starting("-", output) == ["chunking", "stepping"]
    assert f"broken_cells.{cell}: 1 of 8 laws breaks" in output


def test_a_crash_is_a_break_and_no_traceback(cli):
    code, output, error = cli("broken_cells.CrashesOnPadding")
    assert (code, error) == (1, "")
    assert starting("BREAKS", output) == ["empty", "padding"]
    assert re.search(r"^ +ValueError: no padding \(broken_cells.py, line \d+\)$", output, re.M)
    assert "Traceback" not in output


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("SaysNothing", "SaysNothing has no output_size (features of each output step), no state_"),
        ("SaysAnotherSize", "output has shape (2, 6), not (2, 7)"),
        ("StepsToATensor", "step returns neither a tuple of state tensors nor an output and such"),
        ("StepsToAnotherState", "states have shapes [(6,), (6,)], not [(6,)]"),
        ("ReturnsOutputsAlone", "returns no pair of outputs and a tuple of state tensors"),
        ("IsRandom", "the same inputs give different outputs twice, even when evaluating"),
        ("CrashesAlways", "RuntimeError: "),
        ("mask", "AttributeError: "),
    ],
)
def test_a_cell_off_the_contract_is_told_so(cli, cell, message):
    code, output, error = cli(f"broken_cells.{cell}")
    assert (code, error) == (1, "")
    assert starting("BREAKS", output) == ["contract"]
    assert message in output
    assert "no law can be examined" in output


@pytest.mark.parametrize("cell", ["Good", "GoodStep", "Complex", "HasDropout"])
def test_a_good_cell_of_ones_own_passes(cli, cell):
    code, output, error = cli(f"broken_cells.{cell}", "--size", "4")
    assert (code, error) == (0, "")
    stepped = cell == "GoodStep"
    assert starting("holds", output) == [law.name for law in LAWS if stepped or not law.of_steps]
    assert f"broken_cells.{cell}: all {7 + stepped} laws hold" in output
    assert ("random in training" in output) == (cell == "HasDropout")


def test_all_built_in_cells_obey_all_laws(cli, monkeypatch):
    """On one layer; tests/laws has the others."""
    monkeypatch.setattr(laws, "examine", partial(examine, topologies=TOPOLOGIES[:2]))
    code, output, error = cli("--all")
    assert (code, error) == (0, "")
    for name in CELLS:
        assert f"{name}: all 8 laws hold" in output


def test_options_reach_the_cell(cli):
    assert cli("lstm", "--option", "forget_bias=2.0")[0] == 0
    assert cli("broken_cells.Good", "--option", "decay=0.9", "--size", "1")[0] == 0
    code, _, error = cli("broken_cells.Good", "--option", "decay=3")
    assert code == 2
    assert error == "seqtasks: good: decay lies between 0 and 1, it is not 3\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["lsmt"], "there is no cell 'lsmt'; Did you mean 'lstm'?"),
        (["no_such.Cell"], "there is no module 'no_such'"),
        (["broken_cells.Goood"], "broken_cells has no class 'Goood'; Did you mean 'Good'?"),
        (["lstm", "--option", "forget_bais=1"], "Did you mean 'forget_bias'?"),
        (["lstm", "--option", "forget_bias"], "options are written name=value"),
        (["lstm", "--option", "forget_bias=[1"], "cannot be read; write it as YAML"),
        (["lstm", "--size", "0"], "--size is from 1 to 4,096"),
        (["lstm", "--all"], "name one CELL, or give --all"),
        ([], "name one CELL, or give --all"),
        (["--all", "--option", "a=1"], "--option goes with one CELL"),
    ],
)
def test_bad_usage_is_code_2(cli, arguments, message):
    code, output, error = cli(*arguments)
    assert (code, output) == (2, "")
    assert message in error


def test_a_module_in_the_current_folder_is_found(tmp_path):
    (tmp_path / "my_cells.py").write_text((HERE / "broken_cells.py").read_text())
    command = [sys.executable, "-m", "seqtasks.doctor", "my_cells.LeaksPadding"]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "")
    assert starting("BREAKS", done.stdout) == ["padding"]


def test_a_module_that_cannot_be_imported_is_one_line(cli, tmp_path, monkeypatch):
    (tmp_path / "bad_cells.py").write_text("import torch\n\nx = torch.no_such_thing\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    code, output, error = cli("bad_cells.Cell")
    assert (code, output) == (1, "")
    assert error.startswith("seqtasks: bad_cells cannot be imported: AttributeError: ")
    assert error.endswith("(bad_cells.py, line 3); correct it\n")
    assert error.count("\n") == 1


def test_a_break_deep_in_the_stack_is_found_with_its_topology(monkeypatch):
    """A shortcut that writes past a length, from the second layer on, read from both ends."""
    original = CELLS["gru"].forward

    def forward(self, inputs, lengths=None, state=None):
        outputs, state = original(self, inputs, lengths, state)
        both = inputs.size(-1) == 2 * self.output_size
        return (outputs + 1.0 if both else outputs), state

    monkeypatch.setattr(CELLS["gru"], "forward", forward)
    broken = {
        f.law.name: f.broken for f in examine(settle(Subject("gru")), TOPOLOGIES[:4]) if f.broken
    }
    assert "padding" in broken
    assert broken["padding"].case.topology == Topology(3, bidirectional=True)


def test_a_difference_is_told_with_its_place():
    ours = torch.zeros(2, 3, 4)
    ours[1, 2, 3] = 0.5
    with pytest.raises(Broken) as caught:
        compare("output", ours, torch.zeros(2, 3, 4), "here", ("sequence", "step"))
    assert (
        str(caught.value) == "output is off by 0.5 (sequence 1, step 2, entry 3: 0.5, not 0) here"
    )
    assert (caught.value.tensor, caught.value.difference) == ("output", 0.5)
    with pytest.raises(Broken, match=r"output has shape \(2, 3, 4\), not \(2, 3\) here"):
        compare("output", ours, torch.zeros(2, 3), "here")
    compare("output", ours, ours + 1e-9, "here")


def test_a_stochastic_cell_is_examined_still():
    assert settle(Subject("lstm")).training
    torch.manual_seed(0)
    before = torch.random.get_rng_state()
    subject = settle(Subject("lstm", {"weight_drop": 0.5}))
    assert not subject.training
    assert not any(finding.broken for finding in examine(subject, TOPOLOGIES[:4]))
    assert torch.equal(torch.random.get_rng_state(), before)
    encoder = subject.encoder(Case((1,)))
    assert all(parameter.ne(0).all() for parameter in encoder.parameters())


def test_a_cell_is_examined_in_every_shape_of_encoder():
    found = list(examine(settle(Subject(Good))))
    assert not any(finding.broken or finding.needs for finding in found)
    for finding in found:
        assert finding.cases == len(list(finding.law.cases(TOPOLOGIES)))
