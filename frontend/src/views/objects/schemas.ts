/** The schemas of kinds, each asked for once. */
import { api } from '../../state/api';
import { Schemas } from './schema';

const known = new Map<string, Promise<Schemas | null>>();

export function schemasOf(version: string, kind: string): Promise<Schemas | null> {
  const name = `${version} ${kind}`;
  let found = known.get(name);
  if (!found) {
    found = api.schema(version, kind).then(
      (reply) => new Schemas(reply),
      () => {
        known.delete(name);
        return null;
      },
    );
    known.set(name, found);
  }
  return found;
}
