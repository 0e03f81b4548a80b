/** Korean: scenes. */
export const scenes = {
  'scene.playing': '{steps}걸음 중 {step}',
  'scene.done': '끝',
  'scene.failed': '멈춤',

  'scenes.title': '장면',
  'scenes.start': '시작',
  'scenes.none': '준비된 장면이 없습니다.',
  'scenes.started': '장면을 시작했습니다.',
};
