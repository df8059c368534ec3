// Shortcuts: what was pressed, what it completes; the registry has no two commands for one shortcut.
import { describe, expect, it } from "vitest";

import { COMMANDS, FOCUS_KEYS, offeredCommands } from "@/app/commands/commands";
import { matchesWords } from "@/app/commands/matchesWords";
import { keyLabels, matchKey, nameOfKey, type KeyPress } from "@/app/commands/shortcuts";

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  timeStamp: 0,
  ...held,
});

const SHORTCUTS = [["c"], ["g", "c"], ["g", "h"], ["mod+k"]];

describe("a key press", () => {
  it.each([
    ["C with caps lock", press("C"), "c"],
    ["? with shift", press("?", { shiftKey: true }), "?"],
    ["/ with shift, as on Italian keyboards", press("/", { shiftKey: true }), "/"],
    ["Control+K", press("k", { ctrlKey: true }), "mod+k"],
    ["Control+Shift+K, the browser's", press("K", { ctrlKey: true, shiftKey: true }), null],
    ["Command+K elsewhere than on a Mac", press("k", { metaKey: true }), null],
    ["Shift+C", press("C", { shiftKey: true }), null],
    ["Alt+C", press("c", { altKey: true }), null],
  ])("%s", (_, pressed, name) => expect(nameOfKey(pressed, false)).toBe(name));

  it("Command is the modifier on a Mac", () => {
    expect(nameOfKey(press("k", { metaKey: true }), true)).toBe("mod+k");
    expect(nameOfKey(press("k", { ctrlKey: true }), true)).toBeNull();
  });
});

describe("a sequence", () => {
  const begun = matchKey(SHORTCUTS, null, "g", 0);

  it("is completed by its second key", () => {
    expect(begun).toEqual({ shortcut: null, pending: { keys: ["g"], at: 0 } });
    expect(matchKey(SHORTCUTS, begun.pending, "c", 1_000)).toEqual({ shortcut: ["g", "c"], pending: null });
  });

  it("ends after a while: then the second key stands for itself", () => {
    expect(matchKey(SHORTCUTS, begun.pending, "c", 2_000).shortcut).toEqual(["c"]);
  });

  it("ends with a key that does not continue it, which runs nothing", () => {
    expect(matchKey([...SHORTCUTS, ["x"]], begun.pending, "x", 100)).toEqual({ shortcut: null, pending: null });
  });
});

describe("the registry", () => {
  const shortcuts = COMMANDS.flatMap((command) => command.shortcuts ?? []);

  it("has each shortcut once, and none that begins another", () => {
    const written = [...shortcuts, ...FOCUS_KEYS.map(({ shortcut }) => shortcut)].map((keys) => keys.join(" "));
    expect(new Set(written).size).toBe(written.length);
    expect(written.filter((one) => written.some((other) => other.startsWith(`${one} `)))).toEqual([]);
  });

  it("finds every shortcut by its own keys", () => {
    for (const shortcut of shortcuts) {
      let step = matchKey(shortcuts, null, shortcut[0] ?? "", 0);
      for (const key of shortcut.slice(1)) step = matchKey(shortcuts, step.pending, key, 0);
      expect(step.shortcut).toEqual(shortcut);
    }
  });

  it("can do without single characters: the palette has a combination too", () => {
    const others = offeredCommands(["read", "draft", "publish", "manage"], false);
    expect(others.flatMap(({ shortcuts = [] }) => shortcuts)).toEqual([["mod+k"]]);
    expect(others).toHaveLength(COMMANDS.length);
  });

  it("offers what the permissions allow", () => {
    const ids = offeredCommands(["read"], true).map(({ id }) => id);
    expect(ids).toContain("/calendar");
    expect(ids).not.toContain("create");
    expect(ids).not.toContain("/settings/webhooks");
    expect(offeredCommands(["read", "draft", "publish", "manage"], true).map(({ id }) => id)).toEqual(
      COMMANDS.map(({ id }) => id),
    );
  });
});

describe("a label", () => {
  it.each([
    ["Crea post", "cre", true],
    ["Crea post", "post cr", true],
    ["Área de calendario", "area", true],
    ["Calendar", "lendar", false],
    ["Calendar", "", true],
    ["Calendar", "(.*", true],
  ])("%s by %s: %s", (label, typed, found) => expect(matchesWords(label, typed)).toBe(found));
});

it("names the keys as they are printed", () => {
  expect(keyLabels(["mod+k"], false)).toEqual(["Ctrl", "K"]);
  expect(keyLabels(["mod+k"], true)).toEqual(["⌘", "K"]);
  expect(keyLabels(["g", "c"], false)).toEqual(["G", "C"]);
});
