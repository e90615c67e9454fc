"""Try attacks: ``PYTHONPATH=tests python -m chaos kills bundles --count 100 --seed 1 --jobs 2``."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from chaos.case import run_cases


def areas() -> dict[str, ModuleType]:
    """The modules of this folder that hold attacks, by name.

    Each has ``cases(seed, count)``, which yields cases that follow from the seed, and ``SHORT``,
    how many of them CI tries. It imports what takes long, such as torch, in ``cases``: the forked
    processes that try the cases then have it.
    """
    files = sorted(Path(__file__).parent.glob("*.py"))
    names = [path.stem for path in files if "\ndef cases(" in path.read_text(encoding="utf-8")]
    return {name: importlib.import_module(f"chaos.{name}") for name in names}


AREAS = areas()


def main(arguments: Sequence[str] | None = None) -> int:
    """Try what the command line says; 1 if any attack succeeded, else 0."""
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("areas", nargs="*", help=f"of {', '.join(AREAS)}; all by default")
    parser.add_argument("--count", type=int, default=20, help="cases of each area")
    parser.add_argument("--short", action="store_true", help="as many as CI tries")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="cases tried at once")
    parser.add_argument("--only", metavar="NAME", help="the case of this name")
    parser.add_argument("--list", action="store_true", help="print the names of the cases")
    parser.add_argument("--under", type=Path, help="where the folders of the cases are made")
    given = parser.parse_args(arguments)
    if unknown := {*given.areas} - {*AREAS}:
        parser.error(f"no area {', '.join(sorted(unknown))}; there are {', '.join(AREAS)}")
    failed = False
    for area in given.areas or AREAS:
        count = AREAS[area].SHORT if given.short else given.count
        cases = AREAS[area].cases(given.seed, count)
        chosen = [case for case in cases if given.only in (None, case.name)]
        if given.list:
            print(*(f"{case.kind}: {case.name}" for case in chosen), sep="\n")
            continue
        print(f"{area}: {len(chosen)} case(s), seed {given.seed}", flush=True)
        repeat = f"python -m chaos {area} --seed {given.seed} --count {count} --only"
        kinds = run_cases(chosen, given.jobs, repeat, given.under)
        failed = failed or any(tally.failed for tally in kinds.values())
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
