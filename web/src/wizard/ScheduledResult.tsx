// When a scheduled post will be published, and what can be done until then.
import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { CalendarCheck } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import type { Post } from "@/api/posts";
import { formatWithOffset } from "@/i18n/dateTime";
import { useMessages } from "@/i18n/useMessages";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { RepeatButton } from "@/ui/series/RepeatButton";
import section from "@/wizard/Section.module.css";
import { revertToDraft } from "@/wizard/publishActions";
import { ResultLinks } from "@/wizard/ResultLinks";
import { useWizard } from "@/wizard/useWizard";

interface Props {
  post: Post;
  /** Set right after scheduling, when this stands in place of the form: brings the form back. */
  onChange?: () => void;
}

export function ScheduledResult({ post, onChange }: Props) {
  const { t, locale } = useMessages();
  const client = useQueryClient();
  const { state, dispatch } = useWizard();
  const [error, setError] = useState<unknown>(null);
  const [isPending, setPending] = useState(false);
  const box = useFocus<HTMLDivElement>(onChange !== undefined);
  const zone = post.zone ?? state.schedule.zone;
  const revert = async () => {
    setPending(true);
    try {
      await revertToDraft(client, post);
      dispatch({ type: "scheduleChanged", change: { mode: "draft" } });
    } catch (failure) {
      setError(failure);
    }
    setPending(false);
  };
  return (
    <Stack ref={box} tabIndex={-1} gap="lg">
      <ProblemAlert error={error} />
      <Alert role="status" color="green" icon={<CalendarCheck aria-hidden />} title={t("wizard:result.scheduled")}>
        <Stack gap="sm">
          {post.schedule_time && <Text>{`${formatWithOffset(post.schedule_time, { locale, zone })}, ${zone}`}</Text>}
          <Text size="sm">{t("wizard:result.scheduledHint")}</Text>
          {post.series?.ended === false && <Text size="sm">{t("wizard:result.repeats")}</Text>}
          <Group gap="sm">
            {onChange && (
              <Button variant="default" className={section["button"]} onClick={onChange}>
                {t("wizard:result.change")}
              </Button>
            )}
            <RepeatButton post={post} />
            <Button variant="default" className={section["button"]} loading={isPending} onClick={() => void revert()}>
              {t("wizard:result.revertToDraft")}
            </Button>
          </Group>
        </Stack>
      </Alert>
      {onChange && <ResultLinks postId={post.job_id} />}
    </Stack>
  );
}

/** Move the focus here on mount: the button that was pressed is gone. */
function useFocus<T extends HTMLElement>(isWanted: boolean) {
  const element = useRef<T>(null);
  useEffect(() => {
    if (!isWanted) return;
    element.current?.focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }, [isWanted]);
  return element;
}
