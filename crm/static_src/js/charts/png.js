// The chart's SVG on the page's background, twice as large, as a PNG file.
import { token } from "./theme.js";

const scale = 2;

export async function savePng(box) {
  const svg = box.querySelector("[data-chart-area] svg");
  const { width, height } = svg.getBoundingClientRect();
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
  await picture.decode();

  const canvas = Object.assign(document.createElement("canvas"), { width: width * scale, height: height * scale });
  const pen = canvas.getContext("2d");
  pen.fillStyle = token("--raised");
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);

  const link = document.createElement("a");
  link.download = `${box.id}.png`;
  link.href = canvas.toDataURL("image/png");
  link.click();
}
