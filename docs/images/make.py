r"""The pictures of the README, made anew.

    python -m seqtasks task=tagging encoder.hidden_size=32 data.train.sentences=2000 \
        trainer.max_epochs=3
    python docs/images/make.py runs/tagging/latest 'the dogs watch the watch .' page

    python -m seqtasks task=translation
    python docs/images/make.py runs/translation/latest 'the dogs see the white cat .' translation

The last word names the files. The extras ``serve`` and ``test`` are needed, and a Chromium.
"""

from __future__ import annotations

import base64
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "tests"))

from serving.browser import Browser, Tab, find_browser  # noqa: E402

WIDTH, AROUND = 1120, 24
"""Pixels: the width of the page, and the space below what it holds."""

WORD = "document.querySelector('.marks[data-side=target] .mark:nth-child(3)')"
"""A word whose attention is shown, where the model attends."""


def main(run: str, text: str, name: str) -> None:
    """Show a model's answer to a text on the server's page, in both modes."""
    command = [sys.executable, "-m", "seqtasks.serve", run, "--port", "0"]
    with (
        tempfile.TemporaryDirectory() as profile,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server,
    ):
        browser = Browser(str(find_browser()), Path(profile))
        try:
            assert server.stdout
            url = re.findall(r"http\S+", server.stdout.readline())[0]
            for mode in ("light", "dark"):
                tab = browser.open(url, width=WIDTH, dark=mode == "dark")
                answer(tab, text)
                photograph(tab, HERE / f"{name}-{mode}.png")
        finally:
            browser.close()
            server.terminate()


def answer(tab: Tab, text: str) -> None:
    """Ask what the model makes of a text."""
    tab.wait("document.querySelector('.primary')")
    tab.write("textarea", text)
    tab.click(".primary")
    tab.wait("/Answered|tokens/.test(document.querySelector('#status').innerText)")
    tab.run(f"{WORD}?.dispatchEvent(new Event('pointerover', {{bubbles: true}}))")
    tab.run("document.activeElement.blur()")


def photograph(tab: Tab, path: Path) -> None:
    """Write a PNG of the page down to where what it holds ends."""
    bottom = "one => one.getBoundingClientRect().bottom + window.scrollY"
    height = tab.run(f"Math.max(...[...document.querySelectorAll('.columns *')].map({bottom}))")
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": height + AROUND, "scale": 1}
    found = tab.send("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
    path.write_bytes(base64.b64decode(found["data"]))


if __name__ == "__main__":
    main(*sys.argv[1:])
