"""The embedded sample: a small bilingual world that writes itself from one seed.

It needs no files. A grammar draws sentences in English and French with part-of-speech tags and a
class, and because the grammar is known, so are the probability of every sentence and the entropy
of the whole: a language model's perplexity stands beside the best possible one.

``grammar`` holds the phrases, ``nouns``, ``verbs``, ``adjectives`` and ``particles`` the words.
"""

from seqtasks.data.sample.reader import SampleReader
from seqtasks.data.sample.sentence import Sentence, entropy, mean_length, sentences

__all__ = ["SampleReader", "Sentence", "entropy", "mean_length", "sentences"]
