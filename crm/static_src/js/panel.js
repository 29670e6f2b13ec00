// A record beside its list. Links with hx-target="#panel" open it; the address keeps it as #panel=/w/…, so a
// reload or a shared link opens it again, Back closes it, and Escape returns to the row it came from.

const prefix = "#panel=";
const shell = () => document.getElementById("panel-shell");
const content = () => document.getElementById("panel");
let opener = null;

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target.id !== "panel") return;
  const link = event.detail.elt;
  if (!content().contains(link) && link.closest("[data-list], main")) remember(link);
  show();
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "panel") return;
  const path = event.detail.pathInfo.requestPath;
  if (event.detail.requestConfig.verb === "get" && location.hash !== prefix + path) {
    const isNext = location.hash.startsWith(prefix);
    history[isNext ? "replaceState" : "pushState"](null, "", prefix + path);
  }
  content().querySelector("[data-panel-title]")?.focus({ preventScroll: true });
});

document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.target?.id === "panel") location.assign(event.detail.pathInfo.requestPath);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-panel-close]")) close();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || !isOpen()) return;
  if (document.querySelector("dialog[open], [popover]:popover-open")) return;
  close();
});

addEventListener("popstate", follow);
addEventListener("DOMContentLoaded", follow);

export function isOpen() {
  return shell() !== null && !shell().hidden;
}

function remember(link) {
  opener?.setAttribute("aria-expanded", "false");
  opener = link;
  opener.setAttribute("aria-expanded", "true");
}

function show() {
  if (!isOpen() || !content().childElementCount) {
    content().replaceChildren(document.getElementById("panel-skeleton").content.cloneNode(true));
  }
  shell().hidden = false;
  document.body.classList.add("panel-open");
}

function hide() {
  shell().hidden = true;
  content().replaceChildren();
  document.body.classList.remove("panel-open");
  opener?.setAttribute("aria-expanded", "false");
  if (opener?.isConnected) opener.focus({ preventScroll: true });
  opener = null;
}

function close() {
  history.pushState(null, "", location.pathname + location.search);
  hide();
}

// Only a path inside this workspace is followed: a crafted link opens nothing else.
function follow() {
  if (!shell()) return;
  if (!location.hash.startsWith(prefix)) return isOpen() && hide();
  const url = new URL(location.hash.slice(prefix.length), location.origin);
  const workspace = location.pathname.split("/").slice(0, 3).join("/") + "/";
  if (url.origin !== location.origin || !url.pathname.startsWith(workspace)) return;
  const row = document.querySelector(`[hx-target="#panel"][href="${CSS.escape(url.pathname + url.search)}"]`);
  if (row) remember(row);
  show();
  window.htmx.ajax("GET", url.pathname + url.search, { target: "#panel", swap: "innerHTML" });
}
