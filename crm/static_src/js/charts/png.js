// The chart's SVG under its title on the page's background, twice as large, as a PNG file.
import { token } from "./theme.js";

const scale = 2;
const edge = 16;
const head = 52;

export async function savePng(box) {
  const svg = box.querySelector("[data-chart-area] svg");
  const { width, height } = svg.getBoundingClientRect();
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
  await picture.decode();

  const canvas = document.createElement("canvas");
  canvas.width = (width + 2 * edge) * scale;
  canvas.height = (height + head + edge) * scale;
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  pen.fillStyle = token("--raised");
  pen.fillRect(0, 0, canvas.width, canvas.height);
  caption(pen, box);
  pen.drawImage(picture, edge, head, width, height);

  const link = document.createElement("a");
  link.download = `${box.id}.png`;
  link.href = canvas.toDataURL("image/png");
  link.click();
}

// What it shows, and of which days and filters: a picture is read far from its page.
function caption(pen, box) {
  const family = getComputedStyle(document.body).fontFamily;
  pen.fillStyle = token("--text");
  pen.font = `600 15px ${family}`;
  pen.fillText(box.querySelector("h2").innerText.replace(/\s+/g, " "), edge, 24);
  const told = [document.querySelector("[data-told]")?.dataset.told, document.title].filter(Boolean);
  pen.fillStyle = token("--text-muted");
  pen.font = `12px ${family}`;
  pen.fillText(told.join(" · "), edge, 42);
}
