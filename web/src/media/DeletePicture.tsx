// Asks before a picture is deleted; the server refuses while an unsent post shows it.
import { Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { deleteMedium, MEDIA, mediumQuery, type MediumDetail } from "@/api/media";
import { useMessages } from "@/i18n/useMessages";
import { groupUses } from "@/media/groupUses";
import { UseList } from "@/media/PictureUses";
import { ConfirmDialog } from "@/ui/ConfirmDialog";

interface Props {
  medium: MediumDetail;
  name: string;
  onDeleted: () => void;
  close: () => void;
}

export function DeletePicture({ medium, name, onDeleted, close }: Props) {
  const { t } = useMessages();
  const client = useQueryClient();
  const deleting = useMutation({
    mutationFn: () => deleteMedium(medium.id),
    onSuccess: () => {
      onDeleted();
      // Read again only when somebody opens its address: then it is not found.
      void client.invalidateQueries({ queryKey: mediumQuery(medium.id).queryKey, refetchType: "none" });
      void client.invalidateQueries({ queryKey: [...MEDIA, "list"] });
    },
  });
  const uses = groupUses(medium.used_by);
  return (
    <ConfirmDialog
      title={t("media:delete.title", { name })}
      confirmLabel={t("media:delete.confirm")}
      cancelLabel={t("media:delete.keep")}
      isPending={deleting.isPending}
      error={deleting.error}
      onConfirm={() => deleting.mutate()}
      close={close}
    >
      {uses.length === 0 ? (
        <Text>{t("media:delete.unused")}</Text>
      ) : (
        <Stack gap="xs">
          <Text>{t("media:delete.used")}</Text>
          <UseList uses={uses} />
        </Stack>
      )}
    </ConfirmDialog>
  );
}
