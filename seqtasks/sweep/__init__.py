"""Sweeps: the scores of several runs of one command, with their mean and spread."""

from seqtasks.sweep.group import RunGroup, group_runs
from seqtasks.sweep.run import SweepRun
from seqtasks.sweep.spread import Spread

__all__ = ["RunGroup", "Spread", "SweepRun", "group_runs"]
