// Texts for single platforms: begun from the shared text, compared with it, and reset to it.
import { Button, Group, Stack, Text, Textarea, Title } from "@mantine/core";
import { Link2, Link2Off, Undo2 } from "lucide-react";
import { useState } from "react";

import type { Platform } from "@/api/platforms";
import { useMessages } from "@/i18n/useMessages";
import { Counters } from "@/wizard/Counters";
import { diffWords } from "@/wizard/diff";
import { FIELDS } from "@/wizard/steps";
import { useFieldIssues } from "@/wizard/useFieldIssues";
import { useWizard } from "@/wizard/useWizard";

import section from "@/wizard/Section.module.css";

export function PlatformTexts() {
  const { t } = useMessages();
  const { chosen, state } = useWizard();
  const withText = chosen.filter((platform) => platform.shows_text);
  const withoutText = chosen.filter((platform) => !platform.shows_text);
  if (chosen.length === 0) return null;
  return (
    <section className={section["card"]} aria-labelledby="wizard-platform-texts">
      <div>
        <Title order={2} size="h4" id="wizard-platform-texts">
          {t("wizard:platformTexts.title")}
        </Title>
        {withoutText.length > 0 && (
          <Text size="sm" c="dimmed" mt={4}>
            {t("wizard:platformTexts.noText", { labels: withoutText.map(({ label }) => label).join(", ") })}
          </Text>
        )}
      </div>
      {withText.map((platform) => {
        const text = state.draft.texts[platform.name];
        return text === undefined ? (
          <SharedTextRow key={platform.name} platform={platform} />
        ) : (
          <PlatformTextEditor key={platform.name} platform={platform} text={text} />
        );
      })}
    </section>
  );
}

// The texts that were reset in this page, by post and platform: they can be restored.
const discarded = new Map<string, string>();

function SharedTextRow({ platform: { name, label } }: { platform: Platform }) {
  const { t } = useMessages();
  const { state, dispatch } = useWizard();
  const [previous] = useState(() => state.post && discarded.get(`${state.post.id}/${name}`));
  const customise = (text: string) => dispatch({ type: "platformTextChanged", platform: name, text });
  return (
    <Group justify="space-between" gap="sm">
      <Group gap="xs" wrap="nowrap">
        <Link2 size={18} aria-hidden />
        <Text size="sm">{t("wizard:platformTexts.shared", { label })}</Text>
      </Group>
      <Group gap="xs">
        {typeof previous === "string" && (
          <Button
            variant="subtle"
            className={section["button"]}
            leftSection={<Undo2 size={16} aria-hidden />}
            onClick={() => customise(previous)}
          >
            {t("wizard:platformTexts.restore", { label })}
          </Button>
        )}
        <Button variant="default" className={section["button"]} onClick={() => customise(state.draft.content)}>
          {t("wizard:platformTexts.customise", { label })}
        </Button>
      </Group>
    </Group>
  );
}

function PlatformTextEditor({ platform: { name, label }, text }: { platform: Platform; text: string }) {
  const { t } = useMessages();
  const { state, dispatch } = useWizard();
  const { error } = useFieldIssues(FIELDS.text(name));
  const [isComparing, setComparing] = useState(false);
  const reset = () => {
    if (state.post) discarded.set(`${state.post.id}/${name}`, text);
    dispatch({ type: "platformTextReset", platform: name });
  };
  return (
    <Stack gap="xs">
      <Textarea
        id={FIELDS.text(name)}
        label={
          <Group gap="xs" component="span" display="inline-flex">
            <Link2Off size={18} aria-hidden />
            {t("wizard:platformTexts.label", { label })}
          </Group>
        }
        autosize
        minRows={4}
        maxRows={14}
        size="md"
        value={text}
        onChange={(event) => dispatch({ type: "platformTextChanged", platform: name, text: event.currentTarget.value })}
        error={error}
      />
      <Counters only={name} />
      <Group gap="xs">
        <Button
          variant="default"
          className={section["button"]}
          aria-expanded={isComparing}
          onClick={() => setComparing(!isComparing)}
        >
          {t(isComparing ? "wizard:platformTexts.hide" : "wizard:platformTexts.compare", { label })}
        </Button>
        <Button variant="default" className={section["button"]} onClick={reset}>
          {t("wizard:platformTexts.reset", { label })}
        </Button>
      </Group>
      {isComparing && <TextDiff before={state.draft.content} after={text} />}
    </Stack>
  );
}

function TextDiff({ before, after }: { before: string; after: string }) {
  const { t } = useMessages();
  if (before === after) return <Text size="sm">{t("wizard:platformTexts.same")}</Text>;
  return (
    <div className={section["diff"]}>
      {diffWords(before, after).map(({ kind, text }, index) =>
        kind === "removed" ? (
          <del key={index}>{text}</del>
        ) : kind === "added" ? (
          <ins key={index}>{text}</ins>
        ) : (
          <span key={index}>{text}</span>
        ),
      )}
    </div>
  );
}
