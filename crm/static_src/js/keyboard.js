// Single keys, never while somebody types. Elements name their key: data-key="e"; pages theirs: data-go="c".
import { openDialog } from "./menus.js";

let afterG = 0;

document.addEventListener("keydown", (event) => {
  if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openDialog(document.getElementById("palette"), document.activeElement);
    return;
  }
  if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.target) || document.querySelector("dialog[open], [popover]:popover-open")) return;
  if (act(event.key, event.target)) event.preventDefault();
});

function act(key, target) {
  if (afterG && Date.now() - afterG < 1500) {
    afterG = 0;
    return press(`[data-go="${CSS.escape(key)}"]`);
  }
  if (key === "g") return (afterG = Date.now());
  if (key === "/") return focusSearch();
  if (key === "?") return openKeys();
  if (key === "j" || key === "k") return step(key === "j" ? 1 : -1);
  if (key === "x") return tick();
  if (/^[a-z]$/i.test(key)) return pressKey(key, target);
  return false;
}

// The open panel's button wins over the row's, the row's over the page's. What acts on ticked rows takes the
// focused one while none is ticked.
function pressKey(key, target) {
  const selector = `[data-key="${CSS.escape(key)}"]:not(:disabled)`;
  const row = target.closest?.("tr, li");
  const places = [document.querySelector("#panel-shell:not([hidden])"), row, document];
  const element = places.map((place) => place?.querySelector(selector)).find(Boolean);
  const bar = element?.closest(".bulk-bar");
  if (bar && !bar.checkVisibility()) {
    const box = row?.querySelector("input[type=checkbox]");
    if (!box) return false;
    box.click();
  }
  element?.click();
  return Boolean(element);
}

function press(selector) {
  const element = document.querySelector(selector);
  element?.click();
  return Boolean(element);
}

function focusSearch() {
  const box = document.querySelector("[data-search]");
  box?.focus();
  box?.select();
  if (!box) openDialog(document.getElementById("palette"), document.activeElement);
  return true;
}

function openKeys() {
  openDialog(document.getElementById("keys"), document.activeElement);
  return true;
}

function rows() {
  return [...document.querySelectorAll("[data-list] > *")].filter((row) => row.querySelector("a"));
}

// With the panel open, the next row opens in it, so a list can be read record by record. A list that came anew
// with a row in its address goes on there.
function step(by) {
  const all = rows();
  if (!all.length) return false;
  const open = document.querySelector('[data-list] a[aria-expanded="true"]');
  const named = document.querySelector("[data-list] > :target");
  const here = document.activeElement.closest?.("[data-list] > *") ?? open?.closest("[data-list] > *") ?? named;
  const at = here ? all.indexOf(here) + by : by > 0 ? 0 : all.length - 1;
  const next = all[Math.max(0, Math.min(all.length - 1, at))];
  const link = next.querySelector(".row-link") ?? next.querySelector("a");
  link.focus();
  next.scrollIntoView({ block: "nearest" });
  if (open && link !== open && link.matches('[hx-target="#panel"]')) link.click();
  return true;
}

function tick() {
  const box = document.activeElement.closest?.("[data-list] > *")?.querySelector("input[type=checkbox]");
  box?.click();
  return Boolean(box);
}

function isTyping(element) {
  return element.isContentEditable || element.matches?.("textarea, select, input:not([type=checkbox], [type=radio])");
}
