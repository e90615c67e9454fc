"""The table of text scores against the classes of the scores."""

from __future__ import annotations

import pytest

from seqtasks.metrics import text_scores


@pytest.mark.parametrize("name", text_scores.SCORES)
def test_what_is_known_of_a_score_is_what_its_class_says(name):
    score = text_scores.SCORES[name]
    assert score.kind.__name__ == score.metric
    assert score.kind.higher_is_better is score.higher_is_better
