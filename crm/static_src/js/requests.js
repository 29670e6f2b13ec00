// What the person sees while htmx works: a thin bar after a moment, words when it failed.

const bar = () => document.getElementById("request-bar");
let pending = 0;

document.addEventListener("htmx:beforeRequest", () => {
  pending += 1;
  bar()?.classList.add("busy");
});

document.addEventListener("htmx:afterRequest", () => {
  pending = Math.max(0, pending - 1);
  if (pending === 0) bar()?.classList.remove("busy");
});

// What a form shows beside itself is not asked for while the form itself is being changed: that answer brings it
// along, and asking would abort it (they share the form's hx-sync).
document.addEventListener("htmx:confirm", (event) => {
  if (event.target.matches?.("form") && event.target.querySelector(".htmx-request")) event.preventDefault();
});

document.addEventListener("htmx:sendError", () => say("sendError"));
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.target?.id !== "panel") say(event.detail.xhr.status === 403 ? "forbidden" : "responseError");
});

export function say(kind) {
  const toasts = document.getElementById("toasts");
  const words = toasts?.querySelector(`template[data-words="${kind}"]`);
  if (!words) return;
  const toast = words.content.cloneNode(true).firstElementChild;
  toasts.append(toast);
  setTimeout(() => toast.remove(), 8000);
}
