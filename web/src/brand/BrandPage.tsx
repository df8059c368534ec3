// The brand: name, logo, colours, fonts, handle and tone, with sample cards that follow what is typed.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { brandQuery, type Brand } from "@/api/brand";
import { useSession } from "@/api/session";
import { useMessages } from "@/i18n/useMessages";
import { BrandForm } from "@/brand/BrandForm";
import { draftOf, drawableFields } from "@/brand/draft";
import { SampleCards } from "@/brand/SampleCards";
import { Loading } from "@/ui/Loading";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./Brand.module.css";

export function BrandPage() {
  const { t } = useMessages();
  const { workspace } = useSession();
  const { data: brand, error, refetch } = useQuery(brandQuery);
  return (
    <>
      <PageHeader title={t("brand:title")} />
      {!brand && (error ? <ProblemAlert error={error} retry={() => void refetch()} /> : <Loading />)}
      {/* A key, because the form's initial values are the workspace's. */}
      {brand && <BrandEditor key={workspace.id} brand={brand} />}
    </>
  );
}

function BrandEditor({ brand }: { brand: Brand }) {
  const [draft, setDraft] = useState(() => draftOf(brand));
  return (
    <div className={styles["columns"]}>
      <BrandForm brand={brand} draft={draft} onChange={(fields) => setDraft((now) => ({ ...now, ...fields }))} />
      <SampleCards brand={drawableFields(draft)} />
    </div>
  );
}
