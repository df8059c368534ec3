// Web addresses inside a text: which there are, and which of them lead nowhere. Pure.
import { findLinks } from "@/ui/text/entities";

// Something that begins like an address and may be none.
const BEGUN = /[a-z][a-z0-9+.-]{0,30}:\/\/[^\s<>"]*/giu;

export function addressesIn(text: string): string[] {
  return findLinks(text).map(({ value }) => value);
}

/** Those that are no http or https address of a host. */
export function badAddresses(text: string): string[] {
  const links = findLinks(text);
  // A link may hold another, and a sentence may go on behind one.
  const begun = [...text.matchAll(BEGUN)].filter(
    ({ index, 0: found }) => !links.some(({ start, end }) => start < index + found.length && index < end),
  );
  return [...begun.map(([found]) => found), ...links.map(({ value }) => value).filter((value) => !isGood(value))];
}

function isGood(address: string): boolean {
  try {
    const url = new URL(/^https?:\/\//i.test(address) ? address : `https://${address}`);
    // A host on the web has a name with a dot; credentials in an address are a trap.
    return /[^.]\.[^.]/.test(url.hostname) && url.username === "" && url.password === "";
  } catch {
    return false;
  }
}
