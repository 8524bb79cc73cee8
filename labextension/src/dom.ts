/** Elements without a framework. Text is always set as text: what a notebook holds is never markup. */

type Attributes = Record<string, string | number | boolean | null | ((event: Event) => void)>;
type Child = Node | string | null;

function fill<T extends Element>(element: T, attributes: Attributes, children: Child[]): T {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      element.addEventListener(name, value);
    } else if (value !== null && value !== false) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  element.append(...children.filter((child): child is Node | string => child !== null));
  return element;
}

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), attributes, children);
}

export function s<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

/** `1 step`, `2 steps`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Cells (from 1) as people write them: `cell 3`, `cells 3, 5-7`. */
export function ranges(cells: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const cell of cells) {
    const last = parts[parts.length - 1];
    if (last !== undefined && cell === last[1] + 1) {
      last[1] = cell;
    } else {
      parts.push([cell, cell]);
    }
  }
  const text = parts.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
  return `${cells.length === 1 ? 'cell' : 'cells'} ${text}`;
}

const HUES = 8;

/** The colour of a step, by its place in the notebook; its name always stands beside it. */
export function hue(steps: ReadonlyMap<string, unknown>, step: string): string {
  const at = [...steps.keys()].indexOf(step);
  return `--nb2pipe-hue: var(--nb2pipe-hue-${(at < 0 ? 0 : at) % HUES})`;
}
