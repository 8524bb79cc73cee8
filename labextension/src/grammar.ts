/**
 * The words of tags and of `#|` comments, as nb2pipe/tags/grammar.py reads them. tests/grammar.json holds what Python
 * makes of a few hundred words; both languages are held to it.
 */

export interface Word {
  kind: 'word';
  /** Without aliases. */
  key: string;
  /** As typed; empty if the word is bare. */
  value: string;
  /** The usual spelling. */
  usual: string;
}

/** A word that is most likely meant to be `suggestion`. */
export interface Slip {
  kind: 'slip';
  suggestion: string;
}

/** One item of a `#|` comment: what stands there, and with the key whose list it continues. */
export interface CommentItem {
  line: number;
  column: number;
  raw: string;
  text: string;
}

const BARE: Record<string, string> = {
  parameters: 'parameters',
  imports: 'imports',
  functions: 'functions',
  metrics: 'metrics',
  skip: 'skip',
  'pipeline-parameters': 'parameters',
  'pipeline-metrics': 'metrics',
  'skip-execution': 'skip'
};
const KEYED: Record<string, string> = {
  step: 'step',
  after: 'after',
  in: 'in',
  out: 'out',
  metric: 'metric',
  cache: 'cache',
  block: 'step',
  prev: 'after'
};
// one slip is too much for two or three letters; these are what people write instead
const SHORT: Record<string, string> = {};
for (const word of ['input', 'inputs', 'ni', 'inn', 'iin']) {
  SHORT[word] = 'in';
}
for (const word of ['output', 'outputs', 'ouput', 'otu', 'uot', 'ou', 'ot', 'outt', 'oout', 'ouut']) {
  SHORT[word] = 'out';
}

const SEPARATOR = /\s*[:=]\s*/u;
const LETTER = '[\\p{L}\\p{N}_]';
const GLUED = new RegExp(`^(step|metric)\\s*[\\s;.,_-]\\s*(${LETTER}.*)$`, 'iu');
const COMMENT = /^\s*#\s*\|\s*/u;
const LINE_END = /\r\n|\r|\n/u;

function own<T>(table: Record<string, T>, key: string): T | undefined {
  return Object.prototype.hasOwnProperty.call(table, key) ? table[key] : undefined;
}

/** The word that a tag or an item of a comment is, `null` if it is foreign. */
export function parse(tag: string): Word | Slip | null {
  const text = tag.normalize('NFKC').trim();
  const separator = SEPARATOR.exec(text);
  if (separator === null) {
    return parseBare(text);
  }
  const key = text.slice(0, separator.index).trim();
  const value = text.slice(separator.index + separator[0].length);
  const known = key.toLowerCase();
  const keyed = own(KEYED, known);
  if (keyed !== undefined) {
    return { kind: 'word', key: keyed, value, usual: `${known}:${value}` };
  }
  const bare = own(BARE, known);
  if (bare !== undefined) {
    if (!value) {
      return { kind: 'word', key: bare, value: '', usual: known };
    }
    return { kind: 'slip', suggestion: known === 'metrics' ? `metric:${value}` : known };
  }
  const long = Object.keys(KEYED).filter(word => word.length > 3);
  const near = own(SHORT, known) ?? closest(known, long, 1);
  if (near === null || known.length < 2) {
    return null;
  }
  return { kind: 'slip', suggestion: `${near}:${value}` };
}

function parseBare(text: string): Word | Slip | null {
  const known = text.toLowerCase();
  const bare = own(BARE, known);
  if (bare !== undefined) {
    return { kind: 'word', key: bare, value: '', usual: known };
  }
  if (known === 'step' || known === 'block') {
    return { kind: 'word', key: 'step', value: '', usual: known };
  }
  if (known === 'metric') {
    return { kind: 'slip', suggestion: 'metrics' };
  }
  const glued = GLUED.exec(text);
  if (glued !== null) {
    return { kind: 'slip', suggestion: `${glued[1].toLowerCase()}:${glued[2]}` };
  }
  const near = known.length > 3 ? closest(known, Object.keys(BARE), 1) : null;
  return near === null ? null : { kind: 'slip', suggestion: near };
}

/** The items of a tag: `in:a,b` is `in:a` and `in:b`, though Jupyter allows no comma. */
export function splitTag(tag: string): string[] {
  return tag.includes(',') ? items(tag, 0, 0).map(item => item.text) : [tag];
}

/** The items of the `#|` lines among the comments at the top of a cell (a cell magic may stand above them). */
export function commentItems(source: string): CommentItem[] {
  const found: CommentItem[] = [];
  if (!source.includes('|')) {
    return found;
  }
  let number = 0;
  for (const line of source.split(LINE_END)) {
    number += 1;
    const match = COMMENT.exec(line);
    if (match !== null) {
      found.push(...items(line, match[0].length, number));
      continue;
    }
    const start = line.trimStart();
    if (start && !start.startsWith('#') && !start.startsWith('%%')) {
      break;
    }
  }
  return found;
}

/** The items between commas. One without a key continues the list before it, unless that takes one value only. */
function items(text: string, start: number, line: number): CommentItem[] {
  const found: CommentItem[] = [];
  let key = '';
  for (const part of text.slice(start).matchAll(/[^,]+/gu)) {
    const raw = part[0].trim();
    if (!raw) {
      continue;
    }
    const separator = SEPARATOR.exec(raw);
    if (separator !== null) {
      key = raw.slice(0, separator.index);
    }
    const wordOfItsOwn = takesOneValue(key) && parseBare(raw) !== null;
    const continues = separator === null && key !== '' && !wordOfItsOwn;
    const column = start + part.index! + part[0].indexOf(raw);
    found.push({ line, column, raw, text: continues ? `${key}:${raw}` : raw });
  }
  return found;
}

/** Whether a comment's key is `step`, be it misspelled. */
function takesOneValue(key: string): boolean {
  const known = key.trim().toLowerCase();
  const meant = own(KEYED, known) ?? closest(known, ['step', 'block'], 1);
  return meant === 'step' || meant === 'block';
}

const NAME = new RegExp(`^${LETTER}[\\p{L}\\p{N}_-]*$`, 'u');
const RESERVED = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/i;
const LONGEST = 80;

/** What is wrong with a step's name, and a name that would do. */
export function stepNameProblem(name: string): { why: string; better: string | null } | null {
  const length = [...name].length;
  if (!name) {
    return { why: 'the name is missing', better: null };
  }
  if (RESERVED.test(name)) {
    return { why: 'Windows reserves that name', better: `${name}_step` };
  }
  if (NAME.test(name) && length <= LONGEST) {
    return null;
  }
  if (length > LONGEST) {
    const cut = [...name].slice(0, LONGEST).join('');
    return { why: `it is longer than ${LONGEST} characters`, better: NAME.test(cut) ? cut : null };
  }
  const slug = name.replace(/[^\p{L}\p{N}_-]+/gu, '_').replace(/^[_-]+|[_-]+$/g, '');
  const better = slug && stepNameProblem(slug) === null ? slug : null;
  return { why: "use letters, digits, '_' and '-'", better };
}

/** What cannot be read in the value of `metric:`, or `null`. */
export function metricProblem(value: string): string | null {
  const [name, ...bounds] = value.split(/±|\+\/?-/u);
  if (!name.trim()) {
    return 'the name of the metric is missing';
  }
  if (/^\p{Nd}/u.test(name.trim())) {
    return `'${name.trim()}' is no name of a metric`;
  }
  for (const bound of bounds) {
    const text = bound.trim();
    const number = text.endsWith('%') ? text.slice(0, -1).trim() : text;
    if (/^[+-]?(inf|infinity|nan)$/i.test(number) || /^-[^-]/.test(number)) {
      return `'${text}' is no tolerance`;
    }
    if (!/^\+?(\d+(_\d+)*(\.(\d+(_\d+)*)?)?|\.\d+(_\d+)*)(e[+-]?\d+(_\d+)*)?$/i.test(number)) {
      return text ? `'${text}' is no number` : 'the tolerance is missing';
    }
  }
  return null;
}

/** What cannot be read in the value of `cache:`, or `null`. */
export function cacheProblem(value: string): string | null {
  const known = ['on', 'yes', 'true', 'enabled', 'off', 'no', 'false', 'none', 'disabled'];
  return known.includes(value.trim().toLowerCase()) ? null : `'${value}' is neither 'on' nor 'off'`;
}

/** What cannot be read in the value of `in:` or `out:`, or `null`. */
export function variableProblem(value: string): string | null {
  if (!value) {
    return 'the name is missing';
  }
  return /^[\p{ID_Start}_]\p{ID_Continue}*$/u.test(value) ? null : `'${value}' is no variable`;
}

/** Damerau-Levenshtein: letters added, left out, changed, or swapped. */
function distance(a: string, b: string): number {
  let last: number[] = [];
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    last = before;
    before = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j], last[j - 2] + 1);
      }
    }
  }
  return row[b.length];
}

/** The known word nearest to `word`, at most `slips` away; case and `-` for `_` count less than a letter. */
export function closest(word: string, known: readonly string[], slips: number): string | null {
  const plain = (text: string) => text.toLowerCase().replaceAll('-', '_');
  let best: [number, number, string] | null = null;
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) > slips) {
      continue;
    }
    const near: [number, number, string] = [
      distance(plain(word), plain(candidate)),
      distance(word, candidate),
      candidate
    ];
    if (near[0] <= slips && (best === null || less(near, best))) {
      best = near;
    }
  }
  return best === null ? null : best[2];
}

function less(a: [number, number, string], b: [number, number, string]): boolean {
  return a[0] !== b[0] ? a[0] < b[0] : a[1] !== b[1] ? a[1] < b[1] : a[2] < b[2];
}
