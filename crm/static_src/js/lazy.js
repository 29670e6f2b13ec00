// Charts weigh more than the rest of the page, so their script comes after the first view, when one is near.
let asked;

const near = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && load(), {
  rootMargin: "300px",
});

// Fulfilled once every chart of the page is drawn; a page without charts has nothing to wait for.
export function load() {
  const chart = document.querySelector("[data-chart]");
  if (asked || !chart) return asked;
  near.disconnect();
  const script = Object.assign(document.createElement("script"), { src: chart.dataset.chart });
  asked = new Promise((drawn) => script.addEventListener("load", drawn));
  document.head.append(script);
  return asked;
}

function watch() {
  if (!asked) document.querySelectorAll("[data-chart]").forEach((chart) => near.observe(chart));
}

// Once the page has come to rest all of them are drawn, so that Ctrl+P finds them.
const whenIdle = window.requestIdleCallback ?? ((task) => setTimeout(task, 2000));

addEventListener("load", () => {
  watch();
  whenIdle(() => load(), { timeout: 4000 });
});
// Paper cannot be unfolded.
addEventListener("beforeprint", () => {
  for (const table of document.querySelectorAll("details.chart-table:not([open])")) table.dataset.unfolded = table.open = true;
});
addEventListener("afterprint", () => {
  for (const table of document.querySelectorAll("details[data-unfolded]")) {
    table.open = false;
    delete table.dataset.unfolded;
  }
});
document.addEventListener("htmx:afterSettle", watch);
