"""Lower case, character by character, as `tokenizers` has it."""

from __future__ import annotations

from tokenizers import normalizers

from seqtasks.data.symbols.folding import lowered

EVERY = [chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000]


def test_every_character_is_folded_as_tokenizers_does():
    text = "".join(EVERY)
    assert lowered(text) == normalizers.Lowercase().normalize_str(text)


def test_no_character_is_folded_by_those_beside_it():
    for text in ("ΟΔΟΣ ΑΣ. Σ", "İΣİ", "ΑΣ\u0301", "\ua7cbΣ"):
        assert lowered(text) == "".join(map(lowered, text))
        assert lowered(text) == normalizers.Lowercase().normalize_str(text)
