/** English: scenes. */
export const scenes = {
  'scene.playing': 'step {step} of {steps}',
  'scene.done': 'finished',
  'scene.failed': 'stopped',

  'scenes.title': 'Scenes',
  'scenes.start': 'Start',
  'scenes.none': 'No scenes are installed.',
  'scenes.started': 'The scene has begun.',
} as const;
