"""A full disk is told with the folder that was written to."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from seqtasks.files.space import FullDisk, told_space


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_with_its_folder(tmp_path: Path, code: int) -> None:
    with pytest.raises(FullDisk, match=str(tmp_path)), told_space(tmp_path):
        raise OSError(code, os.strerror(code))


def test_another_error_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), told_space(tmp_path):
        raise PermissionError(errno.EACCES, "no")
