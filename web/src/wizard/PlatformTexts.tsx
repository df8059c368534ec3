// What is said otherwise on one platform: taken from the shared text, compared with it, and given back to it.
import { Button, Group, Stack, Text, Textarea, Title } from "@mantine/core";
import { Link2, Link2Off, Undo2 } from "lucide-react";
import { useState } from "react";

import type { Platform } from "@/api/platforms";
import { useWords } from "@/i18n/useWords";
import { Counters } from "@/wizard/Counters";
import { differenceOf } from "@/wizard/difference";
import { FIELDS } from "@/wizard/steps";
import { useFieldRemarks } from "@/wizard/useFieldRemarks";
import { useWizard } from "@/wizard/useWizard";

import styles from "./Parts.module.css";

export function OwnTexts() {
  const { t } = useWords();
  const { chosen, state } = useWizard();
  const speaking = chosen.filter((platform) => platform.shows_text);
  const silent = chosen.filter((platform) => !platform.shows_text);
  if (chosen.length === 0) return null;
  return (
    <section className={styles["card"]} aria-labelledby="wizard-own-title">
      <div>
        <Title order={2} size="h4" id="wizard-own-title">
          {t("wizard:own.title")}
        </Title>
        {silent.length > 0 && (
          <Text size="sm" c="dimmed" mt={4}>
            {t("wizard:own.silent", { labels: silent.map(({ label }) => label).join(", ") })}
          </Text>
        )}
      </div>
      {speaking.map((platform) => {
        const own = state.draft.texts[platform.name];
        return own === undefined ? (
          <Shared key={platform.name} platform={platform} />
        ) : (
          <Own key={platform.name} platform={platform} text={own} />
        );
      })}
    </section>
  );
}

// What was given back to the shared text a moment ago can be had again; by platform.
const given = new Map<string, string>();

function Shared({ platform: { name, label } }: { platform: Platform }) {
  const { t } = useWords();
  const { state, dispatch } = useWizard();
  const [before] = useState(() => state.post && given.get(`${state.post.id}/${name}`));
  const customise = (text: string) => dispatch({ type: "customised", platform: name, text });
  return (
    <Group justify="space-between" gap="sm">
      <Group gap="xs" wrap="nowrap">
        <Link2 size={18} aria-hidden />
        <Text size="sm">{t("wizard:own.shared", { label })}</Text>
      </Group>
      <Group gap="xs">
        {typeof before === "string" && (
          <Button
            variant="subtle"
            className={styles["act"]}
            leftSection={<Undo2 size={16} aria-hidden />}
            onClick={() => customise(before)}
          >
            {t("wizard:own.again", { label })}
          </Button>
        )}
        <Button variant="default" className={styles["act"]} onClick={() => customise(state.draft.content)}>
          {t("wizard:own.customise", { label })}
        </Button>
      </Group>
    </Group>
  );
}

function Own({ platform: { name, label }, text }: { platform: Platform; text: string }) {
  const { t } = useWords();
  const { state, dispatch } = useWizard();
  const { error } = useFieldRemarks(FIELDS.text(name));
  const [compared, setCompared] = useState(false);
  const share = () => {
    if (state.post) given.set(`${state.post.id}/${name}`, text);
    dispatch({ type: "shared", platform: name });
  };
  return (
    <Stack gap="xs">
      <Textarea
        id={FIELDS.text(name)}
        label={
          <Group gap="xs" component="span" display="inline-flex">
            <Link2Off size={18} aria-hidden />
            {t("wizard:own.label", { label })}
          </Group>
        }
        autosize
        minRows={4}
        maxRows={14}
        size="md"
        value={text}
        onChange={(event) => dispatch({ type: "customised", platform: name, text: event.currentTarget.value })}
        error={error}
      />
      <Counters only={name} />
      <Group gap="xs">
        <Button
          variant="default"
          className={styles["act"]}
          aria-expanded={compared}
          onClick={() => setCompared(!compared)}
        >
          {t(compared ? "wizard:own.hide" : "wizard:own.compare", { label })}
        </Button>
        <Button variant="default" className={styles["act"]} onClick={share}>
          {t("wizard:own.reset", { label })}
        </Button>
      </Group>
      {compared && <Difference before={state.draft.content} after={text} />}
    </Stack>
  );
}

function Difference({ before, after }: { before: string; after: string }) {
  const { t } = useWords();
  if (before === after) return <Text size="sm">{t("wizard:own.same")}</Text>;
  return (
    <div className={styles["difference"]}>
      {differenceOf(before, after).map(({ kind, text }, index) =>
        kind === "gone" ? (
          <del key={index}>{text}</del>
        ) : kind === "new" ? (
          <ins key={index}>{text}</ins>
        ) : (
          <span key={index}>{text}</span>
        ),
      )}
    </div>
  );
}
