// One post: actions, progress, content, and history.
import { Grid, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import { postQuery } from "@/api/posts";
import { Problem } from "@/api/problem";
import { useMessages } from "@/i18n/useMessages";
import { ApprovalPanel } from "@/posts/ApprovalPanel";
import { PostActions } from "@/posts/PostActions";
import { Timeline } from "@/posts/Timeline";
import { PostContent } from "@/posts/PostContent";
import { SeriesPanel } from "@/posts/SeriesPanel";
import { Loading } from "@/ui/Loading";
import { NotFoundPage } from "@/ui/NotFoundPage";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { LiveProgress } from "@/ui/post/LiveProgress";
import { postTitle } from "@/ui/post/title";
import { ProblemAlert } from "@/ui/ProblemAlert";

export function PostPage() {
  const { t } = useMessages();
  const { id } = useParams({ from: "/signed-in/posts/$id" });
  const { data: post, error, refetch } = useQuery(postQuery(id));
  if (error instanceof Problem && error.status === 404) return <NotFoundPage />;
  if (!post)
    return (
      <>
        <PageHeader title={t("posts:one")} />
        {error ? <ProblemAlert error={error} retry={() => void refetch()} /> : <Loading />}
      </>
    );
  return (
    <>
      <PageHeader title={postTitle(post) || t("post:untitled")} />
      <Stack gap="lg">
        <PostActions post={post} />
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, md: 7 }}>
            <Stack gap="lg">
              <LiveProgress postId={id} />
              <ApprovalPanel post={post} />
            </Stack>
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 5 }}>
            <PostContent post={post} />
          </Grid.Col>
        </Grid>
        {post.series !== null && <SeriesPanel post={post} />}
        <Panel title={t("posts:timeline.title")}>
          <Timeline post={post} />
        </Panel>
      </Stack>
    </>
  );
}
