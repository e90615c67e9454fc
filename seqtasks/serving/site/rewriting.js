// A text that is written from another: the best ones, and what each of their words attends to.

import { attention } from "./attention.js";
import { field } from "./controls.js";
import { element, fill } from "./dom.js";

function choices(best, choose) {
  const items = best.map((one, place) => {
    const id = `best-${place}`;
    const choice = element("input", {
      type: "radio", name: "best", id, checked: place === 0, onchange: () => choose(one),
    });
    return element("li", {}, choice,
      element("label", { for: id },
        element("span", { class: "said" }, one.text || "(nothing)"),
        element("span", { class: "score", title: "score" }, one.score.toFixed(2))));
  });
  return element("fieldset", { class: "best" },
    element("legend", {}, `The ${best.length} best, with their scores`),
    element("ol", {}, ...items));
}

function options(info) {
  if (!info.abilities.search) return { parts: null, given: () => ({}) };
  const { limits, search } = info;
  const wide = search.method === "beam";
  const count = field("n_best", "Outputs", {
    type: "number", min: 1, max: limits.max_beam, value: wide ? Math.min(3, limits.max_beam) : 1,
  });
  const beam = field("beam_size", "Beam", {
    type: "number", min: 1, max: limits.max_beam, value: Math.max(search.beam_size ?? 1, 3),
  });
  const length = field("max_length", "Longest", {
    type: "number", min: 1, max: limits.max_length, value: search.max_length ?? "",
    placeholder: "by the source",
  });
  const parts = [count, wide ? beam : null, length].filter(Boolean);
  const row = element("div", { class: "controls" }, ...parts.map((part) => part.element));
  function given() {
    const found = { search: {} };
    if (count.value() !== null) found.n_best = count.value();
    if (wide && beam.value() !== null) found.search.beam_size = beam.value();
    if (length.value() !== null) found.search.max_length = length.value();
    return found;
  }
  return { parts: row, given };
}

export function rewriting({ info, predict }) {
  const chosen = options(info);
  async function run(text, signal, output) {
    const attends = info.abilities.attention && typeof text === "string";
    const body = { text, ...chosen.given(), ...(attends ? { attention: true } : {}) };
    const answer = await predict(body, signal);
    const written = [answer.prediction].flat().join(" ");
    const main = element("p", { class: "answer written" });
    const map = element("div");
    function show(one) {
      main.textContent = one.text || "(nothing)";
      if (one.ended === false) {
        main.append(element("span", { class: "cut", title: "cut at its greatest length" }, " …"));
      }
      fill(map, one.attention ? attention(one.attention) : null);
    }
    const best = answer.best ?? [];
    show(best[0] ?? { text: written, ended: answer.ended, attention: answer.attention });
    fill(output, main, best.length > 1 ? choices(best, show) : null, map);
  }
  return { run, options: chosen.parts };
}
