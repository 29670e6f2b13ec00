// A textarea marked data-editor becomes a rich text editor. The textarea stays the form's field: it is written
// only when somebody changes something, so plain text nobody touched stays plain text.
import "../css/editor.css";
import { Editor, Node, mergeAttributes } from "@tiptap/core";
import StarterKit from "@tiptap/starter-kit";
import { asWritten, chipped } from "./editor/chips.js";
import { toolbar } from "./editor/toolbar.js";

// A merge field, a condition or a snippet: one thing that moves, copies and is deleted as a whole.
const Chip = Node.create({
  name: "chip",
  group: "inline",
  inline: true,
  atom: true,
  addAttributes: () => ({ code: { default: "", parseHTML: (element) => element.textContent, rendered: false } }),
  parseHTML: () => [{ tag: "span[data-chip]" }],
  renderHTML: ({ node, HTMLAttributes }) => ["span", mergeAttributes(HTMLAttributes, { "data-chip": "" }), node.attrs.code],
  renderText: ({ node }) => node.attrs.code,
});

const LINKS = {
  openOnClick: false,
  autolink: true,
  defaultProtocol: "https",
  HTMLAttributes: { rel: null, target: null },
  isAllowedUri: (uri) => /^(https?:|mailto:|tel:|\{\{)/i.test(uri ?? ""),
};

function grow(area) {
  const content = document.getElementById("editor-content")?.dataset.html ?? "";
  const box = document.createElement("div");
  box.className = "editor";
  const page = document.createElement("div");
  page.className = "editor-page";
  area.after(box);
  const editor = new Editor({
    element: page,
    injectCSS: false,
    extensions: [StarterKit.configure({ heading: { levels: [2, 3] }, link: LINKS, codeBlock: false, code: false }), Chip],
    content: chipped(content),
    editorProps: {
      attributes: { role: "textbox", "aria-multiline": "true", "aria-label": area.labels?.[0]?.textContent?.trim() ?? "" },
      transformPastedHTML: chipped,
    },
    onUpdate: ({ editor: changed }) => {
      area.value = changed.isEmpty ? "" : asWritten(changed.getHTML());
      area.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  box.append(toolbar(editor, area), page);
  area.hidden = true;
  area.required = false;
  area.labels?.[0]?.addEventListener("click", () => editor.commands.focus());
  box.editor = editor;
}

document.querySelectorAll("textarea[data-editor]").forEach(grow);
