// Text that goes on from a prompt, shown as it is written.

import { field } from "./controls.js";
import { element, fill } from "./dom.js";
import { generate } from "./server.js";

const wide = matchMedia("(min-width: 52rem)");

function controls(info) {
  const saved = info.sampling;
  const most = info.limits.max_length;
  const shown = element("output", { for: "option-temperature", class: "level" });
  const fields = [
    field("temperature", "Temperature", {
      type: "range", min: 0, max: 2, step: 0.05, value: saved.temperature ?? 1,
    }, "lower is safer, 0 takes the likeliest"),
    field("max_length", "Length", {
      type: "number", min: 1, max: most, value: Math.min(saved.max_length ?? 100, most),
    }, "tokens at most"),
    field("top_k", "Top k", { type: "number", min: 1, value: saved.top_k ?? "", placeholder: "all" },
      "draw from the k likeliest"),
    field("top_p", "Top p", {
      type: "number", min: 0.01, max: 1, step: 0.01, value: saved.top_p ?? "", placeholder: "all",
    }, "… from those of mass p"),
    field("repetition_penalty", "Repetition penalty", {
      type: "number", min: 0.1, max: 10, step: 0.05, value: saved.repetition_penalty ?? 1,
    }, "1: none"),
    field("seed", "Seed", { type: "number", min: 0, step: 1, value: "", placeholder: "a new one" },
      "the same seed, the same text"),
    field("stop", "Stop at", { type: "text", placeholder: "nothing" }, "a string that ends it"),
  ];
  const heat = fields[0].input;
  const level = () => (shown.textContent = Number(heat.value).toFixed(2));
  heat.addEventListener("input", level);
  level();
  fields[0].element.querySelector("label").append(" ", shown);

  // What is asked of the server; at temperature 0 nothing is drawn, so what governs draws is left out.
  function given() {
    const found = {};
    for (const one of fields) {
      const value = one.value();
      if (value !== null) found[one.input.name] = value;
    }
    if (found.stop) found.stop = [found.stop];
    if (found.temperature === 0) {
      delete found.top_k;
      delete found.top_p;
      delete found.seed;
    } else {
      found.seed ??= Math.floor(Math.random() * 1e6);
      found.top_k ??= null;
      found.top_p ??= null;
    }
    return found;
  }
  const summary = element("summary", {}, "How to sample");
  const grid = element("div", { class: "controls" }, ...fields.map((one) => one.element));
  return { element: element("details", { class: "sampling", open: wide.matches }, summary, grid), given };
}

export function generation({ info, reveal }) {
  const chosen = controls(info);
  let buttons = null;

  async function run(text, signal, output) {
    const start = typeof text === "string" ? { prompt: text } : text;
    const opening = element("span", { class: "prompt" });
    const written = element("span", { class: "made" });
    const notes = element("div", { class: "notes" });
    const page = element("p", { class: "page", "aria-busy": "true" }, opening, written);
    let told = "";
    let pieces = 0;
    const began = performance.now();
    const body = { ...start, ...chosen.given() };
    const events = {
      start: ({ opening: before, seed }) => {
        opening.textContent = before;
        told = body.temperature === 0 ? "" : ` Seed ${seed}.`;
        fill(output, page, notes);
        reveal();
      },
      note: ({ note }) => notes.append(element("p", { class: "hint" }, note)),
      text: ({ text: piece }) => {
        written.append(piece);
        pieces += 1;
      },
      end: ({ tokens }) => (pieces = tokens),
    };
    buttons.stop.hidden = false;
    try {
      await generate(body, signal, ({ name, data }) => events[name](data));
    } finally {
      buttons.stop.hidden = true;
      page.removeAttribute("aria-busy");
    }
    const seconds = (performance.now() - began) / 1000;
    return `${pieces} tokens, ${Math.round(pieces / Math.max(seconds, 0.001))} a second.${told}`;
  }

  return {
    run,
    keeps: true,
    options: chosen.element,
    controls: (button, stop) => (buttons = { button, stop }),
  };
}
