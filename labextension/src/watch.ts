/** One open notebook, watched: its roles at once on every edit, the server's analysis a moment after the last one. */

import { ICellModel, ICodeCellModel } from '@jupyterlab/cells';
import { INotebookModel, NotebookPanel } from '@jupyterlab/notebook';
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import { CellRole, CellText, readRoles, stepsOf } from './roles.js';
import * as server from './server.js';
import { EditableCell } from './words.js';

/** `grammar`: there is no server part; `stale`: the server's analysis is of an earlier text. */
export type Source = 'grammar' | 'stale' | 'server' | 'failed';

const AT_ONCE = 40; // ms: several signals of one edit are one
const SETTLED = 300; // ms after the last edit

export class Watch implements IDisposable {
  roles: CellRole[] = [];
  steps = new Map<string, number[]>();
  analysis: server.Analysis | null = null;
  source: Source = 'stale';
  trouble = '';

  constructor(readonly panel: NotebookPanel) {
    panel.content.modelChanged.connect(this.attach, this);
    panel.disposed.connect(this.dispose, this);
    this.attach();
  }

  /** Emitted when roles or analysis are new. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get model(): INotebookModel | null {
    return this.panel.content.model;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    window.clearTimeout(this._soon);
    window.clearTimeout(this._later);
    Signal.clearData(this);
  }

  /** Something was edited. */
  touch(): void {
    if (this._disposed) {
      return;
    }
    this._version += 1;
    if (!this._soon) {
      this._soon = window.setTimeout(() => this.readHere(), AT_ONCE);
    }
    window.clearTimeout(this._later);
    this._later = window.setTimeout(() => void this.askServer(), SETTLED);
  }

  private attach(): void {
    const model = this.model;
    if (model === null) {
      return;
    }
    model.contentChanged.connect(this.touch, this);
    model.metadataChanged.connect(this.touch, this);
    const watchCells = () => {
      for (const cell of model.cells) {
        cell.metadataChanged.disconnect(this.touch, this);
        cell.metadataChanged.connect(this.touch, this);
      }
      this.touch();
    };
    model.cells.changed.connect(watchCells, this);
    watchCells();
  }

  private readHere(): void {
    this._soon = 0;
    const began = performance.now();
    const model = this.model;
    if (model === null || this._disposed) {
      return;
    }
    const cells: CellText[] = [];
    for (const cell of model.cells) {
      cells.push({ code: cell.type === 'code', ...read(cell) });
    }
    this.roles = readRoles(cells);
    this.steps = stepsOf(this.roles);
    if (this.source === 'server') {
      this.source = 'stale';
    }
    this._changed.emit();
    performance.measure('nb2pipe', { start: began }); // a test looks at it: the page must stay fluid
  }

  private async askServer(): Promise<void> {
    const model = this.model;
    if (model === null || this._disposed || this._asking || this.source === 'grammar') {
      return;
    }
    this._asking = true;
    const asked = this._version;
    try {
      const analysis = await server.analyse(this.panel.context.path, content(model));
      this.analysis = analysis;
      this.source = asked === this._version ? 'server' : 'stale';
      this.trouble = '';
    } catch (error) {
      const { status, message } = error as server.ServerError;
      this.source = status === 404 || status === 405 ? 'grammar' : 'failed';
      this.analysis = null;
      this.trouble = message;
    } finally {
      this._asking = false;
    }
    if (this._disposed) {
      return;
    }
    this._changed.emit();
    if (asked !== this._version) {
      window.clearTimeout(this._later);
      this._later = window.setTimeout(() => void this.askServer(), SETTLED);
    }
  }

  private _asking = false;
  private _changed = new Signal<this, void>(this);
  private _disposed = false;
  private _later = 0;
  private _soon = 0;
  private _version = 0;
}

export function read(cell: ICellModel): EditableCell {
  const tags: unknown = cell.getMetadata('tags');
  return {
    tags: Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string') : [],
    source: cell.sharedModel.getSource()
  };
}

/** Write what differs, as one change that can be undone. */
export function write(cell: ICellModel, next: EditableCell): void {
  const now = read(cell);
  cell.sharedModel.transact(() => {
    if (JSON.stringify(now.tags) !== JSON.stringify(next.tags)) {
      if (next.tags.length > 0) {
        cell.setMetadata('tags', next.tags);
      } else {
        cell.deleteMetadata('tags');
      }
    }
    if (now.source !== next.source) {
      cell.sharedModel.setSource(next.source);
    }
  });
}

/** The notebook without outputs, which the analysis does not look at. */
export function content(model: INotebookModel): object {
  const cells = [];
  for (const cell of model.cells) {
    const count = cell.type === 'code' ? { execution_count: (cell as ICodeCellModel).executionCount } : {};
    cells.push({
      cell_type: cell.type,
      id: cell.id,
      metadata: cell.metadata,
      source: cell.sharedModel.getSource(),
      ...count
    });
  }
  return { nbformat: 4, nbformat_minor: 5, metadata: model.metadata, cells };
}
