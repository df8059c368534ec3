// All posts, the newest first: narrowed by where they stand and by words, page by page.
import { Button, Stack, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Search, StickyNote } from "lucide-react";
import { useState } from "react";

import { postsQuery } from "@/api/posts";
import { useWords } from "@/i18n/useWords";
import { EmptyState } from "@/ui/EmptyState";
import { LinkButton } from "@/ui/LinkButton";
import { Loading } from "@/ui/Loading";
import { PageHead } from "@/ui/PageHead";
import { PostRows } from "@/ui/post/PostRows";
import { STATUSES, VIEWS, type ListAddress } from "@/ui/post/shown";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./PostsPage.module.css";

const BUSY_MS = 4_000;
const TYPING_MS = 300;

export function PostsPage() {
  const { t } = useWords();
  const { show = "all", q = "" } = useSearch({ from: "/signed-in/posts" });
  const list = useInfiniteQuery({
    ...postsQuery({ status: STATUSES[show], q }),
    // What is at work is about to change.
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.data.some(({ status }) => status === "publishing")) ? BUSY_MS : false,
  });
  const posts = list.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <>
      <PageHead title={t("posts:title")} />
      <Stack gap="md">
        <Views q={q} />
        <Words key={show} show={show} q={q} />
        <ProblemAlert error={list.error} retry={() => void list.refetch()} />
        {list.isPending && <Loading />}
        {list.isSuccess &&
          (posts.length === 0 ? <Nothing show={show} q={q} /> : <PostRows posts={posts} label={t("posts:title")} />)}
        {list.hasNextPage && (
          <Button
            variant="default"
            className={styles["more"]}
            loading={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
          >
            {t("posts:list.more")}
          </Button>
        )}
      </Stack>
    </>
  );
}

function Views({ q }: { q: string }) {
  const { t } = useWords();
  return (
    <nav aria-label={t("posts:list.views")}>
      <ul className={styles["views"]}>
        {VIEWS.map((view) => (
          <li key={view}>
            <Link
              to="/posts"
              search={{ ...(view === "all" ? {} : { show: view }), ...(q ? { q } : {}) }}
              // Without it "all" would be marked in every view, for its address is a part of theirs.
              activeOptions={{ exact: true }}
              className={styles["view"]}
            >
              {t(`posts:list.view.${view}`)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Words({ show, q }: Required<ListAddress>) {
  const { t } = useWords();
  const navigate = useNavigate();
  const [words, setWords] = useState(q);
  const [before, setBefore] = useState(q);
  if (q !== before) {
    setBefore(q);
    // Somebody cleared it by a link; what is being typed stays.
    if (q === "") setWords("");
  }
  const search = useDebouncedCallback((wanted: string) => {
    const asked = wanted.trim();
    void navigate({
      to: "/posts",
      search: { ...(show === "all" ? {} : { show }), ...(asked ? { q: asked } : {}) },
      replace: true,
    });
  }, TYPING_MS);
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

/** Nothing at all, nothing of that kind, or nothing with those words: each has another way on. */
function Nothing({ show, q }: Required<ListAddress>) {
  const { t } = useWords();
  if (q !== "")
    return (
      <EmptyState
        Icon={Search}
        says={t("posts:list.noWords", { words: q })}
        action={
          <LinkButton to="/posts" search={show === "all" ? {} : { show }} variant="default" mih="2.75rem">
            {t("posts:list.clear")}
          </LinkButton>
        }
      />
    );
  return (
    <EmptyState
      Icon={StickyNote}
      says={t(`posts:list.empty.${show}`)}
      action={
        show === "attention" ? undefined : (
          <LinkButton to="/posts/new" mih="2.75rem">
            {t("posts:list.write")}
          </LinkButton>
        )
      }
    />
  );
}
