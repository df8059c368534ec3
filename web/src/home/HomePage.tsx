// The home page: what needs attention, what is being published, what comes next, drafts, and what was published.
import { Group, Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck, Plug, Plus, Sparkles } from "lucide-react";
import { useState } from "react";

import { accountsQuery } from "@/api/accounts";
import { postsQuery, type Post, type PostFilter } from "@/api/posts";
import { AttentionPanel } from "@/home/AttentionPanel";
import { useMessages } from "@/i18n/useMessages";
import { EmptyState } from "@/ui/EmptyState";
import { LinkButton } from "@/ui/LinkButton";
import { Loading } from "@/ui/Loading";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { PostList } from "@/ui/post/PostList";
import { VIEW_STATUSES, type View } from "@/ui/post/views";
import { ProblemAlert } from "@/ui/ProblemAlert";

const SHOWN_POSTS = 5;
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
const REFETCH_MS = 4_000;

export function HomePage() {
  const { t } = useMessages();
  const [now] = useState(() => Date.now());
  const until = new Date(now + WEEK_MS).toISOString();
  const from = new Date(now - WEEK_MS).toISOString();
  const accounts = useQuery(accountsQuery);
  const attention = usePostList({ status: VIEW_STATUSES.attention, limit: SHOWN_POSTS });
  const publishing = usePostList({ status: VIEW_STATUSES.publishing, limit: SHOWN_POSTS });
  const upcoming = usePostList({ status: VIEW_STATUSES.scheduled, until, order: "asc", limit: SHOWN_POSTS });
  const drafts = usePostList({ status: VIEW_STATUSES.drafts, limit: SHOWN_POSTS });
  const published = usePostList({ status: VIEW_STATUSES.published, from, order: "desc", limit: SHOWN_POSTS });
  const all = usePostList({ limit: 1 });
  const queries = [accounts, attention, publishing, upcoming, drafts, published, all];
  const failed = queries.find(({ error }) => error);
  return (
    <>
      <PageHeader title={t("home:title")} />
      {failed ? (
        <ProblemAlert error={failed.error} retry={() => queries.forEach((query) => void query.refetch())} />
      ) : queries.some(({ isPending }) => isPending) ? (
        <Loading />
      ) : all.posts.length === 0 ? (
        <GettingStarted isConnected={(accounts.data ?? []).length > 0} />
      ) : (
        <Stack gap="lg">
          <AttentionPanel accounts={accounts.data ?? []} posts={attention.posts} />
          {publishing.posts.length > 0 && (
            <PostSection view="publishing" title={t("home:publishing")} posts={publishing.posts} emptyText="" />
          )}
          <PostSection
            view="scheduled"
            title={t("home:upcoming")}
            posts={upcoming.posts}
            emptyText={t("home:noUpcoming")}
          />
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
}

function PostSection({ view, title, posts, emptyText }: PostSectionProps) {
  const { t } = useMessages();
  return (
    <Panel
      title={title}
      action={
        <Link to="/posts" search={{ show: view }} aria-label={t("home:seeAllOf", { section: title })}>
          {t("home:seeAll")}
        </Link>
      }
    >
      {posts.length === 0 ? <Text c="dimmed">{emptyText}</Text> : <PostList posts={posts} label={title} />}
    </Panel>
  );
}

/** Shown while there are no posts: what to do first. */
function GettingStarted({ isConnected }: { isConnected: boolean }) {
  const { t } = useMessages();
  return (
    <EmptyState
      Icon={isConnected ? Sparkles : CircleCheck}
      message={t(isConnected ? "home:ready" : "home:connectFirst")}
      action={
        <Group justify="center">
          {!isConnected && (
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
            variant={isConnected ? "filled" : "default"}
            leftSection={<Plus size={18} aria-hidden />}
          >
            {t("home:write")}
          </LinkButton>
        </Group>
      }
    />
  );
}
