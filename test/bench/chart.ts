// Draws the result for the docs: two panels of bars, as SVG for light and dark pages.
import type { Row } from './result.ts';

const labelWidth = 190;
const barWidth = 330;
const rowHeight = 24;
const colours: readonly (readonly [RegExp, string])[] = [
  [/^reference/, '#b45309'],
  [/^floor/, '#64748b'],
  [/./, '#2563eb'],
];

interface Panel {
  readonly title: string;
  readonly bars: readonly { readonly label: string; readonly value: number; readonly told: string }[];
}

export function chartOf(rows: readonly Row[]): string {
  const panels = [throughput(rows), cpu(rows)];
  const height = panels.reduce((sum, { bars }) => sum + 60 + bars.length * rowHeight, 0);
  const drawn: string[] = [];
  let top = 0;
  for (const panel of panels) {
    drawn.push(drawPanel(panel, top));
    top += 60 + panel.bars.length * rowHeight;
  }
  const width = labelWidth + barWidth + 110;
  const style = 'text{font:13px system-ui,sans-serif;fill:#64748b}.title{font-weight:600;fill:#0ea5e9}';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>Events per second one by one, and CPU per event</title>
<style>${style}</style>
${drawn.join('\n')}
</svg>
`;
}

/** An ordered trigger sends one by one. */
function throughput(rows: readonly Row[]): Panel {
  const bars = rows
    .filter(({ storageMs, atOnce }) => storageMs === 8 && atOnce === 1)
    .map(({ arm, eventsPerSecond: { median } }) => ({ label: arm, value: median, told: `${median.toFixed(0)}/s` }));
  return { title: 'Events per second, one request at a time, storage answering after 8 ms', bars };
}

function cpu(rows: readonly Row[]): Panel {
  const bars = rows
    .filter(({ storageMs, atOnce }) => storageMs === 8 && atOnce === 16)
    .map(({ arm, cpuMsPerEvent: { median } }) => ({ label: arm, value: median, told: `${median.toFixed(3)} ms` }));
  return { title: 'CPU per event, 16 requests at once', bars };
}

function drawPanel({ title, bars }: Panel, top: number): string {
  const most = Math.max(...bars.map(({ value }) => value));
  const lines = bars.map(({ label, value, told }, index) => {
    const y = top + 40 + index * rowHeight;
    const length = Math.max(2, (value / most) * barWidth);
    const colour = colours.find(([pattern]) => pattern.test(label))?.[1] ?? '';
    return [
      `<text x="${labelWidth - 8}" y="${y + 13}" text-anchor="end">${label}</text>`,
      `<rect x="${labelWidth}" y="${y}" width="${length.toFixed(1)}" height="${rowHeight - 7}" rx="2" fill="${colour}"/>`,
      `<text x="${(labelWidth + length + 6).toFixed(1)}" y="${y + 13}">${told}</text>`,
    ].join('');
  });
  return [`<text class="title" x="8" y="${top + 24}">${title}</text>`, ...lines].join('\n');
}
