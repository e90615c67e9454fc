"""Other sites' pages drive no model, and a token keeps out whoever does not have it."""

from __future__ import annotations

import pytest
from serving.conftest import LETTERS, TAGGING

from seqtasks.errors import UsageError
from seqtasks.serve import hosts_of
from seqtasks.serving.access import given_token
from seqtasks.serving.origin import own_names

TEXT = "the dogs see the cat ."
SITE = "http://localhost:{port}"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
WRITING = {"max_length": 2}


def refused(reply, sentence="a page of another site asks; open the one of this server"):
    return reply.status == 403 and reply.error == sentence


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "cors"},
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors"},
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"},  # a form
        {"Sec_Fetch_Site": "same-site", "Sec_Fetch_Mode": "cors", "Origin": "http://localhost:3"},
        {"Sec_Fetch_Site": "same-site", "Sec_Fetch_Mode": "no-cors"},
        {"Sec_Fetch_Site": "made-up"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:3000"},
        {"Origin": "null"},
        {"Origin": ""},
    ],
)
def test_a_page_of_another_site_asks_in_vain(lasting, headers):
    client = lasting(*LETTERS).client
    assert refused(client.ask("POST", "/generate", WRITING, **headers))
    assert refused(client.ask("POST", "/predict", {"text": "a"}, **headers))
    assert refused(client.get("/generate?max_length=2", **headers))
    assert refused(client.ask("OPTIONS", "/generate", **headers))  # a preflight
    assert "access-control-allow-origin" not in client.ask("OPTIONS", "/predict", **headers).headers


def test_own_pages_and_programs_are_answered(lasting):
    live = lasting(*LETTERS)
    own = SITE.format(port=live.port)
    host = own.removeprefix("http://")
    for headers in (
        {},
        {"Sec_Fetch_Site": "same-origin", "Origin": own},
        {"Sec_Fetch_Site": "same-origin", "Origin": "https://of.a.proxy"},
        {"Sec_Fetch_Site": "none"},
        {"Sec_Fetch_Site": "same-site", "Origin": own, "Host": host},
        {"Origin": own, "Host": host},
        {"Origin": own.upper(), "Host": host},
        {"User_Agent": BROWSER, "Origin": own, "Host": host},
    ):
        assert live.client.ask("POST", "/generate", WRITING, **headers).status == 200, headers
        assert live.client.get("/generate?max_length=2", **headers).status == 200, headers


def test_links_lead_to_pages_and_not_to_the_model(lasting):
    client = lasting(*LETTERS).client
    link = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}
    for path in ("/", "/docs", "/health"):
        assert client.get(path, **link).status == 200
    assert refused(client.get("/generate?max_length=2", **link))


def test_a_browser_that_tells_nothing_gets_no_text_by_get(lasting):
    client = lasting(*LETTERS).client  # an <img> of any site asks so over plain HTTP
    said = "a browser does not say whose page asks; ask by POST /generate"
    assert refused(client.get("/generate?max_length=2", User_Agent=BROWSER), said)
    assert client.get("/info", User_Agent=BROWSER).status == 200


def test_there_are_no_web_sockets(lasting):
    client = lasting(*LETTERS).client
    asked = client.get("/generate", Upgrade="websocket", Connection="Upgrade", Origin="http://evil")
    assert (asked.status, asked.error) == (400, "there are no web sockets here; ask by POST")
    other = client.get("/health", Upgrade="h2c", Connection="Upgrade, HTTP2-Settings")
    assert other.status == 200


def test_a_name_that_is_led_here_is_refused_and_addresses_are_not(served, monkeypatch):
    monkeypatch.setattr("seqtasks.serving.origin.socket.gethostname", lambda: "Lab-7.example.org")
    monkeypatch.setattr("seqtasks.serving.origin.socket.getfqdn", lambda: "lab-7.example.org")
    names = hosts_of("0.0.0.0", ["Model.example"], None)
    assert names >= {"lab-7", "lab-7.example.org", "lab-7.local", "localhost", "model.example"}
    assert own_names("127.0.0.2") == {"localhost"}
    client = served(*TAGGING).client
    for name in ("127.0.0.1", "192.168.1.5:8000", "[fe80::1]", "localhost"):
        assert client.get("/health", Host=name).status == 200
    assert client.get("/health", Host="evil.example").status == 421


def test_without_the_token_there_are_the_page_and_the_health_alone(served):
    client = served(*LETTERS, token="s3cret").client
    for path in ("/", "/docs", "/site/main.js", "/health"):
        assert client.get(path).status == 200
    for headers in (
        {},
        {"Authorization": "Bearer s3cre"},
        {"Authorization": "Bearer s3crets"},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic s3cret"},
        {"Authorization": "Bearer gehe\u00efm"},
    ):
        for method, path, body in (
            ("GET", "/info", None),
            ("GET", "/openapi.json", None),
            ("GET", "/generate", None),
            ("POST", "/generate", WRITING),
            ("POST", "/predict", {"text": "a"}),
            ("POST", "/health/../predict", {"text": "a"}),
            ("POST", "/site/../predict", {"text": "a"}),
        ):
            if path.startswith("/site/"):
                assert client.ask(method, path, body, **headers).status in (404, 405)
                continue
            reply = client.ask(method, path, body, **headers)
            assert reply.status == 401, (path, headers)
            assert reply.headers["www-authenticate"] == "Bearer"
    told = client.get("/info", Host="any.example", Authorization="bearer s3cret")
    assert told.status == 200
    assert client.ask("POST", "/generate", WRITING, Authorization="Bearer s3cret").status == 200


def test_the_token_comes_from_the_command_line_or_the_environment(monkeypatch):
    monkeypatch.delenv("SEQTASKS_TOKEN", raising=False)
    assert given_token(None) is None
    assert given_token("a-b_c.~+/=") == "a-b_c.~+/="
    monkeypatch.setenv("SEQTASKS_TOKEN", "word")
    assert given_token(None) == "word"
    assert given_token("other") == "other"
    for bad in ("", " ", "two words", "caf\u00e9", "a\n"):
        with pytest.raises(UsageError, match="token: it is made of letters"):
            given_token(bad)
    monkeypatch.setenv("SEQTASKS_TOKEN", "")
    with pytest.raises(UsageError, match="at least 1"):
        given_token(None)
