/** A refusal of the API server, in its own words, cut into what is wrong with which field. */

export interface Problem {
  /** Empty: the whole object. */
  path: string;
  text: string;
}

const CAUSE = /(?:^|, |\[|: )([\w$][\w.$/[\]"@-]*): ((?:Invalid value|Required value|Unsupported value|Forbidden|Duplicate value|Not found|Too long|Too many|Internal error|must not|must be)(?:(?!, [\w$][\w.$/[\]"@-]*: (?:Invalid value|Required value|Unsupported value|Forbidden|Duplicate value|Not found|Too long|Too many|Internal error)).)*)/g;

export function problemsIn(message: string): Problem[] {
  const found: Problem[] = [];
  for (const [, path, text] of message.matchAll(CAUSE)) found.push({ path: path!, text: text!.replace(/\]$/, '') });
  for (const [, kind, path] of message.matchAll(/(unknown|duplicate) field "([^"]+)"/g)) found.push({ path: path!, text: `${kind} field "${path}"` });
  const unmarshal = /json: cannot unmarshal (\S+) into Go (?:struct field \w+\.([\w.]+)|value) of type (\S+)/.exec(message);
  if (unmarshal) found.push({ path: unmarshal[2] ?? '', text: unmarshal[0].replace('json: ', '') });
  if (/the object has been modified/.test(message)) found.push({ path: 'metadata.resourceVersion', text: message });
  return found.length > 0 ? found : [{ path: '', text: message }];
}
