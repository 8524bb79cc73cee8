/** The words of one cell: read, written anew, put right. Tags and comments that are not ours stay as they are. */

import { commentItems, parse, splitTag, stepNameProblem } from './grammar.js';
import { asComment } from './roles.js';

/** What can be read and written of a cell; `ICellModel` as far as it matters here. */
export interface EditableCell {
  tags: string[];
  source: string;
}

/** The known words and slips of a cell as they stand there, tags first. */
export function wordsOf(cell: EditableCell, code: boolean): string[] {
  const tags = cell.tags.flatMap(splitTag).filter(text => parse(text) !== null);
  const comments = code ? commentItems(cell.source).map(item => item.text) : [];
  const known = comments.filter(text => parse(text) !== null).map(plain);
  return [...new Set([...tags, ...known])];
}

/** What was typed into the dialog as words: a bare name is a step's. `problem` says why it cannot be written. */
export function readTyped(text: string): { words: string[]; problem: string | null } {
  const words: string[] = [];
  for (const typed of text.split(/[\s,]+/u).filter(part => part)) {
    const word = parse(typed);
    if (word?.kind === 'word') {
      const problem = word.key === 'step' || word.key === 'after' ? stepNameProblem(word.value) : null;
      if (problem !== null) {
        return { words, problem: `${typed}: ${problem.why}` };
      }
      words.push(word.usual);
    } else if (word?.kind === 'slip') {
      return { words, problem: `${typed}: did you mean ${word.suggestion}?` };
    } else if (stepNameProblem(typed) === null) {
      words.push(`step:${typed}`);
    } else {
      return { words, problem: `${typed}: ${stepNameProblem(typed)!.why}` };
    }
  }
  const roles = words.filter(word => /^(step:|block:|parameters$|imports$|functions$|skip$)/.test(word));
  if (new Set(roles).size > 1) {
    return { words, problem: `${roles.join(' and ')}: a cell has one role` };
  }
  return { words: [...new Set(words)], problem: null };
}

/** The cell with exactly these words. New ones become tags, in a cell that has its words in comments a comment. */
export function withWords(cell: EditableCell, code: boolean, words: readonly string[]): EditableCell {
  const wanted = new Set(words);
  const tags = cell.tags.filter(tag => {
    const texts = splitTag(tag);
    return texts.every(text => parse(text) === null) || texts.every(text => wanted.has(usual(text)));
  });
  tags.flatMap(splitTag).forEach(text => wanted.delete(usual(text)));
  const comments = code ? commentItems(cell.source).filter(item => parse(item.text) !== null) : [];
  if (comments.length === 0) {
    return { tags: [...tags, ...wanted], source: cell.source };
  }
  const kept = comments.map(item => usual(item.text)).filter(word => wanted.has(word));
  const lines = [...new Set([...kept, ...wanted])].map(word => `#| ${asComment(word)}`);
  const ours = new Set(comments.map(item => item.line));
  const foreign = commentItems(cell.source).filter(item => parse(item.text) === null);
  lines.push(...foreign.filter(item => ours.has(item.line)).map(item => `#| ${item.raw}`));
  const first = Math.min(...ours);
  const source = cell.source.split('\n').flatMap((line, index) => {
    return index + 1 === first ? lines : ours.has(index + 1) ? [] : [line];
  });
  return { tags, source: source.join('\n') };
}

/** The cell with one word replaced (`null` removes it): among the tags, or in the comment of that line. */
export function withFix(cell: EditableCell, old: string, fixed: string | null): EditableCell {
  if (old === '') {
    return { ...cell, tags: [...cell.tags, ...(fixed === null ? [] : [fixed])] };
  }
  const at = cell.tags.findIndex(tag => tag === old || splitTag(tag).includes(old));
  if (at >= 0) {
    const texts = cell.tags[at] === old ? [fixed] : splitTag(cell.tags[at]).map(t => (t === old ? fixed : t));
    const tags = [...cell.tags.slice(0, at), ...texts, ...cell.tags.slice(at + 1)];
    return { ...cell, tags: [...new Set(tags.filter((tag): tag is string => tag !== null))] };
  }
  const item = commentItems(cell.source).find(each => each.raw === old);
  if (item === undefined) {
    return cell;
  }
  const lines = cell.source.split('\n');
  const line = lines[item.line - 1];
  const rest = line.slice(item.column + old.length);
  const next = line.slice(0, item.column) + (fixed ?? '') + rest;
  if (fixed === null && commentItems(next).length === 0) {
    lines.splice(item.line - 1, 1);
  } else {
    lines[item.line - 1] = next;
  }
  return { ...cell, source: lines.join('\n') };
}

function usual(text: string): string {
  const word = parse(text);
  return word?.kind === 'word' ? word.usual : text;
}

/** `step: train` without the blank of comments. */
function plain(text: string): string {
  return usual(text);
}
