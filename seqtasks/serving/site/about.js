// What the model is: its size, its scores beside the baselines'.

import { element, fill, number, percent } from "./dom.js";

const SHARES = /^(accuracy|f1|f1_micro|f1_macro|exact_match|cut|.*_error_rate|.*_error|.*_accuracy)$/;

function score(name, value) {
  return SHARES.test(name) && typeof value === "number" ? percent(value) : number(value);
}

function facts(info) {
  const rows = [["Parameters", number(info.parameters)]];
  if (info.labels.count) rows.push(["Labels", number(info.labels.count)]);
  for (const [name, size] of Object.entries(info.vocabularies)) {
    if (size && !(name === info.target && info.labels.count)) rows.push([`Vocabulary: ${name}`, number(size)]);
  }
  if (info.abilities.spans) rows.push(["Tag scheme", info.abilities.spans]);
  if (info.search.method) rows.push(["Search", info.search.method]);
  rows.push(["seqtasks", info.version]);
  const pairs = rows.flatMap(([name, value]) => [
    element("dt", {}, name),
    element("dd", {}, String(value)),
  ]);
  return element("dl", { class: "facts" }, ...pairs);
}

function scores(info) {
  const { test, baselines = {}, tested_on: split } = info.scores;
  if (!test) return null;
  const names = Object.keys(test);
  const others = Object.entries(baselines);
  const tables = names.map((name) => {
    const rows = [["this model", test], ...others]
      .filter(([, values]) => values[name] !== undefined)
      .map(([method, values], place) =>
        element("tr", { class: place ? null : "own" },
          element("th", { scope: "row" }, method),
          element("td", {}, score(name, values[name]))));
    return element("tbody", {},
      element("tr", { class: "measure" },
        element("th", { colspan: 2, scope: "rowgroup" }, name.replaceAll("_", " "))),
      ...rows);
  });
  return element("div", { class: "scores" },
    element("h3", {}, `Scores on the ${split ?? "test"} split`),
    element("table", {}, ...tables));
}

export function about(info, parent) {
  fill(parent, element("h2", { id: "about-title" }, "About this model"), facts(info), scores(info));
  parent.hidden = false;
}
