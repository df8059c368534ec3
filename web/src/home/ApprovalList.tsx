// The posts that wait for the person's approval; for others, those that were sent back or have changed since.
import { Title } from "@mantine/core";

import type { Post } from "@/api/posts";
import { useMay } from "@/api/session";
import { useMessages } from "@/i18n/useMessages";
import { PostList } from "@/ui/post/PostList";

export function ApprovalList({ posts }: { posts: readonly Post[] }) {
  const { t } = useMessages();
  const approves = useMay("approve");
  if (posts.length === 0) return null;
  const title = t(approves ? "approval:home.yours" : "approval:home.theirs");
  return (
    <div>
      <Title order={3} size="h6" mb="xs">
        {title}
      </Title>
      <PostList posts={posts} label={title} />
    </div>
  );
}
