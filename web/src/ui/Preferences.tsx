// How the studio speaks and looks: the switches of language and colour scheme.
import { SegmentedControl, Stack, Text, useMantineColorScheme } from "@mantine/core";
import { useId } from "react";

import { useChangeSession } from "@/api/session";
import { isLanguage, LANGUAGES, speak } from "@/i18n/language";
import { useWords } from "@/i18n/useWords";

const SCHEMES = ["light", "dark", "auto"] as const;
// A language is named in itself, so that who needs it can read it.
const NAMES = { it: "Italiano", en: "English" };

/** `kept`: with the signed-in person, not only in this browser. */
export function LanguageSwitch({ kept = false }: { kept?: boolean }) {
  const { t, language } = useWords();
  const change = useChangeSession();
  return (
    <Switch
      label={t("ui:language")}
      value={language}
      data={LANGUAGES.map((value) => ({ value, label: NAMES[value] }))}
      choose={(value) => {
        if (!isLanguage(value)) return;
        void speak(value);
        if (kept) change.mutate({ language: value });
      }}
    />
  );
}

export function SchemeSwitch() {
  const { t } = useWords();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Switch
      label={t("ui:scheme.label")}
      value={colorScheme}
      data={SCHEMES.map((value) => ({ value, label: t(`ui:scheme.${value}`) }))}
      choose={(value) => {
        const scheme = SCHEMES.find((one) => one === value);
        if (scheme) setColorScheme(scheme);
      }}
    />
  );
}

interface SwitchProps {
  label: string;
  value: string;
  data: { value: string; label: string }[];
  choose: (value: string) => void;
}

function Switch({ label, value, data, choose }: SwitchProps) {
  const id = useId();
  return (
    <Stack gap={4}>
      <Text id={id} size="sm" c="dimmed">
        {label}
      </Text>
      <SegmentedControl fullWidth size="md" aria-labelledby={id} value={value} data={data} onChange={choose} />
    </Stack>
  );
}
