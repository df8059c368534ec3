// The nonce of style elements: the Content-Security-Policy allows no others (docs/studio.md).

export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";
}
