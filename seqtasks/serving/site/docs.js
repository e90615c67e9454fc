// The routes of the server, from openapi.json.

import { element, fill, find } from "./dom.js";
import { ask } from "./server.js";

let schemas = {};

function resolved(schema) {
  const name = schema.$ref?.split("/").pop();
  return name ? { name, ...schemas[name] } : schema;
}

// A type in words: "number or null", "list of string", "Search".
function kind(schema) {
  const found = resolved(schema);
  if (found.name) return found.name;
  const several = found.anyOf ?? found.oneOf;
  if (several) return [...new Set(several.map(kind))].join(" or ");
  if (found.enum) return found.enum.map((one) => JSON.stringify(one)).join(", ");
  if (found.type === "array") return `list of ${kind(found.items ?? {})}`;
  return found.type ?? "anything";
}

const BOUNDS = {
  minimum: "at least", exclusiveMinimum: "above", maximum: "at most", exclusiveMaximum: "below",
  minLength: "characters: at least", maxLength: "characters: at most",
  minItems: "items: at least", maxItems: "items: at most",
};

function bounds(schema) {
  const parts = [schema, ...(schema.anyOf ?? schema.oneOf ?? [])];
  const found = parts.flatMap((part) =>
    Object.entries(BOUNDS).filter(([key]) => key in part).map(([key, said]) => `${said} ${part[key]}`));
  return [...new Set(found)].join(", ");
}

function row(name, schema, required) {
  const usual = schema.default === undefined ? "" : JSON.stringify(schema.default);
  return element("tr", {},
    element("th", { scope: "row" }, element("code", {}, name), required ? " *" : ""),
    element("td", {}, kind(schema)),
    element("td", {}, bounds(schema)),
    element("td", {}, usual === "" ? "" : element("code", {}, usual)),
    element("td", {}, ...prose(schema.description ?? "")));
}

// A text with its `names` as code.
function prose(text) {
  return text.split("`").map((part, place) => (place % 2 ? element("code", {}, part) : part));
}

const COLUMNS = ["", "type", "bounds", "default", "meaning"];

function table(title, rows) {
  if (!rows.length) return null;
  const kept = COLUMNS.map((_, place) => rows.some((row) => row.children[place].textContent));
  for (const row of rows) [...row.children].forEach((cell, place) => kept[place] || cell.remove());
  const head = COLUMNS.filter((_, place) => kept[place])
    .map((said) => element("th", { scope: "col" }, said));
  return element("div", {},
    element("h3", {}, title),
    element("div", { class: "table", tabindex: 0, role: "group", "aria-label": title },
      element("table", {}, element("thead", {}, element("tr", {}, ...head)),
        element("tbody", {}, ...rows))));
}

function properties(schema) {
  const { properties: parts = {}, required = [] } = resolved(schema);
  return Object.entries(parts).map(([name, part]) => row(name, part, required.includes(name)));
}

// The named objects that a schema holds, also within others.
function nested(schema, found = new Set()) {
  for (const [, name] of JSON.stringify(schema).matchAll(/#\/components\/schemas\/([\w.-]+)/g)) {
    if (!found.has(name)) {
      found.add(name);
      nested(schemas[name], found);
    }
  }
  return found;
}

function tables(title, schema) {
  const own = resolved(schema);
  const others = [...nested(own)].filter((name) => name !== own.name);
  return [table(title, properties(schema)),
    ...others.map((name) => table(name, properties({ $ref: `/${name}` })))];
}

function answers(responses) {
  const rows = Object.entries(responses).map(([code, { description }]) =>
    element("tr", {}, element("th", { scope: "row" }, code), element("td", {}, ...prose(description))));
  return element("div", {}, element("h3", {}, "Answers"), element("div", { class: "table" },
    element("table", {}, element("tbody", {}, ...rows))));
}

function example(path, method, body) {
  const place = `${location.origin}${path}`;
  if (!body) return `curl ${path === "/generate" ? `-N '${place}?prompt=the'` : place}`;
  const given = path === "/generate" ? '{"prompt": "the"}' : '{"text": "…"}';
  const flags = path === "/generate" ? "-N " : "";
  return `curl ${flags}${place} -H 'Content-Type: application/json' -d '${given}'`;
}

function route(path, method, told) {
  const body = told.requestBody?.content["application/json"]?.schema;
  const reply = told.responses[200]?.content?.["application/json"]?.schema;
  const query = (told.parameters ?? []).map((part) =>
    row(part.name, { ...part.schema, description: part.description }, part.required));
  return element("section", { class: "card route" },
    element("h2", {}, element("span", { class: "method" }, method.toUpperCase()), path),
    element("p", {}, ...prose(told.description ?? told.summary ?? "")),
    element("pre", { tabindex: 0 }, example(path, method, body)),
    table("Query", query),
    ...(body ? tables("Body", body) : []),
    ...(reply?.$ref ? tables("Reply", reply) : []),
    answers(told.responses));
}

try {
  const told = await ask("/openapi.json");
  schemas = told.components?.schemas ?? {};
  find("name").textContent = told.info.title;
  fill(find("what"), ...prose(told.info.description));
  fill(find("routes"), ...Object.entries(told.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => route(path, method, one))));
} catch (error) {
  find("error").textContent = error.message;
  find("error").hidden = false;
}
