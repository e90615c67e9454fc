"""What a configuration may hold before a model is made from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqtasks.bundle.integrity import check_config
from seqtasks.errors import BundleError


def config(target: str, **options: object) -> dict:
    return {"task": {"_target_": target, "encoder": {"scale": 2_000_000, **options}}, "fields": {}}


def test_a_number_that_no_model_of_ours_has_is_refused():
    with pytest.raises(BundleError, match=r"task\.encoder\.scale is 2,000,000"):
        check_config(Path("config.yaml"), config("seqtasks.tasks.tagging.SequenceTagger"))


def test_a_class_of_the_users_own_has_the_numbers_that_it_likes():
    check_config(Path("config.yaml"), config("mine.Tagger"))
