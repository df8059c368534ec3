// The uploads: the progress of each, why one failed, and what can be done about it.
import { Button, Group, Progress, Text } from "@mantine/core";
import { Check, CircleAlert } from "lucide-react";

import { useMessages } from "@/i18n/useMessages";
import type { Translate } from "@/i18n/keys";
import { formatBytes } from "@/media/formatBytes";
import { canRetry, countUploads, MAX_BYTES, type Upload } from "@/media/uploads";
import type { Uploads } from "@/media/useUploads";
import { Panel } from "@/ui/Panel";
import { problemMessage } from "@/ui/ProblemAlert";

import styles from "./Media.module.css";

export function UploadList({ uploads, retry, remove, clear }: Uploads) {
  const { t } = useMessages();
  const { done, failed, open } = countUploads(uploads);
  if (uploads.length === 0) return null;
  return (
    <Panel
      title={t("media:uploads.title")}
      action={
        open < uploads.length && (
          <Button variant="subtle" mih="2.75rem" onClick={clear}>
            {t("media:uploads.clear")}
          </Button>
        )
      }
    >
      <Text size="sm" role="status" mb="xs">
        {open > 0
          ? t("media:uploads.running", { done, total: uploads.length })
          : [
              ...(done > 0 ? [t("media:uploads.done", { count: done })] : []),
              ...(failed > 0 ? [t("media:uploads.failed", { count: failed })] : []),
            ].join(" ")}
      </Text>
      <ul className={styles["uploads"]} aria-label={t("media:uploads.title")}>
        {uploads.map((upload) => (
          <UploadRow key={upload.id} upload={upload} retry={() => retry(upload.id)} remove={() => remove(upload.id)} />
        ))}
      </ul>
    </Panel>
  );
}

function UploadRow({ upload, retry, remove }: { upload: Upload; retry: () => void; remove: () => void }) {
  const { t, locale } = useMessages();
  const { file, state, share } = upload;
  const name = file.name;
  return (
    <li className={styles["upload"]}>
      <div className={styles["uploadText"]}>
        <Group gap="xs" wrap="nowrap" align="start">
          {state === "done" && <Check size={18} aria-hidden className={styles["icon"]} />}
          {state === "failed" && <CircleAlert size={18} aria-hidden className={styles["icon"]} />}
          <Text size="sm" fw={600}>
            {name}
          </Text>
        </Group>
        {state === "failed" ? (
          <Text size="sm" className={styles["bad"]}>
            {uploadProblem(upload, t, locale)}
          </Text>
        ) : (
          <Text size="sm" c="dimmed">
            {state === "uploading"
              ? t("media:uploads.percent", { percent: Math.round(share * 100) })
              : t(`media:uploads.state.${state}`)}
          </Text>
        )}
        {state === "uploading" && <Progress value={share * 100} aria-label={t("media:uploads.of", { name })} />}
      </div>
      <Group gap="xs">
        {canRetry(upload) && (
          <Button variant="default" mih="2.75rem" aria-label={t("media:uploads.retryOne", { name })} onClick={retry}>
            {t("media:uploads.retry")}
          </Button>
        )}
        {(state === "waiting" || state === "uploading") && (
          <Button variant="default" mih="2.75rem" aria-label={t("media:uploads.stopOne", { name })} onClick={remove}>
            {t("media:uploads.stop")}
          </Button>
        )}
      </Group>
    </li>
  );
}

function uploadProblem({ problem }: Upload, t: Translate, locale: string): string {
  if (typeof problem !== "string") return problemMessage(problem, t);
  return t(`media:uploads.problem.${problem}`, { size: formatBytes(MAX_BYTES, locale) });
}
