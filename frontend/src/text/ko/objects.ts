/** Korean: objects. */
export const objects = {
  'objects.title': '객체',
  'objects.none': '아직 없습니다.',
  'objects.kind': '종류',
  'objects.name': '이름',
  'objects.namespace': '네임스페이스',
  'objects.summary': '상태',
  'objects.version': '버전',
  'objects.all': '모두',
};
