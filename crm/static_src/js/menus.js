// Popover menus: placed beside their button, walked with the arrow keys. Dialogs: focus goes back where it was.

const gap = 4;

document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!menu.matches?.(".menu-items") || event.newState !== "open") return;
    place(menu, buttonOf(menu));
    menu.querySelector("[role=menuitem]")?.focus({ preventScroll: true });
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu-items");
  if (!menu) return;
  const items = [...menu.querySelectorAll("[role=menuitem]")];
  const moves = { ArrowDown: 1, ArrowUp: -1 };
  const at = items.indexOf(document.activeElement);
  let next = null;
  if (event.key in moves) next = items[(at + moves[event.key] + items.length) % items.length];
  if (event.key === "Home") next = items[0];
  if (event.key === "End") next = items.at(-1);
  if (!next) return;
  event.preventDefault();
  next.focus();
});

document.addEventListener("click", (event) => {
  const item = event.target.closest(".menu-items [role=menuitem]");
  if (item) item.closest(".menu-items").hidePopover?.();
});

export function openDialog(dialog, opener) {
  if (!dialog || dialog.open) return;
  for (const other of document.querySelectorAll("dialog[open]")) other.close();
  dialog.showModal();
  dialog.addEventListener("close", () => opener?.isConnected && opener.focus(), { once: true });
}

function buttonOf(menu) {
  const buttons = [...document.querySelectorAll(`[popovertarget="${CSS.escape(menu.id)}"]`)];
  return buttons.find((button) => button.offsetParent) ?? buttons[0];
}

function place(menu, button) {
  if (!button) return;
  const anchor = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = anchor.bottom + gap + height <= innerHeight || anchor.top < height;
  const left = anchor.left + width <= innerWidth - 8 ? anchor.left : anchor.right - width;
  menu.style.left = `${Math.max(8, left)}px`;
  menu.style.top = below ? `${anchor.bottom + gap}px` : `${anchor.top - gap - height}px`;
  menu.style.minWidth = `${Math.max(184, Math.min(anchor.width, 320))}px`;
}
