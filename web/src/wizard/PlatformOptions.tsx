// The options of a post on one platform, as the platform declares them.
import { Checkbox, NativeSelect, Stack, TextInput } from "@mantine/core";

import type { Platform } from "@/api/platforms";
import { useMessages } from "@/i18n/useMessages";
import { optionPath } from "@/wizard/draftFields";
import { FIELDS } from "@/wizard/steps";
import { useFieldIssues } from "@/wizard/useFieldIssues";
import { useWizard } from "@/wizard/useWizard";

export function PlatformOptions({ platform: { name, label, options } }: { platform: Platform }) {
  const { t } = useMessages();
  if (options.length === 0) return null;
  return (
    <Stack gap="sm" role="group" aria-label={t("wizard:platforms.options", { label })}>
      {options.map((option) => (
        <OptionField key={option.name} platform={name} option={option} />
      ))}
    </Stack>
  );
}

function OptionField({ platform, option }: { platform: string; option: Platform["options"][number] }) {
  const { t } = useMessages();
  const { state, dispatch } = useWizard();
  const id = FIELDS.option(platform, option.name);
  const { error } = useFieldIssues(id);
  const value = state.draft.options[optionPath(platform, option.name)] ?? option.default;
  const change = (changed: string | boolean | null) =>
    dispatch({ type: "optionChanged", platform, option: option.name, value: changed });
  const shared = { id, label: option.label, description: option.help, error, required: option.required };
  switch (option.kind) {
    case "flag":
      return (
        <Checkbox
          {...shared}
          mih="2.75rem"
          checked={value === true}
          onChange={(event) => change(event.currentTarget.checked)}
        />
      );
    case "choice": {
      // Without a default, no value is chosen for the person.
      const open = option.default === null ? [{ value: "", label: t("wizard:platforms.optionNone") }] : [];
      return (
        <NativeSelect
          {...shared}
          size="md"
          value={typeof value === "string" ? value : ""}
          data={[...open, ...option.choices]}
          onChange={(event) => change(event.currentTarget.value || null)}
        />
      );
    }
    case "text":
      return (
        <TextInput
          {...shared}
          size="md"
          value={typeof value === "string" ? value : ""}
          onChange={(event) => change(event.currentTarget.value)}
        />
      );
  }
}
