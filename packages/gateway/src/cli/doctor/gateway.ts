import { isRecord } from '../../lib/is-record.ts';
import { urlAt } from '../addresses.ts';
import type { Finding, LocalConfig } from '../local.ts';

const timeoutMs = 3000;

export interface GatewayState {
  isRunning: boolean;
  finding: Finding;
}

/** Whether a gateway of this configuration is running, and what it says of itself. */
export async function examineGateway(http: LocalConfig['http']): Promise<GatewayState> {
  const subject = 'running gateway';
  if (http === undefined || http.port === 0) {
    return {
      isRunning: false,
      finding: { level: 'ok', subject, detail: 'Not looked for: its API has no fixed port.' },
    };
  }
  const url = urlAt(
    `${http.tls ? 'https' : 'http'}://host:${http.port}/readyz`,
    isAny(http.host) ? '127.0.0.1' : http.host,
  );
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    const told = problemsIn(await response.text());
    if (response.ok) return { isRunning: true, finding: { level: 'ok', subject, detail: `${url} says it is ready.` } };
    const isOurs = response.status === 503;
    const detail = isOurs
      ? `It is not ready: ${told}`
      : `${url} answers HTTP ${response.status}: another program is there.`;
    return { isRunning: isOurs, finding: { level: 'problem', subject, detail } };
  } catch (error) {
    const untrusted = certificateFault(error);
    if (untrusted !== undefined) {
      const detail = `${url} answers. Its certificate is not one for this name that this machine trusts (${untrusted}).`;
      return { isRunning: true, finding: { level: 'ok', subject, detail } };
    }
    const isSilent = error instanceof Error && error.name === 'TimeoutError';
    const detail = isSilent ? `${url} does not answer within ${timeoutMs / 1000} s.` : 'None; busbar serve starts it.';
    return { isRunning: false, finding: { level: isSilent ? 'problem' : 'ok', subject, detail } };
  }
}

/** Why the certificate was not accepted, if that was the reason: a server is there, then. */
function certificateFault(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return /CERT|ALTNAME|SIGNATURE/.test(code) ? code : undefined;
}

function isAny(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function problemsIn(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    const problems = isRecord(body) ? (body['problems'] ?? body['message']) : undefined;
    return Array.isArray(problems) ? problems.join('; ') : String(problems ?? 'it does not say why');
  } catch {
    return 'it does not say why';
  }
}
