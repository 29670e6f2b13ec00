// A board of stages or statuses: a card is dropped on another column, or moved with [ and ] while it has the focus.
// Both press what the card offers as a form, so the board works without this file too.

function send(card, stage) {
  const form = card.querySelector("[data-move]");
  if (!form || !stage || card.closest("[data-stage]").dataset.stage === stage) return;
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = form.dataset.move || "stage";
  field.value = stage;
  form.append(field);
  form.submit();
}

document.addEventListener("dragstart", (event) => {
  const card = event.target.closest?.(".board-card");
  if (!card) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", card.id);
  card.classList.add("board-card-held");
});

document.addEventListener("dragend", () => {
  for (const card of document.querySelectorAll(".board-card-held")) card.classList.remove("board-card-held");
  for (const column of document.querySelectorAll(".board-column-over")) column.classList.remove("board-column-over");
});

document.addEventListener("dragover", (event) => {
  const column = event.target.closest?.(".board-column");
  if (!column) return;
  event.preventDefault();
  for (const other of document.querySelectorAll(".board-column-over")) {
    if (other !== column) other.classList.remove("board-column-over");
  }
  column.classList.add("board-column-over");
});

document.addEventListener("drop", (event) => {
  const column = event.target.closest?.(".board-column");
  const card = document.getElementById(event.dataTransfer?.getData("text/plain") ?? "");
  if (!column || !card?.matches(".board-card")) return;
  event.preventDefault();
  send(card, column.dataset.stage);
});

document.addEventListener("keydown", (event) => {
  const card = document.activeElement?.closest?.(".board-card");
  if (!card || event.target !== card || !["[", "]", "Enter"].includes(event.key)) return;
  event.preventDefault();
  if (event.key === "Enter") return card.querySelector("a")?.click();
  const columns = [...document.querySelectorAll("[data-stage]")];
  const here = columns.indexOf(card.closest("[data-stage]"));
  send(card, columns[here + (event.key === "]" ? 1 : -1)]?.dataset.stage);
});
