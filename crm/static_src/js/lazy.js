// Charts weigh more than the rest of the page, so their script comes after the first view, when one is near.
let asked = false;

const near = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && load(), {
  rootMargin: "300px",
});

function load() {
  if (asked) return;
  asked = true;
  near.disconnect();
  const script = document.createElement("script");
  script.src = document.querySelector("[data-chart]").dataset.chart;
  document.head.append(script);
}

function watch() {
  if (!asked) document.querySelectorAll("[data-chart]").forEach((chart) => near.observe(chart));
}

addEventListener("load", watch);
document.addEventListener("htmx:afterSettle", watch);
