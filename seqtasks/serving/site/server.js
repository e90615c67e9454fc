// The server's answers, and its refusals as errors with a sentence.

import { askForToken, authorized } from "./token.js";

const GONE = "The server does not answer. Is it still running?";

async function sent(path, options) {
  try {
    return await fetch(path, { ...options, headers: authorized(options.headers) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error(GONE);
  }
}

async function call(path, options = {}) {
  let response = await sent(path, options);
  while (response.status === 401) {
    await askForToken();
    response = await sent(path, options);
  }
  if (response.ok) return response;
  let sentence = `The server refuses with code ${response.status}.`;
  try {
    sentence = (await response.json()).error ?? sentence;
  } catch {
    // an answer that is no JSON has no sentence of its own
  }
  throw new Error(sentence);
}

function posted(body, signal) {
  const headers = { "Content-Type": "application/json" };
  return { method: "POST", headers, body: JSON.stringify(body), signal };
}

export async function ask(path) {
  return (await call(path)).json();
}

// The prediction of one text, with the options that are given.
export async function predict(body, signal) {
  const answer = await (await call("/predict", posted(body, signal))).json();
  return answer.predictions[0];
}

// Gives each event of /generate to a listener, as {name, data}.
export async function generate(body, signal, listen) {
  const response = await call("/generate", posted(body, signal));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    let part;
    try {
      part = await reader.read();
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Error(GONE);
    }
    if (part.done) return;
    const blocks = (rest + part.value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const [, name, data] = block.match(/^event: (.*)\ndata: (.*)$/);
      if (name === "error") throw new Error(JSON.parse(data).error);
      listen({ name, data: JSON.parse(data) });
    }
  }
}
