/** Scenes by their chapters, both in the order of a class. */
import type { SceneInfo } from '../../wire';

export interface Chapter {
  id: string;
  title: SceneInfo['chapter_title'];
  scenes: SceneInfo[];
}

export function chaptersOf(scenes: readonly SceneInfo[]): Chapter[] {
  const chapters = new Map<string, Chapter>();
  for (const scene of scenes) {
    const chapter = chapters.get(scene.chapter) ?? { id: scene.chapter, title: scene.chapter_title, scenes: [] };
    chapter.scenes.push(scene);
    chapters.set(scene.chapter, chapter);
  }
  return [...chapters.values()];
}
