// The buttons above the words. Left and right move between them, as in any toolbar.
const ICONS = document.body.dataset.icons;

const BUTTONS = [
  ["Bold", "bold", (chain) => chain.toggleBold(), "bold"],
  ["Italic", "italic", (chain) => chain.toggleItalic(), "italic"],
  ["Heading", "heading-2", (chain) => chain.toggleHeading({ level: 2 }), "heading", { level: 2 }],
  ["Small heading", "heading-3", (chain) => chain.toggleHeading({ level: 3 }), "heading", { level: 3 }],
  ["List", "list", (chain) => chain.toggleBulletList(), "bulletList"],
  ["Numbered list", "list-ordered", (chain) => chain.toggleOrderedList(), "orderedList"],
  ["Quote", "quote", (chain) => chain.toggleBlockquote(), "blockquote"],
  ["Undo", "undo-2", (chain) => chain.undo()],
  ["Redo", "redo-2", (chain) => chain.redo()],
];

export function toolbar(editor, area) {
  const bar = document.createElement("div");
  bar.className = "editor-bar";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", "Text");
  const marked = BUTTONS.map(([label, icon, act, name, attributes]) => {
    const button = pressable(label, icon, () => act(editor.chain().focus()).run());
    bar.append(button);
    return () => name && button.setAttribute("aria-pressed", String(editor.isActive(name, attributes)));
  });
  bar.append(link(editor), ...choices(editor, area));
  editor.on("transaction", () => marked.forEach((mark) => mark()));
  marked.forEach((mark) => mark());
  bar.addEventListener("keydown", (event) => step(bar, event));
  return bar;
}

function pressable(label, icon, act, words = "") {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "editor-button";
  button.setAttribute("aria-label", label);
  button.title = label;
  button.innerHTML = `<svg class="icon icon-small" aria-hidden="true"><use href="${ICONS}#${icon}"></use></svg>`;
  button.append(words);
  if (act) button.addEventListener("click", act);
  return button;
}

function link(editor) {
  const box = document.createElement("span");
  const field = document.createElement("div");
  const input = document.createElement("input");
  const button = pressable("Link", "link", () => {
    input.value = editor.getAttributes("link").href ?? "";
  });
  field.className = "editor-link";
  field.popover = "auto";
  field.id = `link-of-${Math.random().toString(36).slice(2)}`;
  button.setAttribute("popovertarget", field.id);
  input.className = "input";
  input.setAttribute("aria-label", "Address of the link");
  input.placeholder = "https://…";
  const keep = pressable("Set the link", "check", () => set());
  const drop = pressable("Take the link off", "unlink", () => close(editor.chain().focus().extendMarkRange("link").unsetLink()));
  const close = (chain) => {
    field.hidePopover();
    chain.run();
  };
  const set = () => {
    const typed = input.value.trim();
    const href = /^(https?:|mailto:|tel:|\{\{)/i.test(typed) ? typed : `https://${typed}`;
    const chain = editor.chain().focus().extendMarkRange("link");
    if (!typed) return close(chain.unsetLink());
    if (editor.state.selection.empty && !editor.isActive("link")) {
      return close(chain.insertContent({ type: "text", text: typed, marks: [{ type: "link", attrs: { href } }] }));
    }
    return close(chain.setLink({ href }));
  };
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    set();
  });
  field.append(input, keep, drop);
  field.addEventListener("toggle", (event) => event.newState === "open" && input.focus());
  box.append(button, field);
  return box;
}

function choices(editor, area) {
  const offered = document.getElementById("editor-choices")?.content.children ?? [];
  const kinds = [["Insert a field", "braces", "Field"], ["Insert a snippet or an asset", "newspaper", "Snippet"]];
  return kinds.flatMap(([label, icon, words], index) => {
    const list = offered[index]?.cloneNode(true);
    if (!list?.children.length) return [];
    list.id = `${area.id}-choose-${words.toLowerCase()}`;
    list.setAttribute("role", "menu");
    list.setAttribute("aria-label", label);
    list.className = "menu-items editor-choices";
    list.popover = "auto";
    list.querySelectorAll("button").forEach((choice) => {
      choice.className = "menu-item";
      choice.setAttribute("role", "menuitem");
      choice.addEventListener("click", () => {
        list.hidePopover();
        editor.chain().focus().insertContent([{ type: "chip", attrs: { code: choice.value } }]).run();
      });
    });
    const button = pressable(label, icon, null, words);
    button.setAttribute("popovertarget", list.id);
    return [button, list];
  });
}

function step(bar, event) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by || event.target.matches("input")) return;
  const buttons = [...bar.querySelectorAll(".editor-button")].filter((button) => !button.closest("[popover]"));
  buttons.at((buttons.indexOf(event.target) + by) % buttons.length)?.focus();
}
