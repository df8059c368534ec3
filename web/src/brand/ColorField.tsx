// A colour: typed as #rrggbb, or chosen with the browser's colour field.
import { TextInput } from "@mantine/core";

import { useMessages } from "@/i18n/useMessages";
import { isColor, toSixDigits } from "@/brand/draft";

import styles from "./Brand.module.css";

interface Props {
  label: string;
  value: string;
  problem: string | undefined;
  onChange: (color: string) => void;
}

export function ColorField({ label, value, problem, onChange }: Props) {
  const { t } = useMessages();
  return (
    <TextInput
      label={label}
      maxLength={7}
      value={value}
      error={problem ?? (isColor(value) ? undefined : t("brand:colorInvalid"))}
      leftSectionWidth={52}
      leftSectionPointerEvents="all"
      leftSection={
        <input
          type="color"
          className={styles["swatch"]}
          aria-label={t("brand:choose", { label })}
          value={toSixDigits(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      }
      onChange={(event) => onChange(event.currentTarget.value.trim())}
    />
  );
}
