// While somebody types, the words go to the checker and its findings come back beside them. Nothing is stored.
// Without this file the button "Check what is typed" shows the same on a page of its own.
"use strict";

const PAUSE = 600; // milliseconds without a key
const waiting = new WeakMap();
const asking = new WeakMap();

document.addEventListener("DOMContentLoaded", () => {
  for (const menu of document.querySelectorAll("[data-checked] [data-insert]")) menu.hidden = false;
});
document.addEventListener("formset:added", (event) => {
  for (const menu of event.target.querySelectorAll("[data-insert]")) menu.hidden = false;
});

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-insert]")) insert(event.target);
  else if (event.target.name === "announces") for (const body of bodies()) later(body);
  else later(bodyOf(event.target));
});

function bodies() {
  return document.querySelectorAll("[data-checked] textarea");
}

// Language, subject and body of one text share the beginning of their names: texts-0-body.
function bodyOf(field) {
  const row = /^(texts-\d+-)(language|subject|body)$/.exec(field.name || "");
  return row && document.querySelector(`[name="${row[1]}body"]`);
}

function insert(menu) {
  const body = menu.closest("[data-checked]").querySelector("textarea");
  body.setRangeText(menu.value, body.selectionStart, body.selectionEnd, "end");
  menu.value = "";
  body.focus();
  later(body);
}

function later(body) {
  if (!body) return;
  clearTimeout(waiting.get(body));
  waiting.set(body, setTimeout(() => ask(body), PAUSE));
}

async function ask(body) {
  const panel = body.closest("[data-checked]");
  const form = body.form;
  const prefix = body.name.replace(/body$/, "");
  const typed = new URLSearchParams({ body: body.value });
  for (const name of ["language", "subject"]) typed.set(name, form.elements[prefix + name].value);
  for (const name of ["announces", "csrfmiddlewaretoken"]) typed.set(name, form.elements[name]?.value ?? "");
  asking.get(body)?.abort();
  const question = new AbortController();
  asking.set(body, question);
  try {
    const answer = await fetch(panel.dataset.url, { method: "POST", body: typed, signal: question.signal });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    show(panel, await answer.text());
  } catch (error) {
    if (error.name !== "AbortError") say(panel, "The checker does not answer. Save as usual, or press Check.", true);
  }
}

function show(panel, findings) {
  const place = panel.querySelector("[data-findings]");
  place.innerHTML = findings;
  say(panel, place.querySelector("[data-numbers]")?.textContent ?? "", false);
}

function say(panel, words, isAlarm) {
  const says = panel.querySelector("[data-says]");
  says.classList.toggle("desk-alarm-text", isAlarm);
  if (says.textContent !== words) says.textContent = words;
}
