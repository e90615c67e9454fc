// The page: what the model is, a form for its inputs, a view for its kind of answers.

import { about } from "./about.js";
import { classification } from "./classification.js";
import { capital, element, fill, find } from "./dom.js";
import { generation } from "./generation.js";
import { inputs, subject } from "./inputs.js";
import { rewriting } from "./rewriting.js";
import { ask, predict } from "./server.js";
import { tagging } from "./tagging.js";

// Kind → the view of its answers, what the button says, and what the page says of the model.
const KINDS = {
  tagging: [tagging, "Tag", "labels each word of a text"],
  classification: [classification, "Classify", "gives a text one of several labels"],
  ordinal: [classification, "Classify", "places a text on a scale"],
  "multi-label": [classification, "Classify", "gives a text any number of labels"],
  regression: [classification, "Estimate", "estimates a number for a text"],
  rewriting: [rewriting, "Rewrite", "reads a text and writes another"],
  synchronous: [rewriting, "Rewrite", "writes a word for each word it reads"],
  generation: [generation, "Generate", "goes on from a text"],
  other: [rewriting, "Predict", "answers a text"],
};

const VERBS = { translation: "Translate", question_answering: "Answer" };

let running = null;

function say(sentence) {
  find("status").textContent = sentence;
}

function fail(sentence) {
  find("error").textContent = sentence;
  find("error").hidden = !sentence;
}

// Shows the model's answer, or in words why there is none.
async function submit(view, form, button) {
  running?.abort();
  const mine = (running = new AbortController());
  fail("");
  button.disabled = true;
  say("Working …");
  const began = performance.now();
  try {
    const shown = await view.run(form.text(), mine.signal, find("output"));
    find("result").hidden = false;
    say(shown ?? `Answered in ${Math.max(1, Math.round(performance.now() - began))} ms.`);
  } catch (error) {
    if (error.name === "AbortError") {
      if (running === mine) say("Stopped.");
      return;
    }
    find("result").hidden = !view.keeps;
    say("");
    fail(error.message);
  } finally {
    if (running === mine) button.disabled = false;
  }
}

function build(info) {
  const [view, verb, does] = KINDS[info.kind] ?? KINDS.other;
  document.title = `${info.name} · seqtasks`;
  find("name").textContent = capital(info.name.replaceAll("_", " "));
  fill(find("what"), `This model ${does.replace("a text", `a ${subject(info)}`)}. `, element("code", {}, info.task));
  const form = inputs(info);
  const made = view({ info, predict, reveal: () => (find("result").hidden = false) });
  const button = element("button", { class: "primary", type: "submit" }, VERBS[info.name] ?? verb);
  const stop = element("button", { type: "button", class: "stop", hidden: true }, "Stop");
  made.controls?.(button, stop);
  fill(
    find("form"),
    ...form.parts,
    made.options ?? null,
    element("div", { class: "actions" }, button, stop,
      element("span", { class: "hint" }, "Ctrl + Enter")),
  );
  stop.addEventListener("click", () => running?.abort());
  find("form").addEventListener("submit", (event) => {
    event.preventDefault();
    submit(made, form, button);
  });
  find("form").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit(made, form, button);
    }
  });
  about(info, find("about"));
}

try {
  build(await ask("/info"));
} catch (error) {
  find("what").textContent = "";
  fail(error.message);
}
