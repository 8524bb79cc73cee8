/** The tags that nb2pipe proposes for an untagged notebook, shown before they are written. */

import { Dialog, showDialog } from '@jupyterlab/apputils';
import { Widget } from '@lumino/widgets';
import { count, h, ranges } from './dom.js';
import { Proposal } from './server.js';

/** Whether the user wants it written. */
export async function agreed(proposal: Proposal): Promise<boolean> {
  const { edits, diagnostics } = proposal;
  const node = h('div', { class: 'nb2pipe-proposal' }, table(proposal),
    ...proposal.notes.map(note => h('p', { class: 'nb2pipe-note' }, note)),
    ...diagnostics.map(each => h('p', { class: 'nb2pipe-bad' }, `✗ ${each.cell ? `cell ${each.cell}: ` : ''}${each.message}`)));
  const title = edits.length ? `${count(edits.length, 'tag')} proposed` : 'Nothing to add';
  const write = Dialog.okButton({ label: edits.length ? `Write ${count(edits.length, 'tag')}` : 'Close' });
  const buttons = edits.length ? [Dialog.cancelButton(), write] : [write];
  const answer = await showDialog({ title, body: new Widget({ node }), buttons });
  return answer.button.accept && edits.length > 0;
}

function table(proposal: Proposal): HTMLElement {
  const head = ['step or role', 'cells', 'reads', 'hands over', 'why'];
  const rows = proposal.parts.map(part => [part.name ?? part.role, ranges(part.cells).replace(/^cells? /, ''),
    part.reads.join(', '), part.hands_over.join(', '), part.why]);
  return h('table', {},
    h('thead', {}, h('tr', {}, ...head.map(name => h('th', { scope: 'col' }, name)))),
    h('tbody', {}, ...rows.map(([name, ...rest]) => h('tr', {},
      h('th', { scope: 'row' }, name), ...rest.map(text => h('td', {}, text))))));
}
