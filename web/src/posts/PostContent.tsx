// A post's words as they were written, when it goes out, and what stands in its way.
import { Badge, Group, List, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { labelOf, platformsQuery } from "@/api/platforms";
import type { Post } from "@/api/posts";
import { useSession } from "@/api/session";
import { useWords } from "@/i18n/useWords";
import { Notice } from "@/ui/Notice";
import { Panel } from "@/ui/Panel";
import { When } from "@/ui/When";

import styles from "./WhatItSays.module.css";

export function WhatItSays({ post }: { post: Post }) {
  const { t } = useWords();
  const { data: platforms = [] } = useQuery(platformsQuery);
  const { workspace } = useSession();
  const zone = post.zone ?? workspace.zone;
  return (
    <Stack gap="md">
      <Complaints title={t("posts:says.problems")} tone="bad" entries={post.problems} id={post.job_id} />
      <Complaints title={t("posts:says.warnings")} tone="warn" entries={post.warnings} id={post.job_id} />
      <Panel title={t("posts:says.title")}>
        <Stack gap="sm">
          <Text className={styles["text"]}>{post.content || t("posts:says.nothing")}</Text>
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
                {t("posts:says.only", { label: labelOf(platforms, platform) })}
              </Text>
              <Text className={styles["text"]}>{text}</Text>
            </div>
          ))}
          <dl className={styles["facts"]}>
            {post.schedule_time !== null && (
              <div>
                <dt>{t("posts:says.when")}</dt>
                <dd>
                  <When at={post.schedule_time} zone={zone} /> ({zone})
                </dd>
              </div>
            )}
            <div>
              <dt>{t("posts:says.made")}</dt>
              <dd>
                <When at={post.created_at} zone={zone} />
              </dd>
            </div>
            <div>
              <dt>{t("posts:says.changed")}</dt>
              <dd>
                <When at={post.updated_at} zone={zone} />
              </dd>
            </div>
          </dl>
        </Stack>
      </Panel>
    </Stack>
  );
}

interface ComplaintsProps {
  title: string;
  tone: "bad" | "warn";
  entries: Post["problems"];
  id: string;
}

function Complaints({ title, tone, entries, id }: ComplaintsProps) {
  const { t } = useWords();
  if (entries.length === 0) return null;
  return (
    <Notice tone={tone} title={title}>
      <List size="sm">
        {entries.map((entry, index) => (
          <List.Item key={index}>{entry.detail}</List.Item>
        ))}
      </List>
      <Link to="/posts/$id/edit" params={{ id }} className={styles["mend"]}>
        {t("posts:says.mend")}
      </Link>
    </Notice>
  );
}
