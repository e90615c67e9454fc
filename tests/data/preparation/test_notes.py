"""Warnings about data, which are remembered and shown."""

from __future__ import annotations

import logging

from seqtasks.data.preparation.notes import taken_notes

LOGGER = logging.getLogger("seqtasks.data.fields")


def test_a_warning_is_shown_where_logging_is_not_set_up(monkeypatch, capsys):
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    with taken_notes() as notes:
        LOGGER.warning("odd")
        LOGGER.info("even")
    assert notes == [("seqtasks.data.fields", "odd")]
    assert capsys.readouterr().err == "odd\n"


def test_a_warning_is_shown_once_where_logging_is_set_up(caplog, capsys):
    with taken_notes():
        LOGGER.warning("odd")
    assert caplog.messages == ["odd"]
    assert capsys.readouterr().err == ""
