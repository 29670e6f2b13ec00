// Liquid in HTML: in the editor each tag is a chip, in the textarea it is text again.
const TAG = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g;

export function chipped(html) {
  const root = new DOMParser().parseFromString(html, "text/html").body;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const text of texts) {
    if (text.data.search(TAG) < 0 || text.parentElement.closest("[data-chip]")) continue;
    text.replaceWith(...parts(text.data));
  }
  return root.innerHTML;
}

export function asWritten(html) {
  const root = new DOMParser().parseFromString(html, "text/html").body;
  const codes = [];
  root.querySelectorAll("[data-chip]").forEach((chip) => {
    chip.replaceWith(`\ue000${codes.push(chip.textContent) - 1}\ue000`);
  });
  root.querySelectorAll("li > p:only-child").forEach((paragraph) => paragraph.replaceWith(...paragraph.childNodes));
  return root.innerHTML.replace(/\ue000(\d+)\ue000/g, (_, number) => codes[Number(number)]);
}

function parts(text) {
  const found = [];
  let last = 0;
  for (const match of text.matchAll(TAG)) {
    if (match.index > last) found.push(text.slice(last, match.index));
    const chip = document.createElement("span");
    chip.dataset.chip = "";
    chip.textContent = match[0];
    found.push(chip);
    last = match.index + match[0].length;
  }
  if (last < text.length) found.push(text.slice(last));
  return found;
}
