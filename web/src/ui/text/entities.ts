// Links, hashtags and mentions in a text, by the server's rules (src/araldo/entities/finder.py); both are tested with
// tests/cases/entities.json. Each pattern reads a character a bounded number of times. Pure.
import { COUNTRY_TLDS, GENERIC_TLDS } from "@/ui/text/topLevelDomains";

export interface Entity {
  kind: "link" | "hashtag" | "mention";
  /** In UTF-16 code units. */
  start: number;
  end: number;
  /** With its `#` or `@`; an address as it was written. */
  value: string;
}

const ALPHABET = String.raw`\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}0-9`;
const HAS_NO_SPACES = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}`;
const LABEL = String.raw`[\p{L}\p{N}][\p{L}\p{M}\p{N}_\-]*`;

const LINK_START = new RegExp(
  String.raw`(?<scheme>(?<![A-Za-z0-9])[Hh][Tt][Tt][Pp][Ss]?:\/\/)` +
    String.raw`|(?<![${ALPHABET}@＠#＃&=%+~$\\\/.:\-])(?<bare>[${ALPHABET}][${ALPHABET}\-]*(?:\.[${ALPHABET}\-]+)+)`,
  "gu",
);
const AUTHORITY = new RegExp(
  String.raw`(?:[\p{L}\p{N}._~%!$&'*+;=:\-]*@)?(?:\[[0-9A-Fa-f:.]+\]|(?<host>${LABEL}(?:\.${LABEL})*))`,
  "uy",
);
const PORT = /:[0-9]{1,5}(?![0-9])/uy;
const ALONGSIDE_ASCII = new RegExp(String.raw`(?<=\.[A-Za-z]{2,63})[${HAS_NO_SPACES}][^.]*$`, "u");
// What may follow the host. Everything else ends a link: spaces, quotes, emoji, CJK punctuation.
const PATH_CHARACTERS = /[\p{L}\p{M}\p{N}\-._~:/?#@!$&'*+,;=%|’‘–—·]*/uy;
const CLOSING: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };
// Deeper nesting ends a link: the bound keeps the time linear for unclosed brackets.
const BRACKETS_MAX = 4;
const ENDS_A_SENTENCE = ".,;:!?'’‘*~|–—·";

const HASHTAG = /[#＃]((?:(?![\uFE00-\uFE0F])[\p{L}\p{Mn}\p{Mc}\p{N}_]|[\u200C\u200D](?=[\p{L}\p{M}]))+)/gu;
const MENTION = /[@＠]([A-Za-z0-9_](?:[A-Za-z0-9_.]*[A-Za-z0-9_])?)/gu;
// A variation selector or keycap after an emoji is not part of a word.
const ENDS_BEFORE_HASHTAG = /(?![\uFE00-\uFE0F\p{Me}])[\p{L}\p{M}\p{N}_&]$/u;
const ENDS_BEFORE_MENTION = /(?![\uFE00-\uFE0F\p{Me}])[\p{L}\p{M}\p{N}_#＃$%&@＠/]$/u;
const AFTER_MENTION = new RegExp(`[${ALPHABET}@＠]`, "uy");

/** Return the entities in text order; they do not overlap. */
export function findEntities(text: string): Entity[] {
  const links = findLinks(text);
  let next = 0;
  const others = [...hashtagsIn(text), ...mentionsIn(text)].sort((one, other) => one.start - other.start);
  const free = others.filter(({ start, end }) => {
    while (next < links.length && (links[next]?.end ?? 0) <= start) next += 1;
    return (links[next]?.start ?? Infinity) >= end;
  });
  return [...links, ...free].sort((one, other) => one.start - other.start);
}

export function findHashtags(text: string): Entity[] {
  return findEntities(text).filter(({ kind }) => kind === "hashtag");
}

export function findMentions(text: string): Entity[] {
  return findEntities(text).filter(({ kind }) => kind === "mention");
}

export function findLinks(text: string): Entity[] {
  const found: Entity[] = [];
  let at = 0;
  for (let start = matchAt(LINK_START, text, at); start; start = matchAt(LINK_START, text, at)) {
    const begun = start.index + start[0].length;
    const bare = start.groups?.["bare"];
    let end = bare === undefined ? schemedEnd(text, begun) : bareEnd(text, bare, begun);
    // _https://example.com/a_ is emphasis in Markdown.
    if (end !== null && text[end - 1] === "_" && text[start.index - 1] === "_") end -= 1;
    if (end !== null) found.push({ kind: "link", start: start.index, end, value: text.slice(start.index, end) });
    at = Math.max(begun, end ?? 0);
  }
  return found;
}

/** Return whether `#tag` is exactly one hashtag: letters, marks, digits and _, with at least one letter. */
export function isHashtag(tag: string): boolean {
  const [found] = hashtagsIn(`#${tag}`);
  return found?.value === `#${tag}`;
}

/** Return a form that is equal for tags which platforms treat as one: without `#`, case and width. */
export function foldHashtag(tag: string): string {
  const bare = tag.trim().replace(/^[#＃]+/u, "");
  return bare.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC");
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Return the end of the link whose authority begins at `at`; null without a host. */
function schemedEnd(text: string, at: number): number | null {
  const authority = matchAt(AUTHORITY, text, at);
  if (!authority) return null;
  let end = at + authority[0].length;
  const host = authority.groups?.["host"];
  if (host !== undefined) {
    // Text may follow the address without a space, or a mark of emphasis.
    const other = ALONGSIDE_ASCII.exec(host);
    if (other) return end - host.length + other.index;
    const trimmed = host.replace(/[-_]+$/, "");
    if (trimmed.length < host.length) return end - host.length + trimmed.length;
  }
  end += matchAt(PORT, text, end)?.[0].length ?? 0;
  return pathEnd(text, end);
}

/** Return the end of a link without a scheme; null for words with a full stop between them. */
function bareEnd(text: string, host: string, begun: number): number | null {
  const trimmed = host.replace(/-+$/, "");
  if (trimmed.length < host.length) return isWebName(trimmed, false) ? begun - host.length + trimmed.length : null;
  if (text[begun] === "@" || text[begun] === "_") return null;
  const port = matchAt(PORT, text, begun)?.[0].length ?? 0;
  const end = text[begun + port] === "/" ? begun + port : begun;
  return isWebName(host, text[end] === "/") ? pathEnd(text, end) : null;
}

function isWebName(host: string, hasPath: boolean): boolean {
  const labels = host.split(".");
  if (labels.some((label) => label === "" || label.startsWith("-") || label.endsWith("-"))) return false;
  const last = labels.at(-1) ?? "";
  const top = last.toLowerCase();
  if (labels.length > 2 && labels[0]?.toLowerCase() === "www") return top.length > 1;
  // Not "finito.Se" (a missing space) or "p.es" (an abbreviation).
  if (last !== top && last !== top.toUpperCase()) return false;
  return GENERIC_TLDS.has(top) || (COUNTRY_TLDS.has(top) && ((labels.at(-2) ?? "").length > 1 || hasPath));
}

/** Return the end of the path, query and fragment at `at`: brackets in pairs, without closing punctuation. */
function pathEnd(text: string, at: number): number {
  if (!"/?#".includes(text[at] ?? " ")) return at;
  let end = bracketsEnd(text, at);
  while (ENDS_A_SENTENCE.includes(text[end - 1] ?? " ")) end -= 1;
  return end;
}

/** Return the position of the first unpaired bracket, or of the first character that no address has. */
function bracketsEnd(text: string, at: number): number {
  const unclosed: number[] = [];
  for (let end = at; ; end += 1) {
    end += matchAt(PATH_CHARACTERS, text, end)?.[0].length ?? 0;
    const bracket = text[end] ?? " ";
    if ("([{".includes(bracket) && unclosed.length < BRACKETS_MAX) unclosed.push(end);
    else if (CLOSING[bracket] === undefined || text[unclosed.pop() ?? -1] !== CLOSING[bracket])
      return unclosed[0] ?? end;
  }
}

function hashtagsIn(text: string): Entity[] {
  const found: Entity[] = [];
  for (const match of text.matchAll(HASHTAG)) {
    const start = match.index;
    // #uno#due are two hashtags.
    const begins = found.at(-1)?.end === start || !ENDS_BEFORE_HASHTAG.test(text.slice(Math.max(0, start - 2), start));
    const isTag = begins && /\p{L}/u.test(match[1] ?? "");
    if (isTag) found.push({ kind: "hashtag", start, end: start + match[0].length, value: match[0] });
  }
  return found;
}

function mentionsIn(text: string): Entity[] {
  return [...text.matchAll(MENTION)].flatMap((match): Entity[] => {
    const start = match.index;
    const end = start + match[0].length;
    const inWord = ENDS_BEFORE_MENTION.test(text.slice(Math.max(0, start - 2), start));
    if (inWord || matchAt(AFTER_MENTION, text, end)) return [];
    return [{ kind: "mention", start, end, value: match[0] }];
  });
}
