// The button that opens the dialog to repeat a post.
import { Button } from "@mantine/core";
import { Repeat } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import type { Post } from "@/api/posts";
import { useMay } from "@/api/session";
import { withMessages } from "@/i18n/language";
import { useMessages } from "@/i18n/useMessages";

import styles from "./Series.module.css";

// Loaded when it is first opened.
const importDialog = withMessages(() => import("@/ui/series/RepeatDialog"), "series");
const RepeatDialog = lazy(async () => ({ default: (await importDialog()).RepeatDialog }));

/** Nothing for a post that repeats already, goes nowhere, or is being sent, and for people who may not publish. */
export function RepeatButton({ post }: { post: Post }) {
  const { t } = useMessages();
  const mayPublish = useMay("publish");
  const [isOpen, setIsOpen] = useState(false);
  const repeats = post.series !== null && !post.series.ended;
  if (!mayPublish || repeats || post.platforms.length === 0 || post.status === "publishing") return null;
  return (
    <>
      <Button
        variant="default"
        className={styles["button"]}
        leftSection={<Repeat size={18} aria-hidden />}
        onClick={() => setIsOpen(true)}
      >
        {t("post:repeat.open")}
      </Button>
      {isOpen && (
        <Suspense>
          <RepeatDialog post={post} close={() => setIsOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
