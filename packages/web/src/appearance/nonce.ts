/**
 * The nonce that this page's own `<style>` elements carry (Content Security Policy Level 3, section 7.2). The server writes a
 * fresh one into the page for every answer; without it (the development server) styles are not restricted.
 */
export function readNonce(document: Document): string | undefined {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
  return nonce === '' || nonce === '__CSP_NONCE__' ? undefined : nonce;
}

/** Hands the nonce to the scroll lock behind dialogs, which looks for it under this global name. */
export function publishNonce(nonce: string | undefined): void {
  if (nonce !== undefined) Object.assign(globalThis, { __webpack_nonce__: nonce });
}
