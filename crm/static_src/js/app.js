import htmx from "htmx.org";
import Alpine from "@alpinejs/csp";
import "./board.js";
import "./keyboard.js";
import "./lazy.js";
import "./listeners.js";
import "./menus.js";
import "./panel.js";
import "./requests.js";
import bulk from "./bulk.js";
import palette from "./palette.js";
import toast from "./toast.js";

window.htmx = htmx;
Alpine.data("bulk", bulk);
Alpine.data("palette", palette);
Alpine.data("toast", toast);
window.Alpine = Alpine;
Alpine.start();
