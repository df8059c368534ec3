// The Content-Security-Policy lets in style elements that carry this answer's nonce, and no others (docs/studio.md).

export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";
}
