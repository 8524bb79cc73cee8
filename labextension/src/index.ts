/** nb2pipe in JupyterLab and Notebook 7: badges at the cells, a panel with the pipeline, tagging by keyboard, checks. */

import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { LabIcon } from '@jupyterlab/ui-components';
import { Badges } from './badges.js';
import { CheckRun } from './checking.js';
import { askForWords, options } from './dialog.js';
import { PipelinePanel } from './panel.js';
import { agreed } from './proposal.js';
import { Edit, propose } from './server.js';
import { content, read, Watch, write } from './watch.js';
import { withFix, withWords, wordsOf } from './words.js';

const ICON = new LabIcon({
  name: 'nb2pipe:pipeline',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16"><g class="jp-icon3" fill="#616161">' +
    '<rect x="3" y="2" width="8" height="6" rx="1.5"/><rect x="13" y="9" width="8" height="6" rx="1.5"/>' +
    '<rect x="3" y="16" width="8" height="6" rx="1.5"/><path d="M11 4.2h4.8a2 2 0 0 1 2 2V9h-1.6V6.2a.4.4 0 0 0-.4-.4H11z' +
    'M17.8 15v2.8a2 2 0 0 1-2 2H11v-1.6h4.8a.4.4 0 0 0 .4-.4V15z"/></g></svg>'
});

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'nb2pipe:plugin',
  description: 'Shows the steps of a tagged notebook, and what is wrong with them, while it is typed.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ICommandPalette, ILayoutRestorer],
  activate
};

function activate(
  app: JupyterFrontEnd,
  tracker: INotebookTracker,
  palette: ICommandPalette | null,
  restorer: ILayoutRestorer | null
): void {
  const { commands } = app;
  const watches = new WeakMap<NotebookPanel, Watch>();
  const panel = new PipelinePanel(commands);
  panel.id = 'nb2pipe-panel';
  panel.title.icon = ICON;
  panel.title.caption = 'nb2pipe: pipeline of this notebook';
  app.shell.add(panel, 'right', { rank: 700, type: 'nb2pipe' });
  restorer?.add(panel, 'nb2pipe-panel');

  const current = () => (tracker.currentWidget ? watches.get(tracker.currentWidget) ?? null : null);
  const follow = () => {
    panel.watch = current();
  };
  tracker.widgetAdded.connect((_, notebook) => {
    const watch = new Watch(notebook);
    watches.set(notebook, watch);
    new Badges(watch, commands);
    follow();
  });
  tracker.currentChanged.connect(follow);
  addCommands(app, panel, current);
  for (const command of Object.keys(LABELS)) {
    palette?.addItem({ command, category: 'nb2pipe' });
  }
}

const LABELS: Record<string, string> = {
  'nb2pipe:tag-cell': 'nb2pipe: Tag Cell…',
  'nb2pipe:propose': 'nb2pipe: Propose Tags…',
  'nb2pipe:show-panel': 'nb2pipe: Show Pipeline',
  'nb2pipe:check': 'nb2pipe: Check Notebook'
};

function addCommands(app: JupyterFrontEnd, panel: PipelinePanel, current: () => Watch | null): void {
  const { commands } = app;
  const enabled = () => current() !== null;
  commands.addCommand('nb2pipe:tag-cell', {
    label: LABELS['nb2pipe:tag-cell'],
    caption: 'Give the active cell a step or another role',
    isEnabled: enabled,
    execute: args => tagCell(current(), args.index as number | undefined)
  });
  commands.addCommand('nb2pipe:show-panel', {
    label: LABELS['nb2pipe:show-panel'],
    caption: 'Show the pipeline of the notebook in the side panel',
    execute: () => app.shell.activateById(panel.id)
  });
  commands.addCommand('nb2pipe:propose', {
    label: LABELS['nb2pipe:propose'],
    caption: 'Let nb2pipe find steps, parameters and metrics; you see them before anything is written',
    isEnabled: () => enabled() && current()!.source !== 'grammar',
    execute: () => proposeTags(current())
  });
  commands.addCommand('nb2pipe:check', {
    label: LABELS['nb2pipe:check'],
    caption: 'Save the notebook, run its pipeline and compare the metrics',
    isEnabled: () => enabled() && current()!.source !== 'grammar',
    execute: async () => {
      app.shell.activateById(panel.id);
      await check(current(), panel);
    }
  });
  commands.addCommand('nb2pipe:fix-word', {
    label: 'Write the word that was meant',
    execute: args => {
      const edit = { cell: (args.index as number) + 1, old: args.old as string, new: args.fixed as string };
      applyEdits(current(), [edit]);
    }
  });
  commands.addCommand('nb2pipe:fix', {
    label: 'Write the fix of a finding',
    execute: args => applyEdits(current(), args.edits as unknown as Edit[])
  });
  commands.addCommand('nb2pipe:go-to-cell', {
    label: 'Go to a cell',
    execute: args => goTo(current(), args.index as number)
  });
}

async function tagCell(watch: Watch | null, at?: number): Promise<void> {
  const notebook = watch?.panel.content;
  const index = at ?? notebook?.activeCellIndex ?? -1;
  const cell = notebook?.widgets[index];
  if (watch === null || notebook === undefined || cell === undefined) {
    return;
  }
  notebook.activeCellIndex = index;
  const code = cell.model.type === 'code';
  const known = options([...watch.steps.keys()], watch.analysis?.metrics.map(metric => metric.name) ?? []);
  const words = await askForWords(index + 1, wordsOf(read(cell.model), code), known);
  if (words !== null) {
    write(cell.model, withWords(read(cell.model), code, words));
  }
  notebook.mode = 'command';
  notebook.activate();
}

async function proposeTags(watch: Watch | null): Promise<void> {
  const model = watch?.model ?? null;
  if (watch === null || model === null) {
    return;
  }
  try {
    const proposal = await propose(watch.panel.context.path, content(model));
    if (await agreed(proposal)) {
      applyEdits(watch, proposal.edits);
    }
  } catch (error) {
    Notification.error(`nb2pipe: ${(error as Error).message}`);
  }
  watch.panel.content.mode = 'command';
  watch.panel.content.activate();
}

function applyEdits(watch: Watch | null, edits: readonly Edit[]): void {
  const notebook = watch?.panel.content;
  for (const edit of edits) {
    const cell = notebook?.widgets[edit.cell - 1];
    if (cell !== undefined) {
      write(cell.model, withFix(read(cell.model), edit.old, edit.new));
    }
  }
}

function goTo(watch: Watch | null, index: number): void {
  const notebook = watch?.panel.content;
  const cell = notebook?.widgets[index];
  if (notebook === undefined || cell === undefined) {
    return;
  }
  notebook.mode = 'command';
  notebook.activeCellIndex = index;
  notebook.deselectAll();
  void notebook.scrollToCell(cell, 'start').then(() => {
    if (document.querySelector('.jp-Dialog') === null) { // scrolling takes a moment, in JupyterLab 4.2 a long one
      notebook.mode = 'command';
      notebook.activate();
    }
  });
}

/** What is checked is the file, so it is saved first. */
async function check(watch: Watch | null, panel: PipelinePanel): Promise<void> {
  if (watch === null) {
    return;
  }
  const { context } = watch.panel;
  if (context.model.dirty) {
    await context.save();
  }
  const run = new CheckRun(context.path);
  panel.follow(run);
  await run.run();
  const report = run.state?.report;
  if (run.state?.state !== 'cancelled' && report?.sentence !== undefined && !panel.isVisible) {
    Notification.emit(report.sentence, report.passed ? 'success' : 'error');
  }
}

export default plugin;
