// Links with which people without an account see and approve the post: make one, copy it, withdraw it.
import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { Link2 } from "lucide-react";
import { useState } from "react";

import { useMessages } from "@/i18n/useMessages";
import { useMakeLink, useWithdrawLink, type ApprovalLink } from "@/posts/approval-calls";
import { useDateTime } from "@/ui/DateTime";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { SecretOnce } from "@/ui/SecretOnce";
import { WithdrawableRow } from "@/ui/WithdrawableRow";

import styles from "./ApprovalPanel.module.css";

const DAYS = [1, 7, 14, 30, 90] as const;

export function ApprovalLinks({ postId, links }: { postId: string; links: readonly ApprovalLink[] }) {
  const { t } = useMessages();
  const withdrawing = useWithdrawLink(postId);
  return (
    <details open={links.length > 0}>
      <summary className={styles["summary"]}>{t("approval:links.title")}</summary>
      <Stack gap="sm" mt="xs">
        <Text size="sm">{t("approval:links.hint")}</Text>
        {links.length > 0 && (
          <ul className={styles["links"]} aria-label={t("approval:links.title")}>
            {links.map((link) => (
              <LinkRow
                key={link.id}
                link={link}
                isPending={withdrawing.isPending}
                onWithdraw={() => withdrawing.mutate(link.id)}
              />
            ))}
          </ul>
        )}
        <ProblemAlert error={withdrawing.error} />
        <MakeLink postId={postId} />
      </Stack>
    </details>
  );
}

interface RowProps {
  link: ApprovalLink;
  isPending: boolean;
  onWithdraw: () => void;
}

function LinkRow({ link, isPending, onWithdraw }: RowProps) {
  const { t } = useMessages();
  const { format } = useDateTime();
  const note = link.note || t("approval:links.anybody");
  return (
    <WithdrawableRow
      note={note}
      details={t("approval:links.made", { name: link.created_by, time: format(link.expires_at) })}
      withdrawText={t("approval:links.withdraw")}
      withdrawLabel={t("approval:links.withdrawOne", { note })}
      isPending={isPending}
      onWithdraw={onWithdraw}
    />
  );
}

function MakeLink({ postId }: { postId: string }) {
  const { t } = useMessages();
  const [note, setNote] = useState("");
  const [days, setDays] = useState("14");
  const making = useMakeLink(postId);
  if (making.data)
    return (
      <SecretOnce
        title={t("approval:links.once")}
        label={t("approval:links.link")}
        copyLabel={t("approval:links.copy")}
        copiedText={t("approval:links.copied")}
        notCopiedText={t("approval:links.notCopied")}
        doneLabel={t("approval:links.done")}
        secret={making.data.url}
        onDone={() => making.reset()}
      />
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        making.mutate({ note, days: Number(days) }, { onSuccess: () => setNote("") });
      }}
    >
      <Stack gap="sm">
        <div className={styles["fields"]}>
          <TextInput
            label={t("approval:links.note")}
            maxLength={200}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <NativeSelect
            label={t("approval:links.days")}
            value={days}
            data={DAYS.map((count) => ({ value: String(count), label: t("approval:links.daysCount", { count }) }))}
            onChange={(event) => setDays(event.currentTarget.value)}
          />
        </div>
        <ProblemAlert error={making.error} />
        <Group>
          <Button
            type="submit"
            variant="default"
            className={styles["button"]}
            leftSection={<Link2 size={18} aria-hidden />}
            loading={making.isPending}
          >
            {t("approval:links.create")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
