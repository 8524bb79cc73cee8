/** The side panel: the pipeline of the notebook in front, its steps and findings, and checks. */

import { Message } from '@lumino/messaging';
import { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';
import { CheckRun } from './checking.js';
import { count, h, hue, ranges } from './dom.js';
import { drawGraph } from './graph.js';
import { Analysis, Diagnostic, Metric, Step } from './server.js';
import { Watch } from './watch.js';

const NO_STEPS = 'NB210'; // a beginning, not a mistake: the panel says what to do
const SIGNS = { error: '✗', warning: '⚠', notice: 'ℹ' };
const VERDICTS: Record<string, string> = {
  ok: '✓ ok',
  failed: '✗ out of tolerance',
  missing: '✗ missing',
  'not checked': '– not checked',
  better: '✓ better',
  moved: '! moved'
};

export class PipelinePanel extends Widget {
  constructor(private commands: CommandRegistry) {
    super({ node: h('div', { role: 'region', 'aria-label': 'nb2pipe: the pipeline of this notebook' }) });
    this.addClass('nb2pipe-panel');
    this.node.append(this.said, this.body);
  }

  /** The notebook that is shown. */
  get watch(): Watch | null {
    return this._watch;
  }

  set watch(watch: Watch | null) {
    if (watch === this._watch) {
      return;
    }
    this._watch?.changed.disconnect(this.refresh, this);
    this._watch?.panel.content.activeCellChanged.disconnect(this.refresh, this);
    this._watch = watch;
    watch?.changed.connect(this.refresh, this);
    watch?.panel.content.activeCellChanged.connect(this.refresh, this);
    this.refresh();
  }

  /** The check of a notebook; the last one stays until the next. */
  follow(run: CheckRun): void {
    this.runs.set(run.path, run);
    run.changed.connect(this.refresh, this);
    this.refresh();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.refresh();
  }

  /** Draw anew once the page has a moment: many signals, one drawing. */
  private refresh(): void {
    if (!this.isVisible || this.drawing) {
      return;
    }
    this.drawing = window.requestAnimationFrame(() => {
      this.drawing = 0;
      if (this.isVisible) {
        this.draw();
      }
    });
  }

  private draw(): void {
    const focus = this.node.contains(document.activeElement) ? document.activeElement : null;
    const key = focus?.getAttribute('data-key') ?? null;
    const top = this.node.scrollTop;
    this.body.replaceChildren(...this.parts());
    this.node.scrollTop = top;
    if (key !== null) {
      (this.body.querySelector(`[data-key="${CSS.escape(key)}"]`) as HTMLElement | null)?.focus({ preventScroll: true });
    }
  }

  private parts(): (Node | string)[] {
    const watch = this._watch;
    if (watch === null) {
      return [h('p', { class: 'nb2pipe-empty' }, 'Open a notebook to see its pipeline.')];
    }
    const analysis = watch.source === 'grammar' ? null : watch.analysis;
    const findings = analysis === null ? slips(watch) : analysis.diagnostics.filter(each => each.code !== NO_STEPS);
    this.announce(watch, findings);
    return [
      this.head(watch, findings),
      this.buttons(watch),
      ...this.check(watch),
      ...this.findings(findings),
      ...(watch.steps.size === 0 ? [this.begin()] : []),
      ...(analysis === null ? this.outline(watch) : this.pipeline(watch, analysis))
    ];
  }

  private head(watch: Watch, findings: Diagnostic[]): HTMLElement {
    const name = watch.panel.context.path.split('/').pop() ?? '';
    const state = {
      server: ['● live', 'nb2pipe on the server analyses the notebook as you type; nothing is run'],
      stale: ['○ reading…', 'the analysis of the last edit is on its way'],
      grammar: ['◐ tags only', 'the server has no nb2pipe: tags are checked here, data flow is not'],
      failed: ['✗ no analysis', watch.trouble]
    }[watch.source];
    return h('header', {},
      h('h2', { title: watch.panel.context.path }, name),
      h('p', { class: 'nb2pipe-sub' },
        h('span', { class: `nb2pipe-live nb2pipe-live-${watch.source}`, title: state[1] }, state[0]),
        ` ${count(watch.steps.size, 'step')} · ${verdict(findings)}`),
      ...(watch.source === 'failed' ? [h('p', { class: 'nb2pipe-trouble' }, watch.trouble)] : []));
  }

  private buttons(watch: Watch): HTMLElement {
    const button = (label: string, command: string, about: string, enabled = true) =>
      h('button', { type: 'button', class: 'nb2pipe-button', title: about, 'data-key': command, disabled: !enabled,
        click: () => void this.commands.execute(command) }, label);
    const running = this.runs.get(watch.panel.context.path)?.running ?? false;
    return h('div', { class: 'nb2pipe-buttons', role: 'toolbar', 'aria-label': 'Actions' },
      button('Tag cell…', 'nb2pipe:tag-cell', 'Give the active cell a step (T in command mode)'),
      ...(this.commands.hasCommand('nb2pipe:propose')
        ? [button('Propose tags…', 'nb2pipe:propose', 'Let nb2pipe find the steps', watch.source !== 'grammar')]
        : []),
      button('Check', 'nb2pipe:check', 'Save, run the pipeline, compare its metrics with the notebook’s',
        watch.source !== 'grammar' && !running));
  }

  private begin(): HTMLElement {
    return h('p', { class: 'nb2pipe-empty' }, 'No steps yet. Select a cell and press ', h('kbd', {}, 'T'),
      ' to name the step that begins there; the cells after it belong to it.');
  }

  // ------------------------------------------------------------ the check

  private check(watch: Watch): HTMLElement[] {
    const run = this.runs.get(watch.panel.context.path);
    if (run === undefined) {
      return [];
    }
    return [h('section', { class: 'nb2pipe-check', 'aria-label': 'Check' },
      h('h3', {}, 'Check'), ...(run.running ? this.underWay(run) : outcome(run, cell => this.goTo(cell - 1))))];
  }

  private underWay(run: CheckRun): HTMLElement[] {
    const progress = run.progress;
    const lines = run.lines.filter(line => line.trim()).slice(-4);
    const cancel = () => void run.cancel();
    const bar = progress === null ? { 'aria-label': 'Running', value: null, max: 1 } : { value: progress[0], max: progress[1],
      'aria-label': `${progress[0]} of ${progress[1]} steps` };
    return [
      h('progress', bar),
      h('pre', { class: 'nb2pipe-log', role: 'log' }, lines.join('\n') || 'starting…'),
      h('button', { type: 'button', class: 'nb2pipe-button', 'data-key': 'cancel', click: cancel }, 'Cancel')
    ];
  }

  // ------------------------------------------------------------ findings

  private findings(found: Diagnostic[]): HTMLElement[] {
    if (found.length === 0) {
      return [];
    }
    const items = found.map((each, index) => {
      const { cell } = each;
      const where = cell === null ? null : h('button', { type: 'button', class: 'nb2pipe-link',
        'data-key': `finding ${index}`, click: () => this.goTo(cell - 1) }, `cell ${cell}`);
      const fix = each.fix === null ? null : h('button', { type: 'button', class: 'nb2pipe-link',
        title: each.fix.description, 'data-key': `fix ${index}`,
        click: () => void this.commands.execute('nb2pipe:fix', { edits: each.fix!.edits as any }) }, 'fix');
      return h('li', { class: `nb2pipe-finding nb2pipe-${each.severity}` },
        h('span', { class: 'nb2pipe-sign', 'aria-hidden': 'true' }, SIGNS[each.severity]),
        h('div', {},
          h('span', { class: 'nb2pipe-code' }, `${each.severity} ${each.code}`), ' ', where, where && fix ? ' · ' : null, fix,
          h('div', {}, each.message),
          ...each.notes.map(note => h('div', { class: 'nb2pipe-note' }, note))));
    });
    return [h('section', { 'aria-label': 'Findings' }, h('h3', {}, 'Findings'),
      h('ul', { class: 'nb2pipe-findings' }, ...items))];
  }

  // ------------------------------------------------------------ the pipeline

  private pipeline(watch: Watch, analysis: Analysis): HTMLElement[] {
    if (analysis.steps.length === 0 || watch.steps.size === 0) {
      return [];
    }
    const go = (step: string) => this.goToStep(step);
    const graph = analysis.graph === null || analysis.graph.nodes.length === 0 ? [] : [
      h('section', { 'aria-label': 'Graph', class: 'nb2pipe-graph-frame' },
        drawGraph(analysis.graph, watch.steps, go, this.activeStep()))];
    return [...graph,
      h('section', { 'aria-label': 'Steps' }, h('h3', {}, 'Steps'),
        ...analysis.steps.map(step => this.step(watch, analysis, step))),
      ...this.values(analysis)];
  }

  private step(watch: Watch, analysis: Analysis, step: Step): HTMLElement {
    const metrics = analysis.metrics.filter(metric => metric.step === step.name).map(metric => metric.name);
    const cells = new Set(step.cells);
    const found = analysis.diagnostics.filter(each => each.cell !== null && cells.has(each.cell) && each.severity !== 'notice');
    const rows: [string, string][] = [
      ['inputs', inputs(step)],
      ['outputs', step.outputs.map(each => each.names.join(', ')).join(', ')],
      ['parameters', step.parameters.join(', ')],
      ['metrics', metrics.join(', ')],
      ['after', step.after.join(', ')],
      ['reads files', step.reads.join(', ')],
      ['writes files', step.writes.join(', ')],
      ['findings', found.map(each => each.code).join(', ')]
    ];
    const filled = rows.filter(([, value]) => value);
    const open = this.open.has(step.name);
    const details = h('details', { class: 'nb2pipe-step-details', open, style: hue(watch.steps, step.name) },
      h('summary', { 'data-key': `step ${step.name}` },
        h('span', { class: 'nb2pipe-dot', 'aria-hidden': 'true' }), h('span', { class: 'nb2pipe-step-name' }, step.name),
        h('span', { class: 'nb2pipe-sub' }, ` ${ranges(step.cells)}`),
        found.length ? h('span', { class: 'nb2pipe-count', role: 'img', 'aria-label': count(found.length, 'finding') },
          ` ⚠ ${found.length}`) : null),
      h('button', { type: 'button', class: 'nb2pipe-link', 'data-key': `go ${step.name}`,
        click: () => this.goToStep(step.name) }, 'go to its first cell'),
      h('dl', {}, ...filled.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])));
    details.addEventListener('toggle', () => {
      this.open[details.open ? 'add' : 'delete'](step.name);
    });
    return details;
  }

  private values(analysis: Analysis): HTMLElement[] {
    const go = (cell: number, text: string, key: string) => h('button', { type: 'button', class: 'nb2pipe-link',
      'data-key': key, click: () => this.goTo(cell - 1) }, text);
    const table = (title: string, rows: HTMLElement[]) => (rows.length === 0 ? [] : [
      h('section', { 'aria-label': title }, h('h3', {}, title), h('table', {}, h('tbody', {}, ...rows)))]);
    return [
      ...table('Parameters', analysis.parameters.map(each => h('tr', {},
        h('th', { scope: 'row' }, go(each.cell, each.name, `parameter ${each.name}`)),
        h('td', {}, h('code', {}, JSON.stringify(each.default))), h('td', {}, each.type)))),
      ...table('Metrics', analysis.metrics.map(each => h('tr', {},
        h('th', { scope: 'row' }, go(each.cell, each.name, `metric ${each.name}`)),
        h('td', {}, each.step), h('td', {}, tolerance(each.tolerance)))))
    ];
  }

  /** Without the server: steps and their cells, as the tags say. */
  private outline(watch: Watch): HTMLElement[] {
    if (watch.steps.size === 0) {
      return [];
    }
    return [h('section', { 'aria-label': 'Steps' }, h('h3', {}, 'Steps'), h('ol', { class: 'nb2pipe-outline' },
      ...[...watch.steps].map(([name, cells]) => h('li', { style: hue(watch.steps, name) },
        h('span', { class: 'nb2pipe-dot', 'aria-hidden': 'true' }),
        h('button', { type: 'button', class: 'nb2pipe-link', 'data-key': `go ${name}`,
          click: () => this.goToStep(name) }, name),
        h('span', { class: 'nb2pipe-sub' }, ` ${ranges(cells.map(cell => cell + 1))}`)))))];
  }

  // ------------------------------------------------------------

  private activeStep(): string | null {
    const index = this._watch?.panel.content.activeCellIndex ?? -1;
    return this._watch?.roles[index]?.step ?? null;
  }

  private goToStep(step: string): void {
    const [first] = this._watch?.steps.get(step) ?? [];
    if (first !== undefined) {
      this.goTo(first);
    }
  }

  private goTo(index: number): void {
    void this.commands.execute('nb2pipe:go-to-cell', { index });
  }

  /** For screen readers, when it changed: the counts, not every edit. */
  private announce(watch: Watch, findings: Diagnostic[]): void {
    const text = `${count(watch.steps.size, 'step')}, ${verdict(findings)}`;
    if (watch.source !== 'stale' && this.said.textContent !== text) {
      this.said.textContent = text;
    }
  }

  private body = h('div');
  private drawing = 0;
  private open = new Set<string>();
  private runs = new Map<string, CheckRun>();
  private said = h('div', { class: 'nb2pipe-unseen', role: 'status' });
  private _watch: Watch | null = null;
}

/** The page's own findings in the server's form. */
function slips(watch: Watch): Diagnostic[] {
  return watch.roles.flatMap((role, index) =>
    role.problems.map(problem => ({
      code: '',
      severity: 'error' as const,
      message: problem.message,
      cell: index + 1,
      line: problem.line,
      notes: problem.fixed === null ? [] : [`did you mean '${problem.fixed}'?`],
      fix: problem.fixed === null ? null : { description: `write '${problem.fixed}'`,
        edits: [{ cell: index + 1, old: problem.raw, new: problem.fixed }] }
    }))
  );
}

function verdict(findings: Diagnostic[]): string {
  const of = (severity: string) => findings.filter(each => each.severity === severity).length;
  const parts = [of('error') ? count(of('error'), 'error') : '', of('warning') ? count(of('warning'), 'warning') : ''];
  return parts.filter(part => part).join(', ') || 'no findings';
}

/** `X, y ← split; model ← train` */
function inputs(step: Step): string {
  const from = new Map<string | null, string[]>();
  for (const each of step.inputs) {
    from.set(each.from, [...(from.get(each.from) ?? []), ...each.names]);
  }
  return [...from].map(([source, names]) => `${names.join(', ')}${source ? ` ← ${source}` : ''}`).join('; ');
}

function tolerance(value: { abs: number; rel: number } | null): string {
  if (value === null) {
    return '';
  }
  const parts = [value.abs ? `±${value.abs}` : '', value.rel ? `±${Number((value.rel * 100).toPrecision(6))}%` : ''];
  return parts.filter(part => part).join(' or ') || 'exact';
}

function outcome(run: CheckRun, go: (cell: number) => void): HTMLElement[] {
  const report = run.state?.report ?? null;
  if (run.trouble) {
    return [h('p', { class: 'nb2pipe-verdict nb2pipe-bad', role: 'status' }, `✗ ${run.trouble}`)];
  }
  if (run.state?.state === 'cancelled') {
    return [h('p', { class: 'nb2pipe-verdict', role: 'status' }, '– cancelled')];
  }
  if (report?.sentence !== undefined) {
    const good = report.passed === true;
    return [
      h('p', { class: `nb2pipe-verdict ${good ? 'nb2pipe-good' : 'nb2pipe-bad'}`, role: 'status' },
        `${good ? '✓' : '✗'} ${report.sentence}`),
      ...metricsTable(report.metrics ?? [], go),
      h('p', { class: 'nb2pipe-sub' }, `${run.state!.seconds.toFixed(1)} s`)
    ];
  }
  const found = report?.diagnostics ?? [];
  const last = run.lines.filter(line => line.trim()).slice(-6).join('\n');
  return [
    h('p', { class: 'nb2pipe-verdict nb2pipe-bad', role: 'status' },
      `✗ ${found.length ? `not checked: ${found[0].message}` : `the check ended with exit code ${run.state?.exit_code}`}`),
    ...(found.length ? found[0].notes.map(note => h('p', { class: 'nb2pipe-note' }, note)) : [h('pre', {}, last)])
  ];
}

function metricsTable(metrics: Metric[], go: (cell: number) => void): HTMLElement[] {
  if (metrics.length === 0) {
    return [];
  }
  const number = (value: number | string | null) =>
    value === null ? '–' : typeof value === 'number' ? String(Number(value.toPrecision(6))) : value;
  const row = (metric: Metric) => h('tr', {},
    h('th', { scope: 'row' }, h('button', { type: 'button', class: 'nb2pipe-link', 'data-key': `checked ${metric.name}`,
      click: () => go(metric.cell) }, metric.name)),
    h('td', { class: 'nb2pipe-number' }, number(metric.original)),
    h('td', { class: 'nb2pipe-number' }, number(metric.reproduced)),
    h('td', {}, VERDICTS[metric.verdict] ?? metric.verdict));
  return [h('table', {},
    h('thead', {}, h('tr', {}, ...['metric', 'original', 'reproduced', ''].map(name => h('th', { scope: 'col' }, name)))),
    h('tbody', {}, ...metrics.map(row)))];
}
