/** The dialog in which a cell gets its words: a line of text, the known words below it, what Enter will do. */

import { Dialog, showDialog } from '@jupyterlab/apputils';
import { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { h } from './dom.js';
import { parse } from './grammar.js';
import { readTyped } from './words.js';

export interface Option {
  word: string;
  about: string;
}

const LATE = 1000; // ms

const BARE: Option[] = [
  { word: 'parameters', about: 'values that people vary; papermill sets them' },
  { word: 'imports', about: 'imports and settings that several steps need' },
  { word: 'functions', about: 'functions and classes that several steps need' },
  { word: 'metrics', about: 'the numbers that this cell computes are checked' },
  { word: 'skip', about: 'not part of the pipeline: a look at the data' }
];
const KEYED: Option[] = [
  { word: 'step:', about: 'begins or continues the step of that name' },
  { word: 'metric:', about: 'one number with its tolerance, such as metric:accuracy±1%' },
  { word: 'after:', about: 'runs after that step, though it reads nothing of it' },
  { word: 'in:', about: 'a variable that the step must read' },
  { word: 'out:', about: 'a variable that the step must hand over' },
  { word: 'cache:off', about: 'the step runs each time' }
];

/** The words that fit a notebook with these steps, likely ones first. */
export function options(steps: readonly string[], metrics: readonly string[]): Option[] {
  return [
    ...steps.map(step => ({ word: `step:${step}`, about: 'continues this step' })),
    ...BARE,
    ...KEYED,
    ...metrics.map(name => ({ word: `metric:${name}`, about: 'a metric of this notebook' })),
    ...steps.map(step => ({ word: `after:${step}`, about: 'runs after this step' }))
  ];
}

/** Ask for the words of a cell; `null` if the user leaves it. */
export async function askForWords(cell: number, words: readonly string[], known: Option[]): Promise<string[] | null> {
  const body = new WordsInput(words.join(' '), known);
  const dialog = new Dialog({
    title: `Tag cell ${cell}`,
    body,
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: 'Tag' })],
    focusNodeSelector: 'input'
  });
  body.accepted = () => dialog.resolve(1);
  const answer = await dialog.launch();
  if (!answer.button.accept || answer.value === null) {
    return null;
  }
  const { words: given, problem } = readTyped(answer.value);
  if (problem !== null) {
    await showDialog({ title: 'Not written', body: problem, buttons: [Dialog.okButton()] });
    return null;
  }
  return given;
}

/** A combobox as the ARIA practices have it: nothing is chosen until an arrow key chooses it. */
class WordsInput extends Widget implements Dialog.IBodyWidget<string> {
  accepted: () => void = () => undefined;

  constructor(
    text: string,
    private known: Option[]
  ) {
    super();
    this.addClass('nb2pipe-words');
    this.input.value = text;
    this.node.append(
      h('label', { for: 'nb2pipe-words-input' }, 'A step’s name, or words of the grammar; blanks between them'),
      this.input,
      this.said,
      this.list
    );
    this.input.addEventListener('input', () => this.filter());
    this.input.addEventListener('keydown', event => this.key(event));
    this.input.addEventListener('blur', event => this.keepFocus(event));
  }

  getValue(): string {
    return this.input.value;
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.opened = performance.now();
    this.filter(true);
    this.input.select();
  }

  /** A cell that was scrolled to just now takes the focus late, in JupyterLab 4.2: not from here. */
  private keepFocus(event: FocusEvent): void {
    const mine = this.node.closest('.jp-Dialog')?.contains(event.relatedTarget as Node | null) ?? true;
    if (!mine && performance.now() - this.opened < LATE) {
      this.input.focus();
    }
  }

  /** Show the options that contain the word at the cursor. */
  private filter(all = false): void {
    const [start, end] = this.wordAtCursor();
    const typed = all ? '' : this.input.value.slice(start, end).toLowerCase();
    const word = typed ? parse(typed) : null;
    const meant = word?.kind === 'slip' ? [{ word: word.suggestion, about: 'did you mean this?' }] : [];
    const near = this.known.filter(option => option.word.toLowerCase().includes(typed) && option.word !== typed);
    this.shown = [...meant, ...near];
    this.list.hidden = this.shown.length === 0;
    this.input.setAttribute('aria-expanded', String(this.shown.length > 0));
    this.chosen = -1;
    this.list.replaceChildren(...this.shown.map((option, index) =>
      h('li', { id: `nb2pipe-option-${index}`, role: 'option', 'aria-selected': 'false',
        mousedown: event => { event.preventDefault(); this.take(index); } },
        h('span', { class: 'nb2pipe-option-word' }, option.word), h('span', { class: 'nb2pipe-sub' }, option.about))));
    this.tell();
  }

  private key(event: KeyboardEvent): void {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      this.choose(event.key === 'ArrowDown' ? 1 : -1);
    } else if (event.key === 'Tab' && !event.shiftKey && (this.chosen >= 0 || (this.typing() && this.shown.length > 0))) {
      this.take(Math.max(this.chosen, 0));
    } else if (event.key === 'Enter') {
      if (this.chosen >= 0) {
        this.take(this.chosen);
      }
      if (readTyped(this.input.value).problem === null && !/:$/.test(this.input.value)) {
        this.accepted();
      }
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** Whether the word at the cursor is only a part of one that is offered. */
  private typing(): boolean {
    const [start, end] = this.wordAtCursor();
    return end > start && this.edited;
  }

  private choose(by: number): void {
    const { length } = this.shown;
    if (length === 0) {
      return;
    }
    this.chosen = this.chosen < 0 && by < 0 ? length - 1 : (this.chosen + by + length) % length;
    [...this.list.children].forEach((item, index) => {
      item.setAttribute('aria-selected', String(index === this.chosen));
    });
    this.list.children[this.chosen].scrollIntoView({ block: 'nearest' });
    this.tell();
  }

  /** Put an option in the place of the word at the cursor; of a selected text, in the place of all. */
  private take(index: number): void {
    const { word } = this.shown[index];
    const whole = this.input.selectionStart !== this.input.selectionEnd;
    const [start, end] = whole ? [0, this.input.value.length] : this.wordAtCursor();
    this.input.setRangeText(word, start, end, 'end');
    this.edited = true;
    this.filter();
    this.input.focus();
  }

  private wordAtCursor(): [number, number] {
    const { value } = this.input;
    const cursor = this.input.selectionEnd ?? value.length;
    const start = cursor - /\S*$/.exec(value.slice(0, cursor))![0].length;
    return [start, cursor + /^\S*/.exec(value.slice(cursor))![0].length];
  }

  /** What Enter does now. */
  private tell(): void {
    const { words, problem } = readTyped(this.input.value);
    const chosen = this.shown[this.chosen]?.word;
    const result = words.length ? `Enter writes ${words.join(', ')}` : 'Enter removes nb2pipe’s tags from this cell';
    this.said.textContent = chosen !== undefined ? `Enter takes ${chosen}` : problem ?? result;
    this.said.classList.toggle('nb2pipe-bad', chosen === undefined && problem !== null);
    this.input.setAttribute('aria-activedescendant', this.chosen < 0 ? '' : `nb2pipe-option-${this.chosen}`);
    this.input.setAttribute('aria-invalid', String(problem !== null));
  }

  private chosen = -1;
  private opened = 0;
  private edited = false;
  private shown: Option[] = [];
  private list = h('ul', { class: 'nb2pipe-options', id: 'nb2pipe-options', role: 'listbox', 'aria-label': 'Known words' });
  private said = h('p', { class: 'nb2pipe-says', role: 'status' });
  private input = h('input', { id: 'nb2pipe-words-input', class: 'jp-mod-styled', type: 'text', role: 'combobox',
    autocomplete: 'off', spellcheck: 'false', 'aria-autocomplete': 'list', 'aria-controls': 'nb2pipe-options',
    'aria-expanded': 'true', input: () => { this.edited = true; } });
}
