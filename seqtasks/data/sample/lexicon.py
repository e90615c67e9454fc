"""The words of the sample by class, as ``lexicon.txt`` lists them."""

from seqtasks.data.sample.lexeme import Lexeme
from seqtasks.data.sample.tables import entries, read_sections

WORD_CLASSES: dict[str, list[Lexeme]] = {
    name: [Lexeme.read(entry, tag) for entry in entries(lines)]
    for heading, lines in read_sections("lexicon.txt").items()
    for name, tag in [heading.split()]
}
"""Name of the class → its words, the most frequent first."""
