// The form of the brand kit.
import { Button, Group, NativeSelect, Stack, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { brandQuery, saveBrand, type Brand } from "@/api/brand";
import { Problem } from "@/api/problem";
import { useMessages } from "@/i18n/useMessages";
import { ColorField } from "@/brand/ColorField";
import { fieldsOf, isChanged, type BrandDraft } from "@/brand/draft";
import { LogoField } from "@/brand/LogoField";
import { Notice } from "@/ui/Notice";
import { Panel } from "@/ui/Panel";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Brand.module.css";

interface Props {
  brand: Brand;
  draft: BrandDraft;
  onChange: (fields: Partial<BrandDraft>) => void;
}

export function BrandForm({ brand, draft, onChange }: Props) {
  const { t } = useMessages();
  const client = useQueryClient();
  const saving = useMutation({
    mutationFn: () => saveBrand(fieldsOf(draft)),
    onSuccess: (saved) => client.setQueryData(brandQuery.queryKey, saved),
  });
  const isDirty = isChanged(draft, brand);
  const problemAt = (pointer: string) =>
    saving.error instanceof Problem ? saving.error.entriesAt(pointer)[0]?.detail : undefined;
  return (
    <Panel title={t("brand:form")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          saving.mutate();
        }}
      >
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            {t("brand:hint")}
          </Text>
          <TextInput
            label={t("brand:name")}
            description={t("brand:nameHint")}
            maxLength={200}
            value={draft.name}
            error={problemAt("/name")}
            onChange={(event) => onChange({ name: event.currentTarget.value })}
          />
          <LogoField
            logo={draft.logo}
            savedUrl={draft.logo === brand.logo ? brand.logo_url : null}
            problem={problemAt("/logo")}
            onChange={(logo) => onChange({ logo })}
          />
          <ColorFields draft={draft} problemAt={problemAt} onChange={onChange} />
          <NativeSelect
            label={t("brand:fonts")}
            value={draft.fonts ?? ""}
            error={problemAt("/fonts")}
            data={[{ value: "", label: t("brand:fontsByStyle") }, ...brand.font_pairs.map(fontOption)]}
            onChange={(event) => onChange({ fonts: event.currentTarget.value || null })}
          />
          <TextInput
            label={t("brand:handle")}
            description={t("brand:handleHint")}
            placeholder="@"
            maxLength={200}
            value={draft.handle}
            error={problemAt("/handle")}
            onChange={(event) => onChange({ handle: event.currentTarget.value })}
          />
          <Textarea
            label={t("brand:tone")}
            description={t("brand:toneHint")}
            autosize
            minRows={2}
            maxLength={500}
            value={draft.tone}
            error={problemAt("/tone")}
            onChange={(event) => onChange({ tone: event.currentTarget.value })}
          />
          <PostDefaults draft={draft} problemAt={problemAt} onChange={onChange} />
          {!isDirty &&
            brand.notes.map((note) => (
              <Notice key={note} tone="plain">
                {note}
              </Notice>
            ))}
          {!(saving.error instanceof Problem && saving.error.errors.length > 0) && (
            <ProblemAlert error={saving.error} />
          )}
          <Group>
            <Button type="submit" className={styles["button"]} disabled={!isDirty} loading={saving.isPending}>
              {t("brand:save")}
            </Button>
            <Text role="status" size="sm">
              {saving.isSuccess && !isDirty && t("brand:saved")}
            </Text>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}

/** What new posts begin with. */
function PostDefaults({ draft, problemAt, onChange }: ColorFieldsProps) {
  const { t } = useMessages();
  // A problem is of one hashtag; one field has them all.
  const tags = fieldsOf(draft).hashtags;
  const tagProblem = problemAt("/hashtags") ?? tags.map((_, at) => problemAt(`/hashtags/${at}`)).find(Boolean);
  return (
    <>
      <TextInput
        label={t("brand:hashtags")}
        description={t("brand:hashtagsHint")}
        placeholder="#"
        value={draft.hashtags}
        error={tagProblem}
        onChange={(event) => onChange({ hashtags: event.currentTarget.value })}
      />
      <TextInput
        label={t("brand:cta")}
        description={t("brand:ctaHint")}
        maxLength={1000}
        value={draft.cta}
        error={problemAt("/cta")}
        onChange={(event) => onChange({ cta: event.currentTarget.value })}
      />
    </>
  );
}

interface ColorFieldsProps extends Pick<Props, "draft" | "onChange"> {
  problemAt: (pointer: string) => string | undefined;
}

function ColorFields({ draft: { hasColors, colors }, problemAt, onChange }: ColorFieldsProps) {
  const { t } = useMessages();
  const [main, accent] = colors;
  return (
    <Stack gap="xs">
      <Switch
        label={t("brand:ownColors")}
        description={t("brand:ownColorsHint")}
        checked={hasColors}
        onChange={(event) => onChange({ hasColors: event.currentTarget.checked })}
      />
      {hasColors && (
        <div className={styles["colors"]}>
          <ColorField
            label={t("brand:mainColor")}
            value={main}
            problem={problemAt("/colors/0")}
            onChange={(color) => onChange({ colors: [color, accent] })}
          />
          <ColorField
            label={t("brand:accentColor")}
            value={accent}
            problem={problemAt("/colors/1")}
            onChange={(color) => onChange({ colors: [main, color] })}
          />
        </div>
      )}
    </Stack>
  );
}

/** The names of typefaces are the same in every language. */
function fontOption(name: string) {
  return { value: name, label: name.charAt(0).toUpperCase() + name.slice(1) };
}
