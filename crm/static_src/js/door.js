// The list at the door. Each tap and each scan goes into a queue that outlives the page, and from there to the
// server, at once or when the network is back. The server checks everybody in once, however often it hears of it.
import { install, keep as keepCopy } from "./door_copy.js";
import { camera } from "./scanner.js";

const door = document.querySelector("[data-door]");
const PATIENCE = 10_000;

if (door) open();

function open() {
  const at = (name) => door.querySelector(`[data-door-${name}]`);
  const words = (name, values = {}) =>
    (at("words").querySelector(`[data-words="${name}"]`)?.textContent ?? "").replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  const store = `door:${door.dataset.door}`;
  let sending = false;
  let hasCopy = false;
  let isCopyOld = false;

  const waiting = () => JSON.parse(localStorage.getItem(store) || "[]");
  const keep = (taps) => (taps.length ? localStorage.setItem(store, JSON.stringify(taps)) : localStorage.removeItem(store));
  const say = (sentence, tone = "") => {
    at("said").textContent = sentence;
    at("said").dataset.tone = tone;
  };

  function tell(kind) {
    const n = waiting().length;
    at("queue").hidden = n === 0 || (kind === "sending" && sending && n < 3);
    if (n) at("waiting").textContent = words(kind === "waiting" && hasCopy ? "safe" : kind, { n });
  }

  function add(tap) {
    keep([...waiting(), { key: crypto.randomUUID(), at: new Date().toISOString(), present: true, ...tap }]);
    return send();
  }

  async function send() {
    const taps = waiting().slice(0, 200);
    if (sending || !taps.length) return;
    sending = true;
    tell("sending");
    const outcome = await post(taps);
    sending = false;
    if (typeof outcome === "string") return tell(outcome);
    const done = new Set(taps.map((tap) => tap.key));
    keep(waiting().filter((tap) => !done.has(tap.key)));
    outcome.arrivals.forEach(show);
    document.getElementById("present").textContent = outcome.count;
    isCopyOld = hasCopy;
    tell("waiting");
    return send();
  }

  // What the server said, or the name of the words for why nothing was said.
  async function post(taps) {
    const body = new URLSearchParams({ taps: JSON.stringify(taps) });
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    try {
      const answer = await fetch(door.dataset.door, { method: "POST", body, headers, redirect: "manual" });
      if (answer.type === "opaqueredirect" || answer.status === 403) return "signin";
      if (answer.status === 400) {
        say(words("refused"), "bad");
        return { arrivals: [], count: document.getElementById("present").textContent };
      }
      return answer.ok ? await answer.json() : "waiting";
    } catch {
      return "waiting";
    }
  }

  function show(arrival) {
    say(arrival.sentence, { present: "good", taken_back: "good", unchanged: "warn" }[arrival.outcome] ?? "bad");
    if (!arrival.html) return;
    const fresh = document.createElement("template");
    fresh.innerHTML = arrival.html.trim();
    const row = fresh.content.firstElementChild;
    const old = document.getElementById(arrival.id);
    if (old) old.replaceWith(row);
    else document.getElementById("people").prepend(row);
    window.htmx?.process(row);
  }

  function mark(row, present) {
    row.classList.toggle("check-in-here", present);
    row.querySelector("[data-door-state]").textContent = words("here");
  }

  function rowOf(ticket) {
    return [...door.querySelectorAll("[data-ticket]")].find((one) => one.dataset.ticket === ticket);
  }

  function scanned(text) {
    const ticket = /\/ticket\/([a-z2-7]+)/.exec(text)?.[1] ?? text.slice(0, 500);
    const row = rowOf(ticket);
    navigator.vibrate?.(80);
    if (row) mark(row, true);
    say(row ? words("known", { name: row.querySelector("[data-door-name]").textContent }) : words("kept"));
    add({ ticket });
  }

  // Before htmx, which would lose the tap without a network.
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target.closest("[data-door-tap]");
      if (!form) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const present = (event.submitter?.value ?? "1") === "1";
      mark(form.closest("li"), present);
      add({ registration: Number(form.dataset.doorTap), present });
    },
    true,
  );

  // Without a network the search looks through what the page has.
  door.addEventListener("input", (event) => {
    if (navigator.onLine || !event.target.matches("[data-search]")) return;
    const wanted = event.target.value.trim().toLowerCase();
    for (const row of door.querySelectorAll(".check-in-row")) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  });

  addEventListener("online", send);
  addEventListener("offline", () => tell("waiting"));
  addEventListener("beforeunload", (event) => !hasCopy && waiting().length && event.preventDefault());
  const timer = setInterval(() => (door.isConnected ? again() : clearInterval(timer)), PATIENCE);

  async function again() {
    await send();
    if (!isCopyOld || waiting().length) return;
    isCopyOld = false;
    keepCopy().catch(() => (isCopyOld = true));
  }

  const eye = camera({ video: at("video"), found: scanned });
  const look = (is) => {
    at("camera").hidden = at("stop").hidden = !is;
    at("scan").hidden = is;
  };
  at("scan").addEventListener("click", async () => {
    look(true);
    say(words("look"));
    if (await eye.start()) return;
    look(false);
    say(words("nocamera"), "bad");
  });
  at("stop").addEventListener("click", () => {
    eye.stop();
    look(false);
    say("");
  });
  // The page may be older than the queue: it was opened again without a network.
  for (const tap of waiting()) {
    const row = tap.ticket ? rowOf(tap.ticket) : document.getElementById(`person-${tap.registration}`);
    if (row) mark(row, tap.present);
  }
  install(door.dataset.doorWorker).then((is) => {
    hasCopy = is || Boolean(navigator.serviceWorker?.controller);
    at("ready").hidden = !hasCopy;
    tell("waiting");
  });
  at("tools").hidden = false;
  tell("waiting");
  send();
}
