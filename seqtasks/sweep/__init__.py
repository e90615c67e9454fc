"""Several runs of one command: what each scored, and the mean and spread over seeds and folds."""

from seqtasks.sweep.group import Group, groups
from seqtasks.sweep.job import Job
from seqtasks.sweep.spread import Spread

__all__ = ["Group", "Job", "Spread", "groups"]
