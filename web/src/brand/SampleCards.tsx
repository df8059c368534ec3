// Sample cards of every style in the chosen ratio, drawn with the brand as it is typed.
import { SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { BrandFields } from "@/api/brand";
import { imageChoicesQuery, previewCard } from "@/api/images";
import { useMessages } from "@/i18n/useMessages";
import { cardStyleLabel } from "@/ui/cardStyle";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Brand.module.css";

const RATIOS = ["1:1", "4:5", "9:16", "16:9"] as const;
const DEBOUNCE_MS = 350;
const MINUTE_MS = 60_000;

export function SampleCards({ brand }: { brand: BrandFields }) {
  const { t } = useMessages();
  const [ratio, setRatio] = useState<string>(RATIOS[0]);
  const [text, setText] = useState(t("brand:sample.text"));
  const { data: choices, error } = useQuery(imageChoicesQuery);
  // As text, so that an equal brand is the same value.
  const [shown] = useDebouncedValue(
    JSON.stringify({ brand, text: text.trim() || t("brand:sample.text") }),
    DEBOUNCE_MS,
  );
  const sample = JSON.parse(shown) as { brand: BrandFields; text: string };
  return (
    <Panel title={t("brand:sample.title")}>
      <Stack gap="md">
        <TextInput
          label={t("brand:sample.label")}
          maxLength={300}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <SegmentedControl
          size="md"
          aria-label={t("brand:sample.ratio")}
          value={ratio}
          data={[...RATIOS]}
          onChange={setRatio}
        />
        <ProblemAlert error={error} />
        <ul className={styles["cards"]} aria-label={t("brand:sample.title")} data-wide={ratio === "16:9"}>
          {choices?.styles.map((style) => (
            <li key={style}>
              <SampleCard style={style} ratio={ratio} {...sample} />
            </li>
          ))}
        </ul>
      </Stack>
    </Panel>
  );
}

interface CardProps {
  style: string;
  ratio: string;
  brand: BrandFields;
  text: string;
}

function SampleCard({ style, ratio, brand, text }: CardProps) {
  const { t } = useMessages();
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ["card-preview", { style, ratio, brand, text }],
    // The signal stops the request of a card that is outdated.
    queryFn: ({ signal }) =>
      previewCard({ content: text, style, variant: 0, aspect_ratio: ratio, image_prompt: "", brand }, signal),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: MINUTE_MS,
  });
  const name = cardStyleLabel(style, t);
  return (
    <figure className={styles["card"]}>
      {error ? (
        <ProblemAlert error={error} />
      ) : (
        <div className={styles["frame"]} style={{ aspectRatio: ratio.replace(":", " / ") }}>
          {data !== undefined && (
            <img
              src={data}
              alt={t("brand:sample.alt", { style: name, ratio })}
              data-outdated={isPlaceholderData}
              className={styles["cardImage"]}
            />
          )}
        </div>
      )}
      <Text component="figcaption" size="sm" c="dimmed">
        {name}
      </Text>
    </figure>
  );
}
