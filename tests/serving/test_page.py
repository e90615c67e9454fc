"""The web page in a real browser: every kind of task, on a desk and on a phone."""

from __future__ import annotations

import json
import re

import pytest
from serving.accessibility import CONTRAST, NAMELESS
from serving.client import text_of
from serving.conftest import LETTERS, TAGGING, TRANSLATION
from serving.test_predictions import MULTI, NUMBER, ORDINAL, PAIRS

from seqtasks.inspection.palette import PAPER, SCREEN_AT_NIGHT

TEXT = "the dogs see the cat ."
CTRL = 2


@pytest.fixture
def visit(browser):
    """A function that opens the page of a server; at the end it has logged and fetched no more."""
    tabs = []

    def open_page(live, path="/", **screen):
        tab = browser.open(live.url + path, **screen)
        tab.wait("document.querySelector('.primary, .route, #error:not([hidden])')")
        tabs.append((tab, live))
        return tab

    yield open_page
    for tab, live in tabs:
        assert tab.complaints() == []
        assert all(url.startswith(live.url) for url in tab.requested())
        tab.socket.close()


def ask(tab, text=None):
    """Type a text, ask, and wait for the result."""
    if text is not None:
        tab.write("textarea", text)
    tab.click(".primary")
    tab.wait("/Answered|tokens/.test(document.querySelector('#status').innerText)")


def test_words_are_shown_with_their_tags(lasting, visit):
    live = lasting(*TAGGING)
    tab = visit(live)
    assert tab.text("h1") == "Tagging"
    assert "labels each word" in tab.text("#what")
    ask(tab, TEXT)
    [expected] = live.client.predictions(TEXT)
    assert tab.texts(".word .form") == TEXT.split()
    assert tab.texts(".word .tag") == expected["prediction"]
    colours = tab.run(
        "[...document.querySelectorAll('.word')]"
        ".map((one) => getComputedStyle(one).backgroundColor)"
    )
    pairs = set(zip(expected["prediction"], colours, strict=True))
    assert len({label for label, _ in pairs}) == len(pairs) == len({colour for _, colour in pairs})


def test_a_series_is_called_so(lasting, visit):
    reader = ["data.reader.sequence=move", "data.reader.channels=[x,y]"]
    files = ["data=timeseries", "data.train=FOLDER/moves.csv", *reader]
    live = lasting("task=classification", "task/embedding=series", *files)
    tab = visit(live)
    assert "gives a series one of several labels" in tab.text("#what")
    assert tab.text(".field label") == "Series"
    text = "[[1, 1], [-1, 2]]"
    ask(tab, text)
    [expected] = live.client.predictions(text)
    assert tab.text(".answer") == expected["prediction"]


def test_spans_are_shown_whole(lasting, visit):
    live = lasting("task=tagging", "data=conll", "data.train=FOLDER/spans.conll")
    tab = visit(live)
    text = "Anna lives in New York"
    ask(tab, text)
    [expected] = live.client.predictions(text)
    words = text.split()
    spans = [" ".join(words[one["first"] : one["last"] + 1]) for one in expected["spans"]]
    assert tab.texts(".word.span .form") == spans
    assert " ".join(tab.texts(".word .form")) == text


@pytest.mark.parametrize(
    ("options", "text"),
    [(["task=classification"], TEXT), (MULTI, "bank team"), (ORDINAL, "good bad")],
    ids=["one", "several", "ordered"],
)
def test_labels_are_shown_with_their_probabilities(lasting, visit, options, text):
    live = lasting(*options)
    tab = visit(live)
    ask(tab, text)
    [expected] = live.client.predictions(text, scores=True)
    chosen = [expected["prediction"]] if options is not MULTI else expected["prediction"]
    assert tab.text(".answer") == (", ".join(chosen) or "no label")
    shown = dict(
        zip(tab.texts(".bar .label"), tab.texts(".bar .percent"), strict=True),
    )
    assert {label.removeprefix("✓ "): share for label, share in shown.items()} == {
        label: f"{100 * share:.1f} %" for label, share in expected["scores"].items()
    }
    assert {label[2:] for label in shown if label.startswith("✓")} == set(chosen)
    widths = tab.run(
        "[...document.querySelectorAll('.value')].map((one) => one.getBoundingClientRect().width)"
    )
    assert len(widths) > 1
    assert max(widths) > 2 * min(widths)


def test_a_number_is_shown(lasting, visit):
    live = lasting(*NUMBER)
    tab = visit(live)
    ask(tab, "good bad")
    assert tab.text(".answer") == live.client.predictions("good bad")[0]["prediction"]
    assert tab.texts(".bar") == []


def test_each_of_several_inputs_has_a_field(lasting, visit):
    live = lasting(*PAIRS)
    tab = visit(live)
    assert tab.texts(".field label") == ["tokens", "pair"] or tab.texts(".field label") == [
        "Tokens",
        "Pair",
    ]
    tab.write("#input-0", "a b")
    tab.write("#input-1", "")
    tab.click(".primary")
    tab.wait("!document.querySelector('#error').hidden")
    assert tab.text("#error") == "Pair is empty; write something."
    tab.write("#input-1", "c d")
    ask(tab)
    [expected] = live.client.predictions("a b\tc d", scores=True)
    assert tab.text(".answer") == expected["prediction"]


def test_a_translation_shows_what_each_word_attends_to(lasting, visit):
    live = lasting(*TRANSLATION)
    tab = visit(live)
    assert tab.text(".primary") == "Translate"
    tab.write("[name=n_best]", "3")
    ask(tab, TEXT)
    options = {"n_best": 3, "search": {"beam_size": 5, "max_length": 12}, "attention": True}
    [expected] = live.client.predictions(TEXT, **options)
    assert tab.text(".written").removesuffix(" …") == expected["prediction"]
    assert tab.texts(".best .said") == [one["text"] for one in expected["best"]]
    source = '.marks[data-side="source"] .mark'
    target = '.marks[data-side="target"] .mark'
    assert tab.texts(source) == TEXT.split()
    weights = expected["attention"]["weights"]
    tab.hover(f"{target}:nth-child(2)")
    tab.wait(f"document.querySelectorAll('{source}.lit').length")
    shares = tab.run(f"[...document.querySelectorAll('{source}')].map((one) => one.title)")
    assert shares == [f"{100 * weight:.1f} %" for weight in weights[1]]
    tab.hover(f"{source}:nth-child(3)")  # and the other way round
    tab.wait(f"document.querySelectorAll('{target}.lit').length")
    shares = tab.run(f"[...document.querySelectorAll('{target}')].map((one) => one.title)")
    assert shares == [f"{100 * row[2]:.1f} %" for row in weights]
    assert "counts most where" in tab.text(".detail")
    tab.click("#best-1")
    tab.wait(f"document.querySelectorAll('{source}.lit').length === 0")
    assert tab.text(".written").removesuffix(" …") == expected["best"][1]["text"]
    assert len(tab.texts(target)) == len(expected["best"][1]["attention"]["target"])


def test_text_appears_as_it_is_written_and_can_be_stopped(served, visit):
    live = served(*LETTERS, ends=-99.0, max_length=10**6)  # no text ends by itself
    tab = visit(live)
    tab.write("[name=seed]", "3")
    tab.write("[name=max_length]", "25")
    ask(tab, "the cat")
    stream = live.client.generate(prompt="the cat", seed=3, max_length=25, temperature=1).body
    whole = tab.run("document.querySelector('.page').textContent")
    assert whole == "the cat" + text_of(stream)
    assert tab.text("#status").startswith(f"{stream[-1][1]['tokens']} tokens,")
    assert tab.text("#status").endswith("Seed 3.")

    tab.write("[name=max_length]", "1000000")
    tab.click(".primary")
    size = "document.querySelector('.made').textContent.length"
    for more in (26, 27):  # it grows while it is written
        tab.wait(f"{size} >= {more}")
    tab.click(".stop")
    tab.wait("document.querySelector('#status').innerText === 'Stopped.'")
    live.client.until((0, 0))
    assert tab.run("document.querySelector('.stop').hidden")
    assert tab.run("!document.querySelector('.primary').disabled")


def test_errors_are_shown_in_words_and_go_away(served, visit):
    live = served(*TAGGING, max_characters=100, examples=["the cat", "a dog sees"])
    tab = visit(live)
    assert tab.texts(".chip") == ["the cat", "a dog sees"]
    tab.write("textarea", "")
    tab.press("Enter", 13, CTRL)
    tab.wait("!document.querySelector('#error').hidden")
    assert tab.text("#error") == "Text is empty; write something."
    tab.click(".chip:last-child")
    tab.press("Enter", 13)
    tab.wait("document.querySelectorAll('.word').length === 0")
    ask(tab)
    assert tab.texts(".word .form") == ["a", "dog", "sees"]
    assert tab.run("document.querySelector('#error').hidden")
    tab.run("document.querySelector('textarea').removeAttribute('maxlength')")
    tab.write("textarea", "a" * 101)
    tab.click(".primary")
    tab.wait("!document.querySelector('#error').hidden")
    assert "it should have at most 100 characters" in tab.text("#error")
    tab.events = [e for e in tab.events if "422" not in json.dumps(e.get("params", {}))]


def test_a_server_that_has_gone_is_told(served, visit):
    live = served(*TAGGING)
    tab = visit(live)
    live.close()
    tab.click(".primary")
    tab.wait("!document.querySelector('#error').hidden")
    assert tab.text("#error") == "The server does not answer. Is it still running?"
    tab.events.clear()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_phone_shows_everything_and_colours_can_be_read(lasting, visit, dark):
    for options in (TAGGING, ["task=classification"], TRANSLATION, LETTERS):
        tab = visit(lasting(*options), width=390, height=844, dark=dark)
        ask(tab, TEXT)
        assert tab.run("document.documentElement.scrollWidth") <= 390
        assert tab.run(CONTRAST) == []


def test_attention_has_the_colour_of_every_picture(lasting, visit):
    for dark, ends in ((False, PAPER), (True, SCREEN_AT_NIGHT)):
        tab = visit(lasting(*TRANSLATION), dark=dark)
        ask(tab, TEXT)
        tab.run("document.querySelector('.cell').style.setProperty('--weight', 1)")
        tab.run("new Promise((done) => setTimeout(done, 400))")  # it changes slowly
        shown = tab.run("getComputedStyle(document.querySelector('.cell')).backgroundColor")
        values = [float(one) for one in re.findall(r"[\d.]+", shown.removeprefix("color(srgb"))]
        shares = [one / 255 for one in bytes.fromhex(ends["share"][1:])]
        assert values[:3] == pytest.approx(shares, abs=0.005)


def test_every_control_has_a_name_and_keys_reach_it(lasting, visit):
    for options in (TAGGING, TRANSLATION, LETTERS):
        tab = visit(lasting(*options))
        ask(tab, TEXT)
        assert tab.run(NAMELESS) == []
        tab.run("document.activeElement.blur(); scrollTo(0, 0)")
        tab.click("h1")
        reached = set()
        for _ in range(60):
            tab.press("Tab", 9)
            reached.add(tab.run("document.activeElement.className || document.activeElement.name"))
        assert "primary" in reached
        assert tab.run("document.querySelector('#status').getAttribute('aria-live')") == "polite"


def test_the_description_of_the_server_is_there_without_the_internet(lasting, visit):
    live = lasting(*LETTERS)
    tab = visit(live, "/docs")
    tab.wait("document.querySelectorAll('.route').length >= 5")
    heads = [" ".join(text.split()) for text in tab.texts(".route h2")]
    assert sorted(heads) == [
        "GET /generate",
        "GET /health",
        "GET /info",
        "POST /generate",
        "POST /predict",
    ]
    told = live.client.get("/openapi.json").body
    form = told["components"]["schemas"]["Generation"]["properties"]
    names = tab.texts(".route th code")
    assert set(form) <= {name.strip() for name in names}
    phone = visit(live, "/docs", width=390, height=844)
    phone.wait("document.querySelectorAll('.route').length >= 5")
    assert phone.run("document.documentElement.scrollWidth") <= 390


def test_markup_in_a_text_stays_text_and_the_policy_is_strict(lasting, visit):
    live = lasting(*TAGGING)
    tab = visit(live)
    text = "<img src=x onerror=alert(1)> <b>bold</b>"
    ask(tab, text)
    assert " ".join(tab.texts(".word .form")) == text
    assert tab.run("document.querySelectorAll('.words img, .words b').length") == 0
    policy = live.client.get("/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_page_asks_for_the_token_once_and_keeps_it(served, browser):
    live = served(*TAGGING, token="s3cret")
    tab = browser.open(live.url)
    tab.wait("document.querySelector('dialog[open] #token')")
    assert tab.text("dialog h2") == "This server asks for a token."
    assert tab.run(NAMELESS) == []
    assert tab.run(CONTRAST) == []
    tab.write("#token", "wrong")
    tab.press("Enter", 13)
    tab.wait("document.querySelector('dialog h2')?.innerText.startsWith('That is not the token')")
    tab.write("#token", "s3cret")
    tab.click("dialog .primary")
    tab.wait("document.querySelector('form .primary')")
    assert tab.run("document.querySelector('dialog')") is None
    ask(tab, TEXT)
    assert tab.texts(".word .form") == TEXT.split()
    tab.send("Page.navigate", url=live.url + "/docs")
    tab.wait("document.querySelector('.route')")
    assert tab.run("sessionStorage.getItem('seqtasks-token')") == "s3cret"
    assert all("401" in complaint for complaint in tab.complaints())
    tab.socket.close()
