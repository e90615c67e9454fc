"""No process of a training outlives the one that started it."""

from __future__ import annotations

import os
import subprocess
import sys

from small import ROOT

CHILD = "import sys, time; from seqtasks.training.children import end_with_parent as end; "
CHILD += "end(int(sys.argv[1])); print('follows', flush=True); time.sleep(60)"


def test_a_process_whose_parent_is_gone_before_it_looks_ends():
    done = subprocess.run(
        [sys.executable, "-c", CHILD, "999999999"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=50,
        check=False,
    )
    assert done.returncode == 1
