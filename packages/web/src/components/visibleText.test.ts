import { describe, expect, it } from 'vitest';
import { flowing, textOf, visibleText } from './visibleText.ts';

describe('visibleText', () => {
  it.each([
    ['plain text stays', 'plain text stays'],
    ['Grüße 日本 👍🏽', 'Grüße 日本 👍🏽'],
    ['<b onclick=x>', '<b onclick=x>'],
    ['a\u0000b\u001b[31m', 'a⟨U+0000⟩b⟨U+001B⟩[31m'],
    ['a\r\nb\tc', 'a⟨U+000D⟩↵b⇥c'],
    ['\u007f', '⟨U+007F⟩'],
    ['\u0085', '⟨U+0085⟩'],
    ['exe.\u202Egpj', 'exe.⟨U+202E⟩gpj'],
    ['ad\u200Bmin', 'ad⟨U+200B⟩min'],
    ['\uFEFFx', '⟨U+FEFF⟩x'],
    ['\u{E0041}', '⟨U+E0041⟩'],
  ])('%j is shown as %j', (text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  it('keeps line feeds and tabs, but no other control, where lines are kept', () => {
    expect(visibleText('a\n\tb\r', { keepLines: true })).toBe('a\n\tb⟨U+000D⟩');
  });
});

describe('textOf', () => {
  it.each([
    [null, ''],
    [undefined, ''],
    ['x', 'x'],
    [0, '0'],
    [false, 'false'],
    [{ a: [1] }, '{"a":[1]}'],
  ])('%j is %j', (value, text) => {
    expect(textOf(value)).toBe(text);
  });
});

describe('flowing', () => {
  it.each([
    ['one\ntwo', 'one two'],
    ['one \n  two\n', 'one two'],
    ['one\ntwo\n\nthree\nfour', 'one two\n\nthree four'],
    ['one', 'one'],
  ])('%j is %j', (text, shown) => {
    expect(flowing(text)).toBe(shown);
  });
});
