// Reads QR codes from the camera: by the browser's own BarcodeDetector where there is one, else by a decoder.
import decodeQR from "qr/decode.js";

const PAUSE = 150;
const AGAIN = 4_000;
const WIDTH = 640;

export function camera({ video, found }) {
  let stream = null;
  let last = { text: "", at: 0 };

  async function start() {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
      video.srcObject = stream;
      await video.play();
    } catch {
      stop();
      return false;
    }
    watch(await reader(video), stream);
    return true;
  }

  function stop() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = video.srcObject = null;
  }

  async function watch(read, mine) {
    while (stream === mine) {
      const text = await read();
      // The same ticket stays before the camera for a while.
      if (text && (text !== last.text || Date.now() - last.at > AGAIN)) found(text);
      if (text) last = { text, at: Date.now() };
      await new Promise((go) => setTimeout(go, PAUSE));
    }
  }

  return { start, stop };
}

async function reader(video) {
  const formats = (await window.BarcodeDetector?.getSupportedFormats().catch(() => [])) ?? [];
  if (formats.includes("qr_code")) {
    const native = new window.BarcodeDetector({ formats: ["qr_code"] });
    return async () => (await native.detect(video).catch(() => []))[0]?.rawValue ?? "";
  }
  const canvas = document.createElement("canvas");
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  return async () => {
    if (!video.videoWidth) return "";
    canvas.width = WIDTH;
    canvas.height = Math.round((WIDTH * video.videoHeight) / video.videoWidth);
    brush.drawImage(video, 0, 0, canvas.width, canvas.height);
    try {
      return decodeQR(brush.getImageData(0, 0, canvas.width, canvas.height));
    } catch {
      return ""; // no code in this picture
    }
  };
}
