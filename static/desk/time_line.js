// Dragging a card along the time line changes the day in its form row. The field is what counts and what is saved;
// the card only follows it, also when somebody types. Without this file the rows do everything.
"use strict";

const PIXELS_A_DAY_DOWN = 8;

document.addEventListener("DOMContentLoaded", () => {
  for (const handle of document.querySelectorAll("[data-time-line] a[data-field]")) {
    const field = document.getElementById(handle.dataset.field);
    if (field) follow(handle.closest("[data-time-line]"), handle, field);
  }
});

function follow(line, handle, field) {
  const card = handle.closest("[data-card]");
  const stored = field.defaultValue;
  const least = Math.max(Number(line.dataset.first), Number(handle.dataset.least));
  let grip = null;
  let wasDragged = false;

  const show = () => {
    if (!/^-?\d+$/.test(field.value)) return;
    const day = Number(field.value);
    const shown = Math.min(Math.max(day, Number(line.dataset.first)), Number(line.dataset.last));
    card.style.setProperty("--day", shown);
    card.classList.toggle("desk-moved", field.value !== stored);
    handle.querySelector("[data-day]").textContent = words(day);
  };
  const choose = (day) => {
    const within = Math.min(Math.max(day, least), Number(line.dataset.last));
    if (String(within) === field.value) return;
    field.value = within;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    tell(line, card, within);
  };

  field.addEventListener("input", show);
  show();

  handle.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    handle.focus();
    handle.setPointerCapture(event.pointerId);
    grip = { at: along(line, event), day: Number(field.value) };
    wasDragged = false;
    card.classList.add("desk-dragged");
  });
  handle.addEventListener("pointermove", (event) => {
    if (!grip) return;
    const days = Math.round((along(line, event) - grip.at) / pixelsADay(line, card));
    wasDragged = wasDragged || days !== 0;
    if (wasDragged) choose(grip.day + days);
  });
  const release = () => {
    if (!grip) return;
    grip = null;
    card.classList.remove("desk-dragged");
    if (wasDragged) field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  handle.addEventListener("pointerup", release);
  handle.addEventListener("pointercancel", release);
  handle.addEventListener("click", (event) => {
    event.preventDefault();
    if (!wasDragged) field.focus();
    wasDragged = false;
  });
  handle.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    choose(Number(field.value) + step);
  });
}

function isAcross(line) {
  return getComputedStyle(line).getPropertyValue("--axis").trim() === "across";
}

// The page may scroll while a finger moves, so that the place on the page counts, not on the screen.
function along(line, event) {
  return isAcross(line) ? event.pageX : event.pageY;
}

function pixelsADay(line, card) {
  const days = Number(line.dataset.last) - Number(line.dataset.first);
  return isAcross(line) ? (line.clientWidth - card.offsetWidth) / days : PIXELS_A_DAY_DOWN;
}

function words(day) {
  if (day === 0) return "day 0";
  return `day ${day < 0 ? "\u2212" : "+"}${Math.abs(day)}`;
}

function tell(line, card, day) {
  const says = line.parentElement.querySelector("[data-line-says]");
  says.textContent = `“${card.querySelector("strong").textContent}” is on ${words(day)} now. Save to keep it.`;
}
