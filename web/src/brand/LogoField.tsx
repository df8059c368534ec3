// The logo: uploaded, chosen from the library, or none.
import { Button, FileButton, Group, Input, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { FolderOpen, Trash2, Upload } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { MEDIA, mediumQuery } from "@/api/media";
import { uploadMedium } from "@/api/media-upload";
import { useMessages } from "@/i18n/useMessages";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { stableMediaUrl } from "@/ui/stableMediaUrl";

import styles from "./Brand.module.css";

// Loaded when it is first opened.
const LibraryDialog = lazy(() =>
  import("@/ui/library/LibraryDialog").then(({ LibraryDialog: component }) => ({ default: component })),
);

interface Props {
  logo: string | null;
  /** The URL of the saved logo, null for another one. */
  savedUrl: string | null;
  problem: string | undefined;
  onChange: (logo: string | null) => void;
}

export function LogoField({ logo, savedUrl, problem, onChange }: Props) {
  const { t } = useMessages();
  const client = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const { data: medium } = useQuery({ ...mediumQuery(logo ?? ""), enabled: logo !== null && savedUrl === null });
  const url = savedUrl ?? (medium?.id === logo ? medium.url : undefined);
  const uploading = useMutation({
    mutationFn: (file: File) =>
      uploadMedium(file, { onProgress: () => undefined, signal: new AbortController().signal }),
    onSuccess: ({ id }) => {
      onChange(id);
      void client.invalidateQueries({ queryKey: [...MEDIA, "list"] });
    },
  });
  return (
    <Input.Wrapper label={t("brand:logo")} description={t("brand:logoHint")} labelElement="div" error={problem}>
      <Stack gap="xs" mt="xs" align="start">
        {logo !== null && url !== undefined && (
          <img src={stableMediaUrl(url)} alt={t("brand:logoAlt")} className={styles["logo"]} />
        )}
        <Group gap="xs">
          <FileButton accept="image/*" onChange={(file) => file && uploading.mutate(file)}>
            {(props) => (
              <Button
                {...props}
                variant="default"
                className={styles["button"]}
                leftSection={<Upload size={18} aria-hidden />}
                loading={uploading.isPending}
              >
                {t("brand:logoUpload")}
              </Button>
            )}
          </FileButton>
          <Button
            variant="default"
            className={styles["button"]}
            leftSection={<FolderOpen size={18} aria-hidden />}
            onClick={() => setIsOpen(true)}
          >
            {t("brand:logoLibrary")}
          </Button>
          {logo !== null && (
            <Button
              variant="subtle"
              className={styles["button"]}
              leftSection={<Trash2 size={18} aria-hidden />}
              onClick={() => onChange(null)}
            >
              {t("brand:logoRemove")}
            </Button>
          )}
        </Group>
        <ProblemAlert error={uploading.error} />
      </Stack>
      {isOpen && (
        <Suspense>
          <LibraryDialog
            close={() => setIsOpen(false)}
            choose={(id) => {
              setIsOpen(false);
              onChange(id);
            }}
          />
        </Suspense>
      )}
    </Input.Wrapper>
  );
}
