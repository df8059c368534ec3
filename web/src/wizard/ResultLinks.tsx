// Where to go after publishing or scheduling: to the post, or to a new one.
import { Group } from "@mantine/core";

import { useMessages } from "@/i18n/useMessages";
import { LinkButton } from "@/ui/LinkButton";
import section from "@/wizard/Section.module.css";

export function ResultLinks({ postId }: { postId: string }) {
  const { t } = useMessages();
  return (
    <Group>
      <LinkButton to="/posts/$id" params={{ id: postId }} variant="default" className={section["button"]}>
        {t("wizard:result.see")}
      </LinkButton>
      <LinkButton to="/posts/new" variant="default" className={section["button"]}>
        {t("wizard:result.createAnother")}
      </LinkButton>
    </Group>
  );
}
