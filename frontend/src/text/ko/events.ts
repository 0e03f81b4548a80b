/** Korean: events. */
export const events = {
  'events.none': '아직 아무 일도 없었습니다.',
  'events.marks': '이정표',
  'events.flows': '흐름',
  'events.at': '이 순간 보기',
  'events.flow.request': '요청',
  'events.flow.fault': '장애',
  'events.flow.election': '선거',
  'events.flow.eviction': '축출',
  'events.flow.controller': '컨트롤러',
  'events.flow.kubelet': 'kubelet',
  'events.flow.other': '그 밖',
  'events.inFlight': '{count}개 이동 중',
};
