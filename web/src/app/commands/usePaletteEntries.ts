// What the palette offers for the typed words: commands at once, posts as the server finds them.
import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { postsQuery } from "@/api/posts";
import { GROUPS, type Command, type CommandContext, type CommandGroup } from "@/app/commands/commands";
import { matchesWords } from "@/app/commands/matchesWords";
import type { Shortcut } from "@/app/commands/shortcuts";
import { useMessages } from "@/i18n/useMessages";
import { postTitle } from "@/ui/post/title";
import { stateLabel } from "@/ui/StatusBadge";

export interface PaletteEntry {
  id: string;
  label: string;
  note?: string;
  shortcut?: Shortcut;
  run: () => void;
}

export interface PaletteGroup {
  name: CommandGroup | "posts";
  entries: PaletteEntry[];
}

const DEBOUNCE_MS = 250;
const POSTS_SHOWN = 6;

/** `status`: what to say below the list; null when it says everything. */
export function usePaletteEntries(
  commands: readonly Command[],
  words: string,
  context: CommandContext,
): { groups: PaletteGroup[]; status: string | null } {
  const { t } = useMessages();
  const posts = useFoundPosts(words.trim());
  const matching = commands
    .filter(({ isHiddenInPalette }) => !isHiddenInPalette)
    .map((command) => ({ ...command, text: t(command.label) }))
    .filter(({ text }) => matchesWords(text, words));
  const groups: PaletteGroup[] = GROUPS.map((name) => ({
    name,
    entries: matching
      .filter(({ group }) => group === name)
      .map(({ id, text, shortcuts, run }) => ({
        id,
        label: text,
        ...(shortcuts?.[0] ? { shortcut: shortcuts[0] } : {}),
        run: () => run(context),
      })),
  }));
  const found = [...groups, { name: "posts" as const, entries: posts.entries }].filter(
    ({ entries }) => entries.length > 0,
  );
  if (posts.hasFailed) return { groups: found, status: t("commands:notSearched") };
  if (posts.isSearching) return { groups: found, status: t("commands:searching") };
  return { groups: found, status: found.length === 0 ? t("commands:nothing", { words: words.trim() }) : null };
}

function useFoundPosts(words: string): { entries: PaletteEntry[]; isSearching: boolean; hasFailed: boolean } {
  const { t } = useMessages();
  const navigate = useNavigate();
  const [searched] = useDebouncedValue(words, DEBOUNCE_MS);
  const query = useInfiniteQuery({
    ...postsQuery({ q: searched, limit: POSTS_SHOWN }),
    // Results of other words would be opened by mistake.
    placeholderData: undefined,
    enabled: searched !== "",
  });
  if (words === "") return { entries: [], isSearching: false, hasFailed: false };
  const isSearching = words !== searched || query.isPending;
  const [page] = isSearching ? [] : (query.data?.pages ?? []);
  const entries = (page?.data ?? []).map((post) => ({
    id: post.job_id,
    label: postTitle(post) || t("post:untitled"),
    note: stateLabel(post.status, t),
    run: () => void navigate({ to: "/posts/$id", params: { id: post.job_id } }),
  }));
  const seeAll = {
    id: "all-posts",
    label: t("commands:allPosts", { words }),
    run: () => void navigate({ to: "/posts", search: { q: words } }),
  };
  return { entries: page?.has_more ? [...entries, seeAll] : entries, isSearching, hasFailed: query.isError };
}
