// What can be done with the selected posts; stays in sight while the list is scrolled.
import { Button, Group, NumberInput, Stack, Text } from "@mantine/core";
import { CalendarClock, CalendarPlus, Copy, RotateCcw, Trash2, type LucideIcon } from "lucide-react";
import { useState } from "react";

import type { Post } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { isApplicable, type BulkAction } from "@/posts/bulk";
import type { Bulk } from "@/posts/useBulk";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Dialog } from "@/ui/Dialog";

import styles from "./PostsPage.module.css";

const ACTIONS: readonly (readonly [BulkAction["name"], LucideIcon])[] = [
  ["schedule", CalendarPlus],
  ["shift", CalendarClock],
  ["retry", RotateCcw],
  ["duplicate", Copy],
  ["delete", Trash2],
];

export function BulkBar({ bulk }: { bulk: Bulk }) {
  const { t } = useMessages();
  const [dialog, setDialog] = useState<"shift" | "delete" | null>(null);
  const { selected, progress } = bulk;
  const start = (name: BulkAction["name"]) => {
    if (name === "shift" || (name === "delete" && selected.some(mayBePublic))) setDialog(name);
    else bulk.run({ name });
  };
  const run = (action: BulkAction) => {
    setDialog(null);
    bulk.run(action);
  };
  return (
    <div className={styles["bulk"]} role="group" aria-label={t("posts:bulk.label")}>
      <Text fw={650} role="status">
        {progress === null
          ? t("posts:bulk.count", { count: selected.length })
          : t("posts:bulk.working", { done: progress, total: selected.length })}
      </Text>
      <Group gap="xs">
        {ACTIONS.filter(([name]) => selected.some((post) => isApplicable(sample(name), post))).map(([name, Icon]) => (
          <Button
            key={name}
            variant="default"
            mih="2.75rem"
            disabled={progress !== null}
            leftSection={<Icon size={18} aria-hidden />}
            onClick={() => start(name)}
          >
            {t(`posts:bulk.${name}`)}
          </Button>
        ))}
        <Button variant="subtle" color="gray" mih="2.75rem" disabled={progress !== null} onClick={bulk.clear}>
          {t("posts:bulk.clear")}
        </Button>
      </Group>
      {dialog === "shift" && (
        <ShiftDialog shift={(days) => run({ name: "shift", days })} close={() => setDialog(null)} />
      )}
      {dialog === "delete" && (
        <ConfirmDialog
          title={t("posts:bulk.deleteTitle")}
          confirmLabel={t("posts:bulk.deleteConfirm")}
          cancelLabel={t("posts:bulk.keep")}
          isPending={false}
          error={null}
          onConfirm={() => run({ name: "delete" })}
          close={() => setDialog(null)}
        >
          <Text>{t("posts:bulk.deleteHint")}</Text>
        </ConfirmDialog>
      )}
    </div>
  );
}

function sample(name: BulkAction["name"]): BulkAction {
  return name === "shift" ? { name, days: 1 } : { name };
}

function mayBePublic({ platforms }: Post): boolean {
  return platforms.some(({ state }) => state === "published" || state === "unconfirmed");
}

const DAYS_MAX = 365;

function ShiftDialog({ shift, close }: { shift: (days: number) => void; close: () => void }) {
  const { t } = useMessages();
  const [days, setDays] = useState<number | string>(1);
  const isValid = typeof days === "number" && days !== 0;
  return (
    <Dialog title={t("posts:bulk.shiftTitle")} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isValid) shift(days);
        }}
      >
        <Stack>
          <NumberInput
            label={t("posts:bulk.shiftDays")}
            value={days}
            onChange={setDays}
            min={-DAYS_MAX}
            max={DAYS_MAX}
            allowDecimal={false}
            data-autofocus
          />
          <Text size="sm" c="dimmed">
            {t("posts:bulk.shiftHint")}
          </Text>
          <Group>
            <Button type="submit" mih="2.75rem" disabled={!isValid}>
              {t("posts:bulk.shiftSubmit")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
