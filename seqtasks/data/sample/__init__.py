"""The embedded sample: a small bilingual world that writes itself from one seed.

It needs no files of the user's. A grammar draws sentences in English and French with
part-of-speech tags and a class. Because the grammar is known, so are the probability of every
sentence and the entropy of the whole, and a language model's perplexity can be compared with the
best possible one.

``grammar.txt`` holds the phrases, ``lexicon.txt`` the words, ``forms.txt`` their irregular forms.
"""

from seqtasks.data.sample.reader import SampleReader
from seqtasks.data.sample.sentence import Sentence, entropy, mean_length, sentences

__all__ = ["SampleReader", "Sentence", "entropy", "mean_length", "sentences"]
