"""The measurement of a server under bad clients."""

from __future__ import annotations

import pytest

pytest.importorskip("resource")  # systems with fork
from chaos import clients
from chaos.clients import Found, dealt
from chaos.good_clients import Outcome

pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")


def found(**changed):
    """A measurement in which all held, but for what is changed."""
    held = {
        "outcome": Outcome([0.1] * 99 + [0.5]),
        "health": [0.01, 0.2],
        "megabytes": [400.0, 420.0, 421.0, 421.0, 421.0],
        "printed": "seqtasks: stopped\n",
        "code": 0,
    }
    return Found(**{**held, **changed})


def test_what_did_not_hold_is_told():
    assert found().wrong(1.0) == ""
    failed = Outcome([0.1], ["/predict: 503"])
    assert found(outcome=failed).wrong(1.0) == "1 of 2 requests failed: /predict: 503"
    assert found(outcome=Outcome()).wrong(1.0) == "0 of 0 requests failed: "
    assert found(health=[0.1, 2.5]).wrong(1.0) == "/health took 2.50 s"
    assert found(megabytes=[400.0, 400.0, 405.0, 440.0]).wrong(1.0).endswith("grew by 40.0 MB")
    assert found(printed="Traceback").wrong(1.0) == "code 0: 'Traceback'"
    assert found(code=-9).wrong(1.0).startswith("code -9: ")
    assert found().outcome.percentile(0.5) == 0.1
    assert found().outcome.percentile(0.99) == 0.5


def test_clients_are_dealt_out():
    assert sum(dealt(200, ["a", "b", "c"]).values()) == 200


@pytest.mark.slow
def test_it_is_measured_from_the_command_line(capsys):
    options = "--clients 4 --half-open 30 --slow 12 --seconds 3 --files 128 --patience 5"
    assert clients.main(options.split()) == 0
    assert capsys.readouterr().out.endswith("all held\n")
