/** What takes a fault back. */
import type { FaultRequest } from '../wire';

export function inverseOf(request: FaultRequest): FaultRequest | null {
  const { component, host, peer } = request;
  switch (request.fault) {
    case 'crash-process':
      return { fault: 'restart-process', component: component ?? null };
    case 'hang-process':
      return { fault: 'resume-process', component: component ?? null };
    case 'crash-host':
      return { fault: 'restart-host', host: host ?? null };
    case 'cut-link':
    case 'slow-link':
    case 'drop-link':
      return { fault: 'heal-link', host: host ?? null, peer: peer ?? null };
    case 'partition':
      return { fault: 'heal-links' };
    case 'skew-clock':
      return request.skew_ms === 0 ? null : { fault: 'skew-clock', host: host ?? null, skew_ms: 0 };
    case 'slow-disk':
      return request.extra_ms === 0 ? null : { fault: 'heal-disk', host: host ?? null };
    case 'fill-disk':
      return { fault: 'heal-disk', host: host ?? null };
    default:
      return null;
  }
}
