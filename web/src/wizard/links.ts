// Links in a text, and those that do not open. Pure.
import { findLinks } from "@/ui/text/entities";

// What begins like an address and may not be a valid one.
const WITH_SCHEME = /[a-z][a-z0-9+.-]{0,30}:\/\/[^\s<>"]*/giu;

export function findAddresses(text: string): string[] {
  return findLinks(text).map(({ value }) => value);
}

/** Return the addresses that are not an http or https address of a host. */
export function findInvalidAddresses(text: string): string[] {
  const links = findLinks(text);
  // A link may contain another one, and text may follow it without a space.
  const others = [...text.matchAll(WITH_SCHEME)].filter(
    ({ index, 0: found }) => !links.some(({ start, end }) => start < index + found.length && index < end),
  );
  return [...others.map(([found]) => found), ...links.map(({ value }) => value).filter((value) => !isValid(value))];
}

function isValid(address: string): boolean {
  try {
    const url = new URL(/^https?:\/\//i.test(address) ? address : `https://${address}`);
    // A public host name has a dot; credentials in an address are refused.
    return /[^.]\.[^.]/.test(url.hostname) && url.username === "" && url.password === "";
  } catch {
    return false;
  }
}
