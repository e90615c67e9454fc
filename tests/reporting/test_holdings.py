"""What is told of prepared data."""

from __future__ import annotations

from seqtasks.data.store.cache import Cache
from seqtasks.reporting import holdings
from seqtasks.reporting.holdings import told_size

KEY = "a" * 32


def build(folder):
    (folder / "file").write_bytes(bytes(3_000_000))
    return {}


def test_who_fills_the_cache_says_so(tmp_path, monkeypatch):
    first, second, temporary = Cache(tmp_path), Cache(tmp_path), Cache(None)
    for cache in (first, second, temporary):
        cache.get(KEY, build, lambda folder, content: None)
    assert told_size(first) == ""
    monkeypatch.setattr(holdings, "_MUCH", 1_000_000)
    assert told_size(first).startswith(f"The data is prepared: 3 MB in {tmp_path}")
    assert told_size(second) == told_size(temporary) == ""
