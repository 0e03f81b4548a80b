/** English: shell. */
export const shell = {
  'app.name': 'Orrery',
  'app.skip': 'Skip to the stage',
  'app.lost': 'The connection is lost. Trying again …',
  'app.failed': 'The server does not answer.',
  'app.loading': 'Setting the stage …',

  'view.stage': 'Stage',
  'view.sequence': 'Sequence',
  'view.raft': 'Raft',
  'view.scheduling': 'Schedule',
  'view.objects': 'Objects',
  'view.events': 'Events',
  'view.terminal': 'Terminal',
  'view.compare': 'Compare',
  'view.charts': 'Charts',
  'view.scenes': 'Scenes',
  'view.navigation': 'Views',

  'top.language': 'Language',
  'top.theme.dark': 'Dark theme',
  'top.theme.light': 'Light theme',
  'top.projector': 'Projector',
  'top.panel': 'Panel',
  'top.deploy': 'Run a Deployment',
  'top.yaml': 'Paste YAML',
  'top.fault.heal': 'Heal everything',

  'toast.close': 'Dismiss',
} as const;
