// What the list of posts begins with: import posts from a file, export those of the list.
import { Button, Group } from "@mantine/core";
import { Download, FileUp } from "lucide-react";
import { useState } from "react";

import type { PostFilter } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { ExportDialog } from "@/posts/ExportDialog";
import { Allowed } from "@/ui/Allowed";
import { LinkButton } from "@/ui/LinkButton";

export function PostsActions({ filter }: { filter: PostFilter }) {
  const { t } = useMessages();
  const [isExporting, setExporting] = useState(false);
  return (
    <Group gap="xs">
      <Allowed to="draft">
        <LinkButton to="/posts/import" variant="default" mih="2.75rem" leftSection={<FileUp size={18} aria-hidden />}>
          {t("posts:list.import")}
        </LinkButton>
      </Allowed>
      <Button
        variant="default"
        mih="2.75rem"
        leftSection={<Download size={18} aria-hidden />}
        onClick={() => setExporting(true)}
      >
        {t("posts:export.open")}
      </Button>
      {isExporting && <ExportDialog filter={filter} close={() => setExporting(false)} />}
    </Group>
  );
}
