// The tags of a library picture: each change is saved at once.
import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useRef, useState } from "react";

import { describeMedium, MEDIA, mediaTagsQuery, mediumQuery, type MediumDetail } from "@/api/media";
import { useMessages } from "@/i18n/useMessages";
import { addTags, suggestTags, TAGS_MAX } from "@/media/tags";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Media.module.css";

export function TagsForm({ medium }: { medium: MediumDetail }) {
  const { t } = useMessages();
  const client = useQueryClient();
  const { data: known = [] } = useQuery(mediaTagsQuery);
  const [typed, setTyped] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const saving = useMutation({
    mutationFn: (tags: readonly string[]) => describeMedium(medium.id, { tags: [...tags] }),
    onSuccess: (saved) => {
      client.setQueryData(mediumQuery(saved.id).queryKey, saved);
      void client.invalidateQueries({ queryKey: [...MEDIA, "list"] });
      void client.invalidateQueries({ queryKey: mediaTagsQuery.queryKey });
      setTyped("");
    },
  });
  const save = (tags: readonly string[]) => {
    saving.mutate(tags);
    // The pressed button may be gone.
    input.current?.focus();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim() && !saving.isPending) saving.mutate(addTags(medium.tags, typed));
      }}
    >
      <Stack gap="xs">
        <Group align="end">
          <TextInput
            ref={input}
            className={styles["search"] ?? ""}
            label={t("media:tags.label")}
            description={t("media:tags.hint")}
            autoCapitalize="none"
            autoComplete="off"
            maxLength={400}
            size="md"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" size="md" disabled={!typed.trim()} loading={saving.isPending}>
            {t("media:tags.add")}
          </Button>
        </Group>
        {medium.tags.length > 0 && (
          <ul className={styles["tags"]} aria-label={t("media:tags.of")}>
            {medium.tags.map((tag) => (
              <li key={tag}>
                <TagButton
                  label={tag}
                  name={t("media:tags.remove", { tag })}
                  Icon={X}
                  onClick={() => save(medium.tags.filter((other) => other !== tag))}
                />
              </li>
            ))}
          </ul>
        )}
        <Suggestions
          tags={suggestTags(known, medium.tags, typed)}
          add={(tag) => save([...medium.tags, tag])}
          isFull={medium.tags.length >= TAGS_MAX}
        />
        <ProblemAlert error={saving.error} />
        <Text role="status" size="sm">
          {saving.isSuccess && !typed && t("media:tags.saved")}
        </Text>
      </Stack>
    </form>
  );
}

interface SuggestionsProps {
  tags: readonly string[];
  add: (tag: string) => void;
  isFull: boolean;
}

function Suggestions({ tags, add, isFull }: SuggestionsProps) {
  const { t } = useMessages();
  if (tags.length === 0 || isFull) return null;
  return (
    <ul className={styles["tags"]} aria-label={t("media:tags.others")}>
      {tags.map((tag) => (
        <li key={tag}>
          <TagButton label={tag} name={t("media:tags.addOne", { tag })} Icon={Plus} onClick={() => add(tag)} />
        </li>
      ))}
    </ul>
  );
}

interface TagButtonProps {
  label: string;
  name: string;
  Icon: typeof X;
  onClick: () => void;
}

function TagButton({ label, name, Icon, onClick }: TagButtonProps) {
  const isAdding = Icon === Plus;
  return (
    <Button
      variant={isAdding ? "subtle" : "default"}
      className={styles["button"]}
      aria-label={name}
      leftSection={isAdding && <Icon size={16} aria-hidden />}
      rightSection={!isAdding && <Icon size={16} aria-hidden />}
      onClick={onClick}
    >
      {label}
    </Button>
  );
}
