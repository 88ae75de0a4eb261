// The preview follows what somebody chooses, and the desk says whether it can be read. Nothing is stored.
// Without this file the preview shows what is in force, and saving says what cannot be read.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const preview = document.querySelector("[data-check]");
  if (!preview) return;
  let waiting;
  let asking = new AbortController();

  function show(form) {
    for (const name of ["accent", "page"]) preview.style.setProperty(`--${name}`, form.elements[name].value);
    const footer = preview.querySelector("[data-footer]");
    if (form.elements.footer.value) footer.innerText = form.elements.footer.value;
    const company = preview.querySelector("[data-name]");
    if (company && form.elements.sender_name.value) company.textContent = form.elements.sender_name.value;
  }

  async function ask(form) {
    asking.abort();
    asking = new AbortController();
    const typed = new URLSearchParams();
    for (const name of ["accent", "page", "csrfmiddlewaretoken"]) typed.set(name, form.elements[name].value);
    const answer = await fetch(preview.dataset.check, { method: "POST", body: typed, signal: asking.signal });
    if (answer.ok && !answer.redirected) tell(form, (await answer.json()).remarks);
  }

  function tell(form, remarks) {
    const verdict = preview.querySelector("[data-verdict]");
    verdict.replaceChildren();
    if (!remarks.length) verdict.textContent = "These colours can be read wherever they stand.";
    for (const remark of remarks) {
      verdict.append(`${remark.field === "page" ? "Background" : "Colour"}: ${remark.words} `);
      if (remark.instead) verdict.append(suggestion(form, remark));
    }
  }

  function suggestion(form, remark) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "desk-button";
    button.textContent = `Take ${remark.instead}`;
    button.addEventListener("click", () => {
      form.elements[remark.field].value = remark.instead;
      show(form);
      ask(form);
    });
    return button;
  }

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form || !form.elements.accent || !form.elements.page) return;
    show(form);
    clearTimeout(waiting);
    waiting = setTimeout(() => ask(form).catch(() => {}), 300);
  });
});
