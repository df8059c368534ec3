// What needs attention, what is at work, what comes next, and what is not finished.
import { Group, Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck, Plug, Plus, Sparkles } from "lucide-react";
import { useState } from "react";

import { accountsQuery } from "@/api/accounts";
import { postsQuery, type Post, type PostFilter } from "@/api/posts";
import { Attention } from "@/home/Attention";
import { useWords } from "@/i18n/useWords";
import { EmptyState } from "@/ui/EmptyState";
import { LinkButton } from "@/ui/LinkButton";
import { Loading } from "@/ui/Loading";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { PostRows } from "@/ui/post/PostRows";
import { STATUSES, type View } from "@/ui/post/shown";
import { ProblemAlert } from "@/ui/ProblemAlert";

const SHOWN = 5;
const AHEAD_MS = 7 * 24 * 60 * 60 * 1000;
const BUSY_MS = 4_000;

export function HomePage() {
  const { t } = useWords();
  const [until] = useState(() => new Date(Date.now() + AHEAD_MS).toISOString());
  const accounts = useQuery(accountsQuery);
  const attention = useSome({ status: STATUSES.attention, limit: SHOWN });
  const busy = useSome({ status: STATUSES.busy, limit: SHOWN });
  const coming = useSome({ status: STATUSES.scheduled, until, limit: 100 });
  const drafts = useSome({ status: STATUSES.drafts, limit: SHOWN });
  const all = useSome({ limit: 1 });
  const asked = [accounts, attention, busy, coming, drafts, all];
  const failed = asked.find(({ error }) => error);
  return (
    <>
      <PageHead title={t("home:title")} />
      {failed ? (
        <ProblemAlert error={failed.error} retry={() => asked.forEach((one) => void one.refetch())} />
      ) : asked.some(({ isPending }) => isPending) ? (
        <Loading />
      ) : all.posts.length === 0 ? (
        <Begin connected={(accounts.data ?? []).length > 0} />
      ) : (
        <Stack gap="lg">
          <Attention accounts={accounts.data ?? []} posts={attention.posts} />
          {busy.posts.length > 0 && <Some view="busy" title={t("home:busy")} posts={busy.posts} none="" />}
          <Some view="scheduled" title={t("home:coming")} posts={soonest(coming.posts)} none={t("home:noneComing")} />
          <Some view="drafts" title={t("home:drafts")} posts={drafts.posts} none={t("home:noDrafts")} />
        </Stack>
      )}
    </>
  );
}

function useSome(filter: PostFilter) {
  const list = useInfiniteQuery({
    ...postsQuery(filter),
    // What is at work is about to change what is shown everywhere here.
    refetchInterval: ({ state }) => (state.data?.pages.some(({ data }) => data.some(isBusy)) ? BUSY_MS : false),
  });
  return { ...list, posts: list.data?.pages.flatMap(({ data }) => data) ?? [] };
}

function isBusy({ status }: Post): boolean {
  return status === "publishing";
}

function soonest(posts: readonly Post[]): Post[] {
  const due = ({ schedule_time }: Post) => Date.parse(schedule_time ?? "");
  return posts.toSorted((one, other) => due(one) - due(other)).slice(0, SHOWN);
}

interface SomeProps {
  view: View;
  title: string;
  posts: readonly Post[];
  /** Said instead of an empty list. */
  none: string;
}

function Some({ view, title, posts, none }: SomeProps) {
  const { t } = useWords();
  return (
    <Panel
      title={title}
      action={
        <Link to="/posts" search={{ show: view }} aria-label={t("home:seeAllOf", { what: title })}>
          {t("home:seeAll")}
        </Link>
      }
    >
      {posts.length === 0 ? <Text c="dimmed">{none}</Text> : <PostRows posts={posts} label={title} />}
    </Panel>
  );
}

/** Nothing was written yet. */
function Begin({ connected }: { connected: boolean }) {
  const { t } = useWords();
  return (
    <EmptyState
      Icon={connected ? Sparkles : CircleCheck}
      says={t(connected ? "home:first" : "home:connectFirst")}
      action={
        <Group justify="center">
          {!connected && (
            <LinkButton
              to="/accounts"
              search={{ next: "/" }}
              mih="2.75rem"
              leftSection={<Plug size={18} aria-hidden />}
            >
              {t("home:connect")}
            </LinkButton>
          )}
          <LinkButton
            to="/posts/new"
            mih="2.75rem"
            variant={connected ? "filled" : "default"}
            leftSection={<Plus size={18} aria-hidden />}
          >
            {t("home:write")}
          </LinkButton>
        </Group>
      }
    />
  );
}
