// The registry of commands: the palette, the list of shortcuts and the key handler all read it. Pure.
import type { Permission } from "@/api/session";
import { isCharacterShortcut, type Shortcut } from "@/app/commands/shortcuts";
import { MOVE_KEY } from "@/calendar/moveKey";
import type { MessageKey } from "@/i18n/keys";

export type Overlay = "palette" | "shortcuts";

/** What a command can do. */
export interface CommandContext {
  /** `to`: a path of the studio. */
  navigate: (to: CommandPath) => void;
  openOverlay: (overlay: Overlay) => void;
  /** Open a page of this server in a new tab. */
  openTab: (path: string) => void;
}

export type CommandPath =
  | "/"
  | "/posts/new"
  | "/calendar"
  | "/posts"
  | "/posts/import"
  | "/library"
  | "/accounts"
  | "/brand"
  | "/settings"
  | "/settings/members"
  | "/settings/posting-times"
  | "/settings/webhooks"
  | "/settings/audit";

export const GROUPS = ["actions", "pages"] as const;
export type CommandGroup = (typeof GROUPS)[number];

export interface Command {
  id: string;
  group: CommandGroup;
  label: MessageKey;
  /** Each runs the command. */
  shortcuts?: readonly Shortcut[];
  /** Without it the command is not offered. */
  permission?: Permission;
  /** Not in the palette, which it opens. */
  isHiddenInPalette?: boolean;
  run: (context: CommandContext) => void;
}

function page(to: CommandPath, label: MessageKey, more: Pick<Command, "shortcuts" | "permission"> = {}): Command {
  return { id: to, group: "pages", label, run: ({ navigate }) => navigate(to), ...more };
}

export const COMMANDS: readonly Command[] = [
  {
    id: "create",
    group: "actions",
    label: "app:createPost",
    shortcuts: [["c"]],
    permission: "draft",
    run: ({ navigate }) => navigate("/posts/new"),
  },
  {
    id: "import",
    group: "actions",
    label: "commands:label.import",
    permission: "draft",
    run: ({ navigate }) => navigate("/posts/import"),
  },
  {
    id: "palette",
    group: "actions",
    label: "app:commands.search",
    shortcuts: [["mod+k"], ["/"]],
    isHiddenInPalette: true,
    run: ({ openOverlay }) => openOverlay("palette"),
  },
  {
    id: "shortcuts",
    group: "actions",
    label: "app:commands.shortcuts",
    shortcuts: [["?"]],
    run: ({ openOverlay }) => openOverlay("shortcuts"),
  },
  { id: "help", group: "actions", label: "app:user.help", run: ({ openTab }) => openTab("/docs") },
  page("/", "app:nav.home", { shortcuts: [["g", "h"]] }),
  page("/calendar", "app:nav.calendar", { shortcuts: [["g", "c"]] }),
  page("/posts", "app:nav.posts", { shortcuts: [["g", "p"]] }),
  page("/library", "app:nav.media", { shortcuts: [["g", "l"]] }),
  page("/accounts", "app:nav.accounts", { shortcuts: [["g", "a"]] }),
  page("/brand", "commands:label.brand", { shortcuts: [["g", "b"]], permission: "manage" }),
  page("/settings", "app:nav.settings", { shortcuts: [["g", "s"]] }),
  page("/settings/members", "commands:label.members"),
  page("/settings/posting-times", "commands:label.postingTimes", { permission: "manage" }),
  page("/settings/webhooks", "commands:label.webhooks", { permission: "manage" }),
  page("/settings/audit", "commands:label.audit", { permission: "manage" }),
];

/** Keys that a component handles itself while it has the focus; only listed. */
export const FOCUS_KEYS: readonly { label: MessageKey; shortcut: Shortcut }[] = [
  { label: "commands:label.movePost", shortcut: [MOVE_KEY] },
];

/** Return the commands that a person with these permissions may run, with the shortcuts that are on. */
export function offeredCommands(permissions: readonly Permission[], hasCharacters: boolean): Command[] {
  return COMMANDS.filter(({ permission }) => permission === undefined || permissions.includes(permission)).map(
    ({ shortcuts = [], ...command }) => ({
      ...command,
      shortcuts: shortcuts.filter((shortcut) => hasCharacters || !isCharacterShortcut(shortcut)),
    }),
  );
}
