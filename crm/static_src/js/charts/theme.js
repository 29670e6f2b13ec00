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
    grid: { left: 4, right: roomForEndLabels(options.series), top: 28, bottom: 4, containLabel: true },
    ...options,
    tooltip: { renderMode: "richText", confine: true, trigger: "axis", backgroundColor: token("--raised"), borderColor: token("--line-strong"), textStyle: { color: token("--text"), fontSize: 12 }, ...options.tooltip },
    legend: options.legend && { left: 0, top: 0, icon: "roundRect", itemHeight: 8, itemWidth: 12, textStyle: words, ...options.legend },
    xAxis: axes(options.xAxis, words),
    yAxis: axes(options.yAxis, words),
    series: (options.series ?? []).map((series) => styled(series, words)),
  };
}

// Lines are named at their end instead of in a legend; the longest name decides the margin.
function roomForEndLabels(series = []) {
  const names = series.filter((one) => one.endLabel?.show).map((one) => one.name.length);
  return names.length ? 20 + 7 * Math.max(...names) : 16;
}

function axes(given, words) {
  if (!given) return undefined;
  return [given].flat().map((axis) => ({
    axisLabel: { ...words, hideOverlap: true, ...axis.axisLabel },
    axisLine: { show: axis.type === "category" || axis.type === "time", lineStyle: { color: token("--line-strong") } },
    axisTick: { show: false },
    splitLine: { show: axis.type === "value" || !axis.type, lineStyle: { color: token("--line") } },
    nameTextStyle: words,
    ...without(axis, "axisLabel"),
  }));
}

function styled(series, words) {
  const look = {
    bar: { barMaxWidth: 28, itemStyle: { borderRadius: 2 } },
    line: { showSymbol: series.data?.length < 15, symbolSize: 6, lineStyle: { width: 2 } },
  }[series.type];
  const label = { ...words, color: token("--text"), textBorderWidth: 0, ...series.label };
  const endLabel = series.endLabel && { ...words, color: "inherit", textBorderWidth: 0, ...series.endLabel };
  return { ...look, ...series, label, endLabel };
}

function without(object, key) {
  const { [key]: _left, ...rest } = object;
  return rest;
}
