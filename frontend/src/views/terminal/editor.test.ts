import { describe, expect, it } from 'vitest';
import { placeAfter, width } from './cells';
import { completionOf, Editor } from './editor';
import { keysOf } from './keys';

function press(editor: Editor, data: string): Editor {
  for (const key of keysOf(data)) {
    if (key.kind === 'text') editor.insert(key.text);
    else editor.obey(key.what);
  }
  return editor;
}

const after = (data: string) => {
  const editor = press(new Editor(), data);
  return [editor.beforeCursor, editor.text.slice(editor.beforeCursor.length)];
};

describe('the line', () => {
  it('is edited as in a shell', () => {
    expect(after('kubctl\x1b[D\x1b[D\x1b[De')).toEqual(['kube', 'ctl']);
    expect(after('one two\x01\x1b[3~')).toEqual(['', 'ne two']);
    expect(after('one two\x17')).toEqual(['one ', '']);
    expect(after('one two\x01\x0b')).toEqual(['', '']);
    expect(after('one two\x15\x19\x19')).toEqual(['one twoone two', '']);
    expect(after('get -o wide\x1bb\x1bb')).toEqual(['get -', 'o wide']);
    expect(after('a b\x1b[H\x1b[1;5C')).toEqual(['a', ' b']);
  });

  it('counts a Hangul syllable as one character', () => {
    expect(after('안녕\x7f')).toEqual(['안', '']);
    expect(after('안녕\x1b[D하')).toEqual(['안하', '녕']);
  });

  it('remembers what was typed, once, and keeps what is half typed', () => {
    const editor = new Editor();
    for (const line of ['first', 'second', 'second']) {
      editor.set(line);
      editor.take();
    }
    expect(editor.history).toEqual(['first', 'second']);
    press(editor, 'half\x1b[A');
    expect(editor.text).toBe('second');
    press(editor, '\x1b[A\x1b[A');
    expect(editor.text).toBe('first');
    press(editor, '\x1b[B\x1b[B\x1b[B');
    expect(editor.text).toBe('half');
  });

  it('searches backwards, again and again', () => {
    const editor = new Editor(['kubectl get pods', 'etcdctl get /', 'kubectl get nodes']);
    press(editor, '\x12get');
    expect(editor.text).toBe('kubectl get nodes');
    press(editor, '\x12');
    expect(editor.text).toBe('etcdctl get /');
    press(editor, '\x12\x12');
    expect([editor.text, editor.search?.query]).toEqual(['kubectl get pods', 'get']);
    press(editor, '\x05!');
    expect([editor.text, editor.search]).toEqual(['kubectl get pods!', null]);
  });

  it('takes a completion in place of what was typed', () => {
    const editor = press(new Editor(), 'cat we | wc\x01\x1b[1;5C\x1b[1;5C');
    editor.replaceFrom(4, 'web.yaml ');
    expect(editor.text).toBe('cat web.yaml  | wc');
  });
});

describe('keys', () => {
  it('are told apart, pasted lines among them', () => {
    expect(keysOf('ls\r\necho 안녕\r')).toEqual([
      { kind: 'text', text: 'ls' },
      { kind: 'do', what: 'enter' },
      { kind: 'text', text: 'echo 안녕' },
      { kind: 'do', what: 'enter' },
    ]);
    expect(keysOf('\x1b[A\x03\x1bOH')).toEqual(['up', 'interrupt', 'home'].map((what) => ({ kind: 'do', what })));
  });
});

describe('cells', () => {
  it('are two for what is wide', () => {
    expect([width('kube'), width('파드'), width('a파b')]).toEqual([4, 4, 4]);
  });

  it('wrap at the edge, wide ones before it', () => {
    expect(placeAfter('abcd', 10)).toEqual({ row: 0, column: 4 });
    expect(placeAfter('a'.repeat(10), 10)).toEqual({ row: 1, column: 0 });
    expect(placeAfter('aaaaaaaaa파', 10)).toEqual({ row: 1, column: 2 });
  });
});

describe('completion', () => {
  it('fills in what is sure and offers the rest', () => {
    expect(completionOf('jo', ['journalctl'])).toEqual({ text: 'journalctl ', show: false });
    expect(completionOf('/var/l', ['/var/lib/'])).toEqual({ text: '/var/lib/', show: false });
    expect(completionOf('w', ['worker-1', 'worker-2'])).toEqual({ text: 'worker-', show: false });
    expect(completionOf('worker-', ['worker-1', 'worker-2'])).toEqual({ text: 'worker-', show: true });
    expect(completionOf('x', [])).toEqual({ text: 'x', show: false });
  });
});
