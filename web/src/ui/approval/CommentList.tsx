// The comments on a post that is to be approved, the first first.
import { Text } from "@mantine/core";

import type { components } from "@/api/schema";
import type { MessageKey } from "@/i18n/keys";
import { useMessages } from "@/i18n/useMessages";

import styles from "./CommentList.module.css";

export type ApprovalComment = components["schemas"]["CommentRead"];

const SAID: Record<string, MessageKey> = {
  requested: "approval:panel.said.requested",
  approved: "approval:panel.said.approved",
  sent_back: "approval:panel.said.sent_back",
};

interface Props {
  comments: readonly ApprovalComment[];
  /** Of an instant, RFC 3339. */
  format: (at: string) => string;
}

export function CommentList({ comments, format }: Props) {
  const { t } = useMessages();
  if (comments.length === 0) return null;
  return (
    <ul className={styles["comments"]} aria-label={t("approval:panel.comments")}>
      {comments.map((comment, index) => (
        <li key={index} className={styles["comment"]}>
          <Text size="sm" c="dimmed" component="div">
            <Text span fw={650} c="bright">
              {comment.by_link ? t("approval:panel.byLink", { name: comment.author }) : comment.author}
            </Text>{" "}
            {t(SAID[comment.kind] ?? "approval:panel.said.comment")},{" "}
            <time dateTime={comment.created_at}>{format(comment.created_at)}</time>
          </Text>
          <Text className={styles["text"]}>{comment.text}</Text>
        </li>
      ))}
    </ul>
  );
}
