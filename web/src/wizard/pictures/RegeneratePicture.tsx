// Generating a picture again: at once, or with another prompt, style or provider.
import { Button, Checkbox, Collapse, Group, NativeSelect, Stack, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Dices, SlidersHorizontal } from "lucide-react";
import { useId, useState, type SyntheticEvent } from "react";

import type { PostChange } from "@/api/post-actions";
import type { Post } from "@/api/posts";
import type { components } from "@/api/schema";
import type { Translate } from "@/i18n/keys";
import { imageChoicesQuery } from "@/api/images";
import { useMessages } from "@/i18n/useMessages";
import { Loading } from "@/ui/Loading";
import { pictureHistoryQuery, regenerateAll, type PictureOptions } from "@/wizard/pictures/calls";
import { providerName } from "@/wizard/pictures/providers";
import { DESIGNER, type PictureSlot } from "@/wizard/pictures/slots";

interface Props {
  post: Post;
  slot: PictureSlot;
  slots: readonly PictureSlot[];
  change: PostChange;
}

export function RegeneratePicture({ post, slot, slots, change }: Props) {
  const { t } = useMessages();
  const [isOpen, setIsOpen] = useState(false);
  const form = useId();
  const onMake = (options: PictureOptions, everywhere: boolean) =>
    change.mutate(() => regenerateAll(post, everywhere ? slots : [slot], () => options));
  return (
    <div>
      <Group gap={4}>
        <Button
          size="xs"
          variant="light"
          leftSection={<Dices size={16} aria-hidden />}
          loading={change.isPending}
          onClick={() => onMake({}, false)}
        >
          {slot.result.image_state === "none" ? t("pictures:make") : t("pictures:makeAnother")}
        </Button>
        <Button
          size="xs"
          px={8}
          variant="subtle"
          leftSection={<SlidersHorizontal size={16} aria-hidden />}
          aria-expanded={isOpen}
          aria-controls={form}
          onClick={() => setIsOpen(!isOpen)}
        >
          {t("pictures:options.open")}
        </Button>
      </Group>
      <Collapse expanded={isOpen} id={form}>
        {isOpen && (
          <OptionsLoader
            post={post}
            slot={slot}
            hasSeveral={slots.length > 1}
            isPending={change.isPending}
            onMake={onMake}
          />
        )}
      </Collapse>
    </div>
  );
}

interface OptionsFormProps {
  post: Post;
  slot: PictureSlot;
  hasSeveral: boolean;
  isPending: boolean;
  onMake: (options: PictureOptions, everywhere: boolean) => void;
}

function OptionsLoader({ post, slot, ...others }: OptionsFormProps) {
  const { data: history } = useQuery(pictureHistoryQuery(post.job_id, slot.result));
  const { data: choices } = useQuery(imageChoicesQuery);
  if (!history || !choices) return <Loading />;
  return <OptionsForm key={slot.platform.name} history={history} choices={choices} {...others} />;
}

interface OptionsFieldsProps extends Omit<OptionsFormProps, "post" | "slot"> {
  history: components["schemas"]["PostImages"];
  choices: components["schemas"]["ImageChoices"];
}

function OptionsForm({ history, choices, hasSeveral, isPending, onMake }: OptionsFieldsProps) {
  const { t } = useMessages();
  const [prompt, setPrompt] = useState(history.prompt);
  const [style, setStyle] = useState(history.style);
  const [provider, setProvider] = useState(history.provider);
  const [variant, setVariant] = useState("");
  const [everywhere, setEverywhere] = useState(false);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    // React bubbles events through portals: do not submit a form around this one.
    event.stopPropagation();
    // Options that were not changed go on following the post.
    const options: PictureOptions = {
      ...(prompt === history.prompt ? {} : { prompt }),
      ...(style === history.style ? {} : { style }),
      ...(provider === history.provider ? {} : { provider }),
      ...(variant.trim() === "" ? {} : { variant: Number(variant) }),
    };
    onMake(options, everywhere);
  };
  const providers = choices.providers.map(({ name, missing_setting: lacks }) => ({
    value: name,
    disabled: lacks !== null,
    label: providerLabel(name, lacks !== null, t),
  }));
  return (
    <form onSubmit={submit}>
      <Stack gap="xs" pt="xs">
        <Textarea
          label={t("pictures:options.prompt")}
          description={t("pictures:options.promptHint")}
          autosize
          maxRows={6}
          value={prompt}
          onChange={(event) => setPrompt(event.currentTarget.value)}
        />
        <TextInput
          label={t("pictures:options.style")}
          description={t("pictures:options.styleHint")}
          value={style}
          onChange={(event) => setStyle(event.currentTarget.value)}
        />
        <NativeSelect
          label={t("pictures:options.provider")}
          description={providers.some(({ disabled }) => disabled) ? t("pictures:options.notSetUpHint") : undefined}
          data={providers}
          value={provider}
          onChange={(event) => setProvider(event.currentTarget.value)}
        />
        <TextInput
          label={t("pictures:options.variant")}
          description={t("pictures:options.variantHint", { variant: history.variant })}
          inputMode="numeric"
          pattern="[0-9]*"
          value={variant}
          onChange={(event) => setVariant(event.currentTarget.value)}
        />
        {hasSeveral && (
          <Checkbox
            label={t("pictures:options.everywhere")}
            checked={everywhere}
            onChange={(event) => setEverywhere(event.currentTarget.checked)}
          />
        )}
        <Button type="submit" size="sm" loading={isPending} style={{ alignSelf: "start" }}>
          {t("pictures:options.submit")}
        </Button>
      </Stack>
    </form>
  );
}

function providerLabel(name: string, isMissing: boolean, t: Translate): string {
  if (name === "auto") return t("pictures:options.automatic");
  if (isMissing) return t("pictures:options.notSetUp", { provider: providerName(name) });
  return name === DESIGNER ? t("pictures:source.designer") : providerName(name);
}
