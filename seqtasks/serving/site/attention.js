// Which words of the source each word of the output attends to, and the other way round.

import { element } from "./dom.js";

const END = "<eos>";

const named = (symbol) => (symbol === END ? "end" : symbol);

function row(symbols, side, title) {
  const words = symbols.map((symbol, place) =>
    element("button", {
      type: "button", class: symbol === END ? "mark end" : "mark", "data-place": place,
    }, named(symbol)));
  const list = element("div", { class: "marks", "data-side": side, role: "group", "aria-label": title },
    ...words);
  return { words, element: element("div", { class: "side" }, element("h4", {}, title), list) };
}

// A grid of squares, darker where more weight lies; a row for each word of the output.
function grid(source, target, weights) {
  const cells = weights.map((line, t) =>
    line.map((weight, s) =>
      element("i", {
        class: "cell", "--weight": weight.toFixed(4), "data-source": s, "data-target": t,
      })));
  const head = source.map((symbol) => element("span", { class: "column" }, named(symbol)));
  const lines = cells.flatMap((line, t) =>
    [element("span", { class: "line" }, named(target[t])), ...line]);
  const made = element("div", { class: "grid", "--columns": source.length, "aria-hidden": "true" },
    element("span"), ...head, ...lines);
  return { cells, element: made };
}

// Shows how much each of some words has to do with the chosen one.
function shade(words, weights) {
  const most = Math.max(...weights, 1e-9);
  words.forEach((word, place) => {
    word.style.setProperty("--weight", (weights[place] / most).toFixed(4));
    word.classList.toggle("lit", true);
    word.title = `${(100 * weights[place]).toFixed(1)} %`;
  });
}

export function attention({ source, target, weights }) {
  const read = row(source, "source", "Read");
  const written = row(target, "target", "Written");
  const map = grid(source, target, weights);
  const detail = element("p", { class: "detail", "aria-live": "polite" });

  function clear() {
    for (const word of [...read.words, ...written.words]) {
      word.classList.remove("lit", "chosen");
      word.removeAttribute("title");
    }
    for (const cell of map.cells.flat()) cell.classList.remove("lit");
    detail.textContent = "Point at a word to see what it goes with.";
  }

  function choose(side, place) {
    clear();
    const one = side === "source" ? read : written;
    const other = side === "source" ? written : read;
    const given = side === "source" ? weights.map((line) => line[place]) : weights[place];
    shade(other.words, given);
    one.words[place].classList.add("chosen");
    map.cells.forEach((line, t) => line.forEach((cell, s) => {
      cell.classList.toggle("lit", (side === "source" ? s : t) === place);
    }));
    const best = given.indexOf(Math.max(...given));
    const [from, to] = [one.words[place].textContent, other.words[best].textContent];
    const share = `${Math.round(100 * given[best])} %`;
    detail.textContent = side === "source"
      ? `“${from}” counts most where “${to}” is written: ${share}.`
      : `“${from}” is written looking at “${to}”: ${share}.`;
  }

  const whole = element("section", { class: "attention", "aria-label": "Attention" },
    element("h3", {}, "Attention"), read.element, written.element, detail,
    element("div", { class: "scroll" }, map.element));
  function pointed(event) {
    const word = event.target.closest(".mark");
    if (word) choose(word.parentElement.dataset.side, Number(word.dataset.place));
    else if (event.target.matches(".cell")) choose("target", Number(event.target.dataset.target));
  }
  for (const name of ["pointerover", "focusin", "click"]) whole.addEventListener(name, pointed);
  whole.addEventListener("pointerleave", clear);
  clear();
  return whole;
}
