/** Korean: scenes. */
export const scenes = {
  'scene.playing': '{steps}걸음 중 {step}',
  'scene.done': '끝',
  'scene.failed': '멈춤',

  'scenes.title': '장면',
  'scenes.lead': '살아 있는 클러스터에서 펼치는 작은 연극입니다. 장면마다 무언가를 하고, 이어지는 일을 기다리고, 무엇을 볼지 알려 줍니다. 모두 실제로 일어나는 일입니다.',
  'scenes.steps': '{count}걸음',
  'scenes.own': '전용 클러스터에서',
  'scenes.again': '다시',
  'scenes.toStage': '무대로',
  'scenes.start': '시작',
  'scenes.none': '준비된 장면이 없습니다.',
  'scenes.started': '장면을 시작했습니다.',
};
