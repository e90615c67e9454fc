// Words with their labels, or the spans that the labels spell.

import { hues, typed } from "./colours.js";
import { element, fill } from "./dom.js";

function word(text, label, hue, confidence) {
  const sure = confidence === undefined ? null : `${label}: ${(100 * confidence).toFixed(1)} %`;
  return element("li", { class: "word", "--hue": hue, ...(sure && { title: sure }) },
    element("span", { class: "form" }, text),
    element("span", { class: "tag" }, label));
}

function span(words, label, hue) {
  return element("li", { class: "word span", "--hue": hue },
    element("span", { class: "form" }, words.join(" ")),
    element("span", { class: "tag" }, label));
}

function bySpan(answer, hue) {
  const items = [];
  let next = 0;
  for (const { label, first, last } of answer.spans) {
    for (; next < first; next += 1) items.push(plain(answer.tokens[next]));
    items.push(span(answer.tokens.slice(first, last + 1), label || "span", hue(label)));
    next = last + 1;
  }
  for (; next < answer.tokens.length; next += 1) items.push(plain(answer.tokens[next]));
  return items;
}

const plain = (text) =>
  element("li", { class: "word outside" }, element("span", { class: "form" }, text));

function legend(answer, hue) {
  const names = answer.spans ? answer.spans.map((one) => one.label) : answer.prediction;
  const counts = new Map();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const items = [...counts].map(([name, count]) =>
    element("li", { "--hue": hue(name) }, element("b", {}, name || "span"), ` ${count}`));
  return items.length ? element("ul", { class: "legend", "aria-label": "Labels" }, ...items) : null;
}

export function tagging({ info, predict }) {
  const types = [...new Set(info.labels.names.map(info.abilities.spans ? typed : (name) => name))];
  const hue = hues(types.filter((name) => !(info.abilities.spans && name === "O")));
  async function run(text, signal, output) {
    const answer = await predict({ text, scores: info.abilities.scores }, signal);
    const sure = answer.confidences ?? [];
    const tokens = answer.tokens ?? answer.prediction.map((_, place) => String(place + 1));
    const items = answer.spans
      ? bySpan(answer, hue)
      : tokens.map((token, place) =>
        word(token, answer.prediction[place], hue(answer.prediction[place]), sure[place]));
    fill(output, element("ol", { class: "words" }, ...items), legend(answer, hue));
    if (answer.spans && !answer.spans.length) {
      output.append(element("p", { class: "hint" }, "No span found."));
    }
  }
  return { run };
}
