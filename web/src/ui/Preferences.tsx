// Switches for the language and the colour scheme.
import { SegmentedControl, Stack, Text, useMantineColorScheme } from "@mantine/core";
import { useId } from "react";

import { useChangeSession } from "@/api/session";
import { chooseLanguage, isLanguage, languageName, LANGUAGES } from "@/i18n/language";
import { useMessages } from "@/i18n/useMessages";

const SCHEMES = ["light", "dark", "auto"] as const;

/** `forUser`: saves the choice with the signed-in user too, not only in this browser. */
export function LanguageSwitch({ forUser = false }: { forUser?: boolean }) {
  const { t, language } = useMessages();
  const change = useChangeSession();
  return (
    <PreferenceSwitch
      label={t("ui:language")}
      value={language}
      data={LANGUAGES.map((value) => ({ value, label: languageName(value) }))}
      onChoose={(value) => {
        if (!isLanguage(value)) return;
        void chooseLanguage(value);
        if (forUser) change.mutate({ language: value });
      }}
    />
  );
}

export function SchemeSwitch() {
  const { t } = useMessages();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <PreferenceSwitch
      label={t("ui:scheme.label")}
      value={colorScheme}
      data={SCHEMES.map((value) => ({ value, label: t(`ui:scheme.${value}`) }))}
      onChoose={(value) => {
        const scheme = SCHEMES.find((known) => known === value);
        if (scheme) setColorScheme(scheme);
      }}
    />
  );
}

interface PreferenceProps {
  label: string;
  value: string;
  data: { value: string; label: string }[];
  onChoose: (value: string) => void;
}

function PreferenceSwitch({ label, value, data, onChoose }: PreferenceProps) {
  const id = useId();
  return (
    <Stack gap={4}>
      <Text id={id} size="sm" c="dimmed">
        {label}
      </Text>
      <SegmentedControl fullWidth size="md" aria-labelledby={id} value={value} data={data} onChange={onChoose} />
    </Stack>
  );
}
