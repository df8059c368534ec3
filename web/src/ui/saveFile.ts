// Saves what the page has made or loaded as a file of the person's.

/** Long enough for the browser to open the data; there is no event for it. */
const REVOKE_MS = 60_000;

export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_MS);
}
