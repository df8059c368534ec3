// The hashtags as chips: typed or pasted, split at separators, removed by a click.
import { Input, Stack, TextInput } from "@mantine/core";
import { X } from "lucide-react";
import { useState, type ClipboardEvent, type KeyboardEvent } from "react";

import { useMessages } from "@/i18n/useMessages";
import { isHashtag } from "@/ui/text/entities";
import { splitTags } from "@/ui/text/hashtags";
import { FIELDS } from "@/wizard/steps";
import { useFieldIssues } from "@/wizard/useFieldIssues";
import { useWizard } from "@/wizard/useWizard";

import section from "@/wizard/Section.module.css";

export function HashtagField() {
  const { t } = useMessages();
  const { state, dispatch } = useWizard();
  const { error } = useFieldIssues(FIELDS.hashtags);
  const [typed, setTyped] = useState("");
  const { hashtags } = state.draft;

  const add = (text: string) => {
    if (splitTags(text).length > 0) dispatch({ type: "hashtagsAdded", text });
    setTyped("");
  };
  const type = (text: string) => {
    // A separator ends a hashtag.
    if (/[\s,;]/.test(text)) add(text);
    else setTyped(text);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      add(typed);
    } else if (event.key === "Backspace" && typed === "" && hashtags.length > 0) {
      dispatch({ type: "hashtagRemoved", index: hashtags.length - 1 });
    }
  };
  const onPaste = (event: ClipboardEvent) => {
    event.preventDefault();
    add(`${typed}${event.clipboardData.getData("text/plain")}`);
  };
  const remove = (index: number) => {
    dispatch({ type: "hashtagRemoved", index });
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
        onChange={(event) => type(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
        onBlur={() => add(typed)}
        error={error !== undefined}
      />
      {error !== undefined && <Input.Error>{error}</Input.Error>}
      {hashtags.length > 0 && (
        <ul className={section["chips"]} aria-label={t("wizard:hashtags.chosen")}>
          {hashtags.map((tag, index) => (
            <li key={tag}>
              <button
                type="button"
                className={section["chip"]}
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
