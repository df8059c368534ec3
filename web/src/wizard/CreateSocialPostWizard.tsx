// The post wizard: a page at /posts/new and /posts/$id/edit, with four steps.
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";

import { accountsQuery } from "@/api/accounts";
import { brandQuery } from "@/api/brand";
import { platformsQuery } from "@/api/platforms";
import { postQuery } from "@/api/posts";
import { useSession } from "@/api/session";
import { Loading } from "@/ui/Loading";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { defaultPlatforms, initialState, withTime } from "@/wizard/initialState";
import { Composer } from "@/wizard/Composer";
import { currentNewDraft, resumeNewDraft } from "@/wizard/newDraft";
import type { WizardSearch } from "@/wizard/search";

export function CreateSocialPostWizard() {
  const { draft, onCreated, onResume } = useOpenDraft();
  const session = useSession();
  const platforms = useQuery(platformsQuery);
  const accounts = useQuery(accountsQuery);
  // Only for the initial state: afterwards Composer follows the post.
  const post = useQuery({ ...postQuery(draft.postId ?? ""), enabled: draft.postId !== null, staleTime: 0 });
  const isNew = draft.postId === null;
  const brand = useQuery({ ...brandQuery, enabled: isNew });
  // A post can be written without the brand's hashtags and call to action.
  const waitsForBrand = isNew && brand.isPending && brand.failureCount === 0;
  const failed = platforms.error ?? accounts.error ?? post.error;
  const isLoading = !platforms.data || !accounts.data || (!isNew && !post.data);
  if (isLoading || waitsForBrand) {
    const retry = () =>
      [platforms, accounts, post].filter(({ error }) => error).forEach(({ refetch }) => void refetch());
    return failed ? <ProblemAlert error={failed} retry={retry} /> : <Loading />;
  }
  const owner = { userId: session.user.id, workspaceId: session.workspace.id };
  const createInitialState = () => {
    const defaults = defaultPlatforms(platforms.data, accounts.data);
    const loaded = isNew ? null : (post.data ?? null);
    const start = brand.data ? { hashtags: brand.data.hashtags, cta: brand.data.cta } : null;
    const { zone } = session.workspace;
    const state = initialState(draft.draftId, owner, zone, loaded, defaults, draft.text ?? "", start);
    return draft.at === null ? state : withTime(state, draft.at, zone);
  };
  return (
    <Composer
      key={draft.draftId}
      draftId={draft.draftId}
      owner={owner}
      createInitialState={createInitialState}
      platforms={platforms.data}
      accounts={accounts.data}
      onCreated={onCreated}
      onResume={onResume}
    />
  );
}

interface OpenDraft {
  /** The post's id, or the local id of a new post. */
  draftId: string;
  /** The post to load; null for a new one. */
  postId: string | null;
  /** The id that the server gave to a new post while it was open. */
  createdId: string | null;
  /** When a new post is to be published, in the workspace's zone; null when nothing was said. */
  at: string | null;
  /** A new post's text, shared by another app; null when there is none. */
  text: string | null;
}

function useOpenDraft() {
  const id = useParams({ strict: false, select: ({ id: found }) => found ?? null });
  const at = useSearch({ strict: false, select: ({ at: found }) => found ?? null });
  const text = useSearch({ strict: false, select: ({ text: found }) => found ?? null });
  const navigate = useNavigate();
  const [draft, setDraft] = useState(() => createOpenDraft(id, at, text));
  const [hasMoved, setHasMoved] = useState(false);
  const isSameDraft = id === draft.postId || id === draft.createdId;
  // Going back to /posts/new after the post was created opens another new post.
  const hasLeft = id === null && draft.createdId !== null && hasMoved;
  if (!isSameDraft || hasLeft) {
    setDraft(createOpenDraft(id, at, text));
    setHasMoved(false);
  } else if (id !== null && id === draft.createdId && !hasMoved) setHasMoved(true);

  // It is set once: a reload must not undo what was chosen since.
  useEffect(() => {
    if (at !== null)
      void navigate({
        to: ".",
        search: onlyStep,
        replace: true,
        resetScroll: false,
      });
  }, [at, navigate]);

  const onCreated = useCallback(
    (postId: string) => {
      setDraft((current) => ({ ...current, createdId: postId }));
      void navigate({
        to: "/posts/$id/edit",
        params: { id: postId },
        search: onlyStep,
        replace: true,
        resetScroll: false,
      });
    },
    [navigate],
  );
  const onResume = useCallback((draftId: string) => {
    resumeNewDraft(draftId);
    setDraft(createOpenDraft(null, null, null));
  }, []);
  return { draft, onCreated, onResume };
}

/** What began a new post leaves the address with it. */
function onlyStep({ step }: WizardSearch): WizardSearch {
  return step === undefined ? {} : { step };
}

function createOpenDraft(id: string | null, at: string | null, text: string | null): OpenDraft {
  if (id !== null) return { draftId: id, postId: id, createdId: null, at: null, text: null };
  return { draftId: currentNewDraft(), postId: null, createdId: null, at, text };
}
