/** A chart's drawing as elements of the page: only the shapes and attributes that charts have. */
import { createElement, type ReactElement } from 'react';

const SHAPES = new Set(['line', 'polyline', 'polygon', 'rect', 'circle', 'text']);

/** Attributes by their names in SVG, with those that React has for them. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  x: 'x',
  y: 'y',
  x1: 'x1',
  y1: 'y1',
  x2: 'x2',
  y2: 'y2',
  cx: 'cx',
  cy: 'cy',
  r: 'r',
  dy: 'dy',
  width: 'width',
  height: 'height',
  points: 'points',
  fill: 'fill',
  stroke: 'stroke',
  opacity: 'opacity',
  'stroke-width': 'strokeWidth',
  'text-anchor': 'textAnchor',
  'font-size': 'fontSize',
  'font-weight': 'fontWeight',
};

/** The drawing's shapes; nothing where it is no drawing. Text stays text. */
export function shapesOf(svg: string): ReactElement[] {
  const drawing = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
  if (drawing.nodeName !== 'svg') return [];
  return [...drawing.children]
    .filter((element) => SHAPES.has(element.nodeName))
    .map((element, at) => {
      const given: Record<string, string> = {};
      for (const { name, value } of element.attributes) {
        const known = ATTRIBUTES[name];
        if (known !== undefined) given[known] = value;
      }
      const words = element.nodeName === 'text' ? element.textContent?.trim() : undefined;
      return createElement(element.nodeName, { key: at, ...given }, words);
    });
}
