// Step 1: text, call to action, hashtags, texts for single platforms, and a note for colleagues.
import { Button, Group, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { NotebookPen } from "lucide-react";
import { useState } from "react";
import { flushSync } from "react-dom";

import { brandQuery } from "@/api/brand";
import { useMessages } from "@/i18n/useMessages";
import { Counters } from "@/wizard/Counters";
import { HashtagField } from "@/wizard/HashtagField";
import { PlatformTexts } from "@/wizard/PlatformTexts";
import section from "@/wizard/Section.module.css";
import { FIELDS } from "@/wizard/steps";
import { useFieldIssues } from "@/wizard/useFieldIssues";
import { useWizard } from "@/wizard/useWizard";

export function ContentStep() {
  const { t } = useMessages();
  return (
    <Stack gap="lg">
      <section className={section["card"]} aria-labelledby="wizard-content-title">
        <Title order={2} size="h4" id="wizard-content-title">
          {t("wizard:steps.content")}
        </Title>
        <SharedText />
        <CallToAction />
        <HashtagField />
        <FromBrand />
      </section>
      <PlatformTexts />
      <NoteField />
    </Stack>
  );
}

function SharedText() {
  const { t } = useMessages();
  const { state, dispatch } = useWizard();
  const { error } = useFieldIssues(FIELDS.content);
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
        onChange={(event) => dispatch({ type: "contentChanged", field: "content", text: event.currentTarget.value })}
        error={error}
      />
      <Counters />
    </div>
  );
}

/** Says of a draft which of its fields are still the brand's. */
function FromBrand() {
  const { t, language } = useMessages();
  const { draft, post } = useWizard().state;
  const { data: brand } = useQuery({ ...brandQuery, enabled: post === null });
  if (!brand) return null;
  const parts = [
    ...(brand.hashtags.length > 0 && brand.hashtags.join() === draft.hashtags.join()
      ? [t("wizard:fromBrand.hashtags")]
      : []),
    ...(brand.cta !== "" && brand.cta === draft.cta ? [t("wizard:fromBrand.cta")] : []),
  ];
  if (parts.length === 0) return null;
  return (
    <Text size="sm" c="dimmed">
      {t("wizard:fromBrand.note", { parts: new Intl.ListFormat(language).format(parts) })}
    </Text>
  );
}

const PRESETS = ["learnMore", "bookNow", "writeUs"] as const;

function CallToAction() {
  const { t } = useMessages();
  const { state, dispatch } = useWizard();
  const { error, warning } = useFieldIssues(FIELDS.cta);
  // No error while an address is being typed.
  const [isTyping, setTyping] = useState(false);
  const write = (text: string) => dispatch({ type: "contentChanged", field: "cta", text });
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
        onFocus={() => setTyping(true)}
        onBlur={() => setTyping(false)}
        error={isTyping ? undefined : error}
      />
      {state.draft.cta === "" && (
        <Group gap="xs">
          {PRESETS.map((preset) => (
            <Button
              key={preset}
              variant="default"
              radius="xl"
              className={section["button"]}
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

/** The note for colleagues; a button as long as there is none. */
function NoteField() {
  const { t } = useMessages();
  const { state, dispatch } = useWizard();
  const { note } = state.draft;
  const [isOpen, setOpen] = useState(note !== "");
  const open = () => {
    flushSync(() => setOpen(true));
    document.getElementById(FIELDS.note)?.focus();
  };
  if (!isOpen && note === "")
    return (
      <Group>
        <Button
          variant="subtle"
          className={section["button"]}
          leftSection={<NotebookPen size={18} aria-hidden />}
          onClick={open}
        >
          {t("wizard:note.add")}
        </Button>
      </Group>
    );
  return (
    <section className={section["card"]}>
      <Textarea
        id={FIELDS.note}
        label={t("wizard:note.label")}
        description={t("wizard:note.description")}
        autosize
        minRows={2}
        maxRows={8}
        size="md"
        value={note}
        onFocus={() => setOpen(true)}
        onChange={(event) => dispatch({ type: "contentChanged", field: "note", text: event.currentTarget.value })}
      />
    </section>
  );
}
