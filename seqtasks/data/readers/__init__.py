"""Readers: from a person's own files to records, one file format each."""

from seqtasks.data.readers.babi import BabiReader
from seqtasks.data.readers.conll import ConllReader
from seqtasks.data.readers.hub import HubReader
from seqtasks.data.readers.labelled_files import LabelledFileReader
from seqtasks.data.readers.lines import LineReader
from seqtasks.data.readers.parallel import ParallelReader
from seqtasks.data.readers.pattern import PatternReader
from seqtasks.data.readers.table import TableReader
from seqtasks.data.readers.text import TextReader
from seqtasks.data.readers.time_series import TimeSeriesReader

__all__ = [
    "BabiReader",
    "ConllReader",
    "HubReader",
    "LabelledFileReader",
    "LineReader",
    "ParallelReader",
    "PatternReader",
    "TableReader",
    "TextReader",
    "TimeSeriesReader",
]
