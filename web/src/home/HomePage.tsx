// The home page: what needs attention, what is being published, what comes next, drafts, and what was published.
import { Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { accountsQuery } from "@/api/accounts";
import { postsQuery, type Post, type PostFilter } from "@/api/posts";
import { useMay, useSession } from "@/api/session";
import { AttentionPanel } from "@/home/AttentionPanel";
import { GettingStarted } from "@/home/GettingStarted";
import { PostCards } from "@/home/PostCards";
import { SeeAll } from "@/home/SeeAll";
import { addDays } from "@/i18n/dates";
import { toInstant, wallTimeAt, type DateTimeStyle } from "@/i18n/dateTime";
import { useMessages } from "@/i18n/useMessages";
import { Allowed, RoleNotice } from "@/ui/Allowed";
import { Loading } from "@/ui/Loading";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { VIEW_STATUSES, type View } from "@/ui/post/views";
import { ProblemAlert } from "@/ui/ProblemAlert";

// Rows of two, three or four cards are full.
const SHOWN_POSTS = 12;
const SHOWN_PROBLEMS = 5;
const WEEK_DAYS = 7;
const REFETCH_MS = 4_000;

export function HomePage() {
  const { t } = useMessages();
  const { sandbox } = useSession();
  const { attention, approvals, today, week, drafts, published, all, accounts } = useHome();
  const queries = [accounts, attention, approvals, today, week, drafts, published, all];
  const failed = queries.find(({ error }) => error);
  return (
    <>
      <PageHeader title={t("home:title")} />
      {failed ? (
        <ProblemAlert error={failed.error} retry={() => queries.forEach((query) => void query.refetch())} />
      ) : queries.some(({ isPending }) => isPending) ? (
        <Loading />
      ) : all.posts.length === 0 ? (
        <>
          <RoleNotice />
          <Allowed to="draft">
            <GettingStarted isConnected={(accounts.data ?? []).length > 0} isSandbox={sandbox !== null} />
          </Allowed>
        </>
      ) : (
        <Stack gap="lg">
          <AttentionPanel accounts={accounts.data ?? []} posts={attention.posts} approvals={approvals.posts} />
          <PostSection
            view="scheduled"
            title={t("home:today")}
            posts={today.posts}
            emptyText={t("home:noToday")}
            timeStyle="clock"
          />
          <PostSection view="scheduled" title={t("home:week")} posts={week.posts} emptyText={t("home:noWeek")} />
          <PostSection view="drafts" title={t("home:drafts")} posts={drafts.posts} emptyText={t("home:noDrafts")} />
          <PostSection
            view="published"
            title={t("home:published")}
            posts={published.posts}
            emptyText={t("home:noPublished")}
          />
        </Stack>
      )}
    </>
  );
}

/** Load what the page shows; days are those of the workspace's zone. */
function useHome() {
  const { zone } = useSession().workspace;
  const [now] = useState(() => new Date());
  const startOfDay = (days: number) =>
    (toInstant(addDays(wallTimeAt(now, zone).date, days), "00:00", zone) ?? now).toISOString();
  const tomorrow = startOfDay(1);
  const approves = useMay("approve");
  const { publishing, scheduled } = VIEW_STATUSES;
  const soonest = { order: "asc", limit: SHOWN_POSTS } as const;
  return {
    accounts: useQuery(accountsQuery),
    attention: usePostList({ status: VIEW_STATUSES.attention, limit: SHOWN_PROBLEMS }),
    // What somebody else waits for, or what the person has to change or ask for again.
    approvals: usePostList({
      status: ["draft", "scheduled", "failed"],
      approval: approves ? ["requested"] : ["sent_back", "withdrawn"],
      limit: SHOWN_PROBLEMS,
    }),
    // Also what should have gone out before.
    today: usePostList({ status: [...publishing, ...scheduled], until: tomorrow, ...soonest }),
    week: usePostList({ status: scheduled, from: tomorrow, until: startOfDay(WEEK_DAYS), ...soonest }),
    drafts: usePostList({ status: VIEW_STATUSES.drafts, limit: SHOWN_POSTS }),
    published: usePostList({
      status: VIEW_STATUSES.published,
      from: startOfDay(1 - WEEK_DAYS),
      order: "desc",
      limit: SHOWN_POSTS,
    }),
    all: usePostList({ limit: 1 }),
  };
}

function usePostList(filter: PostFilter) {
  const list = useInfiniteQuery({
    ...postsQuery(filter),
    // A post that is being published is about to change.
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ data }) => data.some(isPublishing)) ? REFETCH_MS : false,
  });
  return { ...list, posts: list.data?.pages.flatMap(({ data }) => data) ?? [] };
}

function isPublishing({ status }: Post): boolean {
  return status === "publishing";
}

interface PostSectionProps {
  view: View;
  title: string;
  posts: readonly Post[];
  /** Shown instead of an empty list. */
  emptyText: string;
  timeStyle?: DateTimeStyle;
}

function PostSection({ view, title, posts, emptyText, timeStyle = "minute" }: PostSectionProps) {
  return (
    <Panel title={title} action={<SeeAll view={view} section={title} />}>
      {posts.length === 0 ? (
        <Text c="dimmed">{emptyText}</Text>
      ) : (
        <PostCards posts={posts} label={title} timeStyle={timeStyle} />
      )}
    </Panel>
  );
}
