// Making a picture anew: another throw of the dice at once, or with other words, another style, by someone else.
import { Button, Checkbox, Collapse, Group, NativeSelect, Stack, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Dices, SlidersHorizontal } from "lucide-react";
import { useId, useState, type SyntheticEvent } from "react";

import type { Post } from "@/api/posts";
import type { components } from "@/api/schema";
import { useWords } from "@/i18n/useWords";
import { Loading } from "@/ui/Loading";
import { albumQuery, imageChoicesQuery, regenerate, type Wish, type PostChange } from "@/wizard/pictures/calls";
import type { Place } from "@/wizard/pictures/pictures";

interface Props {
  post: Post;
  place: Place;
  places: readonly Place[];
  change: PostChange;
}

export function Remaking({ post, place, places, change }: Props) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const form = useId();
  const make = (wish: Wish, everywhere: boolean) =>
    change.mutate(() => regenerateAll(post, everywhere ? places : [place], wish));
  return (
    <div>
      <Group gap={4}>
        <Button
          size="xs"
          variant="light"
          leftSection={<Dices size={16} aria-hidden />}
          loading={change.isPending}
          onClick={() => make({}, false)}
        >
          {place.result.image_state === "none" ? t("pictures:make") : t("pictures:another")}
        </Button>
        <Button
          size="xs"
          px={8}
          variant="subtle"
          leftSection={<SlidersHorizontal size={16} aria-hidden />}
          aria-expanded={open}
          aria-controls={form}
          onClick={() => setOpen(!open)}
        >
          {t("pictures:how")}
        </Button>
      </Group>
      <Collapse expanded={open} id={form}>
        {open && <Form post={post} place={place} several={places.length > 1} pending={change.isPending} make={make} />}
      </Collapse>
    </div>
  );
}

interface FormProps {
  post: Post;
  place: Place;
  several: boolean;
  pending: boolean;
  make: (wish: Wish, everywhere: boolean) => void;
}

function Form({ post, place, ...others }: FormProps) {
  const { data: album } = useQuery(albumQuery(post.job_id, place.result));
  const { data: choices } = useQuery(imageChoicesQuery);
  if (!album || !choices) return <Loading />;
  return <Fields key={place.platform.name} album={album} choices={choices} {...others} />;
}

interface FieldsProps extends Omit<FormProps, "post" | "place"> {
  album: components["schemas"]["PostImages"];
  choices: components["schemas"]["ImageChoices"];
}

function Fields({ album, choices, several, pending, make }: FieldsProps) {
  const { t } = useWords();
  const styles = useId();
  const [prompt, setPrompt] = useState(album.prompt);
  const [style, setStyle] = useState(album.style);
  const [provider, setProvider] = useState(album.provider);
  const [variant, setVariant] = useState("");
  const [everywhere, setEverywhere] = useState(false);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    // A portal's events come up through React's tree: this form may stand inside the wizard's own.
    event.stopPropagation();
    // What was not touched goes on following the post.
    const wish: Wish = {
      ...(prompt === album.prompt ? {} : { prompt }),
      ...(style === album.style ? {} : { style }),
      ...(provider === album.provider ? {} : { provider }),
      ...(variant.trim() === "" ? {} : { variant: Number(variant) }),
    };
    make(wish, everywhere);
  };
  const providers = choices.providers.map(({ name, missing_setting: lacks }) => ({
    value: name,
    disabled: lacks !== null,
    label: labelOf(name, lacks, t("pictures:auto"), (setting) => t("pictures:lacks", { provider: name, setting })),
  }));
  return (
    <form onSubmit={submit}>
      <Stack gap="xs" pt="xs">
        <Textarea
          label={t("pictures:prompt")}
          description={t("pictures:promptHint")}
          autosize
          maxRows={6}
          value={prompt}
          onChange={(event) => setPrompt(event.currentTarget.value)}
        />
        <TextInput
          label={t("pictures:style")}
          list={styles}
          value={style}
          onChange={(event) => setStyle(event.currentTarget.value)}
        />
        <datalist id={styles}>
          {choices.styles.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
        <NativeSelect
          label={t("pictures:provider")}
          data={providers}
          value={provider}
          onChange={(event) => setProvider(event.currentTarget.value)}
        />
        <TextInput
          label={t("pictures:variant")}
          description={t("pictures:variantHint", { variant: album.variant })}
          inputMode="numeric"
          pattern="[0-9]*"
          value={variant}
          onChange={(event) => setVariant(event.currentTarget.value)}
        />
        {several && (
          <Checkbox
            label={t("pictures:everywhere")}
            checked={everywhere}
            onChange={(event) => setEverywhere(event.currentTarget.checked)}
          />
        )}
        <Button type="submit" size="sm" loading={pending} style={{ alignSelf: "start" }}>
          {t("pictures:makeSo")}
        </Button>
      </Stack>
    </form>
  );
}

function labelOf(name: string, lacks: string | null, auto: string, saysLack: (setting: string) => string): string {
  if (lacks !== null) return saysLack(lacks);
  return name === "auto" ? auto : name;
}

/** One that fails keeps nobody else from being made; its error is told when all were asked. */
async function regenerateAll(post: Post, places: readonly Place[], wish: Wish): Promise<Post> {
  const open = places.filter((place) => place.open && !place.result.image_locked);
  const asked = await Promise.allSettled(open.map(({ result }) => regenerate(post, result, wish)));
  const failed = asked.find((one) => one.status === "rejected");
  if (failed) throw failed.reason;
  return asked.flatMap((one) => (one.status === "fulfilled" ? [one.value] : [])).at(-1) ?? post;
}
