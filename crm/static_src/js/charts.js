// Charts as SVG: the page sends ECharts options as JSON; colors, type and spacing come from the tokens.
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { savePng } from "./charts/png.js";
import { withTheme } from "./charts/theme.js";

echarts.use([BarChart, GridComponent, LegendComponent, LineChart, MarkLineComponent, SVGRenderer, TooltipComponent]);

const charts = new Map();
const resized = new ResizeObserver((entries) => entries.forEach(({ target }) => charts.get(target)?.resize()));

function draw(box, size) {
  const area = box.querySelector("[data-chart-area]");
  const chart = charts.get(area) ?? started(area);
  resized.observe(area);
  chart.resize(size);
  const options = withTheme(JSON.parse(box.querySelector("script[type='application/json']").textContent));
  chart.setOption(size ? { ...options, animation: false } : options, true);
}

// A point leads to the people behind it, like its cell in the table.
function started(area) {
  const chart = echarts.init(area, null, { renderer: "svg" });
  charts.set(area, chart);
  chart.on("click", ({ seriesIndex, dataIndex }) => {
    const link = chart.getOption().series[seriesIndex]?.links?.[dataIndex];
    if (link) location.assign(link);
  });
  return chart;
}

function drawAll(size) {
  for (const [area, chart] of charts) {
    if (area.isConnected) continue;
    chart.dispose();
    charts.delete(area);
  }
  document.querySelectorAll("[data-chart]").forEach((box) => draw(box, size));
}

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-chart-png]")?.closest("[data-chart]");
  if (box) savePng(box);
});
// Paper has a width of its own and no dark side.
addEventListener("beforeprint", () => drawAll({ width: 660 }));
addEventListener("afterprint", () => drawAll());
document.addEventListener("theme", () => drawAll());
document.addEventListener("htmx:afterSettle", () => drawAll());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll());
drawAll();
