// Runs before the first paint, so a chosen theme never flashes the other one.
const choice = localStorage.getItem("theme");
if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
