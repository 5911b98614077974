/** Connections over time, by uPlot. A chunk of its own: only the page with the chart loads it. */
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { grouped } from "../../../present/text/grouped.ts";

export interface TimeChartProps {
  readonly series: readonly { readonly start: string; readonly count: number }[];
  readonly interval: "hour" | "day";
  readonly timeZone: string;
  readonly label: string;
}

const height = 220;

export function TimeChart({ series, interval, timeZone, label }: TimeChartProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    let chart: uPlot | undefined;
    const draw = () => {
      chart?.destroy();
      chart = new uPlot(optionsOf({ interval, timeZone, width: element.clientWidth }), dataOf(series), element);
    };
    draw();
    const resized = new ResizeObserver(() => chart?.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    // A canvas does not follow the style sheet.
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", draw);
    return () => {
      dark.removeEventListener("change", draw);
      resized.disconnect();
      chart?.destroy();
    };
  }, [series, interval, timeZone]);
  return <div class="time-chart" role="img" aria-label={label} ref={place} />;
}

function dataOf(series: TimeChartProps["series"]): uPlot.AlignedData {
  return [series.map(({ start }) => Date.parse(start) / 1000), series.map(({ count }) => count)];
}

type Look = Pick<TimeChartProps, "interval" | "timeZone"> & { readonly width: number };

function optionsOf({ interval, timeZone, width }: Look): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const day = new Intl.DateTimeFormat("en-GB", { timeZone, day: "2-digit", month: "short" });
  const time = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" });
  const axis = { stroke: colour("--faint"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  const stepSeconds = interval === "hour" ? 3600 : 86_400;
  return {
    width,
    height,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      // Room for the last bar, which begins at its time.
      x: { range: (_chart, from, to) => [from - stepSeconds / 2, to + stepSeconds / 2] },
      y: { range: (_chart, _from, to) => [0, Math.max(1, to * 1.05)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 64,
        size: 30,
        values: (_chart, splits) =>
          splits.map((seconds) => {
            const text = time.format(seconds * 1000);
            return interval === "day" || text === "00:00" ? day.format(seconds * 1000) : text;
          }),
      },
      {
        ...axis,
        size: 64,
        incrs: [
          1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1e6,
        ],
        values: (_chart, splits) => splits.map((count) => grouped(count)),
      },
    ],
    series: [
      {},
      {
        fill: colour("--accent"),
        stroke: colour("--accent"),
        width: 0,
        points: { show: false },
        ...(uPlot.paths.bars === undefined ? {} : { paths: uPlot.paths.bars({ size: [0.8, 60] }) }),
      },
    ],
  };
}
