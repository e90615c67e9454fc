from __future__ import annotations

from random import Random

import pytest

from seqtasks.data.batching.buckets import Buckets
from seqtasks.data.batching.streams import Streams
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.fields import TokenField
from seqtasks.data.fields.bpe_dropout import MergeDropout
from seqtasks.data.record import Record
from seqtasks.errors import UsageError

TEXTS = ["lower and lowest, the slower lowering", "newer newest news don't", "wide, wider 3rd"] * 3


def dataset(**options):
    field = TokenField(level="bpe", max_size=300, **options)
    field.name = "tokens"
    records = [Record({"tokens": text}, "f", n) for n, text in enumerate(TEXTS, 1)]
    field.fit(records)
    return SequenceDataset.of({"tokens": field}, records)


def test_without_dropout_a_text_is_cut_as_the_tokenizer_cuts_it():
    vocabulary = dataset().fields["tokens"].vocabulary
    merges = MergeDropout(vocabulary, 0.0)
    for text in [*TEXTS, "who is <unk> here"]:
        assert merges.encode(text, Random(0)) == vocabulary.tokenizer.encode(text).ids


def test_with_dropout_a_text_is_cut_in_other_ways_that_all_spell_it():
    vocabulary = dataset().fields["tokens"].vocabulary
    merges, random = MergeDropout(vocabulary, 0.4), Random(0)
    cuts = {tuple(merges.encode(TEXTS[0], random)) for _ in range(20)}
    assert len(cuts) > 10
    assert {vocabulary.decode(cut) for cut in cuts} == {TEXTS[0]}
    characters = MergeDropout(vocabulary, 1 - 1e-9).encode(TEXTS[0], random)
    assert len(characters) == len(TEXTS[0])


def test_training_batches_vary_from_epoch_to_epoch_and_follow_from_the_seed():
    data = dataset(bpe_dropout=0.3, bos=True, eos=True)

    def epoch(number, seed=1, training=True):
        loader = Buckets(4).loader(data, training=training, seed=seed)
        loader.sampler.set_epoch(number)
        return {n: b.tokens[i].tolist() for b in loader for i, n in enumerate(b.example)}

    def spelled(rows):
        decode = data.fields["tokens"].vocabulary.decode
        return [decode(rows[number]).rstrip() for number in sorted(rows)]

    assert epoch(0) == epoch(0)
    assert epoch(0) != epoch(1)
    assert epoch(0) != epoch(0, seed=2)
    assert spelled(epoch(0)) == spelled(epoch(1)) == TEXTS
    whole = epoch(0, training=False)
    assert all(
        whole[n][: len(row)] == row.tolist() for n, row in enumerate(data.encoded["tokens"], 1)
    )


def test_separators_stay_whole_and_what_dropout_makes_too_long_stays_as_it_is():
    field = TokenField(level="bpe", max_size=300, separator="<sep>", bpe_dropout=0.5, max_length=9)
    field.name = "tokens"
    records = [Record({"tokens": "lower lower\tlower"}, "f", 1)]
    field.fit([*records, Record({"tokens": "slower lower\tslow"}, "f", 2)])
    [whole] = field.encode(records)
    separator = field.vocabulary.specials["<sep>"]
    assert whole.tolist().count(separator) == 1
    random = Random(0)
    rows = [field.vary(records, random)[0].tolist() for _ in range(50)]
    assert all(row.count(separator) == 1 and len(row) <= 9 for row in rows)
    assert whole.tolist() in rows
    assert any(row != whole.tolist() for row in rows)


def test_it_goes_with_byte_pairs_and_with_separate_sequences():
    with pytest.raises(UsageError, match="goes with level=bpe, not level=word"):
        TokenField(bpe_dropout=0.1)
    with pytest.raises(UsageError, match="bpe_dropout"):
        TokenField(level="bpe", bpe_dropout=1.0)
    with pytest.raises(UsageError, match=r"tokens\.bpe_dropout: it encodes each batch anew"):
        Streams(2, 4).loader(dataset(bpe_dropout=0.1), training=True)
