// Builds everything the browser loads into crm/static/build. `--watch` keeps building.
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const source = dirname(fileURLToPath(import.meta.url));
const root = join(source, "../..");
const modules = join(root, "node_modules");
const target = join(source, "../static/build");
const watch = process.argv.includes("--watch");

function icons() {
  const names = readFileSync(join(source, "icons.txt"), "utf8").split(/\s+/).filter(Boolean);
  const symbols = names.map((name) => {
    const svg = readFileSync(join(modules, "lucide-static/icons", `${name}.svg`), "utf8");
    const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    return `<symbol id="${name}" viewBox="0 0 24 24">${shapes.replace(/\s*\n\s*/g, "")}</symbol>`;
  });
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
  writeFileSync(join(target, "icons.svg"), sprite);
}

function fonts() {
  for (const script of ["latin", "latin-ext", "cyrillic", "greek"]) {
    const file = `inter-${script}-wght-normal.woff2`;
    copyFileSync(join(modules, "@fontsource-variable/inter/files", file), join(target, file));
  }
}

function marks() {
  for (const file of ["mark.svg"]) copyFileSync(join(source, file), join(target, file));
}

async function scripts() {
  const options = {
    entryPoints: ["theme", "app", "charts", "door", "door_worker", "editor"].map((name) => join(source, "js", `${name}.js`)),
    outdir: target,
    bundle: true,
    format: "iife",
    target: "es2022",
    minify: true,
    legalComments: "none",
    logLevel: "warning",
  };
  if (watch) await (await esbuild.context(options)).watch();
  else await esbuild.build(options);
}

function styles() {
  const cli = join(modules, "@tailwindcss/cli/dist/index.mjs");
  for (const name of ["app", "public"]) {
    const paths = ["-i", join(source, "css", `${name}.css`), "-o", join(target, `${name}.css`), "--minify"];
    const stdio = ["ignore", "ignore", "pipe"];
    if (watch) {
      spawn(process.execPath, [cli, ...paths, "--watch=always"], { cwd: root, stdio: "inherit" });
      continue;
    }
    const result = spawnSync(process.execPath, [cli, ...paths], { cwd: root, stdio });
    if (result.status !== 0) {
      process.stderr.write(result.stderr);
      process.exit(1);
    }
  }
}

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
icons();
fonts();
marks();
await scripts();
styles();
