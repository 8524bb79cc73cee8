/** A check of one notebook: begun, followed line by line, cancelled. */

import { ISignal, Signal } from '@lumino/signaling';
import * as server from './server.js';

const PAUSE = 400; // ms between questions

export class CheckRun {
  lines: string[] = [];
  state: server.CheckState | null = null;
  trouble = '';
  began = Date.now();

  constructor(readonly path: string) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get running(): boolean {
    return this.trouble === '' && (this.state === null || this.state.state === 'running');
  }

  /** Steps done and all steps, as the last line that counts them says. */
  get progress(): [number, number] | null {
    for (const line of [...this.lines].reverse()) {
      const match = /^\s*(\d+) of (\d+)\b/.exec(line);
      if (match !== null) {
        return [Number(match[1]), Number(match[2])];
      }
      if (line.trim()) {
        return null; // what is counted begins anew
      }
    }
    return null;
  }

  async run(): Promise<void> {
    try {
      this.take(await server.startCheck(this.path));
      while (this.running) {
        await new Promise(resolve => window.setTimeout(resolve, PAUSE));
        this.take(await server.followCheck(this.state!.id, this.state!.next));
      }
    } catch (error) {
      this.trouble = (error as server.ServerError).message;
      this._changed.emit();
    }
  }

  async cancel(): Promise<void> {
    if (this.state !== null && this.running) {
      await server.cancelCheck(this.state.id).catch(() => undefined);
    }
  }

  private take(state: server.CheckState): void {
    this.lines.push(...state.lines);
    this.state = state;
    this._changed.emit();
  }

  private _changed = new Signal<this, void>(this);
}
