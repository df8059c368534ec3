// Step 1: what is said: the text, a call to action, the hashtags, and what is said otherwise on one platform.
import { Button, Group, Stack, Textarea, TextInput, Title } from "@mantine/core";
import { useState } from "react";

import { useWords } from "@/i18n/useWords";
import { Counters } from "@/wizard/Counters";
import { Hashtags } from "@/wizard/Hashtags";
import { OwnTexts } from "@/wizard/OwnTexts";
import styles from "@/wizard/Parts.module.css";
import { FIELDS } from "@/wizard/steps";
import { useFieldRemarks } from "@/wizard/useFieldRemarks";
import { useWizard } from "@/wizard/useWizard";

export function ContentStep() {
  const { t } = useWords();
  return (
    <Stack gap="lg">
      <section className={styles["card"]} aria-labelledby="wizard-content-title">
        <Title order={2} size="h4" id="wizard-content-title">
          {t("wizard:steps.content")}
        </Title>
        <SharedText />
        <CallToAction />
        <Hashtags />
      </section>
      <OwnTexts />
    </Stack>
  );
}

function SharedText() {
  const { t } = useWords();
  const { state, dispatch } = useWizard();
  const { error } = useFieldRemarks(FIELDS.content);
  return (
    <div>
      <Textarea
        id={FIELDS.content}
        label={t("wizard:text.label")}
        placeholder={t("wizard:text.placeholder")}
        autosize
        minRows={6}
        maxRows={18}
        size="md"
        value={state.draft.content}
        onChange={(event) => dispatch({ type: "wrote", field: "content", text: event.currentTarget.value })}
        error={error}
      />
      <Counters />
    </div>
  );
}

const PRESETS = ["learnMore", "bookNow", "writeUs"] as const;

function CallToAction() {
  const { t } = useWords();
  const { state, dispatch } = useWizard();
  const { error, warning } = useFieldRemarks(FIELDS.cta);
  // Half an address is not wrong yet.
  const [writing, setWriting] = useState(false);
  const write = (text: string) => dispatch({ type: "wrote", field: "cta", text });
  return (
    <Stack gap="xs">
      <TextInput
        id={FIELDS.cta}
        label={t("wizard:cta.label")}
        description={warning ?? t("wizard:cta.description")}
        placeholder={t("wizard:cta.placeholder")}
        size="md"
        value={state.draft.cta}
        onChange={(event) => write(event.currentTarget.value)}
        onFocus={() => setWriting(true)}
        onBlur={() => setWriting(false)}
        error={writing ? undefined : error}
      />
      {state.draft.cta === "" && (
        <Group gap="xs">
          {PRESETS.map((preset) => (
            <Button
              key={preset}
              variant="default"
              radius="xl"
              className={styles["act"]}
              onClick={() => {
                write(`${t(`wizard:cta.preset.${preset}`)} `);
                document.getElementById(FIELDS.cta)?.focus();
              }}
            >
              {t(`wizard:cta.preset.${preset}`)}
            </Button>
          ))}
        </Group>
      )}
    </Stack>
  );
}
