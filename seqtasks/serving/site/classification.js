// Labels with bars of their probabilities, or a number.

import { element, fill, percent } from "./dom.js";

const SHOWN = 12;

function bar([label, share], chosen) {
  return element("li", { class: chosen.has(label) ? "bar chosen" : "bar" },
    element("span", { class: "label" }, chosen.has(label) ? "✓ " : "", label),
    element("span", { class: "track", "aria-hidden": "true" },
      element("span", { class: "value", "--share": share })),
    element("span", { class: "percent" }, percent(share)));
}

function bars(scores, chosen, ordered) {
  const rows = Object.entries(scores);
  if (!ordered) rows.sort((one, other) => other[1] - one[1]);
  const items = rows.map((row) => bar(row, chosen));
  const list = (some) => element("ul", { class: "bars", "aria-label": "Probabilities" }, ...some);
  if (ordered || items.length <= SHOWN) return [list(items)];
  const rest = items.splice(SHOWN);
  const more = element("summary", {}, `${rest.length} more labels`);
  return [list(items), element("details", {}, more, list(rest))];
}

export function classification({ info, predict }) {
  const scores = info.abilities.scores;
  async function run(text, signal, output) {
    const answer = await predict(scores ? { text, scores } : { text }, signal);
    const found = [answer.prediction].flat();
    const said = found.length ? found.join(", ") : "no label";
    const parts = answer.scores
      ? bars(answer.scores, new Set(found), info.kind === "ordinal")
      : [];
    fill(output, element("p", { class: "answer" }, said), ...parts);
  }
  return { run };
}
