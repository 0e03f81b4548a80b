/** English: objects. */
export const objects = {
  'objects.title': 'Objects',
  'objects.none': 'Nothing of this kind yet.',
  'objects.kind': 'kind',
  'objects.name': 'name',
  'objects.namespace': 'namespace',
  'objects.summary': 'state',
  'objects.version': 'version',
  'objects.all': 'all',
} as const;
