import { expect, it } from 'vitest';
import type { SceneInfo } from '../../wire';
import { chaptersOf } from './chapters';

const scene = (id: string, chapter: string): SceneInfo => ({
  id, chapter, chapter_title: { ko: chapter, en: chapter }, title: { ko: id, en: id }, text: { ko: '', en: '' }, steps: 3, own_cluster: false,
});

it('puts scenes under their chapters, both in the order in which they come', () => {
  const chapters = chaptersOf([scene('first', 'whole'), scene('second', 'whole'), scene('crash', 'failure'), scene('third', 'whole')]);
  expect(chapters.map((chapter) => [chapter.id, chapter.scenes.map((each) => each.id)])).toEqual([
    ['whole', ['first', 'second', 'third']],
    ['failure', ['crash']],
  ]);
});
