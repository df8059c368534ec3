// The answer of somebody with a link: a name, a comment, and approve or send back.
import { Button, Group, Stack, Textarea, TextInput } from "@mantine/core";
import { BadgeCheck, MessageSquare, Undo2 } from "lucide-react";
import { useRef, useState } from "react";

import { useAnswer, type Answer, type ApprovalPageContent } from "@/approval/calls";
import { useMessages } from "@/i18n/useMessages";
import { Notice } from "@/ui/Notice";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./ApprovalPage.module.css";

interface Props {
  token: string;
  content: ApprovalPageContent;
  /** Whether anything of the post can still go out. */
  isOpen: boolean;
}

export function AnswerForm({ token, content, isOpen }: Props) {
  const { t } = useMessages();
  const [name, setName] = useState("");
  const [comment, setComment] = useState("");
  const [isNameless, setNameless] = useState(false);
  const sending = useAnswer(token);
  const nameField = useRef<HTMLInputElement>(null);
  const send = (answer: Answer) => {
    setNameless(name.trim() === "");
    if (name.trim() === "") nameField.current?.focus();
    else
      sending.mutate(
        { answer, name: name.trim(), comment: comment.trim(), version: content.version },
        { onSuccess: () => setComment("") },
      );
  };
  const common = { size: "md", className: styles["button"] ?? "", disabled: sending.isPending } as const;
  return (
    <Stack gap="md" role="group" aria-label={t("approval:page.decide")}>
      <TextInput
        label={t("approval:page.name")}
        required
        autoComplete="name"
        ref={nameField}
        error={isNameless && t("approval:page.nameMissing")}
        maxLength={100}
        size="md"
        value={name}
        onChange={(event) => {
          setName(event.currentTarget.value);
          setNameless(false);
        }}
      />
      <Textarea
        label={t("approval:page.comment")}
        autosize
        minRows={3}
        maxRows={10}
        maxLength={4000}
        size="md"
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      <ProblemAlert error={sending.error} />
      {sending.isSuccess && (
        <Notice tone="good" announced>
          {t("approval:page.done")}
        </Notice>
      )}
      <Group gap="sm">
        {isOpen && content.can_decide && (
          <Button {...common} leftSection={<BadgeCheck size={18} aria-hidden />} onClick={() => send("approve")}>
            {t("approval:page.approve")}
          </Button>
        )}
        {isOpen && content.can_send_back && (
          <Button
            {...common}
            variant="default"
            leftSection={<Undo2 size={18} aria-hidden />}
            onClick={() => send("send_back")}
          >
            {t("approval:page.sendBack")}
          </Button>
        )}
        <Button
          {...common}
          variant="default"
          disabled={common.disabled || comment.trim() === ""}
          leftSection={<MessageSquare size={18} aria-hidden />}
          onClick={() => send("comment")}
        >
          {t("approval:page.addComment")}
        </Button>
      </Group>
    </Stack>
  );
}
