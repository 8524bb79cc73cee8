// The TypeScript reads words, comments and roles as Python does: grammar.json is Python's word (scripts/grammar_table.py).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as grammar from '../.test/grammar.js';
import { readRoles } from '../.test/roles.js';
import { readTyped, withFix, withWords, wordsOf } from '../.test/words.js';

const table = JSON.parse(readFileSync(new URL('grammar.json', import.meta.url), 'utf-8'));

function agree(name, read) {
  test(name, () => {
    for (const [given, expected] of table[name]) {
      assert.deepEqual(read(given), expected, JSON.stringify(given));
    }
  });
}

agree('parse', grammar.parse);
agree('split', grammar.splitTag);
agree('comments', source => grammar.commentItems(source).map(item => [item.line, item.column, item.raw, item.text]));
agree('names', name => {
  const problem = grammar.stepNameProblem(name);
  return problem === null ? null : [problem.why, problem.better];
});
agree('metrics', value => grammar.metricProblem(value) === null);
agree('caches', value => grammar.cacheProblem(value) === null);
agree('variables', value => grammar.variableProblem(value) === null);
agree('roles', cells =>
  readRoles(cells.map(([type, tags, source]) => ({ code: type === 'code', tags, source }))).map(role => [
    role.role, role.step, role.tagged, role.metrics, role.problems.length > 0
  ])
);

test('what is typed is words: a bare name is a step', () => {
  assert.deepEqual(readTyped('train metric:auc±1%'), { words: ['step:train', 'metric:auc±1%'], problem: null });
  assert.deepEqual(readTyped('imports').words, ['imports']);
  assert.match(readTyped('setp:x').problem, /did you mean step:x/);
  assert.match(readTyped('step:a imports').problem, /one role/);
  assert.match(readTyped('step:').problem, /name is missing/);
});

test('a cell’s words are replaced, foreign tags and comments stay', () => {
  const cell = { tags: ['hide-input', 'step:a', 'metric:auc'], source: 'x = 1' };
  assert.deepEqual(wordsOf(cell, true), ['step:a', 'metric:auc']);
  assert.deepEqual(withWords(cell, true, ['step:b', 'metric:auc']).tags, ['hide-input', 'metric:auc', 'step:b']);
  assert.deepEqual(withWords(cell, true, []).tags, ['hide-input']);
});

test('words that stand in comments are written in comments', () => {
  const cell = { tags: [], source: '#| export\n#| step: a, skip\nx = 1' };
  assert.equal(withWords(cell, true, ['step:b']).source, '#| export\n#| step: b\nx = 1');
  assert.equal(withWords(cell, true, []).source, '#| export\nx = 1');
  assert.deepEqual(withWords({ tags: [], source: 'x' }, true, ['step:b']), { tags: ['step:b'], source: 'x' });
});

test('a fix replaces one word where it stands', () => {
  assert.deepEqual(withFix({ tags: ['a', 'setp:x'], source: '' }, 'setp:x', 'step:x').tags, ['a', 'step:x']);
  assert.deepEqual(withFix({ tags: ['in:a,b'], source: '' }, 'in:b', 'in:c').tags, ['in:a', 'in:c']);
  assert.equal(withFix({ tags: [], source: '#| setp: x\ny' }, 'setp: x', 'step: x').source, '#| step: x\ny');
  assert.deepEqual(withFix({ tags: ['a'], source: '' }, 'a', null).tags, []);
});
