// Hashtags as chips: typed or pasted, split as people write them, and taken off again with a press.
import { Input, Stack, TextInput } from "@mantine/core";
import { X } from "lucide-react";
import { useState, type ClipboardEvent, type KeyboardEvent } from "react";

import { useWords } from "@/i18n/useWords";
import { isHashtag } from "@/ui/text/entities";
import { splitTags } from "@/wizard/hashtags";
import { FIELDS } from "@/wizard/steps";
import { useFieldRemarks } from "@/wizard/useFieldRemarks";
import { useWizard } from "@/wizard/useWizard";

import styles from "./Parts.module.css";

export function Hashtags() {
  const { t } = useWords();
  const { state, dispatch } = useWizard();
  const { error } = useFieldRemarks(FIELDS.hashtags);
  const [typed, setTyped] = useState("");
  const { hashtags } = state.draft;

  const take = (text: string) => {
    if (splitTags(text).length > 0) dispatch({ type: "tagged", text });
    setTyped("");
  };
  const write = (text: string) => {
    // What follows a separator is the next one; a lone # begins one.
    if (/[\s,;]/.test(text)) take(text);
    else setTyped(text);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      take(typed);
    } else if (event.key === "Backspace" && typed === "" && hashtags.length > 0) {
      dispatch({ type: "untagged", index: hashtags.length - 1 });
    }
  };
  const paste = (event: ClipboardEvent) => {
    event.preventDefault();
    take(`${typed}${event.clipboardData.getData("text/plain")}`);
  };
  const remove = (index: number) => {
    dispatch({ type: "untagged", index });
    document.getElementById(FIELDS.hashtags)?.focus();
  };
  return (
    <Stack gap="xs">
      <TextInput
        id={FIELDS.hashtags}
        label={t("wizard:hashtags.label")}
        description={t("wizard:hashtags.description")}
        placeholder={t("wizard:hashtags.placeholder")}
        size="md"
        autoCapitalize="none"
        value={typed}
        onChange={(event) => write(event.currentTarget.value)}
        onKeyDown={press}
        onPaste={paste}
        onBlur={() => take(typed)}
        error={error !== undefined}
      />
      {error !== undefined && <Input.Error>{error}</Input.Error>}
      {hashtags.length > 0 && (
        <ul className={styles["chips"]} aria-label={t("wizard:hashtags.chosen")}>
          {hashtags.map((tag, index) => (
            <li key={tag}>
              <button
                type="button"
                className={styles["chip"]}
                data-bad={!isHashtag(tag)}
                aria-label={t("wizard:hashtags.remove", { tag })}
                onClick={() => remove(index)}
              >
                {`#${tag}`}
                <X size={14} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
    </Stack>
  );
}
