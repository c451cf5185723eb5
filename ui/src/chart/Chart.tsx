/** A chart in the page: its drawing, what the pointer or the arrow keys are at, its words, its
 * values as a table. */
import { type KeyboardEvent, type PointerEvent, useId, useMemo, useState } from 'react';
import type { Chart as Answer, ChartPlace } from '../host/types';
import { Button } from '../parts/Button';
import { cx } from '../parts/cx';
import { shapesOf } from './svg';
import styles from './Chart.module.css';

/** Tenths of a point, as the drawing counts. */
const TENTHS = 10;

const wordsOf = ({ title, values }: ChartPlace) =>
  [title, ...values.map((one) => `${one.name} ${one.value}`)].join(', ');

/** The place whose area holds a spot, in tenths; else the nearest one beside it. */
function placeAt(places: readonly ChartPlace[], x: number, y: number): number | null {
  const inside = ({ left, top, width, height }: ChartPlace) =>
    x >= left && x < left + width && y >= top && y < top + height;
  const found = places.findIndex(inside);
  return found === -1 ? null : found;
}

export function Chart({ chart }: { chart: Answer }) {
  const { places } = chart;
  const [at, setAt] = useState<number | null>(null);
  const [open, setOpen] = useState(false);
  const id = useId();
  const shapes = useMemo(() => shapesOf(chart.svg), [chart.svg]);
  const place = at === null ? undefined : places[Math.min(at, places.length - 1)];

  const moved = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const scale = (chart.width * TENTHS) / (box.width || chart.width);
    setAt(placeAt(places, (event.clientX - box.left) * scale, (event.clientY - box.top) * scale));
  };
  const pressed = (event: KeyboardEvent) => {
    const last = places.length - 1;
    const next: Record<string, number | null> = {
      ArrowRight: at === null ? 0 : Math.min(at + 1, last),
      ArrowLeft: at === null ? last : Math.max(at - 1, 0),
      Home: 0,
      End: last,
      Escape: null,
    };
    if (last < 0 || !(event.key in next)) return;
    if (event.key === 'Escape' && at === null) return;
    event.preventDefault();
    event.stopPropagation();
    setAt(next[event.key] ?? null);
  };

  return (
    <figure className={styles.figure} aria-label={chart.title}>
      <div
        className={styles.chart}
        role="slider"
        tabIndex={0}
        aria-label={`${chart.title}; arrow keys read its values`}
        aria-describedby={`${id}-words`}
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, places.length - 1)}
        aria-valuenow={at ?? 0}
        aria-valuetext={place ? wordsOf(place) : chart.sentence}
        onPointerMove={moved}
        onPointerLeave={() => setAt(null)}
        onKeyDown={pressed}
        onBlur={() => setAt(null)}
      >
        <svg
          className={styles.drawing}
          viewBox={`0 0 ${chart.width * TENTHS} ${chart.height * TENTHS}`}
          strokeLinejoin="round"
          aria-hidden
        >
          {shapes}
          {place ? <Pointed place={place} /> : null}
        </svg>
        {place ? <Tip chart={chart} place={place} /> : null}
      </div>
      <div className={styles.below}>
        <figcaption className={styles.sentence} id={`${id}-words`} data-copyable>
          {chart.sentence}
        </figcaption>
        <Button small kind="quiet" aria-expanded={open} onPress={() => setOpen(!open)}>
          {open ? 'Hide the values' : 'Show the values'}
        </Button>
      </div>
      {open ? <Values chart={chart} /> : null}
    </figure>
  );
}

/** Where the pointer or the arrow keys are. */
function Pointed({ place }: { place: ChartPlace }) {
  // A bar that lies is read as a whole.
  const upright = place.height > place.width;
  return (
    <>
      {upright ? (
        <line
          className={styles.line}
          x1={place.x}
          x2={place.x}
          y1={place.top}
          y2={place.top + place.height}
        />
      ) : null}
      <circle className={styles.dot} cx={place.x} cy={place.y} r={35} />
    </>
  );
}

function Tip({ chart, place }: { chart: Answer; place: ChartPlace }) {
  const [wide, high] = [chart.width * TENTHS, chart.height * TENTHS];
  const right = place.x > wide / 2;
  const across = `${((right ? wide - place.x : place.x) / wide) * 100}%`;
  const down = `${(Math.max(0, Math.min(place.y, high * 0.6)) / high) * 100}%`;
  return (
    <div
      className={styles.tip}
      style={{
        [right ? 'right' : 'left']: `calc(${across} + 12px)`,
        top: down,
      }}
      aria-hidden
    >
      <h3>{place.title}</h3>
      <dl>
        {place.values.map((one) => (
          <Pair key={one.name} {...one} />
        ))}
      </dl>
    </div>
  );
}

function Pair({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

function Values({ chart }: { chart: Answer }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
    <section className={styles.table} aria-label="Values of the chart" tabIndex={0}>
      <table>
        <caption>{chart.title}</caption>
        <thead>
          <tr>
            {chart.columns.map((column) => (
              <th key={column.heading} scope="col" className={cx(column.number && styles.number)}>
                {column.heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {chart.rows.map((row) => (
            <tr key={row[0]}>
              {row.map((cell, at) => (
                <td
                  key={chart.columns[at]?.heading ?? at}
                  className={cx(chart.columns[at]?.number && styles.number)}
                >
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
