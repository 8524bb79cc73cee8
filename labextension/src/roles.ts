/** From tags and comments to the role of each cell: what can be seen in the page, at once and without the server. */

import {
  cacheProblem,
  commentItems,
  metricProblem,
  parse,
  splitTag,
  stepNameProblem,
  variableProblem,
  Word
} from './grammar.js';

/** A cell as far as roles go. */
export interface CellText {
  code: boolean;
  tags: readonly string[];
  source: string;
}

/** Something wrong with one word; `fixed` is what it should be, where that is known. */
export interface Problem {
  raw: string;
  message: string;
  fixed: string | null;
  /** Line in the cell (from 1) if the word stands in a comment. */
  line: number | null;
}

export type Role = 'step' | 'parameters' | 'imports' | 'functions' | 'skip' | 'head' | 'text';

export interface CellRole {
  role: Role;
  step: string | null;
  /** Whether the cell itself names its step. */
  tagged: boolean;
  metrics: boolean;
  problems: Problem[];
}

interface Mark {
  word: Word;
  raw: string;
  line: number | null;
}

const SETUP = ['parameters', 'imports', 'functions', 'skip'];

/** One role per cell, in order. */
export function readRoles(cells: readonly CellText[]): CellRole[] {
  let inForce: string | null = null;
  return cells.map(cell => {
    const problems: Problem[] = [];
    const marks = readMarks(cell, problems).filter(mark => usable(mark, problems));
    if (!cell.code) {
      return { role: 'text', step: null, tagged: false, metrics: false, problems };
    }
    const claim = readClaim(marks, problems);
    const metrics = marks.some(mark => mark.word.key === 'metrics');
    const measured = metrics || marks.some(mark => mark.word.key === 'metric');
    if (claim !== null && claim.word.key !== 'step') {
      misplaced(claim, marks, problems);
      return { role: claim.word.key as Role, step: null, tagged: false, metrics: measured, problems };
    }
    if (claim !== null) {
      inForce = stepName(claim.word);
    } else if (metrics && inForce === null) {
      inForce = 'metrics';
    }
    const role: Role = inForce === null ? 'head' : 'step';
    if (role === 'head') {
      misplaced(null, marks, problems);
    }
    tolerances(marks, problems);
    return { role, step: inForce, tagged: claim !== null, metrics: measured, problems };
  });
}

/** The names of steps in order of appearance, with their cells (from 0). */
export function stepsOf(roles: readonly CellRole[]): Map<string, number[]> {
  const steps = new Map<string, number[]>();
  roles.forEach((role, index) => {
    if (role.step !== null) {
      steps.set(role.step, [...(steps.get(role.step) ?? []), index]);
    }
  });
  return steps;
}

/** `step:train` as it is written in a comment. */
export function asComment(tag: string): string {
  return tag.replace(/^([^:]+):/u, '$1: ');
}

function readMarks(cell: CellText, problems: Problem[]): Mark[] {
  const marks: Mark[] = [];
  const mark = (text: string, raw: string, line: number | null) => {
    const word = parse(text);
    if (word?.kind === 'word') {
      marks.push({ word, raw, line });
    } else if (word?.kind === 'slip') {
      const fixed = line === null ? word.suggestion : asComment(word.suggestion);
      problems.push({ raw, line, fixed, message: `unknown tag '${raw}'` });
      const meant = parse(word.suggestion);
      if (meant?.kind === 'word') {
        marks.push({ word: meant, raw, line });
      }
    }
  };
  for (const tag of new Set(cell.tags)) {
    const texts = splitTag(tag);
    const whole = texts.length === 1 || texts.every(text => parse(text)?.kind === 'word');
    texts.forEach(text => mark(text, whole ? tag : text, null));
  }
  if (cell.code) {
    commentItems(cell.source).forEach(item => mark(item.text, item.raw, item.line));
  }
  return marks;
}

function usable({ word, raw, line }: Mark, problems: Problem[]): boolean {
  const report = (why: string, fixed: string | null) => {
    problems.push({ raw, line, fixed, message: `'${raw}': ${why}` });
  };
  if (word.key === 'step' || word.key === 'after') {
    const problem = stepNameProblem(word.value);
    if (problem === null) {
      return true;
    }
    const better = problem.better === null ? null : word.usual.replace(word.value, problem.better);
    report(problem.why, better === null || line === null ? better : asComment(better));
    return problem.better !== null;
  }
  const why =
    word.key === 'in' || word.key === 'out'
      ? variableProblem(word.value)
      : word.key === 'metric'
        ? metricProblem(word.value)
        : word.key === 'cache'
          ? cacheProblem(word.value)
          : null;
  if (why !== null) {
    report(why, null);
  }
  return why === null;
}

/** The mark that gives the cell its role. */
function readClaim(marks: readonly Mark[], problems: Problem[]): Mark | null {
  const claims = marks.filter(mark => SETUP.includes(mark.word.key) || mark.word.key === 'step');
  const execution = claims.find(mark => mark.word.usual === 'skip-execution');
  if (execution !== undefined || claims.length === 0) {
    return execution ?? null; // Jupyter's own word, beside which any of ours may stand
  }
  const [first] = claims;
  const other = claims.find(mark => meaning(mark) !== meaning(first));
  if (other !== undefined) {
    const message = `'${first.raw}' and '${other.raw}' on one cell: a cell has one role`;
    problems.push({ raw: other.raw, line: other.line, fixed: null, message });
  }
  return first;
}

/** Words that belong to steps, on a cell that is part of none. */
function misplaced(claim: Mark | null, marks: readonly Mark[], problems: Problem[]): void {
  const stray = marks.find(mark => ['in', 'out', 'after', 'metrics'].includes(mark.word.key));
  if (stray !== undefined && claim?.word.usual !== 'skip-execution') {
    const message = `'${stray.raw}' belongs to steps, and the cell is part of none`;
    problems.push({ raw: stray.raw, line: stray.line, fixed: null, message });
  }
}

/** One metric, two tolerances. */
function tolerances(marks: readonly Mark[], problems: Problem[]): void {
  const seen = new Map<string, string>();
  for (const { word, raw, line } of marks.filter(mark => mark.word.key === 'metric')) {
    const name = word.value.split(/±|\+\/?-/u)[0].trim();
    const before = seen.get(name) ?? word.value;
    if (before.replace(/\s/g, '') !== word.value.replace(/\s/g, '')) {
      problems.push({ raw, line, fixed: null, message: `'${raw}': a metric has one tolerance` });
    }
    seen.set(name, before);
  }
}

function meaning(mark: Mark): string {
  return mark.word.key === 'step' ? `step:${stepName(mark.word)}` : mark.word.key;
}

function stepName(word: Word): string {
  return stepNameProblem(word.value)?.better ?? word.value;
}
