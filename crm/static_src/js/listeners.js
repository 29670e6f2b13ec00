// Small behaviors declared by data attributes; one listener each, so swapped-in markup needs no setup.
import { load } from "./lazy.js";
import { openDialog } from "./menus.js";
import { say } from "./requests.js";

const root = document.documentElement;

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) openDialog(document.getElementById(opener.dataset.opens), opener);

  const closer = event.target.closest("[data-closes]");
  if (closer) document.getElementById(closer.dataset.closes)?.close();

  if (event.target instanceof HTMLDialogElement) event.target.close(); // the backdrop

  const theme = event.target.closest("[data-theme-choice]");
  if (theme) chooseTheme(theme.dataset.themeChoice);

  const copied = event.target.closest("[data-copy]");
  if (copied) navigator.clipboard?.writeText(copied.dataset.copy).then(() => say("copied"));

  if (event.target.closest("[data-prints]")) Promise.resolve(load()).then(() => window.print());
});

// A select or checkbox in a form with data-submit-on-change sends the form at once.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-submit-on-change]");
  if (form) form.requestSubmit();
});

// A form with data-sparse leaves out what was not filled in: its address says only what was chosen.
document.addEventListener("formdata", ({ target, formData }) => {
  if (!target.matches("[data-sparse]")) return;
  for (const name of new Set(formData.keys())) {
    const given = formData.getAll(name).filter(Boolean);
    formData.delete(name);
    given.forEach((value) => formData.append(name, value));
  }
});

document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// Outside the signed-in frame (the sign-in page) no check-in page stays on this device: js/door_copy.js.
if (!document.querySelector(".frame")) window.caches?.delete("door");

function chooseTheme(choice) {
  if (choice === "system") {
    localStorage.removeItem("theme");
    delete root.dataset.theme;
  } else {
    localStorage.setItem("theme", choice);
    root.dataset.theme = choice;
  }
  markTheme();
  document.dispatchEvent(new CustomEvent("theme"));
}

function markTheme() {
  const current = root.dataset.theme || "system";
  for (const item of document.querySelectorAll("[data-theme-choice]")) {
    item.toggleAttribute("aria-current", item.dataset.themeChoice === current);
    item.setAttribute("aria-checked", String(item.dataset.themeChoice === current));
  }
}
