// A field for each input of the model, and texts to try.

import { capital, element } from "./dom.js";

const HINTS = {
  VectorSequenceField: "one list of numbers a step: [[0.1, 2], [0.3, 4]]",
  VectorField: "numbers with spaces between them",
};

// What a model reads where it is no text.
const SUBJECTS = { VectorSequenceField: "series", VectorField: "vector" };

// The characters of an example that its button shows.
const SHOWN = 70;

export function subject(info) {
  return (info.inputs.length === 1 && SUBJECTS[info.inputs[0].field]) || "text";
}

// The names of the fields to fill in: of several inputs each, of one in several parts each part.
function wanted(info) {
  if (info.inputs.length > 1) return info.inputs.map((input) => input.name);
  const [input] = info.inputs;
  return input.parts.length > 1 ? input.parts : [input.name];
}

// A raw text of /predict from the values of the fields.
function joined(info, names, values) {
  if (info.inputs.length > 1) {
    return Object.fromEntries(names.map((name, place) => [name, values[place]]));
  }
  return values.map((value, place) => (place ? value.replace(/\s+/g, " ") : value)).join("\t");
}

// The values of the fields from an example.
function split(info, names, text) {
  if (info.inputs.length > 1) {
    try {
      const row = JSON.parse(text);
      return names.map((name) => [row[name]].flat().join(" "));
    } catch {
      return text.split("\t");
    }
  }
  return names.length > 1 ? text.split("\t") : [text];
}

function label(info, name, several) {
  if (info.kind === "generation" && info.condition === null) return "Prompt";
  return several || info.kind === "generation" ? capital(name) : capital(subject(info));
}

function examples(info, names, areas) {
  if (!info.examples.length) return null;
  const chips = info.examples.map((text) => {
    const values = split(info, names, text);
    const fillIn = () => areas.forEach((area, place) => (area.value = values[place] ?? ""));
    const whole = values.join(" · ");
    const shown = whole.length > SHOWN ? `${whole.slice(0, SHOWN)}…` : whole;
    return element("button", { type: "button", class: "chip", onclick: fillIn, title: whole }, shown);
  });
  return element("div", { class: "examples" }, element("span", {}, "Try"), ...chips);
}

export function inputs(info) {
  const names = wanted(info);
  const areas = [];
  const [first] = info.examples.map((text) => split(info, names, text));
  const fields = names.map((name, place) => {
    const area = element("textarea", {
      id: `input-${place}`,
      rows: names.length > 1 ? 2 : 3,
      spellcheck: "false",
      maxlength: info.limits.max_characters,
      placeholder: HINTS[info.inputs[place]?.field] ?? "",
    });
    area.value = first?.[place] ?? "";
    areas.push(area);
    const said = label(info, name, names.length > 1);
    return element("div", { class: "field" }, element("label", { for: area.id }, said), area);
  });
  if (info.kind === "generation" && info.condition !== null) return conditioned(info);

  // What is in the fields; a model that writes texts may begin with nothing.
  function text() {
    const values = areas.map((area) => area.value);
    const empty = values.findIndex((value) => !value.trim());
    if (empty >= 0 && info.kind !== "generation") {
      areas[empty].focus();
      throw new Error(`${label(info, names[empty], names.length > 1)} is empty; write something.`);
    }
    return joined(info, names, values);
  }
  return { parts: [...fields, examples(info, names, areas)], text };
}

// A language model that starts from a label or a vector: that, and a prompt.
function conditioned(info) {
  const { field, labels } = info.condition;
  const start = labels.length
    ? element("select", { id: "condition" }, ...labels.map((name) => element("option", {}, name)))
    : element("input", { id: "condition", placeholder: HINTS.VectorField });
  const prompt = element("textarea", { id: "input-0", rows: 3, spellcheck: "false" });
  const parts = [
    element("div", { class: "field" }, element("label", { for: "condition" }, field), start),
    element("div", { class: "field" }, element("label", { for: "input-0" }, "Prompt"), prompt),
  ];
  return { parts, text: () => ({ prompt: prompt.value, condition: start.value }) };
}
