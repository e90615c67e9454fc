"""Scripts that look over a page: what cannot be read, what has no name."""

from __future__ import annotations

CONTRAST = """
(() => {
  const parse = (colour) => {
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, place) => sum + v * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour[3] > 200) return colour;
    }
    return [255, 255, 255, 255];
  };
  const bad = [];
  const selector = ".tag, .form, .label, .percent, .hint, .lead, .primary, .status, dt, dd, th," +
    " td, .mark:not(.lit), .chip, label, small, .page span, .answer, nav a";
  for (const one of document.querySelectorAll(selector)) {
    if (!one.innerText || !one.offsetParent) continue;
    const [a, b] = [light(parse(getComputedStyle(one).color)), light(behind(one))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) bad.push(`${one.className} ${one.innerText}: ${ratio.toFixed(2)}`);
  }
  return bad;
})()
"""
"""Texts whose colour is too near to what is behind them (WCAG 2.1, level AA: 4.5 to 1)."""

NAMELESS = """
[...document.querySelectorAll("input, textarea, select, button")]
  .filter((one) => !one.hidden && one.offsetParent)
  .filter((one) => !(one.labels?.length || one.innerText || one.getAttribute("aria-label")))
  .map((one) => one.outerHTML)
"""
"""Controls that no label names."""
