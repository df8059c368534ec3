// All posts, the newest first, filtered by status and words.
import { Button, Stack, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Search, StickyNote } from "lucide-react";
import { useState } from "react";

import { postsQuery } from "@/api/posts";
import { useMay } from "@/api/session";
import { useMessages } from "@/i18n/useMessages";
import { BulkBar } from "@/posts/BulkBar";
import { BulkReport } from "@/posts/BulkReport";
import { PostsActions } from "@/posts/PostsActions";
import { useBulk, type Bulk } from "@/posts/useBulk";
import { Allowed } from "@/ui/Allowed";
import { EmptyState } from "@/ui/EmptyState";
import { LinkButton } from "@/ui/LinkButton";
import { Loading } from "@/ui/Loading";
import { PageHeader } from "@/ui/PageHeader";
import { PostList } from "@/ui/post/PostList";
import { TargetFilters } from "@/ui/post/TargetFilters";
import { parsePostListSearch, VIEW_STATUSES, VIEWS, type PostListSearch } from "@/ui/post/views";
import { ProblemAlert } from "@/ui/ProblemAlert";

import viewStyles from "@/ui/views.module.css";

import styles from "./PostsPage.module.css";

const REFETCH_MS = 4_000;
const DEBOUNCE_MS = 300;

export function PostsPage() {
  const { t } = useMessages();
  const search = useSearch({ from: "/signed-in/posts" });
  const { show = "all", q = "", ...target } = search;
  const list = useInfiniteQuery({
    ...postsQuery({ status: VIEW_STATUSES[show], q, ...target }),
    // A post that is being published is about to change.
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.data.some(({ status }) => status === "publishing")) ? REFETCH_MS : false,
  });
  const posts = list.data?.pages.flatMap((page) => page.data) ?? [];
  const bulk = useBulk(posts);
  const maySelect = useMay("draft");
  const navigate = useNavigate();
  const setTarget = (filter: "platform" | "account", value: string) =>
    void navigate({ to: "/posts", search: parsePostListSearch({ ...search, [filter]: value }), replace: true });
  return (
    <>
      <PageHeader
        title={t("posts:title")}
        actions={<PostsActions filter={{ status: VIEW_STATUSES[show], q, ...target }} />}
      />
      <Stack gap="md">
        <ViewLinks search={search} />
        <div className={styles["filters"]} role="group" aria-label={t("posts:list.filter")}>
          <SearchBox key={show} search={search} />
          <TargetFilters platform={target.platform} account={target.account} onChange={setTarget} />
        </div>
        {maySelect && <BulkSection bulk={bulk} shown={posts.length} />}
        <ProblemAlert error={list.error} retry={() => void list.refetch()} />
        {list.isPending && <Loading />}
        {list.isSuccess &&
          (posts.length === 0 ? (
            <EmptyPostList search={search} />
          ) : (
            <PostList posts={posts} label={t("posts:title")} {...(maySelect && { selection: bulk })} />
          ))}
        {list.hasNextPage && (
          <Button
            variant="default"
            className={styles["more"]}
            loading={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
          >
            {t("posts:list.showMore")}
          </Button>
        )}
      </Stack>
    </>
  );
}

function BulkSection({ bulk, shown }: { bulk: Bulk; shown: number }) {
  const { t } = useMessages();
  return (
    <>
      {bulk.selected.length > 0 && <BulkBar bulk={bulk} />}
      {bulk.selected.length === 0 && shown > 1 && (
        <Button variant="default" className={styles["select"]} onClick={bulk.selectAll}>
          {t("posts:bulk.selectAll")}
        </Button>
      )}
      {bulk.result !== null && <BulkReport result={bulk.result} dismiss={bulk.dismiss} />}
    </>
  );
}

function ViewLinks({ search }: { search: PostListSearch }) {
  const { t } = useMessages();
  return (
    <nav aria-label={t("posts:list.views")}>
      <ul className={viewStyles["views"]}>
        {VIEWS.map((view) => (
          <li key={view}>
            <Link
              to="/posts"
              search={parsePostListSearch({ ...search, show: view })}
              // Without it "all" would be marked as current in every view.
              activeOptions={{ exact: true }}
              className={viewStyles["view"]}
            >
              {t(`ui:view.${view}`)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function SearchBox({ search: { q = "", ...others } }: { search: PostListSearch }) {
  const { t } = useMessages();
  const navigate = useNavigate();
  const [words, setWords] = useState(q);
  const [known, setKnown] = useState(q);
  if (q !== known) {
    setKnown(q);
    // A link cleared the search; text that is being typed stays.
    if (q === "") setWords("");
  }
  const search = useDebouncedCallback((typed: string) => {
    void navigate({ to: "/posts", search: parsePostListSearch({ ...others, q: typed }), replace: true });
  }, DEBOUNCE_MS);
  return (
    <TextInput
      type="search"
      label={t("posts:list.search")}
      placeholder={t("posts:list.searchHint")}
      leftSection={<Search size={18} aria-hidden />}
      maxLength={500}
      size="md"
      value={words}
      onChange={(event) => {
        setWords(event.currentTarget.value);
        search(event.currentTarget.value);
      }}
    />
  );
}

/** No posts at all, none in the view, or none with the words: each with its own next step. */
function EmptyPostList({ search: { show = "all", q = "", platform, account } }: { search: PostListSearch }) {
  const { t } = useMessages();
  if (q !== "" || platform !== undefined || account !== undefined)
    return (
      <EmptyState
        Icon={Search}
        message={q === "" ? t("posts:list.noneHere") : t("posts:list.noMatch", { words: q })}
        action={
          <LinkButton to="/posts" search={show === "all" ? {} : { show }} variant="default" mih="2.75rem">
            {t("posts:list.showAll")}
          </LinkButton>
        }
      />
    );
  return (
    <EmptyState
      Icon={StickyNote}
      message={t(`posts:list.empty.${show}`)}
      action={
        show === "attention" ? undefined : (
          <Allowed to="draft">
            <LinkButton to="/posts/new" mih="2.75rem">
              {t("posts:list.write")}
            </LinkButton>
          </Allowed>
        )
      }
    />
  );
}
