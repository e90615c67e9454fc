"""The laws that bind every recurrence, as checks that run on any cell.

``python -m seqtasks.doctor CELL`` runs them from the command line.
"""

from __future__ import annotations

from seqtasks.laws.broken import Broken
from seqtasks.laws.case import TOPOLOGIES, Case, Topology
from seqtasks.laws.contract import settle
from seqtasks.laws.subject import Subject
from seqtasks.laws.table import LAWS, Finding, Law, examine

__all__ = [
    "LAWS",
    "TOPOLOGIES",
    "Broken",
    "Case",
    "Finding",
    "Law",
    "Subject",
    "Topology",
    "examine",
    "settle",
]
