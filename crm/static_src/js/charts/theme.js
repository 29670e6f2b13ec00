// The house look laid under a chart's own options; what the page says wins.

const probe = document.createElement("span");

// Reads a token as the browser resolves it now (light-dark() included).
export function token(name) {
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}

export function withTheme(options) {
  const words = { color: token("--text-muted"), fontSize: 12 };
  return {
    color: [1, 2, 3, 4, 5, 6].map((n) => token(`--chart-${n}`)),
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    animationDuration: 200,
    grid: { left: 4, right: roomAtTheEnd(options), top: options.legend ? 36 : 8, bottom: options.xAxis?.name ? 24 : 4, containLabel: true },
    ...options,
    tooltip: { renderMode: "richText", confine: true, trigger: "axis", backgroundColor: token("--raised"), borderColor: token("--line-strong"), textStyle: { color: token("--text"), fontSize: 12 }, ...options.tooltip },
    legend: options.legend && { left: 0, top: 0, icon: "roundRect", itemHeight: 8, itemWidth: 12, textStyle: words, ...options.legend },
    xAxis: axes(options.xAxis, words),
    yAxis: axes(options.yAxis, words),
    series: (options.series ?? []).map((series, place) => styled(series, words, labelOf(options, place))),
  };
}

const language = document.documentElement.lang || "en";
const precise = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
const rounded = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const number = { format: (value) => (Math.abs(value) < 1000 ? precise : rounded).format(value) };

// Lines may be named at their end; bars that lie say their number there, the last of a stack the sum.
function roomAtTheEnd({ yAxis, series = [] }) {
  const names = series.filter((one) => one.endLabel?.show).map((one) => one.name.length);
  if (names.length) return 20 + 7 * Math.max(...names);
  if (yAxis?.type !== "category") return 16;
  const longest = Math.max(0, ...series.flatMap((one) => one.data).map((value) => number.format(value ?? 0).length));
  return 24 + 8 * longest;
}

function labelOf({ xAxis, yAxis, series }, place) {
  if (yAxis?.type !== "category") return undefined;
  const stack = series[place].stack;
  if (stack && place < series.findLastIndex((one) => one.stack === stack)) return undefined;
  const parts = stack ? series.filter((one) => one.stack === stack) : [series[place]];
  const unit = xAxis?.name === "%" ? " %" : "";
  const said = ({ dataIndex }) => number.format(parts.reduce((sum, one) => sum + (one.data[dataIndex] ?? 0), 0)) + unit;
  return { show: true, position: "right", formatter: said };
}

function axes(given, words) {
  if (!given) return undefined;
  return [given].flat().map((axis) => ({
    axisLabel: { ...words, hideOverlap: true, ...axis.axisLabel },
    axisLine: { show: axis.type === "category" || axis.type === "time", lineStyle: { color: token("--line-strong") } },
    axisTick: { show: false },
    splitLine: { show: axis.type === "value" || !axis.type, lineStyle: { color: token("--line") } },
    nameTextStyle: words,
    nameLocation: "middle",
    nameGap: 28,
    ...(axis.counts && { minInterval: 1 }),
    ...without(axis, "axisLabel"),
  }));
}

function styled(series, words, ownLabel) {
  const look = {
    bar: { barMaxWidth: 28, itemStyle: { borderRadius: 2 } },
    line: { showSymbol: series.data?.length < 15, symbolSize: 6, lineStyle: { width: 2 }, connectNulls: true },
  }[series.type];
  const label = { ...words, color: token("--text"), textBorderWidth: 0, ...ownLabel, ...series.label };
  const color = series.tone && { color: token(`--chart-${series.tone}`) };
  const endLabel = series.endLabel && { ...words, color: "inherit", textBorderWidth: 0, ...series.endLabel };
  return { cursor: series.links ? "pointer" : "default", ...look, ...color, ...series, label, endLabel };
}

function without(object, key) {
  const { [key]: _left, ...rest } = object;
  return rest;
}
