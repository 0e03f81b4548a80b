/** English: time. */
export const time = {
  'speed.cinematic': 'Cinematic',
  'speed.real-time': 'Real time',
  'speed.fastest': 'Fastest',
  'speed.label': 'Speed',
  'speed.rate': '×{rate}',
  'speed.still': 'still',

  'clock.label': 'Virtual time',
  'clock.seed': 'seed {seed}',
  'clock.digest': 'digest {digest}',
  'clock.live': 'Back to live',
  'clock.waiting': '{count} requests wait at the door',

  'transport.play': 'Play',
  'transport.pause': 'Pause',
  'transport.step.event': 'Next event',
  'transport.step.message': 'Next message',
  'transport.step.milestone': 'Next milestone',
  'transport.stepMenu': 'How far to step',
  'transport.skip': 'Skip the waiting',

  'time.bar': 'Time line: drag to look at any past instant',
  'time.term': 'term {term}',
  'time.noLeader': 'no leader',
  'time.all': 'Whole run',
  'time.recent': 'Last minutes',
  'time.s': '{value} s',
  'time.ms': '{value} ms',
  'time.us': '{value} µs',
  'time.min': '{min} min {s} s',
} as const;
