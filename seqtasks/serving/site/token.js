// The token of a server that asks for one, kept until the tab is closed.

import { element } from "./dom.js";

const KEPT = "seqtasks-token";

let asking = null;

// The head of a request, with the token if there is one.
export function authorized(headers = {}) {
  const token = sessionStorage.getItem(KEPT);
  return token === null ? headers : { ...headers, Authorization: `Bearer ${token}` };
}

// Asks a person for the token, once for all requests that wait for it.
export function askForToken() {
  asking ??= new Promise((resolve) => {
    const wrong = sessionStorage.getItem(KEPT) !== null;
    const said = wrong ? "That is not the token of this server." : "This server asks for a token.";
    const input = element("input", {
      id: "token", type: "password", required: true, autocomplete: "off", pattern: "[!-~]+",
    });
    const form = element("form", { class: "card", onsubmit },
      element("h2", {}, said),
      element("div", { class: "field" }, element("label", { for: input.id }, "Token"), input),
      element("div", { class: "actions" },
        element("button", { class: "primary", type: "submit" }, "Go on")));
    const dialog = element("dialog", { class: "asking", oncancel: (event) => event.preventDefault() }, form);
    function onsubmit(event) {
      event.preventDefault();
      sessionStorage.setItem(KEPT, input.value);
      dialog.remove();
      asking = null;
      resolve();
    }
    document.body.append(dialog);
    dialog.showModal();
  });
  return asking;
}
