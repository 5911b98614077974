const barWidth = 5;
const sparkHeight = 28;

/** A few numbers as bars, the latest last. `label` says what they are. */
export function Sparkline({ counts, label }: { readonly counts: readonly number[]; readonly label: string }) {
  const most = Math.max(1, ...counts);
  const width = counts.length * barWidth;
  return (
    <svg
      width={width * 1.5}
      height={sparkHeight}
      viewBox={`0 0 ${width} ${sparkHeight}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${label}: ${counts.join(", ")}`}
    >
      {counts.map((count, index) => {
        const height = count === 0 ? 1 : Math.max(3, (count / most) * sparkHeight);
        return <rect key={index} x={index * barWidth} y={sparkHeight - height} width={barWidth - 1} height={height} />;
      })}
    </svg>
  );
}
