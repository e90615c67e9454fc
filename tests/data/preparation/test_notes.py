"""Warnings about data, which are remembered and shown."""

from __future__ import annotations

import logging

from seqtasks.data.preparation.notes import one_process_speaks, said_before, taken_notes

LOGGER = logging.getLogger("seqtasks.data.fields")


def test_a_warning_is_shown_where_logging_is_not_set_up(monkeypatch, capsys):
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    with taken_notes() as notes:
        LOGGER.warning("odd")
        LOGGER.info("even")
    assert notes == [("seqtasks.data.fields", "odd")]
    assert capsys.readouterr().err == "odd\n"


def test_a_warning_is_shown_once_by_those_who_take_it_within_each_other(monkeypatch, capsys):
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    with taken_notes() as all_notes, taken_notes() as some:
        LOGGER.warning("odd")
    assert all_notes == some
    assert capsys.readouterr().err == "odd\n"


def test_a_warning_is_shown_once_where_logging_is_set_up(monkeypatch, caplog, capsys):
    monkeypatch.setattr(logging.getLogger(), "handlers", [caplog.handler])
    with taken_notes():
        LOGGER.warning("odd")
    assert caplog.messages == ["odd"]
    assert capsys.readouterr().err == ""


def test_a_warning_that_was_said_before_is_taken_and_not_shown(monkeypatch, capsys):
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    with said_before(), taken_notes() as notes:
        LOGGER.warning("odd")
    assert notes == [("seqtasks.data.fields", "odd")]
    assert capsys.readouterr().err == ""


def test_one_process_of_a_machine_speaks(monkeypatch, caplog):
    for rank in ("0", "1"):
        monkeypatch.setenv("LOCAL_RANK", rank)
        with one_process_speaks():
            LOGGER.warning("odd of %s", rank)
    assert caplog.messages == ["odd of 0"]
