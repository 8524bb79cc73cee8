/** The pipeline as boxes and arrows; the places come from the server. */

import { hue, s } from './dom.js';
import { Graph } from './server.js';

const MARGIN = 6;
const SMALLEST = 0.7; // of its size; a wider graph than that scrolls

export function drawGraph(
  graph: Graph,
  steps: ReadonlyMap<string, unknown>,
  go: (step: string) => void,
  active: string | null
): SVGElement {
  const width = graph.width + 2 * MARGIN;
  const height = graph.height + 2 * MARGIN;
  const arrow = s('marker', { id: 'nb2pipe-head', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 8, markerHeight: 8,
    markerUnits: 'userSpaceOnUse', orient: 'auto' }, s('path', { class: 'nb2pipe-head', d: 'M0 0.6 L8 4 L0 7.4 z' }));
  const lines = graph.edges.map(edge =>
    s('path', { class: edge.names.length ? 'nb2pipe-line' : 'nb2pipe-line nb2pipe-order', d: edge.path,
      'marker-end': 'url(#nb2pipe-head)' })
  );
  const labels = graph.edges
    .filter(edge => edge.label && edge.x !== null && edge.y !== null)
    .map(edge => {
      const wide = edge.label.length * 6.8 + 6;
      return s('g', { 'aria-hidden': 'true' }, s('title', {}, edge.names.join(', ')),
        s('rect', { class: 'nb2pipe-behind', x: edge.x! - wide / 2, y: edge.y! - 8, width: wide, height: 16, rx: 3 }),
        s('text', { class: 'nb2pipe-label', x: edge.x, y: edge.y! + 4, 'text-anchor': 'middle' }, edge.label));
    });
  const nodes = graph.nodes.map(node => {
    const press = (event: Event) => {
      const { key } = event as KeyboardEvent;
      if (key === 'Enter' || key === ' ') {
        event.preventDefault();
        event.stopPropagation();
        go(node.step);
      }
    };
    const reads = graph.edges.filter(edge => edge.to === node.step && edge.names.length);
    const about = reads.map(edge => `reads ${edge.names.join(', ')} from ${edge.from}`);
    const label = [`step ${node.step}`, node.cells, ...about].join('; ');
    return s('g', { class: `nb2pipe-node${node.step === active ? ' nb2pipe-active' : ''}`, tabindex: 0, role: 'button',
      'aria-label': label, 'data-key': `node ${node.step}`, style: hue(steps, node.step),
      transform: `translate(${node.x - node.width / 2} ${node.y - node.height / 2})`,
      click: () => go(node.step), keydown: press },
      s('title', {}, label),
      s('rect', { class: 'nb2pipe-box', width: node.width, height: node.height, rx: 6 }),
      s('rect', { class: 'nb2pipe-band', width: 5, height: node.height - 12, x: 0, y: 6, rx: 2 }),
      s('text', { class: 'nb2pipe-name', x: node.width / 2, y: 19, 'text-anchor': 'middle' }, node.label),
      s('text', { class: 'nb2pipe-cells', x: node.width / 2, y: 35, 'text-anchor': 'middle' }, node.cells));
  });
  return s('svg', { class: 'nb2pipe-graph', viewBox: `0 0 ${width} ${height}`, width, height, role: 'group',
    style: `min-width: ${Math.round(width * SMALLEST)}px`,
    'aria-label': 'The steps and what they hand over' }, s('defs', {}, arrow),
    s('g', { transform: `translate(${MARGIN} ${MARGIN})` }, ...lines, ...labels, ...nodes));
}
