/** Korean: time. */
export const time = {
  'speed.cinematic': '영화 속도',
  'speed.real-time': '실시간',
  'speed.fastest': '최고 속도',
  'speed.label': '속도',
  'speed.rate': '×{rate}',
  'speed.still': '정지',

  'clock.label': '가상 시각',
  'clock.seed': '씨앗 {seed}',
  'clock.digest': '지문 {digest}',
  'clock.live': '현재로 돌아가기',
  'clock.waiting': '요청 {count}개가 문 앞에서 기다립니다',

  'transport.play': '재생',
  'transport.pause': '일시 정지',
  'transport.step.event': '다음 사건까지',
  'transport.step.message': '다음 메시지까지',
  'transport.step.milestone': '다음 이정표까지',
  'transport.stepMenu': '걸음의 크기',
  'transport.skip': '기다림 건너뛰기',

  'time.bar': '시간 줄: 끌어서 지난 순간을 봅니다',
  'time.term': '임기 {term}',
  'time.noLeader': '리더 없음',
  'time.all': '전체',
  'time.recent': '최근 몇 분',
  'time.s': '{value}초',
  'time.ms': '{value} ms',
  'time.us': '{value} µs',
  'time.min': '{min}분 {s}초',
};
