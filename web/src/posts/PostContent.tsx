// The content of a post, its times, its problems and warnings, and the note for colleagues.
import { Badge, Button, Group, List, Stack, Text, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { flushSync } from "react-dom";

import { platformLabel, platformsQuery } from "@/api/platforms";
import { changePost, usePostChange } from "@/api/post-actions";
import { ifMatch, type Post } from "@/api/posts";
import { formatDateTime } from "@/i18n/dateTime";
import { useMessages } from "@/i18n/useMessages";
import { DateTime, useDateTime } from "@/ui/DateTime";
import { Notice } from "@/ui/Notice";
import { findOption, optionText } from "@/ui/post/options";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./PostContent.module.css";

export function PostContent({ post }: { post: Post }) {
  const { t } = useMessages();
  const { data: platforms = [] } = useQuery(platformsQuery);
  return (
    <Stack gap="md">
      <IssueNotice title={t("posts:content.problems")} tone="bad" entries={post.problems} id={post.job_id} />
      <IssueNotice title={t("posts:content.warnings")} tone="warn" entries={post.warnings} id={post.job_id} />
      <Panel title={t("posts:content.title")}>
        <Stack gap="sm">
          <Text className={styles["text"]}>{post.content || t("posts:content.empty")}</Text>
          {post.cta !== null && <Text className={styles["text"]}>{post.cta}</Text>}
          {post.hashtags.length > 0 && (
            <Group gap={6}>
              {post.hashtags.map((tag) => (
                <Badge key={tag} variant="default" size="lg" tt="none" className={styles["tag"]}>
                  #{tag}
                </Badge>
              ))}
            </Group>
          )}
          {Object.entries(post.texts).map(([platform, text]) => (
            <div key={platform}>
              <Text size="sm" fw={650}>
                {t("posts:content.textOn", { label: platformLabel(platforms, platform) })}
              </Text>
              <Text className={styles["text"]}>{text}</Text>
            </div>
          ))}
          <dl className={styles["facts"]}>
            {Object.entries(post.options).flatMap(([platform, values]) =>
              Object.entries(values).map(([name, value]) => {
                const option = findOption(platforms, platform, name);
                return (
                  <div key={`${platform}/${name}`}>
                    <dt>
                      {platformLabel(platforms, platform)}: {option?.label ?? name}
                    </dt>
                    <dd>{optionText(option, value, t)}</dd>
                  </div>
                );
              }),
            )}
            {post.schedule_time !== null && (
              <div>
                <dt>{t("posts:content.scheduledFor")}</dt>
                <dd>
                  <ScheduledTime at={post.schedule_time} zone={post.zone} />
                </dd>
              </div>
            )}
            <div>
              <dt>{t("posts:content.created")}</dt>
              <dd>
                <DateTime at={post.created_at} />
              </dd>
            </div>
            <div>
              <dt>{t("posts:content.updated")}</dt>
              <dd>
                <DateTime at={post.updated_at} />
              </dd>
            </div>
          </dl>
        </Stack>
      </Panel>
      <PostNote post={post} />
    </Stack>
  );
}

/** The note for colleagues, which can be changed whatever became of the post. */
function PostNote({ post }: { post: Post }) {
  const { t } = useMessages();
  const action = usePostChange(post);
  const stored = post.note ?? "";
  // `before`: the note that the draft began with. Null: not being changed.
  const [draft, setDraft] = useState<{ before: string; text: string } | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const open = () => {
    flushSync(() => setDraft({ before: stored, text: stored }));
    field.current?.focus();
  };
  const close = () => {
    setDraft(null);
    action.reset();
  };
  const save = (note: string) =>
    action.mutate((now) => changePost(now.job_id, { note: note.trim() || null }, ifMatch(now)), {
      onSuccess: close,
    });
  return (
    <Panel title={t("posts:note.title")}>
      <Stack gap="sm">
        {action.error && <ProblemAlert error={action.error} />}
        {draft === null ? (
          <>
            <Text className={styles["text"]} {...(post.note ? {} : { c: "dimmed" })}>
              {post.note || t("posts:note.none")}
            </Text>
            <Group>
              <Button variant="default" mih={44} onClick={open}>
                {post.note ? t("posts:note.edit") : t("posts:note.add")}
              </Button>
            </Group>
          </>
        ) : (
          <>
            <Textarea
              label={t("posts:note.label")}
              description={t("posts:note.description")}
              autosize
              ref={field}
              minRows={2}
              maxRows={8}
              value={draft.text}
              onChange={(event) => setDraft({ ...draft, text: event.currentTarget.value })}
            />
            {stored !== draft.before && (
              <Notice tone="warn" title={t("posts:note.replaces")} announced>
                <Text className={styles["text"]}>{stored || t("posts:note.empty")}</Text>
              </Notice>
            )}
            <Group>
              <Button mih={44} loading={action.isPending} onClick={() => save(draft.text)}>
                {t("posts:note.save")}
              </Button>
              <Button variant="default" mih={44} onClick={close}>
                {t("posts:note.discard")}
              </Button>
            </Group>
          </>
        )}
      </Stack>
    </Panel>
  );
}

/** In the workspace's zone; and in the post's own zone where that is another one. */
function ScheduledTime({ at, zone }: { at: string; zone: string | null }) {
  const { t, locale } = useMessages();
  const workspace = useDateTime();
  return (
    <>
      <DateTime at={at} />
      {zone !== null && zone !== workspace.zone && (
        <Text size="sm" c="dimmed">
          {t("posts:content.inZone", { time: formatDateTime(at, { locale, zone }), zone })}
        </Text>
      )}
    </>
  );
}

interface IssueNoticeProps {
  title: string;
  tone: "bad" | "warn";
  entries: Post["problems"];
  id: string;
}

function IssueNotice({ title, tone, entries, id }: IssueNoticeProps) {
  const { t } = useMessages();
  if (entries.length === 0) return null;
  return (
    <Notice tone={tone} title={title}>
      <List size="sm">
        {entries.map((entry, index) => (
          <List.Item key={index}>{entry.detail}</List.Item>
        ))}
      </List>
      <Link to="/posts/$id/edit" params={{ id }} className={styles["fix"]}>
        {t("posts:content.fix")}
      </Link>
    </Notice>
  );
}
