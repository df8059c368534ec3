// The page of an approval link, for people without an account: one post as it will look, and their answer.
import { Paper, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";
import { useId } from "react";

import { AnswerForm } from "@/approval/AnswerForm";
import { openedQuery, type ApprovalPageContent, type ShownDelivery } from "@/approval/calls";
import { formatDateTime } from "@/i18n/dateTime";
import { useMessages } from "@/i18n/useMessages";
import { ApprovalBadge } from "@/ui/approval/ApprovalBadge";
import { CommentList } from "@/ui/approval/CommentList";
import { Loading } from "@/ui/Loading";
import { Notice } from "@/ui/Notice";
import { PageHeader } from "@/ui/PageHeader";
import { LanguageSwitch, SchemeSwitch } from "@/ui/Preferences";
import { Preview } from "@/ui/previews/Preview";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Wordmark } from "@/ui/Wordmark";

import styles from "./ApprovalPage.module.css";

export function ApprovalPage() {
  const { t } = useMessages();
  // It stays in the address, so that the page can be reloaded and kept: browsers do not send it.
  const token = useLocation({ select: ({ hash }) => hash });
  return (
    <main className={styles["page"]}>
      <Wordmark />
      {token === "" ? (
        <>
          <PageHeader title={t("approval:title")} />
          <Text>{t("approval:page.missing")}</Text>
        </>
      ) : (
        <OpenedLink key={token} token={token} />
      )}
      <div className={styles["preferences"]}>
        <LanguageSwitch />
        <SchemeSwitch />
      </div>
    </main>
  );
}

function OpenedLink({ token }: { token: string }) {
  const { t } = useMessages();
  const { data, error } = useQuery(openedQuery(token));
  if (data) return <PostToApprove token={token} content={data} />;
  return (
    <>
      <PageHeader title={t("approval:title")} />
      {error ? <ProblemAlert error={error} /> : <Loading />}
    </>
  );
}

function PostToApprove({ token, content }: { token: string; content: ApprovalPageContent }) {
  const { t, locale } = useMessages();
  const { zone, schedule_time, deliveries, comments } = content;
  const format = (at: string) => formatDateTime(at, { locale, zone });
  return (
    <>
      <PageHeader title={t("approval:page.title", { workspace: content.workspace })} />
      <div className={styles["columns"]}>
        <Previews content={content} />
        <Paper withBorder radius="lg" p="lg" className={styles["answer"]}>
          <Stack gap="md">
            <div>
              <ApprovalBadge state={content.state} />
            </div>
            <Explanation content={content} format={format} />
            <Text size="sm" c="dimmed">
              {schedule_time === null
                ? t("approval:page.notPlanned")
                : t("approval:page.planned", { time: format(schedule_time), zone })}
            </Text>
            <CommentList comments={comments} format={(at) => `${format(at)} (${zone})`} />
            <AnswerForm token={token} content={content} isOpen={!isPublished(deliveries)} />
            <Text size="sm" c="dimmed">
              {t("approval:page.valid", { time: format(content.expires_at), zone })}
            </Text>
          </Stack>
        </Paper>
      </div>
    </>
  );
}

function Explanation({ content, format }: { content: ApprovalPageContent; format: (at: string) => string }) {
  const { t } = useMessages();
  const { state, zone, decided_by, decided_at, deliveries } = content;
  const decided = { name: decided_by ?? "", time: decided_at === null ? "" : format(decided_at), zone };
  if (isPublished(deliveries)) return <Text>{t("approval:page.published")}</Text>;
  if (state === "approved") return <Text>{t("approval:page.approved", decided)}</Text>;
  if (state === "sent_back") return <Text>{t("approval:page.sentBack", decided)}</Text>;
  if (state !== "requested") return <Text>{t("approval:page.notAsked")}</Text>;
  return content.pictures_ready ? (
    <Text>{t("approval:page.asks")}</Text>
  ) : (
    <Notice tone="warn">{t("approval:page.picturesMissing")}</Notice>
  );
}

function Previews({ content }: { content: ApprovalPageContent }) {
  const { t } = useMessages();
  const id = useId();
  return (
    <section aria-labelledby={id} className={styles["previews"]}>
      <Title order={2} size="h4" id={id}>
        {t("approval:page.previews")}
      </Title>
      {content.deliveries.map((delivery, index) => (
        <DeliveryPreview key={index} delivery={delivery} platforms={content.platforms} />
      ))}
    </section>
  );
}

interface PreviewProps {
  delivery: ShownDelivery;
  platforms: ApprovalPageContent["platforms"];
}

function DeliveryPreview({ delivery, platforms }: PreviewProps) {
  const platform = platforms.find(({ name }) => name === delivery.platform);
  if (!platform) return null;
  const { width, height, pictures, picture_state: state } = delivery;
  return (
    <div>
      <Title order={3} size="h6" mb="xs">
        {platform.label}
      </Title>
      <Preview
        platform={{ ...platform, image: { ...platform.image, width, height } }}
        text={delivery.text}
        accountName={delivery.account}
        picture={pictures[0] ?? null}
        pictures={pictures}
        state={state}
      />
    </div>
  );
}

function isPublished(deliveries: readonly ShownDelivery[]): boolean {
  return deliveries.length > 0 && deliveries.every(({ state }) => state === "published");
}
