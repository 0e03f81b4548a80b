/** English: events. */
export const events = {
  'events.none': 'Nothing has happened yet.',
  'events.marks': 'Milestones',
  'events.flows': 'Flows',
  'events.at': 'Show this instant',
  'events.flow.request': 'request',
  'events.flow.fault': 'fault',
  'events.flow.election': 'election',
  'events.flow.eviction': 'eviction',
  'events.flow.controller': 'controller',
  'events.flow.kubelet': 'kubelet',
  'events.flow.other': 'other',
  'events.inFlight': '{count} under way',
} as const;
