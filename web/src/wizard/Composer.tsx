// The wizard for one post: state, autosave, and the layout around the steps.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";

import type { Account } from "@/api/accounts";
import { usePostEvents } from "@/api/post-events";
import type { Platform } from "@/api/platforms";
import { postQuery, cachePost, type Post } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { Notice } from "@/ui/Notice";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { withAccountRules } from "@/wizard/accountRules";
import { Autosave, toServerVersion, WizardStore } from "@/wizard/autosave";
import { ConflictPanel } from "@/wizard/ConflictPanel";
import { Footer } from "@/wizard/Footer";
import * as localDrafts from "@/wizard/localDrafts";
import type { Owner } from "@/wizard/localDrafts";
import { LocalDraftList } from "@/wizard/LocalDraftList";
import { PublishResult } from "@/wizard/PublishResult";
import { isSubmitted } from "@/wizard/publishState";
import { PreviewPane } from "@/wizard/PreviewPane";
import { createRemote } from "@/wizard/remote";
import type { WizardState } from "@/wizard/state";
import { StepContent } from "@/wizard/StepContent";
import { Stepper } from "@/wizard/Stepper";
import { STEP_NAMES, type Step } from "@/wizard/search";
import { useIssues } from "@/wizard/useIssues";
import { useValidation } from "@/wizard/useValidation";
import { resolveAccounts, WizardContext, type Wizard } from "@/wizard/useWizard";

import styles from "./Wizard.module.css";

interface Props {
  draftId: string;
  owner: Owner;
  createInitialState: () => WizardState;
  platforms: readonly Platform[];
  accounts: readonly Account[];
  onCreated: (postId: string) => void;
  onResume: (draftId: string) => void;
}

export function Composer({ draftId, owner, createInitialState, platforms, accounts, onCreated, onResume }: Props) {
  const { t } = useMessages();
  const { store, autosave } = useAutosave(draftId, owner, createInitialState, onCreated);
  const state = useSyncExternalStore(store.subscribe, () => store.state);
  const post = usePost(store, state);
  const step = useSearch({ from: "/signed-in/wizard", select: ({ step: requested }) => requested ?? 1 });
  const goToStep = useGoToStep();
  const validation = useValidation(state.draft, post, step === 1);
  const issues = useIssues(state.draft, post, platforms, validation);
  const chosen = platforms
    .filter(({ name }) => state.draft.platforms.includes(name))
    .map((platform) =>
      withAccountRules(platform, resolveAccounts(platform, accounts, state.draft.accounts[platform.name])),
    );
  const visited = useVisitedSteps(step);
  const panel = useFocusOnStepChange(step);
  // Save when a step is left. From the third step on the post has to exist, even when it is empty.
  useEffect(() => void autosave.flush({ createIfEmpty: step > 2 }), [autosave, step]);

  const wizard: Wizard = {
    state,
    dispatch: store.dispatch,
    flush: () => autosave.flush({ createIfEmpty: true }),
    post,
    platforms,
    chosen,
    accounts,
    issues,
    step,
    goToStep,
  };
  const isSent = post !== null && isSubmitted(post);
  const title = isSent ? t("wizard:result.title") : state.post?.id === draftId ? t("wizard:edit") : t("wizard:title");
  return (
    <WizardContext value={wizard}>
      {post && step > 2 && <FollowEvents postId={post.job_id} />}
      <PageHeader title={title} />
      {isSent ? (
        <PublishResult post={post} />
      ) : (
        <>
          <Stepper visited={visited} />
          <div className={styles["columns"]}>
            <div className={styles["form"]}>
              {!state.post && <LocalDraftList owner={owner} currentId={draftId} onOpen={onResume} />}
              {!state.post && <SharedTextNotice />}
              {state.conflict && <ConflictPanel conflict={state.conflict} />}
              {state.saveStatus.kind === "failed" && (
                <ProblemAlert error={state.failure} retry={() => void autosave.flush()} />
              )}
              <div ref={panel} role="group" tabIndex={-1} aria-label={t(`wizard:steps.${STEP_NAMES[step]}`)}>
                <StepContent key={step} />
              </div>
            </div>
            <PreviewPane />
          </div>
          <Footer />
        </>
      )}
    </WizardContext>
  );
}

/** Where the text came from, while it is not saved. */
function SharedTextNotice() {
  const { t } = useMessages();
  const isShared = useSearch({ from: "/signed-in/wizard", select: ({ text }) => text !== undefined });
  if (!isShared) return null;
  return (
    <Notice tone="plain" title={t("wizard:shared.title")} announced>
      {t("wizard:shared.hint")}
    </Notice>
  );
}

function useAutosave(
  draftId: string,
  owner: Owner,
  createInitialState: () => WizardState,
  onCreated: (postId: string) => void,
) {
  const client = useQueryClient();
  const [store] = useState(() => {
    const store = new WizardStore(createInitialState());
    storeLocally(store, owner, draftId);
    return store;
  });
  const [autosave] = useState(
    () => new Autosave(store, createRemote(client, draftId), (post) => cachePost(client, post)),
  );
  const onCreatedRef = useRef(onCreated);
  useEffect(() => {
    onCreatedRef.current = onCreated;
  }, [onCreated]);
  useEffect(() => {
    let known = store.state.post;
    return store.subscribe(() => {
      if (known === null && store.state.post) onCreatedRef.current(store.state.post.id);
      known = store.state.post;
    });
  }, [store]);
  useEffect(() => autosave.start(), [autosave]);
  return { store, autosave };
}

/** Store every change locally, also after unmount: a request that is still running may fail. */
function storeLocally(store: WizardStore, owner: Owner, draftId: string): void {
  store.subscribe(() => {
    const { post } = store.state;
    if (post && post.id !== draftId) localDrafts.remove(owner, draftId);
    localDrafts.save(owner, post?.id ?? draftId, store.state, new Date());
  });
}

/** Return the post and merge other clients' changes of it. */
function usePost(store: WizardStore, state: WizardState): Post | null {
  const { data } = useQuery({ ...postQuery(state.post?.id ?? ""), enabled: state.post !== null });
  useEffect(() => {
    if (data) store.dispatch({ type: "serverVersionReceived", post: toServerVersion(data) });
  }, [store, data]);
  return data ?? null;
}

function FollowEvents({ postId }: { postId: string }) {
  usePostEvents(postId);
  return null;
}

function useGoToStep(): (step: Step) => void {
  const navigate = useNavigate();
  return useCallback(
    (step: Step) =>
      void navigate({
        to: ".",
        // A shared text is in the address until it is saved: a reload must not lose it.
        search: ({ text }) => ({ ...(step === 1 ? {} : { step }), ...(text === undefined ? {} : { text }) }),
      }),
    [navigate],
  );
}

/** Return the steps that were left before: only their issues are shown, until the last step shows all. */
function useVisitedSteps(step: Step): ReadonlySet<Step> {
  const [visited, setVisited] = useState<ReadonlySet<Step>>(() => new Set());
  const [current, setCurrent] = useState(step);
  if (step !== current) {
    setVisited(new Set([...visited, current]));
    setCurrent(step);
  }
  return useMemo(() => (step === 4 ? new Set<Step>([1, 2, 3, 4]) : visited), [step, visited]);
}

/** Move the focus to the new step, for keyboards and screen readers. */
function useFocusOnStepChange(step: Step) {
  const panel = useRef<HTMLDivElement>(null);
  const last = useRef(step);
  useEffect(() => {
    if (last.current === step) return;
    last.current = step;
    panel.current?.focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }, [step]);
  return panel;
}
