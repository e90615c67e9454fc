// Small labelled inputs.

import { element } from "./dom.js";

// A labelled input; value() is a number, a text, or null where it is empty.
export function field(name, label, attributes, help) {
  const id = `option-${name}`;
  const input = element("input", { id, name, ...attributes });
  const hint = help ? element("small", { id: `${id}-help` }, help) : null;
  if (hint) input.setAttribute("aria-describedby", hint.id);
  const made = element("div", { class: "control" }, element("label", { for: id }, label), input, hint);
  function value() {
    const given = input.value.trim();
    if (given === "") return null;
    if (attributes.type === "number" || attributes.type === "range") {
      if (!input.validity.valid) throw new Error(`${label}: ${input.validationMessage}`);
      return Number(given);
    }
    return given;
  }
  return { element: made, input, value };
}
