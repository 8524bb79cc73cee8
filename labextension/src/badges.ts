/** What each cell is part of, written at the cell. */

import { Cell } from '@jupyterlab/cells';
import { CommandRegistry } from '@lumino/commands';
import { h, hue } from './dom.js';
import { CellRole, Problem } from './roles.js';
import { Diagnostic } from './server.js';
import { Watch } from './watch.js';

// what the page itself says at once, in the words of the grammar
const SEEN_HERE = ['NB101', 'NB102', 'NB106', 'NB108', 'NB109'];

/** Keeps the badges of one notebook true. Only cells whose badges change are touched. */
export class Badges {
  constructor(
    private watch: Watch,
    private commands: CommandRegistry
  ) {
    watch.changed.connect(this.update, this);
    this.update();
  }

  private update(): void {
    const { panel, roles } = this.watch;
    const findings = this.findings();
    panel.content.widgets.forEach((cell, index) => {
      const role = roles[index];
      if (role !== undefined) {
        this.show(cell, role, findings.get(index) ?? []);
      }
    });
  }

  /** What the server found, by cell; of an earlier text it may stand at the wrong cell, so it then waits. */
  private findings(): Map<number, Diagnostic[]> {
    const found = new Map<number, Diagnostic[]>();
    if (this.watch.source === 'server') {
      for (const diagnostic of this.watch.analysis?.diagnostics ?? []) {
        if (diagnostic.cell !== null && !SEEN_HERE.includes(diagnostic.code) && diagnostic.severity !== 'notice') {
          const index = diagnostic.cell - 1;
          found.set(index, [...(found.get(index) ?? []), diagnostic]);
        }
      }
    } else {
      return this.last;
    }
    this.last = found;
    return found;
  }

  private show(cell: Cell, role: CellRole, findings: Diagnostic[]): void {
    const own = role.tagged || !['step', 'head', 'text'].includes(role.role);
    const tint = role.step === null ? '' : hue(this.watch.steps, role.step);
    const key = JSON.stringify([role, own, tint, findings.map(each => [each.code, each.message])]);
    const before = this.shown.get(cell);
    // a cell that was outside of the window builds its parts late: the badges must stay the last child
    if (before?.key === key && before.element?.parentElement === (before.element ? cell.node : undefined)) {
      return;
    }
    before?.element?.remove();
    const element = this.build(cell, role, own, tint, findings);
    cell.node.classList.toggle('nb2pipe-headed', element !== null && !element.classList.contains('nb2pipe-pale'));
    cell.node.classList.toggle('nb2pipe-in-step', role.step !== null);
    cell.node.style.setProperty('--nb2pipe-hue', tint.slice(tint.indexOf(':') + 1) || 'transparent');
    if (element !== null) {
      cell.node.append(element);
    }
    this.shown.set(cell, { key, element });
  }

  private build(
    cell: Cell,
    role: CellRole,
    own: boolean,
    tint: string,
    findings: Diagnostic[]
  ): HTMLElement | null {
    const parts: HTMLElement[] = [];
    const edit = () => void this.commands.execute('nb2pipe:tag-cell', { index: this.index(cell) });
    const chip = (text: string, kind: string, label: string) =>
      h('button', { class: `nb2pipe-badge ${kind}`, type: 'button', tabindex: -1, title: `${label} (click to change)`,
        'aria-label': label, click: edit }, text);
    if (own && role.role === 'step') {
      parts.push(chip(role.step!, 'nb2pipe-step', `step ${role.step}`));
    } else if (own) {
      parts.push(chip(role.role, `nb2pipe-${role.role}`, `${role.role} cell`));
    }
    if (role.metrics && role.role !== 'skip') {
      parts.push(chip('metrics', 'nb2pipe-metrics', 'this cell gives metrics'));
    }
    // one badge a word: what is wrong with it after the fix is said after the fix
    const words = new Map([...role.problems].reverse().map(problem => [problem.raw, problem]));
    parts.push(...[...words.values()].reverse().map(problem => this.slip(cell, problem)));
    parts.push(...findings.map(found => this.finding(found)));
    const headed = own || role.problems.length > 0;
    if (role.role === 'step' && !own) {
      const text = `↳ ${role.step}`;
      const pale = h('span', { class: 'nb2pipe-badge nb2pipe-inherits', title: `belongs to step ${role.step}`,
        'aria-label': `belongs to step ${role.step}`, role: 'note' }, text);
      parts[headed ? 'unshift' : 'push'](pale);
    }
    if (parts.length === 0) {
      return null;
    }
    return h('div', { class: `nb2pipe-badges${headed ? '' : ' nb2pipe-pale'}`, style: tint || null }, ...parts);
  }

  private slip(cell: Cell, problem: Problem): HTMLElement {
    const { raw, fixed, message } = problem;
    if (fixed === null) {
      return h('span', { class: 'nb2pipe-badge nb2pipe-slip', role: 'note' }, `✗ ${message}`);
    }
    const text = `✗ ${raw}: did you mean ${fixed}?`;
    const fix = () => void this.commands.execute('nb2pipe:fix-word', { index: this.index(cell), old: raw, fixed });
    return h('button', { class: 'nb2pipe-badge nb2pipe-slip', type: 'button', tabindex: -1, click: fix,
      title: `${message}; click to write ${fixed}`, 'aria-label': `${message}. Did you mean ${fixed}? Press to change.` },
      text);
  }

  private finding(found: Diagnostic): HTMLElement {
    const sign = found.severity === 'error' ? '✗' : '⚠';
    const kind = found.severity === 'error' ? 'nb2pipe-slip' : 'nb2pipe-warning';
    const about = [found.message, ...found.notes].join('\n');
    const label = `${found.severity} ${found.code}: ${found.message}`;
    const open = () => void this.commands.execute('nb2pipe:show-panel');
    return h('button', { class: `nb2pipe-badge ${kind}`, type: 'button', tabindex: -1, title: about,
      'aria-label': label, click: open }, `${sign} ${found.code}`);
  }

  /** Where the cell is now: cells move. */
  private index(cell: Cell): number {
    return this.watch.panel.content.widgets.indexOf(cell);
  }

  private last = new Map<number, Diagnostic[]>();
  private shown = new WeakMap<Cell, { key: string; element: HTMLElement | null }>();
}
