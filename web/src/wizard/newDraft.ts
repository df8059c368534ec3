// The local id of this tab's new post. Apart from the drafts themselves, because the router needs it.
const CURRENT = "araldo.new-post";

/** Return the id of this tab's new post. It is kept across reloads until it is forgotten. */
export function currentNewDraft(): string {
  const stored = sessionStorage.getItem(CURRENT);
  if (stored) return stored;
  const id = `new-${crypto.getRandomValues(new Uint32Array(2)).join("")}`;
  sessionStorage.setItem(CURRENT, id);
  return id;
}

/** Make the next new post of this tab another one; the last one stays among the local drafts. */
export function startNewDraft(): void {
  sessionStorage.removeItem(CURRENT);
}

/** Make `draftId` this tab's new post. */
export function resumeNewDraft(draftId: string): void {
  sessionStorage.setItem(CURRENT, draftId);
}

/** Let the next new post get another id, if `draftId` is this tab's. */
export function forgetNewDraft(draftId: string): void {
  if (sessionStorage.getItem(CURRENT) === draftId) startNewDraft();
}
