// Web addresses inside a text: which there are, and which of them lead nowhere. Pure.

// Something like a scheme, or a name that begins like one on the web; what ends a sentence is not part of it.
const ADDRESS = /(?:[a-z][a-z0-9+.-]*:\/\/|www\.)[^\s<>"]*/giu;
const TAIL = /[.,;:!?'")\]}»”’]+$/u;

export function addressesIn(text: string): string[] {
  return [...text.matchAll(ADDRESS)].map(([found]) => found.replace(TAIL, ""));
}

/** Those that are no http or https address of a host. */
export function badAddresses(text: string): string[] {
  return addressesIn(text).filter((address) => !isGood(address));
}

function isGood(address: string): boolean {
  try {
    const url = new URL(/^www\./i.test(address) ? `https://${address}` : address);
    const isWeb = url.protocol === "https:" || url.protocol === "http:";
    // A host on the web has a name with a dot; credentials in an address are a trap.
    return isWeb && /[^.]\.[^.]/.test(url.hostname) && url.username === "" && url.password === "";
  } catch {
    return false;
  }
}
