// What is made of the rows: drafts or scheduled posts, with generated pictures or without.
import { Radio, Stack, Switch, Text } from "@mantine/core";

import { useMessages } from "@/i18n/useMessages";
import type { ImportOptions } from "@/imports/calls";
import type { Import } from "@/imports/useImport";
import { useDateTime } from "@/ui/DateTime";
import { Panel } from "@/ui/Panel";

const INTENTS: readonly ImportOptions["intent"][] = ["schedule", "draft"];

export function OptionsPanel({ state: { options, setOptions, maySchedule, run } }: { state: Import }) {
  const { t } = useMessages();
  const { zone } = useDateTime();
  return (
    <Panel title={t("imports:options.title")}>
      <Stack gap="md">
        <Radio.Group
          label={t("imports:options.intent")}
          value={options.intent}
          onChange={(value) => {
            const intent = INTENTS.find((known) => known === value);
            if (intent) setOptions({ intent });
          }}
        >
          <Stack gap="xs" mt="xs">
            {INTENTS.map((intent) => (
              <Radio
                key={intent}
                value={intent}
                size="md"
                disabled={run.isRunning || (intent === "schedule" && !maySchedule)}
                label={t(`imports:options.${intent}`)}
                description={
                  intent === "schedule" && !maySchedule
                    ? t("imports:options.notAllowed")
                    : t(`imports:options.${intent}Hint`)
                }
              />
            ))}
          </Stack>
        </Radio.Group>
        <Switch
          size="md"
          checked={options.makesPictures}
          disabled={run.isRunning}
          onChange={(event) => setOptions({ makesPictures: event.currentTarget.checked })}
          label={t("imports:options.pictures")}
          description={t("imports:options.picturesHint")}
        />
        <Text size="sm" c="dimmed">
          {t("imports:options.zone", { zone })} {t("imports:options.accounts")}
        </Text>
      </Stack>
    </Panel>
  );
}
