// One post: how it stands on each platform, what it says, what can be done with it, and everything that happened to it.
import { Grid, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import { postQuery } from "@/api/posts";
import { Problem } from "@/api/problem";
import { useWords } from "@/i18n/useWords";
import { PostActions } from "@/posts/PostActions";
import { Timeline } from "@/posts/Timeline";
import { WhatItSays } from "@/posts/WhatItSays";
import { Loading } from "@/ui/Loading";
import { NotFoundPage } from "@/ui/NotFoundPage";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { LiveProgress } from "@/ui/post/LiveProgress";
import { titleOf } from "@/ui/post/title";
import { ProblemAlert } from "@/ui/ProblemAlert";

export function PostPage() {
  const { t } = useWords();
  const { id } = useParams({ from: "/signed-in/posts/$id" });
  const { data: post, error, refetch } = useQuery(postQuery(id));
  if (error instanceof Problem && error.status === 404) return <NotFoundPage />;
  if (!post)
    return (
      <>
        <PageHead title={t("posts:one")} />
        {error ? <ProblemAlert error={error} retry={() => void refetch()} /> : <Loading />}
      </>
    );
  return (
    <>
      <PageHead title={titleOf(post) || t("post:untitled")} />
      <Stack gap="lg">
        <PostActions post={post} />
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, md: 7 }}>
            <LiveProgress postId={id} />
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 5 }}>
            <WhatItSays post={post} />
          </Grid.Col>
        </Grid>
        <Panel title={t("posts:timeline.title")}>
          <Timeline post={post} />
        </Panel>
      </Stack>
    </>
  );
}
