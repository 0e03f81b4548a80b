/** English: scenes. */
export const scenes = {
  'scene.playing': 'step {step} of {steps}',
  'scene.done': 'finished',
  'scene.failed': 'stopped',

  'scenes.title': 'Scenes',
  'scenes.lead': 'Small plays on the living cluster: each does something, waits for what follows, and says what to watch. What it does is real.',
  'scenes.steps': '{count} steps',
  'scenes.own': 'on a cluster of its own',
  'scenes.again': 'Again',
  'scenes.toStage': 'To the stage',
  'scenes.start': 'Start',
  'scenes.none': 'No scenes are installed.',
  'scenes.started': 'The scene has begun.',
} as const;
