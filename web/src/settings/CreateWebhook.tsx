// The form for a new webhook, and its secret, shown once.
import { Button, NativeSelect, Stack, TextInput } from "@mantine/core";
import { Webhook } from "lucide-react";
import { useState } from "react";

import { Problem } from "@/api/problem";
import { useMessages } from "@/i18n/useMessages";
import { SecretOnce } from "@/settings/SecretOnce";
import { useCreateWebhook } from "@/settings/webhook-calls";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Settings.module.css";

export function CreateWebhook() {
  const { t } = useMessages();
  const [url, setUrl] = useState("");
  const [note, setNote] = useState("");
  const [events, setEvents] = useState("problems");
  const creating = useCreateWebhook();
  const urlProblem = creating.error instanceof Problem ? creating.error.entriesAt("/url")[0]?.detail : undefined;
  if (creating.data)
    return (
      <SecretOnce
        title={t("settings:webhooks.once")}
        label={t("settings:webhooks.secret")}
        copyLabel={t("settings:webhooks.copy")}
        secret={creating.data.secret}
        onDone={() => {
          creating.reset();
          setUrl("");
          setNote("");
        }}
      />
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        creating.mutate({ url: url.trim(), note: note.trim(), events: events === "all" ? ["*"] : null });
      }}
    >
      <Stack gap="md" className={styles["narrow"]} align="start">
        <TextInput
          w="100%"
          type="url"
          label={t("settings:webhooks.url")}
          description={t("settings:webhooks.urlHint")}
          required
          maxLength={2_000}
          value={url}
          error={urlProblem}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <TextInput
          w="100%"
          label={t("settings:webhooks.note")}
          maxLength={500}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <NativeSelect
          w="100%"
          label={t("settings:webhooks.events")}
          value={events}
          data={[
            { value: "problems", label: t("settings:webhooks.problems") },
            { value: "all", label: t("settings:webhooks.all") },
          ]}
          onChange={(event) => setEvents(event.currentTarget.value)}
        />
        {urlProblem === undefined && <ProblemAlert error={creating.error} />}
        <Button
          type="submit"
          variant="default"
          className={styles["button"]}
          leftSection={<Webhook size={18} aria-hidden />}
          loading={creating.isPending}
        >
          {t("settings:webhooks.create")}
        </Button>
      </Stack>
    </form>
  );
}
