/** What the server knows: nb2pipe's own analysis, and checks. */

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

export interface Edit {
  cell: number;
  old: string;
  new: string | null;
}

export interface Diagnostic {
  code: string;
  severity: 'error' | 'warning' | 'notice';
  message: string;
  cell: number | null;
  line: number | null;
  notes: string[];
  fix: { description: string; edits: Edit[] } | null;
}

export interface Step {
  name: string;
  cells: number[];
  inputs: { names: string[]; from: string | null }[];
  outputs: { names: string[]; optional: boolean }[];
  parameters: string[];
  after: string[];
  reads: string[];
  writes: string[];
}

export interface Graph {
  width: number;
  height: number;
  nodes: {
    step: string;
    label: string;
    cells: string;
    x: number;
    y: number;
    width: number;
    height: number;
  }[];
  edges: {
    from: string;
    to: string;
    names: string[];
    label: string;
    path: string;
    x: number | null;
    y: number | null;
  }[];
}

/** The document of nb2pipe/reports/editor.py. Cells count from 1. */
export interface Analysis {
  steps: Step[];
  parameters: { name: string; type: string; default: unknown; comment: string | null; cell: number }[];
  metrics: { name: string; step: string; cell: number; tolerance: { abs: number; rel: number } | null }[];
  diagnostics: Diagnostic[];
  graph: Graph | null;
}

export interface Metric {
  name: string;
  step: string;
  cell: number;
  verdict: string;
  original: number | string | null;
  reproduced: number | string | null;
  allowed: number | string | null;
  reason: string | null;
}

export interface CheckState {
  id: string;
  state: 'running' | 'finished' | 'cancelled';
  lines: string[];
  next: number;
  seconds: number;
  exit_code: number | null;
  report: { passed?: boolean; sentence?: string; metrics?: Metric[]; diagnostics: Diagnostic[] } | null;
}

/** What `nb2pipe tag` proposes. */
export interface Proposal {
  parts: { role: string; name: string | null; cells: number[]; why: string; reads: string[]; hands_over: string[] }[];
  edits: Edit[];
  notes: string[];
  diagnostics: Diagnostic[];
}

/** An answer that is an error; `status` 0 if there was no answer. */
export class ServerError extends Error {
  constructor(
    readonly status: number,
    message: string
  ) {
    super(message);
  }
}

const settings = ServerConnection.makeSettings();

async function ask<T>(path: string, method: string, body?: object): Promise<T> {
  const url = `${URLExt.join(settings.baseUrl, 'nb2pipe')}/${path}`;
  const init: RequestInit = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  let response: Response;
  try {
    response = await ServerConnection.makeRequest(url, init, settings);
  } catch (error) {
    throw new ServerError(0, `no answer from the server: ${(error as Error).message}`);
  }
  const text = await response.text();
  let answer: any = null;
  try {
    answer = text ? JSON.parse(text) : null;
  } catch {
    // a proxy's page, or a server without nb2pipe: the status says enough
  }
  if (!response.ok) {
    throw new ServerError(response.status, answer?.reason || answer?.message || `status ${response.status}`);
  }
  if (text && answer === null) {
    throw new ServerError(404, 'the answer is not nb2pipe’s');
  }
  return answer as T;
}

export function version(): Promise<{ version: string }> {
  return ask('version', 'GET');
}

export function analyse(path: string, notebook: object): Promise<Analysis> {
  return ask('analyse', 'POST', { path, notebook });
}

export function propose(path: string, notebook: object): Promise<Proposal> {
  return ask('propose', 'POST', { path, notebook });
}

export function startCheck(path: string): Promise<CheckState> {
  return ask('checks', 'POST', { path });
}

export function followCheck(id: string, since: number): Promise<CheckState> {
  return ask(`checks/${id}?since=${since}`, 'GET');
}

export function cancelCheck(id: string): Promise<null> {
  return ask(`checks/${id}`, 'DELETE');
}
