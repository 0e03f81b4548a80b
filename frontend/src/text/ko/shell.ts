/** Korean: shell. */
export const shell = {
  'app.name': 'Orrery',
  'app.skip': '무대로 건너뛰기',
  'app.lost': '연결이 끊어졌습니다. 다시 연결하는 중…',
  'app.failed': '서버가 응답하지 않습니다.',
  'app.loading': '무대를 준비하는 중…',

  'view.stage': '무대',
  'view.sequence': '순서',
  'view.raft': 'Raft',
  'view.scheduling': '스케줄',
  'view.objects': '객체',
  'view.events': '사건',
  'view.terminal': '터미널',
  'view.compare': '비교',
  'view.charts': '차트',
  'view.scenes': '장면',
  'view.navigation': '화면 선택',

  'top.language': '언어',
  'top.theme.dark': '어두운 테마',
  'top.theme.light': '밝은 테마',
  'top.projector': '투영',
  'top.panel': '패널',
  'top.deploy': '디플로이먼트 실행',
  'top.yaml': 'YAML 붙여넣기',
  'top.fault.heal': '모두 복구',

  'toast.close': '닫기',
};
